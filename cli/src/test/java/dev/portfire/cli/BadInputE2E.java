package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.portfire.cli.Portfire.Result;
import dev.portfire.cli.guest.DefaultGuest;
import dev.portfire.cli.guest.GuestException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot work is refused by one clear line and a status that is not zero. */
final class BadInputE2E {
  @TempDir
  Path directory;

  @BeforeAll
  static void fetchTheGuest() throws GuestException, InterruptedException {
    DefaultGuest.get(DefaultGuest.userCache(), System.err::println);
  }

  private static void refused(String message, String... arguments) throws IOException, InterruptedException {
    Result result = Portfire.run(arguments);
    assertThat(result.err()).contains(message).hasLineCount(1).doesNotContain("Exception");
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isIn(125, 2);
  }

  private String file(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content).toString();
  }

  /** A 64-bit ELF program of one page at 1 MiB. */
  private static byte[] elf(int machine, int bits, byte... code) {
    ByteBuffer elf = ByteBuffer.allocate(0x1000 + code.length).order(ByteOrder.LITTLE_ENDIAN);
    elf.putInt(0, 0x464c457f).put(4, (byte) (bits / 32)).put(5, (byte) 1).put(6, (byte) 1);
    elf.putShort(16, (short) 2).putShort(18, (short) machine).putInt(20, 1).putLong(24, 0x100000).putLong(32, 64);
    elf.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 1);
    elf.putInt(64, 1).putInt(68, 5).putLong(72, 0x1000).putLong(80, 0x100000).putLong(88, 0x100000);
    elf.putLong(96, code.length).putLong(104, code.length).putLong(112, 0x1000);
    elf.put(0x1000, code);
    return elf.array();
  }

  @Test
  void kernels() throws IOException, InterruptedException, GuestException {
    byte[] kernel =
        Files.readAllBytes(DefaultGuest.get(DefaultGuest.userCache(), System.err::println).kernel());
    refused("/none/kernel does not exist", "--kernel", "/none/kernel", "--", "true");
    refused("is empty", "--kernel", file("empty", new byte[0]), "--", "true");
    refused("is truncated", "--kernel", file("cut", Arrays.copyOf(kernel, 1_000_000)), "--", "true");
    refused("neither an ELF vmlinux nor a bzImage", "--kernel", file("text", new byte[5000]), "--", "true");
    refused("32-bit", "--kernel", file("small", elf(3, 32)), "--", "true");
    refused("not for x86-64", "--kernel", file("arm", elf(183, 64)), "--", "true");
    refused("does not fit", "--mem", "16", "--", "true");
  }

  @Test
  void memoryCpusAndDrives() throws IOException, InterruptedException {
    refused("at least 8 MiB, not 0", "--mem", "0", "--", "true");
    refused("at least 8 MiB, not 1", "--mem", "1", "--", "true");
    refused("more than the", "--mem", "1000000G", "--", "true");
    refused("1 to 32, not 0", "--cpus", "0", "--", "true");
    refused("1 to 32, not 33", "--cpus", "33", "--", "true");
    refused("drive /none/disk: no such file", "--rootfs", "/none/disk", "--", "true");
    refused("--bogus", "--bogus");
  }

  /** A run in which a system call on /dev/kvm has the given outcome, by strace's fault injection. */
  private static Result withKvm(String call, String outcome, String accelerator) throws IOException, InterruptedException {
    String script = "exec strace -f -qq -o /dev/null -P /dev/kvm -e trace=%s -e inject=%s:%s".formatted(call, call, outcome)
        + " \"$BIN\"/portfire run --accel %s -- echo hi".formatted(accelerator);
    return Portfire.process("", List.of("sh", "-c", script));
  }

  @Test
  void aKvmThatCannotBeUsedIsNamedWithTheRemedyAndTheSoftwareCpuStillWorks() throws IOException, InterruptedException {
    assumeThat(Portfire.process("", List.of("sh", "-c", "strace -o /dev/null true")).status())
        .as("strace, which makes system calls fail, is not installed or may not trace here")
        .isZero();
    record Case(String call, String outcome, String message) {}
    for (Case c : List.of(
        new Case("openat", "error=ENOENT", "/dev/kvm does not exist: load the kernel module"),
        new Case("openat", "error=EACCES", "no permission to open /dev/kvm: join the group that owns it"),
        new Case("openat", "error=EPERM", "opening /dev/kvm is forbidden here: in a container, pass --device /dev/kvm"))) {
      Result result = withKvm(c.call, c.outcome, "kvm");
      assertThat(result.err()).contains(c.message).contains("accelerator soft").hasLineCount(1);
      assertThat(result.out()).isEmpty();
      assertThat(result.status()).isEqualTo(125);
      assertThat(withKvm(c.call, c.outcome, "soft")).isEqualTo(new Result(0, "hi\n", ""));
    }
  }

  @Test
  void aKvmOfAnotherVersionIsRefused() throws IOException, InterruptedException {
    assumeThat(Portfire.process("", List.of("sh", "-c", "test -w /dev/kvm && strace -o /dev/null true")).status())
        .as("/dev/kvm or strace, which changes what it answers, is not there")
        .isZero();
    Result result = withKvm("ioctl", "retval=11:when=1", "kvm");
    assertThat(result.err())
        .contains("/dev/kvm speaks version 11 of the KVM interface, not 12: use a Linux kernel of 2.6.22 or newer")
        .hasLineCount(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isEqualTo(125);
    assertThat(withKvm("ioctl", "retval=11:when=1", "soft")).isEqualTo(new Result(0, "hi\n", ""));
  }

  @Test
  void aTripleFaultLeavesItsRegistersInTheLog() throws IOException, InterruptedException {
    String kernel = file("ud2", elf(62, 64, (byte) 0x0f, (byte) 0x0b));
    String initrd = file("initrd", new byte[100]);
    Path log = directory.resolve("log");
    refused("triple fault", "--kernel", kernel, "--initrd", initrd, "--log", log.toString());
    assertThat(log).content().contains("rip 0000000000100000").contains("cr3 ");
  }
}
