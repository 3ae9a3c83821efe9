package dev.portfire.softcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.softcpu.EmittedBlocks.Emitted;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Plants errors into blocks that were really emitted. {@code -Dvalidator.seed=N} replays a run, {@code -Dvalidator.blocks=N}
 * sets the number of blocks.
 */
final class CodeValidatorFuzzTest {
  private static final long SEED = Long.getLong("validator.seed", System.nanoTime());
  private static final int BLOCKS = Integer.getInteger("validator.blocks", 400);

  /** What is planted. Each changes bytes at the start of an instruction and keeps the length. */
  private enum Violation {
    /** A guest access with its index scaled: to somewhere else. */
    SCALED_ACCESS,
    /** A guest access through another base register. */
    OTHER_BASE,
    /** A guest access through another index register. */
    OTHER_INDEX,
    /** A store to a field that is not for it. */
    OTHER_FIELD,
    /** The check of a probe that always passes. */
    PROBE_TAKEN,
    /** A probe without the step that makes zero of a hit. */
    PROBE_WITHOUT_SHIFT,
    /** A probe of another register. */
    PROBE_OF_OTHER,
    /** A probe for fewer bytes. */
    PROBE_SHORTENED,
    /** The read tags instead of the write tags. */
    READ_TAGS,
    /** Tags, addends or code of another mode. */
    OTHER_MODE,
    /** A byte access made a wider one. */
    WIDER,
    /** An aligned probe with a smaller alignment. */
    LESS_ALIGNED,
    /** A jump to where no instruction starts. */
    INTO_THE_MIDDLE,
    /** An instruction that may not occur. */
    FORBIDDEN,
    /** Leaving with a number that is not the block's. */
    OTHER_SITE,
    /** A jump out of the block to nowhere. */
    NOT_THE_EXIT,
    /** A host address in a guest register. */
    LEAK,
    /** No look at what wants attention. */
    NO_ATTENTION,
    /** A division without its guard. */
    UNGUARDED,
    /** An x87 or MMX instruction without a look whose registers the host's are. */
    X87_UNCHECKED,
    /** A control word that unmasks an exception. */
    X87_UNMASKED,
    /** A return whose address is compared with something else than what is wanted. */
    OTHER_RETURN,
    /** A return to what is no code of the return stack. */
    RETURN_TO_DATA,
    /** A slot of the return stack that no byte bounds. */
    UNBOUNDED_SLOT,
    /** Something else than a place for a return put where those are. */
    DATA_AS_CODE,
    /** A place for a return that is no entry. */
    RETURN_INTO_THE_MIDDLE,
    /** A CALL to something else than what puts RSP right. */
    OTHER_CALL,
    /** RSP put somewhere else behind a CALL. */
    STACK_MOVED
  }

  private static final byte[][] FORBIDDEN = {
    {0x0f, 0x05}, {0x0f, 0x34}, {(byte) 0xcd, (byte) 0x80}, {(byte) 0xcc}, {(byte) 0xf4}, {(byte) 0xfa}, {(byte) 0xfb},
    {(byte) 0xfd}, {(byte) 0xec}, {(byte) 0xee}, {(byte) 0xe4, 0}, {(byte) 0xe6, 0}, {(byte) 0xc3}, {(byte) 0xcf},
    {0x50}, {0x5c}, {(byte) 0x9c}, {(byte) 0x9d}, {(byte) 0xff, (byte) 0xd0}, {(byte) 0xff, (byte) 0xe1}, {0x0f, 0x0b},
    {0x0f, 0x30}, {0x0f, 0x32}, {0x0f, (byte) 0xa2}, {0x0f, 0x33}, {(byte) 0xdb, (byte) 0xe3}, {(byte) 0xd9, 0x2e}, {0x0f, 0x01, (byte) 0xd0},
    {(byte) 0x8e, (byte) 0xd8}, {0x0f, 0x22, (byte) 0xd8}, {(byte) 0xdd, 0x26}, {(byte) 0xd7}, {0x48, (byte) 0x89, (byte) 0xc4},
    {0x48, (byte) 0x87, (byte) 0xe0}, {0x66, 0x0f, (byte) 0xf7, (byte) 0xc1}, {(byte) 0xc5, (byte) 0xf8, 0x77},
    {0x0f, (byte) 0xae, 0x10}, {(byte) 0xf3, 0x0f, (byte) 0xae, (byte) 0xd0}, {(byte) 0xe8, 0, 0, 0, 0},
    {0x64, (byte) 0x8b, 0x00}, {0x67, (byte) 0x8b, 0x00}, {(byte) 0x8b, 0x05, 0, 0, 0, 0}
  };

