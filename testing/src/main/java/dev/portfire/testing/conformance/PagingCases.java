package dev.portfire.testing.conformance;

import static dev.portfire.testing.asm.Mem.dwordAt;
import static dev.portfire.testing.asm.Reg.EAX;
import static dev.portfire.testing.asm.Reg.EBP;
import static dev.portfire.testing.asm.Reg.EBX;
import static dev.portfire.testing.asm.Reg.ECX;
import static dev.portfire.testing.asm.Reg.EDI;
import static dev.portfire.testing.asm.Reg.EDX;
import static dev.portfire.testing.asm.Reg.ESI;
import static dev.portfire.testing.asm.Reg.RAX;
import static dev.portfire.testing.asm.Reg.RBX;
import static dev.portfire.testing.asm.Reg.RCX;
import static dev.portfire.testing.asm.Reg.RDI;
import static dev.portfire.testing.asm.Reg.RSI;

import dev.portfire.machine.GuestMemory;
import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Condition;
import dev.portfire.testing.asm.Mem;
import java.util.List;

/** Paging (SDM volume 3, chapter 4). */
final class PagingCases {
  private static final String GROUP = "paging";
  private static final long P = 1;
  private static final long W = 2;
  private static final long U = 4;
  private static final long A = 0x20;
  private static final long D = 0x40;
  private static final long PS = 0x80;
  private static final long G = 0x100;
  private static final long NX = 1L << 63;
  private static final long CR4_PGE = 1 << 7;
  private static final long CR4_PCIDE = 1 << 17;
  private static final long CR4_SMEP = 1 << 20;
  private static final long CR4_SMAP = 1 << 21;

  static final List<Case> CASES = List.of(
      new Case(GROUP, "accessed and dirty bits", PagingCases::accessedDirty),
      new Case(GROUP, "accessed and dirty bits of large pages", PagingCases::accessedDirtyLarge),
      new Case(GROUP, "error codes in ring 0", PagingCases::kernelFaults),
      new Case(GROUP, "error codes in ring 3", PagingCases::userFaults),
      new Case(GROUP, "rights are those of all levels together", PagingCases::allLevels),
      new Case(GROUP, "CR0.WP", PagingCases::writeProtect),
      new Case(GROUP, "no-execute; its bit is reserved without EFER.NXE", PagingCases::noExecute),
      new Case(GROUP, "SMEP", PagingCases::smep),
      new Case(GROUP, "SMAP, STAC and CLAC", PagingCases::smap),
      new Case(GROUP, "pages of 2 MiB and 1 GiB; reserved bits", PagingCases::largePages),
      new Case(GROUP, "accesses across pages", PagingCases::split),
      new Case(GROUP, "read-modify-write needs the right to write", PagingCases::readModifyWrite),
      new Case(GROUP, "string moves stop at the fault", PagingCases::strings),
      new Case(GROUP, "INVLPG, CR3 and CR4.PGE drop translations", PagingCases::invalidation),
      new Case(GROUP, "jumps to a page that moves", PagingCases::movingCode),
      new Case(GROUP, "jumps into a large page that moves", PagingCases::movingLargeCode),
      new Case(GROUP, "returns to a page that moves", PagingCases::movingReturns),
      new Case(GROUP, "PCIDs keep address spaces apart", PagingCases::pcid),
      new Case(GROUP, "INVPCID of every type", PagingCases::invpcid));

  private PagingCases() {}

  private static void numberPages(GuestMemory memory) {
    for (int k = 0; k < 16; k++) {
      for (int offset = 0; offset < 4096; offset += 4) {
        memory.writeInt(Layout.FREE + k * Layout.PAGE + offset, 0x1000 + k);
      }
    }
  }

  private static void map(BareMachine m, int page, int free, long bits) {
    m.setEntry(Layout.PT_WINDOW, page, Layout.FREE + free * Layout.PAGE | bits);
  }

  private static long window(int page) {
    return Layout.WINDOW + page * Layout.PAGE;
  }

  private static void reportEntry(BareMachine m, String name, long table, int index) {
    m.code().mov(EAX, Mem.at(32, (int) table + 8 * index));
    m.report(name, EAX);
  }

