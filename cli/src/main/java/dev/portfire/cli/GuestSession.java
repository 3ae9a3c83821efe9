package dev.portfire.cli;

import dev.portfire.cli.ControlChannel.Outcome;
import dev.portfire.cli.guest.GuestTask;
import dev.portfire.vmm.ConsolePort;
import dev.portfire.vmm.Exit;
import dev.portfire.vmm.MicroVm;
import dev.portfire.vmm.MicroVmException;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** One run of the default guest: its ports on our standard streams, its command's status as ours. */
final class GuestSession implements ControlChannel.Listener {
  private static final String STDIN = "portfire.stdin";
  private static final String STDOUT = "portfire.stdout";
  private static final String STDERR = "portfire.stderr";
  private static final String SYMBOLS = "portfire.symbols";
  private static final String CONTROL = "portfire.control";
  private static final String TERMINAL = "";

  private static final int END_OF_TRANSMISSION = 4;

  /** What a shell reports for a command that wrote to a pipe nobody reads. */
  private static final int BROKEN_PIPE = 128 + 13;

  private final PrintStream err;
  private final RunOptions options;
  private final Progress progress;
  private final OutputStream log;
  private final GuestTask task;
  private final Optional<GuestSymbols> named;
  private final CompletableFuture<MicroVm> started = new CompletableFuture<>();
  private final AtomicBoolean quit = new AtomicBoolean();
  private final AtomicBoolean brokenPipe = new AtomicBoolean();
  private volatile Outcome outcome = new Outcome.Failed("");
  private volatile boolean reported;
  private volatile Size size = new Size(0, 0);
  private final CountDownLatch ready = new CountDownLatch(1);
  private final Symbols symbols = new Symbols();

  /** Keeps what the guest says of its kernel's addresses, up to a limit: it may say anything. */
  private static final class Symbols extends ByteArrayOutputStream {
    private static final int LIMIT = 64 << 20;

    @Override
    public synchronized void write(byte[] data, int offset, int length) {
      super.write(data, offset, Math.min(length, LIMIT - count));
    }
  }

  /** The size of our terminal; zeros if there is none. */
  private record Size(int columns, int rows) {}

  /**
   * @param named the names of the kernel's addresses, if the guest is not to tell them
   */
  GuestSession(
      PrintStream err,
      RunOptions options,
      Progress progress,
      OutputStream log,
      GuestTask task,
      Optional<GuestSymbols> named) {
    this.named = named;
    this.err = err;
    this.options = options;
    this.progress = progress;
    this.log = log;
    this.task = task;
  }

  /** Boots it and stays until it ends; returns the exit status. */
  int run(MicroVm.Builder builder) throws MicroVmException, IOException, InterruptedException {
    boolean terminal = task.mode() != GuestTask.Mode.COMMAND;
    if (terminal) {
      builder.console(ConsolePort.terminal(new Output(FileDescriptor.out)));
    } else {
      builder.console(ConsolePort.channel(STDIN, OutputStream.nullOutputStream()))
          .console(ConsolePort.channel(STDOUT, new Output(FileDescriptor.out)))
          .console(ConsolePort.channel(STDERR, new Output(FileDescriptor.err)));
    }
    if (options.profile() && named.isEmpty()) {
      builder.console(ConsolePort.channel(SYMBOLS, symbols));
    }
    // The last port: when the guest sees its name, the others are there and connected.
    builder.console(ConsolePort.channel(CONTROL, new ControlChannel(this)));
    progress.show("booting");
    try (MicroVm vm = builder.start()) {
      started.complete(vm);
      if (options.profile()) {
        vm.startProfile();
      }
      SerialLog serial = new SerialLog(vm.serialOutput(), log, OutputStream.nullOutputStream());
      Exit exit;
      try (HostTerminal raw = terminal && Terminals.STDIN ? raw(vm) : null) {
        Thread.ofPlatform().name("stdin").daemon().start(() -> input(vm, raw != null));
        exit = vm.await();
      }
      serial.join();
      progress.clear();
      int status = status(exit, serial);
      if (options.stats()) {
        Statistics.print(vm.stats(), err);
      }
      if (options.profile()) {
        Profiles.print(
            vm.profile(), named.orElseGet(() -> new GuestSymbols(symbols.toByteArray())), err);
      }
      return status;
    }
  }

  private HostTerminal raw(MicroVm vm) throws IOException {
    return HostTerminal.raw((columns, rows) -> resized(vm, columns, rows));
  }

