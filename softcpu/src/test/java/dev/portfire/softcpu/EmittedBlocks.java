package dev.portfire.softcpu;

import dev.portfire.machine.CpuModel;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.VmSpec;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;

/** Blocks as the native engine really emits them, from random instructions; they are never executed. */
final class EmittedBlocks implements AutoCloseable {
  private static final int PAGES = 64;

  /** MUL to IDIV and strings. */
  private static final byte[] RARE = {
    (byte) 0xf7, (byte) 0xf7, (byte) 0xf7, (byte) 0xa4, (byte) 0xa5, (byte) 0xaa, (byte) 0xab
  };

  /** JMP to itself, to a lower page; CALL to somewhere near, by a register, by memory; RET without and with an operand; JMP by a register. */
  private static final byte[][] ENDS = {
    {(byte) 0xeb, (byte) 0xfe}, {(byte) 0xe9, 0, (byte) 0xe0, -1, -1}, {(byte) 0xe8, 0, 0, 0, 0}, {(byte) 0xff, (byte) 0xd3},
    {(byte) 0xff, 0x53, 8}, {(byte) 0xc3}, {(byte) 0xc2, 16, 0}, {(byte) 0xff, (byte) 0xe3}
  };

  /** A block with what the translator has declared. */
  record Emitted(byte[] code, int base, int mode, int firstSite, int siteCount, int secondLook, int[] entries, int[] boundaries, int stub) {
    /** Checks other bytes in the place of this block. */
    void check(CodeValidator v, byte[] bytes) {
      v.begin(bytes, bytes.length, base, mode, firstSite, siteCount);
      v.secondLook(secondLook);
      for (int e : entries) {
        v.entry(e);
      }
      v.check(entries[1], stub, new int[0], 0);
    }

    /** Where the instruction that starts there ends. */
    int end(int boundary) {
      int k = Arrays.binarySearch(boundaries, boundary);
      return k + 1 < boundaries.length ? boundaries[k + 1] : code.length;
    }
  }

  private final GuestMemory memory = GuestMemory.allocate(PAGES * GuestMemory.PAGE_SIZE);
  private final SoftVm vm;
  private final Cpu cpu;
  private final NativeEngine engine;
  private final Decoder decoder = new Decoder();
  private final Instruction i = new Instruction();
  private final Random random;
  private int place;

  /** How many guest instructions have been emitted. */
  int instructions;

  /** Blocks for a host where LOOP is fast, or for one where it is not. */
  EmittedBlocks(long seed, boolean loops) {
    random = new Random(seed);
    vm = new SoftVm(new VmSpec("emitted", memory, 1, CpuModel.PORTFIRE_V3), PretendedCode::new, (seed & 1) == 0, Forgetting.IDLE_CODE, null);
    cpu = (Cpu) vm.vcpu(0);
    cpu.cr4 |= 0x4_0600;
    cpu.xcr0 = 7;
    engine = Objects.requireNonNull(vm.engine());
    engine.useLoop(loops);
  }

  CodeValidator validator() {
    return Objects.requireNonNull(engine.validator(), "run with -Dportfire.validate=true");
  }

  /** The next block; the translator has it checked. */
  Emitted next() {
    if ((place & 4095) > 2048 || place == 0) {
      place = (place & -4096) + 4096;
      if (place == PAGES * GuestMemory.PAGE_SIZE || engine.isFull()) {
        place = 4096;
        engine.empty();
      }
    }
    int start = place;
    int count = 1 + random.nextInt(24);
    byte[] bytes = new byte[Decoder.MAX_LENGTH];
    for (int k = 0; k < count; k++) {
      int length = instruction(bytes);
      memory.write(place, Arrays.copyOf(bytes, length));
      place += length;
      instructions++;
    }
    byte[] end = ENDS[random.nextInt(ENDS.length)].clone();
    if (end[0] == (byte) 0xe8) {
      end[2] = (byte) random.nextInt(32);
    }
    memory.write(place, end);
    place = place + end.length + 7 & -8;
    cpu.rip = 0x40_0000L + start;
    Block block = new Block(new Op[0], 0, (long) start << 2 | Decoder.MODE_64, -1);
    int mode = random.nextInt(NativeState.MODES);
    Objects.requireNonNull(engine.translate(cpu, block, mode));
    return last();
  }

  private Emitted last() {
    CodeValidator v = validator();
    int[] entries = new int[v.i.length];
    int[] boundaries = new int[v.i.length];
    int e = 0;
    int b = 0;
    for (int k = 0; k < v.i.length; k++) {
      if (v.isEntry(k)) {
        entries[e++] = k;
      }
      if (v.isBoundary(k)) {
        boundaries[b++] = k;
      }
    }
    // The second entry is the patchable one; the last is the stub: MOV ECX, imm32 and JMP.
    return new Emitted(
        Arrays.copyOf(v.i.code, v.i.length), v.base, v.mode, v.firstSite, v.siteCount, engine.returns(v.mode), Arrays.copyOf(entries, e),
        Arrays.copyOf(boundaries, b), v.i.length - 10);
  }

  /** A random valid instruction after which the next may follow; returns its length. */
  private int instruction(byte[] bytes) {
    while (true) {
      random.nextBytes(bytes);
      int at = 0;
      int[] prefixes = {0x66, 0xf3, 0xf2, 0xf0};
      if (random.nextInt(2) == 0) {
        bytes[at++] = (byte) prefixes[Math.min(random.nextInt(13) / 4, 3)];
      }
      if (random.nextInt(2) == 0) {
        bytes[at++] = (byte) (0x40 | random.nextInt(16));
      }
      int map = random.nextInt(18);
      if (map >= 12) {
        at = 0;
        bytes[at++] = (byte) 0xc4;
        bytes[at] = (byte) (bytes[at] & 0xe0 | 1 + random.nextInt(3));
        if (random.nextBoolean()) {
          // No register in VEX.vvvv.
          bytes[at + 1] |= 0x78;
        }
      } else if (map < 2) {
        bytes[at] = RARE[random.nextInt(RARE.length)];
      }
      if (map == 2) {
        // x87, one in eight of them FLDCW
        bytes[at] = (byte) (0xd8 | bytes[at] & 7);
        if (random.nextInt(8) == 0) {
          bytes[at] = (byte) 0xd9;
          bytes[at + 1] = (byte) (bytes[at + 1] & 0x47 | 0x28);
        }
      }
      if (map >= 6 && map < 12) {
        bytes[at++] = 0x0f;
        if (map >= 10) {
          bytes[at++] = (byte) (map == 10 ? 0x38 : 0x3a);
        }
      }
      System.arraycopy(bytes, 0, decoder.bytes, 0, bytes.length);
      i.offset = place & 4095;
      int length = decoder.decode(i, Decoder.MODE_64);
      if (length > 0 && length <= Decoder.MAX_LENGTH && i.form != 0 && (Forms.FLAGS[i.form] & Forms.END) == 0) {
        return length;
      }
    }
  }

  @Override
  public void close() {
    vm.close();
    memory.close();
  }
}
