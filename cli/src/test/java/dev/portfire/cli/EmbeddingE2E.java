package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.cli.guest.DefaultGuest;
import dev.portfire.cli.guest.GuestTask;
import dev.portfire.vmm.ConsolePort;
import dev.portfire.vmm.Exit;
import dev.portfire.vmm.MicroVm;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** MicroVMs inside a Java program: the example of the README, and two machines at once. */
final class EmbeddingE2E {
  // README: begin
  static String kernelVersion(Path kernel, byte[] initrd) throws Exception {
    try (MicroVm vm = MicroVm.builder()
        .kernel(kernel)
        .initrd(initrd)
        .commandLine("console=ttyS0 reboot=k panic=-1")
        .memoryMib(256)
        .start()) {
      String console = new String(vm.serialOutput().readAllBytes(), StandardCharsets.UTF_8);
      Exit exit = vm.await();
      return exit + ": " + console.lines().findFirst().orElse("");
    }
  }
  // README: end

  @Test
  void theExampleWorksAndStandsInTheReadme() throws Exception {
    DefaultGuest guest = DefaultGuest.get(DefaultGuest.userCache(), System.err::println);
    assertThat(kernelVersion(guest.kernel(), TinyInitrd.of("busybox mount -t sysfs sysfs /sys; busybox poweroff -f")))
        .startsWith("PowerOff[]: ")
        .contains("Linux version " + guest.release());
    List<String> source = Files.readAllLines(Path.of("src/test/java/dev/portfire/cli/EmbeddingE2E.java"));
    List<String> example = source.subList(
        source.indexOf("  // README: begin") + 1, source.indexOf("  // README: end"));
    String text = String.join("\n", example).stripIndent();
    assertThat(Files.readString(Path.of("../README.md"))).contains(text);
  }

  @Test
  void twoMachinesRunInOneProcess() throws Exception {
    DefaultGuest guest = DefaultGuest.get(DefaultGuest.userCache(), System.err::println);
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    ByteArrayOutputStream second = new ByteArrayOutputStream();
    try (MicroVm one = echo(guest, "one", first);
        MicroVm two = echo(guest, "two", second)) {
      assertThat(one.await()).isEqualTo(new Exit.PowerOff());
      assertThat(two.await()).isEqualTo(new Exit.PowerOff());
      assertThat(one.stats().instructions()).isPositive();
    }
    assertThat(first.toString(StandardCharsets.UTF_8)).isEqualTo("one\n");
    assertThat(second.toString(StandardCharsets.UTF_8)).isEqualTo("two\n");
  }

  private static MicroVm echo(DefaultGuest guest, String word, OutputStream out) throws Exception {
    List<byte[]> command =
        List.of("echo".getBytes(StandardCharsets.UTF_8), word.getBytes(StandardCharsets.UTF_8));
    MicroVm vm = MicroVm.builder()
        .name(word)
        .kernel(guest.kernel())
        .initrd(guest.initramfs(new GuestTask(GuestTask.Mode.COMMAND, command, Map.of(), Optional.empty())))
        .commandLine("console=ttyS0 reboot=k panic=-1 quiet")
        .announceDevices(false)
        .memoryMib(256)
        .countInstructions(true)
        .console(ConsolePort.channel("portfire.stdin", OutputStream.nullOutputStream()))
        .console(ConsolePort.channel("portfire.stdout", out))
        .console(ConsolePort.channel("portfire.stderr", System.err))
        .console(ConsolePort.channel("portfire.control", OutputStream.nullOutputStream()))
        .start();
    vm.portInput("portfire.stdin").close();
    return vm;
  }
}
