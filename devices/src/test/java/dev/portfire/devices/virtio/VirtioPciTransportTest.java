package dev.portfire.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.devices.FakeTimers;
import dev.portfire.devices.RateLimiter;
import dev.portfire.devices.Rounds;
import dev.portfire.devices.SnapshotTest;
import dev.portfire.devices.Snapshotable;
import dev.portfire.devices.pci.MessageSink;
import dev.portfire.devices.pci.PciBus;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.IoBus;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A device on a PCI bus, driven through ports and memory as a guest does. */
class VirtioPciTransportTest {
  private static final long BASE = PciBus.WINDOW + 5 * VirtioPciTransport.REGION_LENGTH;
  private static final int RINGS = 0x1_0000;
  private static final int TABLE = 0x8000;
  private static final int PENDING = 0x4_8000;

  private final GuestMemory memory = GuestMemory.allocate(1 << 20);
  private final List<String> messages = new ArrayList<>();
  private int reroutes;
  private final IoBus ports = new IoBus("pio");
  private final IoBus mmio = new IoBus("mmio");
  private final PciBus bus = new PciBus();
  private final VirtioPciTransport transport = transport();

  private VirtioPciTransport transport() {
    VirtioRng rng = new VirtioRng(new SplittableRandom(3), RateLimiter.unlimited(new FakeTimers()));
    MessageSink sink = new MessageSink() {
      @Override
      public void send(long address, int data) {
        messages.add("%x=%x".formatted(address, data));
      }

      @Override
      public void rerouted() {
        reroutes++;
      }
    };
    return new VirtioPciTransport(rng, memory, BASE, sink, new FakeDriver.Direct());
  }

  VirtioPciTransportTest() {
    assertThat(bus.add(transport)).isEqualTo(1);
    bus.attach(ports, mmio);
  }

  @AfterEach
  void close() {
    memory.close();
  }

  private void select(int device, int register) {
    ports.write(0xcf8, 4, 0x8000_0000L | device << 11 | register & 0xfc);
  }

  private long config(int register, int size) {
    select(1, register);
    return ports.read(0xcfc + (register & 3), size);
  }

  private void setConfig(int register, int size, long value) {
    select(1, register);
    ports.write(0xcfc + (register & 3), size, value);
  }

  private long read(int offset, int size) {
    return mmio.read(BASE + offset, size);
  }

  private void write(int offset, int size, long value) {
    mmio.write(BASE + offset, size, value);
  }

  @Test
  void tellsWhenAMessageThatPassesGoesElsewhere() {
    setConfig(4, 2, 6);
    write(TABLE, 8, 0xfee0_0000L);
    write(TABLE + 12, 4, 0);
    assertThat(reroutes).as("no message passes yet").isZero();
    setConfig(0x9a, 2, 0x8000);
    assertThat(reroutes).as("one of two does").isEqualTo(1);
    write(TABLE + 8, 4, 0x41);
    assertThat(reroutes).isEqualTo(2);
    write(TABLE + 16 + 8, 4, 0x42);
    setConfig(0x9a, 2, 0xc000);
    write(TABLE + 8, 4, 0x43);
    assertThat(reroutes).as("masked, by itself or with all").isEqualTo(2);
    setConfig(0x9a, 2, 0x8000);
    assertThat(reroutes).isEqualTo(3);
  }

  private void start() {
    setConfig(4, 2, 6);
    setConfig(0x9a, 2, 0x8000);
    for (int vector = 0; vector < 2; vector++) {
      write(TABLE + 16 * vector, 8, 0xfee0_0000L + 0x1000 * vector);
      write(TABLE + 16 * vector + 8, 4, 0x40 + vector);
      write(TABLE + 16 * vector + 12, 4, 0);
    }
    write(0x14, 1, 1);
    write(0x14, 1, 3);
    write(0x08, 4, 1);
    write(0x0c, 4, 1);
    write(0x14, 1, 11);
    write(0x10, 2, 0);
    write(0x16, 2, 0);
    write(0x18, 2, 16);
    write(0x1a, 2, 1);
    write(0x20, 8, RINGS);
    write(0x28, 4, RINGS + 0x1000);
    write(0x2c, 4, 0);
    write(0x30, 8, RINGS + 0x2000);
    write(0x1c, 2, 1);
    write(0x14, 1, 15);
    assertThat(read(0x14, 1)).isEqualTo(15);
  }

  /** Asks for 64 bytes of entropy. */
  private void request() {
    int index = memory.readShort(RINGS + 0x1002);
    memory.writeLong(RINGS, 0x8000);
    memory.writeInt(RINGS + 8, 64);
    memory.writeShort(RINGS + 12, 2);
    memory.writeShort(RINGS + 0x1004 + 2 * (index & 15), 0);
    memory.writeShort(RINGS + 0x1002, index + 1);
    write(VirtioPciTransport.NOTIFY, 2, 0);
  }