  private void input(MicroVm vm, boolean raw) {
    EscapeKeys keys = new EscapeKeys(new EscapeKeys.Actions() {
      @Override
      public void quit() {
        quit.set(true);
        vm.stop();
      }

      @Override
      public void help() {
        err.print(EscapeKeys.HELP);
        err.flush();
      }
    });
    boolean terminal = task.mode() != GuestTask.Mode.COMMAND;
    byte[] chunk = new byte[1 << 14];
    try (InputStream in = new FileInputStream(FileDescriptor.in);
        OutputStream out = terminal ? new TypeAhead(vm.portInput(TERMINAL)) : vm.portInput(STDIN)) {
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        out.write(raw ? keys.filter(chunk, n) : Arrays.copyOf(chunk, n));
      }
      if (terminal) {
        // A terminal has no end of file of its own: this is what a user would type for it.
        out.write(END_OF_TRANSMISSION);
        Thread.sleep(Long.MAX_VALUE);
      }
    } catch (IOException e) {
      // Either stdin cannot be read, which is its end, or the machine has ended.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Keeps what is typed until the guest is ready for it: its driver throws away what comes before its terminal exists.
   * Writing goes on meanwhile, so that the escape keys work.
   */
  private final class TypeAhead extends OutputStream {
    private static final int PIECES = 256;

    private final BlockingQueue<byte[]> typed = new ArrayBlockingQueue<>(PIECES);

    TypeAhead(OutputStream target) {
      Thread.ofPlatform().name("terminal input").daemon().start(() -> feed(target));
    }

    private void feed(OutputStream target) {
      try {
        ready.await();
        while (true) {
          target.write(typed.take());
        }
      } catch (IOException e) {
        // The machine has ended.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
      try {
        typed.put(Arrays.copyOfRange(data, offset, offset + length));
      } catch (InterruptedException e) {
        throw new InterruptedIOException("interrupted while the guest was not reading");
      }
    }
  }

  /** The driver looks at the size only when it is told of a change, and that is lost on it before it is set up. */
  @Override
  public void ready() {
    ready.countDown();
    MicroVm vm = started.join();
    Size known = size;
    if (known.columns > 0) {
      vm.resizeTerminal(known.columns, known.rows);
    }
  }

  private void resized(MicroVm vm, int columns, int rows) {
    size = new Size(columns, rows);
    vm.resizeTerminal(columns, rows);
  }

  /** What the guest wrote before is in the other ports' buffers. */
  @Override
  public void ended(Outcome result) {
    MicroVm vm = started.join();
    outcome = result;
    reported = true;
    try {
      vm.awaitOutput(STDOUT);
      vm.awaitOutput(STDERR);
      vm.awaitOutput(TERMINAL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    vm.stop();
  }

  private int status(Exit exit, SerialLog serial) {
    if (quit.get()) {
      return 0;
    }
    if (brokenPipe.get()) {
      return BROKEN_PIPE;
    }
    if (reported) {
      return switch (outcome) {
        case Outcome.Exited exited -> exited.status();
        case Outcome.Failed failed -> failed(failed.message());
      };
    }
    return switch (exit) {
      case Exit.PowerOff off -> unreported("powered off", serial);
      case Exit.Reset reset -> unreported("was reset", serial);
      case Exit.Stopped stopped -> failed("the guest was stopped");
      case Exit.TripleFault fault -> Failures.tripleFault(fault, options, serial, err);
      case Exit.Failed failure -> Failures.machine(failure, err);
    };
  }

  /**
   * The end of a guest that said nothing of a command: in order if an init of its own was in charge, and did not panic.
   */
  private int unreported(String how, SerialLog serial) {
    if (task.mode() == GuestTask.Mode.INIT && !serial.panicked()) {
      return 0;
    }
    String words = serial.lastWords();
    return failed("the guest " + how + " before the command had ended" + (words.isEmpty() ? "" : ": " + words));
  }

  private int failed(String message) {
    err.println("portfire: " + message);
    return RunCommand.FAILED;
  }

  /** One of our streams; the first output ends the progress line, and a reader that went away ends the guest. */
  private final class Output extends OutputStream {
    private final FileOutputStream stream;
    private boolean begun;

    Output(FileDescriptor descriptor) {
      this.stream = new FileOutputStream(descriptor);
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
      if (!begun) {
        begun = true;
        progress.clear();
      }
      try {
        stream.write(data, offset, length);
      } catch (IOException e) {
        brokenPipe.set(true);
        started.join().stop();
        throw e;
      }
    }
  }
}
