package dev.portfire.jailer;

import dev.portfire.jailer.JailerException.Kind;
import java.math.BigInteger;
import java.util.List;
import java.util.OptionalLong;

/**
 * Limits of the jailed process, soft and hard, setrlimit(2).
 *
 * @param fileSize bytes, as an unsigned number; none if empty
 * @param files descriptors, as an unsigned number
 */
record Limits(OptionalLong fileSize, long files) {
  /** {@code RLIMIT_FSIZE}, {@code <asm-generic/resource.h>}. */
  static final int RLIMIT_FSIZE = 1;

  static final int RLIMIT_NOFILE = 7;

  private static final long DEFAULT_FILES = 2048;
  private static final BigInteger END = BigInteger.TWO.pow(64);

  /** Reads arguments, {@code fsize=<bytes>} and {@code no-file=<count>}; the last one of each counts. */
  static Limits of(List<String> arguments) throws JailerException {
    OptionalLong fileSize = OptionalLong.empty();
    long files = DEFAULT_FILES;
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals < 0) {
        throw new JailerException(Kind.LIMIT, "Invalid format for resources limits: " + argument);
      }
      long value = number(argument.substring(equals + 1));
      String name = argument.substring(0, equals);
      switch (name) {
        case "fsize" -> fileSize = OptionalLong.of(value);
        case "no-file" -> files = value;
        default -> throw new JailerException(Kind.LIMIT, "Invalid resource argument: " + name);
      }
    }
    return new Limits(fileSize, files);
  }

  private static long number(String text) throws JailerException {
    String problem;
    if (text.isEmpty()) {
      problem = "cannot parse integer from empty string";
    } else if (!text.matches("\\+?[0-9]+")) {
      problem = "invalid digit found in string";
    } else {
      // More digits than any number that fits has would only take time.
      String digits = text.replaceFirst("^\\+?0*", "");
      if (digits.length() <= 20 && (digits.isEmpty() || new BigInteger(digits).compareTo(END) < 0)) {
        return digits.isEmpty() ? 0 : Long.parseUnsignedLong(digits);
      }
      problem = "number too large to fit in target type";
    }
    throw new JailerException(Kind.LIMIT, "Invalid limit value for resource: %s: %s".formatted(text, problem));
  }
}
