package dev.portfire.softcpu;

/** The registers of a CPU as text, for the log of a machine that died. */
final class RegisterDump {
  private static final String[] NAMES = {
    "RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"
  };
  private static final String[] SEGMENTS = {"ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR"};

  private RegisterDump() {}

  static String of(Cpu c) {
    StringBuilder s = new StringBuilder();
    s.append("vCPU %d RIP %016x RFLAGS %08x CPL %d%n".formatted(c.index(), c.rip, c.flags(), c.cpl));
    for (int k = 0; k < 16; k++) {
      s.append("%-3s %016x%s".formatted(NAMES[k], c.r[k], k % 4 == 3 ? System.lineSeparator() : " "));
    }
    for (int k = 0; k < 8; k++) {
      s.append("%-4s %04x base %016x limit %08x access %05x%n"
          .formatted(SEGMENTS[k], c.selector[k], c.segmentBase[k], c.segmentLimit[k], c.segmentAccess[k]));
    }
    s.append("GDTR %016x %04x IDTR %016x %04x%n".formatted(c.gdtBase, c.gdtLimit, c.idtBase, c.idtLimit));
    s.append("CR0 %016x CR2 %016x CR3 %016x CR4 %016x EFER %016x".formatted(c.cr0, c.cr2, c.cr3, c.cr4, c.efer));
    return s.toString();
  }
}