  @Test
  void theBusShowsBridgeDeviceAndNothingElse() {
    select(0, 0);
    assertThat(ports.read(0xcfc, 4)).isEqualTo(0x0d57_8086);
    assertThat(config(0, 4)).isEqualTo(0x1044_1af4);
    assertThat(config(8, 4)).isEqualTo(0xffff_0001L);
    assertThat(config(2, 2)).isEqualTo(0x1044);
    select(2, 0);
    assertThat(ports.read(0xcfc, 4)).isEqualTo(0xffff_ffffL);
    assertThat(mmio.read(PciBus.CONFIG_MEMORY + (1 << 15), 4)).isEqualTo(0x1044_1af4);
    assertThat(mmio.read(PciBus.CONFIG_MEMORY + (1 << 15 | 1 << 12), 4)).as("no other function").isEqualTo(0xffff_ffffL);
    assertThat(mmio.read(PciBus.CONFIG_MEMORY + (1 << 15) + 0x100, 4)).as("no extended capability").isZero();
    ports.write(0xcf8, 4, 0);
    assertThat(ports.read(0xcfc, 4)).isEqualTo(0xffff_ffffL);
  }

  @Test
  void capabilitiesNameThePartsOfTheRegion() {
    List<String> found = new ArrayList<>();
    for (int at = (int) config(0x34, 1); at != 0; at = (int) config(at + 1, 1)) {
      found.add(config(at, 1) == 9
          ? "%d@%x+%x".formatted(config(at + 3, 1), config(at + 8, 4), config(at + 12, 4))
          : "msix %x %x %x".formatted(config(at + 2, 2), config(at + 4, 4), config(at + 8, 4)));
    }
    assertThat(found)
        .containsExactly(
            "1@0+38", "3@2000+1", "4@4000+1000", "2@6000+1000", "5@0+0", "msix 1 8000 48000");
  }

  @Test
  void theRegionIsSizedMovedAndSwitchedOff() {
    assertThat(read(0x12, 2)).as("off").isEqualTo(0xffff);
    setConfig(4, 2, 2);
    assertThat(read(0x12, 2)).isEqualTo(1);
    setConfig(0x10, 4, 0xffff_ffffL);
    setConfig(0x14, 4, 0xffff_ffffL);
    assertThat(config(0x10, 4)).isEqualTo(0xfff8_0004L);
    assertThat(config(0x14, 4)).isEqualTo(0xffff_ffffL);
    setConfig(0x10, 4, 0x0100_0000);
    setConfig(0x14, 4, 0x41);
    assertThat(read(0x12, 2)).isEqualTo(0xffff);
    assertThat(mmio.read(0x41_0100_0000L + 0x12, 2)).isEqualTo(1);
  }

  @Test
  void requestsAreServedAndInterruptByMessage() {
    start();
    request();
    assertThat(memory.readInt(RINGS + 0x2008)).isEqualTo(64);
    assertThat(memory.readLong(0x8000)).isNotZero();
    assertThat(messages).containsExactly("fee01000=41");
    assertThat(read(0x2000, 1)).isZero();
  }

  @Test
  void maskedMessagesWait() {
    start();
    write(TABLE + 16 + 12, 4, 1);
    request();
    assertThat(messages).isEmpty();
    assertThat(read(PENDING, 8)).isEqualTo(2);
    write(TABLE + 16 + 12, 4, 0);
    assertThat(messages).hasSize(1);
    assertThat(read(PENDING, 8)).isZero();
    setConfig(0x9a, 2, 0xc000);
    request();
    assertThat(messages).hasSize(1);
    setConfig(0x9a, 2, 0x8000);
    assertThat(messages).hasSize(2);
    assertThat(read(TABLE, 2)).as("neither 4 nor 8 bytes").isEqualTo(-1);
    write(TABLE, 2, 77);
    assertThat(read(TABLE, 4)).isEqualTo(0xfee0_0000L);
  }

  @Test
  void queuesCannotBeChangedWhileTheyAreUsed() {
    start();
    write(0x20, 8, 0x5000);
    write(0x18, 2, 8);
    write(0x1c, 2, 0);
    assertThat(read(0x20, 4)).isEqualTo(RINGS);
    assertThat(read(0x18, 2)).isEqualTo(16);
    assertThat(read(0x1c, 2)).isEqualTo(1);
    write(0x1a, 2, 7);
    assertThat(read(0x1a, 2)).as("there is no such message").isEqualTo(0xffff);
    write(0x16, 2, 3);
    assertThat(read(0x18, 2)).isZero();
    assertThat(read(0x1e, 2)).isZero();
  }

