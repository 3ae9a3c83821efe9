package dev.portfire.machine;

import java.util.List;

/**
 * The state of the interrupt controllers and the timer that the vCPUs of a machine share, the same for every back end. Its
 * parts follow KVM's {@code struct kvm_pic_state}, {@code kvm_ioapic_state} and {@code kvm_pit_state2} (kernel
 * Documentation/virt/kvm/api.rst, KVM_GET_IRQCHIP and KVM_GET_PIT2).
 *
 * @param master the 8259 with inputs 0 to 7
 * @param slave the 8259 with inputs 8 to 15
 * @param ioApic the I/O APIC
 * @param pit the 8254
 */
public record InterruptControllers(Pic master, Pic slave, IoApic ioApic, Pit pit) {

  /**
   * An 8259A.
   *
   * @param inputs bit per input: asserted
   * @param irr interrupt requests
   * @param imr masked inputs
   * @param isr interrupts in service
   * @param highest the input of highest priority, 0 to 7; 0 unless priorities were rotated
   * @param vectorBase vector of input 0, a multiple of 8; 0 if the controller was not initialised
   * @param readIsr whether the command port reads ISR, not IRR
   * @param poll whether the next read is a poll
   * @param specialMask special mask mode
   * @param initStep 0: ready; 1, 2, 3: initialisation command word 2, 3, 4 comes next
   * @param autoEoi automatic end of interrupt
   * @param rotateOnAutoEoi whether that rotates priorities
   * @param speciallyNested special fully nested mode
   * @param needsIcw4 whether the initialisation includes word 4
   * @param elcr bit per input: level-triggered
   */
  public record Pic(
      int inputs,
      int irr,
      int imr,
      int isr,
      int highest,
      int vectorBase,
      boolean readIsr,
      boolean poll,
      boolean specialMask,
      int initStep,
      boolean autoEoi,
      boolean rotateOnAutoEoi,
      boolean speciallyNested,
      boolean needsIcw4,
      int elcr) {}

  /**
   * An I/O APIC with 24 inputs.
   *
   * @param id 0 to 15
   * @param selected the register select register
   * @param inputs bit per input: asserted
   * @param redirection the 24 redirection entries
   */
  public record IoApic(int id, int selected, int inputs, List<Long> redirection) {
    /** Checks and copies the entries. */
    public IoApic {
      redirection = List.copyOf(redirection);
      if (redirection.size() != 24) {
        throw new IllegalArgumentException("an I/O APIC has 24 inputs, not " + redirection.size());
      }
    }
  }

  /**
   * An 8254.
   *
   * @param channels its three channels
   * @param speaker bit 1 of port 0x61
   */
  public record Pit(List<PitChannel> channels, boolean speaker) {
    /** Checks and copies the channels. */
    public Pit {
      channels = List.copyOf(channels);
      if (channels.size() != 3) {
        throw new IllegalArgumentException("an 8254 has 3 channels, not " + channels.size());
      }
    }
  }

  /**
   * A channel of an 8254.
   *
   * @param count the count from which it started, in binary, 1 to 65536; 0 if it was not programmed
   * @param mode 0 to 5
   * @param access 1 low byte, 2 high byte, 3 both
   * @param bcd whether it counts in decimal
   * @param gate the gate input
   * @param elapsedNanos time since the count was loaded, in nanoseconds
   * @param latchedCount the latched count
   * @param countLatch what of the latched count is read next: 0 it is not latched, 1 its low byte, 2 its high byte, 3 both,
   *     4 the high byte of both
   * @param latchedStatus the latched status, or −1
   * @param readState what of an unlatched count is read next, numbered as in {@code countLatch}
   * @param writeState what of a count is written next, numbered likewise
   * @param writeLatch the low byte written before its high byte
   */
  public record PitChannel(
      int count,
      int mode,
      int access,
      boolean bcd,
      boolean gate,
      long elapsedNanos,
      int latchedCount,
      int countLatch,
      int latchedStatus,
      int readState,
      int writeState,
      int writeLatch) {
    /** Low byte. */
    public static final int LOW = 1;

    /** High byte. */
    public static final int HIGH = 2;

    /** Both bytes, low byte first. */
    public static final int BOTH = 3;

    /** The high byte of both. */
    public static final int SECOND = 4;
  }
}
