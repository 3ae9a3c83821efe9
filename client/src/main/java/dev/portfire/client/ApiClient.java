package dev.portfire.client;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonValue;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client of the API of one {@code firecracker}. It connects when there is something to send, keeps the connection, and connects again
 * when the server has closed it. A request is sent once: one that fails may have been carried out.
 *
 * <p>What the server refuses is an {@link ApiException}, everything else that goes wrong an {@link IOException}: {@link
 * SocketTimeoutException} if there was no answer in time. Both name the request. Several threads may share a client; their requests
 * are sent one after the other.
 */
public final class ApiClient implements AutoCloseable {
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(10);

  private final Path socket;
  private final Duration timeout;
  private @Nullable Connection connection;

  /**
   * Makes a client.
   *
   * @param socket the path after {@code --api-sock}, at most 107 bytes
   * @param timeout how long to wait for each answer, more than 0
   */
  public ApiClient(Path socket, Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("the timeout is " + timeout + ": it must be more than 0");
    }
    this.socket = socket;
    this.timeout = timeout;
  }

  /**
   * What {@code GET /} tells.
   *
   * @param id the machine's identifier
   * @param state {@code Not started}, {@code Running} or {@code Paused}
   * @param vmmVersion the server's version
   * @param appName the server's name
   */
  public record InstanceInfo(String id, String state, String vmmVersion, String appName) {}

  /**
   * Waits until the server answers: its socket is there and {@code GET /machine-config} succeeds, tried every 10 ms.
   *
   * @param patience how long
   * @param alive whether the server can still come; it is asked at each try
   * @throws IOException if the time is over or the server cannot come any more
   */
  public void awaitServer(Duration patience, BooleanSupplier alive) throws IOException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    String last = "it does not exist";
    while (alive.getAsBoolean()) {
      if (Files.exists(socket)) {
        try {
          send(ApiRequest.get("/machine-config"));
          return;
        } catch (IOException | ApiException e) {
          // Made, but nobody listens yet; or the server is not ready.
          last = String.valueOf(e.getMessage());
        }
      }
      if (System.nanoTime() > end) {
        throw new SocketTimeoutException(
            "the API socket " + socket + " was not ready within " + patience.toMillis() + " ms: " + last);
      }
      Thread.sleep(BETWEEN_TRIES);
    }
    throw new IOException("the program that was to listen on " + socket + " has ended");
  }

  /**
   * Sends a request.
   *
   * @return what the server answers; empty for an answer without a body
   */
  public synchronized Optional<JsonValue> send(ApiRequest request) throws IOException, ApiException {
    Connection.Reply reply;
    try {
      reply = connected().exchange(bytes(request), System.nanoTime() + timeout.toNanos());
    } catch (SocketTimeoutException e) {
      close();
      throw new SocketTimeoutException(request + ": no answer within " + timeout.toMillis() + " ms");
    } catch (IOException e) {
      close();
      throw new IOException(request + ": " + socket + ": " + e.getMessage(), e);
    }
    if (reply.status() >= 300) {
      throw new ApiException(request.toString(), reply.status(), fault(reply.body()));
    }
    if (reply.body().length == 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse(reply.body()));
    } catch (JsonException e) {
      throw new IOException(request + ": the answer is no JSON: " + e.getMessage(), e);
    }
  }

  /** Configures something, before the start. */
  public void put(Setting setting) throws IOException, ApiException {
    Optional<JsonValue> unused = send(setting.toRequest());
  }

  /** Asks which machine this is, and how it is. */
  public InstanceInfo instance() throws IOException, ApiException {
    ApiRequest request = ApiRequest.get("/");
    Optional<JsonValue> answer = send(request);
    return new InstanceInfo(
        text(request, answer, "id"), text(request, answer, "state"), text(request, answer, "vmm_version"),
        text(request, answer, "app_name"));
  }

  /** Asks for the server's version. */
  public String version() throws IOException, ApiException {
    ApiRequest request = ApiRequest.get("/version");
    return text(request, send(request), "firecracker_version");
  }

  private static String text(ApiRequest request, Optional<JsonValue> answer, String name) throws IOException {
    if (answer.isPresent()
        && answer.get() instanceof JsonValue.Members object
        && object.members().get(name) instanceof JsonValue.Text(String value)) {
      return value;
    }
    throw new IOException(request + ": the answer has no \"" + name + "\"");
  }

  private Connection connected() throws IOException {
    Connection kept = connection;
    if (kept != null && kept.isUsable()) {
      return kept;
    }
    close();
    Connection opened = Connection.open(socket);
    connection = opened;
    return opened;
  }

  private static byte[] bytes(ApiRequest request) {
    StringBuilder text = new StringBuilder(request.method()).append(' ').append(request.path());
    text.append(" HTTP/1.1\r\nHost: localhost\r\nUser-Agent: portfire\r\nAccept: application/json\r\n");
    if (request.body().isPresent()) {
      String json = request.body().get().toJson();
      text.append("Content-Type: application/json\r\nContent-Length: ")
          .append(json.getBytes(StandardCharsets.UTF_8).length)
          .append("\r\n\r\n")
          .append(json);
    } else {
      text.append("\r\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static JsonValue parse(byte[] body) throws JsonException {
    JsonReader in = new JsonReader(body);
    JsonValue value = in.value();
    in.end();
    return value;
  }

  private static String fault(byte[] body) {
    try {
      if (parse(body) instanceof JsonValue.Members object
          && object.members().get("fault_message") instanceof JsonValue.Text(String message)) {
        return message;
      }
    } catch (JsonException e) {
      // Then the whole of it is the reason.
    }
    String text = new String(body, StandardCharsets.UTF_8);
    return text.isEmpty() ? "no reason given" : text;
  }

  /** Closes the connection; a request after that opens another one. */
  @Override
  public synchronized void close() throws IOException {
    Connection kept = connection;
    connection = null;
    if (kept != null) {
      kept.close();
    }
  }
}