  private static void accessedDirty(BareMachine m) {
    Assembler a = m.code();
    map(m, 0, 0, P | W);
    m.setEntry(Layout.PD_WINDOW, 0, Layout.PT_WINDOW | P | W);
    a.mov(EBX, Layout.WINDOW);
    a.mov(ECX, Layout.WINDOW).invlpg(Mem.byteAt(RCX, 0)).mov(EAX, dwordAt(RBX, 0));
    reportEntry(m, "pte read", Layout.PT_WINDOW, 0);
    reportEntry(m, "pde", Layout.PD_WINDOW, 0);
    a.mov(dwordAt(RBX, 0), EAX);
    reportEntry(m, "pte written", Layout.PT_WINDOW, 0);
    map(m, 0, 0, P | W);
    m.invalidate(Layout.WINDOW);
    a.lock().xadd(dwordAt(RBX, 0), EAX);
    reportEntry(m, "pte of xadd", Layout.PT_WINDOW, 0);
    // A compare that fails writes the old value back.
    map(m, 0, 0, P | W);
    m.invalidate(Layout.WINDOW);
    a.mov(EAX, 0x7777_7777).cmpxchg(dwordAt(RBX, 0), ECX);
    reportEntry(m, "pte of cmpxchg", Layout.PT_WINDOW, 0);
    // A fault on rights leaves the bits of the leaf alone or sets the accessed one; a page that is not there has none.
    m.setEntry(Layout.PT_WINDOW, 1, Layout.FREE);
    a.mov(EBX, window(1));
    m.fault("absent", () -> a.mov(EAX, dwordAt(RBX, 0)));
    reportEntry(m, "pte absent", Layout.PT_WINDOW, 1);
    m.stop();
    m.expect(
        "pte read = 0x30023", "pde = 0x105023", "pte written = 0x30063", "pte of xadd = 0x30063",
        "pte of cmpxchg = 0x30063");
    m.expect("#PF(0x0) at absent cr2=0x40001000", "pte absent = 0x30000", "stop");
  }

  private static void accessedDirtyLarge(BareMachine m) {
    Assembler a = m.code();
    m.needs("pages of 1 GiB", 0x8000_0001, EDX, 26);
    m.setEntry(Layout.PD_WINDOW, 1, 0x20_0000 | P | W | PS);
    a.mov(EBX, Layout.WINDOW + 0x20_0000).mov(EAX, dwordAt(RBX, 0));
    reportEntry(m, "pde read", Layout.PD_WINDOW, 1);
    a.mov(dwordAt(RBX, 0), EAX);
    reportEntry(m, "pde written", Layout.PD_WINDOW, 1);
    m.setEntry(Layout.PDPT, 4, P | W | PS);
    a.mov(RBX, 0x1_0020_0000L).mov(EAX, dwordAt(RBX, 0));
    reportEntry(m, "pdpte read", Layout.PDPT, 4);
    a.mov(dwordAt(RBX, 0), EAX);
    reportEntry(m, "pdpte written", Layout.PDPT, 4);
    m.stop();
    m.expect("pde read = 0x2000a3", "pde written = 0x2000e3", "pdpte read = 0xa3", "pdpte written = 0xe3", "stop");
  }

  private static void kernelFaults(BareMachine m) {
    Assembler a = m.code();
    map(m, 1, 0, P);
    map(m, 2, 0, P | W | NX);
    a.mov(EBX, window(0) + 0x123);
    m.fault("read absent", () -> a.mov(EAX, dwordAt(RBX, 0)));
    m.fault("write absent", () -> a.mov(dwordAt(RBX, 0), EAX));
    m.fault("jump to absent", () -> a.jmp(RBX));
    a.mov(EBX, window(1) + 0xffc).mov(EAX, dwordAt(RBX, 0));
    m.fault("write read-only", () -> a.mov(dwordAt(RBX, 0), EAX));
    a.mov(EBX, window(2) + 8).mov(dwordAt(RBX, 0), EAX);
    m.fault("jump to data", () -> a.jmp(RBX));
    a.mov(RBX, 0x80_0000_0000L);
    m.fault("no table", () -> a.mov(EAX, dwordAt(RBX, 0)));
    m.stop();
    m.expect(
        "#PF(0x0) at read absent cr2=0x40000123", "#PF(0x2) at write absent cr2=0x40000123",
        "#PF(0x10) at 0x40000123 cr2=0x40000123");
    m.expect(
        "#PF(0x3) at write read-only cr2=0x40001ffc", "#PF(0x11) at 0x40002008 cr2=0x40002008",
        "#PF(0x0) at no table cr2=0x0", "stop");
  }

