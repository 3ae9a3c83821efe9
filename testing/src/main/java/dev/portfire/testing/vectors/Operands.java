package dev.portfire.testing.vectors;

/** Values for registers and memory that make instructions show their edges. */
final class Operands {

  private static final int RDX = 2;

  private final SplitMix random;

  Operands(SplitMix random) {
    this.random = random;
  }

  // ---- integers

  /** A number likely to be at the edge of something. */
  long edge() {
    long v =
        switch (random.below(10)) {
          case 0 -> 0;
          case 1 -> 1;
          case 2 -> -1;
          case 3 -> 1L << random.below(64);
          case 4 -> (1L << random.below(64)) - 1;
          case 5 -> random.below(256) - 128;
          case 6 -> -1L << random.below(64);
          case 7 -> random.next() & 0x0f0f_0f0f_0f0f_0f0fL;
          default -> random.next();
        };
    return random.oneIn(4) ? v ^ random.next() << 32 : v;
  }

  void general(long[] slots) {
    for (int r = 0; r < 16; r++) {
      if (r != 4 && random.oneIn(2)) {
        slots[r] = edge();
      }
    }
  }

  int immediate8(InstructionForm form) {
    if (form.row().mnemonic().equals("enter")) {
      return random.below(4);
    }
    String m = form.row().mnemonic();
    if (form.size() == 16 && (m.equals("shld") || m.equals("shrd"))) {
      return random.below(17);
    }
    return random.oneIn(3) ? random.below(9) : (int) random.next() & 0xff;
  }

  // ---- floating point

  private long float64() {
    long sign = random.next() & Long.MIN_VALUE;
    return switch (random.below(12)) {
      case 0 -> sign;
      case 1 -> sign | 0x7ff0000000000000L;
      case 2 -> sign | 0x7ff8000000000000L | random.next() >>> 13;
      case 3 -> sign | 0x7ff0000000000001L | random.next() >>> 13;
      case 4 -> sign | random.next() >>> 12 >>> random.below(52);
      case 5 -> random.next();
      case 6 -> sign | (random.oneIn(2) ? 0x0010000000000000L : 0x7fefffffffffffffL) + random.below(5) - 2;
      case 7 -> sign | Double.doubleToRawLongBits(random.below(1 << 20) * (random.oneIn(2) ? 0.5 : 1));
      case 8 -> sign | (long) (1023 - 60 + random.below(140)) << 52 | random.next() >>> 12;
      case 9 -> sign | (long) (1023 + random.below(66)) << 52 | random.next() >>> 12 & -1L << random.below(52);
      case 10 -> sign | (long) random.pick(1, 2, 60, 970, 1024, 1535, 2000, 2045, 2046) << 52 | random.next() >>> 12;
      default -> sign | (long) (1023 - 4 + random.below(8)) << 52 | random.next() >>> 12;
    };
  }

  private int float32() {
    int bits = (int) random.next();
    int sign = bits & Integer.MIN_VALUE;
    return switch (random.below(12)) {
      case 0 -> sign;
      case 1 -> sign | 0x7f800000;
      case 2 -> sign | 0x7fc00000 | bits >>> 10;
      case 3 -> sign | 0x7f800001 | bits >>> 10;
      case 4 -> sign | (bits & 0x7fffff) >>> random.below(23);
      case 5 -> bits;
      case 6 -> sign | (random.oneIn(2) ? 0x00800000 : 0x7f7fffff) + random.below(5) - 2;
      case 7 -> sign | Float.floatToRawIntBits(random.below(1 << 14) * (random.oneIn(2) ? 0.5f : 1));
      case 8 -> sign | (127 + random.below(66)) << 23 | bits & 0x7fffff & -1 << random.below(23);
      case 9 -> sign | random.pick(1, 2, 30, 100, 128, 190, 250, 253, 254) << 23 | bits & 0x7fffff;
      default -> sign | (127 - 8 + random.below(16)) << 23 | bits & 0x7fffff;
    };
  }

