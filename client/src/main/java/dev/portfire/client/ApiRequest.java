package dev.portfire.client;

import dev.portfire.vmm.json.JsonValue;
import java.util.Map;
import java.util.Optional;

/**
 * A request.
 *
 * @param method {@code GET}, {@code PUT}, {@code PATCH} or {@code DELETE}
 * @param path what is asked for or changed: printable ASCII without spaces, beginning with {@code /}
 * @param body empty if there is none
 */
public record ApiRequest(String method, String path, Optional<JsonValue> body) {
  public ApiRequest {
    if (!path.startsWith("/") || path.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException(
          "\"" + path + "\" is no path: it begins with / and has printable ASCII characters without spaces");
    }
  }

  /** Asks for something. */
  public static ApiRequest get(String path) {
    return new ApiRequest("GET", path, Optional.empty());
  }

  /** Sets something. */
  public static ApiRequest put(String path, JsonValue body) {
    return new ApiRequest("PUT", path, Optional.of(body));
  }

  /** Changes something. */
  public static ApiRequest patch(String path, JsonValue body) {
    return new ApiRequest("PATCH", path, Optional.of(body));
  }

  /** Removes something. */
  public static ApiRequest delete(String path) {
    return new ApiRequest("DELETE", path, Optional.empty());
  }

  private static ApiRequest action(String type) {
    return put("/actions", new JsonValue.Members(Map.of("action_type", new JsonValue.Text(type))));
  }

  /** Starts the configured machine. */
  public static ApiRequest start() {
    return action("InstanceStart");
  }

  /** Presses Ctrl-Alt-Del on the guest's keyboard, which most guests take as the order to shut down. */
  public static ApiRequest sendCtrlAltDel() {
    return action("SendCtrlAltDel");
  }

  /** Writes a line of metrics now. */
  public static ApiRequest flushMetrics() {
    return action("FlushMetrics");
  }

  private static ApiRequest state(String state) {
    return patch("/vm", new JsonValue.Members(Map.of("state", new JsonValue.Text(state))));
  }

  /** Stops all vCPUs. */
  public static ApiRequest pause() {
    return state("Paused");
  }

  /** Lets all vCPUs go on. */
  public static ApiRequest resume() {
    return state("Resumed");
  }

  /** Method and path. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