  private static void userFaults(BareMachine m) {
    Assembler a = m.code();
    map(m, 1, 0, P | U);
    map(m, 2, 0, P | W | U | NX);
    map(m, 3, 0, P | W);
    m.inUser(() -> {
      a.mov(EBX, window(0));
      m.fault("read absent", () -> a.mov(EAX, dwordAt(RBX, 0)));
      m.fault("write absent", () -> a.mov(dwordAt(RBX, 0), EAX));
      m.fault("jump to absent", () -> a.jmp(RBX));
      a.mov(EBX, window(1)).mov(EAX, dwordAt(RBX, 0));
      m.fault("write read-only", () -> a.mov(dwordAt(RBX, 0), EAX));
      a.mov(EBX, window(2)).mov(dwordAt(RBX, 0), EAX);
      m.fault("jump to data", () -> a.jmp(RBX));
      a.mov(EBX, window(3));
      m.fault("read supervisor", () -> a.mov(EAX, dwordAt(RBX, 0)));
      m.fault("write supervisor", () -> a.mov(dwordAt(RBX, 0), EAX));
      m.fault("jump to supervisor", () -> a.jmp(RBX));
    });
    m.expect("#PF(0x4) at read absent ring 3 cr2=0x40000000", "#PF(0x6) at write absent ring 3 cr2=0x40000000");
    m.expect("#PF(0x14) at 0x40000000 ring 3 cr2=0x40000000", "#PF(0x7) at write read-only ring 3 cr2=0x40001000");
    m.expect("#PF(0x15) at 0x40002000 ring 3 cr2=0x40002000", "#PF(0x5) at read supervisor ring 3 cr2=0x40003000");
    m.expect(
        "#PF(0x7) at write supervisor ring 3 cr2=0x40003000", "#PF(0x15) at 0x40003000 ring 3 cr2=0x40003000", "stop");
  }

  private static void allLevels(BareMachine m) {
    Assembler a = m.code();
    map(m, 0, 0, P | W | U);
    m.setEntry(Layout.PD_WINDOW, 0, Layout.PT_WINDOW | P | U);
    a.mov(EBX, window(0)).mov(EAX, dwordAt(RBX, 0));
    m.fault("directory read-only", () -> a.mov(dwordAt(RBX, 0), EAX));
    m.setEntry(Layout.PD_WINDOW, 0, Layout.PT_WINDOW | P | W | U | NX);
    m.invalidate(window(0));
    a.mov(dwordAt(RBX, 0), EAX);
    m.fault("directory no-execute", () -> a.jmp(RBX));
    m.setEntry(Layout.PD_WINDOW, 0, Layout.PT_WINDOW | P | W);
    m.invalidate(window(0));
    m.inUser(() -> {
      a.mov(EBX, window(0));
      m.fault("directory supervisor", () -> a.mov(EAX, dwordAt(RBX, 0)));
    });
    m.expect("#PF(0x3) at directory read-only cr2=0x40000000", "#PF(0x11) at 0x40000000 cr2=0x40000000");
    m.expect("#PF(0x5) at directory supervisor ring 3 cr2=0x40000000", "stop");
  }

  private static void writeProtect(BareMachine m) {
    Assembler a = m.code();
    map(m, 0, 0, P);
    map(m, 1, 1, P | U);
    a.mov(EBX, window(0)).mov(EAX, 0x55);
    m.fault("protected", () -> a.mov(dwordAt(RBX, 0), EAX));
    a.movFromControl(RCX, 0).and(ECX, ~0x1_0000).movToControl(0, RCX);
    a.mov(dwordAt(RBX, 0), EAX).mov(dwordAt(RBX, 0x1000), EAX);
    reportEntry(m, "pte", Layout.PT_WINDOW, 0);
    a.movFromControl(RCX, 0).or(ECX, 0x1_0000).movToControl(0, RCX);
    m.fault("protected again", () -> a.mov(dwordAt(RBX, 0), EAX));
    m.fault("user page", () -> a.mov(dwordAt(RBX, 0x1000), EAX));
    a.mov(EAX, Mem.at(32, (int) Layout.FREE));
    m.report("data", EAX);
    m.stop();
    m.expect("#PF(0x3) at protected cr2=0x40000000", "pte = 0x30061", "#PF(0x3) at protected again cr2=0x40000000");
    m.expect("#PF(0x3) at user page cr2=0x40001000", "data = 0x55", "stop");
  }

