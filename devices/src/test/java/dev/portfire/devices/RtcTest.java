package dev.portfire.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RtcTest {
  private static final Instant NOON = Instant.parse("2026-11-22T13:45:56.250Z");
  private static final long MIB = 1 << 20;

  private final Rtc rtc = new Rtc(Clock.fixed(NOON, ZoneOffset.UTC), 128 * MIB, 0);

  private int read(Rtc clock, int cell) {
    clock.write(0, 1, cell);
    return (int) clock.read(1, 1);
  }

  private int read(int cell) {
    return read(rtc, cell);
  }

  private void write(int cell, int value) {
    rtc.write(0, 1, cell);
    rtc.write(1, 1, value);
  }

  @Test
  void tellsTheTimeInDecimal() {
    assertThat(read(4)).isEqualTo(0x13);
    assertThat(read(2)).isEqualTo(0x45);
    assertThat(read(0)).isEqualTo(0x56);
    assertThat(read(7)).isEqualTo(0x22);
    assertThat(read(8)).isEqualTo(0x11);
    assertThat(read(9)).isEqualTo(0x26);
    assertThat(read(0x32)).isEqualTo(0x20);
    assertThat(read(6)).as("Sunday").isEqualTo(1);
    assertThat(read(0x0d)).isEqualTo(0x80);
    assertThat(read(0x0c)).isZero();
  }

  @Test
  void tellsTheTimeInBinaryAndTwelveHours() {
    write(0x0b, 0x06);
    assertThat(read(0)).isEqualTo(56);
    write(0x0b, 0x04);
    assertThat(read(4)).isEqualTo(0x81);
  }

  @Test
  void announcesTheEndOfASecond() {
    assertThat(read(0x0a)).isEqualTo(0x26);
    Clock late = Clock.offset(Clock.fixed(NOON, ZoneOffset.UTC), Duration.ofMillis(749));
    assertThat(read(new Rtc(late, MIB, 0), 0x0a)).isEqualTo(0xa6);
  }

  @Test
  void canBeSet() {
    write(0x0b, 0x82);
    write(0, 0x00);
    write(2, 0x30);
    write(4, 0x07);
    write(7, 0x01);
    write(8, 0x02);
    write(9, 0x31);
    assertThat(read(9)).isEqualTo(0x31);
    write(0x0b, 0x02);
    assertThat(read(4)).isEqualTo(0x07);
    assertThat(read(2)).isEqualTo(0x30);
    assertThat(read(7)).isEqualTo(0x01);
    assertThat(read(8)).isEqualTo(0x02);
    assertThat(read(9)).isEqualTo(0x31);
  }

  @Test
  void nonsenseIsNotStored() {
    write(0x0b, 0x82);
    write(8, 0x99);
    write(2, 0xff);
    assertThat(read(8)).isEqualTo(0x11);
    assertThat(read(2)).isEqualTo(0x45);
  }

  @Test
  void memorySizesAreInCmos() {
    assertThat(read(0x15) | read(0x16) << 8).isEqualTo(640);
    assertThat(read(0x17) | read(0x18) << 8).isEqualTo(0xffff);
    assertThat(read(0x34) | read(0x35) << 8).isEqualTo(112 * 16);
    Rtc large = new Rtc(Clock.fixed(NOON, ZoneOffset.UTC), 3072 * MIB, 5120 * MIB);
    assertThat(read(large, 0x5b) | read(large, 0x5c) << 8 | read(large, 0x5d) << 16).isEqualTo(5120 * 16);
  }

  @Test
  void otherCellsKeepWhatIsWritten() {
    write(0x80 | 0x0f, 0x0a);
    assertThat(read(0x0f)).isEqualTo(0x0a);
  }

  @Nested
  class Snapshot extends SnapshotTest<Rtc, Rtc.State> {
    @Override
    protected Rtc fresh() {
      return new Rtc(Clock.fixed(NOON, ZoneOffset.UTC), 128 * MIB, 0);
    }

    @Override
    protected void disturb(Rtc device) {
      device.write(0, 1, 9);
      device.write(1, 1, 0x31);
      device.write(0, 1, 0x40);
      device.write(1, 1, 0x77);
    }

    @Override
    protected void disturbAgain(Rtc device) {
      device.write(1, 1, 0x78);
    }
  }
}