  private long floats32() {
    return float32() & 0xffff_ffffL | (long) float32() << 32;
  }

  /** An 80-bit number into a slot and the next. */
  private void float80(long[] slots, int slot) {
    long m = random.next() | Long.MIN_VALUE;
    switch (random.below(6)) {
      case 0 -> m = Long.MIN_VALUE;
      case 1 -> m &= -1L << random.below(64);
      case 2 -> m = -1L << random.below(64);
      case 3 -> m |= -1L >>> (1 + random.below(60));
      default -> {}
    }
    int e;
    switch (random.below(16)) {
      case 0 -> {
        e = 0;
        m = 0;
      }
      case 1 -> {
        e = 0x7fff;
        m = Long.MIN_VALUE;
      }
      case 2 -> e = 0x7fff;
      case 3 -> {
        e = 0x7fff;
        m &= ~(1L << 62);
      }
      case 4 -> {
        e = 0;
        m >>>= 1 + random.below(63);
      }
      case 5 -> {
        e = random.below(0x8000);
        m = random.oneIn(4) ? random.next() : m;
      }
      case 6 -> e = 1 + random.below(70);
      case 7 -> e = 0x7ffe - random.below(70);
      case 8 -> e = 0x3fff + random.below(66);
      case 9 -> e = 0x3fff - 64 + random.below(128);
      case 10 -> e = 0x3fff - random.below(4);
      default -> e = 0x3fff - 20 + random.below(40);
    }
    slots[slot] = m | (e != 0 && e != 0x7fff && !random.oneIn(40) ? Long.MIN_VALUE : 0);
    slots[slot + 1] = e | (random.oneIn(2) ? 0x8000 : 0);
  }

  private int controlWord() {
    int precision = random.pick(0x000, 0x200, 0x300, 0x300);
    return 0x40 | precision | random.below(4) << 10 | (random.oneIn(4) ? random.below(64) : 0x3f);
  }

  private int mxcsr() {
    int value = 0x1f80;
    if (random.oneIn(2)) {
      value |= random.below(4) << 13;
    }
    if (random.oneIn(4)) {
      value |= random.pick(0x40, 0x8000, 0x8040);
    }
    if (random.oneIn(4)) {
      value = value & ~0x1f80 | random.below(64) << 7;
    }
    return random.oneIn(2) ? value | random.below(64) : value;
  }

  // ---- which kind of operands an instruction has

  /** The mnemonic without what stands for VEX. */
  static String mnemonic(InstructionForm form) {
    String m = form.row().mnemonic();
    return form.row().vex() && m.startsWith("v") ? m.substring(1) : m;
  }

  /** The slot of 64 bits of a YMM register. */
  static int lane(int register, int number) {
    return (number < 2 ? CpuSlots.XMM : CpuSlots.UPPER - 2) + 2 * register + number;
  }

  private static boolean isX87(InstructionForm form) {
    return form.row().mnemonic().equals("fpu");
  }

  private static boolean isFloat(InstructionForm form) {
    String f = form.row().function();
    return f.startsWith("SseFloat.") || f.contains("comis") || f.startsWith("SseOps.cvt") || f.startsWith("Vex.cvt") || f.equals("Vex.dpps")
        || f.startsWith("Fma.") || f.contains("cvtph2ps");
  }

  private static boolean isDouble(InstructionForm form) {
    String m = mnemonic(form);
    return m.endsWith("pd") && !m.startsWith("cvtps") && !m.equals("cvtdq2pd")
        || m.endsWith("sd") && !m.startsWith("cvtss")
        || m.startsWith("cvtsd")
        || m.startsWith("cvttsd")
        || m.startsWith("cvtpd")
        || m.startsWith("cvttpd");
  }