  private static void noExecute(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(
        BackEnd.TCG, "QEMU's error code for reserved bits lacks the present bit", "#PF(0x9) at reserved cr2=0x40001000",
        "#PF(0x8) at reserved cr2=0x40001000");
    m.prepare(memory -> memory.writeInt(Layout.FREE, 0xc3));
    map(m, 0, 0, P | W);
    map(m, 1, 0, P | W | NX);
    a.mov(EBX, window(0)).call(RBX);
    m.mark("executed");
    a.mov(EBX, window(1));
    m.fault("no-execute", () -> a.jmp(RBX));
    m.wrmsr(0xc000_0080, 0x501);
    m.fault("reserved", () -> a.mov(EAX, dwordAt(RBX, 0)));
    a.mov(EBX, window(2));
    m.fault("absent", () -> a.jmp(RBX));
    m.stop();
    m.expect("executed = 0x0", "#PF(0x11) at 0x40001000 cr2=0x40001000", "#PF(0x9) at reserved cr2=0x40001000");
    m.expect("#PF(0x0) at 0x40002000 cr2=0x40002000", "stop");
  }

  private static void smep(BareMachine m) {
    Assembler a = m.code();
    m.needs("SMEP", 7, EBX, 7);
    m.prepare(memory -> memory.writeInt(Layout.FREE, 0xc3));
    map(m, 0, 0, P | W | U);
    a.mov(EBX, window(0)).call(RBX);
    m.mark("without");
    a.movFromControl(RAX, 4).or(EAX, (int) CR4_SMEP).movToControl(4, RAX);
    m.fault("with", () -> a.jmp(RBX));
    a.mov(EAX, dwordAt(RBX, 0));
    m.report("data", EAX);
    a.movFromControl(RAX, 4).and(EAX, ~(int) CR4_SMEP).movToControl(4, RAX).call(RBX);
    m.mark("without again");
    m.stop();
    m.expect("without = 0x0", "#PF(0x11) at 0x40000000 cr2=0x40000000", "data = 0xc3", "without again = 0x0", "stop");
  }

  private static void smap(BareMachine m) {
    Assembler a = m.code();
    m.needs("SMAP", 7, EBX, 20);
    map(m, 0, 0, P | W | U);
    a.mov(EBX, window(0)).mov(EAX, 0x66).mov(dwordAt(RBX, 0), EAX);
    a.movFromControl(RAX, 4).or(EAX, (int) CR4_SMAP).movToControl(4, RAX);
    m.fault("read", () -> a.mov(EAX, dwordAt(RBX, 0)));
    m.fault("write", () -> a.mov(dwordAt(RBX, 0), EAX));
    a.stac().mov(EAX, dwordAt(RBX, 0)).mov(dwordAt(RBX, 4), EAX);
    m.report("with AC", EAX);
    a.clac();
    m.fault("read again", () -> a.mov(EAX, dwordAt(RBX, 0)));
    m.inUser(() -> {
      a.mov(EBX, window(0)).mov(EAX, dwordAt(RBX, 4));
      m.report("user", EAX);
      m.fault("stac", a::stac);
    });
    m.expect(
        "#PF(0x1) at read cr2=0x40000000", "#PF(0x3) at write cr2=0x40000000", "with AC = 0x66",
        "#PF(0x1) at read again cr2=0x40000000");
    m.expect("user = 0x66", "#UD at stac ring 3", "stop");
  }

