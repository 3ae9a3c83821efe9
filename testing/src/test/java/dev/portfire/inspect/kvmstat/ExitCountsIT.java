package dev.portfire.inspect.kvmstat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.kvmstat.Counters.Count;
import dev.portfire.linux.SystemCallException;
import dev.portfire.machine.ExitReason;
import dev.portfire.machine.ExitStats;
import dev.portfire.testing.conformance.BackEnd;
import dev.portfire.testing.conformance.Conformance;
import dev.portfire.testing.inspection.CountedGuest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A guest executes so many CPUID, MMIO writes and OUT, and every source that this host feeds counts exactly these. The test is where
 * there is KVM and the software CPU, in the package of what it tests.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExitCountsIT {
  private static final int CPUID = 41;
  private static final int MMIO = 257;
  private static final int OUT = 1009;
  private static final int PID = (int) ProcessHandle.current().pid();
  private static final String KVM = "kvm";

  private static Optional<BackEnd> kvm() {
    return Conformance.backEnds(System.err).stream().filter(backEnd -> backEnd.name().startsWith(KVM)).findFirst();
  }

  static Stream<BackEnd> backEnds() {
    List<BackEnd> all = new ArrayList<>(Conformance.backEnds(System.err));
    Conformance.nativeEngine(System.err).ifPresent(all::add);
    return all.stream();
  }

  /** What a source counts while the guest runs. */
  private static Map<Event, Count> count(SourceKind kind, CountedGuest guest) throws SourceException {
    Source source;
    try {
      source = kind.open(SysRoot.HOST, false);
    } catch (SourceException e) {
      System.err.println("skipped: " + e.getMessage());
      Assumptions.abort(String.valueOf(e.getMessage()));
      throw e;
    }
    try (Counters counters = new Counters(List.of(source), "", PID)) {
      var unused = counters.next(false);
      guest.run();
      return Map.copyOf(counters.next(false));
    }
  }

  private static long of(Map<Event, Count> counts, String name) {
    int bracket = name.indexOf('(');
    Event event = bracket < 0 ? new Event(name) : new Event(name, name.substring(0, bracket));
    return Optional.ofNullable(counts.get(event)).orElseThrow(() -> new AssertionError(name + " is not counted")).total();
  }

  private static CountedGuest onKvm() {
    Optional<BackEnd> kvm = kvm();
    Assumptions.assumeTrue(kvm.isPresent(), "no KVM");
    return on(kvm.get());
  }

  private static CountedGuest on(BackEnd backEnd) {
    return new CountedGuest(backEnd.hypervisor(), CPUID, MMIO, OUT);
  }

  @Test
  void tracepointsOfKvm() throws SourceException, SystemCallException {
    try (CountedGuest guest = onKvm()) {
      Map<Event, Count> counts = count(SourceKind.TRACEPOINTS, guest);
      assertThat(of(counts, "kvm_cpuid")).isEqualTo(CPUID);
      assertThat(of(counts, "kvm_mmio")).isEqualTo(MMIO);
      assertThat(of(counts, "kvm_pio")).isEqualTo(OUT);
      assertThat(of(counts, "kvm_userspace_exit(MMIO)")).isEqualTo(MMIO);
      assertThat(of(counts, "kvm_userspace_exit(IO)")).isEqualTo(OUT);
      assertThat(of(counts, "kvm_userspace_exit(SHUTDOWN)")).isEqualTo(1);
      assertThat(of(counts, "kvm_userspace_exit")).isEqualTo(MMIO + OUT + 1);
      long exits = of(counts, "kvm_exit");
      if (exits == 0) {
        System.err.println("this KVM traces no exits: kvm_exit was not compared");
      } else {
        assertThat(of(counts, "kvm_exit(CPUID)")).isEqualTo(CPUID);
      }
    }
  }

  @Test
  void statisticsDescriptorsOfKvm() throws SourceException, SystemCallException {
    try (CountedGuest guest = onKvm()) {
      Map<Event, Count> counts = count(SourceKind.STATS, guest);
      assertThat(of(counts, "mmio_exits")).isEqualTo(MMIO);
      // With those that the hardware makes on the way.
      assertThat(of(counts, "exits")).isGreaterThanOrEqualTo(MMIO + OUT);
      if (of(counts, "io_exits") == 0) {
        System.err.println("this KVM counts OUT in exits only, not in io_exits: that was not compared");
      } else {
        assertThat(of(counts, "io_exits")).isEqualTo(OUT);
      }
    }
  }

  @Test
  void debugfsSaysWhatDescriptorsSay() throws SourceException, SystemCallException {
    try (CountedGuest guest = onKvm();
        Source stats = SourceKind.STATS.open(SysRoot.HOST, true)) {
      Map<Event, Count> counts = count(SourceKind.DEBUGFS, guest);
      stats.select(name -> true, PID);
      Map<Event, Long> other = stats.read(false);
      assertThat(counts).isNotEmpty();
      int compared = 0;
      for (Map.Entry<Event, Count> entry : counts.entrySet()) {
        Long value = other.get(entry.getKey());
        if (value != null) {
          assertThat(entry.getValue().total()).as(entry.getKey().name()).isEqualTo(value);
          compared++;
        }
      }
      assertThat(compared).isPositive();
      if (counts.containsKey(new Event("mmio_exits"))) {
        assertThat(of(counts, "mmio_exits")).isEqualTo(MMIO);
      } else {
        System.err.println("the kernel's lockdown keeps back mmio_exits and others in debugfs: these were not compared");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backEnds")
  void portfireItself(BackEnd backEnd) throws SourceException, SystemCallException {
    try (CountedGuest guest = on(backEnd)) {
      guest.publishExits(1);
      Map<Event, Count> counts = count(SourceKind.PORTFIRE, guest);
      assertThat(of(counts, "portfire_exit(MMIO)")).isEqualTo(MMIO);
      assertThat(of(counts, "portfire_exit(IO)")).isEqualTo(OUT);
      assertThat(of(counts, "portfire_exit(SHUTDOWN)")).isEqualTo(1);
      if (!backEnd.name().startsWith(KVM)) {
        assertThat(of(counts, "portfire_exit(CPUID)")).isEqualTo(CPUID);
        assertThat(of(counts, "portfire_exit(EXCEPTION)")).isPositive();
      }
      long parts = counts.entrySet().stream().filter(e -> e.getKey().isChild()).mapToLong(e -> e.getValue().total()).sum();
      assertThat(of(counts, "portfire_exit")).isEqualTo(parts);
    }
  }

  @ParameterizedTest
  @MethodSource("backEnds")
  void eachAccessOfADeviceHasItsTime(BackEnd backEnd) throws SystemCallException {
    try (CountedGuest guest = on(backEnd)) {
      guest.run();
      ExitStats exits = guest.exits();
      for (ExitReason reason : new ExitReason[] {ExitReason.IO, ExitReason.MMIO}) {
        long timed = IntStream.range(0, ExitStats.BUCKETS).mapToLong(bucket -> exits.histogram(reason, bucket)).sum();
        assertThat(timed).as(reason.name()).isEqualTo(exits.countOf(reason)).isEqualTo(reason == ExitReason.IO ? OUT : MMIO);
        assertThat(exits.totalNanos(reason)).as(reason.name()).isPositive();
      }
    }
  }

  @Test
  void aMachineThatEndsIsLetGo() throws SourceException, SystemCallException {
    try (Source stats = openAfter()) {
      assertThat(stats.read(false)).isEmpty();
    }
  }

  /** A source that had a machine, which has been closed. */
  private static Source openAfter() throws SourceException, SystemCallException {
    try (CountedGuest guest = onKvm()) {
      Source stats = SourceKind.STATS.open(SysRoot.HOST, true);
      stats.select(name -> true, PID);
      guest.run();
      assertThat(stats.read(false)).containsKey(new Event("exits"));
      return stats;
    }
  }
}
