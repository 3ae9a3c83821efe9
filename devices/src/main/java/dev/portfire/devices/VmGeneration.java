package dev.portfire.devices;

import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.InterruptLine;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/**
 * How a guest learns that it goes on from a copy: a 16-byte identifier that is another one then (Microsoft's Virtual Machine
 * Generation ID), and a page with counters (the kernel's vmclock-abi.h). All of its state is in guest memory.
 */
public final class VmGeneration {
  private static final int ID_LENGTH = 16;

  private static final int MAGIC = 0x4b4c_4356;
  private static final int VERSION = 1;
  private static final int COUNTER_INVALID = 0xff;
  private static final long GENERATION_COUNTER_PRESENT = 1 << 8;
  private static final long NOTIFICATION_PRESENT = 1 << 9;

  private static final int PAGE_LENGTH = 0x1000;
  private static final int SEQUENCE = 12;
  private static final int DISRUPTIONS = 16;
  private static final int GENERATIONS = 104;

  private final GuestMemory memory;
  private final long id;
  private final long clock;
  private final InterruptLine idLine;
  private final InterruptLine clockLine;
  private final RandomGenerator random;

  /**
   * Says where things are; writes nothing.
   *
   * @param id guest-physical address of the identifier, 16 bytes of RAM
   * @param idLine tells that the identifier is another one
   * @param clock guest-physical address of the page
   * @param clockLine tells that the page has changed
   * @param random where identifiers come from: a {@link java.security.SecureRandom}, except in tests
   */
  public VmGeneration(
      GuestMemory memory,
      long id,
      InterruptLine idLine,
      long clock,
      InterruptLine clockLine,
      RandomGenerator random) {
    this.memory = memory;
    this.id = id;
    this.idLine = idLine;
    this.clock = clock;
    this.clockLine = clockLine;
    this.random = random;
  }

  private void writeId() {
    byte[] bytes = new byte[ID_LENGTH];
    random.nextBytes(bytes);
    memory.write(id, bytes);
  }

  /** Writes what a guest finds when it starts. */
  public void start() {
    writeId();
    byte[] page = new byte[PAGE_LENGTH];
    ByteBuffer.wrap(page)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(MAGIC)
        .putInt(PAGE_LENGTH)
        .putShort((short) VERSION)
        .put((byte) COUNTER_INVALID)
        .put((byte) 0)
        .putInt(0)
        .putLong(0)
        .putLong(GENERATION_COUNTER_PRESENT | NOTIFICATION_PRESENT);
    memory.write(clock, page);
  }

  /** Tells a guest that it goes on from a copy. */
  public void renew() {
    writeId();
    // Odd while the page changes.
    int sequence = memory.readInt(clock + SEQUENCE);
    memory.writeInt(clock + SEQUENCE, sequence + 1);
    VarHandle.releaseFence();
    memory.writeLong(clock + DISRUPTIONS, memory.readLong(clock + DISRUPTIONS) + 1);
    memory.writeLong(clock + GENERATIONS, memory.readLong(clock + GENERATIONS) + 1);
    VarHandle.releaseFence();
    memory.writeInt(clock + SEQUENCE, sequence + 2);
    idLine.pulse();
    clockLine.pulse();
  }
}
