package dev.portfire.vmm.http;

import dev.portfire.vmm.http.HttpRequest.Header;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts requests out of a stream of bytes that comes in pieces of any size. After something malformed the rest of the piece
 * is dropped, and the next one begins a request.
 *
 * <p>It keeps at most one line, the headers of one request and one body. Not thread-safe.
 */
public final class HttpParser {
  /** The longest line, its end included. */
  public static final int MAX_LINE = 1024;

  /** The most bytes of headers that are kept for a request. */
  public static final int MAX_HEADERS = 64 << 10;

  private static final Set<String> METHODS = Set.of("GET", "PUT", "PATCH", "DELETE");

  /** Gets what the parser finds. */
  public interface Sink {
    /** A whole request. */
    void request(HttpRequest request);

    /** The client wants to hear that it may send the body. */
    void proceed();

    /** The bytes make no sense. */
    void malformed(String reason);
  }

  /** What is malformed. */
  private static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String reason) {
      super(reason, null, false, false);
    }
  }

  private enum State {
    REQUEST_LINE,
    HEADERS,
    BODY
  }

  private final long payloadLimit;
  private final boolean anyMethod;
  private final byte[] line = new byte[MAX_LINE];
  private State state = State.REQUEST_LINE;
  private int lineLength;

  private String method = "";
  private String uri = "";
  private String version = "";
  private final List<Header> headers = new ArrayList<>();
  private int headerBytes;
  private boolean acceptsJson;
  private boolean expects;
  private long contentLength;
  private @Nullable ByteArrayOutputStream body;

  /**
   * Makes a parser.
   *
   * @param payloadLimit the most bytes of a body
   * @param anyMethod whether methods other than GET, PUT, PATCH and DELETE are let through
   */
  public HttpParser(long payloadLimit, boolean anyMethod) {
    this.payloadLimit = payloadLimit;
    this.anyMethod = anyMethod;
  }

  /** Takes bytes that came. */
  public void feed(byte[] bytes, int offset, int length, Sink sink) {
    int position = offset;
    int end = offset + length;
    try {
      while (position < end) {
        if (state == State.BODY) {
          position += takeBody(bytes, position, end - position, sink);
          continue;
        }
        byte b = bytes[position++];
        if (lineLength == MAX_LINE) {
          throw new Malformed("Invalid request.");
        }
        line[lineLength++] = b;
        if (b == '\n' && lineLength >= 2 && line[lineLength - 2] == '\r') {
          int content = lineLength - 2;
          lineLength = 0;
          takeLine(content, sink);
        }
      }
      if (lineLength == MAX_LINE) {
        throw new Malformed("Invalid request.");
      }
    } catch (Malformed e) {
      reset();
      sink.malformed(String.valueOf(e.getMessage()));
    }
  }

  /** Whether what has been fed so far ends in the middle of a request. */
  public boolean incomplete() {
    return state != State.REQUEST_LINE || lineLength > 0;
  }

  private void reset() {
    state = State.REQUEST_LINE;
    lineLength = 0;
    headers.clear();
    headerBytes = 0;
    acceptsJson = false;
    expects = false;
    contentLength = 0;
    body = null;
  }

  private int takeBody(byte[] bytes, int offset, int available, Sink sink) {
    ByteArrayOutputStream collected = body;
    if (collected == null) {
      collected = new ByteArrayOutputStream();
      body = collected;
    }
    int taken = (int) Math.min(available, contentLength - collected.size());
    collected.write(bytes, offset, taken);
    if (collected.size() == contentLength) {
      finish(collected.toByteArray(), sink);
    }
    return taken;
  }

  private void finish(byte[] content, Sink sink) {
    HttpRequest request = new HttpRequest(method, uri, version, acceptsJson, headers, content);
    reset();
    sink.request(request);
  }

  private void takeLine(int length, Sink sink) throws Malformed {
    if (state == State.REQUEST_LINE) {
      requestLine(length);
      state = State.HEADERS;
    } else if (length > 0) {
      headerBytes += length;
      if (headerBytes > MAX_HEADERS) {
        throw new Malformed("Invalid request.");
      }
      header(length);
    } else if (contentLength == 0) {
      finish(new byte[0], sink);
    } else {
      if (contentLength > payloadLimit) {
        throw new Malformed("Request payload with size %d is larger than the limit of %d allowed by server."
            .formatted(contentLength, payloadLimit));
      }
      if (expects) {
        sink.proceed();
      }
      state = State.BODY;
    }
  }

  private int find(int from, int to) {
    for (int i = from; i < to; i++) {
      if (line[i] == ' ') {
        return i;
      }
    }
    return -1;
  }

  private void requestLine(int length) throws Malformed {
    int methodEnd = find(0, length);
    int uriEnd = methodEnd < 0 ? -1 : find(methodEnd + 1, length);
    if (uriEnd < 0) {
      throw new Malformed("Invalid request.");
    }
    method = new String(line, 0, methodEnd, StandardCharsets.ISO_8859_1);
    if (!anyMethod && !METHODS.contains(method)) {
      throw new Malformed("Invalid HTTP Method: Unsupported HTTP method.");
    }
    String target = decode(methodEnd + 1, uriEnd);
    if (target == null) {
      throw new Malformed("Invalid URI: Cannot parse URI as UTF-8.");
    }
    if (target.isEmpty()) {
      throw new Malformed("Invalid URI: Empty URI not allowed.");
    }
    uri = target;
    version = new String(line, uriEnd + 1, length - uriEnd - 1, StandardCharsets.ISO_8859_1);
    if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
      throw new Malformed("Invalid HTTP Version: Unsupported HTTP version.");
    }
  }

  private @Nullable String decode(int start, int end) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line, start, end - start)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private void header(int length) throws Malformed {
    String text = decode(0, length);
    if (text == null) {
      throw new Malformed("Invalid header. Reason: Header contains invalid characters. Key: "
          + new String(line, 0, length, StandardCharsets.ISO_8859_1));
    }
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new Malformed("Invalid header. Reason: Header is incorrectly formatted. Key: " + text);
    }
    String name = text.substring(0, colon);
    String value = text.substring(colon + 1);
    String trimmed = value.strip();
    switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "content-length" -> contentLength = contentLength(name, value, trimmed);
      case "accept" -> {
        if (trimmed.equals("application/json")) {
          acceptsJson = true;
        } else if (trimmed.equals("text/plain")) {
          acceptsJson = false;
        }
      }
      case "expect" -> expects |= trimmed.equals("100-continue");
      case "accept-encoding" -> checkEncoding(name, value, trimmed);
      // Firecracker knows these, and does nothing about them.
      case "content-type", "transfer-encoding", "server" -> {}
      default -> headers.add(new Header(name, trimmed));
    }
  }

  private static Malformed invalidValue(String name, String value) {
    return new Malformed("Invalid header. Reason: Invalid value. Key:" + name + "; Value:" + value);
  }

  /** A number of 32 bits, with a plus sign at most. */
  private static long contentLength(String name, String value, String trimmed) throws Malformed {
    String digits = trimmed.startsWith("+") ? trimmed.substring(1) : trimmed;
    boolean sound = !digits.isEmpty() && digits.length() <= 100;
    for (int i = 0; sound && i < digits.length(); i++) {
      sound = digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
    }
    int start = 0;
    while (sound && start < digits.length() - 1 && digits.charAt(start) == '0') {
      start++;
    }
    if (!sound || digits.length() - start > 10) {
      throw invalidValue(name, value);
    }
    long number = Long.parseLong(digits.substring(start));
    if (number > 0xffff_ffffL) {
      throw invalidValue(name, value);
    }
    return number;
  }

  /** Bodies are sent as they are: a client that does not want that cannot be served. */
  private static void checkEncoding(String name, String value, String trimmed) throws Malformed {
    boolean everythingBanned = false;
    boolean identityBanned = false;
    boolean identityNamed = false;
    for (String item : trimmed.split(",")) {
      int semicolon = item.indexOf(';');
      String coding = (semicolon < 0 ? item : item.substring(0, semicolon)).strip();
      boolean banned = semicolon >= 0 && isZeroQuality(item.substring(semicolon + 1).strip());
      if (coding.equalsIgnoreCase("identity")) {
        identityNamed = true;
        identityBanned |= banned;
      } else if (coding.equals("*")) {
        everythingBanned |= banned;
      }
    }
    if (identityBanned || (everythingBanned && !identityNamed)) {
      throw invalidValue(name, value);
    }
  }

  private static boolean isZeroQuality(String parameter) {
    if (!parameter.startsWith("q=0")) {
      return false;
    }
    for (int i = 3; i < parameter.length(); i++) {
      if (parameter.charAt(i) != '.' && parameter.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }
}
