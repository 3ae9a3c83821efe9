package dev.portfire.inspect.kmod;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Given;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.GetOpt.UsageException;
import dev.portfire.inspect.Resource;
import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.kmod.ModuleIndex.Found;
import dev.portfire.inspect.kmod.ModuleInfo.Entry;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code portfire modules kvm}: KVM's modules and their parameters, whether loaded or built in, with what each means and how it is
 * changed; the one change that {@code --apply} makes is the one that was shown.
 */
public final class KvmModules {
  private static final String HELP =
      """
      Usage: portfire modules [OPTIONS] kvm

      Shows KVM's modules: their parameters with value, type, meaning and when they can be changed, and whether guests may have
      guests of their own.

      Options:
            --set MODULE.PARAMETER=VALUE  show what would change a parameter; may be repeated
            --apply                       change it, too; not while virtual machines run
        -s, --sysroot DIR                 use DIR as / (then --apply writes there)
        -h, --help                        display this help
      """;

  private static final List<Option> OPTIONS = List.of(
      Option.required('\0', "set"), Option.flag('\0', "apply"), Option.required('s', "sysroot"), Option.flag('h', "help"));

  private static final String CONFIGURATION = "/etc/modprobe.d/portfire-kvm.conf";

  private final IntSupplier running;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * Makes the command.
   *
   * @param running how many virtual machines run on this host
   */
  public KvmModules(IntSupplier running, PrintStream out, PrintStream err) {
    this.running = running;
    this.out = out;
    this.err = err;
  }

  /** What is known of a parameter without the module. */
  private record Known(String type, String meaning) {}

  /**
   * A parameter of a module of this kernel.
   *
   * @param value empty if it cannot be read
   * @param writable whether the kernel takes a new value while it runs
   */
  private record Parameter(String module, String name, String value, String type, boolean writable, String meaning) {
    String path() {
      return "/sys/module/" + module + "/parameters/" + name;
    }
  }

  /**
   * A change that was asked for.
   *
   * @param parameter null if this kernel does not show it
   */
  private record Change(String module, String name, String value, @Nullable Parameter parameter) {
    boolean now() {
      return parameter != null && parameter.writable;
    }

    String line() {
      return "options " + module + " " + name + "=" + value;
    }
  }

  /** Runs the command and returns its exit status: 0, 1 if something is missing or refused, 2 for a wrong command line. */
  public int run(List<String> arguments) {
    SysRoot root = SysRoot.HOST;
    List<String> wanted = new ArrayList<>();
    boolean apply = false;
    GetOpt.Parsed parsed;
    try {
      parsed = GetOpt.parse("portfire modules", OPTIONS, arguments);
    } catch (UsageException e) {
      return usage(e.getMessage());
    }
    for (Given given : parsed.options()) {
      switch (given.option().name()) {
        case "set" -> wanted.add(given.required());
        case "apply" -> apply = true;
        case "sysroot" -> {
          try {
            root = new SysRoot(Path.of(given.required()));
          } catch (InvalidPathException e) {
            return usage("portfire modules: no directory " + given.required());
          }
        }
        default -> {
          out.print(HELP);
          return 0;
        }
      }
    }
    if (!parsed.operands().equals(List.of("kvm"))) {
      return usage("portfire modules: what it can show is kvm");
    }
    if (apply && wanted.isEmpty()) {
      return usage("portfire modules: --apply needs a --set");
    }
    return show(root, wanted, apply);
  }

  private int usage(@Nullable String message) {
    err.println(message + "; try --help");
    return 2;
  }

  private int show(SysRoot root, List<String> wanted, boolean apply) {
    String version = root.line("/proc/sys/kernel/osrelease").orElse("unknown");
    ModuleIndex index = new ModuleIndex(root, root, version);
    Map<String, Known> known = known();
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    List<String> modules = root.list("/sys/module").stream().filter(KvmModules::isKvms).toList();
    if (modules.isEmpty()) {
      err.println("portfire modules: this kernel (" + version + ") has no kvm module loaded or built in: modprobe kvm_intel or"
          + " kvm_amd, or boot a kernel with CONFIG_KVM");
      return 1;
    }
    for (String module : modules) {
      for (Parameter parameter : parameters(root, index, module, known)) {
        parameters.put(module + "." + parameter.name, parameter);
      }
    }
    if (!wanted.isEmpty()) {
      return change(root, wanted, modules, parameters, apply);
    }
    for (String module : modules) {
      out.println((module.equals(modules.getFirst()) ? "" : "\n") + module + ": " + state(root, index, module));
      table(parameters.values().stream().filter(parameter -> parameter.module.equals(module)).toList());
    }
    out.println();
    nested(root, modules, parameters);
    return 0;
  }

