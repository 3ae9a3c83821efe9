package dev.portfire.firecracker;

import dev.portfire.firecracker.config.MachineConfig;
import dev.portfire.machine.CpuTemplate;
import dev.portfire.vmm.Accelerator;
import dev.portfire.vmm.GuestCpu;
import dev.portfire.vmm.MicroVmException;
import dev.portfire.vmm.cputemplate.CpuConfig;
import dev.portfire.vmm.cputemplate.StaticCpuTemplate;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonValue;
import dev.portfire.vmm.json.JsonWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code cpu-template-helper} program: writes, compares and checks CPU templates and what they are made from. */
public final class CpuTemplateHelper {
  private static final int FAILED = 1;
  private static final int USAGE_ERROR = 2;

  private static final List<String> FINGERPRINT = List.of(
      "firecracker_version", "kernel_version", "microcode_version", "bios_version", "bios_revision", "guest_cpu_config");

  private static final String NO_SUCH_VALUE = "not available";

  private static final String HELP =
      """
      Create, manage, and test custom CPU templates

      Usage: cpu-template-helper <COMMAND>

      Commands:
        template     Template-related operations
        fingerprint  Fingerprint-related operations
        help         Print this message or the help of the given subcommand(s)

      cpu-template-helper template dump [-c <CONFIG>] [-t <TEMPLATE>] [-o <OUTPUT>]
        writes what a guest finds of its processor as a template        [default: cpu_config.json]
      cpu-template-helper template strip -p <PATHS>... [-s <SUFFIX>]
        leaves in each of several templates what differs between them   [default: _stripped]
      cpu-template-helper template verify [-c <CONFIG>] [-t <TEMPLATE>]
        checks that a guest finds what a template says
      cpu-template-helper fingerprint dump [-c <CONFIG>] [-t <TEMPLATE>] [-o <OUTPUT>]
        writes what a guest's processor depends on                      [default: fingerprint.json]
      cpu-template-helper fingerprint compare -p <PREV> -c <CURR> [-f <FILTERS>...]
        compares two of those

      Options:
        -h, --help     Print help
        -V, --version  Print version
      """;

  private final PrintStream out;
  private final PrintStream err;

