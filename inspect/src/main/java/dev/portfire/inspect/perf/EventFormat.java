package dev.portfire.inspect.perf;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a tracepoint's records have, as the file {@code format} of its directory says (Documentation/trace/events.rst).
 *
 * @param system the directory above, as "kvm"
 */
record EventFormat(String system, String name, long id, Map<String, Field> fields) {
  private static final Pattern LINE =
      Pattern.compile("\\s*field:([^;]*);\\s*offset:(\\d{1,9});\\s*size:(\\d{1,9});.*", Pattern.DOTALL);

  /** The most fields that are looked at. */
  private static final int MOST = 1000;

  /** A number in a record. */
  record Field(int offset, int size) {
    /** What a record has that has no such field. */
    static final Field NONE = new Field(0, 0);

    /** The number, which is unsigned; 0 for {@link #NONE}. */
    long of(Sample sample) throws PerfException {
      if (offset > sample.rawSize - size) {
        throw new PerfException("a sample is damaged: its %d bytes end before byte %d".formatted(sample.rawSize, offset + size));
      }
      int at = sample.raw + offset;
      return switch (size) {
        case 1 -> sample.bytes[at] & 0xffL;
        case 2 -> Cursor.u16(sample.bytes, at);
        case 4 -> Cursor.i32(sample.bytes, at) & 0xffff_ffffL;
        case 8 -> Cursor.i64(sample.bytes, at);
        default -> 0;
      };
    }
  }

  /** Parses a file. */
  static EventFormat parse(String system, String text) throws PerfException {
    String name = "";
    long id = -1;
    Map<String, Field> fields = new HashMap<>();
    for (String line : (Iterable<String>) text.lines()::iterator) {
      if (line.startsWith("name: ")) {
        name = line.substring(6).strip();
      } else if (line.startsWith("ID: ") && line.strip().matches("ID: \\d{1,9}")) {
        id = Long.parseLong(line.substring(4).strip());
      } else if (line.startsWith("print fmt:")) {
        break;
      } else if (fields.size() < MOST) {
        Matcher matcher = LINE.matcher(line);
        if (matcher.matches()) {
          fields.put(identifier(matcher.group(1)), new Field(number(matcher.group(2)), number(matcher.group(3))));
        }
      }
    }
    if (name.isEmpty() || id < 0) {
      throw new PerfException("the tracing data is damaged: an event of \"" + system + "\" has no name or number");
    }
    return new EventFormat(system, name, id, Map.copyOf(fields));
  }

  private static int number(String digits) {
    return Integer.parseInt(digits);
  }

  /** The last word of a declaration, without an array's bounds. */
  private static String identifier(String declaration) {
    String text = declaration.strip();
    int bracket = text.indexOf('[');
    if (bracket >= 0) {
      text = text.substring(0, bracket);
    }
    int space = Math.max(text.lastIndexOf(' '), text.lastIndexOf('*'));
    return text.substring(space + 1);
  }

  /** A field that holds a number, if there is one of that name. */
  Optional<Field> field(String named) {
    return Optional.ofNullable(fields.get(named)).filter(field -> switch (field.size) {
      case 1, 2, 4, 8 -> true;
      default -> false;
    });
  }

  /** A field, or {@link Field#NONE}. */
  Field fieldOrNone(String named) {
    return field(named).orElse(Field.NONE);
  }
}
