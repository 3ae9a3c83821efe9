package dev.portfire.testing.conformance;

import dev.portfire.machine.CpuModel;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.X86State;
import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Condition;
import dev.portfire.testing.asm.Mem;
import dev.portfire.testing.asm.Reg;
import dev.portfire.testing.asm.Segment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Describes a bare-metal guest: code, tables, host-side helpers and the trace it must leave. Descriptions run nothing; the same
 * one is loaded into a machine of each back end.
 *
 * <p>By default the boot processor starts at the first byte of {@link #code()} in 64-bit mode and ring 0. The first 4 MiB are
 * mapped to themselves for ring 0 and once more at 0x80000000 for all rings, the last GiB below 4 GiB to itself. Every
 * exception has a handler that describes it to the host and goes on at the address in R15; every stack is there.
 */
public final class BareMachine {
  /** How the boot processor starts. */
  private enum Entry {
    LONG,
    PROTECTED,
    REAL
  }

  private record Gate(String label, int access, int ist, int selector) {}

  /**
   * How some back ends' traces are known to differ.
   *
   * @param backEnds their names
   * @param reason why
   * @param line the first line that differs
   * @param whole whether the lines replace everything from there on, or that line only
   */
  private record Difference(Set<String> backEnds, String reason, String line, boolean whole, List<String> lines) {
    boolean concerns(String name) {
      return backEnds.contains(name);
    }

    List<String> applyTo(List<String> trace) {
      int at = trace.indexOf(line);
      if (at < 0) {
        throw new IllegalStateException("%s are said to differ at a line that is not there: %s".formatted(backEnds, line));
      }
      List<String> changed = new ArrayList<>(trace.subList(0, at));
      changed.addAll(lines);
      if (!whole) {
        changed.addAll(trace.subList(at + 1, trace.size()));
      }
      return changed;
    }
  }

  private record Pause(String from, String to, long nanos) {}

  static final int INTERRUPT_GATE = 0x8e;
  static final int TRAP_GATE = 0x8f;
  static final int USER_GATE = 0xee;
  private static final int VECTORS = 256;
  private static final long TABLE = 0x27;
  private static final long KERNEL_PAGE = 0x63;
  private static final long USER_PAGE = 0x67;

  private Assembler code = new Assembler(Layout.CODE);
  private final Assembler trampoline = new Assembler(Layout.TRAMPOLINE);
  private Entry entry = Entry.LONG;
  private int vcpus = 1;
  private CpuModel cpu = CpuModel.PORTFIRE_V2;
  private long extraCr4;
  private final Map<Integer, Gate> gates = new TreeMap<>();
  private final Map<String, Integer> reports = new LinkedHashMap<>();
  private final List<Consumer<GuestMemory>> preparations = new ArrayList<>();
  private final List<Consumer<Running>> hooks = new ArrayList<>();
  private @Nullable Consumer<Running> helper;
  private @Nullable Consumer<X86State> onKick;
  private final List<String> expected = new ArrayList<>();
  private final List<Difference> differences = new ArrayList<>();
  private final List<Pause> pauses = new ArrayList<>();
  private int patience = 1;
  private boolean finished;
  private int unique;

  BareMachine() {}

  // ---- what the machine is

  /** The code; 64-bit at first. */
  public Assembler code() {
    return code;
  }

  /** Starts in real mode, CS base 0, with the code at 0x8000. */
  public BareMachine startInRealMode() {
    code = new Assembler(Layout.REAL_CODE).mode(16);
    codeMode = 16;
    entry = Entry.REAL;
    return this;
  }

  /** Starts in 32-bit protected mode without paging, with flat segments. */
  public BareMachine startInProtectedMode() {
    code = new Assembler(Layout.CODE).mode(32);
    codeMode = 32;
    entry = Entry.PROTECTED;
    return this;
  }

  /** Gives the guest all that the host's processor and the back end have. */
  public BareMachine withHostCpu() {
    cpu = CpuModel.HOST;
    return this;
  }

  CpuModel cpu() {
    return cpu;
  }

  /**
   * Ends the guest here, as one that could not run, if the CPU does not announce a feature.
   *
   * @param register EAX, EBX, ECX or EDX of that leaf of CPUID
   */
  public BareMachine needs(String feature, int leaf, Reg register, int bit) {
    return needs(feature, leaf, 0, register, bit);
  }

  /** The same with a subleaf. */
  public BareMachine needs(String feature, int leaf, int subleaf, Reg register, int bit) {
    String there = unique("there");
    code.mov(Reg.EAX, leaf & 0xffff_ffffL).mov(Reg.ECX, subleaf).cpuid().bts(register, bit).j(Condition.B, there);
    lacks(feature);
    code.label(there);
    return this;
  }

  /** Ends the guest here, as one that could not run. */
  BareMachine lacks(String feature) {
    mark(LACKS + feature);
    stop();
    return this;
  }

  /** What the CPU did not announce, if the guest ended for that. */
  static Optional<String> lack(List<String> trace) {
    return trace.stream()
        .filter(line -> line.startsWith(LACKS))
        .map(line -> "the CPU " + line.substring(0, line.indexOf(" = ")))
        .findFirst();
  }

  private static final String LACKS = "lacks ";

  /** The number of vCPUs, 1 to 4. */
  public BareMachine vcpus(int count) {
    vcpus = count;
    return this;
  }

  int vcpus() {
    return vcpus;
  }

  /** Sets further bits of CR4 at the start. */
  public BareMachine cr4(long bits) {
    extraCr4 |= bits;
    return this;
  }

  /** Writes into memory before the guest starts. */
  public BareMachine prepare(Consumer<GuestMemory> writer) {
    preparations.add(writer);
    return this;
  }

  /** Points a vector's gate at a label. */
  public BareMachine gate(int vector, String label, int access, int ist) {
    gates.put(vector, new Gate(label, access, ist, Layout.KERNEL_CS));
    return this;
  }

  /** Lets an exception's own handler run on a stack of the interrupt stack table. */
  public BareMachine ist(int vector, int ist) {
    gates.put(vector, new Gate("exception_" + vector, vector == 3 || vector == 4 ? USER_GATE : INTERRUPT_GATE, ist, Layout.KERNEL_CS));
    return this;
  }

  /** Gives a vector's gate another access byte. */
  public BareMachine gateAccess(int vector, int access) {
    gates.put(vector, new Gate("exception_" + vector, access, 0, Layout.KERNEL_CS));
    return this;
  }

  /** Waits for this guest a tenth of the time only: some back end is known to hang. */
  public BareMachine impatient() {
    patience = 10;
    return this;
  }

  int patience() {
    return patience;
  }

  /** Runs beside the guest on a thread of its own. */
  public BareMachine helper(Consumer<Running> work) {
    helper = work;
    return this;
  }

  @Nullable Consumer<Running> helper() {
    return helper;
  }

  /** Sees the boot processor's state at each kick that does not end the guest. */
  public BareMachine onKick(Consumer<X86State> check) {
    onKick = check;
    return this;
  }

  @Nullable Consumer<X86State> onKick() {
    return onKick;
  }

  List<Consumer<Running>> hooks() {
    return hooks;
  }

  // ---- what is expected

  /** The next lines of the trace. */
  public BareMachine expect(String... lines) {
    expected.addAll(Arrays.asList(lines));
    return this;
  }

  /**
   * Some back ends are known to leave other lines in one line's place, or none.
   *
   * @param backEnds their names
   * @param reason why, for the report
   * @param line the line that is expected elsewhere, the first of its kind
   */
  public BareMachine insteadOn(Set<String> backEnds, String reason, String line, String... lines) {
    differences.add(new Difference(backEnds, reason, line, false, List.of(lines)));
    return this;
  }

  /** Some back ends are known to leave other lines from one line on until the end. */
  public BareMachine fromOn(Set<String> backEnds, String reason, String line, String... lines) {
    differences.add(new Difference(backEnds, reason, line, true, List.of(lines)));
    return this;
  }

  /** At least so many milliseconds lie between two lines. */
  public BareMachine atLeast(String from, String to, long millis) {
    pauses.add(new Pause(from, to, millis * 1_000_000));
    return this;
  }

  /** Why a back end's trace is known to differ, each reason once. */
  List<String> differences(String backEnd) {
    return differences.stream().filter(d -> d.concerns(backEnd)).map(Difference::reason).distinct().toList();
  }

  /** The trace that a back end must leave. */
  List<String> expected(String backEnd) {
    return differ(backEnd, List.copyOf(expected));
  }

  /** A trace of a back end without differences, as it must be on another one. */
  List<String> differ(String backEnd, List<String> trace) {
    List<String> changed = trace;
    for (Difference d : differences) {
      if (d.concerns(backEnd)) {
        changed = d.applyTo(changed);
      }
    }
    return changed;
  }

  /** Adds a line for every wait that was too short. */
  void checkPauses(Recorder recorder) {
    for (Pause p : pauses) {
      long nanos = recorder.nanosBetween(p.from, p.to);
      if (nanos >= 0 && nanos < p.nanos) {
        recorder.add("only %d us from %s to %s".formatted(nanos / 1000, p.from, p.to));
      }
    }
  }

  // ---- pieces of guest code

  /** A label that nobody else has and that names no address in the trace. */
  public String unique(String prefix) {
    return "." + prefix + "_" + unique++;
  }

  /** Tells the host a value of up to 32 bits; no register and no flag changes. */
  public BareMachine report(String name, Reg value) {
    int id = reports.computeIfAbsent(name, key -> reports.size());
    if (id >= Layout.REPORT_COUNT) {
      throw new IllegalStateException("too many reports");
    }
    Reg accumulator = value.bits() == 8 ? Reg.AL : value.bits() == 16 ? Reg.AX : Reg.EAX;
    Reg from = value.bits() == 64 ? Reg.values()[value.number() + Reg.EAX.ordinal()] : value;
    boolean wide = codeMode == 64;
    code.push(wide ? Reg.RAX : codeMode == 32 ? Reg.EAX : Reg.AX).push(wide ? Reg.RDX : codeMode == 32 ? Reg.EDX : Reg.DX);
    if (from.number() != 0) {
      code.mov(accumulator, from);
    }
    code.mov(Reg.DX, Layout.REPORT + 4L * id).outDx(accumulator);
    code.pop(wide ? Reg.RDX : codeMode == 32 ? Reg.EDX : Reg.DX).pop(wide ? Reg.RAX : codeMode == 32 ? Reg.EAX : Reg.AX);
    return this;
  }

  private int codeMode = 64;

  /** Goes on with 16-, 32- or 64-bit code. */
  public Assembler mode(int bits) {
    codeMode = bits;
    return code.mode(bits);
  }

  /** Tells the host a word of its own. */
  public BareMachine mark(String name) {
    Reg accumulator = codeMode == 64 ? Reg.RAX : codeMode == 32 ? Reg.EAX : Reg.AX;
    code.push(accumulator).mov(Reg.AL, 0);
    report(name, Reg.AL);
    code.pop(accumulator);
    return this;
  }

  private BareMachine outConstant(int port, long value) {
    boolean wide = codeMode == 64;
    Reg a = wide ? Reg.RAX : codeMode == 32 ? Reg.EAX : Reg.AX;
    Reg d = wide ? Reg.RDX : codeMode == 32 ? Reg.EDX : Reg.DX;
    code.push(a).push(d).mov(Reg.DX, port).mov(codeMode == 16 ? Reg.AX : Reg.EAX, value);
    code.outDx(codeMode == 16 ? Reg.AX : Reg.EAX).pop(d).pop(a);
    return this;
  }

  /** Ends the guest. */
  public BareMachine stop() {
    code.mov(Reg.DX, Layout.STOP).outDx(Reg.AL);
    String here = unique("stopped");
    code.label(here).jmp(here);
    return this;
  }

  /** Goes on on the next back end. */
  public BareMachine switchBackEnd() {
    return outConstant(Layout.SWITCH, 0);
  }

  /** Lets the host raise an interrupt line. */
  public BareMachine raise(int gsi) {
    return outConstant(Layout.LINE, 0x100 | gsi);
  }

  /** Lets the host lower an interrupt line. */
  public BareMachine lower(int gsi) {
    return outConstant(Layout.LINE, gsi);
  }

  /** Lets the host raise and lower an interrupt line. */
  public BareMachine pulse(int gsi) {
    return outConstant(Layout.LINE, 0x200 | gsi);
  }

  /** Lets the host do something while the guest waits. */
  public BareMachine host(Consumer<Running> action) {
    hooks.add(action);
    return outConstant(Layout.HOST, hooks.size() - 1);
  }

  /** Executes something that faults, and goes on behind it. The fault is at the label. */
  public BareMachine fault(String label, Runnable instruction) {
    String behind = unique("behind");
    code.lea(Reg.R15, behind).label(label);
    instruction.run();
    code.label(behind);
    return this;
  }

  /**
   * Enters ring 3 at a label with interrupts off. It may use the test devices' ports for two reasons, because each fails
   * somewhere: IOPL is 3 (a KVM that emulates forgets that), and the TSS has a permission bitmap (QEMU's TCG does not look
   * at it in a guest of KVM).
   */
  public BareMachine enterUser(String label) {
    return enterUser(label, Layout.USER_CS, 0x3002);
  }

  /** Enters ring 3 at a label. */
  public BareMachine enterUser(String label, int cs, int flags) {
    code.push(Layout.USER_DS).mov(Reg.RAX, Layout.USER + Layout.STACKS + Layout.USER_STACK).push(Reg.RAX);
    code.push(flags).push(cs);
    code.lea(Reg.RAX, label).mov(Reg.ECX, Layout.USER).add(Reg.RAX, Reg.RCX).push(Reg.RAX).iret();
    return this;
  }

  /** Runs a piece of code in ring 3 and ends the guest there. */
  public BareMachine inUser(Runnable body) {
    String user = unique("user");
    enterUser(user);
    code.label(user);
    body.run();
    return stop();
  }

  /** A handler of an interrupt in 64-bit mode that reports its vector, then runs a piece of code and returns. */
  public BareMachine onInterrupt(int vector, Runnable body) {
    String label = "interrupt_" + vector;
    String around = unique("around");
    code.jmp(around).label(label).push(Reg.RAX).push(Reg.RCX).push(Reg.RDX);
    code.mov(Reg.AL, vector);
    report("irq", Reg.AL);
    body.run();
    code.pop(Reg.RDX).pop(Reg.RCX).pop(Reg.RAX).iret().label(around);
    return gate(vector, label, INTERRUPT_GATE, 0);
  }

  /** Writes a register of the local APIC. */
  public BareMachine apicWrite(int register, int value) {
    code.mov(Reg.ECX, Layout.LOCAL_APIC + register).mov(Mem.dwordAt(Reg.RCX, 0), value);
    return this;
  }

  /** Reads a register of the local APIC into EAX. */
  public BareMachine apicRead(int register) {
    code.mov(Reg.ECX, Layout.LOCAL_APIC + register).mov(Reg.EAX, Mem.dwordAt(Reg.RCX, 0));
    return this;
  }

  /** Enables the local APIC; its spurious vector is 0xff. */
  public BareMachine enableApic() {
    return apicWrite(0xf0, 0x1ff);
  }

  /** Ends the interrupt in service. */
  public BareMachine endOfInterrupt() {
    return apicWrite(0xb0, 0);
  }

  /** Writes a redirection entry of the I/O APIC: low half as given, destination APIC id 0. */
  public BareMachine redirect(int pin, int low) {
    code.mov(Reg.ECX, Layout.IO_APIC);
    code.mov(Mem.dwordAt(Reg.RCX, 0), 0x11 + 2 * pin).mov(Mem.dwordAt(Reg.RCX, 0x10), 0);
    code.mov(Mem.dwordAt(Reg.RCX, 0), 0x10 + 2 * pin).mov(Mem.dwordAt(Reg.RCX, 0x10), low);
    return this;
  }

  /** Initialises both 8259s with vectors from a base, everything masked but some inputs of the 16. */
  public BareMachine initPics(int base, int open) {
    for (int[] w : new int[][] {
      {0x20, 0x11}, {0xa0, 0x11}, {0x21, base}, {0xa1, base + 8}, {0x21, 4}, {0xa1, 2}, {0x21, 1}, {0xa1, 1},
      {0x21, ~open & 0xff}, {0xa1, ~open >> 8 & 0xff}
    }) {
      code.mov(Reg.AL, w[1]).out(w[0], Reg.AL);
    }
    return this;
  }

  /** Allows interrupts and waits for one. */
  public BareMachine waitForInterrupt() {
    code.sti().hlt().cli();
    return this;
  }

  /**
   * Waits for as long as an interrupt may take to be taken: a store to the local APIC's registers does not wait for its effect,
   * and a back end that emulates looks for interrupts when the guest exits.
   */
  public BareMachine settle() {
    String again = unique("settle");
    code.push(Reg.RAX).push(Reg.RCX).push(Reg.RDX).mov(Reg.ECX, 20).mov(Reg.DX, Layout.NOTHING);
    code.label(again).inDx(Reg.AL).loop(again).pop(Reg.RDX).pop(Reg.RCX).pop(Reg.RAX);
    return this;
  }

  /** RDMSR into EDX:EAX. */
  public BareMachine rdmsr(int msr) {
    code.mov(Reg.ECX, msr & 0xffff_ffffL).rdmsr();
    return this;
  }

  /** WRMSR of a constant. */
  public BareMachine wrmsr(int msr, long value) {
    code.mov(Reg.ECX, msr & 0xffff_ffffL).mov(Reg.EAX, value & 0xffff_ffffL).mov(Reg.EDX, value >>> 32).wrmsr();
    return this;
  }

  /** Writes a page-table entry at a physical address below 4 MiB. */
  public BareMachine setEntry(long table, int index, long entry) {
    code.mov(Reg.RAX, entry).mov(Mem.at(64, (int) (table + 8L * index)), Reg.RAX);
    return this;
  }

  /** INVLPG of a page, through RCX. */
  public BareMachine invalidate(long linear) {
    code.mov(Reg.RCX, linear).invlpg(Mem.byteAt(Reg.RCX, 0));
    return this;
  }

  /**
   * Starts the other processors: INIT, two start-up IPIs, then a wait until each has counted itself. They begin at a label in
   * 64-bit mode with their APIC id in EDI and a stack of their own, interrupts off.
   */
  public BareMachine startOthers(String label) {
    buildTrampoline();
    String wait = unique("started");
    enableApic();
    code.lea(Reg.RAX, label).mov(Mem.at(64, (int) trampoline.address("entry")), Reg.RAX);
    startOthersAgain();
    code.label(wait).pause().cmp(Mem.at(32, (int) trampoline.address("count")), vcpus - 1).j(Condition.NE, wait);
    return this;
  }

  /** INIT and two start-up IPIs to all others. */
  public BareMachine startOthersAgain() {
    apicWrite(0x300, 0xc4500);
    apicWrite(0x300, 0xc4600 | Layout.START_UP_VECTOR);
    return apicWrite(0x300, 0xc4600 | Layout.START_UP_VECTOR);
  }

  private void buildTrampoline() {
    Assembler t = trampoline;
    t.mode(16).cli().xor(Reg.AX, Reg.AX).mov(Segment.DS, Reg.AX);
    t.lgdt(new Mem(32, null, 0, "gdt"));
    t.mov(Reg.EAX, 0x620).movToControl(4, Reg.EAX).mov(Reg.EAX, Layout.PML4).movToControl(3, Reg.EAX);
    t.mov(Reg.ECX, 0xc000_0080L).mov(Reg.EAX, 0x901).xor(Reg.EDX, Reg.EDX).wrmsr();
    t.mov(Reg.EAX, 0x8001_0033L).movToControl(0, Reg.EAX).jmpFar(Layout.KERNEL_CS, "long", 32);
    t.mode(64).label("long").mov(Reg.EAX, Layout.KERNEL_DS);
    for (Segment s : Segment.values()) {
      if (s != Segment.CS) {
        t.mov(s, Reg.EAX);
      }
    }
    t.lidt(new Mem(64, null, 0, "idt")).mov(Reg.EBX, Layout.LOCAL_APIC);
    t.mov(Mem.dwordAt(Reg.RBX, 0xf0), 0x1ff).mov(Reg.EDI, Mem.dwordAt(Reg.RBX, 0x20)).shr(Reg.EDI, 24);
    t.mov(Reg.EAX, Reg.EDI).shl(Reg.EAX, 15).lea(Reg.RSP, Mem.qwordAt(Reg.RAX, (int) (Layout.STACKS + Layout.MAIN_STACK)));
    t.mov(Reg.EAX, Reg.EDI).shl(Reg.EAX, 4).add(Reg.EAX, Layout.TSS_SELECTOR);
    // Available again, in case this is not its first start.
    t.and(Mem.byteAt(Reg.RAX, (int) Layout.GDT + 5), ~2).ltr(Reg.EAX);
    t.lock().inc(Mem.dwordAt("count")).jmp(Mem.qwordAt("entry"));
    t.align(8).label("count").qword(0).label("entry").qword(0);
    t.label("gdt").word(Layout.GDT_LIMIT).qword(Layout.GDT).label("idt").word(VECTORS * 16 - 1).qword(Layout.IDT);
  }

  // ---- loading

  String reportName(int id) {
    return reports.entrySet().stream()
        .filter(e -> e.getValue() == id)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("report " + id);
  }

  /** The name of an address in the guest's code, also of one in the alias for ring 3. */
  String symbol(long address) {
    long plain = address >= Layout.USER && address < Layout.USER + Layout.MEMORY ? address - Layout.USER : address;
    return code.name(plain).or(() -> trampoline.name(plain)).orElse("0x%x".formatted(address));
  }

  private static boolean pushesErrorCode(int vector) {
    return vector == 8 || vector >= 10 && vector <= 14 || vector == 17 || vector == 21;
  }

  /** Appends the exceptions' handlers. */
  private void finish() {
    if (finished) {
      return;
    }
    finished = true;
    if (entry != Entry.LONG) {
      return;
    }
    code.mode(64);
    for (int v = 0; v < 32; v++) {
      code.label("exception_" + v);
      if (!pushesErrorCode(v)) {
        code.push(0);
      }
      code.push(v).jmp("exception_common");
      int access = v == 3 || v == 4 ? USER_GATE : INTERRUPT_GATE;
      gates.putIfAbsent(v, new Gate("exception_" + v, access, 0, Layout.KERNEL_CS));
    }
    // The frame from RSP: RDX, RAX, vector, error code, RIP, CS, RFLAGS, RSP, SS.
    code.label("exception_common").push(Reg.RAX).push(Reg.RDX).mov(Reg.DX, Layout.EXCEPTION);
    for (int offset = 16; offset <= 64; offset += 8) {
      code.mov(Reg.EAX, Mem.dwordAt(Reg.RSP, offset)).outDx(Reg.EAX);
    }
    code.movFromControl(Reg.RAX, 2).outDx(Reg.EAX).lea(Reg.RAX, Mem.qwordAt(Reg.RSP, 72)).outDx(Reg.EAX);
    code.mov(Mem.qwordAt(Reg.RSP, 32), Reg.R15).pop(Reg.RDX).pop(Reg.RAX).add(Reg.RSP, 16).iret();
  }

  private static long descriptor(int access) {
    return 0xffffL | (access & 0xffL) << 40 | 0xfL << 48 | (long) (access >> 12 & 0xf) << 52;
  }

  /** Puts everything into memory. */
  void load(GuestMemory memory) {
    finish();
    memory.write(code.name(Layout.REAL_CODE).isPresent() ? Layout.REAL_CODE : Layout.CODE, code.assemble());
    memory.write(Layout.TRAMPOLINE, trampoline.assemble());
    pageTables(memory);
    long[] descriptors = {
      0, descriptor(0xa09b), descriptor(0xc093), descriptor(0xc0fb), descriptor(0xc0f3), descriptor(0xa0fb), descriptor(0xc0f3),
      descriptor(0xc09b), descriptor(0x009b), descriptor(0x0093), descriptor(0xc013)
    };
    for (int k = 0; k < descriptors.length; k++) {
      memory.writeLong(Layout.GDT + 8L * k, descriptors[k]);
    }
    for (int cpu = 0; cpu < 4; cpu++) {
      long tss = Layout.TSS + cpu * Layout.TSS_SIZE;
      memory.writeLong(Layout.GDT + Layout.TSS_SELECTOR + 16L * cpu, Layout.TSS_LIMIT | tss << 16 | 0x89L << 40);
      long stacks = Layout.STACKS + cpu * Layout.STACKS_SIZE;
      memory.writeLong(tss + 4, stacks + Layout.RSP0_STACK);
      memory.writeLong(tss + 36, stacks + Layout.IST1_STACK);
      memory.writeLong(tss + 44, stacks + Layout.IST2_STACK);
      memory.writeShort(tss + 0x66, 0x68);
    }
    // The boot processor's is in use already.
    memory.writeByte(Layout.GDT + Layout.TSS_SELECTOR + 5, 0x8b);
    gates.forEach((vector, gate) -> {
      long handler = code.address(gate.label);
      memory.writeLong(
          Layout.IDT + 16L * vector,
          handler & 0xffff | (long) gate.selector << 16 | (long) gate.ist << 32 | (long) gate.access << 40 | (handler >>> 16) << 48);
    });
    preparations.forEach(p -> p.accept(memory));
  }

  private static void pageTables(GuestMemory memory) {
    memory.writeLong(Layout.PML4, Layout.PDPT | TABLE);
    memory.writeLong(Layout.PDPT, Layout.PD_LOW | TABLE);
    memory.writeLong(Layout.PDPT + 8, Layout.PD_WINDOW | TABLE);
    memory.writeLong(Layout.PDPT + 16, Layout.PD_USER | TABLE);
    memory.writeLong(Layout.PDPT + 24, Layout.PD_IO | TABLE);
    memory.writeLong(Layout.PD_LOW, Layout.PT_LOW | TABLE);
    memory.writeLong(Layout.PD_LOW + 8, 0x20_0000 | KERNEL_PAGE | 0x80);
    memory.writeLong(Layout.PD_WINDOW, Layout.PT_WINDOW | TABLE);
    memory.writeLong(Layout.PD_USER, Layout.PT_USER | TABLE);
    for (int k = 0; k < 512; k++) {
      memory.writeLong(Layout.PT_LOW + 8L * k, k * Layout.PAGE | KERNEL_PAGE);
      memory.writeLong(Layout.PT_USER + 8L * k, k * Layout.PAGE | USER_PAGE);
      memory.writeLong(Layout.PD_IO + 8L * k, 0xc000_0000L + k * 0x20_0000L | KERNEL_PAGE | 0x80);
    }
  }

  private static X86State.Segment flat(int selector, int access) {
    return new X86State.Segment(selector, 0, -1, access);
  }

  /**
   * The boot processor's state.
   *
   * @param fresh its state after reset, from which come the parts that do not matter here
   */
  X86State start(X86State fresh) {
    X86State.Segment data = flat(Layout.KERNEL_DS, 0xc093);
    X86State.Segment cs = flat(Layout.KERNEL_CS, 0xa09b);
    X86State.Segment ldt = new X86State.Segment(0, 0, 0xffff, X86State.Segment.UNUSABLE);
    X86State.Segment tr = new X86State.Segment(Layout.TSS_SELECTOR, Layout.TSS, Layout.TSS_LIMIT, 0x8b);
    X86State.Control control = new X86State.Control(0x8001_0033L, 0, Layout.PML4, 0x620 | extraCr4, 0, 0xd01, fresh.control().xcr0());
    X86State.Table idt = new X86State.Table(Layout.IDT, VECTORS * 16 - 1);
    long rip = Layout.CODE;
    switch (entry) {
      case LONG -> {}
      case PROTECTED -> {
        cs = flat(Layout.KERNEL_CS32, 0xc09b);
        control = new X86State.Control(0x33, 0, 0, 0x600 | extraCr4, 0, 0, fresh.control().xcr0());
        idt = new X86State.Table(Layout.IDT, 0xfff);
      }
      case REAL -> {
        data = new X86State.Segment(0, 0, 0xffff, 0x93);
        cs = new X86State.Segment(0, 0, 0xffff, 0x9b);
        ldt = new X86State.Segment(0, 0, 0xffff, 0x82);
        tr = new X86State.Segment(0, 0, 0xffff, 0x8b);
        control = new X86State.Control(0x30, 0, 0, 0x600 | extraCr4, 0, 0, fresh.control().xcr0());
        idt = new X86State.Table(0, 0x3ff);
        rip = Layout.REAL_CODE;
      }
    }
    long[] general = new long[16];
    general[4] = entry == Entry.REAL ? Layout.REAL_CODE : Layout.STACKS + Layout.MAIN_STACK;
    return new X86State(
        general,
        rip,
        2,
        new X86State.Segment[] {data, cs, data, data, data, data, ldt, tr},
        new X86State.Table(Layout.GDT, Layout.GDT_LIMIT),
        idt,
        control,
        fresh.debug(),
        fresh.msrs(),
        fresh.xsave(),
        X86State.RunState.RUNNING);
  }
}
