package dev.portfire.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.devices.SnapshotTest;
import dev.portfire.devices.Snapshotable;
import dev.portfire.devices.virtio.FakeDriver.Part;
import dev.portfire.devices.virtio.FakeDriver.Used;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VirtioMemTest {
  private static final long START = 0x80_0800_0000L;
  private static final long MIB = 1 << 20;
  private static final int PLUG = 0;
  private static final int UNPLUG = 1;
  private static final int UNPLUG_ALL = 2;
  private static final int STATE = 3;

  private final List<String> changes = new ArrayList<>();
  private final VirtioMem mem = device();
  private final FakeDriver driver = new FakeDriver(mem, 32).start();

  private VirtioMem device() {
    return new VirtioMem(
        START,
        1024 * MIB,
        2 * MIB,
        128 * MIB,
        (address, length, plugged) ->
            changes.add((plugged ? "+" : "-") + (address - START) / MIB + ":" + length / MIB));
  }

  /** Sends a request and returns the response's type, times 10 plus the state; −1 for no response. */
  private int request(int type, long address, int blocks) {
    byte[] request = ByteBuffer.allocate(24)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) type)
        .position(8)
        .putLong(address)
        .putShort((short) blocks)
        .array();
    Part response = driver.writable(10);
    driver.send(0, driver.readable(request), response);
    Used used = driver.returned(0).getFirst();
    assertThat(used.length()).isIn(0, 10);
    return used.length() == 0
        ? -1
        : driver.memory.readShort(response.address()) * 10 + driver.memory.readShort(response.address() + 8);
  }

  @Test
  void configurationSpaceFollowsTheRequests() {
    assertThat(driver.transport.read(0x100, 8)).isEqualTo(2 * MIB);
    assertThat(driver.transport.read(0x110, 8)).isEqualTo(START);
    assertThat(driver.transport.read(0x118, 8)).isEqualTo(1024 * MIB);
    assertThat(driver.transport.read(0x120, 8)).isZero();
    assertThat(mem.request(130 * MIB)).isTrue();
    assertThat(driver.acknowledge() & 2).isEqualTo(2);
    assertThat(driver.transport.read(0x120, 8)).as("whole slots").isEqualTo(256 * MIB);
    assertThat(driver.transport.read(0x130, 8)).isEqualTo(130 * MIB);
    assertThat(mem.request(2 * MIB)).isTrue();
    assertThat(driver.transport.read(0x120, 8)).as("never less").isEqualTo(256 * MIB);
    assertThat(request(PLUG, START, 1)).isZero();
    assertThat(driver.transport.read(0x128, 8)).isEqualTo(2 * MIB);
  }

  @Test
  void blocksArePluggedAndUnplugged() {
    assertThat(request(PLUG, START, 1)).as("nothing was asked for").isEqualTo(30);
    assertThat(mem.request(64 * MIB)).isTrue();
    assertThat(request(PLUG, START + 2 * MIB, 4)).isZero();
    assertThat(request(PLUG, START + 4 * MIB, 1)).as("plugged already").isEqualTo(30);
    assertThat(request(PLUG, START + 64 * MIB, 29)).as("more than asked for").isEqualTo(30);
    assertThat(request(PLUG, START + 64 * MIB, 28)).isZero();
    assertThat(request(STATE, START, 1)).isEqualTo(1);
    assertThat(request(STATE, START + 2 * MIB, 4)).isZero();
    assertThat(request(STATE, START, 2)).isEqualTo(2);
    assertThat(request(UNPLUG, START, 2)).as("not all of it is plugged").isEqualTo(30);
    assertThat(request(UNPLUG, START + 4 * MIB, 2)).isZero();
    assertThat(mem.pluggedSize()).isEqualTo(60 * MIB);
    assertThat(request(UNPLUG_ALL, 0, 0)).isZero();
    assertThat(mem.pluggedSize()).isZero();
    assertThat(changes).containsExactly("+2:8", "+64:56", "-4:4", "-2:2", "-8:2", "-64:56");
    assertThat(request(STATE, START, 1)).as("nothing is usable any more").isEqualTo(30);
  }

  @Test
  void wrongPlacesAreErrors() {
    assertThat(mem.request(256 * MIB)).isTrue();
    for (int type : new int[] {PLUG, UNPLUG, STATE}) {
      assertThat(request(type, START, 0)).isEqualTo(30);
      assertThat(request(type, START + MIB, 1)).isEqualTo(30);
      assertThat(request(type, START - 2 * MIB, 1)).isEqualTo(30);
      assertThat(request(type, START + 254 * MIB, 2)).isEqualTo(30);
      assertThat(request(type, START + (1L << 40), 1)).isEqualTo(30);
      assertThat(request(type, -2 * MIB, 0xffff)).isEqualTo(30);
    }
    assertThat(request(9, START, 1)).isEqualTo(-1);
    driver.send(0, driver.readable(new byte[23]), driver.writable(10));
    driver.send(0, driver.readable(new byte[24]), driver.writable(9));
    driver.send(0, driver.writable(10), driver.readable(new byte[24]));
    driver.send(0, new Part(1L << 40, 24, false), driver.writable(10));
    assertThat(driver.returned(0)).hasSize(4).allMatch(used -> used.length() == 0);
    assertThat(changes).isEmpty();
  }

  @Test
  void aDriverThatMayTouchUnpluggedMemoryIsRefused() {
    FakeDriver careless = new FakeDriver(device(), 16);
    careless.write(0x70, 1);
    careless.write(0x70, 3);
    careless.write(0x24, 1);
    careless.write(0x20, 1);
    careless.write(0x70, 11);
    assertThat(careless.read(0x70)).isEqualTo(3);
  }

  @Test
  void withoutADriverNothingIsRequested() {
    assertThat(device().request(2 * MIB)).isFalse();
  }

  /** Registers, queue and blocks. */
  @Nested
  class Snapshot extends SnapshotTest<Snapshotable<VirtioMmioTransport.State>, VirtioMmioTransport.State> {
    @Override
    protected VirtioMmioTransport fresh() {
      return new FakeDriver(device(), 32).transport;
    }

    @Override
    protected void disturb(Snapshotable<VirtioMmioTransport.State> device) {
      VirtioMmioTransport transport = (VirtioMmioTransport) device;
      transport.write(0x70, 4, 1);
      transport.device().restore(new VirtioMem.MemState(256 * MIB, 6 * MIB, List.of(0b1011L)));
    }

    @Override
    protected void disturbAgain(Snapshotable<VirtioMmioTransport.State> device) {
      ((VirtioMmioTransport) device).device().restore(new VirtioMem.MemState(256 * MIB, 8 * MIB, List.of(0b1111L)));
    }
  }
}
