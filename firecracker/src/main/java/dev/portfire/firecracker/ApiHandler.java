package dev.portfire.firecracker;

import dev.portfire.vmm.http.HttpRequest;
import dev.portfire.vmm.http.HttpResponse;
import dev.portfire.vmm.json.JsonWriter;
import dev.portfire.vmm.metrics.Metrics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Answers the API's requests: finds out what is asked for, has it done, and logs and counts both. */
final class ApiHandler {
  /** What does what is asked for. */
  @FunctionalInterface
  interface Executor {
    /**
     * Does it.
     *
     * @return JSON; empty for no data
     */
    String execute(Action action) throws Fault;
  }

  private final Executor executor;
  private final Log log;
  private final Metrics metrics;

  ApiHandler(Executor executor, Log log, Metrics metrics) {
    this.executor = executor;
    this.log = log;
    this.metrics = metrics;
  }

  HttpResponse handle(HttpRequest request) {
    long start = System.nanoTime();
    logRequest(request);
    Routes.Found found = new Routes.Found();
    Routes.Counted counted = Routes.Counted.NOWHERE;
    HttpResponse response;
    try {
      Action action;
      try {
        action = Routes.find(request, found);
      } finally {
        counted = found.counted();
        if (!counted.name().isEmpty()) {
          metrics.count(counted.group(), counted.name() + "_count");
        }
        if (!found.deprecation().isEmpty()) {
          log.warn(found.deprecation());
          metrics.count("deprecated_api", "deprecated_http_api_calls");
        }
      }
      String json = execute(action);
      timed(action, start);
      boolean deprecated = !found.deprecation().isEmpty();
      if (json.isEmpty()) {
        log.info("The request was executed successfully. Status code: 204 No Content.");
        response = new HttpResponse(HttpResponse.VERSION, 204, "", deprecated, List.of(), true, Optional.empty());
      } else {
        log.info("The request was executed successfully. Status code: 200 OK.");
        response = new HttpResponse(
            HttpResponse.VERSION,
            200,
            "",
            deprecated,
            List.of(),
            true,
            Optional.of(json.getBytes(StandardCharsets.UTF_8)));
      }
    } catch (Fault e) {
      if (counted.group().startsWith("p")) {
        metrics.count(counted.group(), counted.name() + "_fails");
      }
      log.error("Received Error. Status code: "
          + (e.status() == Fault.TOO_LARGE ? "413 Payload too large" : "400 Bad Request")
          + ". Message: " + e.text());
      String body = new JsonWriter().begin().name("fault_message").string(e.text()).end().toString();
      response = new HttpResponse(
          HttpResponse.VERSION,
          e.status(),
          "",
          !found.deprecation().isEmpty(),
          List.of(),
          true,
          Optional.of(body.getBytes(StandardCharsets.UTF_8)));
    }
    return response;
  }

  /** Pausing and resuming are timed here, with what the API takes, and where they are done. */
  private void timed(Action action, long start) {
    if (action != Action.Simple.PAUSE && action != Action.Simple.RESUME) {
      return;
    }
    String what = action == Action.Simple.PAUSE ? "pause" : "resume";
    long micros = (System.nanoTime() - start) / 1000;
    metrics.set("latencies_us", what + "_vm", micros);
    log.debug("'" + what + " vm' API request took " + micros + " us.");
  }

  /** A fault of ours in one request is no reason to stop answering the others. */
  private String execute(Action action) throws Fault {
    try {
      return executor.execute(action);
    } catch (RuntimeException e) {
      log.error("A request failed: " + e);
      throw new Fault("Internal VMM error: " + e);
    }
  }

  private void logRequest(HttpRequest request) {
    if (!log.isLoggable(dev.portfire.firecracker.config.LogLevel.INFO)) {
      return;
    }
    String path = request.path();
    String verb = switch (request.method()) {
      case "GET" -> "Get";
      case "PUT" -> "Put";
      case "PATCH" -> "Patch";
      default -> "Delete";
    };
    String what = "The API server received a " + verb + " request on \"" + path + "\"";
    String body = " with body \"" + oneLine(new String(request.body(), StandardCharsets.UTF_8)) + "\"";
    boolean secret = path.equals("/mmds") || path.startsWith("/mmds/");
    boolean large = path.equals("/cpu-config");
    log.info(what + (request.body().length == 0 || secret || large ? "." : body + "."));
    if (large) {
      log.debug(what + body + ".");
    }
  }

  /** A client's text must not look like lines of ours. */
  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        default -> line.append(Character.isISOControl(c) ? '?' : c);
      }
    }
    return line.toString();
  }
}