  private static boolean isStringCompare(InstructionForm form) {
    return mnemonic(form).startsWith("pcmpe") && mnemonic(form).contains("str") || mnemonic(form).startsWith("pcmpi");
  }

  /** Bytes of the memory operand. */
  int accessSize(InstructionForm form) {
    String m = mnemonic(form);
    if (isX87(form)) {
      return x87Size(form);
    }
    if (m.startsWith("fx")) {
      return 512;
    }
    if (m.equals("bound")) {
      return form.size() / 4;
    }
    if (m.equals("cmpxchg8b")) {
      return form.size() == 64 ? 16 : 8;
    }
    switch (m) {
      case "pinsrb", "pextrb" -> {
        return 1;
      }
      case "pinsrw", "pextrw" -> {
        return 2;
      }
      case "extractps" -> {
        return 4;
      }
      default -> {}
    }
    for (String o : form.row().operands()) {
      if ("EMWQ".indexOf(o.charAt(0)) >= 0 && !o.equals("M")) {
        return switch (o.substring(1)) {
          case "b" -> 1;
          case "w" -> 2;
          case "d" -> 4;
          case "q" -> 8;
          case "dq" -> 16;
          case "x" -> form.wide() ? 32 : 16;
          case "h" -> form.wide() ? 16 : 8;
          case "f" -> form.wide() ? 8 : 4;
          case "e" -> form.wide() ? 4 : 2;
          case "s" -> 10;
          default -> form.size() == 0 ? 8 : form.size() / 8;
        };
      }
    }
    return 8;
  }

  private static int x87Size(InstructionForm form) {
    return switch (form.opcode()) {
      case 0xd8, 0xda -> 4;
      case 0xdc -> 8;
      case 0xde -> 2;
      case 0xd9 -> form.extension() == 4 || form.extension() == 6 ? 28 : form.extension() >= 5 ? 2 : 4;
      case 0xdb -> form.extension() >= 5 ? 10 : 4;
      case 0xdd -> form.extension() == 4 || form.extension() == 6 ? 108 : form.extension() == 7 ? 2 : 8;
      default ->
          switch (form.extension()) {
            case 4, 6 -> 10;
            case 5, 7 -> 8;
            default -> 2;
          };
    };
  }

  /** Alignment that the memory operand needs. */
  int alignment(InstructionForm form) {
    String m = form.row().mnemonic();
    if (form.row().vex()) {
      return form.row().has("al") ? accessSize(form) : 1;
    }
    if (m.startsWith("fx") || m.equals("cmpxchg8b") && form.size() == 64) {
      return 16;
    }
    boolean vector = form.row().operands().stream().anyMatch(o -> o.equals("Wdq") || o.equals("Mdq"));
    boolean free = form.row().has("una") || m.startsWith("movu") || m.equals("movdqu") || isStringCompare(form);
    return vector && !free && !m.equals("invpcid") ? 16 : 1;
  }

  // ---- filling

  /** Control and status of x87 and SSE, with the x87 registers where they matter. */
  void environment(long[] slots, InstructionForm form) {
    if (isFloat(form)) {
      slots[CpuSlots.MXCSR] = mxcsr();
    }
    boolean mmx = form.row().operands().stream().anyMatch(o -> o.startsWith("P") || o.startsWith("Q"));
    if (!isX87(form) && !mmx && !form.row().function().startsWith("FpuOps")) {
      return;
    }
    int control = controlWord();
    int status = random.below(0x80) << 8 & 0x7f00;
    if (random.oneIn(8)) {
      status |= random.below(64) & control;
    }
    if (random.oneIn(30)) {
      // An exception waits.
      status |= random.below(64);
    }
    if ((status & ~control & 0x3f) != 0) {
      status |= 0x8080;
    }
    slots[CpuSlots.FCW] = control;
    slots[CpuSlots.FSW] = status;
    slots[CpuSlots.FTW] = tags(status >> 11 & 7);
    for (int i = 0; i < 8; i++) {
      float80(slots, CpuSlots.ST + 2 * i);
    }
    functionRange(slots, form);
  }

