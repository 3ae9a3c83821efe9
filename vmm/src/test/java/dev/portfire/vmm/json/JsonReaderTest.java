package dev.portfire.vmm.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.vmm.Rounds;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class JsonReaderTest {
  private static JsonReader reader(String text) {
    return new JsonReader(text.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonValue parse(String text) throws JsonException {
    JsonReader in = reader(text);
    JsonValue value = in.value();
    in.end();
    return value;
  }

  private static void refused(String text, String message) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(JsonException.class).hasMessage(message);
  }

  private static void same(String text) throws JsonException {
    assertThat(parse(text).toJson()).isEqualTo(text);
  }

  @Test
  void readsAndWritesAllKindsOfValues() throws JsonException {
    same("{\"a\":[1,-2,18446744073709551615,true,false,null,\"x\"],\"b\":{},\"c\":[]}");
    assertThat(parse(" { \"b\" : 1 , \"a\" : \"\\u00e9\\ud83d\\ude00\\n\\/\" } ").toJson())
        .isEqualTo("{\"a\":\"é😀\\n/\",\"b\":1}");
    assertThat(parse("{\"a\":1,\"a\":2}").toJson()).isEqualTo("{\"a\":2}");
    assertThat(parse("\"\\u0001\"").toJson()).isEqualTo("\"\\u0001\"");
  }

  @Test
  void writesFloatsInTheirShortestForm() throws JsonException {
    for (String text : List.of(
        "1.5", "0.1", "-0.0", "1e16", "1.5e300", "123456789012345.6", "1e-6", "0.00001", "0.001", "1000000000000000.0", "1.2e-7")) {
      same(text);
    }
    assertThat(parse("1E3").toJson()).isEqualTo("1000.0");
    assertThat(parse("18446744073709551616").toJson()).isEqualTo("1.8446744073709552e19");
    assertThat(parse("-0").toJson()).isEqualTo("-0.0");
    refused("1e400", "number out of range at line 1 column 5");
  }

  @Test
  void saysWhatIsWrongInSerdesWords() {
    refused("", "EOF while parsing a value at line 1 column 0");
    refused("{", "EOF while parsing an object at line 1 column 1");
    refused("[", "EOF while parsing a list at line 1 column 1");
    refused("[1", "EOF while parsing a list at line 1 column 2");
    refused("[1,", "EOF while parsing a value at line 1 column 3");
    refused("[1,]", "trailing comma at line 1 column 4");
    refused("[1 2]", "expected `,` or `]` at line 1 column 4");
    refused("{\"a\"", "EOF while parsing an object at line 1 column 4");
    refused("{\"a\":1", "EOF while parsing an object at line 1 column 6");
    refused("{\"a\" 1}", "expected `:` at line 1 column 6");
    refused("{\"a\":1,}", "trailing comma at line 1 column 8");
    refused("{\"a\":1 \"b\":2}", "expected `,` or `}` at line 1 column 8");
    refused("{1:2}", "key must be a string at line 1 column 2");
    refused("hello", "expected value at line 1 column 1");
    refused("nul", "EOF while parsing a value at line 1 column 3");
    refused("nulk", "expected ident at line 1 column 4");
    refused("01", "invalid number at line 1 column 2");
    refused("1.", "EOF while parsing a value at line 1 column 2");
    refused("1.x", "invalid number at line 1 column 3");
    refused("-", "EOF while parsing a value at line 1 column 1");
    refused("\"a", "EOF while parsing a string at line 1 column 2");
    refused("\"\\x\"", "invalid escape at line 1 column 3");
    refused("\"\\ud800x\"", "unexpected end of hex escape at line 1 column 8");
    refused("\"\\udc00\"", "lone leading surrogate in hex escape at line 1 column 7");
    refused("\"a\nb\"", "control character (\\u0000-\\u001F) found while parsing a string at line 2 column 0");
    refused("{}\n x", "trailing characters at line 2 column 2");
    refused("[".repeat(200), "recursion limit exceeded at line 1 column 128");
  }

  @Test
  void refusesStringsThatAreNotUtf8() {
    assertThatThrownBy(() -> new JsonReader(new byte[] {'"', (byte) 0xc3, '"'}).value())
        .hasMessage("invalid unicode code point at line 1 column 2");
  }

  @Test
  void readsStructures() throws JsonException {
    assertThatThrownBy(() -> count("{\"other\":1}"))
        .hasMessage("unknown field `other`, expected `count` or `name` at line 1 column 8");
    assertThatThrownBy(() -> count("{\"name\": \"x\"}")).hasMessage("missing field `count` at line 1 column 13");
    assertThatThrownBy(() -> count("{\"count\":1,\"count\":1}"))
        .hasMessage("duplicate field `count` at line 1 column 18");
    assertThatThrownBy(() -> count("{\"count\":256}")).hasMessage(
        "invalid value: integer `256`, expected u8 at line 1 column 12");
    assertThatThrownBy(() -> count("{\"count\":-1}")).hasMessage(
        "invalid value: integer `-1`, expected u8 at line 1 column 11");
    assertThatThrownBy(() -> count("{\"count\":1.0}")).hasMessage(
        "invalid type: floating point `1.0`, expected u8 at line 1 column 12");
    assertThatThrownBy(() -> count("{\"count\":null}")).hasMessage("invalid type: null, expected u8 at line 1 column 13");
    assertThatThrownBy(() -> count("{\"count\":{}}")).hasMessage("invalid type: map, expected u8 at line 1 column 9");
    assertThatThrownBy(() -> count("[]")).hasMessage("invalid type: sequence, expected struct Test at line 1 column 0");
    assertThatThrownBy(() -> count("{\"count\":}")).hasMessage("expected value at line 1 column 10");
    assertThat(count("{\"name\":\"\",\"count\":255}")).isEqualTo(255);
  }

  private static long count(String text) throws JsonException {
    JsonReader in = reader(text);
    JsonStruct fields = new JsonStruct(in, "Test", List.of("count", "name"));
    Long count = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "count" -> count = in.unsigned("u8", 8);
        default -> in.string();
      }
    }
    return fields.required("count", count);
  }

  @Test
  void mergesPatches() throws JsonException {
    assertThat(parse("{\"a\":{\"b\":1,\"c\":2},\"d\":3}").merge(parse("{\"a\":{\"b\":null,\"e\":{\"f\":null}},\"d\":[1]}")).toJson())
        .isEqualTo("{\"a\":{\"c\":2,\"e\":{}},\"d\":[1]}");
  }

  @Test
  void survivesAnyBytes() {
    Rounds.run(200, JsonReaderTest::anyBytes);
  }

  private static void anyBytes(SplittableRandom random) {
    byte[] pieces = "{}[]:,\"\\u0123dD8-+.eE tfnrulase\n\u00e9{\"a\":[1,{\"b\":null}]}".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 100; i++) {
      byte[] text = new byte[random.nextInt(40)];
      for (int k = 0; k < text.length; k++) {
        text[k] = random.nextInt(10) == 0 ? (byte) random.nextInt() : pieces[random.nextInt(pieces.length)];
      }
      try {
        JsonReader in = new JsonReader(text);
        JsonValue value = in.value();
        in.end();
        // What was understood reads back as the same.
        assertThat(parse(value.toJson())).as("case %d", i).isEqualTo(value);
      } catch (JsonException e) {
        assertThat(e.getMessage()).as("case %d", i).contains(" at line ");
      }
    }
  }
}
