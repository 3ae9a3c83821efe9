package dev.portfire.softcpu.irqchip;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** What carries interrupt messages between local APICs, the I/O APIC and devices with message-signalled interrupts. */
public final class ApicBus {
  /** Every CPU, in the 8-bit destinations of xAPIC, I/O APIC and MSI messages. */
  public static final int BROADCAST = 0xff;

  /** Every CPU, in the 32-bit destinations of x2APIC interrupt commands. */
  public static final int BROADCAST_X2APIC = 0xffff_ffff;

  private static final long MSI_BASE = 0xfee0_0000L;
  private static final long MSI_MASK = 0xfff0_0000L;

  private volatile LocalApic[] apics = {};
  private volatile IntConsumer endOfInterrupt = vector -> {};
  private final AtomicInteger rotation = new AtomicInteger();

  /** Makes an empty bus. */
  public ApicBus() {}

  /** Connects a local APIC. */
  public synchronized void add(LocalApic apic) {
    LocalApic[] grown = Arrays.copyOf(apics, apics.length + 1);
    grown[apics.length] = apic;
    apics = grown;
  }

  /** Sets who hears of the end of level-triggered interrupts: the I/O APIC. */
  public void onEndOfInterrupt(IntConsumer listener) {
    endOfInterrupt = listener;
  }

  void endOfInterrupt(int vector) {
    endOfInterrupt.accept(vector);
  }

  /**
   * Delivers a message with an 8-bit destination, as the I/O APIC and an xAPIC send it.
   *
   * @param destination 0 to 255
   * @param logical whether the destination is a logical one (SDM volume 3, 11.6.2.2)
   * @param level whether it is level-triggered
   * @return whether at least one CPU took it
   */
  public boolean deliver(int destination, boolean logical, DeliveryMode mode, int vector, boolean level) {
    int wide = destination == BROADCAST ? BROADCAST_X2APIC : destination & 0xff;
    return deliverWide(wide, logical, mode, vector, level);
  }

  /**
   * Delivers a message with a 32-bit destination, as an x2APIC sends it.
   *
   * @param destination an APIC id, a cluster and a mask, or {@link #BROADCAST_X2APIC}
   * @param logical whether the destination is a logical one (SDM volume 3, 11.12.10)
   * @param level whether it is level-triggered
   * @return whether at least one CPU took it
   */
  public boolean deliverWide(int destination, boolean logical, DeliveryMode mode, int vector, boolean level) {
    LocalApic[] all = apics;
    if (mode == DeliveryMode.LOWEST_PRIORITY) {
      LocalApic chosen = null;
      int lowest = Integer.MAX_VALUE;
      int start = Math.floorMod(rotation.getAndIncrement(), Math.max(1, all.length));
      for (int i = 0; i < all.length; i++) {
        LocalApic apic = all[(start + i) % all.length];
        if (matches(apic, destination, logical) && apic.softwareEnabled() && apic.processorPriority() < lowest) {
          chosen = apic;
          lowest = apic.processorPriority();
        }
      }
      return chosen != null && chosen.accept(DeliveryMode.FIXED, vector, level);
    }
    boolean taken = false;
    for (LocalApic apic : all) {
      if (matches(apic, destination, logical)) {
        taken |= apic.accept(mode, vector, level);
      }
    }
    return taken;
  }

  private static boolean matches(LocalApic apic, int destination, boolean logical) {
    return destination == BROADCAST_X2APIC ? apic.hardwareEnabled() : apic.matches(destination, logical);
  }

  /** Delivers to every CPU, with or without the sender: the shorthands of an interrupt command. */
  boolean deliverToAll(LocalApic sender, boolean self, DeliveryMode mode, int vector, boolean level) {
    boolean taken = false;
    for (LocalApic apic : apics) {
      if (apic.hardwareEnabled() && (self || apic != sender)) {
        taken |= apic.accept(mode, vector, level);
      }
    }
    return taken;
  }

  /**
   * Delivers a message-signalled interrupt (SDM volume 3, 11.11).
   *
   * @param address the message address, in 0xfee00000 to 0xfeefffff; another address is not a message and is dropped
   * @param data the message data
   * @return whether at least one CPU took it
   */
  public boolean msi(long address, int data) {
    if ((address & ~0xf_ffffL) != (MSI_BASE & MSI_MASK)) {
      return false;
    }
    int destination = (int) (address >>> 12) & 0xff;
    boolean logical = (address & 4) != 0;
    boolean level = (data & 1 << 15) != 0;
    return deliver(destination, logical, DeliveryMode.of(data), data & 0xff, level);
  }
}
