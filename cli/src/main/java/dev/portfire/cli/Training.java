package dev.portfire.cli;

import dev.portfire.firecracker.Firecracker;
import dev.portfire.inspect.Inspection;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the AOT caches are made from: one from a boot of the default guest and a few requests to {@code firecracker}'s API, one from the tools
 * that end at once.
 */
final class Training {
  private static final List<String> REQUESTS = List.of(
      "GET / HTTP/1.1\r\n\r\n",
      "GET /machine-config HTTP/1.1\r\n\r\n",
      "PUT /machine-config HTTP/1.1\r\nContent-Length: 35\r\n\r\n{\"vcpu_count\":1,\"mem_size_mib\":128}",
      "GET /vm/config HTTP/1.1\r\n\r\n",
      "PUT /drives/x HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
      "PUT /boot-source HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");

  private static final List<List<String>> TOOLS = List.of(
      List.of("cpuid", "-1"), List.of("lscpu"), List.of("lscpu", "-e"), List.of("lsmod"), List.of("modinfo", "kvm"), List.of("host"),
      List.of("modules", "kvm"), List.of("vms"), List.of("kvm_stat", "--source"), List.of("kvm_stat", "-1", "-f", "kvm_userspace_exit"));

  private static final int TRIES = 500;

  /** With the download of the default guest; a build must not wait for ever for what it can do without. */
  private static final int MOST_MINUTES = 10;

  private Training() {}

  /**
   * Runs what one of them is made from.
   *
   * @param arguments none, or "tools" and a recording for {@code perf-kvm}
   */
  static int run(List<String> arguments, PrintStream err) throws InterruptedException {
    Thread.ofPlatform().daemon().start(() -> {
      try {
        TimeUnit.MINUTES.sleep(MOST_MINUTES);
        Runtime.getRuntime().halt(RunCommand.FAILED);
      } catch (InterruptedException e) {
        // Nobody does that: the thread ends with the process.
      }
    });
    return arguments.isEmpty() ? guest(err) : tools(arguments.subList(1, arguments.size()), err);
  }

  /** What they find does not matter, only that they look. */
  private static int tools(List<String> recordings, PrintStream err) throws InterruptedException {
    for (List<String> command : TOOLS) {
      int unused = Inspection.run(command.getFirst(), command.subList(1, command.size()), err);
    }
    for (String recording : recordings) {
      int unused = Inspection.run("perf-kvm", List.of("-i", recording, "stat", "report"), err);
    }
    try {
      Path file = Files.createTempFile("portfire-training", ".data");
      try {
        int unused = Inspection.run("perf-kvm", List.of("-o", file.toString(), "stat", "record", "-q", "true"), err);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      err.println("portfire: nothing could be recorded: " + e.getMessage());
    }
    return 0;
  }

  private static int guest(PrintStream err) throws InterruptedException {
    int status = new RunCommand(err).run(List.of("--accel", "soft", "--", "true"));
    if (status != 0) {
      return status;
    }
    try {
      Path directory = Files.createTempDirectory("portfire-training");
      Path socket = directory.resolve("socket");
      try {
        useApi(socket, err);
      } finally {
        Files.deleteIfExists(socket);
        Files.delete(directory);
      }
      return 0;
    } catch (IOException e) {
      err.println("portfire: the API could not be tried: " + e.getMessage());
      return RunCommand.FAILED;
    }
  }

  private static void useApi(Path socket, PrintStream err) throws IOException, InterruptedException {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Firecracker firecracker = Main.firecracker(false);
    Thread.ofPlatform().daemon().start(() -> {
      try {
        firecracker.run(
            List.of("--api-sock", socket.toString(), "--level", "Info", "--start-time-us", "0", "--start-time-cpu-us", "0"), nowhere, err);
      } catch (InterruptedException e) {
        // Nobody does that: the thread ends with the process.
      }
    });
    try (SocketChannel channel = connect(socket)) {
      for (String request : REQUESTS) {
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        if (channel.read(ByteBuffer.allocate(4096)) <= 0) {
          throw new IOException("no answer to " + request.substring(0, request.indexOf('\r')));
        }
      }
    }
  }

  private static SocketChannel connect(Path socket) throws IOException, InterruptedException {
    IOException last = new IOException("no socket");
    for (int tries = 0; tries < TRIES; tries++) {
      try {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket));
      } catch (IOException e) {
        // It is not there yet, or nobody listens yet.
        last = e;
        Thread.sleep(10);
      }
    }
    throw last;
  }
}
