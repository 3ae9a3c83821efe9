package dev.portfire.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.watch.Watcher;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The server, asked by hand. */
class WebPageIT {
  private static String ask(int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String get(int port, String host, String path) throws IOException {
    return ask(port, "GET " + path + " HTTP/1.1\nHost: " + host + "\nConnection: close\n\n");
  }

  @Test
  void answersWhoKnowsTheAddress() throws IOException, InterruptedException {
    PipedInputStream pipe = new PipedInputStream();
    PrintStream out = new PrintStream(new PipedOutputStream(pipe), true, StandardCharsets.UTF_8);
    Thread server = Thread.ofPlatform().start(() -> {
      try (Watcher watcher = new Watcher(SysRoot.HOST)) {
        int unused = new WebPage().serve(watcher, 0, Duration.ofMillis(100), out, System.err);
      } catch (InterruptedException e) {
        // It was told to end.
      }
    });
    try (BufferedReader said = new BufferedReader(new InputStreamReader(pipe, StandardCharsets.UTF_8))) {
      URI address = URI.create(said.readLine());
      int port = address.getPort();
      String host = "127.0.0.1:" + port;
      assertThat(get(port, host, address.getPath()))
          .startsWith("HTTP/1.1 200 ")
          .contains("Content-Security-Policy: default-src 'none'; script-src 'self';")
          .contains("X-Content-Type-Options: nosniff")
          .contains("<title>Portfire watch</title>");
      assertThat(get(port, host, address.getPath() + "uplot/LICENSE")).contains("The MIT License", "Leon Sorokin");
      assertThat(get(port, host, address.getPath() + "uplot/../../module-info.class")).doesNotStartWith("HTTP/1.1 200 ");
      assertThat(get(port, host, address.getPath() + "%2e%2e/WebPage.class")).doesNotStartWith("HTTP/1.1 200 ");
      assertThat(get(port, host, "/")).startsWith("HTTP/1.1 404 ");
      assertThat(get(port, host, "/events")).startsWith("HTTP/1.1 404 ");
      assertThat(get(port, "evil.example:" + port, address.getPath())).startsWith("HTTP/1.1 403 ").doesNotContain("<title>");
      assertThat(ask(port, "POST " + address.getPath() + " HTTP/1.1\nHost: " + host + "\nContent-Length: 0\nConnection: close\n\n"))
          .startsWith("HTTP/1.1 405 ");
      try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(
            ("GET " + address.getPath() + "events HTTP/1.1\r\nHost: " + host + "\r\nAccept: text/event-stream\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        BufferedReader events = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        int samples = 0;
        for (String line = events.readLine(); line != null && samples < 3; line = events.readLine()) {
          samples += line.startsWith("data:{\"time\":") ? 1 : 0;
        }
        assertThat(samples).isEqualTo(3);
      }
    } finally {
      server.interrupt();
      server.join();
    }
  }

  @Test
  void aPortThatIsTakenIsTold() throws IOException, InterruptedException {
    try (ServerSocket taken = new ServerSocket(); Watcher watcher = new Watcher(SysRoot.HOST)) {
      taken.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      int status = new WebPage().serve(
          watcher, taken.getLocalPort(), Duration.ofSeconds(1), System.out, new PrintStream(err, true, StandardCharsets.UTF_8));
      assertThat(status).isEqualTo(1);
      assertThat(err.toString(StandardCharsets.UTF_8))
          .startsWith("portfire watch: nothing can listen on 127.0.0.1:" + taken.getLocalPort() + ": another program does");
    }
  }
}
