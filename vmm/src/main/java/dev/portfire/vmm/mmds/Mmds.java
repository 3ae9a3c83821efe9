package dev.portfire.vmm.mmds;

import dev.portfire.vmm.http.HttpParser;
import dev.portfire.vmm.http.HttpRequest;
import dev.portfire.vmm.http.HttpResponse;
import dev.portfire.vmm.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The data of the metadata service and its HTTP side. What brings a guest's bytes here is the network device's business:
 * {@link #respond} takes a request up to its blank line and gives the bytes to send back. Thread-safe.
 */
public final class Mmds {
  /** Which requests need a session token. */
  public enum Version {
    /** None; a token is looked at if there is one. */
    V1,
    /** All that read. */
    V2
  }

  private static final int PARSER_LIMIT = 1 << 20;
  private static final int MIN_TTL_SECONDS = 1;
  private static final int MAX_TTL_SECONDS = 21_600;
  private static final String TOKEN_PATH = "/latest/api/token";
  private static final String TOKEN = "X-metadata-token";
  private static final String AWS_TOKEN = "X-aws-ec2-metadata-token";
  private static final String TTL = "X-metadata-token-ttl-seconds";
  private static final String AWS_TTL = "X-aws-ec2-metadata-token-ttl-seconds";
  private static final String FORWARDED = "X-Forwarded-For";

  private final long limit;
  private final Tokens tokens;
  private final LongAdder withoutToken = new LongAdder();
  private final LongAdder withInvalidToken = new LongAdder();
  private JsonValue.@Nullable Members data;
  private Version version = Version.V1;
  private boolean imdsCompatible;

  /**
   * Makes a service without data.
   *
   * @param instance the instance's identifier, which tokens are bound to
   * @param limit the most bytes that the data may have as compact JSON
   */
  public Mmds(String instance, long limit) {
    this(instance, limit, () -> System.nanoTime() / 1_000_000);
  }

  Mmds(String instance, long limit, LongSupplier millis) {
    this.limit = limit;
    tokens = new Tokens(instance, millis);
  }

  /**
   * Says how guests are served; V1 and not compatible if this is not called.
   *
   * @param imdsCompatible whether answers are text whatever the client accepts, as EC2's are
   */
  public synchronized void configure(Version newVersion, boolean imdsCompatible) {
    version = newVersion;
    this.imdsCompatible = imdsCompatible;
  }

  /**
   * Replaces the data.
   *
   * @throws MmdsException if they are too large; the old ones stay
   */
  public synchronized void put(JsonValue.Members newData) throws MmdsException {
    check(newData);
    data = newData;
  }

  /**
   * Changes the data by a merge patch (RFC 7396).
   *
   * @throws MmdsException if there are none, or they would be too large; the old ones stay
   */
  public synchronized void patch(JsonValue.Members changes) throws MmdsException {
    if (data == null) {
      throw new MmdsException(MmdsException.Reason.NOT_INITIALIZED, "The MMDS data store is not initialized.");
    }
    // A patch that is an object makes an object.
    if (data.merge(changes) instanceof JsonValue.Members merged) {
      check(merged);
      data = merged;
    }
  }

  private void check(JsonValue.Members candidate) throws MmdsException {
    if (candidate.toJson().getBytes(StandardCharsets.UTF_8).length > limit) {
      throw new MmdsException(MmdsException.Reason.TOO_LARGE, "The MMDS patch request doesn't fit.");
    }
  }

  /** The data; an empty object if there are none. */
  public synchronized JsonValue.Members get() {
    return data == null ? new JsonValue.Members(Map.of()) : data;
  }

  /** How many guests' requests to read came without a token. */
  public long withoutToken() {
    return withoutToken.sum();
  }

  /** How many guests' requests to read came with a token that is not good. */
  public long withInvalidToken() {
    return withInvalidToken.sum();
  }

  /**
   * Answers a guest.
   *
   * @param request the request's bytes, up to and with the blank line
   * @return the response's bytes
   */
  public synchronized byte[] respond(byte[] request) {
    List<HttpRequest> requests = new ArrayList<>(1);
    List<String> faults = new ArrayList<>(1);
    new HttpParser(PARSER_LIMIT, true)
        .feed(request, 0, request.length, new HttpParser.Sink() {
          @Override
          public void request(HttpRequest found) {
            requests.add(found);
          }

          @Override
          public void proceed() {}

          @Override
          public void malformed(String reason) {
            faults.add(reason);
          }
        });
    if (!faults.isEmpty()) {
      return text(HttpResponse.VERSION, 400, faults.getFirst()).toBytes();
    }
    if (requests.size() != 1 || requests.getFirst().body().length > 0) {
      return text(HttpResponse.VERSION, 400, "Invalid request.").toBytes();
    }
    return respond(requests.getFirst()).toBytes();
  }

  private HttpResponse respond(HttpRequest request) {
    if (!request.method().equals("GET") && !request.method().equals("PUT")) {
      return new HttpResponse(
          request.version(), 405, "GET, PUT", false, List.of(), false, bytes("Not allowed HTTP method."));
    }
    String path = request.path();
    if (path.isEmpty()) {
      return text(request, 400, "Invalid URI.");
    }
    return request.method().equals("PUT") ? makeToken(request, path) : read(request, path);
  }

  private static Optional<byte[]> bytes(String text) {
    return Optional.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static HttpResponse text(HttpRequest request, int status, String body) {
    return text(request.version(), status, body);
  }

  private static HttpResponse text(String version, int status, String body) {
    return new HttpResponse(version, status, "", false, List.of(), false, bytes(body));
  }

  private HttpResponse makeToken(HttpRequest request, String path) {
    if (request.header(FORWARDED).isPresent()) {
      return text(request, 400, "Invalid header. Reason: Unsupported header name. Key: " + FORWARDED);
    }
    if (!sanitized(path).equals(TOKEN_PATH)) {
      return notFound(request);
    }
    HttpRequest.Header header = request.header(TTL, AWS_TTL).orElse(null);
    if (header == null) {
      return text(request, 400, "Token time to live value not found. Use `%s` or `%s` header to specify the token's lifetime."
          .formatted(TTL, AWS_TTL));
    }
    int seconds;
    try {
      seconds = Integer.parseUnsignedInt(header.value());
    } catch (NumberFormatException e) {
      return text(
          request,
          400,
          "Invalid header. Reason: Invalid value. Key:" + header.name() + "; Value:" + header.value());
    }
    if (seconds < MIN_TTL_SECONDS || seconds > MAX_TTL_SECONDS) {
      return text(
          request,
          400,
          "Invalid time to live value provided for token: %s. Please provide a value between %d and %d."
              .formatted(Integer.toUnsignedString(seconds), MIN_TTL_SECONDS, MAX_TTL_SECONDS));
    }
    String name = header.name().equalsIgnoreCase(TTL) ? TTL : AWS_TTL;
    return new HttpResponse(
        request.version(),
        200,
        "",
        false,
        List.of(new HttpRequest.Header(name, Integer.toString(seconds))),
        false,
        bytes(tokens.make(seconds)));
  }

  private HttpResponse read(HttpRequest request, String path) {
    HttpRequest.Header token = request.header(TOKEN, AWS_TOKEN).orElse(null);
    boolean valid = token != null && tokens.isValid(token.value());
    if (token == null) {
      withoutToken.increment();
    } else if (!valid) {
      withInvalidToken.increment();
    }
    if (version == Version.V2 && !valid) {
      return text(
          request,
          401,
          token == null
              ? "No MMDS token provided. Use `%s` or `%s` header to specify the session token."
                  .formatted(TOKEN, AWS_TOKEN)
              : "MMDS token not valid.");
    }
    JsonValue value = data == null ? null : find(data, sanitized(path));
    if (value == null) {
      return notFound(request);
    }
    if (request.acceptsJson() && !imdsCompatible) {
      return new HttpResponse(request.version(), 200, "", false, List.of(), true, bytes(value.toJson()));
    }
    return switch (value) {
      case JsonValue.Text(String string) -> plain(request, string);
      case JsonValue.Members(Map<String, JsonValue> members) -> {
        StringBuilder names = new StringBuilder();
        members.forEach((name, member) -> names.append(names.isEmpty() ? "" : "\n")
            .append(name)
            .append(member instanceof JsonValue.Members ? "/" : ""));
        yield plain(request, names.toString());
      }
      case JsonValue.Null none -> unsupported(request);
      case JsonValue.Bool bool -> unsupported(request);
      case JsonValue.Numeral number -> unsupported(request);
      case JsonValue.Array array -> unsupported(request);
    };
  }

  /** Text, of the type that the client accepts all the same. */
  private static HttpResponse plain(HttpRequest request, String body) {
    return new HttpResponse(request.version(), 200, "", false, List.of(), request.acceptsJson(), bytes(body));
  }

  private static HttpResponse unsupported(HttpRequest request) {
    return text(request, 501, "Cannot retrieve value. The value has an unsupported type.");
  }

  private static HttpResponse notFound(HttpRequest request) {
    return text(request, 404, "Resource not found: " + request.uri() + ".");
  }

  /** The path without repeated slashes and without one at its end. */
  private static String sanitized(String path) {
    StringBuilder clean = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c != '/' || clean.isEmpty() || clean.charAt(clean.length() - 1) != '/') {
        clean.append(c);
      }
    }
    if (!clean.isEmpty() && clean.charAt(clean.length() - 1) == '/') {
      clean.setLength(clean.length() - 1);
    }
    return clean.toString();
  }

  /** Follows a JSON pointer (RFC 6901). */
  private static @Nullable JsonValue find(JsonValue root, String pointer) {
    JsonValue value = root;
    int start = 1;
    while (start <= pointer.length() && value != null) {
      int slash = pointer.indexOf('/', start);
      int end = slash < 0 ? pointer.length() : slash;
      String step = pointer.substring(start, end).replace("~1", "/").replace("~0", "~");
      value = switch (value) {
        case JsonValue.Members(Map<String, JsonValue> members) -> members.get(step);
        case JsonValue.Array(List<JsonValue> elements) -> element(elements, step);
        case JsonValue.Null none -> null;
        case JsonValue.Bool bool -> null;
        case JsonValue.Numeral number -> null;
        case JsonValue.Text text -> null;
      };
      start = end + 1;
    }
    return value;
  }

  private static @Nullable JsonValue element(List<JsonValue> elements, String step) {
    if (step.isEmpty() || step.length() > 9 || (step.length() > 1 && step.charAt(0) == '0')) {
      return null;
    }
    int index = 0;
    for (int i = 0; i < step.length(); i++) {
      int digit = step.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return null;
      }
      index = index * 10 + digit;
    }
    return index < elements.size() ? elements.get(index) : null;
  }
}
