package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portfire.cli.Portfire.Result;
import dev.portfire.cli.guest.DefaultGuest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GDB itself debugs the default guest's kernel, in {@code bin/firecracker}. Skipped aloud without a gdb. */
final class GdbE2E {
  private static final String INIT =
      """
      n=0
      while [ $n -lt 600 ]; do
        echo "tick $n"
        n=$((n + 1))
        busybox usleep 100000
      done
      busybox reboot -f
      """;

  private static String address(String symbols, String name) {
    return "0x" + symbols.lines()
        .filter(line -> line.endsWith(" " + name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("the kernel tells no address of " + name + ":\n" + symbols))
        .split(" ")[0];
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Process gdb(Path script, Path output) throws IOException {
    return new ProcessBuilder("gdb", "-nx", "-batch", "-x", script.toString())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  @Test
  void aBootIsStoppedSteppedInterruptedAndKilled(@TempDir Path directory) throws Exception {
    assumeTrue(Portfire.process("", List.of("sh", "-c", "command -v gdb")).status() == 0, "gdb is not installed");
    // Debian's kernel has no file of symbols but tells where its functions are; they are not moved about.
    Result symbols = Portfire.run("--append", "nokaslr", "--", "grep", "-wE", "start_kernel|do_sys_openat2|linux_banner", "/proc/kallsyms");
    assertThat(symbols.err()).isEmpty();
    Path socket = directory.resolve("gdb.sock");
    Path config = Files.writeString(
        directory.resolve("config.json"),
        """
        {"boot-source": {"kernel_image_path": "%s", "initrd_path": "%s",
                         "boot_args": "console=ttyS0 reboot=k panic=-1 quiet nokaslr"},
         "drives": [],
         "machine-config": {"vcpu_count": 2, "mem_size_mib": 256, "gdb_socket_path": "%s"}}
        """
            .formatted(
                DefaultGuest.get(DefaultGuest.userCache(), System.err::println).kernel(),
                Files.write(directory.resolve("initrd"), TinyInitrd.of(INIT)),
                socket));
    Path script = Files.writeString(
        directory.resolve("script"),
        """
        set pagination off
        set confirm off
        set architecture i386:x86-64
        target remote %1$s
        info threads
        hbreak *%2$s
        continue
        printf "stopped at %%#lx, efer %%#lx, cr3 %%#lx\\n", $rip, $efer, $cr3
        stepi
        printf "stepped %%d to %%#lx\\n", $rip != %2$s, $rip
        x/s %4$s
        delete
        break *%3$s
        continue
        printf "opened at %%#lx with rsp %%#lx\\n", $rip, $rsp
        info threads
        delete
        continue
        printf "interrupted, efer %%#lx\\n", $efer
        thread 2
        printf "thread %%d\\n", $_thread
        thread 1
        detach
        """
            .formatted(
                socket,
                address(symbols.out(), "start_kernel"),
                address(symbols.out(), "do_sys_openat2"),
                address(symbols.out(), "linux_banner")));
    Path console = directory.resolve("console");
    ProcessBuilder builder = new ProcessBuilder(Portfire.BIN.resolve("firecracker").toString(), "--no-api", "--config-file", config.toString())
        .redirectErrorStream(true)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectOutput(console.toFile());
    builder.environment().put("PORTFIRE_ACCEL", "soft");
    Process firecracker = builder.start();
    Path output = directory.resolve("output");
    try {
      await("the socket", () -> Portfire.listens(firecracker, socket));
      assertThat(read(console)).contains("Waiting for gdb on " + socket).doesNotContain("Successfully started");
      Process gdb = gdb(script, output);
      await("the guest runs", () -> read(console).contains("tick 3") || !gdb.isAlive());
      assertThat(gdb.isAlive()).as(read(output)).isTrue();
      // Ctrl-C
      Result interrupt = Portfire.process("", List.of("kill", "-INT", Long.toString(gdb.pid())));
      assertThat(interrupt.status()).isZero();
      assertThat(gdb.waitFor(60, TimeUnit.SECONDS)).as(read(output)).isTrue();
      assertThat(read(output))
          .contains("Thread 1 (vCPU 0 (running))")
          .contains("Thread 2 (vCPU 1 (waiting to be started))")
          .contains("stopped at " + address(symbols.out(), "start_kernel") + ", efer 0xd01, cr3 0x")
          .contains("stepped 1 to 0xffffffff")
          .contains("\"Linux version 6.")
          .contains("opened at " + address(symbols.out(), "do_sys_openat2") + " with rsp 0xffff")
          .containsPattern("Thread 2 \\(vCPU 1 \\((running|halted)\\)\\)")
          .contains("SIGINT")
          .contains("interrupted, efer 0x")
          .contains("thread 2\n")
          .contains("detached");
      long ticks = read(console).lines().count();
      await("it goes on alone", () -> read(console).lines().count() > ticks + 3);
      Path kill = Files.writeString(
          directory.resolve("kill"), "set confirm off\ntarget remote %s\ninfo threads\nkill\n".formatted(socket));
      Process second = gdb(kill, output);
      assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(read(output)).contains("Thread 2 (vCPU 1 (").contains("killed]");
      assertThat(firecracker.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(firecracker.exitValue()).as(read(console)).isZero();
      assertThat(socket).doesNotExist();
    } finally {
      firecracker.destroyForcibly();
    }
  }

  private static final long ENTRY = 0x100_0000;

  /** A kernel of a few instructions: it calls a function and then counts in RBX for ever. */
  private static byte[] bareKernel() {
    // mov eax,0x1234; call function; loop: inc ebx; pause; jmp loop; nop x 5; function: inc eax; ret
    byte[] code = HexFormat.of().parseHex("b834120000" + "e80b000000" + "ffc3" + "f390" + "ebfa" + "9090909090" + "ffc0" + "c3");
    ByteBuffer elf = ByteBuffer.allocate(120 + code.length).order(ByteOrder.LITTLE_ENDIAN);
    elf.putInt(0, 0x464c_457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
    elf.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1).putLong(24, ENTRY).putLong(32, 64);
    elf.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 1);
    elf.putInt(64, 1).putInt(68, 5).putLong(72, 120).putLong(80, -1).putLong(88, ENTRY);
    elf.putLong(96, code.length).putLong(104, code.length).putLong(112, 4096);
    return elf.put(120, code).array();
  }

  @ParameterizedTest
  @ValueSource(strings = {"soft", "kvm"})
  void aFewInstructionsOnEachBackEnd(String accelerator, @TempDir Path directory) throws Exception {
    assumeTrue(Portfire.process("", List.of("sh", "-c", "command -v gdb")).status() == 0, "gdb is not installed");
    Path device = Path.of("/dev/kvm");
    assumeTrue(
        accelerator.equals("soft") || (Files.isReadable(device) && Files.isWritable(device)), "there is no /dev/kvm to use");
    Path socket = directory.resolve("gdb.sock");
    Path config = Files.writeString(
        directory.resolve("config.json"),
        """
        {"boot-source": {"kernel_image_path": "%s", "boot_args": ""}, "drives": [],
         "machine-config": {"vcpu_count": 1, "mem_size_mib": 64, "gdb_socket_path": "%s"}}
        """
            .formatted(Files.write(directory.resolve("kernel"), bareKernel()), socket));
    Path script = Files.writeString(
        directory.resolve("script"),
        """
        set pagination off
        set confirm off
        set architecture i386:x86-64
        target remote %s
        printf "entered at %%#lx\\n", $rip
        hbreak *0x1000015
        continue
        printf "stopped at %%#lx with %%#lx\\n", $rip, $rax
        stepi
        printf "stepped to %%#lx with %%#lx\\n", $rip, $rax
        set $rax = 0x77
        x/2xb 0x1000015
        delete
        break *0x100000c
        continue
        printf "counted %%d with %%#lx\\n", $rbx, $rax
        continue
        printf "counted %%d\\n", $rbx
        delete
        continue
        printf "interrupted, more than 2: %%d\\n", $rbx > 2
        kill
        """.formatted(socket));
    Path console = directory.resolve("console");
    ProcessBuilder builder = new ProcessBuilder(
            Portfire.BIN.resolve("firecracker").toString(), "--no-api", "--config-file", config.toString())
        .redirectErrorStream(true)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectOutput(console.toFile());
    builder.environment().put("PORTFIRE_ACCEL", accelerator);
    Process firecracker = builder.start();
    Path output = directory.resolve("output");
    try {
      await("the socket; " + read(console), () -> Portfire.listens(firecracker, socket) || !firecracker.isAlive());
      Process gdb = gdb(script, output);
      await("the second count", () -> read(output).contains("counted 2") || !gdb.isAlive());
      Thread.sleep(500);
      Result interrupt = Portfire.process("", List.of("kill", "-INT", Long.toString(gdb.pid())));
      assertThat(gdb.waitFor(60, TimeUnit.SECONDS)).as(read(output)).isTrue();
      assertThat(interrupt.status()).as(read(output) + read(console)).isZero();
      assertThat(read(output))
          .contains("entered at 0x1000000\n")
          .contains("stopped at 0x1000015 with 0x1234\n")
          .contains("stepped to 0x1000017 with 0x1235\n")
          .containsPattern("0x1000015:\\s+0xff\\s+0xc0")
          .contains("counted 1 with 0x77\n", "counted 2\n")
          .contains("interrupted, more than 2: 1\n")
          .contains("killed]");
      assertThat(firecracker.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(firecracker.exitValue()).as(read(console)).isZero();
    } finally {
      firecracker.destroyForcibly();
    }
  }
}
