package dev.portfire.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.devices.Rounds;
import dev.portfire.devices.virtio.FakeDriver.Part;
import dev.portfire.devices.virtio.FakeDriver.Used;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The queue that another process is given, with that process played here. */
class VirtioVhostBlockTest {
  private static final long SHARED = 8 << 20;

  /** Keeps heads of requests until the test has them answered. */
  private static final class FakeBackEnd implements VhostBackEnd {
    private final MemorySegment rings = Arena.ofAuto().allocate(VirtioVhostBlock.RINGS_LENGTH, 4096);
    private final List<Integer> heads = new ArrayList<>();
    private int seen;
    private int used;
    private int size;
    private long accepted;
    private boolean dead;
    private byte first = 7;

    @Override
    public long features() {
      return 1L << 5 | 1L << 9 | 1L << 12 | 1L << 32;
    }

    @Override
    public byte[] config() {
      byte[] config = new byte[CONFIG_LENGTH];
      config[0] = first;
      return config;
    }

    @Override
    public MemorySegment rings() {
      return rings;
    }

    @Override
    public boolean shares(long address, long length) {
      return address >= 0 && length <= SHARED && address <= SHARED - length;
    }

    @Override
    public void start(long features, int newSize) throws IOException {
      if (dead) {
        throw new IOException("it is dead");
      }
      accepted = features;
      size = newSize;
    }

    @Override
    public void kick() {
      int end = rings.get(ValueLayout.JAVA_SHORT, VirtioVhostBlock.AVAILABLE + 2) & 0xffff;
      for (; seen != end; seen = seen + 1 & 0xffff) {
        heads.add((int) rings.get(ValueLayout.JAVA_SHORT, VirtioVhostBlock.AVAILABLE + 4 + 2L * (seen & size - 1)));
      }
    }

    /** The descriptors of a request: address, length, flags. */
    private List<List<Long>> descriptors(int head) {
      List<List<Long>> all = new ArrayList<>();
      int at = head;
      while (true) {
        int flags = rings.get(ValueLayout.JAVA_SHORT, 16L * at + 12);
        all.add(List.of(
            rings.get(ValueLayout.JAVA_LONG, 16L * at), (long) rings.get(ValueLayout.JAVA_INT, 16L * at + 8), (long) flags));
        if ((flags & 1) == 0) {
          return all;
        }
        at = rings.get(ValueLayout.JAVA_SHORT, 16L * at + 14);
      }
    }

    void answer(int head, int written) {
      long element = VirtioVhostBlock.USED + 4 + 8L * (used & size - 1);
      rings.set(ValueLayout.JAVA_INT, element, head);
      rings.set(ValueLayout.JAVA_INT, element + 4, written);
      used = used + 1 & 0xffff;
      rings.set(ValueLayout.JAVA_SHORT, VirtioVhostBlock.USED + 2, (short) used);
    }
  }

  private final FakeBackEnd backEnd = new FakeBackEnd();
  private final VirtioVhostBlock device = make(backEnd, true);
  private final FakeDriver driver = new FakeDriver(device, 16);

