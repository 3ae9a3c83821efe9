package dev.portfire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DescriptorTest {
  private static final long FIONREAD = 0x541b;

  @Test
  void aFileIsOpenedReadAndClosed() throws SystemCallException {
    try (Descriptor file = Descriptor.open("/proc/self/stat", Descriptor.O_CLOEXEC);
        Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(4096);
      long count = file.read(buffer, 0);
      assertThat(count).isPositive();
      buffer.set(ValueLayout.JAVA_BYTE, count, (byte) 0);
      assertThat(buffer.getString(0)).startsWith(ProcessHandle.current().pid() + " (");
    }
  }

  @Test
  void failuresNameCallArgumentsAndError() throws SystemCallException {
    assertThatThrownBy(() -> Descriptor.open("/none/file", 0))
        .hasMessage("open(\"/none/file\", 0x0): No such file or directory (errno 2)");
    try (Descriptor file = Descriptor.open("/dev/null", Descriptor.O_RDWR | Descriptor.O_CLOEXEC)) {
      assertThatThrownBy(() -> file.ioctl("FIONREAD", FIONREAD, 16))
          .hasMessage("ioctl(%d, FIONREAD, 0x10): Inappropriate ioctl for device (errno 25)".formatted(file.fd()));
      assertThat(file.repeated(FIONREAD).call()).isEqualTo(-SystemCallException.ENOTTY);
    }
  }

  @Test
  void eventsAreCountedAndWaitedFor() throws SystemCallException {
    try (Events.Counter counter = new Events.Counter();
        Events.Poll poll = new Events.Poll()) {
      assertThat(counter.take()).isZero();
      poll.add(counter.fd(), Events.EPOLLIN, 77);
      assertThat(poll.await(0)).isEmpty();
      counter.signal(2);
      counter.signal(3);
      assertThat(poll.await(-1)).isEqualTo(List.of(new Events.Poll.Event(77, Events.EPOLLIN)));
      assertThat(counter.take()).isEqualTo(5);
      poll.remove(counter.fd());
      counter.signal(1);
      assertThat(poll.await(0)).isEmpty();
    }
  }

  @Test
  void aWokenThreadLeavesItsSystemCall() throws SystemCallException, InterruptedException {
    Threads.enableWaking();
    try (Events.Poll poll = new Events.Poll()) {
      AtomicInteger number = new AtomicInteger();
      CountDownLatch started = new CountDownLatch(1);
      Thread sleeper = Thread.ofPlatform().start(() -> {
        number.set(Threads.current());
        started.countDown();
        try {
          // With nothing to wait for, only a signal ends this.
          poll.await(-1);
        } catch (SystemCallException e) {
          throw new IllegalStateException(e);
        }
      });
      started.await();
      while (sleeper.isAlive()) {
        // The thread may not be in the call yet.
        try {
          Threads.wake(number.get());
        } catch (SystemCallException e) {
          // It has just ended.
          assertThat(e.errno()).isEqualTo(3);
        }
        Thread.sleep(1);
      }
      sleeper.join();
    }
  }

  @Test
  void clocksAndProcessAttributes() throws SystemCallException {
    long before = System.nanoTime();
    long monotonic = ProcessCalls.clock(ProcessCalls.CLOCK_MONOTONIC);
    assertThat(monotonic).isBetween(before, System.nanoTime());
    assertThat(ProcessCalls.prctl(ProcessCalls.PR_SET_TIMERSLACK, 0)).isZero();
    assertThatThrownBy(() -> ProcessCalls.clock(999)).hasMessage("clock_gettime(999): Invalid argument (errno 22)");
  }
}
