package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonValue;
import dev.portfire.vmm.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A Chromium without a screen, and one page in it: the DevTools protocol over a pair of pipes, each message ended by a zero. What the page
 * logs, and exceptions in it, are kept.
 */
final class Browser implements AutoCloseable {
  private final Process process;
  private final InputStream in;
  private final OutputStream out;
  private final List<String> complaints = new ArrayList<>();
  private long last;
  private String session = "";

  /**
   * Starts it; the test is skipped where there is none.
   *
   * @param directory for what it keeps
   */
  static Browser open(Path directory) throws IOException {
    Optional<Path> program = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
    Assumptions.assumeTrue(program.isPresent(), "skipped: no Chromium; install chromium");
    return new Browser(program.orElseThrow(), directory);
  }

  private Browser(Path program, Path directory) throws IOException {
    // Descriptor 3 is read and 4 is written, wherever they lead.
    String command = "exec 3<&0 4>&1 >/dev/null; exec \"$0\" \"$@\"";
    ProcessBuilder builder = new ProcessBuilder(
            "sh", "-c", command, program.toString(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
            "--user-data-dir=" + directory.resolve("chromium"), "--remote-debugging-pipe", "about:blank");
    builder.environment().put("TMPDIR", directory.toString());
    process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    in = process.getInputStream();
    out = process.getOutputStream();
    Map<String, JsonValue> target = call("Target.createTarget", json -> json.name("url").string("about:blank"));
    session = string(
        call("Target.attachToTarget", json -> json.name("targetId").string(string(target, "targetId")).name("flatten").bool(true)),
        "sessionId");
    var unused = call("Runtime.enable", json -> {});
    unused = call("Log.enable", json -> {});
    unused = call("Page.enable", json -> {});
  }

  /** Says how large the page is. */
  void resize(int width, int height) throws IOException {
    var unused = call("Emulation.setDeviceMetricsOverride", json -> json.name("width").number(width).name("height").number(height)
        .name("deviceScaleFactor").number(1).name("mobile").bool(false));
  }

  /** Goes to an address. */
  void visit(String address) throws IOException {
    assertThat(call("Page.navigate", json -> json.name("url").string(address))).doesNotContainKey("errorText");
  }

  /** The value of an expression, or of the promise that it is, as text. */
  String evaluate(String expression) throws IOException {
    Map<String, JsonValue> answer = call("Runtime.evaluate", json -> json.name("expression").string("(async () => String(await (" + expression + ")))()")
        .name("awaitPromise").bool(true));
    assertThat(answer).as(expression).doesNotContainKey("exceptionDetails");
    return string(members(answer, "result"), "value");
  }

  /** Waits until an expression has a value. */
  void await(String expression, String value) throws IOException, InterruptedException {
    String now = evaluate(expression);
    for (long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2); !now.equals(value) && System.nanoTime() < end;) {
      TimeUnit.MILLISECONDS.sleep(100);
      now = evaluate(expression);
    }
    assertThat(now).as("%s; complaints: %s", expression, complaints).isEqualTo(value);
  }

  /** A picture of the page as PNG. */
  byte[] screenshot() throws IOException {
    return Base64.getDecoder().decode(string(call("Page.captureScreenshot", json -> json.name("format").string("png")), "data"));
  }

  /** What the page has logged, and exceptions in it. */
  List<String> complaints() {
    return complaints;
  }

  private Map<String, JsonValue> call(String method, Consumer<JsonWriter> parameters) throws IOException {
    long id = ++last;
    JsonWriter json = new JsonWriter();
    json.begin().name("id").number(id).name("method").string(method);
    if (!session.isEmpty()) {
      json.name("sessionId").string(session);
    }
    json.name("params").begin();
    parameters.accept(json);
    json.end().end();
    out.write(json.toBytes());
    out.write(0);
    out.flush();
    while (true) {
      Map<String, JsonValue> message = read();
      if (message.get("id") instanceof JsonValue.Numeral number && number.text().equals(Long.toString(id))) {
        assertThat(message).as(method).doesNotContainKey("error");
        return members(message, "result");
      }
      if (message.get("method") instanceof JsonValue.Text event
          && List.of("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded").contains(event.value())) {
        complaints.add(message.toString());
      }
    }
  }

  private Map<String, JsonValue> read() throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    for (int value = in.read(); value != 0; value = in.read()) {
      assertThat(value).as("the browser has ended").isNotNegative();
      message.write(value);
    }
    try {
      return ((JsonValue.Members) new JsonReader(message.toByteArray()).value()).members();
    } catch (JsonException e) {
      throw new AssertionError(message.toString(StandardCharsets.UTF_8), e);
    }
  }

  private static Map<String, JsonValue> members(Map<String, JsonValue> members, String name) {
    return ((JsonValue.Members) members.getOrDefault(name, new JsonValue.Null())).members();
  }

  private static String string(Map<String, JsonValue> members, String name) {
    return ((JsonValue.Text) members.getOrDefault(name, new JsonValue.Null())).value();
  }

  @Override
  public void close() {
    // Its children end with it.
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
