package dev.portfire.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be started is refused in one line that names the thing. */
final class MicroVmTest {
  private Path directory = Path.of("unset");
  private Path kernel = Path.of("unset");

  @BeforeEach
  void writeSomething(@TempDir Path temporary) throws IOException {
    directory = temporary;
    kernel = Files.writeString(directory.resolve("kernel"), "not a kernel at all");
  }

  private void refused(MicroVm.Builder builder, String message) {
    assertThatThrownBy(builder::start).isInstanceOf(MicroVmException.class).hasMessage(message);
  }

  private MicroVm.Builder builder() {
    return MicroVm.builder().kernel(kernel);
  }

  @Test
  void refusesWrongNumbersOfCpus() {
    refused(builder().vcpus(0), "the number of vCPUs must be 1 to 32, not 0");
    refused(builder().vcpus(33), "the number of vCPUs must be 1 to 32, not 33");
  }

  @Test
  void refusesWrongAmountsOfMemory() {
    refused(builder().memoryMib(0), "guest memory must be at least 8 MiB, not 0");
    refused(builder().memoryMib(1), "guest memory must be at least 8 MiB, not 1");
    assertThatThrownBy(() -> builder().memoryMib(1L << 30).start())
        .isInstanceOf(MicroVmException.class)
        .hasMessageStartingWith("guest memory of 1073741824 MiB is more than the ");
  }

  @Test
  void refusesWithoutAKernel() {
    refused(MicroVm.builder(), "no kernel was given");
    refused(builder().kernel(directory.resolve("none")), "kernel " + directory.resolve("none") + " does not exist");
    refused(builder(), "kernel " + kernel + " is neither an ELF vmlinux nor a bzImage");
  }

  @Test
  void refusesBadDrives() throws IOException {
    Path missing = directory.resolve("missing");
    refused(builder().drive(Drive.of(missing, false)), "drive " + missing + ": no such file");
    refused(
        builder().drive(Drive.of(directory, true)), "drive " + directory + ": is a directory, not a disk image");
    Path image = Files.write(directory.resolve("image"), new byte[4096]);
    refused(
        builder().drive(Drive.of(image, false)).drive(Drive.of(image, false)),
        "drive " + image + ": is in use by another machine");
  }

  @Test
  void refusesBadCommandLines() {
    assertThatThrownBy(() -> builder().commandLine("x".repeat(3000)).start())
        .isInstanceOf(MicroVmException.class)
        .hasMessageContaining("command line");
  }

  @Test
  void namesAccelerators() {
    assertThat(Accelerator.of("soft")).contains(Accelerator.SOFT);
    assertThat(Accelerator.of("SOFT")).isEmpty();
    assertThat(Accelerator.AUTO).hasToString("auto");
    assertThat(Engine.of("safe")).contains(Engine.SAFE);
  }
}
