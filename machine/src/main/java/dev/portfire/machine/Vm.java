package dev.portfire.machine;

import java.util.Optional;

/**
 * A virtual machine of one back end: memory, buses, interrupt controllers (two 8259 PICs, an IOAPIC with 24 inputs, a
 * local APIC per vCPU), an 8254 PIT and vCPUs.
 */
public interface Vm extends AutoCloseable {
  /** Guest RAM. */
  GuestMemory memory();

  /** The 64 KiB of I/O ports. PIC and PIT are the back end's own and never appear here. */
  IoBus ports();

  /** Guest-physical addresses that are not RAM. IOAPIC and local APICs are the back end's own and never appear here. */
  IoBus mmio();

  /**
   * The wire to an interrupt input.
   *
   * @param gsi global system interrupt, 0 to 23; 0 to 15 reach the PICs too
   */
  InterruptLine interruptLine(int gsi);

  /**
   * Sends a message-signalled interrupt (SDM volume 3, 11.11). Any thread.
   *
   * @param address the message's address; what is no interrupt's address has no effect
   * @param data its data: vector, delivery mode, trigger mode
   */
  void signalMessage(long address, int data);

  /**
   * Lets the vCPUs go on when they write one value to a memory-mapped register that only notifies, where the back end can do
   * that (ioeventfd of KVM): the device on the bus does not see such a write then, and the action runs instead on a thread of
   * the back end, once for any number of writes since it last ran. Where it cannot, the writes go to the device, which serves
   * them in any case.
   *
   * @param address guest-physical address of the register
   * @param size its width in bytes: 1, 2, 4 or 8; only writes of this width are meant
   * @param value the value; others go to the device
   * @param action what the notification is for; it must not wait for a vCPU
   */
  default void onNotification(long address, int size, long value, Runnable action) {}

  /** Runs the actions of all notifications that vCPUs have made so far; when this returns they have run. */
  default void deliverNotifications() {}

  /**
   * A vCPU.
   *
   * @param index 0 (the boot processor) to the specification's count − 1
   */
  Vcpu vcpu(int index);

  /** Why the machine cannot go on, with a register dump, if a vCPU stopped with {@link Vcpu.Stop#TRIPLE_FAULT}. */
  Optional<String> failure();

  /**
   * The state of the interrupt controllers and the timer that the vCPUs share; only while no vCPU runs.
   *
   * @throws IllegalStateException if the back end fails
   */
  InterruptControllers saveInterruptControllers();

  /**
   * Replaces the state of the interrupt controllers and the timer that the vCPUs share; only while no vCPU runs. Devices
   * drive their lines again when they are restored.
   *
   * @throws IllegalStateException if the back end fails
   */
  void restoreInterruptControllers(InterruptControllers state);

  /** The paravirtual clock that guests read (kvmclock): nanoseconds since the machine started, wherever it ran. */
  long saveClock();

  /**
   * Lets the paravirtual clock go on from a value; only while no vCPU runs and before vCPUs are restored, whose clock pages it
   * is worked out from. Time stamps go on with the vCPUs' IA32_TIME_STAMP_COUNTER, at the back end's own frequency.
   */
  void restoreClock(long nanos);

  /** The record of written pages, if the back end keeps one. */
  default Optional<DirtyLog> dirtyLog() {
    return Optional.empty();
  }

  /** Releases everything but the memory. vCPU threads must have left {@link Vcpu#run()}. */
  @Override
  void close();
}
