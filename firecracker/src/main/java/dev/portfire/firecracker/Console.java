package dev.portfire.firecracker;

import dev.portfire.vmm.MicroVm;
import dev.portfire.vmm.metrics.Metrics;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Connects a machine's serial port with stdin and stdout. */
final class Console {
  /** Takes what the guest writes. */
  @FunctionalInterface
  interface Output {
    /**
     * Writes the first bytes of an array.
     *
     * @return whether all of them were taken
     */
    boolean write(byte[] data, int length);
  }

  private final RawTerminal terminal;
  private final boolean stdinIsTerminal;
  private final boolean takesInput;
  private final Output out;
  private final Metrics metrics;
  private RawTerminal.@Nullable Session session;
  private @Nullable Thread output;

  /**
   * Makes a console.
   *
   * @param takesInput whether stdin is read at all
   * @param out what the guest writes to
   * @param metrics the group {@code uart} gets what happens to the output
   */
  Console(RawTerminal terminal, boolean stdinIsTerminal, boolean takesInput, Output out, Metrics metrics) {
    this.metrics = metrics;
    this.takesInput = takesInput;
    this.terminal = terminal;
    this.stdinIsTerminal = stdinIsTerminal;
    this.out = out;
  }

  /**
   * Takes the terminal over, if stdin is one.
   *
   * @throws IOException if it cannot be switched to raw mode
   */
  void takeTerminal() throws IOException {
    if (stdinIsTerminal && takesInput) {
      session = terminal.enter();
    }
  }

  /** Connects them, by threads that may do what the calling one may. */
  void connect(MicroVm vm) {
    output = Thread.ofPlatform().name("serial output").daemon().start(() -> copyOutput(vm.serialOutput()));
    if (takesInput && (stdinIsTerminal || stdinIsPipe())) {
      Thread.ofPlatform()
          .name("serial input")
          .daemon()
          .start(() -> copy(new FileInputStream(FileDescriptor.in), vm.serialInput()));
    }
  }

  /** Waits until all output of a machine that has ended is written. */
  void drain() throws InterruptedException {
    if (output != null) {
      output.join();
    }
  }

  /** Puts the terminal back as it was. */
  void restore() {
    if (session != null) {
      session.close();
    }
  }

  /** Firecracker reads stdin only if it is a terminal or a pipe. */
  private static boolean stdinIsPipe() {
    Path stdin = Path.of("/proc/self/fd/0");
    try {
      return Files.readSymbolicLink(stdin).toString().startsWith("pipe:");
    } catch (IOException e) {
      // No such file system on this host: reading it is the more useful guess.
      return true;
    }
  }

  /** What is not taken, since there is no room or nobody reads it, does not stop the guest. */
  private void copyOutput(InputStream from) {
    byte[] chunk = new byte[8192];
    try {
      for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
        metrics.count("uart", "flush_count");
        if (!out.write(chunk, n)) {
          metrics.count("uart", "error_count");
          metrics.add("uart", "missed_write_count", n);
        }
      }
    } catch (IOException e) {
      // Interrupted, which nobody does: the thread ends with the process.
    }
  }

  private static void copy(InputStream from, OutputStream to) {
    byte[] chunk = new byte[8192];
    try {
      for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
        to.write(chunk, 0, n);
        to.flush();
      }
    } catch (IOException e) {
      // There is no more input, or the machine has ended.
    }
  }
}
