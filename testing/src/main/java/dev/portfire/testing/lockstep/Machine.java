package dev.portfire.testing.lockstep;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.portfire.boot.BootException;
import dev.portfire.boot.BootSpec;
import dev.portfire.boot.ImageSource;
import dev.portfire.boot.KernelCommandLine;
import dev.portfire.boot.LinuxBoot;
import dev.portfire.devices.AcpiPower;
import dev.portfire.devices.I8042;
import dev.portfire.devices.RateLimiter;
import dev.portfire.devices.Rtc;
import dev.portfire.devices.Serial16550;
import dev.portfire.devices.Timers;
import dev.portfire.devices.virtio.ConsolePort;
import dev.portfire.devices.virtio.VirtioBlock;
import dev.portfire.devices.virtio.VirtioConsole;
import dev.portfire.devices.virtio.VirtioDevice;
import dev.portfire.devices.virtio.VirtioMmioTransport;
import dev.portfire.devices.virtio.VirtioRng;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.softcpu.Determinism;
import dev.portfire.softcpu.SoftHypervisor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A deterministic machine with the devices that {@code portfire run} gives its guests. All their work is done on the vCPU's
 * thread: what the guest asks for between two points is done at the second.
 */
final class Machine implements AutoCloseable {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** A guest that waits for input that never comes lets time pass quickly. */
  private static final long LONGEST_NANOS = 600_000_000_000L;

  /** No device here is limited. */
  private static final Timers NO_TIMERS = new Timers() {
    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public void after(long nanos, Runnable task) {
      throw new IllegalStateException("nothing is limited");
    }
  };

  private final String engine;
  private final Guest guest;
  private final GuestMemory memory;
  private final Vm vm;
  private final Queue<Runnable> work = new ArrayDeque<>();
  private final List<BootSpec.VirtioSlot> slots = new ArrayList<>();
  private final StringBuilder serial = new StringBuilder();
  private final StringBuilder terminal = new StringBuilder();
  private final VirtioConsole console = VirtioConsole.builder().console(this::shown).build();
  private @Nullable FileChannel disk;
  private int step;
  private int seen;
  private volatile @Nullable String end;

  /**
   * Makes a machine that is ready to run.
   *
   * @param engine its name, for reports
   * @param listener sees each point before devices work
   */
  Machine(String engine, SoftHypervisor hypervisor, Guest guest, Determinism.Listener listener)
      throws IOException, BootException {
    this.engine = engine;
    this.guest = guest;
    this.memory = GuestMemory.allocate((long) guest.memoryMib() << 20);
    Determinism determinism = new Determinism(guest.seed(), START, guest.nanosPerPoint(), point -> {
      listener.at(point);
      doWork();
    });
    this.vm = hypervisor.deterministic(determinism).create(new VmSpec(engine, memory, 1, guest.cpu()));
    attach();
    Optional<ImageSource> initrd = Optional.of(new ImageSource.BytesSource("from memory", guest.initrd()));
    BootSpec.Platform platform =
        new BootSpec.Platform(true, true, true, false, Optional.empty(), AcpiPower.BASE);
    BootSpec spec = new BootSpec(
        ImageSource.of(guest.kernel()), initrd, KernelCommandLine.of(Guest.PARAMETERS), 1, slots, platform);
    vm.vcpu(0).restore(LinuxBoot.load(memory, spec));
  }

  private void attach() throws IOException {
    vm.ports().attach(
        Serial16550.COM1,
        Serial16550.LENGTH,
        new Serial16550(vm.interruptLine(Serial16550.COM1_GSI), b -> serial.append((char) (b & 0xff))));
    new I8042(vm.interruptLine(I8042.KEYBOARD_GSI), () -> end("reset")).attach(vm.ports());
    vm.ports().attach(Rtc.PORT, Rtc.LENGTH, new Rtc(clock(), memory.lowSize(), memory.highSize()));
    vm.mmio().attach(
        AcpiPower.BASE, AcpiPower.LENGTH, new AcpiPower(() -> end("power-off"), () -> end("reset")));
    Optional<Path> image = guest.disk();
    if (image.isPresent()) {
      FileChannel copy = copy(image.get());
      disk = copy;
      add(new VirtioBlock(copy, false, true, "lockstep", RateLimiter.unlimited(NO_TIMERS), null));
    }
    add(console);
    ConsolePort.Sink nowhere = data -> data.position(data.limit());
    add(VirtioConsole.builder()
        .channel("portfire.stdin", nowhere)
        .channel("portfire.stdout", nowhere)
        .channel("portfire.stderr", nowhere)
        .channel("portfire.control", this::control)
        .build());
    add(new VirtioRng(new SplittableRandom(guest.seed()), RateLimiter.unlimited(NO_TIMERS)));
  }