  private static void largePages(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(
        BackEnd.TCG, "QEMU's error code for reserved bits lacks the present bit",
        "#PF(0x9) at reserved in 2 MiB cr2=0x40400000", "#PF(0x8) at reserved in 2 MiB cr2=0x40400000");
    m.insteadOn(
        BackEnd.TCG, "QEMU's error code for reserved bits lacks the present bit",
        "#PF(0xb) at reserved in 1 GiB cr2=0x40000010", "#PF(0xa) at reserved in 1 GiB cr2=0x40000010");
    m.insteadOn(
        BackEnd.TCG, "QEMU's error code for reserved bits lacks the present bit",
        "#PF(0x9) at reserved in the root cr2=0x0", "#PF(0x8) at reserved in the root cr2=0x0");
    m.needs("pages of 1 GiB", 0x8000_0001, EDX, 26);
    m.prepare(memory -> {
      memory.writeInt(0x20_1234, 0x1234);
      memory.writeInt(0x3f_fffc, 0x5678);
    });
    m.setEntry(Layout.PD_WINDOW, 1, 0x20_0000 | P | W | PS);
    m.setEntry(Layout.PDPT, 4, P | W | PS);
    a.mov(EBX, Layout.WINDOW + 0x20_0000).mov(EAX, dwordAt(RBX, 0x1234));
    m.report("2 MiB", EAX);
    a.mov(EAX, dwordAt(RBX, 0x1f_fffc));
    m.report("2 MiB", EAX);
    a.mov(RBX, 0x1_0000_0000L).mov(EAX, dwordAt(RBX, 0x20_1234));
    m.report("1 GiB", EAX);
    m.setEntry(Layout.PD_WINDOW, 2, 0x20_2000 | P | W | PS);
    a.mov(EBX, Layout.WINDOW + 0x40_0000);
    m.fault("reserved in 2 MiB", () -> a.mov(EAX, dwordAt(RBX, 0)));
    m.setEntry(Layout.PDPT, 5, 0x20_0000 | P | W | PS);
    a.mov(RBX, 0x1_4000_0000L);
    m.fault("reserved in 1 GiB", () -> a.mov(dwordAt(RBX, 0x10), EAX));
    m.setEntry(Layout.PML4, 1, Layout.PDPT | P | W | PS);
    a.mov(RBX, 0x80_0000_0000L);
    m.fault("reserved in the root", () -> a.mov(EAX, dwordAt(RBX, 0)));
    m.stop();
    m.expect("2 MiB = 0x1234", "2 MiB = 0x5678", "1 GiB = 0x1234", "#PF(0x9) at reserved in 2 MiB cr2=0x40400000");
    m.expect("#PF(0xb) at reserved in 1 GiB cr2=0x40000010", "#PF(0x9) at reserved in the root cr2=0x0", "stop");
  }

  private static void split(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(
        BackEnd.EMULATING, "a store across pages writes the first before the second faults", "first page = 0x0",
        "first page = 0xffffff00");
    map(m, 0, 2, P | W);
    map(m, 1, 0, P | W);
    map(m, 3, 3, P | W);
    a.mov(EBX, window(0) + 0xffe).mov(EAX, 0x4433_2211).mov(dwordAt(RBX, 0), EAX);
    a.mov(ECX, Layout.FREE).mov(EAX, dwordAt(RCX, 0));
    m.report("second page", EAX);
    a.mov(EAX, dwordAt(RBX, 0));
    m.report("both", EAX);
    a.mov(EBX, window(3) + 0xffd).mov(EAX, -1);
    m.fault("write", () -> a.mov(dwordAt(RBX, 0), EAX));
    a.mov(EAX, dwordAt(RBX, -1));
    m.report("first page", EAX);
    m.fault("read", () -> a.mov(EAX, dwordAt(RBX, 0)));
    a.mov(EBX, window(3) - 1);
    m.fault("first page missing", () -> a.mov(EAX, dwordAt(RBX, 0)));
    m.stop();
    m.expect("second page = 0x4433", "both = 0x44332211", "#PF(0x2) at write cr2=0x40004000", "first page = 0x0");
    m.expect("#PF(0x0) at read cr2=0x40004000", "#PF(0x0) at first page missing cr2=0x40002fff", "stop");
  }

  private static void readModifyWrite(BareMachine m) {
    Assembler a = m.code();
    map(m, 0, 0, P);
    a.mov(EBX, window(0)).mov(EAX, 1);
    m.fault("add", () -> a.add(dwordAt(RBX, 0), EAX));
    m.fault("lock add", () -> a.lock().add(dwordAt(RBX, 0), EAX));
    m.fault("xchg", () -> a.xchg(dwordAt(RBX, 0), EAX));
    m.fault("cmpxchg that fails", () -> a.cmpxchg(dwordAt(RBX, 0), ECX));
    a.cmp(dwordAt(RBX, 0), EAX).test(dwordAt(RBX, 0), EAX);
    m.report("eax", EAX);
    m.stop();
    for (String s : new String[] {"add", "lock add", "xchg", "cmpxchg that fails"}) {
      m.expect("#PF(0x3) at " + s + " cr2=0x40000000");
    }
    m.expect("eax = 0x1", "stop");
  }

  private static void strings(BareMachine m) {
    Assembler a = m.code();
    map(m, 0, 0, P | W);
    map(m, 2, 1, P | W);
    a.mov(ESI, window(0) + 0xff0).mov(EDI, window(2)).mov(ECX, 8);
    m.fault("movs from", () -> a.repMovs(32));
    m.report("rcx", ECX);
    m.report("rsi", ESI);
    m.report("rdi", EDI);
    a.mov(EDI, window(0) + 0xfe0).mov(ECX, 8);
    m.fault("stos", () -> a.repStos(64));
    m.report("rcx", ECX);
    m.report("rdi", EDI);
    m.stop();
    m.expect("#PF(0x0) at movs from cr2=0x40001000", "rcx = 0x4", "rsi = 0x40001000", "rdi = 0x40002010");
    m.expect("#PF(0x2) at stos cr2=0x40001000", "rcx = 0x4", "rdi = 0x40001000", "stop");
  }

