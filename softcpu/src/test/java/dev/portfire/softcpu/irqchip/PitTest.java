package dev.portfire.softcpu.irqchip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.BusDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PitTest {
  private final ManualTime time = new ManualTime();
  private final List<Boolean> irq = new ArrayList<>();
  private final Pit pit = new Pit(time.timers, irq::add);
  private final BusDevice speaker = pit.speakerPort();

  private void program(int channel, int mode, int count) {
    pit.write(3, 1, channel << 6 | 0x30 | mode << 1);
    pit.write(channel, 1, count & 0xff);
    pit.write(channel, 1, count >>> 8);
  }

  private int latched(int channel) {
    pit.write(3, 1, channel << 6);
    return (int) (pit.read(channel, 1) | pit.read(channel, 1) << 8);
  }

  private static long nanos(long ticks) {
    return ticks * 1_000_000_000L / Pit.HZ + 1;
  }

  private long edges() {
    return irq.stream().filter(level -> level).count();
  }

  @Test
  void rateGeneratorInterruptsPeriodically() {
    program(0, 2, 11932);
    time.advance(9, TimeUnit.MILLISECONDS);
    assertThat(edges()).isZero();
    for (int i = 0; i < 10; i++) {
      time.advance(10, TimeUnit.MILLISECONDS);
    }
    assertThat(edges()).isEqualTo(10);
  }

  @Test
  void aHostileRateIsBounded() {
    program(0, 2, 2);
    for (int i = 0; i < 1000; i++) {
      time.advance(10_000);
    }
    assertThat(edges()).isLessThanOrEqualTo(50);
  }

  @Test
  void oneShotRaisesOnceAndHolds() {
    program(0, 0, 1193);
    time.advance(nanos(1192));
    assertThat(edges()).isZero();
    time.advance(nanos(3));
    assertThat(irq).endsWith(true);
    time.advance(1, TimeUnit.SECONDS);
    assertThat(edges()).isEqualTo(1);
    program(0, 0, 1193);
    assertThat(irq).endsWith(false);
  }

  @Test
  void softwareStrobePulsesOnce() {
    program(0, 4, 1193);
    time.advance(2, TimeUnit.MILLISECONDS);
    time.advance(20, TimeUnit.MILLISECONDS);
    assertThat(edges()).isEqualTo(1);
    assertThat(irq).endsWith(false);
  }

  @Test
  void countsDownAndLatches() {
    program(2, 0, 0xffff);
    speaker.write(0, 1, 1);
    time.advance(nanos(1000));
    assertThat(latched(2)).isEqualTo(0xffff - 1000);
    pit.write(3, 1, 0x80);
    time.advance(nanos(500));
    assertThat(pit.read(2, 1) | pit.read(2, 1) << 8).as("latch holds").isEqualTo(0xffff - 1000);
  }

  @Test
  void squareWaveCountsByTwo() {
    program(0, 3, 1000);
    time.advance(nanos(100));
    assertThat(latched(0)).isEqualTo(800);
    time.advance(nanos(500));
    assertThat(latched(0)).isEqualTo(800);
  }

  @Test
  void theGateOfChannelTwoHoldsItsCountAndItsOutputShows() {
    speaker.write(0, 1, 0);
    program(2, 0, 1193);
    time.advance(5, TimeUnit.MILLISECONDS);
    assertThat(speaker.read(0, 1) & 0x21).isEqualTo(0);
    speaker.write(0, 1, 3);
    assertThat(speaker.read(0, 1) & 0x23).isEqualTo(3);
    time.advance(nanos(1194));
    assertThat(speaker.read(0, 1) & 0x23).isEqualTo(0x23);
  }

  @Test
  void hardwareOneShotStartsWithTheGate() {
    program(2, 1, 1000);
    assertThat(speaker.read(0, 1) & 0x20).isEqualTo(0x20);
    speaker.write(0, 1, 1);
    assertThat(speaker.read(0, 1) & 0x20).isZero();
    time.advance(nanos(1001));
    assertThat(speaker.read(0, 1) & 0x20).isEqualTo(0x20);
  }

  @Test
  void readBackGivesStatusThenCount() {
    program(0, 2, 5000);
    time.advance(nanos(10));
    pit.write(3, 1, 0xc2);
    assertThat(pit.read(0, 1)).as("output high, both bytes, mode 2").isEqualTo(0xb4);
    assertThat(pit.read(0, 1) | pit.read(0, 1) << 8).isEqualTo(4990);
  }

  @Test
  void decimalCounting() {
    pit.write(3, 1, 0x80 | 0x30 | 1);
    pit.write(2, 1, 0x00);
    pit.write(2, 1, 0x10);
    speaker.write(0, 1, 1);
    time.advance(nanos(1));
    pit.write(3, 1, 0x80);
    assertThat(pit.read(2, 1) | pit.read(2, 1) << 8).isEqualTo(0x0999);
  }

  @Test
  void refreshBitToggles() {
    long before = speaker.read(0, 1) & 0x10;
    time.advance(15_085);
    assertThat(speaker.read(0, 1) & 0x10).isNotEqualTo(before);
  }

  @Test
  void aSavedStateGoesOnInAnother() {
    program(0, 2, 11932);
    speaker.write(0, 1, 3);
    program(2, 0, 0xffff);
    time.advance(4, TimeUnit.MILLISECONDS);
    Pit.State saved = pit.save();
    ManualTime later = new ManualTime();
    later.advance(77, TimeUnit.SECONDS);
    List<Boolean> lines = new ArrayList<>();
    Pit other = new Pit(later.timers, lines::add);
    other.restore(saved);
    assertThat(other.save()).isEqualTo(saved);
    later.advance(7, TimeUnit.MILLISECONDS);
    assertThat(lines).contains(true);
  }
}
