package dev.portfire.softcpu.irqchip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.InterruptLine;
import dev.portfire.machine.IoBus;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Whatever a guest writes to the interrupt hardware, the host sees {@link MsrFault} at most, and state survives a save.
 */
class HostileGuestTest {
  private static final long[] PORTS = {0x20, 0x21, 0xa0, 0xa1, 0x4d0, 0x4d1, 0x40, 0x41, 0x42, 0x43, 0x61};

  @Test
  void randomAccesses() {
    for (long seed = 1; seed <= 60; seed++) {
      try {
        round(new SplittableRandom(seed));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void round(SplittableRandom random) {
    ManualTime time = new ManualTime();
    List<RecordingHost> cpus = List.of(new RecordingHost(), new RecordingHost(), new RecordingHost());
    IrqChip chip = new IrqChip(cpus, time.timers, time);
    IoBus ports = new IoBus("pio");
    IoBus mmio = new IoBus("mmio");
    chip.attach(ports, mmio);
    List<InterruptLine> lines = new ArrayList<>();
    for (int gsi = 0; gsi < IoApic.PINS; gsi++) {
      lines.add(chip.line(gsi));
    }
    for (int step = 0; step < 3000; step++) {
      int cpu = random.nextInt(cpus.size());
      LocalApic apic = chip.apic(cpu);
      int value = random.nextBoolean() ? random.nextInt() : random.nextInt(1 << 12);
      switch (random.nextInt(12)) {
        case 0 -> ports.write(PORTS[random.nextInt(PORTS.length)], 1, value & 0xff);
        case 1 -> assertThat(ports.read(PORTS[random.nextInt(PORTS.length)], 1)).isBetween(0L, 255L);
        case 2 -> {
          mmio.write(IoApic.BASE, 4, random.nextInt(0x48));
          mmio.write(IoApic.BASE + 0x10, 4, value & 0xffff_ffffL);
        }
        case 3 -> mmio.write(IoApic.BASE + 0x40, 4, value & 0xff);
        case 4 -> lines.get(random.nextInt(lines.size())).set(random.nextBoolean());
        case 5 -> apic.write(random.nextInt(0x40) << 4, value);
        case 6 -> {
          int unused = apic.read(random.nextInt(0x1000));
        }
        case 7 -> msr(apic, random, value);
        case 8 -> apic.setTscDeadline(random.nextBoolean() ? time.tsc() + random.nextInt(10_000) : random.nextLong());
        case 9 -> time.advance(random.nextInt(300_000));
        case 10 -> {
          boolean unused = chip.bus().msi(0xfee0_0000L | (value & 0xf_ffff), random.nextInt());
        }
        default -> {
          if (chip.pendingFor(cpu)) {
            assertThat(chip.acknowledge(cpu)).isBetween(0, 255);
          } else {
            apic.write(0xb0, 0);
          }
        }
      }
      for (RecordingHost host : cpus) {
        if (host.events.contains("init")) {
          chip.apic(cpus.indexOf(host)).init();
        }
        host.events.clear();
      }
    }
    IrqChip.State saved = chip.save();
    IrqChip other = new IrqChip(cpus, time.timers, time);
    other.restore(saved);
    for (int cpu = 0; cpu < cpus.size(); cpu++) {
      assertThat(other.pendingFor(cpu)).isEqualTo(chip.pendingFor(cpu));
    }
  }

  private static void msr(LocalApic apic, SplittableRandom random, int value) {
    try {
      switch (random.nextInt(4)) {
        case 0 -> apic.writeMsr(0x800 + random.nextInt(0x40), Integer.toUnsignedLong(value));
        case 1 -> {
          long unused = apic.readMsr(0x800 + random.nextInt(0x100));
        }
        case 2 -> apic.setApicBase(apic.apicBase() ^ 1L << (8 + random.nextInt(5)));
        default -> apic.setApicBase(LocalApic.DEFAULT_BASE | LocalApic.BASE_ENABLE);
      }
    } catch (MsrFault e) {
      assertThat(e).hasMessageStartingWith("#GP(0)");
    }
  }

  /** Interrupts sent from one thread to a CPU on another: none is lost. */
  @Test
  void interruptsCrossThreads() throws InterruptedException {
    ManualTime time = new ManualTime();
    Semaphore raised = new Semaphore(0);
    Semaphore taken = new Semaphore(0);
    IrqChip chip = new IrqChip(List.of(new RecordingHost(), new Wakeup(raised)), time.timers, time);
    for (int cpu = 0; cpu < 2; cpu++) {
      chip.apic(cpu).write(0xf0, 0x1ff);
    }
    Thread receiver = Thread.ofPlatform().daemon().start(() -> {
      while (true) {
        raised.acquireUninterruptibly();
        while (chip.pendingFor(1)) {
          assertThat(chip.acknowledge(1)).isEqualTo(0x41);
          chip.apic(1).write(0xb0, 0);
          taken.release();
        }
      }
    });
    for (int i = 0; i < 5_000; i++) {
      chip.apic(0).write(0x310, 1 << 24);
      chip.apic(0).write(0x300, 0x4041);
      assertThat(taken.tryAcquire(20, TimeUnit.SECONDS)).as("interrupt %d was taken", i).isTrue();
    }
    assertThat(receiver.isAlive()).isTrue();
  }

  /** A CPU that only notices that something was raised. */
  private record Wakeup(Semaphore raised) implements ApicHost {
    @Override
    public void interruptRaised() {
      raised.release();
    }

    @Override
    public void nmi() {}

    @Override
    public void init() {}

    @Override
    public void startUp(int vector) {}
  }
}
