package dev.portfire.cli;

import dev.portfire.cli.guest.DefaultGuest;
import dev.portfire.cli.guest.GuestTask;
import dev.portfire.vmm.ConsolePort;
import dev.portfire.vmm.MicroVm;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The default guest with a shell script as its task, in this process, so that a test can work on its devices. */
final class ScriptGuest implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  final MicroVm vm;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream control = new ByteArrayOutputStream();

  /**
   * Starts it.
   *
   * @param drivers modules to load besides the usual ones
   * @param devices adds what the test is about
   * @param script what the guest's shell does; its stdin is a pipe from {@link MicroVm#portInput}
   */
  ScriptGuest(List<String> drivers, UnaryOperator<MicroVm.Builder> devices, String script) throws Exception {
    DefaultGuest guest = DefaultGuest.get(DefaultGuest.userCache(), System.err::println);
    List<byte[]> command =
        List.of(bytes("sh"), bytes("-c"), bytes("exec 2>&1; " + script));
    GuestTask task = new GuestTask(GuestTask.Mode.COMMAND, command, Map.of(), Optional.empty());
    MicroVm.Builder builder = MicroVm.builder()
        .kernel(guest.kernel())
        .initrd(guest.initramfs(task, drivers))
        .commandLine("console=ttyS0 reboot=k panic=-1 quiet")
        .announceDevices(false)
        .memoryMib(512)
        .console(ConsolePort.channel("portfire.stdin", OutputStream.nullOutputStream()))
        .console(ConsolePort.channel("portfire.stdout", out))
        .console(ConsolePort.channel("portfire.stderr", System.err))
        .console(ConsolePort.channel("portfire.control", control));
    vm = devices.apply(builder).start();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What the script has printed so far. */
  String output() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Waits until the script has printed a text. */
  void awaitOutput(String text) throws InterruptedException {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (!output().contains(text)) {
      if (System.nanoTime() > end || vm.await(Duration.ZERO).isPresent()) {
        throw new AssertionError("\"" + text + "\" was not printed, but:\n" + output() + serial());
      }
      Thread.sleep(20);
    }
  }

  /** Says something to the script. */
  void say(String line) throws Exception {
    OutputStream in = vm.portInput("portfire.stdin");
    in.write(bytes(line + "\n"));
    in.flush();
  }

  /** Waits for the script's end and returns what it has printed; fails if it failed. */
  String finish() throws Exception {
    vm.portInput("portfire.stdin").close();
    if (vm.await(TIMEOUT).isEmpty()) {
      throw new AssertionError("the guest goes on and on; so far it has printed:\n" + output() + serial());
    }
    String said = control.toString(StandardCharsets.UTF_8);
    if (!said.contains("exit 0")) {
      throw new AssertionError("the script failed (" + said.strip() + "):\n" + output() + serial());
    }
    return output();
  }

  private String serial() {
    try {
      return "\nand on the serial port: "
          + new String(
              vm.serialOutput().readNBytes(vm.serialOutput().available()), StandardCharsets.UTF_8);
    } catch (java.io.IOException e) {
      return "";
    }
  }

  @Override
  public void close() {
    vm.close();
  }
}
