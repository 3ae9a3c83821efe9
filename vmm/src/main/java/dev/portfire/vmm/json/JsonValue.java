package dev.portfire.vmm.json;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Any JSON value, unchangeable. */
public sealed interface JsonValue {
  /** Keys are in the order of their code points. */
  Comparator<String> KEY_ORDER = (a, b) -> {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // Surrogates stand for code points above all others.
        boolean sameKind = Character.isSurrogate(x) == Character.isSurrogate(y);
        return sameKind ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  };

  /** Null. */
  record Null() implements JsonValue {}

  /**
   * A truth value.
   *
   * @param value it
   */
  record Bool(boolean value) implements JsonValue {}

  /**
   * A number.
   *
   * @param text as it is written
   */
  record Numeral(String text) implements JsonValue {}

  /**
   * A string.
   *
   * @param value its characters
   */
  record Text(String value) implements JsonValue {}

  /**
   * An array.
   *
   * @param elements in order
   */
  record Array(List<JsonValue> elements) implements JsonValue {
    public Array {
      elements = List.copyOf(elements);
    }
  }

  /**
   * An object.
   *
   * @param members by name, sorted
   */
  record Members(Map<String, JsonValue> members) implements JsonValue {
    public Members {
      Map<String, JsonValue> sorted = new TreeMap<>(KEY_ORDER);
      sorted.putAll(members);
      members = Collections.unmodifiableMap(sorted);
    }
  }

  /** Applies a JSON merge patch (RFC 7396) to this value. */
  default JsonValue merge(JsonValue patch) {
    if (!(patch instanceof Members(Map<String, JsonValue> changes))) {
      return patch;
    }
    Map<String, JsonValue> merged = new TreeMap<>(KEY_ORDER);
    if (this instanceof Members(Map<String, JsonValue> old)) {
      merged.putAll(old);
    }
    changes.forEach((name, change) -> {
      if (change instanceof Null) {
        merged.remove(name);
      } else {
        merged.put(name, merged.getOrDefault(name, new Null()).merge(change));
      }
    });
    return new Members(merged);
  }

  /** The value as compact JSON. */
  default String toJson() {
    JsonWriter out = new JsonWriter();
    out.value(this);
    return out.toString();
  }

  /** A finite number in the shortest form that reads back as the same, as Rust's serializer writes it: {@code 1.0}, {@code 1e16}. */
  static String text(double number) {
    if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    String sign = number < 0 ? "-" : "";
    java.math.BigDecimal exact = new java.math.BigDecimal(Double.toString(Math.abs(number))).stripTrailingZeros();
    String digits = exact.unscaledValue().toString();
    int exponent = -exact.scale();
    // The number is 0.DIGITS times ten to the power of this.
    int point = digits.length() + exponent;
    if (exponent >= 0 && point <= 16) {
      return sign + digits + "0".repeat(exponent) + ".0";
    }
    if (point > 0 && point <= 16) {
      return sign + digits.substring(0, point) + "." + digits.substring(point);
    }
    if (point > -5 && point <= 0) {
      return sign + "0." + "0".repeat(-point) + digits;
    }
    String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
    return sign + digits.charAt(0) + fraction + "e" + (point - 1);
  }
}