  private int tags(int top) {
    return switch (random.below(4)) {
      case 0 -> random.below(256);
      case 1 -> 0xff;
      default -> {
        int tags = 0;
        for (int i = random.below(8); i >= 0; i--) {
          tags |= 1 << (top + i & 7);
        }
        yield tags;
      }
    };
  }

  /** Keeps the operands of F2XM1 and FYL2XP1 where results are defined. */
  private void functionRange(long[] slots, InstructionForm form) {
    int limit =
        switch (form.extension()) {
          case 0xf0 -> 0x3ffe;
          case 0xf9 -> 0x3ffc;
          default -> 0x7fff;
        };
    int exponent = (int) slots[CpuSlots.ST + 1] & 0x7fff;
    if (isX87(form) && exponent > limit && exponent != 0x7fff) {
      slots[CpuSlots.ST + 1] = slots[CpuSlots.ST + 1] & 0x8000 | limit - exponent % 70;
    } else if (isX87(form) && limit != 0x7fff && exponent == 0x7fff && slots[CpuSlots.ST] << 1 == 0) {
      slots[CpuSlots.ST + 1] = limit;
    }
  }

  private long lane(InstructionForm form) {
    if (isFloat(form)) {
      return isDouble(form) ? float64() : floats32();
    }
    if (isStringCompare(form)) {
      long v = 0;
      for (int i = 0; i < 64; i += 8) {
        v |= (long) random.pick('a', 'a', 'b', 'c', 0x81, random.oneIn(3) ? 0 : 'd') << i;
      }
      return v;
    }
    return random.oneIn(2) ? random.next() : edge();
  }

  /** The register in VEX.vvvv. */
  void other(long[] slots, InstructionForm form, int register) {
    for (int k = 0; k < 4; k++) {
      slots[lane(register, k)] = lane(form);
    }
  }

  /** Register operands; {@code rm} is −1 if it is memory. */
  void registers(long[] slots, InstructionForm form, int reg, int rm) {
    for (int r : new int[] {0, reg, rm}) {
      if (r >= 0 && r < 16) {
        slots[CpuSlots.XMM + 2 * r] = lane(form);
        slots[CpuSlots.XMM + 2 * r + 1] = lane(form);
        if (form.row().vex() && r == rm) {
          slots[CpuSlots.UPPER + 2 * r] = lane(form);
          slots[CpuSlots.UPPER + 2 * r + 1] = lane(form);
        }
      }
    }
    if (isStringCompare(form)) {
      slots[0] = random.below(40) - 20L;
      slots[RDX] = random.below(40) - 20L;
    }
    // Shift counts small enough to leave something.
    if (rm >= 0 && mnemonic(form).startsWith("ps") && random.oneIn(2)) {
      slots[CpuSlots.XMM + 2 * rm] = random.below(70);
    }
    switch (form.row().mnemonic()) {
      case "div", "idiv" -> divide(slots, form);
      case "cmpxchg" -> {
        if (rm >= 0 && random.oneIn(2)) {
          slots[0] = slots[rm];
        }
      }
      default -> {}
    }
  }

  private void divide(long[] slots, InstructionForm form) {
    // A high half that is small, or the sign of the low half, so that the quotient often fits.
    switch (random.below(4)) {
      case 0 -> slots[RDX] = 0;
      case 1 -> slots[RDX] = form.size() == 64 ? slots[0] >> 63 : (int) slots[0] >> 31;
      case 2 -> slots[RDX] = random.below(16);
      default -> {}
    }
    if (form.size() == 0 && random.oneIn(2)) {
      slots[0] &= 0xfff;
    }
  }

