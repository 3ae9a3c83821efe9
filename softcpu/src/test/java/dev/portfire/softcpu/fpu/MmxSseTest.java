package dev.portfire.softcpu.fpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The tricks inside a long against one lane at a time. */
class MmxSseTest {

  private static final int ROUNDS = 20_000;
  private final Random random = new Random(7);

  private long operand() {
    // Lanes at the edges of their range are what saturation is about.
    long v = random.nextLong();
    return switch (random.nextInt(4)) {
      case 0 -> v & 0x8080808080808080L;
      case 1 -> v | 0x7f7f7f7f7f7f7f7fL;
      case 2 -> v & 0xff00ffff0000ff00L;
      default -> v;
    };
  }

  private void check(int bits, boolean signed, LongBinaryOperator tested, IntBinaryOperator lane) {
    long mask = (1L << bits) - 1;
    for (int round = 0; round < ROUNDS; round++) {
      long a = operand();
      long b = operand();
      long expected = 0;
      for (int shift = 0; shift < 64; shift += bits) {
        int x = (int) (a >>> shift & mask);
        int y = (int) (b >>> shift & mask);
        if (signed) {
          x = x << 32 - bits >> 32 - bits;
          y = y << 32 - bits >> 32 - bits;
        }
        expected |= (lane.applyAsInt(x, y) & mask) << shift;
      }
      assertThat(tested.applyAsLong(a, b)).as("%016x, %016x", a, b).isEqualTo(expected);
    }
  }

  private static int clamp(int v, int low, int high) {
    return Math.max(low, Math.min(high, v));
  }

  @Test
  void additionAndSubtractionWrapOrSaturateInEachLane() {
    check(8, false, MmxSse::paddb, Integer::sum);
    check(16, false, MmxSse::paddw, Integer::sum);
    check(8, false, MmxSse::psubb, (x, y) -> x - y);
    check(16, false, MmxSse::psubw, (x, y) -> x - y);
    check(8, false, MmxSse::paddusb, (x, y) -> clamp(x + y, 0, 255));
    check(16, false, MmxSse::paddusw, (x, y) -> clamp(x + y, 0, 65535));
    check(8, false, MmxSse::psubusb, (x, y) -> clamp(x - y, 0, 255));
    check(16, false, MmxSse::psubusw, (x, y) -> clamp(x - y, 0, 65535));
    check(8, true, MmxSse::paddsb, (x, y) -> clamp(x + y, -128, 127));
    check(16, true, MmxSse::paddsw, (x, y) -> clamp(x + y, -32768, 32767));
    check(8, true, MmxSse::psubsb, (x, y) -> clamp(x - y, -128, 127));
    check(16, true, MmxSse::psubsw, (x, y) -> clamp(x - y, -32768, 32767));
  }

  @Test
  void comparisonsAverageSignAndHighProducts() {
    check(8, false, MmxSse::pcmpeqb, (x, y) -> x == y ? -1 : 0);
    check(16, false, MmxSse::pcmpeqw, (x, y) -> x == y ? -1 : 0);
    check(8, true, MmxSse::pcmpgtb, (x, y) -> x > y ? -1 : 0);
    check(16, true, MmxSse::pcmpgtw, (x, y) -> x > y ? -1 : 0);
    check(8, false, MmxSse::pminub, Math::min);
    check(16, false, MmxSse::pmaxuw, Math::max);
    check(8, true, MmxSse::pmaxsb, Math::max);
    check(16, true, MmxSse::pminsw, Math::min);
    check(8, false, MmxSse::pavgb, (x, y) -> x + y + 1 >> 1);
    check(16, false, MmxSse::pavgw, (x, y) -> x + y + 1 >> 1);
    check(8, true, MmxSse::psignb, (x, y) -> x * Integer.signum(y));
    check(16, true, MmxSse::psignw, (x, y) -> x * Integer.signum(y));
    check(8, true, MmxSse::pabsb, (x, y) -> Math.abs(y));
    check(16, true, MmxSse::pmulhw, (x, y) -> x * y >> 16);
    check(16, true, MmxSse::pmulhrsw, (x, y) -> (x * y >> 14) + 1 >> 1);
  }

  @Test
  void maskOfSignBits() {
    for (int i = 0; i < 256; i++) {
      long v = 0;
      for (int b = 0; b < 8; b++) {
        v |= (i >> b & 1) == 0 ? 0x7fL << 8 * b : 0x80L << 8 * b;
      }
      assertThat(MmxSse.pmovmskb(v)).isEqualTo(i);
    }
  }

  @Test
  void crc32IsCastagnolis() {
    byte[] text = "123456789abcdefghijklmno".getBytes(StandardCharsets.US_ASCII);
    CRC32C reference = new CRC32C();
    reference.update(text);
    ByteBuffer words = ByteBuffer.wrap(text).order(ByteOrder.LITTLE_ENDIAN);
    int crc = MmxSse.crc32q(-1, words.getLong());
    crc = MmxSse.crc32d(crc, words.getInt());
    crc = MmxSse.crc32w(crc, words.getShort());
    while (words.hasRemaining()) {
      crc = MmxSse.crc32b(crc, words.get());
    }
    assertThat(~crc).isEqualTo((int) reference.getValue());
  }
}
