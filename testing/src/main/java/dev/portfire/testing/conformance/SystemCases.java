package dev.portfire.testing.conformance;

import static dev.portfire.testing.asm.Mem.byteAt;
import static dev.portfire.testing.asm.Mem.dwordAt;
import static dev.portfire.testing.asm.Mem.qwordAt;
import static dev.portfire.testing.asm.Reg.EAX;
import static dev.portfire.testing.asm.Reg.EBP;
import static dev.portfire.testing.asm.Reg.EBX;
import static dev.portfire.testing.asm.Reg.ECX;
import static dev.portfire.testing.asm.Reg.EDI;
import static dev.portfire.testing.asm.Reg.EDX;
import static dev.portfire.testing.asm.Reg.ESI;
import static dev.portfire.testing.asm.Reg.ESP;
import static dev.portfire.testing.asm.Reg.R10D;
import static dev.portfire.testing.asm.Reg.R11D;
import static dev.portfire.testing.asm.Reg.R8;
import static dev.portfire.testing.asm.Reg.R9D;
import static dev.portfire.testing.asm.Reg.RAX;
import static dev.portfire.testing.asm.Reg.RBX;
import static dev.portfire.testing.asm.Reg.RCX;
import static dev.portfire.testing.asm.Reg.RDI;
import static dev.portfire.testing.asm.Reg.RDX;
import static dev.portfire.testing.asm.Reg.RSI;
import static dev.portfire.testing.asm.Reg.RSP;

import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Condition;
import dev.portfire.testing.asm.Mem;
import dev.portfire.testing.asm.Segment;
import java.util.List;

/** CPUID, model-specific and control registers, system calls, code that changes. */
final class SystemCases {
  private static final String GROUP = "system";
  private static final int STAR = 0xc000_0081;
  private static final int LSTAR = 0xc000_0082;
  private static final int FMASK = 0xc000_0084;
  private static final int FS_BASE = 0xc000_0100;
  private static final int GS_BASE = 0xc000_0101;
  private static final int KERNEL_GS_BASE = 0xc000_0102;

  static final List<Case> CASES = List.of(
      new Case(GROUP, "CPUID: what every back end announces", SystemCases::cpuid),
      new Case(GROUP, "CPUID: OSXSAVE follows CR4; XGETBV and XSETBV", SystemCases::xsave),
      new Case(GROUP, "AVX: what enables it, and BMI that needs nothing", SystemCases::avx),
      new Case(GROUP, "XSAVE, XSAVEC and XRSTOR of YMM registers", SystemCases::saveYmm),
      new Case(GROUP, "XGETBV in ring 3", SystemCases::xgetbvInUser),
      new Case(GROUP, "a hypercall that KVM does not have", SystemCases::hypercall),
      new Case(GROUP, "MSRs hold what is written", SystemCases::msrs),
      new Case(GROUP, "RDTSCP reads TSC_AUX", SystemCases::tscAux),
      new Case(GROUP, "MSRs refuse", SystemCases::refusals),
      new Case(GROUP, "control registers refuse", SystemCases::controlRegisters),
      new Case(GROUP, "SYSCALL and SYSRET", SystemCases::syscall),
      new Case(GROUP, "system calls as a kernel with SMAP serves them", SystemCases::systemCalls),
      new Case(GROUP, "the kernel's AC is not the user's", SystemCases::accessFlag),
      new Case(GROUP, "SYSENTER and SYSEXIT", SystemCases::sysenter),
      new Case(GROUP, "SWAPGS and the bases of FS and GS", SystemCases::swapgs),
      new Case(GROUP, "the TSC goes forward; CR4.TSD", SystemCases::tsc),
      new Case(GROUP, "code that overwrites the next instruction", SystemCases::selfModifying),
      new Case(GROUP, "code that was overwritten through another mapping", SystemCases::aliasModifying),
      new Case(GROUP, "returns to code that was overwritten", SystemCases::returnModifying),
      new Case(GROUP, "returns that no call belongs to", SystemCases::oddReturns),
      new Case(GROUP, "calls deeper than any stack of guesses", SystemCases::deepCalls),
      new Case(GROUP, "code that was overwritten by a string store and by a device", SystemCases::stringModifying));

  private SystemCases() {}

  private static void cpuid(BareMachine m) {
    Assembler a = m.code();
    a.mov(RAX, -1L << 32).mov(RBX, -1).mov(RCX, -1L << 32).mov(RDX, -1).cpuid();
    a.shr(RAX, 32).shr(RBX, 32).shr(RCX, 32).shr(RDX, 32).or(RAX, RBX).or(RAX, RCX).or(RAX, RDX);
    m.report("upper halves", EAX);
    String deep = m.unique("deep");
    a.mov(EAX, 0).cpuid().cmp(EAX, 0xd).j(Condition.AE, deep);
    m.report("largest leaf", EAX);
    a.label(deep).mov(EAX, 1).cpuid().shr(EBX, 24);
    m.report("apic id", EBX);
    // Hypervisor, POPCNT, SSE4.2, SSE4.1, CMPXCHG16B, SSSE3, SSE3, x2APIC, TSC deadline, XSAVE.
    a.and(ECX, 0x8000_0000 | 1 << 23 | 1 << 20 | 1 << 19 | 1 << 13 | 1 << 9 | 1 | 1 << 21 | 1 << 24 | 1 << 26);
    m.report("leaf 1 ecx", ECX);
    // FPU, PSE, TSC, MSR, PAE, CX8, APIC, SEP, PGE, CMOV, PAT, CLFSH, MMX, FXSR, SSE, SSE2.
    a.and(EDX, 0x0788_a979);
    m.report("leaf 1 edx", EDX);
    a.mov(EAX, 0x4000_0000).cpuid();
    m.report("ebx", EBX);
    m.report("ecx", ECX);
    m.report("edx", EDX);
    a.mov(EAX, 0x8000_0001).cpuid().and(EDX, 1 << 11 | 1 << 20 | 1 << 29).and(ECX, 1);
    m.report("long mode, NX, SYSCALL", EDX);
    m.report("LAHF", ECX);
    a.mov(EAX, 0xd).mov(ECX, 0).cpuid().and(EAX, 3);
    m.report("x87 and SSE state", EAX);
    m.stop();
    m.expect("upper halves = 0x0", "apic id = 0x0", "leaf 1 ecx = 0x85b82201", "leaf 1 edx = 0x788a979");
    m.expect("ebx = 0x4b4d564b", "ecx = 0x564b4d56", "edx = 0x4d", "long mode, NX, SYSCALL = 0x20100800", "LAHF = 0x1");
    m.expect("x87 and SSE state = 0x3", "stop");
  }

