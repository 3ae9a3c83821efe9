package dev.portfire.cli;

import dev.portfire.vmm.Exit;
import dev.portfire.vmm.MicroVm;
import dev.portfire.vmm.MicroVmException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** One run of a guest that is all the user's own: its serial port on our stdin and stdout. */
final class SerialSession {
  private final PrintStream err;
  private final RunOptions options;
  private final Progress progress;
  private final OutputStream log;
  private final Optional<GuestSymbols> symbols;
  private final AtomicBoolean quit = new AtomicBoolean();

  SerialSession(
      PrintStream err, RunOptions options, Progress progress, OutputStream log, Optional<GuestSymbols> symbols) {
    this.symbols = symbols;
    this.err = err;
    this.options = options;
    this.progress = progress;
    this.log = log;
  }

  /** Boots it and stays until it ends; returns the exit status. */
  int run(MicroVm.Builder builder) throws MicroVmException, IOException, InterruptedException {
    try (MicroVm vm = builder.start()) {
      if (options.profile()) {
        vm.startProfile();
      }
      SerialLog serial = new SerialLog(vm.serialOutput(), log, new FileOutputStream(FileDescriptor.out));
      Exit exit;
      try (HostTerminal raw = Terminals.STDIN ? HostTerminal.raw((columns, rows) -> {}) : null) {
        Thread.ofPlatform().name("stdin").daemon().start(() -> input(vm, raw != null));
        exit = vm.await();
        serial.join();
      }
      progress.clear();
      int status = status(exit, serial);
      if (options.stats()) {
        Statistics.print(vm.stats(), err);
      }
      if (options.profile()) {
        Profiles.print(vm.profile(), symbols.orElseGet(GuestSymbols::new), err);
      }
      return status;
    }
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
    byte[] chunk = new byte[4096];
    try (InputStream in = new FileInputStream(FileDescriptor.in)) {
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        vm.serialInput().write(raw ? keys.filter(chunk, n) : Arrays.copyOf(chunk, n));
      }
    } catch (IOException e) {
      // Either stdin cannot be read, which is its end, or the machine has ended.
    }
  }

  private int status(Exit exit, SerialLog serial) {
    if (quit.get()) {
      return 0;
    }
    return switch (exit) {
      case Exit.PowerOff off -> 0;
      case Exit.Reset reset -> {
        if (serial.panicked()) {
          err.println("portfire: " + serial.lastWords());
          yield RunCommand.FAILED;
        }
        yield 0;
      }
      case Exit.Stopped stopped -> 0;
      case Exit.TripleFault fault -> Failures.tripleFault(fault, options, serial, err);
      case Exit.Failed failure -> Failures.machine(failure, err);
    };
  }
}
