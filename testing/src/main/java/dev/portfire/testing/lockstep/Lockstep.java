package dev.portfire.testing.lockstep;

import dev.portfire.boot.BootException;
import dev.portfire.machine.X86State;
import dev.portfire.softcpu.Point;
import dev.portfire.softcpu.SoftHypervisor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Two machines with the same guest on two engines. One leads, the other follows on a thread of its own, and compares all registers at
 * each point, and memory, MSRs and interrupt controllers at some.
 */
final class Lockstep {
  /** For how long there may be no new point, in nanoseconds, before the guest is said to spin. */
  private static final long PATIENCE_NANOS = 120_000_000_000L;

  private static final long LOOK_MILLIS = 100;
  private static final long TELL_NANOS = 10_000_000_000L;
  private static final int HISTORY = 40;

  /** Of an instruction. */
  private static final int MAX_LENGTH = 15;

  /**
   * One of the two.
   *
   * @param name the engine's, for reports
   * @param guest what it boots: the same as the other one's, unless they are to differ
   */
  record Side(String name, SoftHypervisor hypervisor, Guest guest) {}

  /**
   * What came of it.
   *
   * @param points how many were compared
   * @param memories how often memory was
   * @param difference the report about the first difference, if there was one
   * @param end how both guests ended
   * @param serial what the kernel wrote
   * @param terminal what the terminal showed
   * @param steps how many lines of the dialogue were typed
   */
  record Result(
      long points, long memories, Optional<String> difference, String end, String serial, String terminal, int steps) {}

  private record Past(long number, String kind, long rip, long cpl, long rsp, long interrupts) {}

  private final long memoryEvery;
  private final long limit;
  private final long traced;
  private final LongConsumer progress;
  private final Channel channel = new Channel();
  private final Past[] history = new Past[HISTORY];
  private final AtomicReference<@Nullable String> difference = new AtomicReference<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile String leadersEnd = "stopped";
  private volatile String followersEnd = "stopped";
  private volatile long compared;
  private long memories;
  private @Nullable Machine leader;
  private @Nullable Machine follower;

  /**
   * Prepares a run.
   *
   * @param memoryEvery how many points there are from one comparison of memory to the next
   * @param limit the point at which to stop
   * @param traced the point before which instructions are printed, from the point before it; 0 for none
   * @param progress is told every few seconds how many points have been compared
   */
  Lockstep(long memoryEvery, long limit, long traced, LongConsumer progress) {
    this.traced = traced;
    this.progress = progress;
    this.memoryEvery = memoryEvery;
    this.limit = limit;
  }

  /** Runs until the guests end, differ, or reach the limit. Once only. */
  Result run(Side leading, Side following) throws IOException, BootException, InterruptedException {
    try (Machine first = new Machine(leading.name(), leading.hypervisor(), leading.guest(), this::lead);
        Machine second = new Machine(following.name(), following.hypervisor(), following.guest(), this::follow)) {
      leader = first;
      follower = second;
      Thread one = thread(first, () -> {
        leadersEnd = first.run();
        channel.end();
      });
      Thread two = thread(second, () -> {
        followersEnd = second.run();
        channel.done(Long.MAX_VALUE);
      });
      watch(one, two);
      Throwable failed = failure.get();
      if (failed != null && difference.get() == null) {
        throw new IllegalStateException("point %d: %s".formatted(compared, failed), failed);
      }
      if (difference.get() == null && !leadersEnd.equals(followersEnd)) {
        difference.set("%s ended with \"%s\", %s with \"%s\", behind point %d%n"
            .formatted(leading.name(), leadersEnd, following.name(), followersEnd, compared));
      }
      return new Result(
          compared,
          memories,
          Optional.ofNullable(difference.get()),
          followersEnd,
          second.serial(),
          second.terminal(),
          second.steps());
    }
  }

  private Thread thread(Machine machine, Runnable work) {
    Thread thread = Thread.ofPlatform().name(machine.engine()).daemon().unstarted(() -> {
      try {
        work.run();
      } catch (Channel.Stopped e) {
        // The other one knows why.
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
        channel.stop();
      }
    });
    thread.start();
    return thread;
  }

  private void watch(Thread one, Thread two) throws InterruptedException {
    long last = 0;
    long since = System.nanoTime();
    long told = since;
    while (one.isAlive() || two.isAlive()) {
      one.join(LOOK_MILLIS);
      two.join(LOOK_MILLIS);
      if (System.nanoTime() - told > TELL_NANOS) {
        told = System.nanoTime();
        progress.accept(compared);
      }
      long now = compared + channel.written();
      if (now != last) {
        last = now;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > PATIENCE_NANOS && !channel.isStopped()) {
        failure.compareAndSet(
            null, new IllegalStateException("the guest spins without a point that would let time go on\n" + past()));
      }
      if (channel.isStopped() || failure.get() != null) {
        channel.stop();
        // Over and over: a machine that is about to run forgets it.
        kick(leader);
        kick(follower);
      }
    }
  }