  private static void xsave(BareMachine m) {
    Assembler a = m.code();
    a.mov(EAX, 1).cpuid().and(ECX, 1 << 27);
    m.report("osxsave", ECX);
    a.mov(ECX, 0);
    m.fault("xgetbv", () -> a.bytes(0x0f, 0x01, 0xd0));
    a.movFromControl(RAX, 4).or(EAX, 1 << 18).movToControl(4, RAX).mov(EAX, 1).cpuid().and(ECX, 1 << 27);
    m.report("osxsave", ECX);
    a.mov(ECX, 0).bytes(0x0f, 0x01, 0xd0);
    m.report("xcr0", EAX);
    a.mov(EAX, 3).mov(EDX, 0).bytes(0x0f, 0x01, 0xd1).bytes(0x0f, 0x01, 0xd0);
    m.report("xcr0", EAX);
    a.mov(EAX, 2);
    m.fault("without x87", () -> a.bytes(0x0f, 0x01, 0xd1));
    a.mov(EAX, 3).mov(ECX, 1);
    m.fault("xcr1", () -> a.bytes(0x0f, 0x01, 0xd1));
    m.inUser(() -> {
      a.mov(ECX, 0).mov(EAX, 3);
      m.fault("ring 3", () -> a.bytes(0x0f, 0x01, 0xd1));
    });
    m.expect("osxsave = 0x0", "#UD at xgetbv", "osxsave = 0x8000000", "xcr0 = 0x1", "xcr0 = 0x3",
        "#GP(0x0) at without x87");
    m.expect("#GP(0x0) at xcr1", "#GP(0x0) at ring 3 ring 3", "stop");
  }

  /** What {@code qemu-system-x86_64 -accel tcg} 7.2 does with a guest of a KVM in its guest. */
  static final String AVX_FORGOTTEN = "QEMU forgets that AVX is enabled when the monitor has had its turn";

  private static void avx(BareMachine m) {
    m.withHostCpu().needs("AVX", 1, ECX, 28).needs("BMI1", 7, EBX, 3);
    m.fromOn(
        BackEnd.TCG, AVX_FORGOTTEN, "upper half = 0x0", "#UD at clearing it", "upper half = 0x1234", "#UD at vvvv",
        "#UD at 66 before VEX", "#UD at REX before VEX", "#UD at VEX.W", "#UD at VEX.L", "#UD at CR0.TS", "andn = 0x1200", "stop");
    Assembler a = m.code();
    // ANDN EAX, EBX, ECX
    a.mov(EBX, 0xff).mov(ECX, 0x1234).bytes(0xc4, 0xe2, 0x60, 0xf2, 0xc1);
    m.report("andn", EAX);
    // VXORPS YMM0, YMM0, YMM0
    m.fault("no OSXSAVE", () -> a.bytes(0xc5, 0xfc, 0x57, 0xc0));
    a.movFromControl(RAX, 4).or(EAX, 1 << 18).movToControl(4, RAX);
    m.fault("x87 alone", () -> a.bytes(0xc5, 0xfc, 0x57, 0xc0));
    a.mov(ECX, 0).mov(EDX, 0).mov(EAX, 3).bytes(0x0f, 0x01, 0xd1);
    m.fault("SSE alone", () -> a.bytes(0xc5, 0xfc, 0x57, 0xc0));
    a.mov(EAX, 5);
    m.fault("AVX without SSE", () -> a.bytes(0x0f, 0x01, 0xd1));
    a.mov(EAX, 7).bytes(0x0f, 0x01, 0xd1).mov(EAX, 0x1234);
    // VMOVD XMM1, EAX; VINSERTF128 YMM3, YMM1, XMM1, 1; PXOR XMM3, XMM3 keeps the upper half; VEXTRACTF128 XMM2, YMM3, 1
    a.bytes(0xc5, 0xf9, 0x6e, 0xc8, 0xc4, 0xe3, 0x75, 0x18, 0xd9, 0x01).bytes(0x66, 0x0f, 0xef, 0xdb);
    a.bytes(0xc4, 0xe3, 0x7d, 0x19, 0xda, 0x01).bytes(0xc5, 0xf9, 0x7e, 0xd0);
    m.report("upper half", EAX);
    // VMOVAPS XMM3, XMM3 clears it.
    m.fault("clearing it", () -> a.bytes(0xc5, 0xf8, 0x28, 0xdb, 0xc4, 0xe3, 0x7d, 0x19, 0xda, 0x01, 0xc5, 0xf9, 0x7e, 0xd0));
    m.report("upper half", EAX);
    // VMOVAPS XMM3, XMM3 with VEX.vvvv in use
    m.fault("vvvv", () -> a.bytes(0xc5, 0xf0, 0x28, 0xdb));
    m.fault("66 before VEX", () -> a.bytes(0x66, 0xc5, 0xf8, 0x28, 0xdb));
    m.fault("REX before VEX", () -> a.bytes(0x48, 0xc5, 0xf8, 0x28, 0xdb));
    // VPERMD with VEX.W 1, VEXTRACTF128 of 128 bits
    m.fault("VEX.W", () -> a.bytes(0xc4, 0xe2, 0xfd, 0x36, 0xd3));
    m.fault("VEX.L", () -> a.bytes(0xc4, 0xe3, 0x79, 0x19, 0xda, 0x01));
    a.movFromControl(RAX, 0).or(EAX, 8).movToControl(0, RAX);
    m.fault("CR0.TS", () -> a.bytes(0xc5, 0xfc, 0x57, 0xc0));
    a.mov(ECX, 0x1234).bytes(0xc4, 0xe2, 0x60, 0xf2, 0xc1);
    m.report("andn", EAX);
    m.stop();
    m.expect("andn = 0x1200", "#UD at no OSXSAVE", "#UD at x87 alone", "#UD at SSE alone", "#GP(0x0) at AVX without SSE");
    m.expect("upper half = 0x1234", "upper half = 0x0", "#UD at vvvv", "#UD at 66 before VEX", "#UD at REX before VEX");
    m.expect("#UD at VEX.W", "#UD at VEX.L", "#NM at CR0.TS", "andn = 0x1200", "stop");
  }

