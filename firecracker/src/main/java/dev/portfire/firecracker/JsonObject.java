package dev.portfire.firecracker;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;

/**
 * Reads one JSON object field by field, with the error texts that Firecracker's clients know: those of Rust's serde.
 *
 * <p>The parser stands on the object's opening brace at first, on its closing one at last.
 */
final class JsonObject {
  private final JsonParser parser;
  private final List<String> known;
  private final boolean strict;
  private final Set<String> seen = new HashSet<>();

  /**
   * Starts reading.
   *
   * @param parser stands on what should be the opening brace
   * @param type the name in the error if it is something else, such as {@code "struct BootSourceConfig"}
   * @param strict whether a field that is not known is an error; if not it is passed over
   * @param known the names of all fields
   */
  JsonObject(JsonParser parser, String type, boolean strict, List<String> known) throws ConfigException {
    this.parser = parser;
    this.known = known;
    this.strict = strict;
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw invalidType(type);
    }
  }

  /** The next known field's name, or null at the object's end; the parser stands on its value. */
  @Nullable String next() throws ConfigException {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      // serde reports where it stopped reading: behind the name's closing quote.
      TokenStreamLocation start = parser.currentTokenLocation();
      int column = start.getColumnNr() + name.length() + 1;
      if (!known.contains(name)) {
        if (strict) {
          throw new ConfigException("unknown field `%s`, expected %s at line %d column %d"
              .formatted(name, alternatives(known), start.getLineNr(), column));
        }
        parser.nextToken();
        parser.skipChildren();
        continue;
      }
      if (!seen.add(name)) {
        throw new ConfigException(
            "duplicate field `%s` at line %d column %d".formatted(name, start.getLineNr(), column));
      }
      parser.nextToken();
      return name;
    }
    return null;
  }

  /** Gives a value, or the error that it is missing; to be called after {@link #next} has returned null. */
  <T> T required(String name, @Nullable T value) throws ConfigException {
    if (value == null) {
      TokenStreamLocation end = parser.currentTokenLocation();
      throw new ConfigException(
          "missing field `%s` at line %d column %d".formatted(name, end.getLineNr(), end.getColumnNr()));
    }
    return value;
  }

  /** The current value as a string. */
  String string() throws ConfigException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw invalidType("a string");
    }
    return parser.getString();
  }

  /** The current value as a string, or null for JSON's null. */
  @Nullable String optionalString() throws ConfigException {
    return parser.currentToken() == JsonToken.VALUE_NULL ? null : string();
  }

  /** The current value as a truth value. */
  boolean bool() throws ConfigException {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case null, default -> throw invalidType("a boolean");
    };
  }

  /**
   * The current value as an unsigned number.
   *
   * @param type the name in the error, {@code "u8"} or the like
   * @param limit the largest value
   */
  long unsigned(String type, long limit) throws ConfigException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw invalidType(type);
    }
    java.math.BigInteger value = parser.getBigIntegerValue();
    if (value.signum() < 0 || value.compareTo(java.math.BigInteger.valueOf(limit)) > 0) {
      throw new ConfigException(
          "invalid value: integer `%s`, expected %s%s".formatted(value, type, position()));
    }
    return value.longValueExact();
  }

  /** The current value as one of the given words. */
  String variant(List<String> words) throws ConfigException {
    String word = string();
    if (!words.contains(word)) {
      throw new ConfigException(
          "unknown variant `%s`, expected %s%s".formatted(word, alternatives(words), position()));
    }
    return word;
  }

  private ConfigException invalidType(String expected) {
    String found = switch (parser.currentToken()) {
      case START_OBJECT -> "map";
      case START_ARRAY -> "sequence";
      case VALUE_STRING -> "string \"" + parser.getString() + "\"";
      case VALUE_NUMBER_INT -> "integer `" + parser.getString() + "`";
      case VALUE_NUMBER_FLOAT -> "floating point `" + parser.getString() + "`";
      case VALUE_TRUE -> "boolean `true`";
      case VALUE_FALSE -> "boolean `false`";
      case null, default -> "null";
    };
    return new ConfigException("invalid type: %s, expected %s%s".formatted(found, expected, position()));
  }

  private String position() {
    TokenStreamLocation start = parser.currentTokenLocation();
    int length = parser.currentToken() == JsonToken.VALUE_STRING
        ? parser.getString().length() + 1
        : parser.currentToken() == JsonToken.START_OBJECT || parser.currentToken() == JsonToken.START_ARRAY
            ? 0
            : parser.getString().length() - 1;
    return " at line %d column %d".formatted(start.getLineNr(), start.getColumnNr() + length);
  }

  private static String alternatives(List<String> words) {
    return switch (words.size()) {
      case 1 -> "`" + words.getFirst() + "`";
      case 2 -> "`" + words.getFirst() + "` or `" + words.getLast() + "`";
      default -> words.stream().map(word -> "`" + word + "`").collect(Collectors.joining(", ", "one of ", ""));
    };
  }
}