  /** The memory operand's value. */
  void memory(Case c, InstructionForm form, long target) {
    int size = accessSize(form);
    String m = mnemonic(form);
    if (isX87(form)) {
      x87Memory(c, form, target);
    } else if (m.equals("fxrstor")) {
      image(c, target);
    } else if (m.equals("fxsave")) {
      // Opcode and pointers, and what the processor supports beyond the first 16 bits of MXCSR.
      ignore(c, target + 6, 26);
    } else if (m.equals("bound")) {
      c.poke(target, size / 2, edge());
      c.poke(target + size / 2, size / 2, edge());
    } else if (m.equals("ldmxcsr")) {
      c.poke(target, 4, random.oneIn(8) ? random.next() : random.below(0x10000));
    } else if (m.equals("cmpxchg") && random.oneIn(2)) {
      c.poke(target, size, c.before[0]);
    } else if (m.equals("cmpxchg8b") && random.oneIn(2)) {
      c.poke(target, size / 2, c.before[0]);
      c.poke(target + size / 2, size / 2, c.before[RDX]);
    } else if (size >= 4 && form.row().operands().stream().anyMatch(o -> "WVPQ".indexOf(o.charAt(0)) >= 0)) {
      for (int i = 0; i < size; i += 8) {
        c.poke(target + i, Math.min(8, size), lane(form));
      }
    } else if (random.oneIn(2)) {
      c.poke(target, size, edge());
    }
  }

  private static void ignore(Case c, long address, int length) {
    c.ignoredOffset = (int) (address - CpuSlots.MEMORY_BASE);
    c.ignoredLength = length;
  }

  private void x87Memory(Case c, InstructionForm form, long target) {
    if (target < CpuSlots.MEMORY_BASE || target + x87Size(form) > CpuSlots.MEMORY_BASE + CpuSlots.MEMORY_BYTES) {
      // Whether a store that an exception suppresses touches its memory is the processor's choice.
      c.before[CpuSlots.FCW] |= 0x3f;
      c.before[CpuSlots.FSW] &= ~0x8080;
    }
    boolean environment =
        (form.opcode() == 0xd9 || form.opcode() == 0xdd) && (form.extension() == 4 || form.extension() == 6);
    if (environment) {
      x87Environment(c, form, target);
      return;
    }
    switch (form.opcode()) {
      case 0xd8, 0xd9 -> c.poke(target, 4, form.extension() == 5 ? controlWord() : float32());
      case 0xdc, 0xdd -> c.poke(target, 8, float64());
      case 0xdb -> pokeFloat80(c, target);
      case 0xdf -> {
        if (random.oneIn(2)) {
          for (int i = 0; i < 9; i++) {
            c.poke(target + i, 1, random.below(10) << 4 | random.below(10));
          }
        }
      }
      default -> {}
    }
  }

  private void x87Environment(Case c, InstructionForm form, long target) {
    boolean narrow = form.size() == 16;
    int header = narrow ? 14 : 28;
    if (form.extension() == 6) {
      // Pointers and opcode are there only while an exception is pending on some processors.
      ignore(c, target + (narrow ? 6 : 12), narrow ? 8 : 16);
      return;
    }
    c.poke(target, 2, controlWord());
    c.poke(target + (narrow ? 2 : 4), 2, random.next() & 0x7f7f);
    for (int i = 0; i < 8; i++) {
      pokeFloat80(c, target + header + 10 * i);
    }
  }

  private void pokeFloat80(Case c, long address) {
    long[] value = new long[2];
    float80(value, 0);
    c.poke(address, 8, value[0]);
    c.poke(address + 8, 2, value[1]);
  }

  private void image(Case c, long target) {
    c.poke(target, 2, controlWord());
    c.poke(target + 2, 2, random.next() & 0x7f7f);
    c.poke(target + 24, 4, random.oneIn(8) ? random.next() & 0xfffdffff : random.below(0x10000));
    for (int i = 0; i < 8; i++) {
      pokeFloat80(c, target + 32 + 16 * i);
    }
  }
}