  /** Reports the upper half of YMM3. */
  private static void reportUpper(BareMachine m, String name) {
    // VEXTRACTF128 XMM2, YMM3, 1; VMOVD EAX, XMM2
    m.code().bytes(0xc4, 0xe3, 0x7d, 0x19, 0xda, 0x01).bytes(0xc5, 0xf9, 0x7e, 0xd0);
    m.report(name, EAX);
  }

  private static void saveYmm(BareMachine m) {
    m.withHostCpu().needs("AVX", 1, ECX, 28).needs("XSAVEC", 0xd, 1, EAX, 1);
    Assembler a = m.code();
    int header = (int) Layout.DATA + 512;
    a.movFromControl(RAX, 4).or(EAX, 1 << 18).movToControl(4, RAX);
    a.mov(ECX, 0).mov(EDX, 0).mov(EAX, 7).bytes(0x0f, 0x01, 0xd1);
    a.mov(EAX, 0xd).mov(ECX, 0).cpuid();
    m.report("size", EBX);
    a.mov(EAX, 0xd).mov(ECX, 2).cpuid();
    m.report("AVX offset", EBX);
    m.report("AVX size", EAX);
    a.mov(EAX, 0x1234).bytes(0xc5, 0xf9, 0x6e, 0xc8, 0xc4, 0xe3, 0x75, 0x18, 0xd9, 0x01);
    // XSAVE, VZEROALL, XRSTOR
    a.mov(EBX, Layout.DATA).mov(EDX, 0).mov(EAX, 7).bytes(0x0f, 0xae, 0x23).bytes(0xc5, 0xfc, 0x77);
    reportUpper(m, "cleared");
    a.mov(EAX, 7).bytes(0x0f, 0xae, 0x2b);
    reportUpper(m, "restored");
    a.mov(EAX, 3).bytes(0xc5, 0xf8, 0x77, 0x0f, 0xae, 0x2b);
    reportUpper(m, "not asked for");
    a.mov(EAX, 7).bytes(0x0f, 0xae, 0x2b).mov(Mem.dwordAt(RBX, 512), 3).bytes(0x0f, 0xae, 0x2b);
    reportUpper(m, "not in the area");
    a.mov(Mem.dwordAt(RBX, 512), 7).mov(EAX, 7).bytes(0x0f, 0xae, 0x2b).mov(Mem.dwordAt(RBX, 512), 0);
    // XSAVEC, VZEROALL, XRSTOR
    a.mov(EAX, 7).bytes(0x0f, 0xc7, 0x23).bytes(0xc5, 0xfc, 0x77).mov(EAX, 7).bytes(0x0f, 0xae, 0x2b);
    reportUpper(m, "from the compacted form");
    a.mov(EAX, Mem.at(32, header)).and(EAX, 4);
    m.report("XSTATE_BV", EAX);
    a.mov(EAX, Mem.at(32, header + 8));
    m.report("XCOMP_BV low", EAX);
    a.mov(EAX, Mem.at(32, header + 12));
    m.report("XCOMP_BV high", EAX);
    a.mov(Mem.dwordAt(RBX, 520), 3).mov(EAX, 7);
    m.fault("a component that XCOMP_BV lacks", () -> a.bytes(0x0f, 0xae, 0x2b));
    m.stop();
    m.expect("size = 0x340", "AVX offset = 0x240", "AVX size = 0x100", "cleared = 0x0", "restored = 0x1234");
    m.expect("not asked for = 0x0", "not in the area = 0x0", "from the compacted form = 0x1234", "XSTATE_BV = 0x4");
    m.expect("XCOMP_BV low = 0x7", "XCOMP_BV high = 0x80000000", "#GP(0x0) at a component that XCOMP_BV lacks", "stop");
  }

  private static void xgetbvInUser(BareMachine m) {
    Assembler a = m.code();
    m.fromOn(
        BackEnd.EMULATING, "XGETBV in ring 3 reads the host's register, which has more", "xcr0 in ring 3 = 0x3",
        "xcr0 in ring 3 = 0x7", "stop");
    a.movFromControl(RAX, 4).or(EAX, 1 << 18).movToControl(4, RAX);
    a.mov(EAX, 3).mov(EDX, 0).mov(ECX, 0).bytes(0x0f, 0x01, 0xd1).bytes(0x0f, 0x01, 0xd0);
    m.report("xcr0", EAX);
    // The report left the guest; the register must have come back.
    a.bytes(0x0f, 0x01, 0xd0);
    m.report("xcr0 again", EAX);
    m.inUser(() -> {
      a.mov(ECX, 0).bytes(0x0f, 0x01, 0xd0).and(EAX, 7);
      m.report("xcr0 in ring 3", EAX);
    });
    String kept = "QEMU executes XSETBV although KVM intercepts it, so KVM brings the old value back after an exit";
    m.insteadOn(BackEnd.TCG, kept, "xcr0 again = 0x3", "xcr0 again = 0x1");
    m.insteadOn(BackEnd.TCG, kept, "xcr0 in ring 3 = 0x3", "xcr0 in ring 3 = 0x1");
    m.expect("xcr0 = 0x3", "xcr0 again = 0x3", "xcr0 in ring 3 = 0x3", "stop");
  }

