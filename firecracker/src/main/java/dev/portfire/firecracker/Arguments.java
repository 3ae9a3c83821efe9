package dev.portfire.firecracker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The command line, read as Firecracker reads it: {@code --name value} and flags, each at most once, up to {@code --}.
 */
final class Arguments {
  /** The command line cannot be taken; the message is Firecracker's. */
  static final class ArgumentException extends Exception {
    private static final long serialVersionUID = 1L;

    ArgumentException(String message) {
      super(message);
    }
  }

  /**
   * An option.
   *
   * @param name without dashes
   * @param takesValue whether a value follows
   * @param defaultValue shown in the help; empty for none
   * @param help one sentence
   */
  private record Option(String name, boolean takesValue, String defaultValue, String help) {}

  /** Sorted by name: help and validation go in this order. */
  private static final List<Option> OPTIONS = List.of(
      new Option("config-file", true, "", "Path to a file that contains the microVM configuration in JSON format."),
      new Option("id", true, "anonymous-instance", "MicroVM unique identifier."),
      new Option("level", true, "", "Set the logger level."),
      new Option("log-path", true, "", "Path to a fifo or a file used for configuring the logger."),
      new Option("no-api", false, "", "Optional parameter which allows using a microVM without an active API socket."),
      new Option("no-seccomp", false, "", "Accepted and without effect: this monitor installs no seccomp filter."),
      new Option("show-level", false, "", "Whether or not to output the level in the logs."),
      new Option("show-log-origin", false, "", "Accepted and without effect: log lines carry no source position."),
      new Option("version", false, "", "Print the binary version number."));

  private final Map<String, String> values = new HashMap<>();
  private boolean help;

  private Arguments() {}

  /**
   * Reads a command line. Help wins over everything, errors included; then the version does.
   *
   * @throws ArgumentException with Firecracker's text
   */
  static Arguments parse(List<String> words) throws ArgumentException {
    Arguments result = new Arguments();
    int end = words.indexOf("--");
    List<String> own = end < 0 ? words : words.subList(0, end);
    if (own.contains("--help") || own.contains("-h")) {
      result.help = true;
      return result;
    }
    if (own.contains("--version")) {
      result.values.put("version", "");
      return result;
    }
    for (int i = 0; i < own.size(); i++) {
      String word = own.get(i);
      Option option = find(word);
      if (result.values.containsKey(option.name)) {
        throw new ArgumentException("The argument '" + option.name + "' was provided more than once.");
      }
      String value = "";
      if (option.takesValue) {
        i++;
        if (i >= own.size() || own.get(i).startsWith("--")) {
          throw new ArgumentException(
              "The argument '" + option.name + "' requires a value, but none was supplied.");
        }
        value = own.get(i);
      }
      result.values.put(option.name, value);
    }
    if (result.has("no-api") && !result.has("config-file")) {
      throw new ArgumentException("Argument 'config-file' required, but not found.");
    }
    return result;
  }

  private static Option find(String word) throws ArgumentException {
    if (word.startsWith("--")) {
      for (Option option : OPTIONS) {
        if (option.name.equals(word.substring(2))) {
          return option;
        }
      }
    }
    throw new ArgumentException("Found argument '" + word.replaceFirst("^--", "")
        + "' which wasn't expected, or isn't valid in this context.");
  }

  /** Whether help was asked for. */
  boolean help() {
    return help;
  }

  /** Whether an option was given. */
  boolean has(String name) {
    return values.containsKey(name);
  }

  /** An option's value, if it was given. */
  Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** The text of {@code --help}, after the line with the version. */
  static String helpText() {
    List<String> left = new ArrayList<>();
    for (Option option : OPTIONS) {
      left.add("  --" + option.name + (option.takesValue ? " <" + option.name + ">" : ""));
    }
    int width = left.stream().mapToInt(String::length).max().orElse(0) + 3;
    StringBuilder text = new StringBuilder("optional arguments:\n");
    for (int i = 0; i < left.size(); i++) {
      Option option = OPTIONS.get(i);
      text.append(left.get(i)).append(" ".repeat(width - left.get(i).length())).append(option.help);
      if (!option.defaultValue.isEmpty()) {
        text.append(" [default: \"").append(option.defaultValue).append("\"]");
      }
      text.append('\n');
    }
    return text.toString();
  }
}