  private static VirtioVhostBlock make(FakeBackEnd backEnd, boolean durable) {
    try {
      return new VirtioVhostBlock(backEnd, durable);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private int request(int length) {
    return driver.add(
        0, new Part(0x50_0000, 16, false), new Part(0x50_1000, length, true), new Part(0x50_3000, 1, true));
  }

  @Test
  void requestsGoThereAndComeBack() {
    driver.start();
    assertThat(backEnd.accepted).isEqualTo(1L << 5 | 1L << 9 | 1L << 32);
    List<Long> written = new ArrayList<>();
    List<Integer> usedThen = new ArrayList<>();
    driver.memory.observeWrites((address, length) -> {
      if (address == 0x50_1000) {
        written.add(length);
        usedThen.add(driver.returned(0).size());
      }
    });
    int first = request(512);
    int second = request(1024);
    driver.kick(0);
    assertThat(backEnd.heads).hasSize(2);
    assertThat(backEnd.descriptors(backEnd.heads.get(1)))
        .containsExactly(List.of(0x50_0000L, 16L, 1L), List.of(0x50_1000L, 1024L, 3L), List.of(0x50_3000L, 1L, 2L));
    assertThat(driver.returned(0)).isEmpty();
    backEnd.answer(backEnd.heads.get(1), 1025);
    device.called();
    assertThat(written).containsExactly(1024L);
    assertThat(usedThen).as("decoded code is dropped before the guest knows").containsExactly(0);
    assertThat(driver.returned(0)).containsExactly(new Used(second, 1025));
    backEnd.answer(backEnd.heads.get(0), 513);
    device.called();
    assertThat(driver.returned(0)).containsExactly(new Used(first, 513));
  }

  @Test
  void thereIsAlwaysRoomInTheEnd() {
    driver.start();
    SplittableRandom random = new SplittableRandom(1);
    int open = 0;
    for (int k = 0; k < 3000; k++) {
      if (open < 5 && random.nextBoolean()) {
        int unused = request(512 * random.nextInt(4));
        driver.kick(0);
        open++;
      } else if (!backEnd.heads.isEmpty()) {
        backEnd.answer(backEnd.heads.remove(random.nextInt(backEnd.heads.size())), 1);
        device.called();
        assertThat(driver.returned(0)).hasSize(1);
        open--;
      }
    }
  }

  @Test
  void memoryThatIsNotSharedIsNotNamed() {
    driver.start();
    int head = driver.add(0, new Part(SHARED - 4, 16, false), new Part(0x50_3000, 1, true));
    driver.kick(0);
    assertThat(backEnd.heads).isEmpty();
    assertThat(driver.returned(0)).containsExactly(new Used(head, 0));
  }

  @Test
  void whatTheOtherSideCannotHaveDoneEndsIt() {
    driver.start();
    int unused = request(512);
    driver.kick(0);
    backEnd.answer(15, 1);
    device.called();
    assertThat(driver.returned(0)).isEmpty();
    backEnd.answer(backEnd.heads.get(0), 1);
    device.called();
    assertThat(driver.returned(0)).as("nothing is believed any more").isEmpty();
  }

  @Test
  void anImpossibleIndexEndsIt() {
    driver.start();
    int unused = request(512);
    driver.kick(0);
    backEnd.rings.set(ValueLayout.JAVA_SHORT, VirtioVhostBlock.USED + 2, (short) 17);
    device.called();
    assertThat(driver.returned(0)).isEmpty();
  }

  @Test
  void itCannotBeReset() {
    driver.write(0x70, 0);
    driver.start();
    driver.write(0x70, 0);
    assertThat(driver.read(0x70) & 0x80).as("FAILED").isNotZero();
    driver.write(0x70, 0);
    driver.write(0x70, 1);
    assertThat(driver.read(0x70) & 0x80).isNotZero();
    int unused = request(512);
    driver.kick(0);
    assertThat(backEnd.heads).isEmpty();
  }

  @Test
  void itsSizeMayChange() throws IOException {
    driver.start();
    assertThat(driver.read(0x100)).isEqualTo(7);
    backEnd.first = 9;
    assertThat(driver.read(0x100)).isEqualTo(7);
    device.refresh();
    assertThat(driver.read(0x100)).isEqualTo(9);
    assertThat(driver.read(0x60) & 2).as("the driver is told").isNotZero();
  }

  @Test
  void aBackEndThatIsGoneIsNoFault() {
    backEnd.dead = true;
    driver.start();
    int unused = request(512);
    driver.kick(0);
    assertThat(driver.returned(0)).isEmpty();
    assertThat(device.counters().values().get("activate_fails")).isEqualTo(1);
  }

  /** Both sides do anything at all. */
  @Test
  void anyDriverAndAnyBackEndLeaveItAlive() {
    Rounds.run(200, random -> {
      FakeBackEnd hostile = new FakeBackEnd();
      VirtioVhostBlock shared = make(hostile, random.nextBoolean());
      FakeDriver with = new FakeDriver(shared, 16).start();
      for (int step = 0; step < 400; step++) {
        switch (random.nextInt(8)) {
          case 0 -> {
            if (!hostile.heads.isEmpty()) {
              hostile.answer(hostile.heads.remove(random.nextInt(hostile.heads.size())), random.nextInt());
              shared.called();
            }
          }
          case 1 -> {
            if (random.nextInt(40) == 0) {
              hostile.rings.set(ValueLayout.JAVA_INT, 4L * random.nextInt(VirtioVhostBlock.RINGS_LENGTH / 4), random.nextInt());
              shared.called();
            }
          }
          case 2 -> {
            if (random.nextInt(40) == 0) {
              with.memory.writeLong(with.descriptors(0) + 8L * random.nextInt(0x600), random.nextLong());
              with.kick(0);
            }
          }
          default -> {
            Part[] parts = new Part[1 + random.nextInt(5)];
            for (int k = 0; k < parts.length; k++) {
              long address = random.nextInt(10) == 0 ? random.nextLong() : random.nextLong(SHARED);
              parts[k] = new Part(address, random.nextInt(1 << 16), random.nextBoolean());
            }
            int unused = with.add(0, parts);
            with.kick(0);
          }
        }
      }
      // A driver or a back end that is broken stops the queue; nothing else does.
      assertThat(with.read(0x70)).isIn(15, 15 | 0x40);
      with.memory.close();
    });
  }

  @Test
  void flushesAreOfferedOnWishOnly() {
    assertThat(device.features()).isEqualTo(1L << 29 | 1L << 5 | 1L << 9);
    assertThat(make(new FakeBackEnd(), false).features()).isEqualTo(1L << 29 | 1L << 5);
  }
}
