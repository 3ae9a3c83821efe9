package dev.portfire.inspect.watch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.SysRoot;
import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import dev.portfire.machine.BinaryStatistics;
import dev.portfire.machine.BinaryStatistics.Kind;
import dev.portfire.machine.BinaryStatistics.Statistic;
import dev.portfire.machine.BinaryStatistics.Unit;
import dev.portfire.machine.ExitReason;
import dev.portfire.machine.ExitStats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files as machines publish them, and as somebody may who wants to do harm, in this process. */
class WatcherIT {
  private static final long PID = ProcessHandle.current().pid();

  private static Descriptor memfd(String name, long length) throws SystemCallException {
    return Descriptor.of(SystemCalls.memfdCreate(name, SystemCalls.MFD_CLOEXEC, length));
  }

  private static Machine machine(Watcher watcher, int number) {
    return watcher.sample().machine(PID + ":" + number).orElseThrow();
  }

  @Test
  void aMachineIsWhatItsFilesSay() throws SystemCallException {
    List<Statistic> statistics = List.of(
        new Statistic("boot_serial_ns", Kind.INSTANT, Unit.SECONDS, 10, -9, 1, 0, 0),
        new Statistic("boot_machine_ns", Kind.INSTANT, Unit.SECONDS, 10, -9, 1, 8, 0),
        new Statistic("boot_user_ns", Kind.INSTANT, Unit.SECONDS, 10, -9, 1, 16, 0),
        new Statistic("requested_ns", Kind.INSTANT, Unit.SECONDS, 10, -9, 1, 24, 0),
        new Statistic("block_a.b.read_count", Kind.CUMULATIVE, Unit.NONE, 10, 0, 1, 32, 0),
        new Statistic("vsock.conns_added", Kind.CUMULATIVE, Unit.NONE, 10, 0, 1, 40, 0));
    byte[] description = BinaryStatistics.write("web", 64, statistics);
    try (Descriptor vm = memfd("portfire-vm-stats:771", description.length + 48);
        Descriptor vcpu0 = memfd("portfire-vcpu-stats:0:771", ExitStats.FILE_BYTES);
        Descriptor vcpu1 = memfd("portfire-vcpu-stats:1:771", ExitStats.FILE_BYTES);
        Watcher watcher = new Watcher(SysRoot.HOST)) {
      MemorySegment memory = vm.mapWhileUsed(description.length + 48);
      MemorySegment.copy(description, 0, memory, JAVA_BYTE, 0, description.length);
      long[] values = {500, 20, 0, 3_000_000, 9, 0};
      MemorySegment.copy(values, 0, memory, JAVA_LONG, description.length, values.length);
      ExitStats first = new ExitStats();
      first.keepIn(vcpu0.mapWhileUsed(ExitStats.FILE_BYTES), "web/vcpu-0");
      ExitStats second = new ExitStats();
      second.keepIn(vcpu1.mapWhileUsed(ExitStats.FILE_BYTES), "web/vcpu-1");
      first.record(ExitReason.IO, 1000);
      second.record(ExitReason.IO, 3);
      second.count(ExitReason.CPUID);
      Machine found = machine(watcher, 771);
      assertThat(found.name()).isEqualTo("web");
      assertThat(found.vcpus()).isEqualTo(2);
      assertThat(found.exits()).containsOnlyKeys("CPUID", "IO");
      assertThat(found.exits().get("IO")).isNotNull().satisfies(io -> {
        assertThat(io.count()).isEqualTo(2);
        assertThat(io.nanos()).isEqualTo(1003);
        assertThat(io.histogram()).containsExactly(0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1);
        assertThat(io.percentile(0.5)).isEqualTo(4);
        assertThat(io.percentile(0.99)).isEqualTo(1024);
      });
      assertThat(found.boot().orElseThrow().steps().toString()).isEqualTo("{machine=20, serial=500}");
      assertThat(found.boot().orElseThrow().requestedMillis()).isEqualTo(3);
      assertThat(found.devices()).containsOnly(Map.entry("block_a.b", Map.of("read_count", 9L)), Map.entry("vsock", Map.of()));
    }
  }