  private static void read(BareMachine m, String name) {
    m.code().mov(EAX, dwordAt(RBX, 0));
    m.report(name, EAX);
  }

  private static void invalidation(BareMachine m) {
    Assembler a = m.code();
    m.prepare(PagingCases::numberPages);
    map(m, 0, 1, P | W | A | D);
    a.mov(EBX, window(0));
    read(m, "first");
    map(m, 0, 2, P | W | A | D);
    m.invalidate(window(0));
    read(m, "invlpg");
    map(m, 0, 3, P | W | A | D);
    a.movFromControl(RAX, 3).movToControl(3, RAX);
    read(m, "cr3");
    a.movFromControl(RAX, 4).or(EAX, (int) CR4_PGE).movToControl(4, RAX);
    map(m, 0, 4, P | W | A | D | G);
    m.invalidate(window(0));
    read(m, "global");
    map(m, 0, 5, P | W | A | D | G);
    m.invalidate(window(0) + 0x123);
    read(m, "invlpg of a global page");
    map(m, 0, 6, P | W | A | D | G);
    a.movFromControl(RAX, 4).and(EAX, ~(int) CR4_PGE).movToControl(4, RAX);
    read(m, "cr4.pge");
    m.setEntry(Layout.PD_WINDOW, 1, 0x20_0000 | P | W | PS);
    a.mov(EBX, Layout.WINDOW + 0x30_0000);
    a.mov(dwordAt(RBX, 0), 0x77);
    read(m, "large");
    m.setEntry(Layout.PD_WINDOW, 1, P | W | PS);
    m.invalidate(Layout.WINDOW + 0x20_0000);
    a.mov(EBX, Layout.WINDOW + 0x20_0000 + (int) Layout.FREE);
    read(m, "invlpg elsewhere in a large page");
    m.stop();
    m.expect(
        "first = 0x1001", "invlpg = 0x1002", "cr3 = 0x1003", "global = 0x1004", "invlpg of a global page = 0x1005",
        "cr4.pge = 0x1006");
    m.expect("large = 0x77", "invlpg elsewhere in a large page = 0x1000", "stop");
  }

  /** Adds up in ESI what code at a place of the window's first page leaves in EAX, many times. */
  private static void callMany(BareMachine m, String name, int offset) {
    Assembler a = m.code();
    String again = m.unique("again");
    a.mov(EBP, 20).mov(ESI, 0).label(again).mov(EBX, window(0) + offset).bytes(0xff, 0xd3).add(ESI, EAX);
    a.sub(EBP, 1).j(Condition.NE, again).mov(EAX, ESI);
    m.report(name, EAX);
  }

  /** Code of one page calls, jumps and branches to another page, behind it and before it, in whose place there are others by turns. */
  private static void movingCode(BareMachine m) {
    // MOV EAX, imm32 and RET; in the page between, CALL and RET, JMP, and TEST RSI, RSI, JE and JMP to either side.
    m.prepare(memory -> {
      for (int page = 1; page < 7; page++) {
        memory.writeByte(Layout.FREE + page * Layout.PAGE, (byte) 0xb8);
        memory.writeInt(Layout.FREE + page * Layout.PAGE + 1, page);
        memory.writeByte(Layout.FREE + page * Layout.PAGE + 5, (byte) 0xc3);
      }
      for (int way = 0; way < 2; way++) {
        long at = Layout.FREE + 0x40 * way;
        int distance = way == 0 ? 0x1000 : -0x1000;
        memory.writeByte(at, (byte) 0xe8);
        memory.writeInt(at + 1, distance - 0x40 * way - 5);
        memory.writeByte(at + 5, (byte) 0xc3);
        memory.writeByte(at + 0x10, (byte) 0xe9);
        memory.writeInt(at + 0x11, distance - 0x40 * way - 0x15);
        memory.writeInt(at + 0x20, 0x0ff6_8548);
        memory.writeByte(at + 0x24, (byte) 0x84);
        memory.writeInt(at + 0x25, distance - 0x40 * way - 0x29);
        memory.writeByte(at + 0x29, (byte) 0xe9);
        memory.writeInt(at + 0x2a, distance - 0x40 * way - 0x2e);
      }
    });
    map(m, 1, 0, P | W | A | D);
    for (int turn = 0; turn < 6; turn++) {
      map(m, 2, 1 + turn % 3, P | W | A | D);
      map(m, 0, 4 + turn % 3, P | W | A | D);
      m.invalidate(window(2));
      m.invalidate(window(0));
      for (int way = 0; way < 2; way++) {
        for (int kind = 0; kind < 3; kind++) {
          callMany(m, "%d, %s, %s".formatted(turn, way == 0 ? "behind" : "before", new String[] {"call", "jmp", "je"}[kind]),
              (int) Layout.PAGE + 0x40 * way + 0x10 * kind);
        }
      }
    }
    m.stop();
    for (int turn = 0; turn < 6; turn++) {
      for (int way = 0; way < 2; way++) {
        for (String kind : new String[] {"call", "jmp", "je"}) {
          m.expect("%d, %s, %s = 0x%x".formatted(turn, way == 0 ? "behind" : "before", kind, 20 * (way == 0 ? 1 + turn % 3 : 4 + turn % 3)));
        }
      }
    }
    m.expect("stop");
  }