  private static void hypercall(BareMachine m) {
    Assembler a = m.code();
    String intel = m.unique("intel");
    String back = m.unique("back");
    // VMMCALL on AMD's processors, VMCALL on others, as kernels choose.
    a.mov(EAX, 0).cpuid().cmp(EBX, 0x6874_7541).mov(EAX, 0x7777).j(Condition.NE, intel);
    a.bytes(0x0f, 0x01, 0xd9).jmp(back).label(intel).bytes(0x0f, 0x01, 0xc1).label(back);
    m.report("answer", EAX);
    m.stop();
    // -KVM_ENOSYS
    m.expect("answer = 0xfffffc18", "stop");
    m.impatient();
    m.fromOn(
        BackEnd.EMULATING, "KVM patches the instruction for the processor and emulates it again, for ever",
        "answer = 0xfffffc18", "timeout");
  }

  private static void msrs(BareMachine m) {
    long[][] values = {
      {STAR, 0x0018_0008_1122_3344L}, {LSTAR, 0xffff_8000_1234_5678L}, {0xc000_0083, 0x7fff_0000_1234L},
          {FMASK, 0x4_7700}, {FS_BASE, 0x1234_5678_9abcL},
      {GS_BASE, 0xffff_ffff_0000_0010L}, {KERNEL_GS_BASE, 0x42}, {0x174, 0x10}, {0x175, 0xffff_8000_0000_0008L},
          {0x176, 0x1_0000_0008L},
      {0x277, 0x0007_0106_0007_0406L}
    };
    for (long[] v : values) {
      m.wrmsr((int) v[0], v[1]);
      m.rdmsr((int) v[0]);
      m.report("%x low".formatted((int) v[0]), EAX);
      m.report("%x high".formatted((int) v[0]), EDX);
      m.expect("%x low = 0x%x".formatted((int) v[0], v[1] & 0xffff_ffffL),
          "%x high = 0x%x".formatted((int) v[0], v[1] >>> 32));
    }
    m.rdmsr(0xc000_0080);
    m.report("efer", EAX);
    m.rdmsr(0x1b);
    m.report("apic base", EAX);
    m.stop();
    m.expect("efer = 0xd01", "apic base = 0xfee00900", "stop");
  }

  private static void tscAux(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(BackEnd.TCG, "QEMU takes TSC_AUX's upper half", "#GP(0x0) at upper half");
    m.needs("RDTSCP", 0x8000_0001, EDX, 27);
    m.wrmsr(0xc000_0103, 3);
    a.bytes(0x0f, 0x01, 0xf9);
    m.report("rdtscp", ECX);
    a.mov(ECX, 0xc000_0103L).mov(EDX, 1);
    m.fault("upper half", a::wrmsr);
    m.stop();
    m.expect("rdtscp = 0x3", "#GP(0x0) at upper half", "stop");
  }

  private static void refuse(BareMachine m, String name, int msr, long value) {
    m.code().mov(ECX, msr & 0xffff_ffffL).mov(EAX, value & 0xffff_ffffL).mov(EDX, value >>> 32);
    m.fault(name, m.code()::wrmsr);
    m.expect("#GP(0x0) at " + name);
  }

  private static void refusals(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(BackEnd.TCG, "QEMU takes addresses that are not canonical", "#GP(0x0) at lstar");
    m.insteadOn(BackEnd.TCG, "QEMU takes addresses that are not canonical", "#GP(0x0) at fs base");
    m.insteadOn(BackEnd.TCG, "QEMU takes addresses that are not canonical", "#GP(0x0) at kernel gs base");
    m.insteadOn(BackEnd.TCG, "QEMU takes addresses that are not canonical", "#GP(0x0) at sysenter eip");
    m.insteadOn(BackEnd.EMULATING, "an address that is not canonical is not refused", "#GP(0x0) at sysenter eip");
    m.insteadOn(BackEnd.EMULATING, "a type that is reserved is not refused", "#GP(0x0) at pat type 2");
    a.mov(ECX, 0xdead);
    m.fault("read of none", a::rdmsr);
    m.expect("#GP(0x0) at read of none");
    refuse(m, "write of none", 0xdead, 0);
    refuse(m, "lstar", LSTAR, 0x8000_0000_0000L);
    refuse(m, "fs base", FS_BASE, 0x8000_0000_0000L);
    refuse(m, "kernel gs base", KERNEL_GS_BASE, 1L << 62);
    refuse(m, "sysenter eip", 0x176, 0x8000_0000_0000L);
    refuse(m, "efer reserved", 0xc000_0080, 0x2_0d01);
    refuse(m, "efer lme with paging", 0xc000_0080, 0xc01);
    refuse(m, "pat type 2", 0x277, 2);
    refuse(m, "apic base reserved", 0x1b, 0xfee0_0901L);
    refuse(m, "x2apic from disabled", 0x1b, 0xfee0_0500L);
    m.inUser(() -> {
      a.mov(ECX, 0x10);
      m.fault("ring 3", a::rdmsr);
    });
    m.expect("#GP(0x0) at ring 3 ring 3", "stop");
  }

