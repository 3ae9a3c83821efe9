package dev.portfire.softcpu.irqchip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TimerQueueTest {
  @Test
  void callsBackInOrderOfDeadlinesOnItsOwnThread() throws InterruptedException {
    List<String> calls = new CopyOnWriteArrayList<>();
    CountDownLatch done = new CountDownLatch(2);
    try (TimerQueue queue = new TimerQueue("vm1")) {
      TimerQueue.Timer late = queue.create(() -> {
        calls.add("late on " + Thread.currentThread().getName());
        done.countDown();
      });
      TimerQueue.Timer early = queue.create(() -> {
        calls.add("early on " + Thread.currentThread().getName());
        done.countDown();
      });
      long now = queue.now();
      late.arm(now + 40_000_000);
      early.arm(now + 20_000_000);
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(queue.now() - now).isGreaterThanOrEqualTo(40_000_000);
    }
    assertThat(calls).containsExactly("early on vm1 timers", "late on vm1 timers");
  }

  @Test
  void aTimerThatWasPutOffCanBeBroughtForwardAgain() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    try (TimerQueue queue = new TimerQueue("vm1")) {
      TimerQueue.Timer timer = queue.create(done::countDown);
      timer.arm(queue.now() + 50_000_000_000L);
      timer.arm(queue.now() + 60_000_000_000L);
      // The thread has had the time to see that.
      Thread.sleep(20);
      timer.arm(queue.now() + 20_000_000);
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void anArmedTimerCanBeCancelledAndSetAnew() {
    ManualTime time = new ManualTime();
    AtomicInteger calls = new AtomicInteger();
    TimerQueue.Timer timer = time.timers.create(calls::incrementAndGet);
    timer.arm(time.timers.now() + 10);
    timer.cancel();
    time.advance(20);
    assertThat(calls).hasValue(0);

    timer.arm(time.timers.now() + 10);
    timer.arm(time.timers.now() + 30);
    time.advance(20);
    assertThat(calls).hasValue(0);
    time.advance(10);
    assertThat(calls).hasValue(1);
    time.advance(100);
    assertThat(calls).hasValue(1);
  }

  @Test
  void aDeadlineBeyondAllTimeDoesNotWrapAround() {
    ManualTime time = new ManualTime();
    AtomicInteger calls = new AtomicInteger();
    time.timers.create(calls::incrementAndGet).arm(Long.MAX_VALUE);
    time.advance(1, TimeUnit.DAYS);
    assertThat(calls).hasValue(0);
  }

  @Test
  void aFailingCallbackDoesNotStopTheOthers() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    try (TimerQueue queue = new TimerQueue("vm1")) {
      queue.create(() -> {
        throw new IllegalStateException("on purpose");
      }).arm(queue.now());
      queue.create(done::countDown).arm(queue.now() + 1_000_000);
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
