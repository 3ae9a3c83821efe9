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

  private static Option flag(String name, String help) {
    return new Option(name, false, "", help);
  }

  private static Option value(String name, String defaultValue, String help) {
    return new Option(name, true, defaultValue, help);
  }

  /** Sorted by name: help and validation go in this order. */
  private static final List<Option> OPTIONS = List.of(
      value("api-sock", "/run/firecracker.socket", "Path to unix domain socket used by the API."),
      flag("boot-timer", "Whether or not to load boot timer device for logging elapsed time since InstanceStart command."),
      value("config-file", "", "Path to a file that contains the microVM configuration in JSON format."),
      flag("enable-pci", "Enables PCIe support."),
      value("http-api-max-payload-size", "51200", "Http API request payload max size, in bytes."),
      value("id", "anonymous-instance", "MicroVM unique identifier."),
      value("level", "", "Set the logger level."),
      value("log-path", "", "Path to a fifo or a file used for configuring the logger on startup."),
      value("metadata", "", "Path to a file that contains metadata in JSON format to add to the mmds."),
      value("metrics-path", "", "Path to a fifo or a file used for configuring the metrics on startup."),
      value("mmds-size-limit", "", "Mmds data store limit, in bytes."),
      value("module", "", "Set the logger module filter."),
      flag("no-api", "Optional parameter which allows starting and using a microVM without an active API socket."),
      flag("no-seccomp", "Optional parameter which allows starting and using a microVM without seccomp filtering."
          + " That is also what happens without --seccomp-filter."),
      value("parent-cpu-time-us", "", "Parent process CPU time (wall clock, microseconds). This parameter is optional."),
      value("seccomp-filter", "", "Path to a file of filters that seccompiler-bin has written: what the threads vmm, api and vcpu may do."),
      flag("show-level", "Whether or not to output the level in the logs."),
      flag("show-log-origin", "Whether or not to include the file path and line number of the log's origin."),
      value("start-time-cpu-us", "", "Process start CPU time (wall clock, microseconds). This parameter is optional."),
      value("start-time-us", "", "Process start time (wall clock, microseconds). This parameter is optional."),
      flag("version", "Print the binary version number."));

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
    if (result.has("no-seccomp") && result.has("seccomp-filter")) {
      throw new ArgumentException("Argument 'seccomp-filter' cannot be used together with argument 'no-seccomp'.");
    }
    return result;
  }

  private static Option find(String word) throws ArgumentException {
    String name = word;
    if (word.startsWith("--")) {
      name = word.substring(2);
      for (Option option : OPTIONS) {
        if (option.name.equals(name)) {
          return option;
        }
      }
    }
    throw new ArgumentException(
        "Found argument '" + name + "' which wasn't expected, or isn't valid in this context.");
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

  /** An option's value, or its default. */
  String valueOrDefault(String name) {
    String given = values.get(name);
    if (given != null) {
      return given;
    }
    for (Option option : OPTIONS) {
      if (option.name.equals(name)) {
        return option.defaultValue;
      }
    }
    throw new IllegalArgumentException("no option " + name);
  }

  /** The text of {@code --help}, after the line with the version. */
  static String helpText() {
    List<String> left = new ArrayList<>();
    int width = 0;
    for (Option option : OPTIONS) {
      String text = "  --" + option.name + (option.takesValue ? " <" + option.name + ">" : "");
      left.add(text);
      width = Math.max(width, text.length() + 3);
    }
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
