package dev.portfire.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.linux.Events;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

final class DeviceLoopTest {
  private final DeviceLoop loop = new DeviceLoop("test loop");

  @AfterEach
  void end() {
    assertThat(loop.end(10_000, () -> {})).isTrue();
  }

  @Test
  void tasksRunInTheirOrderOnOneThread() throws Exception {
    List<Integer> seen = new CopyOnWriteArrayList<>();
    loop.execute(() -> seen.add(0));
    loop.start();
    for (int i = 1; i < 1000; i++) {
      int value = i;
      loop.execute(() -> seen.add(value));
    }
    String name = loop.call(() -> Thread.currentThread().getName());
    assertThat(name).isEqualTo("test loop");
    assertThat(seen).hasSize(1000).isSorted();
  }

  @Test
  void pausedItDoesWhatCallersWaitForAndNothingElse() throws Exception {
    List<Integer> seen = new CopyOnWriteArrayList<>();
    loop.start();
    loop.setPaused(true);
    loop.call(() -> seen.add(0));
    loop.execute(() -> seen.add(2));
    loop.call(() -> seen.add(1));
    assertThat(seen).containsExactly(0, 1);
    loop.setPaused(false);
    loop.drain();
    assertThat(seen).containsExactly(0, 1, 2);
  }

  @Test
  void aFailureStaysWithItsTask() throws Exception {
    loop.start();
    loop.execute(() -> {
      throw new IllegalStateException("on purpose, for the test");
    });
    assertThat(loop.call(() -> 5)).isEqualTo(5);
    assertThatThrownBy(() -> loop.call(() -> {
          throw new IOException("on purpose");
        }))
        .isInstanceOf(IOException.class)
        .hasMessage("on purpose");
  }

  @Test
  void theLastTaskComesAfterAllOthersOnTheSameThread() {
    List<String> seen = new CopyOnWriteArrayList<>();
    loop.execute(() -> seen.add("task"));
    assertThat(loop.end(10_000, () -> seen.add("last on " + Thread.currentThread().getName()))).isTrue();
    assertThat(seen).containsExactly("task", "last on test loop");
  }

  @Test
  void timersComeInTheOrderOfTheirTimes() throws InterruptedException {
    loop.start();
    List<Integer> seen = new CopyOnWriteArrayList<>();
    CountDownLatch last = new CountDownLatch(1);
    loop.after(TimeUnit.MILLISECONDS.toNanos(40), () -> {
      seen.add(2);
      last.countDown();
    });
    loop.after(TimeUnit.MILLISECONDS.toNanos(10), () -> seen.add(1));
    loop.after(-5, () -> seen.add(0));
    assertThat(last.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(seen).containsExactly(0, 1, 2);
  }

  @Test
  void descriptorsAreWatchedBesideTasksThatNeverEnd() throws Exception {
    Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "epoll is Linux's");
    loop.start();
    Runnable again = new Runnable() {
      @Override
      public void run() {
        try {
          loop.execute(this);
        } catch (RejectedExecutionException e) {
          // The end of the test.
        }
      }
    };
    loop.execute(again);
    try (Events.Counter counter = new Events.Counter()) {
      CountDownLatch seen = new CountDownLatch(3);
      long tag = loop.watch(counter.fd(), Events.EPOLLIN, events -> {
        try {
          assertThat(counter.take()).isPositive();
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
        seen.countDown();
      });
      while (!seen.await(1, TimeUnit.MILLISECONDS)) {
        counter.signal(1);
      }
      loop.unwatch(tag);
    }
  }

  @Test
  void nothingIsAcceptedAfterTheEnd() {
    assertThat(loop.end(10_000, () -> {})).isTrue();
    assertThatThrownBy(() -> loop.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
  }
}
