package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launched {@code firecracker}, row by row of {@code api-conformance.txt}: bytes to its socket, and the bytes that must come
 * back.
 *
 * <p>A line {@code == NAME: ARGUMENTS} starts a program with an API socket. {@code > METHOD PATH BODY} sends a request; the line
 * after it says what comes: {@code < 204}, or {@code < 200 JSON}, or {@code < 400 FAULT MESSAGE}, each compared byte by byte with
 * all headers; {@code <!} has a deprecation header, {@code ~} in front of a text means that the response contains it. {@code raw}
 * sends bytes with escapes and expects bytes with escapes. {@code $ CODE ARGUMENTS} runs a program to its end; lines of {@code out}
 * and {@code err} say what it must have written.
 */
final class ApiConformanceIT {
  private static final int LEAST = 400;

  /** cli; hlt; jmp to the hlt. */
  private static final byte[] HALT = {(byte) 0xfa, (byte) 0xf4, (byte) 0xeb, (byte) 0xfd};

  @TempDir
  static Path directory;

  private static @Nullable Server server;

  /** A program and a connection to it. */
  private record Server(Process process, SocketChannel channel) {
    void close() throws IOException, InterruptedException {
      channel.close();
      process.destroyForcibly().waitFor();
    }
  }

  @BeforeAll
  static void makeFiles() throws IOException {
    Files.write(directory.resolve("kernel"), elf(HALT));
    Files.writeString(directory.resolve("text"), "no kernel");
    Files.write(directory.resolve("disk"), new byte[1 << 20]);
    Files.write(directory.resolve("disk2"), new byte[2 << 20]);
    Files.write(directory.resolve("empty"), new byte[0]);
    Files.createDirectory(directory.resolve("directory"));
    Files.writeString(directory.resolve("data.json"), "{\"a\":{\"b\":\"c\"}}");
    Files.writeString(directory.resolve("broken.json"), "{");
    Files.writeString(directory.resolve("large.json"), "{\"a\":\"" + "x".repeat(60_000) + "\"}");
    for (String name : new String[] {"good", "bad-key", "no-drives", "bad-machine"}) {
      String machine = name.equals("bad-machine") ? ",\"machine-config\":{\"vcpu_count\":0,\"mem_size_mib\":128}" : "";
      Files.writeString(
          directory.resolve(name + ".json"),
          "{\"boot-source\":{\"kernel_image_path\":\"" + directory.resolve("kernel") + "\""
              + (name.equals("bad-key") ? ",\"kernel\":1" : "") + "}"
              + (name.equals("no-drives") ? "" : ",\"drives\":[]")
              + machine + ",\"unknown\":[{}]}");
    }
    Files.writeString(directory.resolve("cpu.json"), "{\"cpuid_modifiers\":[],\"kvm_capabilities\":[\"!56\"]}");
    String[][] templates = {
      {"template", "{\"msr_modifiers\":[{\"addr\":\"0x277\",\"bitmap\":\"0b100\"}]}"},
      {"template-file", "\"" + directory.resolve("cpu.json") + "\""},
      {"template-missing", "\"" + directory.resolve("none.json") + "\""},
      {"template-bad", "{\"kvm_capabilities\":[\"121!\"]}"},
      {"template-refused", "{\"kvm_capabilities\":[\"121\"]}"}
    };
    for (String[] template : templates) {
      Files.writeString(
          directory.resolve(template[0] + ".json"),
          "{\"boot-source\":{\"kernel_image_path\":\"" + directory.resolve("kernel") + "\"},\"drives\":[],\"cpu-config\":"
              + template[1] + "}");
    }
    Files.writeString(
        directory.resolve("no-kernel.json"),
        "{\"boot-source\":{\"kernel_image_path\":\"" + directory.resolve("text") + "\"},\"drives\":[]}");
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    Server old = server;
    if (old != null) {
      old.close();
    }
    server = null;
  }

  private static SocketChannel channel() {
    Server running = server;
    if (running == null) {
      throw new IllegalStateException("no program was started");
    }
    return running.channel;
  }