  /** Whether a module is one of KVM's: kvm, kvm_intel, kvm_amd, and those of vendors. */
  private static boolean isKvms(String module) {
    return module.equals("kvm") || module.startsWith("kvm_");
  }

  private static Map<String, Known> known() {
    Map<String, Known> known = new LinkedHashMap<>();
    for (String line : Resource.lines(KvmModules.class, "kvm-parameters.txt")) {
      String[] words = line.split(" ", 4);
      known.put(words[0] + "." + words[1], new Known(words[2], words[3]));
    }
    return known;
  }

  private static boolean loadable(SysRoot root, String module) {
    // The kernel makes this file for modules only, not for what is built in.
    return root.exists("/sys/module/" + module + "/initstate");
  }

  private static String state(SysRoot root, ModuleIndex index, String module) {
    if (!loadable(root, module)) {
      return "built into the kernel";
    }
    String directory = "/sys/module/" + module;
    List<String> holders = root.list(directory + "/holders");
    String file = index.byName(module).stream()
        .map(Found::path).filter(path -> !path.isEmpty()).map(path -> ", " + path).findFirst().orElse("");
    return "loaded, " + root.number(directory + "/coresize").orElse(0) + " bytes, used by "
        + root.number(directory + "/refcnt").orElse(0)
        + (holders.isEmpty() ? "" : " (" + String.join(",", holders) + ")") + file;
  }

  private static List<Parameter> parameters(SysRoot root, ModuleIndex index, String module, Map<String, Known> known) {
    Map<String, ModuleInfo.Parameter> own = new LinkedHashMap<>();
    for (ModuleInfo.Parameter parameter : ModuleInfo.parameters(strings(index, module))) {
      own.put(parameter.name(), parameter);
    }
    List<Parameter> parameters = new ArrayList<>();
    for (String name : root.list("/sys/module/" + module + "/parameters")) {
      String path = "/sys/module/" + module + "/parameters/" + name;
      Known other = known.getOrDefault(module + "." + name, new Known("", ""));
      ModuleInfo.Parameter described = own.getOrDefault(name, new ModuleInfo.Parameter(name, "", ""));
      parameters.add(new Parameter(
          module,
          name,
          root.line(path).orElse(""),
          described.type().isEmpty() ? other.type : described.type(),
          writable(root.path(path)),
          described.description().isEmpty() ? other.meaning : described.description()));
    }
    return parameters;
  }

  private static List<Entry> strings(ModuleIndex index, String module) {
    List<Found> found = index.byName(module);
    if (found.isEmpty()) {
      return List.of();
    }
    try {
      String path = found.getFirst().path();
      return path.isEmpty() ? index.builtIn(module) : ModuleFile.read(Path.of(path)).info();
    } catch (IOException | InvalidPathException e) {
      return List.of();
    }
  }