  private static @Nullable String refusal(CodeValidator v, Emitted e, byte[] bytes) {
    try {
      e.check(v, bytes);
      return null;
    } catch (IllegalStateException refused) {
      assertThat(refused).hasMessageStartingWith("emitted code refused at ");
      return refused.getMessage();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void findsEveryPlantedViolation(boolean loops) {
    Map<Violation, Integer> planted = new EnumMap<>(Violation.class);
    Random random = new Random(SEED);
    int instructions;
    try (EmittedBlocks blocks = new EmittedBlocks(SEED, loops)) {
      for (int n = 0; n < BLOCKS; n++) {
        Emitted e = blocks.next();
        CodeValidator v = blocks.validator();
        assertThat(refusal(v, e, e.code())).isNull();
        for (Violation violation : Violation.values()) {
          for (int at : e.boundaries()) {
            byte[] changed = plant(violation, e, at, random);
            if (changed != null) {
              planted.merge(violation, 1, Integer::sum);
              int place = at;
              assertThat(refusal(v, e, changed))
                  .as(() -> "%s at %d, seed %d:%n%s%n%s".formatted(violation, place, SEED, hex(e, e.code()), hex(e, changed)))
                  .isNotNull();
            }
          }
        }
      }
      instructions = blocks.instructions;
    }
    System.out.println("seed " + SEED + ": " + instructions + " instructions in " + BLOCKS + " blocks; refused " + planted);
    assertThat(planted).containsOnlyKeys(Violation.values());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void survivesRandomBits(boolean loops) {
    Random random = new Random(SEED);
    int[] accepted = new int[4];
    int flips = 0;
    try (EmittedBlocks blocks = new EmittedBlocks(SEED, loops)) {
      for (int n = 0; n < BLOCKS; n++) {
        Emitted e = blocks.next();
        for (int k = 0; k < 64; k++) {
          byte[] changed = e.code().clone();
          int at = random.nextInt(changed.length);
          changed[at] ^= (byte) (1 << random.nextInt(8));
          flips++;
          if (refusal(blocks.validator(), e, changed) == null) {
            accepted[part(e, at)]++;
          }
          // Many at once: nonsense.
          for (int m = random.nextInt(16); m >= 0; m--) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();
          }
          refusal(blocks.validator(), e, changed);
        }
      }
    }
    System.out.printf(
        "seed %d: %d bits flipped; accepted where they change a prefix or an opcode: %d, ModRM or SIB: %d, what follows: %d, "
            + "a NOP: %d%n",
        SEED, flips, accepted[0], accepted[1], accepted[2], accepted[3]);
    // An access cannot move: what is accepted changes which registers are computed with, or constants.
    assertThat(accepted[0] + accepted[1] + accepted[2] + accepted[3]).isLessThan(flips / 2);
  }

  /** Which part of an instruction a byte is: 0 prefixes and opcode, 1 ModRM and SIB, 2 the rest; 3 if it is a NOP. */
  private static int part(Emitted e, int at) {
    int k = Arrays.binarySearch(e.boundaries(), at);
    int start = e.boundaries()[k >= 0 ? k : -k - 2];
    byte[] b = e.code();
    int p = opcode(b, start);
    if (b[p] == (byte) 0x90 || b[p] == 0x0f && b[p + 1] == 0x1f) {
      return 3;
    }
    int modrm = modrm(b, start);
    if (at < modrm) {
      return 0;
    }
    return at == modrm || at == modrm + 1 && (b[modrm] & 7) == 4 && (b[modrm] & 0xc0) != 0xc0 ? 1 : 2;
  }

  private static String hex(Emitted e, byte[] code) {
    StringBuilder s = new StringBuilder();
    for (int k = 0; k < code.length; k++) {
      s.append(Arrays.binarySearch(e.boundaries(), k) >= 0 ? " | " + k + ": " : " ").append(String.format("%02x", code[k]));
    }
    return s.toString();
  }

  // ---- planting

  private static int opcode(byte[] b, int at) {
    int p = at;
    while (b[p] == 0x66 || b[p] == (byte) 0xf2 || b[p] == (byte) 0xf3 || b[p] == (byte) 0xf0) {
      p++;
    }
    return (b[p] & 0xf0) == 0x40 ? p + 1 : p;
  }

  private static int modrm(byte[] b, int at) {
    int p = opcode(b, at);
    if (b[p] == (byte) 0xc4) {
      return p + 4;
    }
    if (b[p] != 0x0f) {
      return p + 1;
    }
    return b[p + 1] == 0x38 || b[p + 1] == 0x3a ? p + 3 : p + 2;
  }

  private static int rex(byte[] b, int at) {
    int p = opcode(b, at);
    return p > at && (b[p - 1] & 0xf0) == 0x40 ? b[p - 1] : 0;
  }

  private static boolean is(byte[] b, int at, int end, int... bytes) {
    if (end - at < bytes.length) {
      return false;
    }
    for (int k = 0; k < bytes.length; k++) {
      if (b[at + k] != (byte) bytes[k]) {
        return false;
      }
    }
    return true;
  }

  private static int int4(byte[] b, int at) {
    return b[at] & 0xff | (b[at + 1] & 0xff) << 8 | (b[at + 2] & 0xff) << 16 | b[at + 3] << 24;
  }

  private static byte[] with4(byte[] b, int at, int value) {
    byte[] changed = b.clone();
    for (int k = 0; k < 4; k++) {
      changed[at + k] = (byte) (value >> 8 * k);
    }
    return changed;
  }

  private static byte[] with(byte[] b, int at, int... values) {
    byte[] changed = b.clone();
    for (int k = 0; k < values.length; k++) {
      changed[at + k] = (byte) values[k];
    }
    return changed;
  }

  /** Whether an instruction with ModRM accesses {@code [register + rdx]}: SIB with index RDX, scale 1, without displacement. */
  private static boolean accessesGuest(byte[] b, int at, int end) {
    int p = opcode(b, at);
    int m = modrm(b, at);
    boolean load = b[p] != (byte) 0x8d && b[p] != (byte) 0xc4 && (b[p] & 0xf0) != 0x70 && (b[p] & 0xf8) != 0xb8
        && b[p] != (byte) 0xe2 && b[p] != (byte) 0xe3 && b[p] != (byte) 0xeb && b[p] != (byte) 0xe9 && !is(b, p, end, 0x0f, 0x1f) && (b[p + 1] & 0xf0) != 0x80;
    return load && m + 1 < end && (b[m] & 0xc7) == 0x04 && (b[m + 1] & 0xf8) == 0x10 && (rex(b, at) & 2) == 0;
  }

  private static boolean fieldAccess(byte[] b, int at, int end, int mod) {
    int m = modrm(b, at);
    return m + 1 < end && (b[m] & 0xc7) == (mod << 6 | 4) && b[m + 1] == 0x24 && (rex(b, at) & 3) == 0;
  }

  private static byte @Nullable [] plant(Violation violation, Emitted e, int at, Random random) {
    byte[] b = e.code();
    int end = e.end(at);
    int p = opcode(b, at);
    int m = modrm(b, at);
    boolean guest = accessesGuest(b, at, end);
    switch (violation) {
      case SCALED_ACCESS -> {
        return guest ? with(b, m + 1, b[m + 1] | 0x40 << random.nextInt(2)) : null;
      }
      case OTHER_BASE -> {
        int other = random.nextInt(8);
        return guest && (mentioned(e, at) & 1 << other) == 0 && other != 5
            ? with(b, m + 1, b[m + 1] & ~7 | other)
            : null;
      }
      case OTHER_INDEX -> {
        int other = random.nextInt(8);
        return guest && (mentioned(e, at) & 1 << other) == 0 ? with(b, m + 1, b[m + 1] & ~0x38 | other << 3) : null;
      }
      case OTHER_FIELD -> {
        boolean store = b[p] == (byte) 0x89 && (rex(b, at) & 8) != 0;
        int[] forbidden = {
          NativeState.HOST_STACK, NativeState.TLB_MASK, NativeState.HOST_MXCSR, NativeState.readTags(0),
          NativeState.jumpCode(1), NativeState.BIT_31, NativeState.ATTENTION, -132, -100_000
        };
        if (store && fieldAccess(b, at, end, 2)) {
          return with4(b, m + 2, forbidden[random.nextInt(forbidden.length)]);
        }
        return store && fieldAccess(b, at, end, 1) ? with(b, m + 2, NativeState.TLB_MASK) : null;
      }
      case PROBE_TAKEN -> {
        return !afterProbe(e, at) ? null : b[at] == (byte) 0xe3 ? with(b, at, 0xeb) : with(b, at, 0x66, 0x90);
      }
      case PROBE_WITHOUT_SHIFT -> {
        return is(b, at, end, 0xc4, 0xe2, 0xdb, 0xf7, 0xc9) && afterProbe(e, end) ? with(b, at, 0x0f, 0x1f, 0x44, 0, 0) : null;
      }
      case PROBE_OF_OTHER -> {
        boolean mask = is(b, at, end, 0xc4) && b[p + 3] == (byte) 0xf5 && b[p + 4] == 0x4c && b[p + 6] == NativeState.TLB_MASK;
        // Where a jump to another page looks up which page that is, any slot will do.
        if (!mask || tableLoad(b, end, end + 8) && int4(b, end + 4) == NativeState.fetchTags(e.mode())) {
          return null;
        }
        int other = random.nextInt(16);
        return (mentioned(e, at) & 1 << (other & 7)) != 0 ? null : with(b, p + 2, b[p + 2] & 0x87 | (~other & 15) << 3);
      }
      case PROBE_SHORTENED -> {
        // LEA RCX, [RCX + register + bytes - 1] before the shift
        boolean sum = b[p] == (byte) 0x8d && (b[p + 1] & 0xff) == 0x4c && end == p + 4
            && is(b, end, b.length, 0xc4, 0xe2, 0xdb, 0xf7, 0xc9) && b[p + 3] > 0;
        // The same for LOOP, and a page more.
        boolean more = b[p] == (byte) 0x8d && (b[p + 1] & 0xff) == 0x8c && end == p + 7
            && is(b, end, b.length, 0xc4, 0xe2, 0xdb, 0xf7, 0xc9) && int4(b, p + 3) > 4096;
        return sum ? with(b, p + 3, b[p + 3] >> 1) : more ? with4(b, p + 3, 4096 + (int4(b, p + 3) - 4096 >> 1)) : null;
      }
      case READ_TAGS -> {
        return tableLoad(b, at, end) && int4(b, m + 2) == NativeState.writeTags(e.mode())
            ? with4(b, m + 2, NativeState.readTags(e.mode()))
            : null;
      }
      case OTHER_MODE -> {
        int mode = (e.mode() + 1) % NativeState.MODES;
        return tableLoad(b, at, end)
            ? with4(b, m + 2, int4(b, m + 2) + NativeState.readTags(mode) - NativeState.readTags(e.mode()))
            : null;
      }
      case WIDER -> {
        return guest && (b[p] == (byte) 0x88 || b[p] == (byte) 0x8a) ? with(b, p, b[p] | 1) : null;
      }
      case LESS_ALIGNED -> {
        boolean mask = is(b, at, end, 0xc4) && b[p + 3] == (byte) 0xf5 && end == p + 10 && b[p + 4] == (byte) 0x8c;
        return mask && int4(b, p + 6) > NativeState.aligned(1) && int4(b, p + 6) <= NativeState.aligned(4)
            ? with4(b, p + 6, int4(b, p + 6) - 8)
            : null;
      }
      case INTO_THE_MIDDLE -> {
        int target = random.nextInt(b.length);
        if (Arrays.binarySearch(e.boundaries(), target) >= 0) {
          return null;
        }
        int distance = target - end;
        boolean near = b[at] == (byte) 0xe3 || b[at] == (byte) 0xe2 || b[at] == (byte) 0xeb || (b[at] & 0xf0) == 0x70;
        if (near) {
          return distance == (byte) distance ? with(b, at + 1, distance) : null;
        }
        boolean far = b[at] == (byte) 0xe9 || b[at] == 0x0f && (b[at + 1] & 0xf0) == 0x80;
        return far ? with4(b, end - 4, distance) : null;
      }
      case FORBIDDEN -> {
        byte[] f = FORBIDDEN[random.nextInt(FORBIDDEN.length)];
        // PUSH and RET are allowed where they are.
        if (f.length > end - at || Arrays.equals(f, Arrays.copyOfRange(b, at, end))) {
          return null;
        }
        byte[] changed = b.clone();
        Arrays.fill(changed, at, end, (byte) 0x90);
        System.arraycopy(f, 0, changed, at, f.length);
        return changed;
      }
      case OTHER_SITE -> {
        boolean site = b[at] == (byte) 0xb9 && end == at + 5 && b[end] == (byte) 0xe9;
        int other = random.nextBoolean() ? e.firstSite() - 1 : e.firstSite() + e.siteCount() + random.nextInt(1000);
        return site ? with4(b, at + 1, other) : null;
      }
      case NOT_THE_EXIT -> {
        boolean leaves = b[at] == (byte) 0xe9 && int4(b, at + 1) + end < 0;
        return leaves ? with4(b, at + 1, int4(b, at + 1) + 1 + random.nextInt(63)) : null;
      }
      case LEAK -> {
        // MOV RAX, register where a probe missed becomes MOV RBX, RDX.
        boolean move = end == at + 3 && b[p] == (byte) 0x8b && (b[p + 1] & 0xf8) == 0xc0 && is(b, end, b.length, 0xb9);
        boolean wayOut = at >= 2 && b[at - 2] == (byte) 0xe3 || isMissOfLoop(e, at);
        return move && wayOut ? with(b, at, 0x48, 0x8b, 0xda) : null;
      }
      case NO_ATTENTION -> {
        boolean look = b[p] == (byte) 0x8b && fieldAccess(b, at, end, 2) && int4(b, m + 2) == NativeState.ATTENTION;
        return look ? with4(b, m + 2, NativeState.INTERRUPT_PENDING) : null;
      }
      case UNGUARDED -> {
        if (b[at] == (byte) 0xe3 && is(b, end, b.length, 0x48, 0x8b, 0xc1)) {
          return with(b, at, 0x66, 0x90);
        }
        boolean above = b[at] == 0x77 && is(b, at - 1, b.length, 1);
        return above ? with(b, at, 0x72) : null;
      }
      case X87_UNCHECKED -> {
        boolean look = b[p] == (byte) 0x8b && fieldAccess(b, at, end, 2) && int4(b, m + 2) == NativeState.X87_PRESENT;
        return look ? with4(b, m + 2, NativeState.TSC_SLOW) : null;
      }
      case X87_UNMASKED -> {
        // LEA RCX, [RCX - 63]
        return is(b, at, end, 0x48, 0x8d, 0x49, 0xc1) ? with(b, at + 3, 0xc2) : null;
      }
      case OTHER_RETURN -> {
        // LEA RCX, [RCX + RAX + 1 or 2] behind the key
        boolean sum = is(b, at, end, 0x48, 0x8d, 0x4c, 0x01) && end == at + 5
            && returnStack(b, at - 8, at, 0x8b, NativeState.returnKeys(e.mode()));
        return sum ? with(b, at + 4, b[at + 4] + (random.nextBoolean() ? 3 : -3)) : null;
      }
      case RETURN_TO_DATA -> {
        int[] others = {
          NativeState.returnKeys(e.mode()), NativeState.returnCode(e.mode()) + 8, NativeState.returnCode((e.mode() + 1) % NativeState.MODES)
        };
        return returnStack(b, at, end, 0x8b, NativeState.returnCode(e.mode())) ? with4(b, end - 4, others[random.nextInt(others.length)]) : null;
      }
      case UNBOUNDED_SLOT -> {
        // MOVZX of a word, and MOVSX
        boolean top = b[p] == 0x0f && b[p + 1] == (byte) 0xb6 && fieldAccess(b, at, end, 2)
            && int4(b, m + 2) == NativeState.returnTop(e.mode());
        return top ? with(b, p + 1, random.nextBoolean() ? 0xb7 : 0xbe) : null;
      }
      case DATA_AS_CODE -> {
        return returnStack(b, at, end, 0x89, NativeState.returnKeys(e.mode()) + 8)
            ? with4(b, end - 4, NativeState.returnCode(e.mode()) + 8 * random.nextInt(2))
            : null;
      }
      case RETURN_INTO_THE_MIDDLE -> {
        int target = random.nextInt(b.length);
        boolean place = is(b, at, end, 0x48, 0x8d, 0x15) && Arrays.binarySearch(e.entries(), target) < 0;
        return place ? with4(b, at + 3, random.nextInt(4) == 0 ? -at - end : target - end) : null;
      }
      case OTHER_CALL -> {
        int distance = random.nextInt(b.length + 100) - end - 50;
        return b[at] == (byte) 0xe8 && distance != int4(b, at + 1) ? with4(b, at + 1, distance) : null;
      }
      case STACK_MOVED -> {
        return is(b, at, end, 0x48, 0x8d, 0x64, 0x24) ? with(b, at + 4, random.nextBoolean() ? 16 : -8) : null;
      }
    }
    throw new AssertionError(violation);
  }

  /** Whether an instruction accesses the return stack, with RAX or RDX for the slot. */
  private static boolean returnStack(byte[] b, int at, int end, int opcode, int displacement) {
    int p = opcode(b, at);
    return end == p + 7 && b[p] == (byte) opcode && (b[p + 1] & 0xc7) == 0x84 && (b[p + 2] & 0xef) == 0xc4 && int4(b, p + 3) == displacement;
  }

  private static boolean tableLoad(byte[] b, int at, int end) {
    int p = opcode(b, at);
    return end == p + 7 && b[p] == (byte) 0x8b && (b[p + 1] & 0xc7) == 0x84 && b[p + 2] == (byte) 0xcc;
  }

  /**
   * The registers, by the low three bits of their numbers, that occur since the last entry: another one cannot hold the same
   * value as one of them.
   */
  private static int mentioned(Emitted e, int at) {
    byte[] b = e.code();
    int mask = 0;
    for (int k = Arrays.binarySearch(e.boundaries(), at); k >= 0; k--) {
      int start = e.boundaries()[k];
      int m = modrm(b, start);
      mask |= 1 << (b[m] & 7) | 1 << (b[m] >> 3 & 7) | 1 << (b[m + 1] & 7) | 1 << (b[m + 1] >> 3 & 7);
      if (b[start] == (byte) 0xc4) {
        mask |= 1 << (~b[start + 2] >> 3 & 7);
      }
      if (Arrays.binarySearch(e.entries(), start) >= 0) {
        break;
      }
    }
    return mask;
  }

  /** Whether the LOOP of a probe leads there. */
  private static boolean isMissOfLoop(Emitted e, int at) {
    byte[] b = e.code();
    for (int from : e.boundaries()) {
      if (b[from] == (byte) 0xe2 && from + 2 + b[from + 1] == at && afterProbe(e, from)) {
        return true;
      }
    }
    return false;
  }

  /** Whether there is the JRCXZ or LOOP of a probe that an access follows. */
  private static boolean afterProbe(Emitted e, int at) {
    byte[] b = e.code();
    return at >= 5 && at < b.length && (b[at] == (byte) 0xe3 || b[at] == (byte) 0xe2)
        && is(b, at - 5, b.length, 0xc4, 0xe2, 0xdb, 0xf7, 0xc9);
  }
}
