package dev.portfire.vmm.json;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads an object whose keys are known, field by field: {@link #next} until it returns null, and after each call the value,
 * with one call of the reader. Then {@link #required} tells which fields were missing.
 */
public final class JsonStruct {
  private final JsonReader in;
  private final List<String> known;
  private final boolean strict;
  private final boolean[] seen;
  private boolean first = true;

  /**
   * Begins to read a structure that has no other fields.
   *
   * @param name the structure's name in errors
   * @param known the names of all fields
   */
  public JsonStruct(JsonReader in, String name, List<String> known) throws JsonException {
    this(in, name, true, known);
  }

  /**
   * Begins to read a structure.
   *
   * @param strict whether a field that is not known is an error; otherwise it is passed over
   */
  public JsonStruct(JsonReader in, String name, boolean strict, List<String> known) throws JsonException {
    this.in = in;
    this.known = known;
    this.strict = strict;
    seen = new boolean[known.size()];
    in.beginObject("struct " + name);
  }

  /** The next field's name; null at the end. */
  public @Nullable String next() throws JsonException {
    while (true) {
      String key = in.nextKey(first);
      first = false;
      if (key == null) {
        return null;
      }
      int number = known.indexOf(key);
      if (number < 0) {
        if (strict) {
          throw invalid("unknown field `%s`, expected %s".formatted(key, JsonReader.alternatives(known, "no fields")));
        }
        in.colon();
        in.skip();
        continue;
      }
      if (seen[number]) {
        throw invalid("duplicate field `" + key + "`");
      }
      seen[number] = true;
      in.colon();
      return key;
    }
  }

  /** Gives a field's value, or the error that it is missing; after {@link #next} has returned null. */
  public <T> T required(String name, @Nullable T value) throws JsonException {
    if (value == null) {
      throw in.error("missing field `" + name + "`");
    }
    return value;
  }

  /** An error about the value just read, or about the whole when all have been. */
  public JsonException invalid(String message) {
    in.tryEndObject();
    return in.error(message);
  }
}
