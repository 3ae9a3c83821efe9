package dev.portfire.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import dev.portfire.linux.Threads;
import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.CpuidLeaf;
import dev.portfire.machine.ExitReason;
import dev.portfire.machine.ExitStats;
import dev.portfire.machine.GuestDebug;
import dev.portfire.machine.InstructionAssist;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.X86State;
import java.lang.System.Logger;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A vCPU of KVM: a descriptor and the page of shared memory that tells why KVM_RUN returned. */
final class KvmVcpu implements Vcpu {
  private static final Logger LOG = System.getLogger(KvmVcpu.class.getName());
  private static final VarHandle BYTE = JAVA_BYTE.varHandle();

  // Local vector table, register numbers; delivery modes (SDM volume 3, 11.5.1).
  private static final long LINT0 = 0x350;
  private static final long LINT1 = 0x360;
  private static final int EXTINT = 7 << 8;
  private static final int NMI = 4 << 8;

  private static final int LONGEST_INSTRUCTION = 15;

  private static final byte INT3 = (byte) 0xcc;

  // Exceptions, DR6 (SDM volume 3, 18.2.3).
  private static final int DB = 1;
  private static final int BP = 3;
  private static final long DR6_ADDRESSES = 0xf;
  private static final long DR6_SINGLE_STEP = 0x4000;

  /** x87, SSE and AVX. */
  private static final long ASSISTED_COMPONENTS = 7;

  private final KvmVm vm;
  private final int index;
  private final List<CpuidLeaf> leaves;
  private final Set<Integer> listedMsrs;
  private final Descriptor file;

  /** Held open for others to read. */
  private final Optional<Descriptor> statistics;

  private final MemorySegment run;
  private final Descriptor.Repeated enter;
  private final VcpuState state;
  private final ExitStats exits = new ExitStats();
  private final AtomicBoolean kicked = new AtomicBoolean();

  /** Guards what kicks touch: the thread that may be in KVM_RUN, and whether {@link #run} is still mapped. */
  private final Object kickLock = new Object();

  private int thread;
  private boolean closed;
  private final int debugFeatures;
  private GuestDebug debugger = GuestDebug.NONE;
  private GuestDebug.Cause debugCause = GuestDebug.Cause.STEP;

  /** This KVM cannot emulate INT3: it did not see that the vCPU stopped at one. */
  private boolean unseenBreakpoint;

  KvmVcpu(KvmVm vm, int index, Descriptor vmFile, int runSize, List<CpuidLeaf> leaves, Set<Integer> msrs, int xsave2)
      throws SystemCallException {
    this.vm = vm;
    this.index = index;
    this.leaves = leaves;
    listedMsrs = msrs;
    this.debugFeatures = Calls.make(vmFile, Request.CHECK_EXTENSION, Capability.SET_GUEST_DEBUG2.number());
    file = Descriptor.of(Calls.make(vmFile, Request.CREATE_VCPU, index));
    @Nullable MemorySegment mapped = null;
    try {
      mapped = file.map(runSize);
      run = mapped;
      enter = file.repeated(Request.RUN.number());
      // Before the MSRs: which of them exist follows from the leaves.
      Cpuid.set(file, leaves);
      state = new VcpuState(
          file, Msrs.of(file, msrs), Math.max(Layouts.XSAVE_SIZE, xsave2), xsave2 > Layouts.XSAVE_SIZE);
      enableVirtualWire();
      statistics = Calls.statistics(file);
    } catch (SystemCallException | RuntimeException | Error e) {
      if (mapped != null) {
        SystemCalls.munmap(mapped);
      }
      Calls.close(file);
      throw e;
    }
  }

