package dev.portfire.softcpu.fpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SseFloatTest {

  private static final int PE = SoftFloat.PE;
  private static final int IE = SoftFloat.IE;

  private final SimdState s = new SimdState();

  private double add(double a, double b) {
    s.xmm[0] = Double.doubleToRawLongBits(a);
    SseFloat.addsd(s, 0, Double.doubleToRawLongBits(b));
    return Double.longBitsToDouble(s.xmm[0]);
  }

  @Test
  void fastAndSlowPathAgree() {
    Random random = new Random(11);
    SoftFloat soft = new SoftFloat();
    for (int i = 0; i < 200_000; i++) {
      long a = (long) (1023 - 30 + random.nextInt(60)) << 52 | random.nextLong() >>> 12 & -1L << random.nextInt(52);
      long b = (long) (1023 - 30 + random.nextInt(60)) << 52 | random.nextLong() >>> 12 & -1L << random.nextInt(52);
      int op = i & 3;
      s.mxcsr = SimdState.MXCSR_RESET;
      s.xmm[2] = a;
      switch (op) {
        case SoftFloat.ADD -> SseFloat.addsd(s, 1, b);
        case SoftFloat.SUB -> SseFloat.subsd(s, 1, b);
        case SoftFloat.MUL -> SseFloat.mulsd(s, 1, b);
        default -> SseFloat.divsd(s, 1, b);
      }
      soft.begin(SimdState.MXCSR_RESET);
      long expected = soft.arithmetic64(op, a, b);
      assertThat(s.xmm[2]).as("%d: %016x, %016x", op, a, b).isEqualTo(expected);
      assertThat(s.mxcsr & 0x3f).as("%d: %016x, %016x", op, a, b).isEqualTo(soft.flags);
    }
  }

  @Test
  void inexactResultSetsTheStickyFlagOnce() {
    assertThat(add(1, 2)).isEqualTo(3);
    assertThat(s.mxcsr & PE).isZero();
    assertThat(add(1, 0x1p-60)).isEqualTo(1);
    assertThat(s.mxcsr & PE).isEqualTo(PE);
  }

  @Test
  void roundingControlIsObeyed() {
    s.mxcsr = SimdState.MXCSR_RESET | SoftFloat.UP << 13;
    assertThat(add(1, 0x1p-60)).isEqualTo(Math.nextUp(1.0));
    s.mxcsr = SimdState.MXCSR_RESET | SoftFloat.TRUNCATE << 13;
    assertThat(add(1, -0x1p-60)).isEqualTo(Math.nextDown(1.0));
  }

  @Test
  void firstNanWinsAndBecomesQuiet() {
    s.xmm[0] = 0x7ff0000000000123L;
    SseFloat.addsd(s, 0, 0xfff8000000000456L);
    assertThat(s.xmm[0]).isEqualTo(0x7ff8000000000123L);
    assertThat(s.mxcsr & IE).isEqualTo(IE);
  }

  @Test
  void unmaskedExceptionLeavesTheDestination() {
    s.mxcsr = SimdState.MXCSR_RESET & ~(IE << 7);
    s.xmm[0] = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);
    assertThatThrownBy(() -> SseFloat.subsd(s, 0, Double.doubleToRawLongBits(Double.POSITIVE_INFINITY)))
        .isSameAs(SimdException.INSTANCE);
    assertThat(s.xmm[0]).isEqualTo(Double.doubleToRawLongBits(Double.POSITIVE_INFINITY));
    assertThat(s.mxcsr & 0x3f).isEqualTo(IE);
  }

  @Test
  void comparisonsReportOrderInRflags() {
    s.xmm[0] = Double.doubleToRawLongBits(1);
    assertThat(SseFloat.ucomisd(s, 0, Double.doubleToRawLongBits(2))).isEqualTo(0x01);
    assertThat(SseFloat.ucomisd(s, 0, Double.doubleToRawLongBits(1))).isEqualTo(0x40);
    assertThat(SseFloat.ucomisd(s, 0, Double.doubleToRawLongBits(0))).isZero();
    assertThat(SseFloat.ucomisd(s, 0, Double.doubleToRawLongBits(Double.NaN))).isEqualTo(0x45);
    assertThat(s.mxcsr & IE).isZero();
    SseFloat.comisd(s, 0, Double.doubleToRawLongBits(Double.NaN));
    assertThat(s.mxcsr & IE).isEqualTo(IE);
  }

  @Test
  void conversionsOutOfRangeGiveTheIndefinite() {
    assertThat(SseFloat.cvttsd2si32(s, Double.doubleToRawLongBits(3e9))).isEqualTo(Integer.MIN_VALUE);
    assertThat(SseFloat.cvttsd2si64(s, Double.doubleToRawLongBits(3e9))).isEqualTo(3_000_000_000L);
    assertThat(SseFloat.cvtsd2si32(s, Double.doubleToRawLongBits(2.5))).isEqualTo(2);
  }
}
