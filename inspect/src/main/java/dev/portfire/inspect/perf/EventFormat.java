package dev.portfire.inspect.perf;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a tracepoint's records have, as the file {@code format} of its directory says (Documentation/trace/events.rst).
 *
 * @param system the directory above, as "kvm"
 */
record EventFormat(String system, String name, long id, Map<String, Field> fields) {
  /** The most fields that are looked at. */
  private static final int MOST = 1000;

  /** A number in a record. */
  record Field(int offset, int size) {
    /** What a record has that has no such field. */
    static final Field NONE = new Field(0, 0);

    /**
     * The number, which is unsigned; 0 for {@link #NONE}.
     *
     * @param at the byte of {@code words} that the record begins at
     * @param length how many bytes it has
     */
    long of(long[] words, int at, int length) throws PerfException {
      if (offset > length - size) {
        throw new PerfException("a sample is damaged: its %d bytes end before byte %d".formatted(length, offset + size));
      }
      return Words.number(words, at + offset, size);
    }
  }

  /** Parses a file. */
  static EventFormat parse(String system, String text) throws PerfException {
    String name = "";
    long id = -1;
    Map<String, Field> fields = new HashMap<>();
    for (String line : text.split("\n")) {
      if (line.startsWith("name: ")) {
        name = line.substring(6).strip();
      } else if (line.startsWith("ID: ")) {
        id = number(line.substring(4).strip());
      } else if (line.startsWith("print fmt:")) {
        break;
      } else if (fields.size() < MOST) {
        int offset = number(after(line, "offset:"));
        int size = number(after(line, "size:"));
        if (offset >= 0 && size >= 0) {
          fields.put(identifier(after(line, "field:")), new Field(offset, size));
        }
      }
    }
    if (name.isEmpty() || id < 0) {
      throw new PerfException("the tracing data is damaged: an event of \"" + system + "\" has no name or number");
    }
    return new EventFormat(system, name, id, Map.copyOf(fields));
  }

  /** What is between a name and the next semicolon; empty if there is none. */
  private static String after(String line, String name) {
    int from = line.indexOf(name);
    int to = from < 0 ? -1 : line.indexOf(';', from);
    return to < 0 ? "" : line.substring(from + name.length(), to);
  }

  /** A number of up to nine digits, or -1. */
  private static int number(String digits) {
    if (digits.isEmpty() || digits.length() > 9) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = 10 * number + digit;
    }
    return number;
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
