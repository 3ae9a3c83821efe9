package dev.portfire.softcpu.irqchip;

import dev.portfire.machine.InterruptControllers;
import dev.portfire.machine.InterruptLine;
import dev.portfire.machine.IoBus;
import java.util.ArrayList;
import java.util.List;

/**
 * The interrupt hardware of one machine, wired as on a PC: inputs 0 to 15 go to the PICs and the I/O APIC, except that
 * interrupt 0 is the I/O APIC's input 2 (announced by an interrupt source override in the ACPI and MP tables); inputs
 * 16 to 23 go to the I/O APIC alone; the PICs' output goes to LINT0 of every local APIC.
 */
public final class IrqChip {
  private final ApicBus bus = new ApicBus();
  private final List<LocalApic> apics;
  private final IoApic ioApic = new IoApic(bus);
  private final Pic pic = new Pic(this::setIntr);
  private final Pit pit;
  private final Wire[] wires = new Wire[IoApic.PINS];

  /** Everything that survives a snapshot, one local APIC per CPU. */
  public record State(List<LocalApic.State> apics, IoApic.State ioApic, Pic.State pic, Pit.State pit) {}

  /** One input with any number of drivers: it is asserted while one of them asserts it. */
  private final class Wire {
    private final int gsi;
    private int asserted;

    Wire(int gsi) {
      this.gsi = gsi;
    }

    synchronized void change(boolean level) {
      boolean before = asserted > 0;
      asserted += level ? 1 : -1;
      boolean after = asserted > 0;
      if (before != after) {
        if (gsi < 16) {
          pic.set(gsi, after);
        }
        ioApic.set(gsi == 0 ? 2 : gsi, after);
      }
    }
  }

  private static final class Driver implements InterruptLine {
    private final Wire wire;
    private boolean level;

    Driver(Wire wire) {
      this.wire = wire;
    }

    @Override
    public void set(boolean now) {
      synchronized (wire) {
        if (now != level) {
          level = now;
          wire.change(now);
        }
      }
    }
  }

  /**
   * Makes the hardware in the state in which firmware hands over: local APICs in virtual wire mode.
   *
   * @param cpus the CPUs in the order of their APIC ids, 0 first
   * @param timers where the local APICs' timers and the 8254 run
   * @param clock the guest's TSC, the same for every CPU
   */
  public IrqChip(List<? extends ApicHost> cpus, TimerQueue timers, TscClock clock) {
    List<LocalApic> made = new ArrayList<>();
    for (ApicHost cpu : cpus) {
      LocalApic apic = new LocalApic(made.size(), cpu, bus, timers, clock);
      apic.enableVirtualWire();
      bus.add(apic);
      made.add(apic);
    }
    apics = List.copyOf(made);
    for (int gsi = 0; gsi < wires.length; gsi++) {
      wires[gsi] = new Wire(gsi);
    }
    pit = new Pit(timers, line(0));
  }

  private void setIntr(boolean level) {
    for (LocalApic apic : apics) {
      apic.setLint0(level);
    }
  }

  /**
   * Gives the devices their ports and their window.
   *
   * @param ports gets the PICs, the edge/level registers, the 8254 and port 0x61
   * @param mmio gets the I/O APIC
   */
  public void attach(IoBus ports, IoBus mmio) {
    ports.attach(Pic.MASTER_PORT, 2, pic.ports(false));
    ports.attach(Pic.SLAVE_PORT, 2, pic.ports(true));
    ports.attach(Pic.ELCR_PORT, 2, pic.elcr());
    ports.attach(Pit.PORT, 4, pit);
    ports.attach(Pit.SPEAKER_PORT, 1, pit.speakerPort());
    mmio.attach(IoApic.BASE, IoApic.LENGTH, ioApic);
  }

  /**
   * A new driver of an input; several drivers of one input are ORed.
   *
   * @param gsi global system interrupt, 0 to 23
   * @throws IllegalArgumentException for another number
   */
  public InterruptLine line(int gsi) {
    if (gsi < 0 || gsi >= wires.length) {
      throw new IllegalArgumentException("interrupt inputs are 0 to 23, not " + gsi);
    }
    return new Driver(wires[gsi]);
  }

  /** The local APIC of a CPU. */
  public LocalApic apic(int cpu) {
    return apics.get(cpu);
  }

  /** What connects the local APICs; message-signalled interrupts go here. */
  public ApicBus bus() {
    return bus;
  }

  /** Whether a CPU has an interrupt to take, from its local APIC or from the PICs. As cheap as a volatile read. */
  public boolean pendingFor(int cpu) {
    return apics.get(cpu).interruptPending();
  }

  /**
   * Takes a CPU's next interrupt; the PICs come before the local APIC.
   *
   * @return its vector, 0 to 255
   */
  public int acknowledge(int cpu) {
    LocalApic apic = apics.get(cpu);
    return apic.externalPending() ? pic.acknowledge() : apic.acknowledge();
  }

  /** The state for a snapshot, while no CPU runs. */
  public State save() {
    List<LocalApic.State> states = new ArrayList<>();
    for (LocalApic apic : apics) {
      states.add(apic.save());
    }
    return new State(List.copyOf(states), ioApic.save(), pic.save(), pit.save());
  }

  /**
   * Replaces the state, while no CPU runs. Devices drive their lines again when they are restored.
   *
   * @throws IllegalArgumentException if the state is of another number of CPUs
   */
  public void restore(State state) {
    if (state.apics.size() != apics.size()) {
      throw new IllegalArgumentException(
          "the state is of %d CPUs, the machine has %d".formatted(state.apics.size(), apics.size()));
    }
    ioApic.restore(state.ioApic);
    pic.restore(state.pic);
    for (int i = 0; i < apics.size(); i++) {
      apics.get(i).restore(state.apics.get(i));
    }
    pit.restore(state.pit);
  }

  /** The state of the controllers that the CPUs share, in the form that all back ends share. */
  public InterruptControllers saveControllers() {
    Pic.State chips = pic.save();
    return new InterruptControllers(
        ControllerTransfer.save(chips.master()),
        ControllerTransfer.save(chips.slave()),
        ControllerTransfer.save(ioApic.save()),
        ControllerTransfer.save(pit.save()));
  }

  /** Replaces the state of the controllers that the CPUs share, while no CPU runs. */
  public void restoreControllers(InterruptControllers state) {
    ioApic.restore(ControllerTransfer.restore(state.ioApic()));
    pic.restore(new Pic.State(ControllerTransfer.restore(state.master()), ControllerTransfer.restore(state.slave())));
    pit.restore(ControllerTransfer.restore(state.pit()));
  }
}