  /** What is invalidated is another page of the large one than the code's. */
  private static void movingLargeCode(BareMachine m) {
    m.prepare(memory -> {
      for (int large = 0; large < 2; large++) {
        long at = large * 0x20_0000L + Layout.FREE;
        memory.writeByte(at, (byte) 0xb8);
        memory.writeInt(at + 1, 1 + large);
        memory.writeByte(at + 5, (byte) 0xc3);
      }
    });
    for (int turn = 0; turn < 4; turn++) {
      m.setEntry(Layout.PD_WINDOW, 1, turn % 2 * 0x20_0000L | P | W | A | D | PS);
      m.invalidate(Layout.WINDOW + 0x20_0000);
      callMany(m, "turn " + turn, 0x20_0000 + (int) Layout.FREE);
    }
    m.stop();
    m.expect("turn 0 = 0x14", "turn 1 = 0x28", "turn 2 = 0x14", "turn 3 = 0x28", "stop");
  }

  /** What a page calls puts another page in its place, and returns to that. */
  private static void movingReturns(BareMachine m) {
    Assembler a = m.code();
    // CALL RBX; MOV EAX, imm32; RET
    m.prepare(memory -> {
      for (int page = 1; page < 3; page++) {
        memory.write(Layout.FREE + page * Layout.PAGE, new byte[] {(byte) 0xff, (byte) 0xd3, (byte) 0xb8, (byte) page, 0, 0, 0, (byte) 0xc3});
      }
    });
    a.jmp("start");
    for (String way : new String[] {"invlpg", "cr3", "cr4"}) {
      a.label(way).mov(RAX, Mem.at(64, (int) Layout.PT_WINDOW)).xor(RAX, 3 * (int) Layout.PAGE).mov(Mem.at(64, (int) Layout.PT_WINDOW), RAX);
      switch (way) {
        case "invlpg" -> m.invalidate(window(0));
        case "cr3" -> a.movFromControl(RAX, 3).movToControl(3, RAX);
        default -> a.movFromControl(RAX, 4).xor(EAX, (int) CR4_PGE).movToControl(4, RAX);
      }
      a.ret();
    }
    a.label("start");
    for (String way : new String[] {"invlpg", "cr3", "cr4"}) {
      String again = m.unique("again");
      map(m, 0, 1, P | W | A | D);
      m.invalidate(window(0));
      a.mov(EBP, 9).mov(ESI, 0).lea(RBX, way).mov(EDI, window(0)).label(again).call(RDI).shl(ESI, 2).or(ESI, EAX);
      a.sub(EBP, 1).j(Condition.NE, again);
      m.report(way, ESI);
    }
    m.stop();
    // By turns 2 and 1, two bits each.
    m.expect("invlpg = 0x26666", "cr3 = 0x26666", "cr4 = 0x26666", "stop");
  }

  /** Two roots with the same low half GiB; at 512 GiB each has a page of its own. */
  private static void twoSpaces(GuestMemory memory) {
    numberPages(memory);
    for (int space = 0; space < 2; space++) {
      long root = Layout.SPARE_TABLES + space * 0x4000;
      memory.writeLong(root, Layout.PDPT | P | W | U | A);
      memory.writeLong(root + 8, root + 0x1000 | P | W | A);
      memory.writeLong(root + 0x1000, root + 0x2000 | P | W | A);
      memory.writeLong(root + 0x2000, root + 0x3000 | P | W | A);
      memory.writeLong(root + 0x3000, Layout.FREE + (space + 1) * Layout.PAGE | P | W | A | D);
    }
  }