  /** The local APIC as firmware hands it over: LINT0 is the PICs' output, LINT1 the NMI pin. */
  private void enableVirtualWire() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment page = arena.allocate(Layouts.LAPIC_SIZE, 8);
      Calls.make(file, Request.GET_LAPIC, page);
      page.set(JAVA_INT, LINT0, EXTINT);
      page.set(JAVA_INT, LINT1, NMI);
      Calls.make(file, Request.SET_LAPIC, page);
    }
  }

  @Override
  public boolean announcePause() {
    try {
      return file.ioctl(Request.KVMCLOCK_CTRL.toString(), Request.KVMCLOCK_CTRL.number(), 0) == 0;
    } catch (SystemCallException e) {
      // EINVAL: the guest has no clock page, yet or at all.
      return false;
    }
  }

  @Override
  public Stop run() {
    synchronized (kickLock) {
      if (closed) {
        throw new IllegalStateException("the machine is closed");
      }
      thread = Threads.current();
    }
    try {
      @Nullable Stop stop;
      do {
        stop = runOnce();
      } while (stop == null);
      return stop;
    } finally {
      synchronized (kickLock) {
        thread = 0;
      }
    }
  }

  /**
   * Enters the guest once and serves the exit. A method of its own, so that it is compiled when it has been called often, and not
   * only when a loop has gone round for long.
   *
   * @return why to stop, or null to go on
   */
  private @Nullable Stop runOnce() {
    int result = enter.call();
    if (result < 0) {
      // EAGAIN: a vCPU that waited for its start-up has been woken.
      if (result == -SystemCallException.EINTR) {
        exits.count(ExitReason.INTR);
        // In this order: whoever kicks now sets both again, the other way round.
        BYTE.setVolatile(run, (long) Layouts.RUN_IMMEDIATE_EXIT, (byte) 0);
        if (kicked.getAndSet(false)) {
          return Stop.KICKED;
        }
      } else if (result != -SystemCallException.EAGAIN) {
        throw new IllegalStateException(
            "vCPU %d: KVM_RUN: %s (errno %d)".formatted(index, SystemCalls.describe(-result), -result));
      }
      return null;
    }
    long start = System.nanoTime();
    int reason = run.get(JAVA_INT, Layouts.RUN_EXIT_REASON);
    ExitCode code = ExitCode.of(reason)
        .orElseThrow(() -> new IllegalStateException("vCPU %d: KVM exit %d%s".formatted(index, reason, rawData())));
    switch (code) {
      case IO -> {
        portAccess();
        exits.record(ExitReason.IO, System.nanoTime() - start);
      }
      case MMIO -> {
        memoryAccess();
        exits.record(ExitReason.MMIO, System.nanoTime() - start);
      }
      case HLT -> exits.count(ExitReason.HLT);
      case INTR -> exits.count(ExitReason.INTR);
      case IRQ_WINDOW_OPEN, SET_TPR, IOAPIC_EOI, X86_BUS_LOCK -> exits.count(ExitReason.OTHER);
      case SHUTDOWN -> {
        exits.count(ExitReason.SHUTDOWN);
        vm.reportTripleFault(dump());
        return Stop.TRIPLE_FAULT;
      }
      case INTERNAL_ERROR -> {
        Stop stop = internalError();
        exits.record(ExitReason.INTERNAL_ERROR, System.nanoTime() - start);
        return stop;
      }
      case DEBUG -> {
        exits.count(ExitReason.OTHER);
        return debugExit();
      }
      case UNKNOWN, EXCEPTION, HYPERCALL, FAIL_ENTRY, TPR_ACCESS, NMI, OSI, WATCHDOG, EPR, SYSTEM_EVENT, HYPERV, X86_RDMSR,
          X86_WRMSR, DIRTY_RING_FULL, AP_RESET_HOLD, XEN, NOTIFY -> throw unrecoverable(code);
    }
    return null;
  }

  private IllegalStateException failure(ExitCode code, String details) {
    return new IllegalStateException("vCPU %d: %s: %s%n%s".formatted(index, code, details, dump()));
  }

  /** The fault for an exit after which the guest cannot go on: those that report an error, and those nobody asked for. */
  private IllegalStateException unrecoverable(ExitCode code) {
    exits.count(code == ExitCode.SYSTEM_EVENT ? ExitReason.SYSTEM_EVENT : ExitReason.OTHER);
    int first = run.get(JAVA_INT, Layouts.RUN_UNION);
    return failure(code, switch (code) {
      case SYSTEM_EVENT -> "type %d%s".formatted(
          run.get(JAVA_INT, Layouts.RUN_SYSTEM_EVENT_TYPE),
          words(run.get(JAVA_INT, Layouts.RUN_SYSTEM_EVENT_NDATA), Layouts.RUN_SYSTEM_EVENT_DATA));
      case FAIL_ENTRY -> "hardware reason 0x%x on host CPU %d: the guest's state is invalid".formatted(
          run.get(JAVA_LONG, Layouts.RUN_UNION), run.get(JAVA_INT, Layouts.RUN_FAIL_ENTRY_CPU));
      case EXCEPTION -> "exception %d, error code 0x%x".formatted(first, run.get(JAVA_INT, Layouts.RUN_EXCEPTION_ERROR));
      case UNKNOWN -> "hardware reason 0x%x".formatted(run.get(JAVA_LONG, Layouts.RUN_UNION));
      case DEBUG -> "exception %d at 0x%x, DR6 0x%x, DR7 0x%x".formatted(
          first,
          run.get(JAVA_LONG, Layouts.RUN_DEBUG_PC),
          run.get(JAVA_LONG, Layouts.RUN_DEBUG_DR6),
          run.get(JAVA_LONG, Layouts.RUN_DEBUG_DR7));
      case IO, HYPERCALL, HLT, MMIO, IRQ_WINDOW_OPEN, SHUTDOWN, INTR, SET_TPR, TPR_ACCESS, NMI, INTERNAL_ERROR, OSI, WATCHDOG, EPR,
          IOAPIC_EOI, HYPERV, X86_RDMSR, X86_WRMSR, DIRTY_RING_FULL, AP_RESET_HOLD, X86_BUS_LOCK, XEN, NOTIFY ->
          "this exit was never asked for" + rawData();
    });
  }

  private String rawData() {
    return words(8, Layouts.RUN_UNION);
  }

  private String words(int count, long at) {
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < Math.min(count, Layouts.RUN_INTERNAL_MAX_DATA); k++) {
      text.append(k == 0 ? ", data" : "").append(" 0x").append(Long.toHexString(run.get(JAVA_LONG, at + 8L * k)));
    }
    return text.toString();
  }

  /** KVM_EXIT_IO: one access, or the repetitions of a string instruction. */
  private void portAccess() {
    boolean out = run.get(JAVA_BYTE, Layouts.RUN_IO_DIRECTION) == Layouts.IO_OUT;
    int size = run.get(JAVA_BYTE, Layouts.RUN_IO_SIZE);
    int port = run.get(JAVA_SHORT, Layouts.RUN_IO_PORT) & 0xffff;
    int count = run.get(JAVA_INT, Layouts.RUN_IO_COUNT);
    long at = run.get(JAVA_LONG, Layouts.RUN_IO_DATA_OFFSET);
    for (int k = 0; k < count; k++, at += size) {
      if (out) {
        vm.ports().write(port, size, get(at, size));
      } else {
        put(at, size, vm.ports().read(port, size));
      }
    }
  }

  /** KVM_EXIT_MMIO: up to eight bytes; an access that crosses into another page comes in pieces of any length. */
  private void memoryAccess() {
    long address = run.get(JAVA_LONG, Layouts.RUN_MMIO_ADDRESS);
    int length = run.get(JAVA_INT, Layouts.RUN_MMIO_LENGTH);
    boolean write = run.get(JAVA_BYTE, Layouts.RUN_MMIO_IS_WRITE) != 0;
    int done = 0;
    while (done < length) {
      int size = Integer.highestOneBit(length - done);
      long at = (long) Layouts.RUN_MMIO_DATA + done;
      if (write) {
        vm.mmio().write(address + done, size, get(at, size));
      } else {
        put(at, size, vm.mmio().read(address + done, size));
      }
      done += size;
    }
  }

  private long get(long at, int size) {
    return switch (size) {
      case 1 -> run.get(JAVA_BYTE, at) & 0xff;
      case 2 -> run.get(JAVA_SHORT_UNALIGNED, at) & 0xffff;
      case 4 -> run.get(JAVA_INT_UNALIGNED, at) & 0xffff_ffffL;
      default -> run.get(JAVA_LONG_UNALIGNED, at);
    };
  }

  private void put(long at, int size, long value) {
    switch (size) {
      case 1 -> run.set(JAVA_BYTE, at, (byte) value);
      case 2 -> run.set(JAVA_SHORT_UNALIGNED, at, (short) value);
      case 4 -> run.set(JAVA_INT_UNALIGNED, at, (int) value);
      default -> run.set(JAVA_LONG_UNALIGNED, at, value);
    }
  }

  /** KVM_EXIT_INTERNAL_ERROR: what KVM cannot emulate, the assist executes. */
  private @Nullable Stop internalError() {
    int suberror = run.get(JAVA_INT, Layouts.RUN_INTERNAL_SUBERROR);
    Optional<InstructionAssist> assist =
        suberror == ExitCode.INTERNAL_ERROR_EMULATION ? vm.assist() : Optional.empty();
    if (assist.isEmpty()) {
      throw failure(ExitCode.INTERNAL_ERROR, ExitCode.internalError(suberror)
          + words(run.get(JAVA_INT, Layouts.RUN_INTERNAL_NDATA), Layouts.RUN_INTERNAL_DATA)
          + instructionBytes().map(bytes -> ", instruction " + Opcode.hex(bytes)).orElse(""));
    }
    X86State before = state.saveForAssist();
    Optional<byte[]> instruction = instructionBytes().or(() -> fetch(before));
    if (debugger.breakpoints() && instruction.isPresent() && instruction.get()[0] == INT3) {
      debugCause = GuestDebug.Cause.BREAKPOINT;
      unseenBreakpoint = true;
      return Stop.DEBUG;
    }
    String opcode = instruction
        .map(bytes -> Opcode.of(bytes, (before.segments()[X86State.CS].access() & 0x2000) != 0))
        .orElse("unknown");
    if (Opcode.ofExtendedState(opcode) && (state.enabledComponents() & ~ASSISTED_COMPONENTS) != 0) {
      throw failure(ExitCode.INTERNAL_ERROR, "this KVM cannot emulate %s, and the guest enabled more of the XSAVE area (XCR0 0x%x)"
          .formatted(opcode, state.enabledComponents())
          + " than the software CPU has: add noxsave to the kernel's command line");
    }
    if (exits.countAssist(opcode) && vm.firstAssist(opcode)) {
      LOG.log(Logger.Level.DEBUG, "vCPU {0}: this KVM cannot emulate {1} at 0x{2}: the software CPU executes it from now on",
          index, opcode, Long.toHexString(before.rip()));
    }
    state.restoreAfterAssist(before, assist.get().execute(before));
    if (debugger.step()) {
      debugCause = GuestDebug.Cause.STEP;
      return Stop.DEBUG;
    }
    return null;
  }

  /** KVM_EXIT_DEBUG: what was asked for, or the guest's own #DB, which it gets. */
  private @Nullable Stop debugExit() {
    int exception = run.get(JAVA_INT, Layouts.RUN_UNION);
    long dr6 = run.get(JAVA_LONG, Layouts.RUN_DEBUG_DR6);
    if (exception == BP && debugger.breakpoints()) {
      unseenBreakpoint = false;
      debugCause = GuestDebug.Cause.BREAKPOINT;
      return Stop.DEBUG;
    }
    if (exception == DB && (dr6 & DR6_ADDRESSES) != 0 && !debugger.addresses().isEmpty()) {
      debugCause = GuestDebug.Cause.ADDRESS;
      return Stop.DEBUG;
    }
    if (exception == DB && debugger.step() && (dr6 & DR6_SINGLE_STEP) != 0) {
      debugCause = GuestDebug.Cause.STEP;
      return Stop.DEBUG;
    }
    setGuestDebug(exception == BP ? Layouts.GUESTDBG_INJECT_BP : Layouts.GUESTDBG_INJECT_DB);
    return null;
  }

  /** KVM_SET_GUEST_DEBUG as {@link #debugger} says, with more flags. */
  private void setGuestDebug(int more) {
    int control = more;
    if (debugger.step()) {
      control |= Layouts.GUESTDBG_SINGLESTEP | debugFeatures & Layouts.GUESTDBG_BLOCKIRQ;
    }
    if (debugger.breakpoints()) {
      control |= Layouts.GUESTDBG_USE_SW_BP;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(Layouts.GUEST_DEBUG_SIZE, 8);
      List<Long> addresses = debugger.addresses();
      if (!addresses.isEmpty()) {
        control |= Layouts.GUESTDBG_USE_HW_BP;
        // GE and, for each address, the global enable bit; execution, one byte (SDM volume 3, 18.2.4).
        long dr7 = 0x600;
        for (int k = 0; k < addresses.size(); k++) {
          request.set(JAVA_LONG, Layouts.GUEST_DEBUG_REGISTERS + 8L * k, addresses.get(k));
          dr7 |= 2L << 2 * k;
        }
        request.set(JAVA_LONG, Layouts.GUEST_DEBUG_REGISTERS + 8L * 7, dr7);
      }
      request.set(JAVA_INT, 0, control == 0 ? 0 : control | Layouts.GUESTDBG_ENABLE);
      Calls.make(file, Request.SET_GUEST_DEBUG, request);
    }
  }

  @Override
  public void debug(GuestDebug wish) {
    if (!wish.equals(debugger)) {
      debugger = wish;
      setGuestDebug(0);
    }
  }

  @Override
  public GuestDebug.Cause debugCause() {
    return debugCause;
  }

  @Override
  public void raiseBreakpoint() {
    Optional<InstructionAssist> assist = unseenBreakpoint ? vm.assist() : Optional.empty();
    if (assist.isPresent()) {
      X86State before = state.saveForAssist();
      state.restoreAfterAssist(before, assist.get().execute(before));
    } else {
      setGuestDebug(Layouts.GUESTDBG_INJECT_BP);
    }
  }

  private Optional<byte[]> instructionBytes() {
    if (run.get(JAVA_INT, Layouts.RUN_INTERNAL_NDATA) < 3
        || (run.get(JAVA_LONG, Layouts.RUN_EMULATION_FLAGS) & Layouts.EMULATION_FLAG_BYTES) == 0) {
      return Optional.empty();
    }
    int size = Math.min(LONGEST_INSTRUCTION, run.get(JAVA_BYTE, Layouts.RUN_EMULATION_SIZE) & 0xff);
    return size == 0
        ? Optional.empty()
        : Optional.of(run.asSlice(Layouts.RUN_EMULATION_BYTES, size).toArray(JAVA_BYTE));
  }

  /** Reads the instruction from guest memory, for a KVM that does not tell it. */
  private Optional<byte[]> fetch(X86State s) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment translation = arena.allocate(Layouts.TRANSLATION_SIZE, 8);
      translation.set(JAVA_LONG, 0, s.rip() + s.segments()[X86State.CS].base());
      Calls.make(file, Request.TRANSLATE, translation);
      long physical = translation.get(JAVA_LONG, Layouts.TRANSLATION_PHYSICAL);
      int length = (int) Math.min(LONGEST_INSTRUCTION, 4096 - (physical & 4095));
      if (translation.get(JAVA_BYTE, Layouts.TRANSLATION_VALID) == 0 || !vm.memory().contains(physical, length)) {
        return Optional.empty();
      }
      byte[] bytes = new byte[length];
      vm.memory().read(physical, bytes, 0, length);
      return Optional.of(bytes);
    }
  }

  private String dump() {
    X86State s = state.save();
    StringBuilder text = new StringBuilder(
        "rip 0x%x rflags 0x%x%n".formatted(s.rip(), s.rflags()));
    String[] names = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi"};
    for (int k = 0; k < 16; k++) {
      text.append("%3s 0x%016x%s".formatted(k < 8 ? names[k] : "r" + k, s.general()[k], k % 4 == 3 ? "%n".formatted() : " "));
    }
    X86State.Control c = s.control();
    text.append("cr0 0x%x cr2 0x%x cr3 0x%x cr4 0x%x efer 0x%x%n".formatted(c.cr0(), c.cr2(), c.cr3(), c.cr4(), c.efer()));
    X86State.Segment cs = s.segments()[X86State.CS];
    text.append("cs 0x%x base 0x%x access 0x%x, gdt 0x%x idt 0x%x".formatted(
        cs.selector(), cs.base(), cs.access(), s.gdt().base(), s.idt().base()));
    return text.toString();
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public void kick() {
    synchronized (kickLock) {
      if (closed) {
        return;
      }
      kicked.set(true);
      // The next KVM_RUN returns at once, and the signal ends the one that may be going on.
      BYTE.setVolatile(run, (long) Layouts.RUN_IMMEDIATE_EXIT, (byte) 1);
      if (thread != 0) {
        try {
          Threads.wake(thread);
        } catch (SystemCallException e) {
          throw new IllegalStateException(e.getMessage(), e);
        }
      }
    }
  }

  @Override
  public X86State save() {
    return state.save();
  }

  @Override
  public void restore(X86State newState) {
    state.restore(newState);
  }

  /** Changes model-specific registers as a template says, before the guest runs. */
  void changeMsrs(CpuTemplate template) {
    Msrs.apply(file, template);
  }

  @Override
  public List<CpuidLeaf> cpuid() {
    return leaves;
  }

  @Override
  public Map<Integer, Long> msrs() {
    return Msrs.readAll(file, listedMsrs.stream().sorted(Integer::compareUnsigned).toList());
  }

  @Override
  public ExitStats exits() {
    return exits;
  }

  /** {@inheritDoc} KVM does not count them. */
  @Override
  public long instructions() {
    return -1;
  }

  /** KVM's statistics about this vCPU, closed with it; nothing if this KVM has none. */
  Optional<Descriptor> statistics() {
    return statistics;
  }

  void close() {
    synchronized (kickLock) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      SystemCalls.munmap(run);
    } catch (SystemCallException e) {
      throw new IllegalStateException(e.getMessage(), e);
    } finally {
      statistics.ifPresent(Calls::close);
      Calls.close(file);
    }
  }
}
