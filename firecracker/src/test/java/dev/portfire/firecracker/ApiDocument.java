package dev.portfire.firecracker;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Our description of the API, {@code docs/reference/openapi.json}, as facts to compare and as a page to read. */
final class ApiDocument {
  static final Path REFERENCE = Path.of("..", "docs", "reference");

  private final JsonValue.Members root;

  private ApiDocument(JsonValue.Members root) {
    this.root = root;
  }

  static ApiDocument read() throws IOException, JsonException {
    JsonReader in = new JsonReader(Files.readAllBytes(REFERENCE.resolve("openapi.json")));
    JsonValue.Members root = new JsonValue.Members(in.map(JsonReader::value));
    in.end();
    return new ApiDocument(root);
  }

  private static Map<String, JsonValue> members(JsonValue value) {
    return value instanceof JsonValue.Members(Map<String, JsonValue> members) ? members : Map.of();
  }

  private static JsonValue get(JsonValue value, String... path) {
    JsonValue found = value;
    for (String step : path) {
      found = members(found).getOrDefault(step, new JsonValue.Null());
    }
    return found;
  }

  private static String text(JsonValue value) {
    return switch (value) {
      case JsonValue.Text(String string) -> string;
      case JsonValue.Null none -> "";
      default -> value.toJson();
    };
  }

  private static List<JsonValue> elements(JsonValue value) {
    return value instanceof JsonValue.Array(List<JsonValue> elements) ? elements : List.of();
  }

  private static List<String> texts(JsonValue value) {
    return elements(value).stream().map(ApiDocument::text).toList();
  }

  /** The type of a schema in words. */
  private static String type(JsonValue schema) {
    String reference = text(get(schema, "$ref"));
    if (!reference.isEmpty()) {
      return reference.substring(reference.lastIndexOf('/') + 1);
    }
    String type = text(get(schema, "type"));
    if (type.equals("array")) {
      return "array of " + type(get(schema, "items"));
    }
    if (type.equals("object") && get(schema, "additionalProperties") instanceof JsonValue.Members) {
      return "map of " + type(get(schema, "additionalProperties"));
    }
    return type;
  }

  private Map<String, JsonValue> types() {
    return members(get(root, "components", "schemas"));
  }

  /** The names of a type's fields. */
  Set<String> fields(String type) {
    return members(get(root, "components", "schemas", type, "properties")).keySet();
  }

  private static String body(JsonValue operation) {
    String type = type(get(operation, "requestBody", "content", "application/json", "schema"));
    if (type.isEmpty()) {
      return "-";
    }
    return type + (text(get(operation, "requestBody", "required")).equals("true") ? "" : " or none");
  }

  private static String success(JsonValue operation) {
    for (Map.Entry<String, JsonValue> response : members(get(operation, "responses")).entrySet()) {
      if (response.getKey().startsWith("2")) {
        String type = type(get(response.getValue(), "content", "application/json", "schema"));
        return response.getKey() + " " + (type.isEmpty() ? "-" : type);
      }
    }
    return "nothing";
  }

  private static String field(String name, JsonValue schema, boolean required) {
    StringBuilder fact = new StringBuilder(name + ", " + type(schema) + (required ? ", required" : ", optional"));
    for (String bound : List.of("minimum", "maximum")) {
      if (!text(get(schema, bound)).isEmpty()) {
        fact.append(", ").append(bound).append(' ').append(text(get(schema, bound)));
      }
    }
    if (!elements(get(schema, "enum")).isEmpty()) {
      fact.append(", enum ").append(String.join("|", texts(get(schema, "enum"))));
    }
    if (!text(get(schema, "default")).isEmpty()) {
      fact.append(", default ").append(text(get(schema, "default")));
    }
    return fact.toString();
  }