  private void add(VirtioDevice device) {
    BootSpec.VirtioSlot slot = BootSpec.VirtioSlot.of(slots.size());
    slots.add(slot);
    vm.mmio().attach(
        slot.address(),
        VirtioMmioTransport.LENGTH,
        new VirtioMmioTransport(device, memory, vm.interruptLine(slot.gsi()), work::add));
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public Instant instant() {
        return START.plusNanos(vm.saveClock());
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("the time is UTC");
      }
    };
  }

  /** A copy of a file, with holes where it has zeros, that is gone when it is closed. */
  private static FileChannel copy(Path image) throws IOException {
    Path target = Files.createTempFile("lockstep", ".img");
    FileChannel to = FileChannel.open(
        target, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    try (FileChannel from = FileChannel.open(image, StandardOpenOption.READ)) {
      ByteBuffer piece = ByteBuffer.allocateDirect(1 << 16);
      ByteBuffer zeros = ByteBuffer.allocateDirect(piece.capacity());
      for (long at = 0; from.read(piece, at) > 0; at += piece.capacity()) {
        piece.flip();
        if (piece.mismatch(zeros.slice(0, piece.limit())) >= 0) {
          int unused = to.write(piece, at);
        }
        piece.clear();
      }
      if (to.size() < from.size()) {
        int unused = to.write(ByteBuffer.allocate(1), from.size() - 1);
      }
      return to;
    } catch (IOException e) {
      to.close();
      throw e;
    }
  }

  private void doWork() {
    if (vm.saveClock() > LONGEST_NANOS) {
      throw new IllegalStateException(
          "%s: ten minutes of the guest's time have passed; its terminal shows: %s".formatted(engine, terminal));
    }
    for (Runnable task = work.poll(); task != null; task = work.poll()) {
      task.run();
    }
  }

  private static String text(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return new String(bytes, ISO_8859_1);
  }

  private void shown(ByteBuffer data) {
    terminal.append(text(data));
    while (step < guest.dialogue().size()) {
      Guest.Line line = guest.dialogue().get(step);
      int at = terminal.indexOf(line.prompt(), seen);
      if (at < 0) {
        return;
      }
      seen = at + line.prompt().length();
      step++;
      byte[] input = line.input().getBytes(ISO_8859_1);
      if (console.port(0).offer(input, 0, input.length) < input.length) {
        throw new IllegalStateException("the guest reads no input: " + line.input());
      }
    }
  }

  private void control(ByteBuffer data) {
    String message = text(data).strip();
    if (message.startsWith("exit ") || message.startsWith("fail ")) {
      end(message);
    }
  }

  private void end(String reason) {
    if (end == null) {
      end = reason;
      vm.vcpu(0).kick();
    }
  }

  /** Runs on the calling thread until the guest ends; returns how: {@code exit STATUS}, {@code power-off}, {@code reset}, ... */
  String run() {
    Vcpu vcpu = vm.vcpu(0);
    for (; ; ) {
      String reason = end;
      if (reason != null) {
        return reason;
      }
      if (vcpu.run() == Vcpu.Stop.TRIPLE_FAULT) {
        end("triple fault");
      }
    }
  }

  /** Makes the vCPU leave the guest. Any thread. */
  void kick() {
    end = "stopped";
    vm.vcpu(0).kick();
  }

  /** Its name. */
  String engine() {
    return engine;
  }

  Guest guest() {
    return guest;
  }

  GuestMemory memory() {
    return memory;
  }

  Vm vm() {
    return vm;
  }

  /** What the kernel wrote to the serial port, and what the terminal showed. */
  String serial() {
    return serial.toString();
  }

  String terminal() {
    return terminal.toString();
  }

  /** How far the dialogue has come, in lines. */
  int steps() {
    return step;
  }

  @Override
  public void close() throws IOException {
    vm.close();
    memory.close();
    if (disk != null) {
      disk.close();
    }
  }
}
