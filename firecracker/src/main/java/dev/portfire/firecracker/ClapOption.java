package dev.portfire.firecracker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An option of the programs beside {@code firecracker}, whose command lines are read as Rust's clap does: {@code --name VALUE},
 * {@code --name=VALUE}, {@code -n VALUE}, {@code -nVALUE}.
 *
 * @param letter its short name
 * @param name its long name
 * @param values how many values it may have: 0, 1 or, for any number, 2
 * @param required whether it must be there
 */
record ClapOption(char letter, String name, int values, boolean required) {
  private static final int SEVERAL = 2;

  /** The command line cannot be taken. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  /** An option without a value. */
  static ClapOption flag(char letter, String name) {
    return new ClapOption(letter, name, 0, false);
  }

  static ClapOption of(char letter, String name) {
    return new ClapOption(letter, name, 1, false);
  }

  static ClapOption several(char letter, String name) {
    return new ClapOption(letter, name, SEVERAL, false);
  }

  static ClapOption required(char letter, String name, boolean several) {
    return new ClapOption(letter, name, several ? SEVERAL : 1, true);
  }

  /** The option as an error shows it. */
  String shown() {
    return "--" + name + (values == 0 ? "" : " <" + name.toUpperCase(Locale.ROOT).replace('-', '_') + ">")
        + (values == SEVERAL ? "..." : "");
  }

  /** Its first value, if it was given. */
  Optional<String> value(Map<String, List<String>> given) {
    return Optional.ofNullable(given.get(name)).map(List::getFirst);
  }

  /** Whether it was given. */
  boolean in(Map<String, List<String>> given) {
    return given.containsKey(name);
  }

  /**
   * Reads a command line.
   *
   * @return the values by the options' long names
   */
  static Map<String, List<String>> parse(List<String> words, ClapOption... options) throws UsageException {
    Map<String, List<String>> result = new LinkedHashMap<>();
    int i = 0;
    while (i < words.size()) {
      String word = words.get(i++);
      ClapOption option = find(word, options);
      List<String> given = new ArrayList<>();
      int equals = word.indexOf('=');
      if (option.values == 0) {
        if (equals > 0 || !word.startsWith("--") && word.length() > 2) {
          throw new UsageException("unexpected value '" + word.substring(equals < 0 ? 2 : equals + 1) + "' for '" + option.shown() + "' found");
        }
      } else if (word.startsWith("--") && equals > 0) {
        given.add(word.substring(equals + 1));
      } else if (!word.startsWith("--") && word.length() > 2) {
        given.add(word.substring(equals == 2 ? 3 : 2));
      } else {
        while (i < words.size() && (given.isEmpty() || option.values == SEVERAL) && !words.get(i).startsWith("-")) {
          given.add(words.get(i++));
        }
        if (given.isEmpty()) {
          throw new UsageException("a value is required for '" + option.shown() + "' but none was supplied");
        }
      }
      if (result.containsKey(option.name) && option.values != SEVERAL) {
        throw new UsageException("the argument '" + option.shown() + "' cannot be used multiple times");
      }
      result.computeIfAbsent(option.name, k -> new ArrayList<>()).addAll(given);
    }
    for (ClapOption option : options) {
      if (option.required && !result.containsKey(option.name)) {
        throw new UsageException("the following required arguments were not provided:\n  " + option.shown());
      }
    }
    return result;
  }

  private static ClapOption find(String word, ClapOption... options) throws UsageException {
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    for (ClapOption option : options) {
      if (word.startsWith("--") ? name.equals("--" + option.name) : word.startsWith("-" + option.letter)) {
        return option;
      }
    }
    throw new UsageException("unexpected argument '" + name + "' found");
  }
}