  @Test
  void aResetTakesEverythingBack() {
    start();
    write(0x14, 1, 0);
    assertThat(read(0x14, 1)).isZero();
    assertThat(read(0x10, 2)).isEqualTo(0xffff);
    assertThat(read(0x1a, 2)).isEqualTo(0xffff);
    assertThat(read(0x20, 4)).isZero();
    memory.fill(RINGS, 0x3000, (byte) 0);
    start();
    request();
    assertThat(messages).hasSize(1);
  }

  @Test
  void theConfigurationSpaceIsAWindowToo() {
    start();
    setConfig(0x84 + 4, 1, 0);
    setConfig(0x84 + 8, 4, 0x14);
    setConfig(0x84 + 12, 4, 1);
    assertThat(config(0x84 + 16, 1)).isEqualTo(15);
    setConfig(0x84 + 16, 1, 0);
    assertThat(read(0x14, 1)).isZero();
    setConfig(0x84 + 8, 4, 0xffff_fff0L);
    assertThat(config(0x84 + 16, 1)).isEqualTo(0xff);
  }

  @Test
  void whatIsTakenAwayIsGoneAndItsSlotFree() {
    start();
    request();
    int told = messages.size();
    bus.remove(transport);
    transport.remove();
    assertThat(config(0, 4)).isEqualTo(0xffff_ffffL);
    assertThat(read(0x14, 1)).isEqualTo(0xff);
    transport.queueNotified(0);
    assertThat(messages).hasSize(told);
    for (int slot = 1; slot < PciBus.SLOTS; slot++) {
      assertThat(bus.freeSlot()).isEqualTo(slot);
      assertThat(bus.add(transport())).isEqualTo(slot);
    }
    assertThat(bus.freeSlot()).isEqualTo(-1);
    assertThat(bus.add(transport())).isEqualTo(-1);
    bus.remove(transport);
    assertThat(bus.freeSlot()).as("it had left already").isEqualTo(-1);
  }

  @Test
  void anyAccessLeavesItAlive() {
    Rounds.run(200, random -> {
      start();
      for (int step = 0; step < 300; step++) {
        int size = 1 << random.nextInt(4);
        long value = random.nextBoolean() ? random.nextInt(20) : random.nextLong();
        int offset = random.nextBoolean() ? random.nextInt(0x40) : random.nextInt(0x8_0000);
        switch (random.nextInt(6)) {
          case 0 -> setConfig(random.nextInt(256) & -Math.min(4, size), Math.min(4, size), value);
          case 1 -> write(offset & -size, size, value);
          case 2 -> {
            long unused = read(offset & -size, size);
          }
          case 3 -> mmio.write(PciBus.CONFIG_MEMORY + (random.nextInt(1 << 20) & -size), size, value);
          case 4 -> memory.writeLong(RINGS + 8L * random.nextInt(0x600), random.nextLong());
          default -> request();
        }
      }
      setConfig(0x10, 4, (int) BASE);
      setConfig(0x14, 4, BASE >>> 32);
      setConfig(4, 2, 6);
      write(0x14, 1, 0);
      memory.fill(RINGS, 0x3000, (byte) 0);
      messages.clear();
      start();
      request();
      assertThat(memory.readInt(RINGS + 0x2008)).isEqualTo(64);
      assertThat(messages).isNotEmpty();
      write(0x14, 1, 0);
      memory.fill(RINGS, 0x3000, (byte) 0);
    });
  }

  /** Registers, queue, configuration space and messages. */
  @Nested
  class Snapshot extends SnapshotTest<Snapshotable<VirtioPciTransport.State>, VirtioPciTransport.State> {
    @Override
    protected Snapshotable<VirtioPciTransport.State> fresh() {
      return transport();
    }

    @Override
    protected void disturb(Snapshotable<VirtioPciTransport.State> device) {
      VirtioPciTransport other = (VirtioPciTransport) device;
      other.writeConfig(0x14, 4, 0x42);
      other.writeConfig(4, 2, 2);
      long where = 0x42L << 32 | BASE & 0xffff_ffffL;
      assertThat(other.decodes(where)).isTrue();
      other.writeMemory(where + 0x14, 1, 1);
      other.writeMemory(where + 0x10, 2, 1);
      other.writeMemory(where + TABLE, 4, 0x1234);
    }

    @Override
    protected void disturbAgain(Snapshotable<VirtioPciTransport.State> device) {
      ((VirtioPciTransport) device).writeConfig(0x3c, 1, 9);
    }
  }
}
