package dev.portfire.vmm.json;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes compact JSON. Commas come by themselves. */
public final class JsonWriter {
  private final StringBuilder out = new StringBuilder(128);
  private boolean comma;

  /** Begins an object. */
  public JsonWriter begin() {
    separate();
    out.append('{');
    comma = false;
    return this;
  }

  /** Ends an object. */
  public JsonWriter end() {
    out.append('}');
    comma = true;
    return this;
  }

  /** Begins an array. */
  public JsonWriter beginArray() {
    separate();
    out.append('[');
    comma = false;
    return this;
  }

  /** Ends an array. */
  public JsonWriter endArray() {
    out.append(']');
    comma = true;
    return this;
  }

  /** Writes a member's name; its value is to follow. */
  public JsonWriter name(String name) {
    separate();
    quote(name);
    out.append(':');
    comma = false;
    return this;
  }

  /** Writes a string, or null. */
  public JsonWriter string(@Nullable String value) {
    separate();
    if (value == null) {
      out.append("null");
    } else {
      quote(value);
    }
    return this;
  }

  /** Writes a whole number. */
  public JsonWriter number(long value) {
    separate();
    out.append(value);
    return this;
  }

  /** Writes a whole number of 64 bits without a sign. */
  public JsonWriter unsigned(long value) {
    separate();
    out.append(Long.toUnsignedString(value));
    return this;
  }

  /** Writes a truth value. */
  public JsonWriter bool(boolean value) {
    separate();
    out.append(value);
    return this;
  }

  /** Writes null. */
  public JsonWriter nothing() {
    return string(null);
  }

  /** Writes any value. */
  public JsonWriter value(JsonValue value) {
    switch (value) {
      case JsonValue.Null none -> nothing();
      case JsonValue.Bool(boolean truth) -> bool(truth);
      case JsonValue.Numeral(String text) -> {
        separate();
        out.append(text);
      }
      case JsonValue.Text(String text) -> string(text);
      case JsonValue.Array(List<JsonValue> elements) -> {
        beginArray();
        elements.forEach(this::value);
        endArray();
      }
      case JsonValue.Members(Map<String, JsonValue> members) -> {
        begin();
        members.forEach((name, member) -> name(name).value(member));
        end();
      }
    }
    return this;
  }

  private void separate() {
    if (comma) {
      out.append(',');
    }
    comma = true;
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append("\\u00").append(Character.forDigit(c >>> 4, 16)).append(Character.forDigit(c & 0xf, 16));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /** A string in quotes, as errors show it. */
  static String debug(String text) {
    return new JsonWriter().string(text).toString();
  }

  /** What was written so far. */
  @Override
  public String toString() {
    return out.toString();
  }

  /** What was written so far, in UTF-8. */
  public byte[] toBytes() {
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }
}
