package dev.portfire.testing.conformance;

import dev.portfire.machine.BusDevice;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.InterruptControllers;
import dev.portfire.machine.InterruptLine;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.machine.X86State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs one guest, possibly on several back ends one after the other, and records what it does. */
public final class Runner {
  /** How long a guest may run, in milliseconds; on a machine that is itself emulated it needs longer. */
  private static final long LIMIT_MILLIS = Long.getLong("portfire.conformance.limit", 10_000);

  private static final int ECHO_PORTS = 0x100;

  private Runner() {}

  /** What the vCPUs share, on the way from one back end to another. */
  private record Shared(InterruptControllers controllers, long clock) {}

  /** A port that can only be written. */
  private record Sink(LongConsumer consumer) implements BusDevice {
    @Override
    public long read(long offset, int size) {
      return 0;
    }

    @Override
    public void write(long offset, int size, long value) {
      consumer.accept(value);
    }
  }

  /**
   * Runs a guest and expects what is expected on the last back end.
   *
   * @param guest what to run
   * @param backEnds where it starts, and where it goes on each time it asks for another; the last one repeats
   */
  public static Outcome run(BareMachine guest, BackEnd... backEnds) {
    return run(guest, backEnds[backEnds.length - 1].name(), backEnds);
  }

  /**
   * Runs a guest.
   *
   * @param guest what to run
   * @param name the back end whose known differences count
   * @param backEnds where it starts, and where it goes on each time it asks for another; the last one repeats
   */
  public static Outcome run(BareMachine guest, String name, BackEnd... backEnds) {
    Recorder recorder = new Recorder(guest::symbol);
    long start = System.nanoTime();
    List<X86State> states = List.of();
    Optional<Shared> shared = Optional.empty();
    try (GuestMemory memory = GuestMemory.allocate(Layout.MEMORY)) {
      guest.load(memory);
      boolean goOn = true;
      for (int k = 0; goOn; k++) {
        BackEnd backEnd = backEnds[Math.min(k, backEnds.length - 1)];
        try (Session session = new Session(guest, recorder, backEnd, memory, states, shared)) {
          goOn = session.run();
          states = session.save();
          shared = Optional.of(new Shared(session.vm.saveInterruptControllers(), session.vm.saveClock()));
        }
      }
    } catch (IllegalStateException | IllegalArgumentException e) {
      recorder.add(error(e));
    }
    guest.checkPauses(recorder);
    return new Outcome(
        recorder.lines(),
        guest.expected(name),
        guest.differences(name),
        List.copyOf(states),
        System.nanoTime() - start);
  }

  /** An exit of KVM that ends the guest by its name only: the rest is of this host and this run. */
  private static String error(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    Matcher exit = Pattern.compile("KVM_EXIT_[A-Z_]+").matcher(message);
    return "error: " + (exit.find() ? exit.group() : message);
  }

  /** A guest on one back end. */
  private static final class Session implements AutoCloseable, Running {
    private final BareMachine guest;
    private final Recorder recorder;
    private final Vm vm;
    private final Map<Integer, InterruptLine> lines = new HashMap<>();
    private volatile boolean ended;
    private volatile boolean switching;
    private volatile @Nullable String end;

    Session(
        BareMachine guest,
        Recorder recorder,
        BackEnd backEnd,
        GuestMemory memory,
        List<X86State> before,
        Optional<Shared> shared) {
      this.guest = guest;
      this.recorder = recorder;
      this.vm = backEnd.hypervisor().create(new VmSpec("conformance", memory, guest.vcpus(), guest.cpu()));
      attach();
      shared.ifPresent(s -> {
        vm.restoreInterruptControllers(s.controllers);
        vm.restoreClock(s.clock);
      });
      for (int k = 0; k < before.size(); k++) {
        vm.vcpu(k).restore(before.get(k));
      }
      if (before.isEmpty()) {
        vm.vcpu(0).restore(guest.start(vm.vcpu(0).save()));
      }
    }

