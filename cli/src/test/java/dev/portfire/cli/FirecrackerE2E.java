package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.cli.Portfire.Result;
import dev.portfire.cli.guest.DefaultGuest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code firecracker --no-api --config-file}: the serial port on stdin and stdout. */
final class FirecrackerE2E {
  private static final String INIT =
      """
      busybox mount -t proc proc /proc
      echo "cpus $(busybox nproc)"
      read -r line
      echo "read $line"
      busybox reboot -f
      """;

  @Test
  void bootsWhatItsConfigurationSays(@TempDir Path directory) throws Exception {
    Path kernel = DefaultGuest.get(DefaultGuest.userCache(), System.err::println).kernel();
    Path initrd = Files.write(directory.resolve("initrd"), TinyInitrd.of(INIT));
    Path config = Files.writeString(
        directory.resolve("config.json"),
        """
        {"boot-source": {"kernel_image_path": "%s", "initrd_path": "%s",
                         "boot_args": "console=ttyS0 reboot=k panic=-1 quiet"},
         "drives": [], "machine-config": {"vcpu_count": 2, "mem_size_mib": 256}}
        """
            .formatted(kernel, initrd));
    // A line many times: the kernel empties the receiver when it sets the port up.
    Result result = Portfire.tool(
        "firecracker", "typed\n".repeat(100), List.of("--no-api", "--config-file", config.toString()));
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains("Running Firecracker v")
        .contains("Successfully started microvm that was configured from one single json")
        .contains("cpus 2\r\n")
        .contains("typed\r\n")
        .contains("Firecracker exiting successfully. exit_code=0");
  }
}