  /** Makes the program. */
  public CpuTemplateHelper(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Something is wrong; the message is all that there is to say. */
  private static final class HelperException extends Exception {
    private static final long serialVersionUID = 1L;

    HelperException(String message) {
      super(message);
    }
  }

  private static final ClapOption CONFIG = ClapOption.of('c', "config");
  private static final ClapOption TEMPLATE = ClapOption.of('t', "template");
  private static final ClapOption OUTPUT = ClapOption.of('o', "output");
  private static final ClapOption PATHS = ClapOption.required('p', "paths", true);
  private static final ClapOption SUFFIX = ClapOption.of('s', "suffix");
  private static final ClapOption PREV = ClapOption.required('p', "prev", false);
  private static final ClapOption CURR = ClapOption.required('c', "curr", false);
  private static final ClapOption FILTERS = ClapOption.several('f', "filters");

  /**
   * Runs the program.
   *
   * @param arguments the command line without the program's name
   * @return the exit code: 0, 1 for a failure or a difference, 2 for a command line that cannot be taken
   */
  public int run(List<String> arguments) {
    try {
      if (arguments.isEmpty()) {
        err.print(HELP);
        return USAGE_ERROR;
      }
      if (arguments.contains("-h") || arguments.contains("--help") || arguments.getFirst().equals("help")) {
        out.print(HELP);
        return 0;
      }
      if (arguments.getFirst().equals("-V") || arguments.getFirst().equals("--version")) {
        out.print("cpu-template-helper v" + Firecracker.VERSION + "\n");
        return 0;
      }
      execute(arguments);
      return 0;
    } catch (ClapOption.UsageException e) {
      err.print("error: " + e.getMessage() + "\n\nFor more information, try '--help'.\n");
      return USAGE_ERROR;
    } catch (HelperException e) {
      err.print(e.getMessage() + "\n");
      return FAILED;
    }
  }

  private void execute(List<String> arguments) throws ClapOption.UsageException, HelperException {
    String group = arguments.getFirst();
    if (!group.equals("template") && !group.equals("fingerprint")) {
      throw new ClapOption.UsageException(
          group.startsWith("-") ? "unexpected argument '" + group + "' found" : "unrecognized subcommand '" + group + "'");
    }
    if (arguments.size() < 2) {
      throw new ClapOption.UsageException("'cpu-template-helper " + group + "' requires a subcommand but one was not provided");
    }
    List<String> rest = arguments.subList(2, arguments.size());
    switch (group + " " + arguments.get(1)) {
      case "template dump" -> dump(ClapOption.parse(rest, CONFIG, TEMPLATE, OUTPUT));
      case "template strip" -> strip(ClapOption.parse(rest, PATHS, SUFFIX));
      case "template verify" -> verify(ClapOption.parse(rest, CONFIG, TEMPLATE));
      case "fingerprint dump" -> dumpFingerprint(ClapOption.parse(rest, CONFIG, TEMPLATE, OUTPUT));
      case "fingerprint compare" -> compare(ClapOption.parse(rest, PREV, CURR, FILTERS));
      default -> throw new ClapOption.UsageException("unrecognized subcommand '" + arguments.get(1) + "'");
    }
  }

  // Files.

  private static Path path(String text) throws HelperException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new HelperException("Failed to open " + text + ": Invalid argument (os error 22)");
    }
  }

  private static byte[] content(String file) throws HelperException {
    try {
      return Files.readAllBytes(path(file));
    } catch (IOException e) {
      throw new HelperException("Failed to read " + file + ": " + IoErrors.describe(e));
    }
  }

  private static void write(Path file, String json) throws HelperException {
    try {
      Files.writeString(file, PrettyJson.format(json));
    } catch (IOException e) {
      throw new HelperException("Failed to write " + file + ": " + IoErrors.describe(e));
    }
  }

  private static CpuTemplate readTemplate(String file) throws HelperException {
    JsonReader in = new JsonReader(content(file));
    try {
      CpuTemplate template = CpuConfig.read(in);
      in.end();
      return template;
    } catch (JsonException e) {
      throw new HelperException("Failed to read the CPU template " + file + ": " + e.getMessage());
    }
  }

  private static String json(CpuTemplate template) {
    JsonWriter json = new JsonWriter();
    CpuConfig.write(json, template);
    return json.toString();
  }

  // Machines.

  /**
   * What decides about a guest's processor.
   *
   * @param template the template of the command line, or else that of the configuration
   */
  private record Machine(MachineConfig config, Optional<CpuTemplate> template) {
    GuestCpu cpu() throws HelperException {
      try {
        return GuestCpu.of(Accelerator.fromEnvironment(), config.vcpuCount(), config.smt(), template);
      } catch (MicroVmException e) {
        throw new HelperException("Failed to build the microVM: " + e.getMessage());
      }
    }
  }

  private static Machine machine(Map<String, List<String>> values) throws HelperException {
    MachineConfig config = MachineConfig.DEFAULT;
    Optional<CpuTemplate> template = Optional.empty();
    Optional<String> file = CONFIG.value(values);
    if (file.isPresent()) {
      try {
        for (Action action : ConfigFile.read(content(file.get()))) {
          switch (action) {
            case Action.PutMachine(MachineConfig machine) -> {
              config = machine;
              String name = machine.cpuTemplate();
              template = name == null ? Optional.empty() : StaticCpuTemplate.of(name);
            }
            case Action.PutCpuConfig(CpuTemplate custom) -> template = Optional.of(custom);
            default -> {
              // Nothing else is seen in a processor.
            }
          }
        }
      } catch (JsonException e) {
        throw new HelperException("Failed to read the configuration " + file.get() + ": " + e.getMessage());
      }
      Optional<String> problem = config.problem();
      if (problem.isPresent()) {
        throw new HelperException("Failed to build the microVM: " + problem.get());
      }
    }
    Optional<String> other = TEMPLATE.value(values);
    return new Machine(config, other.isPresent() ? Optional.of(readTemplate(other.get())) : template);
  }

  // What there is to do.

  private static void dump(Map<String, List<String>> values) throws HelperException {
    write(path(OUTPUT.value(values).orElse("cpu_config.json")), json(CpuTemplates.dump(machine(values).cpu())));
  }

  private static void strip(Map<String, List<String>> values) throws HelperException {
    List<String> files = values.getOrDefault(PATHS.name(), List.of());
    if (files.size() < 2) {
      throw new HelperException("The number of inputs should be two or more.");
    }
    String suffix = SUFFIX.value(values).orElse("_stripped");
    List<CpuTemplate> templates = new ArrayList<>();
    for (String file : files) {
      templates.add(readTemplate(file));
    }
    List<CpuTemplate> stripped = CpuTemplates.strip(templates);
    for (int k = 0; k < files.size(); k++) {
      Path file = path(files.get(k));
      String name = String.valueOf(file.getFileName());
      int dot = name.lastIndexOf('.');
      int stem = dot <= 0 ? name.length() : dot;
      write(file.resolveSibling(name.substring(0, stem) + suffix + name.substring(stem)), json(stripped.get(k)));
    }
  }

  private static void verify(Map<String, List<String>> values) throws HelperException {
    Machine machine = machine(values);
    if (machine.template.isEmpty()) {
      throw new HelperException("No CPU template was given: use --template, or a --config that has one");
    }
    Optional<String> difference = CpuTemplates.verify(machine.template.get(), machine.cpu());
    if (difference.isPresent()) {
      throw new HelperException(difference.get());
    }
  }

  private static void dumpFingerprint(Map<String, List<String>> values) throws HelperException {
    CpuTemplate cpu = CpuTemplates.dump(machine(values).cpu());
    JsonWriter json = new JsonWriter().begin();
    json.name("firecracker_version").string(Firecracker.VERSION);
    json.name("kernel_version").string(line("/proc/sys/kernel/osrelease", ""));
    json.name("microcode_version").string(line("/proc/cpuinfo", "microcode"));
    json.name("bios_version").string(line("/sys/devices/virtual/dmi/id/bios_version", ""));
    json.name("bios_revision").string(line("/sys/devices/virtual/dmi/id/bios_release", ""));
    json.name("guest_cpu_config");
    CpuConfig.write(json, cpu);
    write(path(OUTPUT.value(values).orElse("fingerprint.json")), json.end().toString());
  }

  /** A file's first line that begins with a key, without key and colon; with none, the first line. */
  private static String line(String file, String key) {
    try (var lines = Files.lines(Path.of(file), StandardCharsets.UTF_8)) {
      return lines.filter(line -> line.startsWith(key))
          .findFirst()
          .map(line -> (key.isEmpty() ? line : line.substring(line.indexOf(':') + 1)).strip())
          .orElse(NO_SUCH_VALUE);
    } catch (IOException | java.io.UncheckedIOException e) {
      return NO_SUCH_VALUE;
    }
  }

  private static Map<String, JsonValue> fingerprint(String file) throws HelperException {
    JsonReader in = new JsonReader(content(file));
    try {
      Map<String, JsonValue> fields = in.map(JsonReader::value);
      in.end();
      for (String name : FINGERPRINT) {
        if (!fields.containsKey(name)) {
          throw new HelperException("Failed to read the fingerprint " + file + ": missing field `" + name + "`");
        }
      }
      return fields;
    } catch (JsonException e) {
      throw new HelperException("Failed to read the fingerprint " + file + ": " + e.getMessage());
    }
  }

  private static void compare(Map<String, List<String>> values) throws ClapOption.UsageException, HelperException {
    List<String> filters = values.getOrDefault(FILTERS.name(), FINGERPRINT);
    for (String filter : filters) {
      if (!FINGERPRINT.contains(filter)) {
        throw new ClapOption.UsageException("invalid value '" + filter + "' for '" + FILTERS.shown() + "'\n  [possible values: "
            + String.join(", ", FINGERPRINT) + "]");
      }
    }
    Map<String, JsonValue> prev = fingerprint(PREV.value(values).orElseThrow());
    Map<String, JsonValue> curr = fingerprint(CURR.value(values).orElseThrow());
    StringBuilder differences = new StringBuilder();
    for (String name : FINGERPRINT) {
      JsonValue before = prev.getOrDefault(name, new JsonValue.Null());
      JsonValue after = curr.getOrDefault(name, new JsonValue.Null());
      if (filters.contains(name) && !before.equals(after)) {
        String json = new JsonWriter().begin().name("name").string(name).name("prev").value(before).name("curr").value(after)
            .end().toString();
        differences.append('\n').append(PrettyJson.format(json));
      }
    }
    if (!differences.isEmpty()) {
      throw new HelperException("Difference detected between source and target:" + differences);
    }
  }
}
