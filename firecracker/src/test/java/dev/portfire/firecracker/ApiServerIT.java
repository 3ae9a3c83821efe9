package dev.portfire.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.vmm.http.HttpRequest;
import dev.portfire.vmm.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server and clients of all kinds. */
@Timeout(120)
final class ApiServerIT {
  private static final String REQUEST = "GET /x HTTP/1.1\r\n\r\n";

  @TempDir
  Path directory;

  private Path socket = Path.of("unset");
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void serve() throws IOException {
    socket = directory.resolve("socket");
    ApiServer server = ApiServer.bind(socket, 51_200);
    open.add(server);
    Thread.ofPlatform().daemon().start(() -> {
      try {
        server.serve(ApiServerIT::answer);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private static HttpResponse answer(HttpRequest request) {
    byte[] body = (request.method() + request.uri() + request.body().length).getBytes(StandardCharsets.UTF_8);
    return new HttpResponse(HttpResponse.VERSION, 200, "", false, List.of(), true, Optional.of(body));
  }

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    open.add(channel);
    channel.connect(UnixDomainSocketAddress.of(socket));
    return channel;
  }

  private static void send(SocketChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static String receive(SocketChannel channel, String until) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (!all.toString(StandardCharsets.UTF_8).endsWith(until) && channel.read(one.clear()) > 0) {
      all.write(one.get(0));
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theEleventhClientIsTurnedAway() throws IOException {
    List<SocketChannel> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      SocketChannel client = connect();
      send(client, REQUEST);
      assertThat(receive(client, "GET/x0")).startsWith("HTTP/1.1 200 ");
      clients.add(client);
    }
    SocketChannel eleventh = connect();
    assertThat(receive(eleventh, "\0")).isEqualTo("HTTP/1.1 503 \r\nServer: Firecracker API\r\nConnection: close\r\n"
        + "Content-Length: 40\r\n\r\n{ \"error\": \"Too many open connections\" }");
    clients.getFirst().close();
    String answer = "";
    while (answer.isEmpty() || answer.startsWith("HTTP/1.1 503")) {
      // The server may not have heard of the first client's end yet.
      SocketChannel next = connect();
      try {
        send(next, REQUEST);
        answer = receive(next, "GET/x0");
      } catch (IOException e) {
        // It was turned away before it could ask.
      }
    }
    assertThat(answer).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void oneClientDoesNotWaitForAnother() throws IOException {
    SocketChannel slow = connect();
    send(slow, "PUT /slow HTTP/1.1\r\nContent-Length: 5\r\n\r\nab");
    SocketChannel fast = connect();
    send(fast, REQUEST);
    assertThat(receive(fast, "GET/x0")).startsWith("HTTP/1.1 200 ");
    send(slow, "cde");
    assertThat(receive(slow, "PUT/slow5")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void takesBytesOneByOne() throws IOException {
    SocketChannel client = connect();
    for (char c : "PUT /y HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc".toCharArray()) {
      send(client, String.valueOf(c));
    }
    assertThat(receive(client, "PUT/y3")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void whoDoesNotReadIsNotReadFrom() throws IOException {
    SocketChannel client = connect();
    client.configureBlocking(false);
    byte[] flood = REQUEST.repeat(10_000).getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.wrap(flood);
    int stalls = 0;
    long sent = 0;
    // Until the server takes no more: what it keeps is bounded.
    while (stalls < 20 && sent < 100_000_000) {
      int count = client.write(bytes);
      sent += count;
      stalls = count == 0 ? stalls + 1 : 0;
      if (count == 0) {
        java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
      } else if (!bytes.hasRemaining()) {
        bytes.clear();
      }
    }
    assertThat(sent).isLessThan(100_000_000);
    SocketChannel other = connect();
    send(other, REQUEST);
    assertThat(receive(other, "GET/x0")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void refusesASocketThatExists() {
    assertThatThrownBy(() -> ApiServer.bind(socket, 1)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> ApiServer.bind(directory.resolve("x".repeat(200)), 1)).isInstanceOf(IOException.class);
  }

  /** {@code -Dapi.connections=N} for more. */
  @Test
  void survivesAnyClient() throws IOException {
    long seed = Long.getLong("api.seed", System.nanoTime());
    int connections = Integer.getInteger("api.connections", 300);
    SplittableRandom random = new SplittableRandom(seed);
    String source = "PUT /drives/a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 12\r\n\r\n{\"a\":[1,2]}\n" + REQUEST;
    for (int i = 0; i < connections; i++) {
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        for (int k = random.nextInt(4); k >= 0; k--) {
          int start = random.nextInt(source.length());
          StringBuilder text = new StringBuilder(source.substring(start, start + random.nextInt(source.length() - start) + 1));
          for (int change = random.nextInt(3); change > 0; change--) {
            text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
          }
          send(client, text.toString());
        }
      } catch (IOException e) {
        // Turned away, while the server closes the connections before it.
      }
    }
    SocketChannel client = connect();
    String answer = "";
    while (!answer.startsWith("HTTP/1.1 200 ")) {
      try {
        send(client, REQUEST);
        answer = receive(client, "GET/x0");
      } catch (IOException e) {
        answer = "";
      }
      if (answer.isEmpty() || answer.startsWith("HTTP/1.1 503")) {
        client = connect();
      }
    }
    assertThat(answer).as("-Dapi.seed=%d", seed).startsWith("HTTP/1.1 200 ");
  }
}