  private static boolean writable(Path file) {
    try {
      // Root may open any file; what the kernel takes is in the mode.
      return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_WRITE);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private void table(List<Parameter> parameters) {
    int names = width(parameters, Parameter::name);
    int values = width(parameters, Parameter::value);
    int types = width(parameters, Parameter::type);
    for (Parameter parameter : parameters) {
      String line = "  " + pad(parameter.name, names) + "  " + pad(parameter.value, values) + "  " + pad(parameter.type, types)
          + "  " + (parameter.writable ? "rw" : "ro") + "  " + parameter.meaning;
      out.println(line.stripTrailing());
    }
  }

  private static int width(List<Parameter> parameters, Function<Parameter, String> column) {
    return parameters.stream().map(column).map(String::length).max(Comparator.naturalOrder()).orElse(0);
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private void nested(SysRoot root, List<String> modules, Map<String, Parameter> parameters) {
    boolean found = false;
    for (String module : modules) {
      Parameter parameter = parameters.get(module + ".nested");
      if (parameter != null) {
        found = true;
        boolean on = parameter.value.equals("Y") || parameter.value.equals("1");
        out.println("nested: " + (on ? "on" : "off") + " (" + module + "): guests " + (on ? "may" : "cannot")
            + " run guests of their own");
        Change change = new Change(module, "nested", on ? "0" : "1", parameter);
        out.println("  to switch it " + (on ? "off" : "on") + ": " + how(root, change));
      }
    }
    if (!found) {
      out.println("nested: no module here has that parameter: guests cannot run guests of their own by VMX or SVM");
    }
  }

  private static String how(SysRoot root, Change change) {
    if (change.now()) {
      return "echo " + change.value + " > /sys/module/" + change.module + "/parameters/" + change.name;
    }
    if (!loadable(root, change.module)) {
      return change.module + "." + change.name + "=" + change.value + " on the kernel's command line (it is built in), and a reboot";
    }
    return "\"" + change.line() + "\" in " + CONFIGURATION + ", then modprobe -r " + change.module + " && modprobe "
        + change.module + ", with no virtual machine running";
  }

  private int change(
      SysRoot root, List<String> wanted, List<String> modules, Map<String, Parameter> parameters, boolean apply) {
    List<Change> changes = new ArrayList<>();
    for (String text : wanted) {
      int dot = text.indexOf('.');
      int equals = text.indexOf('=', Math.max(dot, 0));
      if (dot <= 0 || equals < 0 || !text.substring(equals + 1).chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        return usage("portfire modules: --set " + text + " is not MODULE.PARAMETER=VALUE");
      }
      String module = ModuleIndex.canonical(text.substring(0, dot));
      String name = ModuleIndex.canonical(text.substring(dot + 1, equals));
      Parameter parameter = parameters.get(module + "." + name);
      if (parameter == null && modules.contains(module)) {
        err.println("portfire modules: " + module + " has no parameter " + name + " here; see portfire modules kvm");
        return 1;
      }
      if (!isKvms(module)) {
        err.println("portfire modules: " + module + " is none of KVM's modules");
        return 1;
      }
      changes.add(new Change(module, name, text.substring(equals + 1), parameter));
    }
    for (Change change : changes) {
      String before = change.parameter == null ? "not loaded" : "now " + change.parameter.value;
      out.println(change.module + "." + change.name + " (" + before + "): " + how(root, change));
    }
    return apply ? apply(root, changes) : 0;
  }

  private int apply(SysRoot root, List<Change> changes) {
    int machines = root.isHost() ? running.getAsInt() : 0;
    if (machines > 0) {
      err.println("portfire modules: not applied: " + machines + " virtual machine" + (machines == 1 ? " runs" : "s run")
          + "; stop them first (portfire vms)");
      return 1;
    }
    for (Change change : changes) {
      if (!change.now() && change.parameter != null && !loadable(root, change.module)) {
        err.println("portfire modules: not applied: " + change.module + " is built in, and only the boot loader's configuration"
            + " can change " + change.name);
        return 1;
      }
    }
    for (Change change : changes) {
      String file = change.now() && change.parameter != null ? change.parameter.path() : CONFIGURATION;
      try {
        if (change.now()) {
          Files.writeString(root.path(file), change.value + "\n", StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        } else {
          configure(root.path(file), change);
        }
      } catch (IOException e) {
        err.println("portfire modules: not applied: " + file + " cannot be written: " + e.getMessage() + "; are you root?");
        return 1;
      }
      out.println("written: " + file);
    }
    return 0;
  }

  /** Puts a line into a file in place of an older one for the same parameter, and of nothing else. */
  private static void configure(Path file, Change change) throws IOException {
    List<String> lines = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        if (!line.startsWith("options " + change.module + " " + change.name + "=")) {
          lines.add(line);
        }
      }
    } else {
      Files.createDirectories(file.getParent());
    }
    lines.add(change.line());
    Path copy = file.resolveSibling(file.getFileName() + ".new");
    Files.write(copy, lines);
    Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