  private static void controlRegisters(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(
        BackEnd.TCG, "QEMU takes CR0's upper half, and then refuses to go on with it", "#GP(0x0) at CR0 upper half");
    m.fromOn(
        BackEnd.TCG, "QEMU takes CR0's upper half, and then refuses to go on with it", "#GP(0x0) at CR4 reserved",
        "error: KVM_EXIT_FAIL_ENTRY");
    m.insteadOn(BackEnd.EMULATING, "reserved bits are not refused", "#GP(0x0) at CR0 upper half");
    m.insteadOn(BackEnd.EMULATING, "reserved bits are not refused", "#GP(0x0) at CR4 reserved");
    a.movFromControl(RAX, 0).and(EAX, ~1);
    m.fault("PG without PE", () -> a.movToControl(0, RAX));
    a.movFromControl(RAX, 0).bts(RAX, 29);
    m.fault("NW without CD", () -> a.movToControl(0, RAX));
    a.movFromControl(RAX, 0).bts(RAX, 40);
    m.fault("CR0 upper half", () -> a.movToControl(0, RAX));
    a.movFromControl(RAX, 4).and(EAX, ~0x20);
    m.fault("PAE off in long mode", () -> a.movToControl(4, RAX));
    a.movFromControl(RAX, 4).bts(RAX, 40);
    m.fault("CR4 reserved", () -> a.movToControl(4, RAX));
    a.movFromControl(RAX, 3).bts(RAX, 60);
    m.fault("CR3 reserved", () -> a.movToControl(3, RAX));
    a.mov(EAX, 16);
    m.fault("CR8 above 15", () -> a.movToControl(8, RAX));
    a.mov(RAX, 1L << 32);
    m.fault("DR7 upper half", () -> a.movToDebug(7, RAX));
    m.fault("DR6 upper half", () -> a.movToDebug(6, RAX));
    a.mov(EAX, 0x123).movToDebug(2, RAX).mov(EAX, 0).movFromDebug(RAX, 2);
    m.report("dr2", EAX);
    a.movFromDebug(RAX, 4).and(EAX, 0xff0);
    m.report("dr4 is dr6", EAX);
    a.movFromControl(RAX, 4).or(EAX, 8).movToControl(4, RAX);
    m.fault("DR4 with CR4.DE", () -> a.movFromDebug(RAX, 4));
    m.stop();
    for (String s : new String[] {
      "PG without PE", "NW without CD", "CR0 upper half", "PAE off in long mode", "CR4 reserved", "CR3 reserved",
          "CR8 above 15",
      "DR7 upper half", "DR6 upper half"
    }) {
      m.expect("#GP(0x0) at " + s);
    }
    m.expect("dr2 = 0x123", "dr4 is dr6 = 0xff0", "#UD at DR4 with CR4.DE", "stop");
  }

  private static void syscall(BareMachine m) {
    Assembler a = m.code();
    m.fromOn(
        BackEnd.TCG, "QEMU returns to ring 3 first", "#GP(0x0) at return to what is not canonical",
        "#GP(0x0) at 0x0 ring 3", "#PF(0x15) at return to what is not canonical+0x3 ring 3 cr2=0x1013d",
        "#PF(0x15) at return to what is not canonical+0x3 ring 3 cr2=0x1013d",
        "#PF(0x15) at return to what is not canonical+0x3 ring 3 cr2=0x1013d",
        "#PF(0x15) at return to what is not canonical+0x3 ring 3 cr2=0x1013d", "lost");
    m.fromOn(
        BackEnd.EMULATING, "SYSCALL from ring 3 stays in ring 3", "kernel cs = 0x8",
        "#PF(0x15) at entry ring 3 cr2=0x100bd", "#PF(0x15) at with SCE off+0x13 ring 3 cr2=0x10054",
        "#PF(0x15) at with SCE off+0x13 ring 3 cr2=0x10054", "#PF(0x15) at with SCE off+0x13 ring 3 cr2=0x10054",
        "#PF(0x15) at with SCE off+0x13 ring 3 cr2=0x10054", "lost");
    m.wrmsr(STAR, 0x0018_0008_0000_0000L);
    m.wrmsr(FMASK, 0x4_0700);
    a.lea(RDI, "entry").mov(RAX, RDI).mov(RDX, RDI).shr(RDX, 32).mov(ECX, LSTAR & 0xffff_ffffL).wrmsr();
    m.fault("with SCE off", () -> {
      a.mov(ECX, 0xc000_0080L).mov(EAX, 0xd00).mov(EDX, 0).wrmsr().syscall();
    });
    m.wrmsr(0xc000_0080, 0xd01);
    a.mov(EBX, Layout.STACKS + Layout.MAIN_STACK);
    m.enterUser("user", Layout.USER_CS, 0x3002);
    a.label("user").mov(EAX, 0).mov(ECX, 0).bytes(0xfd, 0xf9);
    a.syscall();
    a.label("back").bytes(0xfc).mov(EAX, Segment.CS);
    m.report("user cs", EAX);
    a.mov(EAX, Segment.SS);
    m.report("user ss", EAX);
    a.mov(EAX, 1).syscall();
    a.label("entry").mov(RSI, RSP).mov(RSP, RBX).test(EAX, EAX).j(Condition.NE, "second");
    a.mov(RDX, RCX).mov(RDI, RCX).mov(EAX, Segment.CS);
    m.report("kernel cs", EAX);
    a.mov(EAX, Segment.SS);
    m.report("kernel ss", EAX);
    a.pushf().pop(RAX).and(EAX, 0x700);
    m.report("kernel flags", EAX);
    a.mov(EAX, R11D).and(EAX, 0x401);
    m.report("r11", EAX);
    a.lea(RAX, "back").sub(RDX, RAX).mov(RAX, RDX);
    m.report("rcx", EAX);
    a.mov(RCX, RDI).mov(RSP, RSI).sysretq();
    a.label("second").mov(RCX, 0x8000_0000_0000L);
    m.fault("return to what is not canonical", a::sysretq);
    m.stop();
    m.expect("#UD at with SCE off+0x11", "kernel cs = 0x8", "kernel ss = 0x10", "kernel flags = 0x0", "r11 = 0x401",
        "rcx = 0x80000000");
    m.expect("user cs = 0x2b", "user ss = 0x23", "#GP(0x0) at return to what is not canonical", "stop");
  }