  private static void kick(@Nullable Machine machine) {
    if (machine != null) {
      machine.kick();
    }
  }

  private boolean isWhole(long number) {
    return number % memoryEvery == 0;
  }

  private static Channel.Whole whole(Machine machine, Point point) {
    return new Channel.Whole(point.save(), machine.vm().saveInterruptControllers());
  }

  private static Machine there(@Nullable Machine machine) {
    if (machine == null) {
      throw new IllegalStateException("not running");
    }
    return machine;
  }

  private void lead(Point point) {
    channel.put(point, isWhole(point.number()) ? whole(there(leader), point) : null);
  }

  private void follow(Point point) {
    long number = point.number();
    if (number == traced) {
      point.endTrace();
    }
    Channel.Slot slot = channel.get(number);
    if (slot == null) {
      differ(point, "%s ended before it%n".formatted(there(leader).engine()), null);
      return;
    }
    if (!slot.kind.equals(point.kind()) || !Arrays.equals(slot.values, point.values())) {
      differ(point, "", slot);
    }
    Channel.Whole whole = slot.whole;
    if (whole != null) {
      compare(point, whole);
    }
    long[] v = point.values();
    history[(int) (number % HISTORY)] = new Past(number, point.kind(), v[Point.RIP], v[Point.CPL], v[4], v[Point.INTERRUPTS]);
    compared = number;
    channel.done(number);
    if (number == traced - 1) {
      point.trace(rip -> System.out.print(Report.code("traced", point, rip, MAX_LENGTH)));
    }
    if (number >= limit) {
      channel.stop();
      throw new Channel.Stopped();
    }
  }

  /** Compares what is too much for every point; the leader waits meanwhile. */
  private void compare(Point point, Channel.Whole first) {
    Machine a = there(leader);
    Machine b = there(follower);
    Channel.Whole second = whole(b, point);
    List<String> lines = new ArrayList<>();
    if (!first.controllers().equals(second.controllers())) {
      lines.add("interrupt controllers:");
      lines.add("  %-8s %s".formatted(a.engine(), first.controllers()));
      lines.add("  %-8s %s".formatted(b.engine(), second.controllers()));
    }
    X86State x = first.state();
    X86State y = second.state();
    if (!x.msrs().equals(y.msrs())) {
      lines.add("MSRs:");
      lines.add("  %-8s %s".formatted(a.engine(), x.msrs()));
      lines.add("  %-8s %s".formatted(b.engine(), y.msrs()));
    }
    if (!Arrays.equals(x.xsave(), y.xsave())) {
      lines.add("the XSAVE image, from byte " + Arrays.mismatch(x.xsave(), y.xsave()));
    }
    if (!Arrays.equals(x.apic(), y.apic())) {
      lines.add("the local APIC's registers, from byte 0x%x".formatted(Arrays.mismatch(x.apic(), y.apic())));
    }
    if (x.runState() != y.runState() || !x.events().equals(y.events())) {
      lines.add("events: %s %s %s, %s %s %s"
          .formatted(a.engine(), x.runState(), x.events(), b.engine(), y.runState(), y.events()));
    }
    lines.addAll(Report.memory(a, b));
    memories++;
    if (!lines.isEmpty()) {
      differ(point, String.join("\n", lines) + "\n", null);
    }
  }

  private void differ(Point point, String more, Channel.@Nullable Slot slot) {
    StringBuilder s = new StringBuilder();
    s.append("the engines differ at point %d, %s%n%s".formatted(point.number(), point.kind(), more));
    if (slot != null) {
      s.append(Report.registers(there(leader).engine(), slot, there(follower).engine(), point));
    }
    s.append(past());
    Past last = history[(int) ((point.number() + HISTORY - 1) % HISTORY)];
    if (last != null) {
      s.append(Report.code("code at the point before", point, last.rip() - 16, 96));
    }
    s.append(Report.code("code around this point", point, point.values()[Point.RIP] - 64, 96));
    s.append("seed %d, %d ns a point: the same again with these%n".formatted(there(leader).guest().seed(), there(leader).guest().nanosPerPoint()));
    difference.compareAndSet(null, s.toString());
    channel.stop();
    throw new Channel.Stopped();
  }

  private String past() {
    StringBuilder s = new StringBuilder("the last points before, in both:%n".formatted());
    long next = compared + 1;
    for (long n = Math.max(1, next - HISTORY); n < next; n++) {
      Past p = history[(int) (n % HISTORY)];
      if (p != null) {
        s.append("  %9d  %-7s RIP %016x  CPL %d  RSP %016x  interrupts %d%n"
            .formatted(p.number(), p.kind(), p.rip(), p.cpl(), p.rsp(), p.interrupts()));
      }
    }
    return s.toString();
  }
}
