package dev.portfire.softcpu;

import dev.portfire.machine.GuestMemory;
import dev.portfire.softcpu.irqchip.TscClock;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * A machine's time: a TSC of exactly 1 GHz from the host's monotonic clock, so that one tick is one nanosecond, and the
 * kvmclock pages that say so to the guest.
 */
final class SoftClock implements TscClock {
  /** Ticks a second. */
  static final long TSC_HZ = 1_000_000_000L;

  /** The pvclock multiplier and shift for one nanosecond a tick: (ticks &lt;&lt; 1) * 2^31 / 2^32. */
  private static final int MULTIPLIER = 0x8000_0000;

  private static final int SHIFT = 1;
  private static final int FLAG_STABLE = 1;

  private final LongSupplier nanoTime;
  private final long start;

  /** What kvmclock is ahead of the counter by: a machine that came from elsewhere has run before. */
  private volatile long ahead;

  /** The time of day when kvmclock was zero. */
  private volatile Instant startTime;

  SoftClock() {
    this(System::nanoTime, Instant.now());
  }

  /** A clock of the caller's, which starts now, at a time of day. */
  SoftClock(LongSupplier nanoTime, Instant startTime) {
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.startTime = startTime;
  }

  /** kvmclock now, in nanoseconds. */
  long now() {
    return tsc() + ahead;
  }

  /** Lets kvmclock go on from a value. */
  void set(long nanos) {
    ahead = nanos - tsc();
    startTime = Instant.now().minusNanos(nanos);
  }

  @Override
  public long tsc() {
    return nanoTime.getAsLong() - start;
  }

  @Override
  public long toNanoTime(long tsc) {
    return tsc + start;
  }

  /**
   * Writes {@code struct pvclock_wall_clock}: the time of day when the system time was zero. Address 0 is the MSR's value when
   * no guest has written it, and is what a restored state has then.
   */
  void writeWallClock(GuestMemory memory, long address) {
    if (address != 0 && memory.contains(address, 12)) {
      memory.writeInt(address, 1);
      memory.writeInt(address + 4, (int) startTime.getEpochSecond());
      memory.writeInt(address + 8, startTime.getNano());
      memory.writeInt(address, 2);
    }
  }

  /**
   * Writes {@code struct pvclock_vcpu_time_info} if the low bit of the MSR enables it.
   *
   * @param tscOffset what the CPU's counter shows when the machine's is zero
   */
  void writeSystemTime(GuestMemory memory, long msr, long tscOffset) {
    long address = msr & ~1L;
    if ((msr & 1) == 0 || !memory.contains(address, 32)) {
      return;
    }
    memory.writeInt(address, 1);
    memory.writeInt(address + 4, 0);
    memory.writeLong(address + 8, tscOffset);
    memory.writeLong(address + 16, ahead);
    memory.writeInt(address + 24, MULTIPLIER);
    memory.writeByte(address + 28, SHIFT);
    memory.writeByte(address + 29, FLAG_STABLE);
    memory.writeShort(address + 30, 0);
    memory.writeInt(address, 2);
  }
}