  /** All facts, one a line, in the form of {@code api-facts.txt}. */
  Set<String> facts() {
    Set<String> facts = new TreeSet<>();
    members(get(root, "paths")).forEach((path, methods) -> members(methods).forEach((method, operation) -> facts.add(
        "path " + method.toUpperCase(Locale.ROOT) + " " + path + ", body " + body(operation) + ", " + success(operation))));
    types().forEach((name, schema) -> {
      List<String> choices = texts(get(schema, "enum"));
      if (!choices.isEmpty()) {
        facts.add("type " + name + " enum " + String.join("|", choices) + " default " + text(get(schema, "default")));
      } else if (text(get(schema, "additionalProperties")).equals("true")) {
        facts.add("type " + name + " any");
      } else {
        facts.add("type " + name + " object");
      }
      List<String> required = texts(get(schema, "required"));
      members(get(schema, "properties"))
          .forEach((field, type) -> facts.add("field " + name + " " + field(field, type, required.contains(field))));
    });
    return facts;
  }

  /** The page. */
  String markdown() {
    StringBuilder page = new StringBuilder("# The API of bin/firecracker\n\n");
    page.append("Generated from [openapi.json](openapi.json) by `ApiDocumentTest`; see CONTRIBUTING.md. ");
    page.append(text(get(root, "info", "description"))).append("\n\n");
    page.append("What is refused is answered by 400 and a `fault_message`, or 413 where data would be larger than the limit. ");
    page.append("A phase is when a request is taken: before the guest was started, after that, or at any time.\n\n");
    page.append("## Requests\n\n| request | phase | body | answer | what it does |\n|---|---|---|---|---|\n");
    members(get(root, "paths")).forEach((path, methods) -> {
      for (String method : List.of("get", "put", "patch", "delete")) {
        JsonValue operation = get(methods, method);
        if (operation instanceof JsonValue.Members) {
          page.append("| `").append(method.toUpperCase(Locale.ROOT)).append(' ').append(path).append("` | ");
          page.append(text(get(operation, "x-phase"))).append(" | ").append(link(body(operation))).append(" | ");
          page.append(link(success(operation))).append(" | ").append(text(get(operation, "summary"))).append(" |\n");
        }
      }
    });
    types().forEach((name, schema) -> {
      page.append("\n## ").append(name).append("\n\n").append(text(get(schema, "description"))).append('\n');
      List<String> choices = texts(get(schema, "enum"));
      if (!choices.isEmpty()) {
        page.append("\nOne of `").append(String.join("`, `", choices)).append("`.\n");
      }
      Map<String, JsonValue> fields = members(get(schema, "properties"));
      if (!fields.isEmpty()) {
        page.append("\n| field | type | | what it is |\n|---|---|---|---|\n");
      }
      List<String> required = texts(get(schema, "required"));
      fields.forEach((field, type) -> page.append("| `").append(field).append("` | ").append(link(type(type))).append(" | ")
          .append(limits(type, required.contains(field))).append(" | ").append(text(get(type, "description"))).append(" |\n"));
    });
    return page.toString();
  }

  private static String limits(JsonValue schema, boolean required) {
    List<String> limits = new ArrayList<>();
    if (required) {
      limits.add("required");
    }
    if (!text(get(schema, "minimum")).isEmpty()) {
      limits.add("at least " + text(get(schema, "minimum")));
    }
    if (!text(get(schema, "maximum")).isEmpty()) {
      limits.add("at most " + text(get(schema, "maximum")));
    }
    if (!elements(get(schema, "enum")).isEmpty()) {
      limits.add("`" + String.join("`, `", texts(get(schema, "enum"))) + "`");
    }
    if (!text(get(schema, "default")).isEmpty()) {
      limits.add("default `" + text(get(schema, "default")) + "`");
    }
    return String.join("; ", limits);
  }

  /** Words with links to the types among them. */
  private String link(String words) {
    List<String> linked = new ArrayList<>();
    for (String word : words.split(" ")) {
      linked.add(types().containsKey(word) ? "[" + word + "](#" + word.toLowerCase(Locale.ROOT) + ")" : word);
    }
    return String.join(" ", linked);
  }
}
