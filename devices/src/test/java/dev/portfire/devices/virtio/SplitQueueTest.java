package dev.portfire.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.devices.FakeTimers;
import dev.portfire.devices.RateLimiter;
import dev.portfire.devices.virtio.FakeDriver.Part;
import dev.portfire.machine.GuestMemory;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SplitQueueTest {
  /** The driver only lends its rings; this queue is looked at directly. */
  private static VirtioRng rng(long seed) {
    return new VirtioRng(new SplittableRandom(seed), RateLimiter.unlimited(new FakeTimers()));
  }

  private final FakeDriver driver = new FakeDriver(rng(1), 8);

  private final GuestMemory memory = driver.memory;
  private final SplitQueue queue = new SplitQueue(memory, 256);

  @BeforeEach
  void setUp() {
    queue.setSize(8);
    queue.setDescriptors(driver.descriptors(0));
    queue.setAvailable(driver.available(0));
    queue.setUsed(driver.used(0));
    queue.setReady(true);
    assertThat(queue.valid()).isTrue();
  }

  private Chain pop() {
    return Objects.requireNonNull(queue.pop());
  }

  @Test
  void chainsComeInOrderAndWrapAround() {
    for (int i = 0; i < 100; i++) {
      int head = driver.add(0, driver.readable(new byte[] {(byte) i}), driver.writable(4));
      Chain chain = pop();
      assertThat(chain.head()).isEqualTo(head);
      assertThat(chain.buffers()).extracting(Chain.Buffer::writable).containsExactly(false, true);
      byte[] data = new byte[2];
      assertThat(chain.read(memory, data)).isEqualTo(1);
      assertThat(data[0]).isEqualTo((byte) i);
      queue.push(chain, 3);
      assertThat(driver.returned(0)).containsExactly(new FakeDriver.Used(head, 3));
      assertThat(queue.pop()).isNull();
    }
  }

  @Test
  void ringsMustBeAlignedAndInMemory() {
    queue.setDescriptors(driver.descriptors(0) + 8);
    assertThat(queue.valid()).isFalse();
    queue.setDescriptors(memory.size() - 8 * 16 + 16);
    assertThat(queue.valid()).isFalse();
    queue.setDescriptors(memory.size() - 8 * 16);
    assertThat(queue.valid()).isTrue();
    queue.setAvailable(driver.available(0) + 1);
    assertThat(queue.valid()).isFalse();
    queue.setAvailable(-2);
    assertThat(queue.valid()).isFalse();
    queue.setAvailable(driver.available(0));
    queue.setUsed(driver.used(0) + 2);
    assertThat(queue.valid()).isFalse();
    queue.setUsed(driver.used(0));
    for (int size : new int[] {0, 3, 512, 0xffff}) {
      queue.setSize(size);
      assertThat(queue.valid()).as("size %d", size).isFalse();
    }
  }

  @Test
  void anIndexThatRunsAwayIsAnError() {
    memory.writeShort(driver.available(0) + 2, 9);
    assertThatThrownBy(queue::pop).isInstanceOf(QueueException.class).hasMessageContaining("ahead");
  }

  @Test
  void aHeadThatDoesNotExistStaysWhereItIs() {
    driver.publish(0, 8);
    assertThat(queue.pop()).isNull();
    assertThat(queue.enableNotification()).as("no reason to look again").isFalse();
    assertThat(queue.pop()).isNull();
  }

  @Test
  void aHeadWithABadSuccessorIsRefusedAndALaterOneEndsTheChain() {
    Part part = driver.writable(16);
    driver.descriptor(0, 0, part, 1);
    driver.descriptor(0, 1, part, 99);
    driver.publish(0, 0);
    assertThat(pop().buffers()).hasSize(1);
    driver.publish(0, 1);
    assertThat(queue.pop()).isNull();
    assertThat(queue.enableNotification()).as("no reason to look again").isFalse();
  }

  @Test
  void aLoopEndsAfterAsManyStepsAsDescriptors() {
    Part part = driver.writable(16);
    driver.descriptor(0, 0, part, 1);
    driver.descriptor(0, 1, part, 0);
    driver.publish(0, 0);
    assertThat(pop().buffers()).hasSize(8);
  }

  @Test
  void aChainCanBePutBack() {
    driver.add(0, driver.writable(1));
    Chain first = pop();
    assertThat(queue.hasAvailable()).isFalse();
    queue.undoPop();
    assertThat(queue.hasAvailable()).isTrue();
    assertThat(pop()).isEqualTo(first);
  }

  @Test
  void anInterruptComesUnlessTheDriverDeclines() {
    assertThat(queue.needsInterrupt()).as("nothing used").isFalse();
    for (int flag : List.of(0, 1)) {
      memory.writeShort(driver.available(0), flag);
      driver.add(0, driver.writable(1));
      queue.push(pop(), 0);
      assertThat(queue.needsInterrupt()).isEqualTo(flag == 0);
      assertThat(queue.needsInterrupt()).as("told once").isFalse();
    }
  }

  @Test
  void withEventIndicesAnInterruptComesAtTheIndexAskedFor() {
    queue.setEventIndex(true);
    long event = driver.available(0) + 4 + 2 * 8;
    driver.add(0, driver.writable(1));
    queue.push(pop(), 0);
    assertThat(queue.needsInterrupt()).isTrue();
    memory.writeShort(event, 2);
    driver.add(0, driver.writable(1));
    queue.push(pop(), 0);
    assertThat(queue.needsInterrupt()).as("entry 1, asked for 2").isFalse();
    driver.add(0, driver.writable(1));
    queue.push(pop(), 0);
    assertThat(queue.needsInterrupt()).isTrue();
  }

  @Test
  void withEventIndicesTheDeviceSaysWhenToNotify() {
    queue.setEventIndex(true);
    long event = driver.used(0) + 4 + 8 * 8;
    driver.add(0, driver.writable(1));
    assertThat(queue.enableNotification()).as("one came in before").isTrue();
    Chain unused = pop();
    assertThat(queue.enableNotification()).isFalse();
    assertThat(memory.readShort(event)).isEqualTo(1);
  }

  @Test
  void aSavedQueueGoesOn() {
    driver.add(0, driver.writable(1));
    queue.push(pop(), 0);
    int second = driver.add(0, driver.writable(1));
    SplitQueue other = new SplitQueue(memory, 256);
    other.restore(queue.save());
    assertThat(other.save()).isEqualTo(queue.save());
    assertThat(Objects.requireNonNull(other.pop()).head()).isEqualTo(second);
  }

  @Test
  void aSavedQueueThatCannotBeIsRefused() {
    SplitQueue.State good = queue.save();
    SplitQueue other = new SplitQueue(memory, 256);
    SplitQueue.State outside = new SplitQueue.State(8, true, 1L << 40, good.available(), good.used(), 0, 0);
    assertThatThrownBy(() -> other.restore(outside)).isInstanceOf(IllegalArgumentException.class);
    SplitQueue.State ahead =
        new SplitQueue.State(8, true, good.descriptors(), good.available(), good.used(), 0x8000, 0);
    assertThatThrownBy(() -> other.restore(ahead)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void buffersOfAnyLengthAddUp() {
    driver.add(0, new Part(0, -1, false), new Part(0, -1, false), new Part(0, 5, true));
    Chain chain = pop();
    assertThat(chain.readableLength()).isEqualTo(2 * 0xffff_ffffL);
    assertThat(chain.writableLength()).isEqualTo(5);
    assertThat(chain.ordered()).isTrue();
  }
}
