package dev.portfire.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.portfire.vmm.json.JsonValue;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiClientTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String NO_CONTENT = "HTTP/1.1 204 \r\nServer: Firecracker API\r\nConnection: keep-alive\r\n\r\n";

  @TempDir
  Path directory;

  private Path socket;
  private FakeServer server;
  private ApiClient client;

  @BeforeEach
  void connect() throws IOException {
    socket = directory.resolve("socket");
    server = new FakeServer(socket);
    client = new ApiClient(socket, LONG);
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
  }

  private static String ok(String json) {
    return "HTTP/1.1 200 \r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s".formatted(json.length(), json);
  }

  private Optional<JsonValue> get(String path) throws IOException, ApiException {
    return client.send(ApiRequest.get(path));
  }

  @Test
  void requestsAreSentOnOneConnection() throws IOException, ApiException {
    server.answers(ok("{\"a\":[1,null]}")).answers(NO_CONTENT).answers(NO_CONTENT);
    assertThat(get("/x").orElseThrow().toJson()).isEqualTo("{\"a\":[1,null]}");
    assertThat(client.send(ApiRequest.put("/mmds", new JsonValue.Members(Map.of("k", new JsonValue.Text("ä"))))))
        .isEmpty();
    assertThat(client.send(ApiRequest.delete("/drives/x"))).isEmpty();
    String common = " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: portfire\r\nAccept: application/json\r\n";
    assertThat(server.connections).singleElement().asString().isEqualTo(
        "GET /x" + common + "\r\n"
            + "PUT /mmds" + common + "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{\"k\":\"ä\"}"
            + "DELETE /drives/x" + common + "\r\n");
  }

  @Test
  void settingsAreTheApisOwn() {
    record Row(Setting setting, String request) {}

    List<Row> rows = List.of(
        new Row(new Setting.Logger("l", Optional.of("Debug"), true, false),
            "PUT /logger {\"level\":\"Debug\",\"log_path\":\"l\",\"show_level\":true,\"show_log_origin\":false}"),
        new Row(new Setting.Logger("l", Optional.empty(), false, true),
            "PUT /logger {\"log_path\":\"l\",\"show_level\":false,\"show_log_origin\":true}"),
        new Row(new Setting.Metrics("m"), "PUT /metrics {\"metrics_path\":\"m\"}"),
        new Row(new Setting.MachineConfiguration(2, 128, false, Optional.of("T2")),
            "PUT /machine-config {\"cpu_template\":\"T2\",\"mem_size_mib\":128,\"smt\":false,\"vcpu_count\":2}"),
        new Row(new Setting.BootSource("k", Optional.of("i"), Optional.of("a -- b")),
            "PUT /boot-source {\"boot_args\":\"a -- b\",\"initrd_path\":\"i\",\"kernel_image_path\":\"k\"}"),
        new Row(new Setting.Drive("1", "p", true, false, Optional.of("u")),
            "PUT /drives/1 {\"drive_id\":\"1\",\"is_read_only\":false,\"is_root_device\":true,\"partuuid\":\"u\","
                + "\"path_on_host\":\"p\"}"),
        new Row(new Setting.NetworkInterface("1", "tap0", Optional.of("m")),
            "PUT /network-interfaces/1 {\"guest_mac\":\"m\",\"host_dev_name\":\"tap0\",\"iface_id\":\"1\"}"),
        new Row(new Setting.Vsock(3, "v"), "PUT /vsock {\"guest_cid\":3,\"uds_path\":\"v\"}"),
        new Row(new Setting.MmdsConfig(List.of("1", "2"), "V1"),
            "PUT /mmds/config {\"network_interfaces\":[\"1\",\"2\"],\"version\":\"V1\"}"));
    for (Row row : rows) {
      ApiRequest request = row.setting.toRequest();
      assertThat(request + " " + request.body().orElseThrow().toJson()).isEqualTo(row.request);
    }
    assertThat(ApiRequest.start().body().orElseThrow().toJson()).isEqualTo("{\"action_type\":\"InstanceStart\"}");
    assertThat(ApiRequest.sendCtrlAltDel().toString()).isEqualTo("PUT /actions");
    assertThat(ApiRequest.flushMetrics().body().orElseThrow().toJson()).isEqualTo("{\"action_type\":\"FlushMetrics\"}");
    assertThat(ApiRequest.pause().body().orElseThrow().toJson()).isEqualTo("{\"state\":\"Paused\"}");
    assertThat(ApiRequest.resume().toString()).isEqualTo("PATCH /vm");
  }

  @Test
  void anIdCannotBecomeAnotherRequest() {
    Setting drive = new Setting.Drive("x HTTP/1.1\r\n\r\nPUT /actions", "p", false, false, Optional.empty());
    assertThatThrownBy(drive::toRequest)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no path");
    assertThatThrownBy(() -> ApiRequest.get("machine-config")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theMachineIsDescribed() throws IOException, ApiException {
    server.answers(ok("{\"id\":\"i\",\"state\":\"Running\",\"vmm_version\":\"1.0.0\",\"app_name\":\"Firecracker\",\"new\":1}"));
    assertThat(client.instance()).isEqualTo(new ApiClient.InstanceInfo("i", "Running", "1.0.0", "Firecracker"));
    server.answers(ok("{\"firecracker_version\":\"1.2.3\"}"));
    assertThat(client.version()).isEqualTo("1.2.3");
    server.answers(ok("[]"));
    assertThatThrownBy(client::version).hasMessage("GET /version: the answer has no \"firecracker_version\"");
  }

  @Test
  void whatIsRefusedSaysWhy() throws IOException, ApiException {
    server.answers("HTTP/1.1 400 \r\nContent-Length: 24\r\n\r\n{\"fault_message\":\"no.\"}\n");
    assertThatThrownBy(() -> get("/x"))
        .hasMessage("GET /x: 400: no.")
        .asInstanceOf(type(ApiException.class))
        .matches(e -> e.status() == 400 && e.fault().equals("no."));
    server.answers("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops");
    assertThatThrownBy(() -> get("/x")).hasMessage("GET /x: 500: oops");
    server.answers("HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n");
    assertThatThrownBy(() -> get("/x")).hasMessage("GET /x: 404: no reason given");
    assertThat(server.connections).hasSize(1);
  }

  @Test
  void answersComeInPiecesOfAnySize() throws IOException, ApiException {
    long seed = Long.getLong("portfire.seed", System.nanoTime());
    System.out.println("pieces: -Dportfire.seed=" + seed);
    Random random = new Random(seed);
    String body = "{\"a\":\"" + "x".repeat(40_000) + "\"}";
    String answer = "HTTP/1.1 100 \r\n\r\n" + ok(body);
    for (int round = 0; round < 20; round++) {
      List<String> pieces = new java.util.ArrayList<>();
      for (int at = 0; at < answer.length();) {
        int end = Math.min(answer.length(), at + 1 + random.nextInt(at < 200 ? 7 : 20_000));
        pieces.add(answer.substring(at, end));
        at = end;
      }
      server.answers(pieces.toArray(new String[0]));
      assertThat(get("/x").orElseThrow().toJson()).isEqualTo(body);
    }
    assertThat(server.connections).hasSize(1);
  }

  @Test
  void aClosedConnectionIsOpenedAgain() throws Exception {
    server.answersAndCloses(NO_CONTENT).answersAndCloses("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}");
    server.answers(NO_CONTENT + "HTTP/1.1 200 \r\n").answers(NO_CONTENT);
    assertThat(get("/1")).isEmpty();
    // Before that, the client cannot know.
    while (server.closed.get() == 0) {
      Thread.sleep(1);
    }
    assertThat(get("/2").orElseThrow().toJson()).isEqualTo("{}");
    // What nobody has asked for is not taken for the next answer.
    assertThat(get("/3")).isEmpty();
    assertThat(get("/4")).isEmpty();
    assertThat(server.connections).hasSize(4);
  }

  @Test
  void whatIsNoAnswerIsSaid() throws IOException, ApiException {
    record Row(String answer, String message) {}

    List<Row> rows = List.of(
        new Row("SSH-2.0-x\r\n\r\n", "the server does not speak HTTP: it says \"SSH-2.0-x\""),
        new Row("HTTP/1.1 2x4 \r\n\r\n", "the server does not speak HTTP: it says \"HTTP/1.1 2x4 \""),
        new Row("HTTP/1.1 2044\r\n\r\n", "the server does not speak HTTP: it says \"HTTP/1.1 2044\""),
        new Row("HTTP/1.1 200 \r\nContent-Length: -1\r\n\r\n", "the server's answer has an impossible length, \"-1\""),
        new Row("HTTP/1.1 200 \r\nContent-Length: 99999999999\r\n\r\n",
            "the server's answer has an impossible length, \"99999999999\""),
        new Row("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "the server sends its answer in a transfer encoding, \"chunked\", which Firecracker does not do: check what"
                + " listens on the socket"),
        new Row("HTTP/1.1 200 \r\nX: " + "y".repeat(Connection.MAX_HEAD),
            "the head of the server's answer is longer than 65536 bytes"));
    for (Row row : rows) {
      server.answers(row.answer);
      assertThatThrownBy(() -> get("/x")).hasMessage("GET /x: " + socket + ": " + row.message);
    }
    server.answers(ok("{"));
    assertThatThrownBy(() -> get("/x")).hasMessageStartingWith("GET /x: the answer is no JSON: EOF");
    server.answersAndCloses("HTTP/1.1 200 \r\nContent-Length: 9\r\n\r\n{}");
    assertThatThrownBy(() -> get("/x")).hasRootCauseInstanceOf(EOFException.class).hasMessageContaining("in the middle");
    server.answersAndCloses();
    assertThatThrownBy(() -> get("/x")).hasMessageContaining("without an answer");
    // None of that is the end of the client.
    server.answers(NO_CONTENT);
    assertThat(get("/x")).isEmpty();
  }

  @Test
  void aServerThatIsSilentIsNotWaitedForForEver() throws IOException, ApiException {
    try (ApiClient hasty = new ApiClient(socket, Duration.ofMillis(20))) {
      assertThatThrownBy(() -> hasty.send(ApiRequest.get("/x")))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("GET /x: no answer within 20 ms");
    }
    assertThatThrownBy(() -> new ApiClient(socket, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aServerThatIsNotThereYetIsWaitedFor() throws Exception {
    server.close();
    Files.delete(socket);
    AtomicInteger asked = new AtomicInteger();
    assertThatThrownBy(() -> client.awaitServer(LONG, () -> asked.incrementAndGet() < 5))
        .hasMessage("the program that was to listen on " + socket + " has ended");
    assertThat(asked).hasValue(5);
    assertThatThrownBy(() -> client.awaitServer(Duration.ofMillis(30), () -> true))
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessage("the API socket " + socket + " was not ready within 30 ms: it does not exist");
    // A file that nobody listens on, then a server that does not know its machine yet, then one that does.
    Files.createFile(socket);
    client.awaitServer(LONG, () -> {
      if (asked.incrementAndGet() == 10) {
        try {
          Files.delete(socket);
          server = new FakeServer(socket).answers("HTTP/1.1 400 \r\nContent-Length: 2\r\n\r\n{}").answers(ok("{}"));
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }
      return true;
    });
    assertThat(asked.get()).isGreaterThanOrEqualTo(11);
    assertThat(server.connections).singleElement().asString().startsWith("GET /machine-config HTTP/1.1\r\n");
  }
}