  /**
   * A program makes system calls with all kinds of flags, and with interrupts on. The kernel has all flags cleared, counts in
   * one of the user's pages, serialises with an IRET to itself, and once leaves an interrupt for the program's next instruction.
   */
  private static void systemCalls(BareMachine m) {
    Assembler a = m.code();
    int counter = (int) (Layout.WINDOW + 0x40);
    int calls = 300;
    m.needs("SMAP", 7, EBX, 20);
    m.fromOn(
        BackEnd.EMULATING, "SYSCALL from ring 3 stays in ring 3", "asked for an interrupt = 0x0",
        "#PF(0x15) at entry ring 3 cr2=0x10131", "#PF(0x15) at 0x0 ring 3 cr2=0x0", "#PF(0x15) at 0x0 ring 3 cr2=0x0",
        "#PF(0x15) at 0x0 ring 3 cr2=0x0", "#PF(0x15) at 0x0 ring 3 cr2=0x0", "lost");
    m.setEntry(Layout.PT_WINDOW, 0, Layout.FREE | 7);
    m.onInterrupt(0x50, m::endOfInterrupt);
    m.enableApic();
    a.movFromControl(RAX, 4).or(EAX, 1 << 21).movToControl(4, RAX);
    m.wrmsr(STAR, 0x0018_0008_0000_0000L);
    m.wrmsr(FMASK, 0x25_7fd5);
    a.lea(RDI, "entry").mov(RAX, RDI).mov(RDX, RDI).shr(RDX, 32).mov(ECX, LSTAR & 0xffff_ffffL).wrmsr();
    m.wrmsr(0xc000_0080, 0xd01);
    a.mov(EBX, Layout.STACKS + Layout.MAIN_STACK).mov(R9D, 0).mov(R10D, 0);
    m.enterUser("user", Layout.USER_CS, 0x202);

    a.label("user").mov(EBP, calls).mov(EDX, 0);
    a.label("call").mov(EAX, EBP).shl(EAX, 27).add(EAX, EAX).pushf().pop(RSI);
    a.syscall().pushf().pop(RAX).cmp(RAX, RSI).j(Condition.NE, "changed");
    a.sub(EBP, 1).j(Condition.NE, "call");
    a.mov(EDX, 1).syscall();
    a.label("changed").mov(EDX, 2).syscall();

    a.label("entry").mov(RDI, RSP).mov(RSP, RBX).push(RCX).pushf().pop(RAX).and(EAX, 0x25_7fd5).or(R9D, EAX);
    a.test(EDX, EDX).j(Condition.NE, "other");
    a.stac().mov(EAX, Mem.at(32, counter)).add(EAX, 1).mov(Mem.at(32, counter), EAX).clac();
    // With carry set, to itself; then ADC R10D, EAX.
    a.mov(RCX, RSP).mov(EAX, Segment.SS).push(RAX).push(RCX).bytes(0xf9).pushf().push(Layout.KERNEL_CS);
    a.lea(RAX, "serialised").push(RAX).bytes(0xf8).iret();
    a.label("serialised").mov(EAX, 0).bytes(0x41, 0x11, 0xc2);
    a.cmp(EBP, calls / 2).j(Condition.NE, "return");
    m.apicWrite(0x300, 0x4_4050);
    m.mark("asked for an interrupt");
    a.label("return").pop(RCX).mov(RSP, RDI).sysretq();

    a.label("other").mov(EAX, EDX);
    m.report("call", EAX);
    a.mov(EAX, R9D);
    m.report("flags that were not cleared", EAX);
    a.mov(EAX, R10D);
    m.report("carries", EAX);
    a.stac().mov(EAX, Mem.at(32, counter)).clac();
    m.report("calls", EAX);
    m.stop();
    m.expect("asked for an interrupt = 0x0", "irq = 0x50", "call = 0x1", "flags that were not cleared = 0x0");
    m.expect("carries = 0x12c", "calls = 0x12c", "stop");
  }

  /** In the kernel, and in the program after its return, is an instruction that engines leave to the interpreter. */
  private static void accessFlag(BareMachine m) {
    Assembler a = m.code();
    m.needs("SMAP", 7, EBX, 20);
    m.fromOn(
        BackEnd.EMULATING, "SYSCALL from ring 3 stays in ring 3", "AC in ring 3 = 0x0",
        "#PF(0x15) at entry ring 3 cr2=0x100e0", "#PF(0x15) at 0x0 ring 3 cr2=0x0", "#PF(0x15) at 0x0 ring 3 cr2=0x0",
        "#PF(0x15) at 0x0 ring 3 cr2=0x0", "#PF(0x15) at 0x0 ring 3 cr2=0x0", "lost");
    a.movFromControl(RAX, 4).or(EAX, 1 << 21).movToControl(4, RAX);
    m.wrmsr(STAR, 0x0018_0008_0000_0000L);
    m.wrmsr(FMASK, 0x25_7fd5);
    a.lea(RDI, "entry").mov(RAX, RDI).mov(RDX, RDI).shr(RDX, 32).mov(ECX, LSTAR & 0xffff_ffffL).wrmsr();
    m.wrmsr(0xc000_0080, 0xd01);
    m.enterUser("user", Layout.USER_CS, 0x202);

    a.label("user").mov(EBP, 20).mov(ESI, 0);
    a.label("call").mov(EDX, 0).syscall();
    a.mov(EAX, 0).cpuid().pushf().pop(RAX).and(EAX, 1 << 18).or(ESI, EAX);
    a.sub(EBP, 1).j(Condition.NE, "call");
    a.mov(EDX, 1).syscall();

    a.label("entry").test(EDX, EDX).j(Condition.NE, "end").mov(R8, RCX).stac().mov(EAX, 0).cpuid().clac().mov(RCX, R8).sysretq();
    a.label("end").mov(ESP, Layout.STACKS + Layout.MAIN_STACK).mov(EAX, ESI);
    m.report("AC in ring 3", EAX);
    m.stop();
    m.expect("AC in ring 3 = 0x0", "stop");
  }

