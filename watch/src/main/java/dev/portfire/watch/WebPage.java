package dev.portfire.watch;

import dev.portfire.inspect.watch.Page;
import dev.portfire.inspect.watch.Watcher;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.http.sse.SseEvent;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.sse.SseSink;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The page in a browser: static files, and the samples as server-sent events. */
public final class WebPage implements Page {
  /** As many browsers as one person has, and some. */
  private static final int MOST_READERS = 32;

  private static final int MOST_CONNECTIONS = 128;

  /** What there is beside the events, and what it is. */
  private static final Map<String, String> FILES = Map.of(
      "index.html", "text/html; charset=utf-8",
      "icon.svg", "image/svg+xml",
      "watch.css", "text/css; charset=utf-8",
      "watch.js", "text/javascript; charset=utf-8",
      "uplot/uplot.css", "text/css; charset=utf-8",
      "uplot/uplot.js", "text/javascript; charset=utf-8",
      "uplot/LICENSE", "text/plain; charset=utf-8");

  /** Nothing from anywhere else, and nothing that another site shows. */
  private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
      + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Feed feed = new Feed();
  private final Semaphore readers = new Semaphore(MOST_READERS);

  /** For the service loader. */
  public WebPage() {}

  @Override
  public int serve(Watcher watcher, int port, Duration interval, PrintStream out, PrintStream err) throws InterruptedException {
    Guard guard = Guard.withNewKey();
    WebServer server = WebServer.builder()
        .address(InetAddress.ofLiteral("127.0.0.1"))
        .port(port)
        .maxTcpConnections(MOST_CONNECTIONS)
        .maxPayloadSize(0)
        .shutdownHook(false)
        .shutdownGracePeriod(Duration.ZERO)
        .routing(routing -> routing.any((request, response) -> answer(guard, request, response)))
        .build();
    server.start();
    if (!server.isRunning()) {
      // It does not say why.
      err.println("portfire watch: nothing can listen on 127.0.0.1:" + port + ": another program does, or only root may; try another --port");
      return 1;
    }
    try {
      out.println(guard.address(server.port()));
      out.flush();
      while (true) {
        long next = System.nanoTime() + interval.toNanos();
        feed.add(watcher.sample());
        TimeUnit.NANOSECONDS.sleep(Math.max(1, next - System.nanoTime()));
      }
    } finally {
      feed.end();
      server.stop();
    }
  }

  private void answer(Guard guard, ServerRequest request, ServerResponse response) {
    List<String> hosts = request.headers().contains(HeaderNames.HOST) ? request.headers().get(HeaderNames.HOST).allValues() : List.of();
    String path = request.path().rawPath();
    response.header("Content-Security-Policy", POLICY);
    response.header("Cache-Control", "no-store");
    response.header("Referrer-Policy", "no-referrer");
    response.header("X-Content-Type-Options", "nosniff");
    response.header("Cross-Origin-Resource-Policy", "same-origin");
    switch (guard.judge(request.localPeer().port(), hosts, path)) {
      case WRONG_HOST -> refuse(response, Status.FORBIDDEN_403, "This is no page of that host.");
      case WRONG_KEY -> refuse(response, Status.NOT_FOUND_404, "The address that portfire watch has printed has a key, and this is not it.");
      case ANSWER -> {
        String rest = guard.rest(path).orElseThrow();
        if (!request.prologue().method().equals(Method.GET)) {
          refuse(response, Status.METHOD_NOT_ALLOWED_405, "There is nothing but GET.");
        } else if (rest.equals("events")) {
          events(response);
        } else {
          file(rest.isEmpty() ? "index.html" : rest, response);
        }
      }
    }
  }

  private static void refuse(ServerResponse response, Status status, String text) {
    response.status(status).header("Content-Type", "text/plain; charset=utf-8");
    response.send((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static void file(String name, ServerResponse response) {
    String type = FILES.get(name);
    if (type == null) {
      refuse(response, Status.NOT_FOUND_404, "There is no such file.");
      return;
    }
    try (InputStream in = WebPage.class.getResourceAsStream("page/" + name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name);
      }
      response.header("Content-Type", type);
      response.send(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void events(ServerResponse response) {
    if (!readers.tryAcquire()) {
      refuse(response, Status.SERVICE_UNAVAILABLE_503, "Too many pages are open.");
      return;
    }
    try (SseSink sink = response.sink(SseSink.TYPE)) {
      Feed.Reader reader = feed.reader();
      for (Optional<String> sample = reader.next(); sample.isPresent(); sample = reader.next()) {
        sink.emit(SseEvent.create(sample.get()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (UncheckedIOException | IllegalStateException e) {
      // The page was closed.
    } finally {
      readers.release();
    }
  }
}