    private void attach() {
      vm.ports().attach(Layout.REPORT, Layout.REPORT_COUNT * 4L, new BusDevice() {
        @Override
        public long read(long offset, int size) {
          return 0;
        }

        @Override
        public void write(long offset, int size, long value) {
          recorder.add("%s = 0x%x".formatted(guest.reportName((int) offset / 4), value));
        }
      });
      vm.ports().attach(Layout.EXCEPTION, 4, new Sink(word -> {
        recorder.exceptionWord(word);
        if (recorder.isLost()) {
          end("lost");
        }
      }));
      vm.ports().attach(Layout.STOP, 4, new Sink(value -> end("stop")));
      vm.ports().attach(Layout.SWITCH, 4, new Sink(value -> {
        switching = true;
        end("switch");
      }));
      vm.ports().attach(Layout.LINE, 4, new Sink(this::drive));
      vm.ports().attach(Layout.HOST, 4, new Sink(value -> guest.hooks().get((int) value).accept(this)));
      vm.ports().attach(Layout.ECHO, ECHO_PORTS, recorder.echo("in", "out"));
      vm.ports().attach(Layout.QUEUE, 4, recorder.queue());
      vm.mmio().attach(Layout.MMIO, Layout.MMIO_SIZE, recorder.echo("read", "write"));
      for (GuestMemory.Range range : vm.memory().readOnly()) {
        vm.mmio().attach(range.address(), range.length(), recorder.echo("rom read", "rom write"));
      }
      vm.mmio().attach(Layout.DOORBELL, 4, new BusDevice() {
        @Override
        public long read(long offset, int size) {
          return 0;
        }

        @Override
        public void write(long offset, int size, long value) {
          recorder.add(size == 4 && value < Layout.DOORBELL_VALUES ? notification(value) : "doorbell%d 0x%x".formatted(size, value));
        }
      });
      for (long value = 0; value < Layout.DOORBELL_VALUES; value++) {
        String line = notification(value);
        vm.onNotification(Layout.DOORBELL, 4, value, () -> recorder.add(line));
      }
    }

    private static String notification(long value) {
      return "notification of " + value;
    }

    private void drive(long value) {
      InterruptLine line = lines.computeIfAbsent((int) value & 0xff, vm::interruptLine);
      switch ((int) value >> 8) {
        case 0 -> line.set(false);
        case 1 -> line.set(true);
        default -> {
          // Not pulse(), which may take effect later than the guest's next instruction.
          line.set(true);
          line.set(false);
        }
      }
    }

    private synchronized void end(String how) {
      if (end == null) {
        end = how;
        recorder.add(how);
      }
      ended = true;
      for (int k = 0; k < guest.vcpus(); k++) {
        vm.vcpu(k).kick();
      }
    }

    /** Runs until the guest ends; true if it wants to go on elsewhere. */
    boolean run() {
      List<Thread> threads = new ArrayList<>();
      for (int k = 0; k < guest.vcpus(); k++) {
        Vcpu vcpu = vm.vcpu(k);
        threads.add(Thread.ofPlatform().daemon().name("conformance vcpu " + k).start(() -> drive(vcpu)));
      }
      Consumer<Running> helper = guest.helper();
      if (helper != null) {
        threads.add(Thread.ofPlatform().daemon().name("conformance helper").start(() -> helper.accept(this)));
      }
      long patience = LIMIT_MILLIS * 1_000_000 / guest.patience();
      long limit = System.nanoTime() + patience;
      boolean interrupted = false;
      for (Thread t : threads) {
        while (t.isAlive()) {
          try {
            t.join(Math.max(1, Math.min(1000, (limit - System.nanoTime()) / 1_000_000)));
          } catch (InterruptedException e) {
            interrupted = true;
          }
          if (t.isAlive() && System.nanoTime() > limit) {
            end("timeout");
            if (System.nanoTime() > limit + patience) {
              throw new IllegalStateException("vCPU thread does not leave run()");
            }
          }
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      return switching;
    }

    private void drive(Vcpu vcpu) {
      try {
        while (!ended) {
          switch (vcpu.run()) {
            case TRIPLE_FAULT -> end("triple fault");
            case DEBUG -> end("stopped for a debugger");
            case KICKED -> {
              Consumer<X86State> onKick = guest.onKick();
              if (!ended && onKick != null && vcpu.index() == 0) {
                onKick.accept(vcpu.save());
              }
            }
          }
        }
      } catch (IllegalStateException | IllegalArgumentException e) {
        end(error(e));
      }
    }

    List<X86State> save() {
      List<X86State> states = new ArrayList<>();
      for (int k = 0; k < guest.vcpus(); k++) {
        states.add(vm.vcpu(k).save());
      }
      return states;
    }

    @Override
    public Vm vm() {
      return vm;
    }

    @Override
    public void trace(String line) {
      recorder.add(line);
    }

    @Override
    public boolean ended() {
      return ended;
    }

    @Override
    public void close() {
      vm.close();
    }
  }
}
