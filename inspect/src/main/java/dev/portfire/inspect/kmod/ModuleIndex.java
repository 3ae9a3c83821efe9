package dev.portfire.inspect.kmod;

import dev.portfire.inspect.SysRoot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The modules of one kernel, {@code /lib/modules/VERSION}, by the text files that depmod and the kernel's build put there, and the
 * aliases of {@code modprobe.d}.
 */
final class ModuleIndex {
  /** A module: where its file is, or empty if it is built into the kernel. */
  record Found(String name, String path) {
    boolean builtIn() {
      return path.isEmpty();
    }
  }

  /** How much is read of the file of built-in modules' strings. */
  private static final int LARGE = 64 << 20;

  private static final List<String> CONFIGURATION =
      List.of("/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/lib/modprobe.d");

  private final SysRoot root;
  private final SysRoot configuration;
  private final String directory;

  /**
   * Makes an index.
   *
   * @param root where the modules are
   * @param configuration where modprobe.d is
   * @param version the kernel's, as {@code uname -r} prints it
   */
  ModuleIndex(SysRoot root, SysRoot configuration, String version) {
    this.root = root;
    this.configuration = configuration;
    this.directory = "/lib/modules/" + version;
  }

  /** A module's name as the kernel has it; in brackets of a pattern a dash is a range. */
  static String canonical(String name) {
    StringBuilder result = new StringBuilder(name.length());
    boolean bracket = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      bracket = c == '[' || bracket && c != ']';
      result.append(c == '-' && !bracket ? '_' : c);
    }
    return result.toString();
  }

  /** A module's name, from its file's. */
  static String ofFile(String path) {
    String base = path.substring(path.lastIndexOf('/') + 1);
    int dot = base.indexOf('.');
    return canonical(dot < 0 ? base : base.substring(0, dot));
  }

  /** The modules of a name: loadable, or built in, or those that are built in and have it as an alias. */
  List<Found> byName(String wanted) {
    String name = canonical(wanted);
    Optional<Found> found = loadable(name);
    if (found.isEmpty()) {
      found = builtInModule(name);
    }
    return found.isPresent() ? List.of(found.get()) : builtInAliases(name);
  }

  private Optional<Found> loadable(String name) {
    for (String line : lines("/modules.dep")) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.indexOf(0) < 0 && ofFile(line.substring(0, colon)).equals(name)) {
        String path = line.substring(0, colon);
        return Optional.of(new Found(name, path.startsWith("/") ? path : root.path(directory + "/" + path).toString()));
      }
    }
    return Optional.empty();
  }

  private Optional<Found> builtInModule(String name) {
    for (String line : lines("/modules.builtin")) {
      if (ofFile(line).equals(name)) {
        return Optional.of(new Found(name, ""));
      }
    }
    return Optional.empty();
  }

  /** The modules that a name or an alias stands for, in the order in which modprobe looks. */
  List<Found> lookUp(String wanted) {
    String name = canonical(wanted);
    List<String> targets = new ArrayList<>();
    for (String directory : CONFIGURATION) {
      for (String file : configuration.list(directory)) {
        if (file.endsWith(".conf")) {
          aliases(configuration.text(directory + "/" + file).orElse(""), name, targets);
        }
      }
    }
    if (targets.isEmpty()) {
      Optional<Found> found = loadable(name);
      if (found.isPresent()) {
        return List.of(found.get());
      }
      aliases(text(name.startsWith("symbol:") ? "/modules.symbols" : "/modules.alias"), name, targets);
    }
    if (targets.isEmpty()) {
      return byName(name);
    }
    List<Found> found = new ArrayList<>();
    for (String target : targets) {
      // A module stands for itself as often as it has an alias that fits.
      found.addAll(byName(target));
    }
    return found;
  }

  /** The strings of a module that is built in. */
  List<ModuleInfo.Entry> builtIn(String name) {
    return ModuleInfo.entries(builtInStrings(), name + ".");
  }

  private byte[] builtInStrings() {
    return root.bytes(directory + "/modules.builtin.modinfo", LARGE).orElse(new byte[0]);
  }

  private List<Found> builtInAliases(String name) {
    List<Found> found = new ArrayList<>();
    for (String entry : new String(builtInStrings(), StandardCharsets.UTF_8).split("\0", -1)) {
      int dot = entry.indexOf('.');
      if (dot > 0 && entry.startsWith(".alias=", dot)
          && Wildcard.matches(canonical(entry.substring(dot + ".alias=".length())), name)) {
        found.add(new Found(entry.substring(0, dot), ""));
      }
    }
    return found;
  }

  private static void aliases(String text, String name, List<String> targets) {
    text.lines().map(String::strip).filter(line -> line.startsWith("alias")).forEach(line -> {
      String[] words = line.split("[ \t]+", 4);
      if (words.length >= 3 && words[0].equals("alias") && Wildcard.matches(canonical(words[1]), name)) {
        targets.add(canonical(words[2]));
      }
    });
  }

  private List<String> lines(String file) {
    return text(file).lines().toList();
  }

  private String text(String file) {
    return root.text(directory + file).orElse("");
  }
}
