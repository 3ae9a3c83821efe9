package dev.portfire.vmm.mmds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class MmdsTest {
  private final AtomicLong millis = new AtomicLong(1000);
  private final Mmds mmds = new Mmds("a-guest", 200, millis::get);

  private static JsonValue.Members json(String text) throws JsonException {
    return new JsonValue.Members(new JsonReader(text.getBytes(StandardCharsets.UTF_8)).map(JsonReader::value));
  }

  private String ask(String request) {
    byte[] bytes = request.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    return new String(mmds.respond(bytes), StandardCharsets.UTF_8).replace("\r\n", "\n");
  }

  private static String body(String response) {
    return response.substring(response.indexOf("\n\n") + 2);
  }

  private String get(String path, String... headers) {
    return ask("GET " + path + " HTTP/1.1\n" + String.join("", headers) + "\n");
  }

  private void fill() throws JsonException, MmdsException {
    mmds.put(json(
        "{\"latest\":{\"meta-data\":{\"ami-id\":\"ami-1\",\"n\":1,\"list\":[\"x\",{\"y\":\"z\"}],\"a/b\":\"slash\",\"e\":\"\"}}}"));
  }

  @Test
  void storesAndMerges() throws Exception {
    assertThat(mmds.get().toJson()).isEqualTo("{}");
    assertThatThrownBy(() -> mmds.patch(json("{}")))
        .isInstanceOf(MmdsException.class)
        .hasMessage("The MMDS data store is not initialized.");
    mmds.put(json("{\"b\":1,\"a\":{\"x\":1}}"));
    mmds.patch(json("{\"b\":null,\"a\":{\"y\":2}}"));
    assertThat(mmds.get().toJson()).isEqualTo("{\"a\":{\"x\":1,\"y\":2}}");
    assertThatThrownBy(() -> mmds.patch(json("{\"c\":\"" + "x".repeat(200) + "\"}")))
        .hasMessage("The MMDS patch request doesn't fit.");
    assertThatThrownBy(() -> mmds.put(json("{\"c\":\"" + "x".repeat(193) + "\"}")))
        .hasMessage("The MMDS patch request doesn't fit.");
    mmds.put(json("{\"c\":\"" + "x".repeat(192) + "\"}"));
    assertThat(mmds.get().members()).containsOnlyKeys("c");
  }

  @Test
  void answersInTextOrJson() throws Exception {
    fill();
    assertThat(get("/latest/meta-data/ami-id")).isEqualTo(
        """
        HTTP/1.1 200\s
        Server: Firecracker API
        Connection: keep-alive
        Content-Type: text/plain
        Content-Length: 5

        ami-1""");
    assertThat(get("/latest/meta-data/ami-id", "Accept: application/json\n"))
        .contains("Content-Type: application/json\n")
        .endsWith("\n\n\"ami-1\"");
    assertThat(body(get("/"))).isEqualTo("latest/");
    assertThat(body(get("//latest///meta-data/"))).isEqualTo("a/b\nami-id\ne\nlist\nn");
    assertThat(body(get("/latest/meta-data/list/1", "accept: application/json\n"))).isEqualTo("{\"y\":\"z\"}");
    assertThat(body(get("/latest/meta-data/a~1b"))).isEqualTo("slash");
    assertThat(get("/latest/meta-data/e")).contains("Content-Length: 0\n");
    assertThat(get("/latest/meta-data/n")).startsWith("HTTP/1.1 501 ")
        .endsWith("Cannot retrieve value. The value has an unsupported type.");
    assertThat(get("/latest//nothing")).startsWith("HTTP/1.1 404 ").endsWith("\n\nResource not found: /latest//nothing.");
    assertThat(get("/latest/meta-data/list/01")).startsWith("HTTP/1.1 404 ");
    assertThat(ask("GET http://169.254.169.254/latest/meta-data/ami-id HTTP/1.0\n\n"))
        .startsWith("HTTP/1.0 200 ")
        .endsWith("ami-1");
    mmds.configure(Mmds.Version.V1, true);
    assertThat(get("/latest", "Accept: application/json\n"))
        .contains("Content-Type: application/json\n")
        .endsWith("\n\nmeta-data/");
  }

  @Test
  void refusesWhatItCannotServe() throws Exception {
    fill();
    for (String method : new String[] {"PATCH", "DELETE", "POST", "HEAD"}) {
      assertThat(ask(method + " / HTTP/1.1\n\n"))
          .startsWith("HTTP/1.1 405 ")
          .contains("\nAllow: GET, PUT\n")
          .contains("\nContent-Type: text/plain\n")
          .endsWith("\n\nNot allowed HTTP method.");
    }
    assertThat(get("none")).startsWith("HTTP/1.1 400 ").endsWith("\n\nInvalid URI.");
    assertThat(ask("nonsense\n\n")).startsWith("HTTP/1.1 400 ").endsWith("Invalid request.");
    assertThat(ask("GET / HTTP/1.1\nContent-Length: 5\n\n")).startsWith("HTTP/1.1 400 ").endsWith("Invalid request.");
    assertThat(ask("GET / HTTP/1.1\nContent-Length: x\n\n"))
        .endsWith("Invalid header. Reason: Invalid value. Key:Content-Length; Value: x");
    assertThat(ask("PUT /latest HTTP/1.1\n\n")).startsWith("HTTP/1.1 404 ").endsWith("Resource not found: /latest.");
  }

  private String token(String name, String seconds, String... headers) {
    return ask("PUT /latest/api/token HTTP/1.1\n" + name + ": " + seconds + "\n" + String.join("", headers) + "\n");
  }

  @Test
  void tokensLiveForTheirTime() throws Exception {
    fill();
    mmds.configure(Mmds.Version.V2, false);
    assertThat(get("/")).startsWith("HTTP/1.1 401 ")
        .endsWith("No MMDS token provided. Use `X-metadata-token` or `X-aws-ec2-metadata-token` header to specify the session token.");
    String answer = token("X-METADATA-token-ttl-seconds", "60");
    assertThat(answer).startsWith("HTTP/1.1 200 ")
        .contains("\nX-metadata-token-ttl-seconds: 60\n")
        .contains("\nContent-Type: text/plain\n");
    String token = body(answer);
    assertThat(token).hasSize(48);
    assertThat(get("/", "X-metadata-token: " + token + "\n")).startsWith("HTTP/1.1 200 ");
    assertThat(get("/", "x-aws-ec2-metadata-token:" + token + "\n")).startsWith("HTTP/1.1 200 ");
    String other = (token.charAt(20) == 'A' ? "B" : "A");
    assertThat(get("/", "X-metadata-token: " + token.substring(0, 20) + other + token.substring(21) + "\n"))
        .startsWith("HTTP/1.1 401 ")
        .endsWith("MMDS token not valid.");
    assertThat(get("/", "X-metadata-token: " + "A".repeat(71) + "\n")).startsWith("HTTP/1.1 401 ");
    assertThat(new Mmds("another", 200, millis::get).withInvalidToken()).isZero();
    millis.addAndGet(60_000);
    assertThat(get("/", "X-metadata-token: " + token + "\n")).endsWith("MMDS token not valid.");
    assertThat(mmds.withoutToken()).isEqualTo(1);
    assertThat(mmds.withInvalidToken()).isEqualTo(3);
  }

  @Test
  void tokensAreRefusedWithoutASoundLifetime() {
    assertThat(ask("PUT /latest/api/token HTTP/1.1\n\n")).startsWith("HTTP/1.1 400 ")
        .endsWith("Token time to live value not found. Use `X-metadata-token-ttl-seconds` or"
            + " `X-aws-ec2-metadata-token-ttl-seconds` header to specify the token's lifetime.");
    for (String seconds : new String[] {"0", "21601", "4294967295"}) {
      assertThat(token("X-metadata-token-ttl-seconds", seconds)).startsWith("HTTP/1.1 400 ").endsWith(
          "Invalid time to live value provided for token: " + seconds + ". Please provide a value between 1 and 21600.");
    }
    for (String seconds : new String[] {"-1", "ten", "4294967296", ""}) {
      assertThat(token("X-aws-ec2-metadata-token-ttl-seconds", seconds)).endsWith(
          "Invalid header. Reason: Invalid value. Key:X-aws-ec2-metadata-token-ttl-seconds; Value:" + seconds);
    }
    assertThat(token("X-aws-ec2-metadata-token-ttl-seconds", "21600"))
        .contains("\nX-aws-ec2-metadata-token-ttl-seconds: 21600\n");
    assertThat(token("X-metadata-token-ttl-seconds", "60", "x-forwarded-for: 1.2.3.4\n"))
        .startsWith("HTTP/1.1 400 ")
        .endsWith("Invalid header. Reason: Unsupported header name. Key: X-Forwarded-For");
  }

  @Test
  void noDataIsNotFound() {
    assertThat(get("/")).startsWith("HTTP/1.1 404 ");
    assertThat(mmds.get()).isEqualTo(new JsonValue.Members(Map.of()));
  }
}
