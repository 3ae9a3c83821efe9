package dev.portfire.inspect;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Command lines as GNU {@code getopt_long} takes them: options anywhere between the operands, groups of letters, long options cut
 * to what is unique, {@code --} as an end; and its error messages, which users and tests know.
 */
public final class GetOpt {
  /** Whether an option has an argument. */
  public enum Argument {
    /** It has none. */
    NONE,
    /** The rest of the word, or the next word. */
    REQUIRED,
    /** The rest of the word, or behind "=", or nothing. */
    OPTIONAL
  }

  /**
   * An option.
   *
   * @param letter its letter, or 0 if it has a long form only
   * @param name its long form, or empty if it has a letter only
   */
  public record Option(char letter, String name, Argument argument) {
    /** An option without an argument. */
    public static Option flag(char letter, String name) {
      return new Option(letter, name, Argument.NONE);
    }

    /** An option with an argument. */
    public static Option required(char letter, String name) {
      return new Option(letter, name, Argument.REQUIRED);
    }

    /** An option with or without an argument. */
    public static Option optional(char letter, String name) {
      return new Option(letter, name, Argument.OPTIONAL);
    }
  }

  /**
   * An option of a command line.
   *
   * @param value its argument, or null
   */
  public record Given(Option option, @Nullable String value) {
    /** The argument of an option that requires one. */
    public String required() {
      if (value == null) {
        throw new IllegalStateException(option + " has no argument");
      }
      return value;
    }
  }

  /**
   * A command line that was understood.
   *
   * @param options in the order given
   * @param operands the other words, in their order
   */
  public record Parsed(List<Given> options, List<String> operands) {}

  /** A command line that was not; the message is getopt's, with the program's name. */
  public static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  private final String program;
  private final List<Option> options;
  private final List<Given> given = new ArrayList<>();
  private final List<String> operands = new ArrayList<>();

  private GetOpt(String program, List<Option> options) {
    this.program = program;
    this.options = options;
  }

  /**
   * Parses a command line.
   *
   * @param program the name that begins error messages
   * @param words without the program's name
   */
  public static Parsed parse(String program, List<Option> options, List<String> words) throws UsageException {
    GetOpt parser = new GetOpt(program, options);
    parser.parse(words);
    return new Parsed(List.copyOf(parser.given), List.copyOf(parser.operands));
  }

  private void parse(List<String> words) throws UsageException {
    int next = 0;
    while (next < words.size()) {
      String word = words.get(next++);
      if (word.equals("--")) {
        operands.addAll(words.subList(next, words.size()));
        return;
      }
      if (word.startsWith("--")) {
        next = longOption(word.substring(2), words, next);
      } else if (word.startsWith("-") && word.length() > 1) {
        next = letters(word, words, next);
      } else {
        operands.add(word);
      }
    }
  }

  private int letters(String word, List<String> words, int next) throws UsageException {
    for (int i = 1; i < word.length(); i++) {
      char letter = word.charAt(i);
      Option option = ofLetter(letter);
      switch (option.argument) {
        case NONE -> given.add(new Given(option, null));
        case OPTIONAL -> {
          given.add(new Given(option, i + 1 < word.length() ? word.substring(i + 1) : null));
          return next;
        }
        case REQUIRED -> {
          if (i + 1 < word.length()) {
            given.add(new Given(option, word.substring(i + 1)));
            return next;
          }
          if (next == words.size()) {
            throw new UsageException(program + ": option requires an argument -- '" + letter + "'");
          }
          given.add(new Given(option, words.get(next)));
          return next + 1;
        }
      }
    }
    return next;
  }

  private Option ofLetter(char letter) throws UsageException {
    for (Option option : options) {
      if (option.letter == letter) {
        return option;
      }
    }
    throw new UsageException(program + ": invalid option -- '" + letter + "'");
  }

  private int longOption(String text, List<String> words, int next) throws UsageException {
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    Option option = ofName(name, text);
    String value = equals < 0 ? null : text.substring(equals + 1);
    switch (option.argument) {
      case NONE -> {
        if (value != null) {
          throw new UsageException(program + ": option '--" + option.name + "' doesn't allow an argument");
        }
      }
      case OPTIONAL -> {
        // What there is.
      }
      case REQUIRED -> {
        if (value == null) {
          if (next == words.size()) {
            throw new UsageException(program + ": option '--" + option.name + "' requires an argument");
          }
          value = words.get(next++);
        }
      }
    }
    given.add(new Given(option, value));
    return next;
  }

  private Option ofName(String name, String text) throws UsageException {
    List<Option> found = new ArrayList<>();
    for (Option option : options) {
      if (option.name.equals(name) && !name.isEmpty()) {
        return option;
      }
      if (!option.name.isEmpty() && option.name.startsWith(name)) {
        found.add(option);
      }
    }
    if (found.isEmpty()) {
      throw new UsageException(program + ": unrecognized option '--" + text + "'");
    }
    if (found.size() > 1) {
      StringBuilder message = new StringBuilder(program + ": option '--" + text + "' is ambiguous; possibilities:");
      for (Option option : found) {
        message.append(" '--").append(option.name).append('\'');
      }
      throw new UsageException(message.toString());
    }
    return found.getFirst();
  }
}
