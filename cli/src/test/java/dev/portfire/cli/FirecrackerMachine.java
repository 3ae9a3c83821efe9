package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** {@code bin/firecracker} on the software CPU, talked to over its API and its serial port. */
final class FirecrackerMachine implements AutoCloseable {
  final Process process;
  private final Path socket;
  private final Path console;

  /**
   * Starts the program, and waits for its API.
   *
   * @param name for its files in the directory
   * @param prefix the beginning of its command line
   * @param options the end of its command line
   */
  FirecrackerMachine(Path directory, String name, List<String> prefix, List<String> options) throws Exception {
    socket = directory.resolve(name + ".api");
    console = directory.resolve(name + ".console");
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of(
        Portfire.BIN.resolve("firecracker").toString(), "--api-sock", socket.toString(), "--log-path",
        directory.resolve(name + ".log").toString()));
    command.addAll(options);
    process = start(command);
    await("the API", () -> Portfire.listens(process, socket) || !process.isAlive());
  }

  /** Starts a program that starts firecracker, and waits for the API. */
  FirecrackerMachine(List<String> command, Path socket, Path console) throws Exception {
    this.socket = socket;
    this.console = console;
    process = start(command);
    await("the API", () -> answers() || (!process.isAlive() && process.exitValue() != 0));
  }

  /** Whether the API's socket, which may have another name where its owner is, can be connected to. */
  private boolean answers() {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return channel.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private Process start(List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(console.toFile());
    builder.environment().put("PORTFIRE_ACCEL", "soft");
    return builder.start();
  }

  String console() {
    try {
      return Files.readString(console, StandardCharsets.ISO_8859_1).replace("\r", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void await(String what, BooleanSupplier condition) throws Exception {
    long end = System.nanoTime() + 120_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end || console().contains("FAILED")) {
        throw new AssertionError(what + " is not there; the console says:\n" + console());
      }
      Thread.sleep(20);
    }
  }

  /** The body of a successful answer. */
  String ask(String method, String path, String body) throws IOException {
    return ask("HTTP/1.1 20", method, path, body);
  }

  /** The body of an answer that refuses. */
  String refused(String method, String path, String body) throws IOException {
    return ask("HTTP/1.1 400", method, path, body);
  }

  private String ask(String beginning, String method, String path, String body) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      String request = "%s %s HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s".formatted(method, path, body.length(), body);
      ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
      while (out.hasRemaining()) {
        int unused = channel.write(out);
      }
      ByteBuffer in = ByteBuffer.allocate(65_536);
      String answer = "";
      int header = -1;
      while (header < 0 || in.position() < header + 4 + length(answer)) {
        if (channel.read(in) < 0) {
          break;
        }
        answer = new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
        header = answer.indexOf("\r\n\r\n");
      }
      assertThat(answer).as(request).startsWith(beginning);
      return answer.substring(header + 4);
    }
  }

  private int length(String answer) {
    int at = answer.indexOf("Content-Length: ");
    return at < 0 ? 0 : Integer.parseInt(answer.substring(at + 16, answer.indexOf("\r\n", at)));
  }

  void put(String path, String body) throws IOException {
    assertThat(ask("PUT", path, body)).isEmpty();
  }

  void patch(String path, String body) throws IOException {
    assertThat(ask("PATCH", path, body)).isEmpty();
  }

  boolean says(String path, String text) {
    try {
      return ask("GET", path, "").contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void goOn() throws IOException {
    OutputStream in = process.getOutputStream();
    in.write('\n');
    in.flush();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
