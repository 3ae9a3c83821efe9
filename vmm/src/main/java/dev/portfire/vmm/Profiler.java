package dev.portfire.vmm;

import dev.portfire.machine.Activity;
import dev.portfire.machine.Vcpu;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Looks at a machine's vCPUs a thousand times a second, on a thread of its own. */
final class Profiler {
  private static final long INTERVAL_NANOS = 1_000_000;

  /** Different addresses that are kept; what is beyond them is not told apart, at address 0. */
  private static final int ADDRESSES = 1 << 16;

  private final List<Vcpu> vcpus;
  private final Map<Activity, Long> activities = new EnumMap<>(Activity.class);
  private final Map<Long, Long> addresses = new HashMap<>();
  private boolean started;
  private volatile boolean ended;

  Profiler(List<Vcpu> vcpus) {
    this.vcpus = List.copyOf(vcpus);
  }

  /** Begins; a second time does nothing. */
  synchronized void start() {
    if (started) {
      return;
    }
    started = true;
    Thread.ofPlatform().name("profiler").daemon().start(this::run);
  }

  /** Takes no more samples. */
  void end() {
    ended = true;
  }

  private void run() {
    while (!ended) {
      vcpus.forEach(this::sample);
      LockSupport.parkNanos(this, INTERVAL_NANOS);
    }
  }

  private synchronized void sample(Vcpu vcpu) {
    long location = vcpu.takeLocation();
    if (location != 0) {
      addresses.merge(addresses.size() < ADDRESSES || addresses.containsKey(location) ? location : 0, 1L, Long::sum);
    }
    Optional<Activity> activity = vcpu.exits().activity();
    activity.ifPresent(now -> activities.merge(now, 1L, Long::sum));
    if (activity.isPresent() && activity.get() != Activity.HALTED) {
      vcpu.locate();
    }
  }

  /** What was seen so far. */
  synchronized Profile profile() {
    return new Profile(activities, addresses);
  }
}
