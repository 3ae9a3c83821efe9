package dev.portfire.firectl;

import dev.portfire.firectl.Option.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The command line, read as firectl's go-flags reads it: {@code --x=v}, {@code --x v}, {@code -xv}, {@code -x v}, flags in one word;
 * {@code --} ends the options, and what is none is ignored. Where an option is repeated the last one counts, unless it is a list.
 */
final class Options {
  private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);
  private static final int DESCRIPTION_COLUMN = 31;

  private final Map<Option, List<String>> given = new EnumMap<>(Option.class);

  /** The command line cannot be taken. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  private Options() {}

  /** Reads a command line. What stands behind {@code --help} is not looked at. */
  static Options parse(List<String> words) throws UsageException {
    Options options = new Options();
    int i = 0;
    while (i < words.size() && !options.flag(Option.HELP)) {
      String word = words.get(i++);
      if (word.equals("--")) {
        break;
      }
      Optional<String> next = i < words.size() ? Optional.of(words.get(i)) : Optional.empty();
      boolean nextTaken = false;
      if (word.startsWith("--")) {
        nextTaken = options.takeLong(word.substring(2), next);
      } else if (word.startsWith("-") && word.length() > 1) {
        nextTaken = options.takeLetters(word.substring(1), next);
      }
      i += nextTaken ? 1 : 0;
    }
    return options;
  }

  /** Takes an option by its name; returns whether the next word was its value. */
  private boolean takeLong(String word, Optional<String> next) throws UsageException {
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    for (Option option : Option.values()) {
      if (option.longName.equals(name)) {
        return take(option, equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1)), next);
      }
    }
    throw new UsageException("unknown flag `" + name + "'");
  }

  /** Takes one or more options by their letters; the last one may have a value. */
  private boolean takeLetters(String word, Optional<String> next) throws UsageException {
    for (int i = 0; i < word.length(); i++) {
      Option option = byLetter(word.charAt(i));
      String rest = word.substring(i + 1);
      if (rest.startsWith("=")) {
        return take(option, Optional.of(rest.substring(1)), next);
      }
      if (option.kind != Kind.FLAG) {
        return take(option, rest.isEmpty() ? Optional.empty() : Optional.of(rest), next);
      }
      boolean unused = take(option, Optional.empty(), Optional.empty());
    }
    return false;
  }

  private static Option byLetter(char letter) throws UsageException {
    for (Option option : Option.values()) {
      if (option.isLetter(letter)) {
        return option;
      }
    }
    throw new UsageException("unknown flag `" + letter + "'");
  }

  private boolean take(Option option, Optional<String> attached, Optional<String> next) throws UsageException {
    if (option.kind == Kind.FLAG) {
      if (attached.isPresent()) {
        throw new UsageException("bool flag `" + option + "' cannot have an argument");
      }
      add(option, "true");
      return false;
    }
    if (attached.isPresent()) {
      add(option, attached.get());
      return false;
    }
    if (next.isEmpty()) {
      throw new UsageException("expected argument for flag `" + option + "'");
    }
    String value = next.get();
    if (value.equals("--")) {
      throw new UsageException("expected argument for flag `" + option + "', but got double dash `--'");
    }
    boolean negative = option.isNumber() && value.length() > 1 && Character.isDigit(value.charAt(1));
    if (value.startsWith("-") && value.length() > 1 && !negative) {
      throw new UsageException("expected argument for flag `" + option + "', but got option `" + value + "'");
    }
    add(option, value);
    return true;
  }

  private void add(Option option, String value) throws UsageException {
    if (option.isNumber()) {
      checkNumber(option, value);
    }
    List<String> values = given.computeIfAbsent(option, key -> new ArrayList<>());
    if (option.kind != Kind.TEXTS) {
      values.clear();
    }
    values.add(value);
  }

  private static void checkNumber(Option option, String value) throws UsageException {
    String problem;
    if (!value.matches("[+-]?[0-9]{1,100}")) {
      problem = "invalid syntax";
    } else {
      BigInteger number = new BigInteger(value);
      if (number.compareTo(MIN) >= 0 && number.compareTo(MAX) <= 0) {
        return;
      }
      problem = "value out of range";
    }
    throw new UsageException("invalid argument for flag `%s' (expected %s): strconv.ParseInt: parsing \"%s\": %s"
        .formatted(option, option.kind.name().toLowerCase(Locale.ROOT), value, problem));
  }

  /** Whether a flag is there. */
  boolean flag(Option option) {
    return given.containsKey(option);
  }

  /** The value, or the option's initial one. */
  String text(Option option) {
    List<String> values = given.get(option);
    return values == null ? option.initial : values.getLast();
  }

  /** The value, unless it is empty. */
  Optional<String> nonEmpty(Option option) {
    return Optional.of(text(option)).filter(value -> !value.isEmpty());
  }

  /** All values. */
  List<String> texts(Option option) {
    return List.copyOf(given.getOrDefault(option, List.of()));
  }

  /** The value of a number. */
  long number(Option option) {
    return Long.parseLong(text(option));
  }

  /** The help, as go-flags lays it out. */
  static String help() {
    StringBuilder out = new StringBuilder("Usage:\n  firectl [OPTIONS]\n  firectl ps\n  firectl stop|pause|resume ID\n  firectl logs|metrics [--follow] ID\n\nApplication Options:\n");
    for (Option option : Option.values()) {
      if (option == Option.HELP) {
        out.append("\nHelp Options:\n");
      }
      int start = out.length();
      out.append(option.hasLetter() ? "  " : "      ").append(option);
      if (option.kind != Kind.FLAG) {
        out.append('=');
      }
      out.repeat(' ', Math.max(1, DESCRIPTION_COLUMN - (out.length() - start))).append(option.description);
      if (!option.initial.isEmpty() && !option.initial.equals("0")) {
        out.append(" (default: ").append(option.initial).append(')');
      }
      out.append('\n');
    }
    return out.toString();
  }
}
