package dev.portfire.vmm.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.vmm.Rounds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class HttpParserTest {
  private final List<String> events = new ArrayList<>();
  private final HttpParser.Sink sink = new HttpParser.Sink() {
    @Override
    public void request(HttpRequest request) {
      events.add(request.method() + " " + request.uri() + " " + new String(request.body(), StandardCharsets.UTF_8));
    }

    @Override
    public void proceed() {
      events.add("100");
    }

    @Override
    public void malformed(String reason) {
      events.add("400 " + reason);
    }
  };
  private final HttpParser parser = new HttpParser(20, false);

  private static byte[] wire(String text) {
    return text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  private void feed(String text) {
    byte[] bytes = wire(text);
    parser.feed(bytes, 0, bytes.length, sink);
  }

  private void expect(String text, String... expected) {
    events.clear();
    feed(text);
    assertThat(events).containsExactly(expected);
  }

  private static final String STREAM =
      """
      PUT /a HTTP/1.1
      Content-Length: 5
      X: y

      helloGET /b HTTP/1.0

      PATCH /c HTTP/1.1
      expect: 100-continue
      content-LENGTH:2

      hiDELETE /d HTTP/1.1
      Host: h

      """;
  private static final String[] REQUESTS = {"PUT /a hello", "GET /b ", "100", "PATCH /c hi", "DELETE /d "};

  @Test
  void takesPipelinedRequests() {
    expect(STREAM, REQUESTS);
    assertThat(parser.incomplete()).isFalse();
  }

  @Test
  void takesThemInAnyPieces() {
    long seed = Long.getLong("http.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    byte[] bytes = wire(STREAM);
    for (int i = 0; i < 200; i++) {
      events.clear();
      for (int at = 0; at < bytes.length; ) {
        int length = Math.min(bytes.length - at, 1 + random.nextInt(i % 20 + 1));
        parser.feed(bytes, at, length, sink);
        at += length;
      }
      assertThat(events).as("-Dhttp.seed=%d", seed).containsExactly(REQUESTS);
    }
  }

  @Test
  void refusesInFirecrackersWords() {
    expect("POST / HTTP/1.1\n\n", "400 Invalid HTTP Method: Unsupported HTTP method.");
    expect("get / HTTP/1.1\n\n", "400 Invalid HTTP Method: Unsupported HTTP method.");
    expect("GET / HTTP/2\n\n", "400 Invalid HTTP Version: Unsupported HTTP version.");
    expect("GET  HTTP/1.1\n\n", "400 Invalid URI: Empty URI not allowed.");
    expect("GET\n\n", "400 Invalid request.");
    expect("\n\n", "400 Invalid request.");
    expect("GET / HTTP/1.1\nno colon\n\n", "400 Invalid header. Reason: Header is incorrectly formatted. Key: no colon");
    expect("GET / HTTP/1.1\nContent-Length: -1\n\n",
        "400 Invalid header. Reason: Invalid value. Key:Content-Length; Value: -1");
    expect("GET / HTTP/1.1\nContent-Length: 4294967296\n\n",
        "400 Invalid header. Reason: Invalid value. Key:Content-Length; Value: 4294967296");
    expect("PUT / HTTP/1.1\nContent-Length: 21\n\n" + "x".repeat(21),
        "400 Request payload with size 21 is larger than the limit of 20 allowed by server.");
    expect("GET / HTTP/1.1\nAccept-Encoding: identity;q=0\n\n",
        "400 Invalid header. Reason: Invalid value. Key:Accept-Encoding; Value: identity;q=0");
    expect("GET / HTTP/1.1\nAccept-Encoding: *;q=0, gzip\n\n",
        "400 Invalid header. Reason: Invalid value. Key:Accept-Encoding; Value: *;q=0, gzip");
    expect("GET / HTTP/1.1\nAccept-Encoding: *;q=0, identity\nTransfer-Encoding: chunked\nContent-Type: x/y\n\n", "GET / ");
    expect("GET /" + "x".repeat(1020) + " HTTP/1.1\n\n", "400 Invalid request.");
    expect("GET / HTTP/1.1\nX: " + "x".repeat(1021), "400 Invalid request.");
    expect("GET / HTTP/1.1\nX: " + "x".repeat(1019) + "\n\n", "GET / ");
    expect("GET /after HTTP/1.1\n\n", "GET /after ");
  }

  @Test
  void boundsItsMemory() {
    events.clear();
    feed("GET / HTTP/1.1\n");
    for (int i = 0; i < 100 && events.isEmpty(); i++) {
      feed("X-" + i + ": " + "x".repeat(1000) + "\n");
    }
    assertThat(events).containsExactly("400 Invalid request.");
  }

  @Test
  void survivesAnyBytes() {
    byte[] source = wire(STREAM + "Accept-Encoding: *;q=0,;,\nContent-Length: +000\n\n :\n");
    Rounds.run(200, random -> anyBytes(random, source));
  }

  private void anyBytes(SplittableRandom random, byte[] source) {
    HttpParser any = new HttpParser(random.nextInt(40), random.nextBoolean());
    events.clear();
    for (int i = 0; i < 100; i++) {
      int start = random.nextInt(source.length);
      byte[] bytes = java.util.Arrays.copyOfRange(source, start, start + random.nextInt(source.length - start + 1));
      for (int k = random.nextInt(4); k > 0 && bytes.length > 0; k--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      any.feed(bytes, 0, bytes.length, sink);
    }
    // Whatever came, it takes a request again once its line is too long or its body is there.
    for (String text : List.of("x".repeat(1100), "x".repeat(1100), "GET /after HTTP/1.1\n\n")) {
      events.clear();
      byte[] bytes = wire(text);
      any.feed(bytes, 0, bytes.length, sink);
    }
    assertThat(events).containsExactly("GET /after ");
  }
}
