package dev.portfire.vmm.json;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259) from bytes, strictly: no comments, no trailing commas, nothing behind the value. What is wrong is
 * said in the words of Rust's serde_json, positions included, since clients of Firecracker compare them. A position is the
 * number of lines begun and the number of bytes of the last one that had been taken or looked at.
 *
 * <p>Values nest at most {@value #MAX_DEPTH} deep. The reader stands before a value at first, and behind it after a call.
 */
public final class JsonReader {
  static final int MAX_DEPTH = 127;

  private static final int END = -1;
  private static final BigInteger MIN_SIGNED = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX_UNSIGNED = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  /** What is there instead of the value expected, named in an error. */
  private static final String EXPECTED_VALUE = "expected value";

  private static final String EOF_VALUE = "EOF while parsing a value";
  private static final String EOF_OBJECT = "EOF while parsing an object";
  private static final String EOF_LIST = "EOF while parsing a list";
  private static final String EOF_STRING = "EOF while parsing a string";

  private final byte[] text;
  private int index;
  private int depth;

  /** Reads a text in UTF-8, which must not change meanwhile. */
  public JsonReader(byte[] text) {
    this.text = text;
  }

  /** Makes sure that nothing but white space follows. */
  public void end() throws JsonException {
    if (peek() != END) {
      throw peekError("trailing characters");
    }
  }

  // The position, and errors at it.

  private JsonException at(String message, int position) {
    int line = 1;
    int start = 0;
    for (int i = 0; i < position; i++) {
      if (text[i] == '\n') {
        line++;
        start = i + 1;
      }
    }
    return new JsonException(message, line, position - start);
  }

  /** An error behind what has been taken, for those who read a value that JSON cannot check. */
  public JsonException error(String message) {
    return at(message, index);
  }

  /** An error about the byte that comes next. */
  private JsonException peekError(String message) {
    return at(message, Math.min(text.length, index + 1));
  }

  /** Skips white space and returns the next byte without taking it, or {@link #END}. */
  private int peek() {
    while (index < text.length) {
      byte b = text[index];
      if (b != ' ' && b != '\n' && b != '\t' && b != '\r') {
        return b & 0xff;
      }
      index++;
    }
    return END;
  }

  private void enter() throws JsonException {
    if (depth == MAX_DEPTH) {
      throw peekError("recursion limit exceeded");
    }
    depth++;
    index++;
  }

  // Objects and arrays, piece by piece.

  /** Takes the opening brace of what should be an object. */
  void beginObject(String expected) throws JsonException {
    if (peek() != '{') {
      throw invalidType(expected);
    }
    enter();
  }

  /** Takes the next key and its colon's place in front of the value; null, with the brace taken, at the object's end. */
  @Nullable String nextKey(boolean first) throws JsonException {
    int next = peek();
    if (next == '}') {
      leave();
      return null;
    }
    if (!first) {
      if (next == END) {
        throw peekError(EOF_OBJECT);
      }
      if (next != ',') {
        throw peekError("expected `,` or `}`");
      }
      index++;
      next = peek();
      if (next == '}') {
        throw peekError("trailing comma");
      }
    }
    if (next == END) {
      throw peekError(first ? EOF_OBJECT : EOF_VALUE);
    }
    if (next != '"') {
      throw peekError("key must be a string");
    }
    return takeString();
  }

  void colon() throws JsonException {
    int next = peek();
    if (next == END) {
      throw peekError(EOF_OBJECT);
    }
    if (next != ':') {
      throw peekError("expected `:`");
    }
    index++;
  }

  /** What serde does before it reports an error of a structure: it tries to take the structure's end. */
  void tryEndObject() {
    if (peek() == '}') {
      leave();
    }
  }

  private void leave() {
    depth--;
    index++;
  }

  /** What reads an element. */
  @FunctionalInterface
  public interface Element<T> {
    /** Reads one. */
    T read(JsonReader in) throws JsonException;
  }

  /** Reads an array. */
  public <T> List<T> list(Element<T> element) throws JsonException {
    if (peek() != '[') {
      throw invalidType("a sequence");
    }
    enter();
    List<T> values = new ArrayList<>();
    while (moreElements(values.isEmpty())) {
      values.add(element.read(this));
    }
    return values;
  }

  /** Reads an object with any keys; of values with the same key the last one counts. */
  public <T> Map<String, T> map(Element<T> element) throws JsonException {
    beginObject("a map");
    Map<String, T> values = new TreeMap<>(JsonValue.KEY_ORDER);
    boolean first = true;
    for (String key = nextKey(true); key != null; key = nextKey(first)) {
      first = false;
      colon();
      values.put(key, element.read(this));
    }
    return values;
  }

  private boolean moreElements(boolean first) throws JsonException {
    int next = peek();
    if (next == ']') {
      leave();
      return false;
    }
    if (!first) {
      if (next == END) {
        throw peekError(EOF_LIST);
      }
      if (next != ',') {
        throw peekError("expected `,` or `]`");
      }
      index++;
      next = peek();
      if (next == ']') {
        throw peekError("trailing comma");
      }
    }
    if (next == END) {
      throw peekError(first ? EOF_LIST : EOF_VALUE);
    }
    return true;
  }

  // Values of a type.

  /** Whether a null comes next, which is then taken. */
  public boolean isNull() throws JsonException {
    if (peek() != 'n') {
      return false;
    }
    index++;
    word("ull");
    return true;
  }

  /** Whether a string comes next; nothing is taken. */
  public boolean isString() {
    return peek() == '"';
  }

  /** Reads a string. */
  public String string() throws JsonException {
    return string("a string");
  }

  /**
   * Reads a string.
   *
   * @param expected its name in the error if something else is there, such as {@code "path string"}
   */
  public String string(String expected) throws JsonException {
    if (peek() != '"') {
      throw invalidType(expected);
    }
    return takeString();
  }

  /** Reads a truth value. */
  public boolean bool() throws JsonException {
    int next = peek();
    if (next == 't') {
      index++;
      word("rue");
      return true;
    }
    if (next == 'f') {
      index++;
      word("alse");
      return false;
    }
    throw invalidType("a boolean");
  }

  /**
   * Reads an integer.
   *
   * @param type its type in errors: {@code "u8"} and the like
   * @param bits 8 to 64; a value of 64 bits may come out negative
   */
  public long unsigned(String type, int bits) throws JsonException {
    int next = peek();
    if (next != '-' && (next < '0' || next > '9')) {
      throw invalidType(type);
    }
    Object value = takeNumber();
    if (!(value instanceof BigInteger integer)) {
      throw error("invalid type: floating point `%s`, expected %s".formatted(JsonValue.text((double) value), type));
    }
    if (integer.signum() < 0 || integer.bitLength() > bits) {
      throw error("invalid value: integer `%s`, expected %s".formatted(integer, type));
    }
    return integer.longValue();
  }

  /** Reads one of the given words. */
  public String variant(List<String> words) throws JsonException {
    int next = peek();
    if (next != '"') {
      throw peekError(next == END ? EOF_VALUE : EXPECTED_VALUE);
    }
    String word = takeString();
    if (!words.contains(word)) {
      throw error("unknown variant `%s`, expected %s".formatted(word, alternatives(words, "no variants")));
    }
    return word;
  }

  static String alternatives(List<String> words, String none) {
    return switch (words.size()) {
      case 0 -> none;
      case 1 -> "`" + words.getFirst() + "`";
      case 2 -> "`" + words.getFirst() + "` or `" + words.getLast() + "`";
      default -> "one of `" + String.join("`, `", words) + "`";
    };
  }

  private JsonException invalidType(String expected) throws JsonException {
    int next = peek();
    String found;
    switch (next) {
      case END -> {
        return peekError(EOF_VALUE);
      }
      case 'n' -> {
        index++;
        word("ull");
        found = "null";
      }
      case 't' -> {
        index++;
        word("rue");
        found = "boolean `true`";
      }
      case 'f' -> {
        index++;
        word("alse");
        found = "boolean `false`";
      }
      case '"' -> found = "string " + JsonWriter.debug(takeString());
      case '[' -> found = "sequence";
      case '{' -> found = "map";
      default -> {
        if (next != '-' && (next < '0' || next > '9')) {
          return peekError(EXPECTED_VALUE);
        }
        Object number = takeNumber();
        found = number instanceof BigInteger
            ? "integer `" + number + "`"
            : "floating point `" + JsonValue.text((double) number) + "`";
      }
    }
    return error("invalid type: " + found + ", expected " + expected);
  }

  private void word(String rest) throws JsonException {
    for (int i = 0; i < rest.length(); i++) {
      if (index == text.length) {
        throw error(EOF_VALUE);
      }
      if (text[index++] != rest.charAt(i)) {
        throw error("expected ident");
      }
    }
  }

  // Any value.

  /** Reads any value. */
  public JsonValue value() throws JsonException {
    int next = peek();
    return switch (next) {
      case END -> throw peekError(EOF_VALUE);
      case 'n' -> {
        index++;
        word("ull");
        yield new JsonValue.Null();
      }
      case 't', 'f' -> new JsonValue.Bool(bool());
      case '"' -> new JsonValue.Text(takeString());
      case '[' -> new JsonValue.Array(list(JsonReader::value));
      case '{' -> new JsonValue.Members(map(JsonReader::value));
      default -> {
        if (next != '-' && (next < '0' || next > '9')) {
          throw peekError(EXPECTED_VALUE);
        }
        Object number = takeNumber();
        yield new JsonValue.Numeral(number instanceof BigInteger ? number.toString() : JsonValue.text((double) number));
      }
    };
  }

  // Strings and numbers.

  private String takeString() throws JsonException {
    index++;
    int start = index;
    int length = 0;
    byte @Nullable [] unescaped = null;
    while (true) {
      if (index == text.length) {
        throw error(EOF_STRING);
      }
      byte b = text[index];
      if (b == '"') {
        byte[] bytes = unescaped == null ? text : unescaped;
        String string = decode(bytes, unescaped == null ? start : 0, unescaped == null ? index - start : length);
        index++;
        return string;
      }
      if ((b & 0xff) < 0x20) {
        index++;
        throw error("control character (\\u0000-\\u001F) found while parsing a string");
      }
      if (b == '\\' && unescaped == null) {
        // What is unescaped is never longer than its source.
        unescaped = new byte[text.length - start];
        length = index - start;
        System.arraycopy(text, start, unescaped, 0, length);
      }
      index++;
      if (b == '\\' && unescaped != null) {
        length = escape(unescaped, length);
      } else if (unescaped != null) {
        unescaped[length++] = b;
      }
    }
  }

  private String decode(byte[] bytes, int start, int length) throws JsonException {
    try {
      CharBuffer characters = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, start, length));
      return characters.toString();
    } catch (CharacterCodingException e) {
      throw error("invalid unicode code point");
    }
  }

  private int escape(byte[] target, int length) throws JsonException {
    int c = escapeByte();
    int plain = switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> END;
      default -> throw error("invalid escape");
    };
    if (plain != END) {
      target[length] = (byte) plain;
      return length + 1;
    }
    int code = hex();
    if (code >= 0xdc00 && code <= 0xdfff) {
      throw error("lone leading surrogate in hex escape");
    }
    if (code >= 0xd800 && code <= 0xdbff) {
      if (escapeByte() != '\\' || escapeByte() != 'u') {
        throw error("unexpected end of hex escape");
      }
      int low = hex();
      if (low < 0xdc00 || low > 0xdfff) {
        throw error("lone leading surrogate in hex escape");
      }
      code = Character.toCodePoint((char) code, (char) low);
    }
    byte[] utf8 = Character.toString(code).getBytes(StandardCharsets.UTF_8);
    System.arraycopy(utf8, 0, target, length, utf8.length);
    return length + utf8.length;
  }

  private int escapeByte() throws JsonException {
    if (index == text.length) {
      throw error(EOF_STRING);
    }
    return text[index++] & 0xff;
  }

  private int hex() throws JsonException {
    if (index + 4 > text.length) {
      index = text.length;
      throw error(EOF_STRING);
    }
    int code = 0;
    boolean good = true;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(text[index++], 16);
      good &= digit >= 0;
      code = code << 4 | digit & 0xf;
    }
    if (!good) {
      throw error("invalid escape");
    }
    return code;
  }

  /** Takes a number: a {@link BigInteger} that fits 64 bits, or a {@link Double}. */
  private Object takeNumber() throws JsonException {
    int start = index;
    boolean negative = text[index] == '-';
    if (negative) {
      index++;
    }
    int digits = index;
    if (index == text.length) {
      throw error(EOF_VALUE);
    }
    if (!digit()) {
      throw error("invalid number");
    }
    if (text[index++] == '0') {
      if (digit()) {
        throw peekError("invalid number");
      }
    } else {
      skipDigits();
    }
    boolean whole = true;
    if (index < text.length && text[index] == '.') {
      index++;
      whole = false;
      someDigits();
    }
    if (index < text.length && (text[index] == 'e' || text[index] == 'E')) {
      index++;
      whole = false;
      if (index < text.length && (text[index] == '+' || text[index] == '-')) {
        index++;
      }
      someDigits();
    }
    String number = new String(text, start, index - start, StandardCharsets.US_ASCII);
    boolean negativeZero = negative && index - digits == 1 && text[digits] == '0';
    // The length is looked at first: making an integer of very many digits takes long.
    if (whole && !negativeZero && number.length() <= 20) {
      BigInteger integer = new BigInteger(number);
      if (integer.compareTo(MIN_SIGNED) >= 0 && integer.compareTo(MAX_UNSIGNED) <= 0) {
        return integer;
      }
    }
    double value = Double.parseDouble(number);
    if (Double.isInfinite(value)) {
      throw error("number out of range");
    }
    return value;
  }

  private boolean digit() {
    return index < text.length && text[index] >= '0' && text[index] <= '9';
  }

  private void skipDigits() {
    while (digit()) {
      index++;
    }
  }

  private void someDigits() throws JsonException {
    if (!digit()) {
      throw index == text.length ? peekError(EOF_VALUE) : peekError("invalid number");
    }
    skipDigits();
  }

  /** Passes over a value; its pieces are checked. */
  public void skip() throws JsonException {
    value();
  }
}