  private static void loadCr3(BareMachine m, int space, int pcid, boolean keep) {
    m.code().mov(RAX, Layout.SPARE_TABLES + space * 0x4000L | pcid | (keep ? 1L << 63 : 0)).movToControl(3, RAX);
  }

  private static void pcid(BareMachine m) {
    Assembler a = m.code();
    m.needs("PCID", 1, ECX, 17);
    m.prepare(PagingCases::twoSpaces);
    a.movFromControl(RAX, 4).or(EAX, (int) CR4_PCIDE).movToControl(4, RAX);
    a.mov(RBX, 0x80_0000_0000L);
    loadCr3(m, 0, 1, false);
    read(m, "space 1");
    loadCr3(m, 1, 2, false);
    read(m, "space 2");
    loadCr3(m, 0, 1, true);
    read(m, "space 1");
    loadCr3(m, 1, 2, true);
    read(m, "space 2");
    a.movFromControl(RAX, 3);
    m.report("cr3", EAX);
    // Without bit 63 the translations of the PCID go.
    m.setEntry(Layout.SPARE_TABLES + 0x7000, 0, Layout.FREE + 9 * Layout.PAGE | P | W | A | D);
    loadCr3(m, 1, 2, false);
    read(m, "space 2 changed");
    m.fault("off with a PCID", () -> {
      a.movFromControl(RAX, 0).and(EAX, 0x7fff_ffff).movToControl(0, RAX);
    });
    a.movFromControl(RAX, 4).and(EAX, ~(int) CR4_PCIDE).movToControl(4, RAX);
    read(m, "PCIDs off");
    a.mov(EAX, (int) Layout.SPARE_TABLES + 5).movToControl(3, RAX).movFromControl(RAX, 4).or(EAX, (int) CR4_PCIDE);
    m.fault("on with low bits in CR3", () -> a.movToControl(4, RAX));
    m.stop();
    m.expect(
        "space 1 = 0x1001", "space 2 = 0x1002", "space 1 = 0x1001", "space 2 = 0x1002", "cr3 = 0x10d002",
        "space 2 changed = 0x1009");
    m.expect("#GP(0x0) at off with a PCID+0x9", "PCIDs off = 0x1009", "#GP(0x0) at on with low bits in CR3", "stop");
  }

  private static void invpcid(BareMachine m) {
    Assembler a = m.code();
    m.needs("PCID", 1, ECX, 17);
    m.needs("INVPCID", 7, EBX, 10);
    m.prepare(PagingCases::twoSpaces);
    Mem descriptor = new Mem(64, RDI, 0, null);
    a.movFromControl(RAX, 4).or(EAX, (int) CR4_PCIDE).movToControl(4, RAX);
    a.mov(RBX, 0x80_0000_0000L).mov(EDI, Layout.DATA);
    loadCr3(m, 1, 2, false);
    read(m, "at first");
    for (int type = 0; type < 4; type++) {
      m.setEntry(Layout.SPARE_TABLES + 0x7000, 0, Layout.FREE + (10L + type) * Layout.PAGE | P | W | A | D);
      a.mov(Mem.qwordAt(RDI, 0), type < 2 ? 2 : 0).mov(Mem.qwordAt(RDI, 8), RBX).mov(ECX, type).invpcid(RCX, descriptor);
      read(m, "type " + type);
    }
    a.mov(ECX, 4);
    m.fault("type 4", () -> a.invpcid(RCX, descriptor));
    a.mov(ECX, 1).mov(Mem.qwordAt(RDI, 0), 0x1002);
    m.fault("reserved", () -> a.invpcid(RCX, descriptor));
    a.mov(ECX, 0).mov(Mem.qwordAt(RDI, 0), 2).mov(RAX, 0x8000_0000_0000L).mov(Mem.qwordAt(RDI, 8), RAX);
    m.fault("address", () -> a.invpcid(RCX, descriptor));
    m.inUser(() -> m.fault("ring 3", () -> a.invpcid(RCX, descriptor)));
    m.expect("at first = 0x1002", "type 0 = 0x100a", "type 1 = 0x100b", "type 2 = 0x100c", "type 3 = 0x100d");
    m.expect("#GP(0x0) at type 4", "#GP(0x0) at reserved", "#GP(0x0) at address", "#GP(0x0) at ring 3 ring 3", "stop");
  }
}