  private static void sysenter(BareMachine m) {
    Assembler a = m.code();
    m.fromOn(
        BackEnd.EMULATING, "SYSENTER from ring 3 is not emulated", "kernel cs = 0x8", "#UD at user ring 3",
        "#PF(0x15) at without a selector+0x2 ring 3 cr2=0x10009",
        "#PF(0x15) at without a selector+0x2 ring 3 cr2=0x10009",
        "#PF(0x15) at without a selector+0x2 ring 3 cr2=0x10009",
        "#PF(0x15) at without a selector+0x2 ring 3 cr2=0x10009", "lost");
    m.fault("without a selector", a::sysenter);
    m.wrmsr(0x174, Layout.KERNEL_CS);
    m.wrmsr(0x175, Layout.STACKS + Layout.MAIN_STACK);
    a.lea(RAX, "entry").mov(EDX, 0).mov(ECX, 0x176).wrmsr();
    m.enterUser("user", Layout.USER_CS, 0x3002);
    a.label("user").sysenter();
    a.label("entry").mov(EAX, Segment.CS);
    m.report("kernel cs", EAX);
    a.mov(EAX, Segment.SS);
    m.report("kernel ss", EAX);
    a.mov(RAX, RSP);
    m.report("kernel rsp", EAX);
    a.mov(EAX, Layout.USER).lea(RDX, "back").add(RDX, RAX).mov(RCX, Layout.USER + Layout.STACKS + Layout.USER_STACK)
        .sysexitq();
    a.label("back").mov(EAX, Segment.CS);
    m.report("user cs", EAX);
    a.mov(EAX, Segment.SS);
    m.report("user ss", EAX);
    m.stop();
    m.expect("#GP(0x0) at without a selector", "kernel cs = 0x8", "kernel ss = 0x10", "kernel rsp = 0x41000",
        "user cs = 0x2b", "user ss = 0x33", "stop");
  }

  private static void swapgs(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(BackEnd.TCG, "QEMU takes bases that are not canonical", "#GP(0x0) at wrgsbase");
    m.insteadOn(BackEnd.EMULATING, "CR4.FSGSBASE is not looked at", "#UD at without FSGSBASE");
    m.needs("FSGSBASE", 7, EBX, 0);
    m.prepare(memory -> {
      memory.writeInt(Layout.DATA, 0x11);
      memory.writeInt(Layout.DATA + 0x100, 0x22);
      memory.writeInt(Layout.DATA + 0x200, 0x33);
    });
    m.wrmsr(FS_BASE, Layout.DATA);
    m.wrmsr(GS_BASE, Layout.DATA + 0x100);
    m.wrmsr(KERNEL_GS_BASE, Layout.DATA + 0x200);
    a.mov(EBX, 0).bytes(0x64).mov(EAX, dwordAt(RBX, 0));
    m.report("fs", EAX);
    a.bytes(0x65).mov(EAX, dwordAt(RBX, 0));
    m.report("gs", EAX);
    a.swapgs().bytes(0x65).mov(EAX, dwordAt(RBX, 0));
    m.report("gs swapped", EAX);
    m.rdmsr(KERNEL_GS_BASE);
    m.report("kernel gs base", EAX);
    // A selector load replaces the base with the descriptor's.
    a.mov(EAX, Layout.KERNEL_DS).mov(Segment.FS, EAX);
    m.rdmsr(FS_BASE);
    m.report("fs base", EAX);
    m.fault("without FSGSBASE", () -> a.bytes(0xf3, 0x0f, 0xae, 0xc0));
    a.movFromControl(RAX, 4).or(EAX, 1 << 16).movToControl(4, RAX).mov(EAX, Layout.DATA + 0x200)
        .bytes(0xf3, 0x48, 0x0f, 0xae, 0xd0);
    a.bytes(0x64).mov(EAX, dwordAt(RBX, 0));
    m.report("wrfsbase", EAX);
    a.mov(RAX, 0x8000_0000_0000L);
    m.fault("wrgsbase", () -> a.bytes(0xf3, 0x48, 0x0f, 0xae, 0xd8));
    m.stop();
    m.expect("fs = 0x11", "gs = 0x22", "gs swapped = 0x33", "kernel gs base = 0x20100", "fs base = 0x0",
        "#UD at without FSGSBASE");
    m.expect("wrfsbase = 0x33", "#GP(0x0) at wrgsbase", "stop");
  }

  private static void tsc(BareMachine m) {
    Assembler a = m.code();
    m.fromOn(
        BackEnd.EMULATING, "RDTSC in ring 3 is the host's, which CR4.TSD does not stop", "#GP(0x0) at rdtsc ring 3",
        "not set = 0x0", "stop");
    String later = m.unique("later");
    a.rdtsc().shl(RDX, 32).or(RAX, RDX).mov(RBX, RAX);
    m.settle();
    a.rdtsc().shl(RDX, 32).or(RAX, RDX).cmp(RAX, RBX).j(Condition.A, later);
    m.mark("stands still");
    a.label(later);
    m.wrmsr(0x10, 0x7777_0000_0000_0000L);
    String set = m.unique("set");
    a.rdtsc().shr(EDX, 16).cmp(EDX, 0x7777).j(Condition.E, set);
    m.mark("not set");
    a.label(set).movFromControl(RAX, 4).or(EAX, 4).movToControl(4, RAX).rdtsc();
    m.inUser(() -> {
      m.fault("rdtsc", a::rdtsc);
      m.fault("rdtscp", () -> a.bytes(0x0f, 0x01, 0xf9));
    });
    m.expect("#GP(0x0) at rdtsc ring 3", "#GP(0x0) at rdtscp ring 3", "stop");
  }

