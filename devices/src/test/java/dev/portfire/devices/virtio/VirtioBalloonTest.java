package dev.portfire.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.devices.FakeTimers;
import dev.portfire.devices.SnapshotTest;
import dev.portfire.devices.Snapshotable;
import dev.portfire.devices.virtio.FakeDriver.Part;
import dev.portfire.devices.virtio.FakeDriver.Used;
import dev.portfire.devices.virtio.VirtioBalloon.Count;
import dev.portfire.devices.virtio.VirtioBalloon.Hinting;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VirtioBalloonTest {
  private static final int INFLATE = 0;
  private static final int DEFLATE = 1;
  private static final int STATISTICS = 2;
  private static final int HINTS = 3;
  private static final int REPORTS = 4;

  private final FakeTimers timers = new FakeTimers();
  private final List<String> discarded = new ArrayList<>();
  private final VirtioBalloon balloon = device();
  private final FakeDriver driver = new FakeDriver(balloon, 32).start();

  private VirtioBalloon device() {
    return new VirtioBalloon(
        512, true, 2, true, true, (address, length) -> discarded.add("%x+%x".formatted(address, length)), timers);
  }

  private Part pages(int... numbers) {
    ByteBuffer list = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int number : numbers) {
      list.putInt(number);
    }
    return driver.readable(list.array());
  }

  @Test
  void configurationSpaceHasTargetAndWhatTheGuestSays() {
    assertThat(driver.transport.read(0x100, 4)).isEqualTo(512);
    assertThat(driver.offered() & 0xff).isEqualTo(2 | 4 | 8 | 0x20);
    driver.transport.write(0x104, 4, 300);
    assertThat(balloon.actual()).isEqualTo(300);
    assertThat(driver.transport.read(0x104, 4)).isEqualTo(300);
    driver.transport.write(0x105, 1, 2);
    assertThat(balloon.actual()).isEqualTo(0x22c);
    driver.transport.write(0x100, 8, -1);
    assertThat(driver.transport.read(0x100, 4)).isEqualTo(512);
    balloon.setTarget(77);
    assertThat(driver.transport.read(0x100, 4)).isEqualTo(77);
    assertThat(driver.acknowledge() & 2).isEqualTo(2);
  }

  @Test
  void pagesGoBackInRanges() {
    driver.send(INFLATE, pages(0x105, 0x102, 0x104, 0x103, 0x200, 0x200, 0x300));
    assertThat(driver.returned(INFLATE)).containsExactly(new Used(0, 0));
    assertThat(discarded).containsExactly("102000+4000", "200000+1000", "300000+1000");
    driver.send(DEFLATE, pages(1, 2));
    assertThat(driver.returned(DEFLATE)).containsExactly(new Used(0, 0));
    assertThat(balloon.counters().get(Count.INFLATE_COUNT)).isGreaterThan(0);
  }

  @Test
  void listsThatMakeNoSenseAreSkipped() {
    driver.send(INFLATE, pages(0xffff_ffff, 0x1000, 0x0fff));
    assertThat(discarded).as("a range that leaves RAM is left alone").isEmpty();
    driver.send(INFLATE, driver.readable(new byte[7]));
    driver.send(INFLATE, driver.readable(new byte[257 * 4]));
    driver.send(INFLATE, driver.writable(8));
    driver.send(INFLATE, new Part(1L << 40, 8, false));
    driver.send(INFLATE, new Part(0x1000, 0, false));
    assertThat(driver.returned(INFLATE)).hasSize(6).allMatch(used -> used.length() == 0);
    assertThat(discarded).isEmpty();
    assertThat(balloon.counters().get(Count.EVENT_FAILS)).isGreaterThanOrEqualTo(5);
  }

  private Part statistics(long... tagsAndValues) {
    ByteBuffer records = ByteBuffer.allocate(5 * tagsAndValues.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < tagsAndValues.length; i += 2) {
      records.putShort((short) tagsAndValues[i]).putLong(tagsAndValues[i + 1]);
    }
    return driver.readable(records.array());
  }

  @Test
  void statisticsAreAskedForByTheClock() {
    driver.send(STATISTICS, statistics(4, 1000, 5, 2000, 99, 7));
    assertThat(balloon.statistics()).hasSize(2).containsEntry("free_memory", 1000L).containsEntry("total_memory", 2000L);
    assertThat(driver.returned(STATISTICS)).isEmpty();
    timers.advanceMillis(1999);
    assertThat(driver.returned(STATISTICS)).isEmpty();
    timers.advanceMillis(1);
    assertThat(driver.returned(STATISTICS)).containsExactly(new Used(0, 0));
    driver.send(STATISTICS, statistics(15, 3));
    assertThat(balloon.statistics()).containsEntry("direct_reclaim", 3L);
    driver.send(STATISTICS, statistics(4, 5));
    assertThat(driver.returned(STATISTICS)).as("one is kept").containsExactly(new Used(1, 0));
    balloon.setStatisticsInterval(10);
    timers.advanceMillis(9_999);
    assertThat(driver.returned(STATISTICS)).isEmpty();
    timers.advanceMillis(1);
    assertThat(driver.returned(STATISTICS)).hasSize(1);
    driver.send(STATISTICS, driver.readable(new byte[11]));
    driver.send(STATISTICS, driver.readable(new byte[2570]));
    assertThat(balloon.counters().get(Count.STATS_UPDATE_FAILS)).isEqualTo(2);
    assertThatThrownBy(() -> balloon.setStatisticsInterval(0)).isInstanceOf(IllegalStateException.class);
  }

  private Part command(int id) {
    return pages(id);
  }

  @Test
  void hintsCountWhileTheGuestWorksOnTheHostsCommand() {
    Part range = new Part(0x40_0000, 0x4000, true);
    driver.send(HINTS, command(5), range);
    assertThat(discarded).isEmpty();
    balloon.startHinting(true);
    assertThat(balloon.hinting()).isEqualTo(new Hinting(2, OptionalLong.of(5)));
    assertThat(driver.transport.read(0x108, 4)).isEqualTo(2);
    assertThat(driver.acknowledge() & 2).isEqualTo(2);
    driver.send(HINTS, command(2));
    driver.send(HINTS, range);
    assertThat(discarded).containsExactly("400000+4000");
    driver.send(HINTS, command(0));
    assertThat(balloon.hinting()).isEqualTo(new Hinting(1, OptionalLong.of(0)));
    driver.send(HINTS, range);
    assertThat(discarded).hasSize(1);
    balloon.startHinting(false);
    driver.send(HINTS, command(3), new Part(0x40_0000, 0x5000, true));
    driver.send(HINTS, command(0));
    assertThat(balloon.hinting()).isEqualTo(new Hinting(3, OptionalLong.of(0)));
    balloon.stopHinting();
    assertThat(balloon.hinting()).isEqualTo(new Hinting(1, OptionalLong.of(0)));
    assertThat(balloon.counters().get(Count.FREE_PAGE_HINT_FREED)).isEqualTo(0x9000);
  }

  @Test
  void reportsGoBackAtOnce() {
    driver.send(REPORTS, new Part(0x40_0000, 0x20_0000, true), new Part(0x70_0800, 0x2000, true));
    driver.send(REPORTS, new Part(1L << 40, 0x1000, true), new Part(0x1000, 100, true));
    assertThat(driver.returned(REPORTS)).hasSize(2);
    assertThat(discarded).as("whole pages only").containsExactly("400000+200000", "701000+1000");
    assertThat(balloon.counters().get(Count.FREE_PAGE_REPORT_FAILS)).isEqualTo(1);
  }

  @Test
  void queuesOfFeaturesThatAreNotThereDoNotExist() {
    VirtioBalloon plain = new VirtioBalloon(0, false, 0, false, true, (address, length) -> discarded.add("x"), timers);
    assertThat(plain.queueCount()).isEqualTo(3);
    assertThat(plain.features()).isEqualTo(0x20);
    FakeDriver other = new FakeDriver(plain, 16).start();
    other.send(2, new Part(0x40_0000, 0x1000, true));
    assertThat(discarded).containsExactly("x");
    assertThatThrownBy(plain::hinting).isInstanceOf(IllegalStateException.class);
  }

  /** Registers, queues, target and statistics. */
  @Nested
  class Snapshot extends SnapshotTest<Snapshotable<VirtioMmioTransport.State>, VirtioMmioTransport.State> {
    @Override
    protected VirtioMmioTransport fresh() {
      return new FakeDriver(device(), 32).transport;
    }

    @Override
    protected void disturb(Snapshotable<VirtioMmioTransport.State> device) {
      VirtioMmioTransport transport = (VirtioMmioTransport) device;
      transport.write(0x70, 4, 1);
      transport.write(0x104, 4, 1234);
      ((VirtioBalloon) transport.device()).setTarget(4321);
      ((VirtioBalloon) transport.device()).setStatisticsInterval(7);
    }

    @Override
    protected void disturbAgain(Snapshotable<VirtioMmioTransport.State> device) {
      ((VirtioMmioTransport) device).write(0x104, 4, 99);
    }
  }
}
