package dev.portfire.jailer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The command line: {@code --name value} and flags up to {@code --}, behind which everything is for the jailed program. */
final class Arguments {
  /**
   * An option.
   *
   * @param name without dashes
   * @param takesValue whether a value follows
   * @param repeats whether it may be given several times
   * @param required whether it has to be given
   * @param initial shown in the help; empty for none
   * @param help one sentence
   */
  private record Option(
      String name, boolean takesValue, boolean repeats, boolean required, String initial, String help) {}

  private static Option flag(String name, String help) {
    return new Option(name, false, false, false, "", help);
  }

  private static Option value(String name, String initial, String help) {
    return new Option(name, true, false, false, initial, help);
  }

  private static Option required(String name, String help) {
    return new Option(name, true, false, true, "", help);
  }

  private static Option list(String name, String help) {
    return new Option(name, true, true, false, "", help);
  }

  /** Sorted by name: help and checks go in this order. */
  private static final List<Option> OPTIONS = List.of(
      list("cgroup", "Control group file and value, as <file>=<value>; can be repeated."),
      value("cgroup-version", "1", "Version of the control group hierarchy to use, 1 or 2."),
      value("chroot-base-dir", "/srv/jailer", "Directory of all jails."),
      flag("copy-runtime", "Copy what Portfire's firecracker needs into the jail rather than mount it there."),
      flag("daemonize", "Detach from the terminal: a session of its own, and /dev/null for stdin, stdout and stderr."),
      required("exec-file", "File to execute."),
      required("gid", "Group that the jailed program runs as."),
      required("id", "Identifier of the jail."),
      value("netns", "", "Path of the network namespace to join."),
      flag("new-pid-ns", "Execute the file in a new PID namespace."),
      value("parent-cgroup", "", "Parent of the control groups, relative to the hierarchy's root [default: the file's name]."),
      list("resource-limit", "Resource limit, as fsize=<bytes> or no-file=<count>; can be repeated."),
      required("uid", "User that the jailed program runs as."),
      flag("version", "Print the version."));

  private final Map<String, List<String>> values = new HashMap<>();
  private List<String> extra = List.of();
  private boolean help;

  private Arguments() {}

  /** Reads a command line. Help wins over everything, errors included; then the version does. */
  static Arguments parse(List<String> words) throws JailerException {
    Arguments result = new Arguments();
    int end = words.indexOf("--");
    List<String> own = end < 0 ? words : words.subList(0, end);
    if (own.contains("--help") || own.contains("-h")) {
      result.help = true;
      return result;
    }
    if (own.contains("--version")) {
      result.values.put("version", List.of());
      return result;
    }
    if (end >= 0) {
      result.extra = List.copyOf(words.subList(end + 1, words.size()));
    }
    result.read(own);
    for (Option option : OPTIONS) {
      if (option.required && !result.has(option.name)) {
        throw problem("Argument '" + option.name + "' required, but not found.");
      }
    }
    return result;
  }

  private void read(List<String> words) throws JailerException {
    int i = 0;
    while (i < words.size()) {
      Option option = find(words.get(i++));
      List<String> given = values.computeIfAbsent(option.name, key -> new ArrayList<>());
      if (!option.takesValue) {
        if (!given.isEmpty()) {
          throw twice(option);
        }
        given.add("");
        continue;
      }
      if (!given.isEmpty() && !option.repeats) {
        throw twice(option);
      }
      if (i == words.size() || words.get(i).startsWith("--")) {
        throw problem("The argument '" + option.name + "' requires a value, but none was supplied.");
      }
      given.add(words.get(i++));
    }
  }

  private static JailerException twice(Option option) {
    return problem("The argument '" + option.name + "' was provided more than once.");
  }

  private static JailerException problem(String text) {
    return new JailerException(JailerException.Kind.ARGUMENT_PARSING, "Failed to parse arguments: " + text);
  }

  private static Option find(String word) throws JailerException {
    String name = word.startsWith("--") ? word.substring(2) : word;
    for (Option option : OPTIONS) {
      if (word.startsWith("--") && option.name.equals(name)) {
        return option;
      }
    }
    throw problem("Found argument '" + name + "' which wasn't expected, or isn't valid in this context.");
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
    return values(name).stream().findFirst();
  }

  /** The values of an option that can be repeated. */
  List<String> values(String name) {
    return List.copyOf(values.getOrDefault(name, List.of()));
  }

  /** An option's value, or what counts if it is not given. */
  String valueOrInitial(String name) {
    return value(name).orElseGet(() -> OPTIONS.stream()
        .filter(option -> option.name.equals(name))
        .findFirst()
        .orElseThrow()
        .initial);
  }

  /** What stands behind {@code --}. */
  List<String> extra() {
    return extra;
  }

  /** The text of {@code --help}, after the line with the version. */
  static String helpText() {
    int width = OPTIONS.stream().mapToInt(option -> left(option).length()).max().orElseThrow() + 3;
    StringBuilder text = new StringBuilder();
    for (boolean required : new boolean[] {true, false}) {
      text.append(required ? "required arguments:\n" : "\noptional arguments:\n");
      for (Option option : OPTIONS) {
        if (option.required == required) {
          String left = left(option);
          text.append(left).repeat(' ', width - left.length()).append(option.help);
          if (!option.initial.isEmpty()) {
            text.append(" [default: \"").append(option.initial).append("\"]");
          }
          text.append('\n');
        }
      }
    }
    return text.append("\nWhat stands behind -- is passed on to the jailed program.\n").toString();
  }

  private static String left(Option option) {
    return "  --" + option.name + (option.takesValue ? " <" + option.name + ">" : "");
  }
}
