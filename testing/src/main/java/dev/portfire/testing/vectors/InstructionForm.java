package dev.portfire.testing.vectors;

import dev.portfire.testing.isa.IsaTable;
import dev.portfire.testing.isa.IsaTable.Form;
import dev.portfire.testing.isa.IsaTable.ModRm;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A row of the instruction table in one of its shapes.
 *
 * @param row the row
 * @param legacy whether it is 32-bit code
 * @param opcode the opcode byte
 * @param size operand size in bits, 0 where there is no choice
 * @param memory whether ModRM names memory
 * @param extension ModRM.reg, the whole ModRM byte if it is at least 0xc0, or −1 if ModRM.reg names a register
 * @param lock whether it has a LOCK prefix
 * @param repeat 0, or the prefix byte F2 or F3 of a string instruction
 * @param wide whether it is VEX.L that says 256 bits
 */
record InstructionForm(
    Form row, boolean legacy, int opcode, int size, boolean memory, int extension, boolean lock, int repeat, boolean wide) {

  InstructionForm(Form row, boolean legacy, int opcode, int size, boolean memory, int extension, boolean lock, int repeat) {
    this(row, legacy, opcode, size, memory, extension, lock, repeat, row.has("L1"));
  }

  private static final int[] NO_SIZE = {0};

  /**
   * Rows whose outcome is the host's own business or that would leave the sandbox: the operating system's segments,
   * time, identification, system calls, thread pointers, extended state.
   */
  private static final Set<String> EXCLUDED =
      Set.of(
          "syscall", "sysenter", "sysexit", "sysret", "int", "iret", "callf", "jmpf", "retf", "cpuid", "rdtsc", "rdpmc",
          "rdrand", "rdseed", "sgdt", "sidt", "sldt", "str", "smsw", "lar", "lsl", "verr", "verw", "group01", "vmx",
          "int1", "xsave", "xrstor", "xsaveopt", "xsavec", "rdfsbase", "rdgsbase", "wrfsbase", "wrgsbase", "lss", "lfs", "lgs");

  /** ModRM bytes of the transcendental instructions: F2XM1, FYL2X, FPTAN, FPATAN, FYL2XP1, FSINCOS, FSIN, FCOS. */
  private static final Set<Integer> FUNCTIONS = Set.of(0xf0, 0xf1, 0xf2, 0xf3, 0xf9, 0xfb, 0xfe, 0xff);

  /** All shapes of all rows that can be tried, in 64-bit and then in 32-bit code. */
  static List<InstructionForm> of(IsaTable table) {
    List<InstructionForm> forms = new ArrayList<>();
    for (boolean legacy : new boolean[] {false, true}) {
      for (Form row : table.forms()) {
        if (isTestable(row, legacy)) {
          addShapes(row, legacy, forms);
        }
      }
    }
    return List.copyOf(forms);
  }

  private static boolean isTestable(Form row, boolean legacy) {
    if (row.has(legacy ? "o64" : "i64") || EXCLUDED.contains(row.mnemonic())) {
      return false;
    }
    if (!HostCpu.has(row.value("x")) || row.vex() && row.operands().stream().anyMatch(o -> "VHW".indexOf(o.charAt(0)) >= 0) && !HostCpu.has("AVX")) {
      return false;
    }
    return row.operands().stream().noneMatch(Set.of("Sw", "ES", "CS", "SS", "DS", "FS", "GS", "Ap", "Mp")::contains);
  }

  private static void addShapes(Form row, boolean legacy, List<InstructionForm> forms) {
    boolean registerRange = row.operands().stream().anyMatch(o -> o.startsWith("Z"));
    int last = registerRange ? row.first() : row.last();
    for (int opcode = row.first(); opcode <= last; opcode++) {
      for (int size : sizes(row, legacy)) {
        if (row.mnemonic().equals("fpu")) {
          addX87(row, legacy, opcode, size, forms);
        } else if (!row.hasModRm()) {
          addRepeats(row, legacy, opcode, size, forms);
        } else {
          if (row.modRm() != ModRm.MEMORY && !row.operands().contains("M")) {
            addVector(new InstructionForm(row, legacy, opcode, size, false, row.extension(), false, 0), forms);
          }
          if (row.modRm() != ModRm.REGISTER) {
            addVector(new InstructionForm(row, legacy, opcode, size, true, row.extension(), false, 0), forms);
            if (row.has("lock")) {
              forms.add(new InstructionForm(row, legacy, opcode, size, true, row.extension(), true, 0));
            }
          }
        }
      }
    }
  }

  /** A form with VEX comes with each vector length that it takes. */
  private static void addVector(InstructionForm form, List<InstructionForm> forms) {
    forms.add(form);
    if (form.row.vex() && !form.row.has("L0") && !form.row.has("L1")) {
      forms.add(new InstructionForm(
          form.row, form.legacy, form.opcode, form.size, form.memory, form.extension, false, 0, true));
    }
  }

  private static void addX87(Form row, boolean legacy, int opcode, int size, List<InstructionForm> forms) {
    for (int reg = 0; reg < 8; reg++) {
      if (size == 16 && reg != 4 && reg != 6) {
        continue;
      }
      forms.add(new InstructionForm(row, legacy, opcode, size, true, reg, false, 0));
      if (size == 16) {
        continue;
      }
      if (opcode == 0xd9 && reg >= 4) {
        for (int modrm = 0xc0 + 8 * reg; modrm < 0xc8 + 8 * reg; modrm++) {
          forms.add(new InstructionForm(row, legacy, opcode, size, false, modrm, false, 0));
        }
      } else {
        forms.add(new InstructionForm(row, legacy, opcode, size, false, reg, false, 0));
      }
    }
  }

  private static void addRepeats(Form row, boolean legacy, int opcode, int size, List<InstructionForm> forms) {
    forms.add(new InstructionForm(row, legacy, opcode, size, false, -1, false, 0));
    if (row.function().startsWith("Strings.")) {
      forms.add(new InstructionForm(row, legacy, opcode, size, false, -1, false, 0xf3));
      if (row.mnemonic().equals("cmps") || row.mnemonic().equals("scas")) {
        forms.add(new InstructionForm(row, legacy, opcode, size, false, -1, false, 0xf2));
      }
    }
  }

  private static int[] sizes(Form row, boolean legacy) {
    if (row.mnemonic().equals("bswap")) {
      return legacy ? new int[] {32} : new int[] {32, 64};
    }
    if (row.mnemonic().equals("fpu") && (row.first() == 0xd9 || row.first() == 0xdd)) {
      return new int[] {0, 16};
    }
    if (row.has("f64")) {
      return NO_SIZE;
    }
    boolean word = false;
    boolean wide = false;
    for (String o : row.operands()) {
      char size = o.length() > 1 ? o.charAt(1) : ' ';
      switch (o) {
        case "v", "rAX", "Ov" -> word = true;
        case "CL", "AL", "DX" -> {}
        default -> {
          word |= size == 'v' || size == 'z' && o.charAt(0) != 'J';
          wide |= size == 'y';
        }
      }
    }
    String m = row.mnemonic();
    if (m.equals("cmpxchg8b") || m.startsWith("fx") || m.startsWith("pcmpestr") || m.startsWith("vpcmpestr")) {
      wide = true;
    }
    if (legacy) {
      return word ? new int[] {16, 32} : NO_SIZE;
    }
    if (word) {
      return row.has("d64") ? new int[] {16, 64} : new int[] {16, 32, 64};
    }
    return wide ? new int[] {32, 64} : NO_SIZE;
  }

  /** A name that tells it from all others. */
  String name() {
    StringBuilder s = new StringBuilder(legacy ? "32-bit " : "");
    if (lock) {
      s.append("lock ");
    }
    if (repeat != 0) {
      s.append(repeat == 0xf3 ? "rep " : "repne ");
    }
    s.append(row.mnemonic());
    if (size != 0) {
      s.append(size);
    }
    if (!row.operands().isEmpty()) {
      s.append(' ').append(String.join(",", row.operands()));
    }
    if (row.hasModRm()) {
      s.append(memory ? " m" : " r");
    }
    if (wide) {
      s.append(" 256");
    }
    s.append(" (").append(row.vex() ? "V:" : "");
    row.prefix().ifPresent(p -> s.append(p == IsaTable.Prefix.P66 ? "66" : p.name()).append(':'));
    s.append(new String[] {"", "0F.", "0F38.", "0F3A."}[row.map()]).append("%02X".formatted(opcode));
    return s.append(extension >= 0 ? "/%x)".formatted(extension) : ")").toString();
  }

  /** Which flags can be compared after it: those that it does not leave undefined. */
  int definedFlags() {
    int mask = 0x24_4dd5;
    String undefined = row.value("u");
    String names = "OSZAPC";
    int[] bits = {0x800, 0x80, 0x40, 0x10, 0x04, 0x01};
    for (int i = 0; i < bits.length; i++) {
      if (undefined.indexOf(names.charAt(i)) >= 0) {
        mask &= ~bits[i];
      }
    }
    return mask;
  }

  /** How exactly its results are comparable. */
  Tolerance tolerance() {
    if (row.mnemonic().matches("v?(rcp|rsqrt).*")) {
      return Tolerance.APPROXIMATION;
    }
    return row.mnemonic().equals("fpu") && opcode == 0xd9 && FUNCTIONS.contains(extension)
        ? Tolerance.X87_FUNCTION
        : Tolerance.EXACT;
  }
}