  @Test
  void devicesComeAndGo() throws SystemCallException {
    Statistic changes = new Statistic("description_changes", Kind.INSTANT, Unit.NONE, 10, 0, 1, 0, 0);
    Statistic none = new Statistic("", Kind.CUMULATIVE, Unit.NONE, 10, 0, 0, 0, 0);
    byte[] without = BinaryStatistics.write("late", 64, List.of(changes, none));
    byte[] with = BinaryStatistics.write(
        "late", 64, List.of(changes, new Statistic("net_a.rx_count", Kind.CUMULATIVE, Unit.NONE, 10, 0, 1, 8, 0)));
    try (Descriptor vm = memfd("portfire-vm-stats:774", without.length + 16); Watcher watcher = new Watcher(SysRoot.HOST)) {
      // A machine is found by its vCPUs.
      try (Descriptor vcpu = memfd("portfire-vcpu-stats:0:774", ExitStats.FILE_BYTES)) {
        new ExitStats().keepIn(vcpu.mapWhileUsed(ExitStats.FILE_BYTES), "late/vcpu-0");
        MemorySegment memory = vm.mapWhileUsed(without.length + 16);
        memory.asSlice(0, without.length).copyFrom(MemorySegment.ofArray(without));
        assertThat(machine(watcher, 774).devices()).isEmpty();
        memory.set(JAVA_LONG, without.length, 1);
        memory.asSlice(0, with.length).copyFrom(MemorySegment.ofArray(with));
        memory.set(JAVA_LONG, without.length + 8, 7);
        assertThat(machine(watcher, 774).devices()).as("while it changes").isEmpty();
        memory.set(JAVA_LONG, without.length, 2);
        assertThat(machine(watcher, 774).devices()).containsOnly(Map.entry("net_a", Map.of("rx_count", 7L)));
        memory.set(JAVA_LONG, without.length + 8, 8);
        assertThat(machine(watcher, 774).devices()).containsOnly(Map.entry("net_a", Map.of("rx_count", 8L)));
        memory.asSlice(0, without.length).copyFrom(MemorySegment.ofArray(without));
        memory.set(JAVA_LONG, without.length, 4);
        assertThat(machine(watcher, 774).devices()).isEmpty();
      }
    }
  }

  @Test
  void whatIsGoneIsShownNoMore() throws SystemCallException {
    try (Watcher watcher = new Watcher(SysRoot.HOST)) {
      try (Descriptor vcpu = memfd("portfire-vcpu-stats:0:772", ExitStats.FILE_BYTES)) {
        new ExitStats().keepIn(vcpu.mapWhileUsed(ExitStats.FILE_BYTES), "short/vcpu-0");
        assertThat(machine(watcher, 772).exits()).isEmpty();
      }
      assertThat(watcher.sample().machine(PID + ":772")).isEmpty();
    }
  }

  /** Bits changed by chance, and lengths: whatever the files say, a sample is taken. */
  @Test
  void damagedFilesDoNoHarm() throws SystemCallException {
    Random random = new Random(Long.getLong("portfire.seed", 5));
    for (int round = 0; round < 100; round++) {
      long length = random.nextInt(4) == 0 ? random.nextInt(ExitStats.FILE_BYTES) + 1 : ExitStats.FILE_BYTES;
      try (Descriptor vcpu = memfd("portfire-vcpu-stats:0:773", length); Watcher watcher = new Watcher(SysRoot.HOST)) {
        MemorySegment whole = MemorySegment.ofArray(new long[(ExitStats.FILE_BYTES + 7) / 8]);
        new ExitStats().keepIn(whole, "x/vcpu-0");
        for (int changes = random.nextInt(40); changes > 0; changes--) {
          whole.set(JAVA_BYTE, random.nextInt(random.nextBoolean() ? 128 : ExitStats.FILE_BYTES), (byte) random.nextInt());
        }
        vcpu.mapWhileUsed(length).copyFrom(whole.asSlice(0, length));
        assertThat(watcher.sample().machines()).as("round " + round).isNotNull();
      }
    }
  }
}