  private static void selfModifying(BareMachine m) {
    Assembler a = m.code();
    a.mov(ECX, 3).lea(RBX, "patched").label("again").inc(byteAt(RBX, 1));
    a.label("patched").mov(EAX, 5);
    m.report("eax", EAX);
    a.dec(ECX).j(Condition.NE, "again");
    // Across a page's end.
    a.jmp("far");
    while ((a.here() & 0xfff) != 0xffe) {
      a.nop();
    }
    a.label("split").mov(EAX, 0x11);
    m.report("split", EAX);
    a.dec(ECX).j(Condition.E, "end");
    a.label("far").cmp(ECX, 0).j(Condition.NE, "patch").mov(ECX, 2).jmp("split");
    a.label("patch").lea(RBX, "split").mov(byteAt(RBX, 1), 0x22).mov(byteAt(RBX, 2), 0x33).jmp("split");
    a.label("end");
    m.stop();
    m.expect("eax = 0x6", "eax = 0x7", "eax = 0x8", "split = 0x11", "split = 0x3322", "stop");
  }

  private static void aliasModifying(BareMachine m) {
    Assembler a = m.code();
    m.prepare(memory -> memory.write(Layout.FREE, new byte[] {(byte) 0xb8, 1, 0, 0, 0, (byte) 0xc3}));
    m.setEntry(Layout.PT_WINDOW, 0, Layout.FREE | 0x63);
    a.mov(EBX, Layout.FREE).mov(ESI, Layout.WINDOW).mov(ECX, 3).label("again").call(RBX);
    m.report("eax", EAX);
    a.inc(byteAt(RSI, 1)).dec(ECX).j(Condition.NE, "again");
    m.stop();
    m.expect("eax = 0x1", "eax = 0x2", "eax = 0x3", "stop");
  }

  private static void returnModifying(BareMachine m) {
    Assembler a = m.code();
    a.mov(ECX, 5).mov(ESI, 0).lea(RBX, "behind").jmp("again");
    a.label("change").inc(byteAt(RBX, 1)).ret();
    a.label("again").call("change").label("behind").mov(EAX, 0).add(ESI, EAX);
    m.report("eax", EAX);
    a.dec(ECX).j(Condition.NE, "again");
    m.report("sum", ESI);
    m.stop();
    m.expect("eax = 0x1", "eax = 0x2", "eax = 0x3", "eax = 0x4", "eax = 0x5", "sum = 0xf", "stop");
  }

  /** An address that was pushed, one that was changed, two returns at once, RET with an operand, an address twice, and −1. */
  private static void oddReturns(BareMachine m) {
    Assembler a = m.code();
    a.mov(EBP, 20).mov(ESI, 0).jmp("again");
    a.label("changed").add(qwordAt(RSP, 0), 3).ret();
    a.label("outer").call("inner").add(ESI, 0x10_0000).ret();
    a.label("inner").add(RSP, 8).ret();
    a.label("operand").bytes(0xc2, 16, 0);
    a.label("saved").mov(RAX, qwordAt(RSP, 0)).ret();
    a.label("again");
    a.lea(RAX, "pushed").push(RAX).ret().add(ESI, 0x10_0000);
    // An instruction of three bytes is skipped.
    a.label("pushed").add(ESI, 1).call("changed").bytes(0x83, 0xc6, 0x70).add(ESI, 2);
    a.call("outer").add(ESI, 4);
    a.push(RAX).push(RAX).call("operand").add(ESI, 8);
    a.mov(EDI, 2).call("saved").add(ESI, 16).dec(EDI).j(Condition.E, "out").push(RAX).ret();
    a.label("out").sub(EBP, 1).j(Condition.NE, "again");
    m.report("sum", ESI);
    for (int k = 0; k < 3; k++) {
      a.call("saved");
      m.fault("nowhere" + k, () -> a.push(-1).ret());
    }
    m.stop();
    m.expect("sum = 0x%x".formatted(20 * (1 + 2 + 4 + 8 + 2 * 16)));
    for (int k = 0; k < 3; k++) {
      m.expect("#PF(0x10) at 0xffffffff cr2=0xffffffff");
    }
    m.expect("stop");
  }

  private static void deepCalls(BareMachine m) {
    Assembler a = m.code();
    a.mov(ESI, 0).mov(EBP, 3).jmp("again");
    a.label("deeper").sub(ECX, 1).j(Condition.E, "end").call("deeper").add(ESI, 1).label("end").ret();
    a.label("again").mov(ECX, 400).call("deeper").sub(EBP, 1).j(Condition.NE, "again");
    m.report("sum", ESI);
    m.stop();
    m.expect("sum = 0x%x".formatted(3 * 399), "stop");
  }

  private static void stringModifying(BareMachine m) {
    Assembler a = m.code();
    m.prepare(memory -> {
      memory.write(Layout.FREE, new byte[] {(byte) 0xb8, 1, 0, 0, 0, (byte) 0xc3});
      memory.write(Layout.DATA, new byte[] {(byte) 0xb8, 2, 0, 0, 0, (byte) 0xc3, 0, 0});
    });
    a.mov(EBX, Layout.FREE).call(RBX);
    m.report("eax", EAX);
    a.mov(ESI, Layout.DATA).mov(RDI, RBX).mov(ECX, 6).repMovs(8).call(RBX);
    m.report("eax", EAX);
    m.host(running -> running.memory().writeByte(Layout.FREE + 1, 3));
    a.call(RBX);
    m.report("eax", EAX);
    a.mov(RAX, 0xc3_0000_0004b8L).mov(qwordAt(RBX, 0), RAX).call(RBX);
    m.report("eax", EAX);
    m.stop();
    m.expect("eax = 0x1", "eax = 0x2", "eax = 0x3", "eax = 0x4", "stop");
  }
}