  private static byte[] elf(byte[] code) {
    ByteBuffer elf = ByteBuffer.allocate(0x1000 + code.length).order(ByteOrder.LITTLE_ENDIAN);
    elf.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
    elf.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1).putLong(24, 0x100000).putLong(32, 64);
    elf.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 1);
    elf.putInt(64, 1).putInt(68, 5).putLong(72, 0x1000).putLong(80, 0x100000).putLong(88, 0x100000);
    elf.putLong(96, code.length).putLong(104, code.length).putLong(112, 0x1000);
    elf.put(0x1000, code);
    return elf.array();
  }

  @TestFactory
  Stream<DynamicNode> rows() throws IOException {
    List<String> lines = new ArrayList<>();
    try (InputStream in = ApiConformanceIT.class.getResourceAsStream("api-conformance.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (!line.isBlank() && !line.startsWith("#")) {
          lines.add(line);
        }
      }
    }
    List<DynamicNode> sections = new ArrayList<>();
    List<DynamicNode> tests = new ArrayList<>();
    int count = 0;
    String section = "command line";
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("== ")) {
        sections.add(DynamicContainer.dynamicContainer(section, tests));
        tests = new ArrayList<>();
        int colon = line.indexOf(':');
        section = line.substring(3, colon);
        String arguments = fill(line.substring(colon + 1).strip());
        String name = "socket-" + sections.size();
        tests.add(DynamicTest.dynamicTest("start " + arguments, () -> start(directory.resolve(name), arguments)));
      } else if (line.startsWith("$ ")) {
        List<String> expected = new ArrayList<>();
        while (i + 1 < lines.size() && (lines.get(i + 1).startsWith("out") || lines.get(i + 1).startsWith("err"))) {
          expected.add(fill(lines.get(++i)));
        }
        String command = fill(line.substring(2));
        tests.add(DynamicTest.dynamicTest(line, () -> run(command, expected)));
        count++;
      } else {
        String request = line;
        String response = lines.get(++i);
        boolean needsTap = section.startsWith("tap");
        tests.add(DynamicTest.dynamicTest(request, () -> {
          Assumptions.assumeTrue(!needsTap || Files.isWritable(Path.of("/dev/net/tun")), "this user cannot make tap interfaces");
          exchange(fill(request), fill(response));
        }));
        count++;
      }
    }
    sections.add(DynamicContainer.dynamicContainer(section, tests));
    int rows = count;
    sections.add(DynamicTest.dynamicTest(
        "at least " + LEAST + " rows", () -> assertThat(rows).isGreaterThanOrEqualTo(LEAST)));
    return sections.stream();
  }

  private static String fill(String text) {
    return text.replace("${dir}", directory.toString())
        .replace("${json}", "An error occurred when deserializing the json body of a request:")
        .replace("${before}", "The requested operation is not supported before starting the microVM.")
        .replace("${after}", "The requested operation is not supported after starting the microVM.");
  }

  private static void start(Path socket, String arguments) throws IOException, InterruptedException {
    stop();
    List<String> command = new ArrayList<>(List.of(Portfire.BIN.resolve("firecracker").toString(), "--api-sock", socket.toString()));
    if (!arguments.isEmpty()) {
      command.addAll(List.of(arguments.split(" ")));
    }
    Process process = new ProcessBuilder(command)
        .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
        .redirectOutput(directory.resolve("log").toFile())
        .redirectErrorStream(true)
        .start();
    for (int tries = 0; tries < 600; tries++) {
      if (Files.exists(socket)) {
        try {
          server = new Server(process, connect(socket));
          return;
        } catch (IOException e) {
          // It is bound, and not listening yet.
        }
      }
      assertThat(process.isAlive()).as(Files.readString(directory.resolve("log"))).isTrue();
      Thread.sleep(50);
    }
    throw new AssertionError("no socket: " + Files.readString(directory.resolve("log")));
  }

  private static SocketChannel connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    return channel;
  }

  private static void exchange(String request, String response) throws IOException {
    if (request.startsWith("raw ")) {
      byte[] expected = unescape(response.substring(4));
      send(unescape(request.substring(4)));
      String actual = new String(receive(expected.length), StandardCharsets.UTF_8);
      assertThat(actual).isEqualTo(new String(expected, StandardCharsets.UTF_8));
      return;
    }
    String[] words = request.substring(2).split(" ", 3);
    byte[] body = words.length < 3 ? new byte[0] : words[2].getBytes(StandardCharsets.UTF_8);
    String head = words[0] + " " + words[1] + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length + "\r\n\r\n";
    send(head.getBytes(StandardCharsets.UTF_8));
    send(body);
    boolean deprecated = response.startsWith("<! ");
    String[] parts = response.split(" ", 3);
    int status = Integer.parseInt(parts[1]);
    String text = parts.length < 3 ? "" : parts[2];
    if (text.startsWith("~")) {
      String actual = receiveWhole();
      assertThat(actual).startsWith("HTTP/1.1 " + status + " \r\n").contains(text.substring(1));
      return;
    }
    String payload = status == 204 ? "" : status == 200 ? text : "{\"fault_message\":\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}";
    String expected = "HTTP/1.1 " + status + " \r\nServer: Firecracker API\r\nConnection: keep-alive\r\n"
        + (deprecated ? "Deprecation: true\r\n" : "")
        + (status == 204
            ? "\r\n"
            : "Content-Type: application/json\r\nContent-Length: "
                + payload.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + payload);
    assertThat(receiveWhole()).isEqualTo(expected);
  }

  private static void send(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel().write(buffer);
    }
  }

  private static byte[] receive(int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining()) {
      if (channel().read(buffer) < 0) {
        throw new EOFException("only: " + new String(Arrays.copyOf(buffer.array(), buffer.position()), StandardCharsets.UTF_8));
      }
    }
    return buffer.array();
  }

  /** A response with its body. */
  private static String receiveWhole() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) receive(1)[0]);
    }
    int start = head.indexOf("Content-Length: ");
    if (start < 0) {
      return head.toString();
    }
    int end = head.indexOf("\r\n", start);
    int length = Integer.parseInt(head.substring(start + 16, end));
    return head + new String(receive(length), StandardCharsets.UTF_8);
  }

  private static byte[] unescape(String text) {
    return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\x", "x".repeat(1100)).getBytes(StandardCharsets.UTF_8);
  }

  private static void run(String command, List<String> expected) throws IOException, InterruptedException {
    String[] words = command.split(" ");
    List<String> arguments = new ArrayList<>(Arrays.asList(words).subList(1, words.length));
    arguments.replaceAll(word -> word.equals("''") ? "" : word.equals("LONG") ? "x".repeat(65) : word);
    Portfire.Result result = Portfire.tool("firecracker", "", arguments);
    assertThat(result.status()).as(result.out() + result.err()).isEqualTo(Integer.parseInt(words[0]));
    for (String line : expected) {
      String text = line.substring(4).replace("\\n", "\n");
      String actual = line.startsWith("out") ? result.out() : result.err();
      if (line.charAt(3) == '=') {
        assertThat(actual).isEqualTo(text);
      } else {
        assertThat(actual).contains(text);
      }
    }
    assertThat(result.err().toLowerCase(Locale.ROOT)).doesNotContain("exception");
  }
}
