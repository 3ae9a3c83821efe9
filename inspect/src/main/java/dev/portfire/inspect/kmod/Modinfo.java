package dev.portfire.inspect.kmod;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Given;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.GetOpt.UsageException;
import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.kmod.ModuleIndex.Found;
import dev.portfire.inspect.kmod.ModuleInfo.Entry;
import dev.portfire.inspect.kmod.ModuleInfo.Parameter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code modinfo} program: what modules say about themselves. */
public final class Modinfo {
  private static final String HELP =
      """
      Usage:
      \tmodinfo [options] <modulename|filename> [args]
      Options:
      \t-a, --author                Print only 'author'
      \t-d, --description           Print only 'description'
      \t-l, --license               Print only 'license'
      \t-p, --parameters            Print only 'parm'
      \t-n, --filename              Print only 'filename'
      \t-0, --null                  Use \\0 instead of \\n
      \t-m, --modname               Handle argument as module name instead of alias or filename
      \t-F, --field=FIELD           Print only provided FIELD
      \t-k, --set-version=VERSION   Use VERSION instead of `uname -r`
      \t-b, --basedir=DIR           Use DIR as filesystem root for /lib/modules
      \t-V, --version               Show version
      \t-h, --help                  Show this help
      """;

  private static final List<Option> OPTIONS = List.of(
      Option.flag('a', "author"),
      Option.flag('d', "description"),
      Option.flag('l', "license"),
      Option.flag('p', "parameters"),
      Option.flag('n', "filename"),
      Option.flag('0', "null"),
      Option.flag('m', "modname"),
      Option.required('F', "field"),
      Option.required('k', "set-version"),
      Option.required('b', "basedir"),
      Option.flag('V', "version"),
      Option.flag('h', "help"));

  /** Keys are padded to this, with their colon. */
  private static final int WIDTH = 16;

  private final SysRoot root;
  private final PrintStream out;
  private final PrintStream err;

  private @Nullable String field;
  private char separator = '\n';

  /** Makes the program. */
  public Modinfo(SysRoot root, PrintStream out, PrintStream err) {
    this.root = root;
    this.out = out;
    this.err = err;
  }

  /** Runs the program and returns its exit status. */
  public int run(List<String> arguments) {
    String version = null;
    String base = null;
    boolean names = false;
    GetOpt.Parsed parsed;
    try {
      parsed = GetOpt.parse("modinfo", OPTIONS, arguments);
    } catch (UsageException e) {
      err.println(e.getMessage());
      return 1;
    }
    for (Given given : parsed.options()) {
      switch (given.option().letter()) {
        case 'a' -> field = "author";
        case 'd' -> field = "description";
        case 'l' -> field = "license";
        case 'p' -> field = "parm";
        case 'n' -> field = "filename";
        case '0' -> separator = '\0';
        case 'm' -> names = true;
        case 'F' -> field = given.value();
        case 'k' -> version = given.value();
        case 'b' -> base = given.value();
        case 'V' -> {
          out.print("kmod version 30\n+ZSTD +XZ +ZLIB -LIBCRYPTO -EXPERIMENTAL\n");
          return 0;
        }
        default -> {
          out.print(HELP);
          return 0;
        }
      }
    }
    if (parsed.operands().isEmpty()) {
      error("missing module or filename.");
      return 1;
    }
    ModuleIndex index;
    try {
      SysRoot modules = base == null ? root : new SysRoot(Path.of(absolute(base)));
      index = new ModuleIndex(
          modules, root, version != null ? version : root.line("/proc/sys/kernel/osrelease").orElse("unknown"));
    } catch (InvalidPathException e) {
      error("no directory " + base);
      return 1;
    }
    boolean good = true;
    for (String name : parsed.operands()) {
      good &= show(name, names, index);
    }
    return good ? 0 : 1;
  }

  private boolean show(String name, boolean names, ModuleIndex index) {
    if (names) {
      return show(index.byName(name), "Module name " + name + " not found.", index);
    }
    if (isModuleFile(name)) {
      return show(new Found(ModuleIndex.ofFile(name), absolute(name)), index);
    }
    return show(index.lookUp(name), "Module " + name + " not found.", index);
  }

  private boolean show(List<Found> found, String problem, ModuleIndex index) {
    if (found.isEmpty()) {
      out.flush();
      error(problem);
      return false;
    }
    boolean good = true;
    for (Found module : found) {
      good &= show(module, index);
    }
    return good;
  }

  private static boolean isModuleFile(String name) {
    if (!name.endsWith(".ko") && !name.endsWith(".ko.gz") && !name.endsWith(".ko.xz") && !name.endsWith(".ko.zst")) {
      return false;
    }
    try {
      return Files.isRegularFile(Path.of(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static String absolute(String path) {
    return path.startsWith("/") ? path : System.getProperty("user.dir") + "/" + path;
  }

  private boolean show(Found module, ModuleIndex index) {
    if (module.builtIn() && field == null) {
      line("name:", module.name());
    } else if (module.builtIn() && "name".equals(field)) {
      out.print(module.name() + separator);
      return true;
    }
    String file = module.builtIn() ? "(builtin)" : module.path();
    if (field == null) {
      line("filename:", file);
    } else if (field.equals("filename")) {
      out.print(file + separator);
      return true;
    }
    List<Entry> entries;
    try {
      entries = module.builtIn() ? index.builtIn(module.name()) : ModuleFile.describe(Path.of(module.path()));
    } catch (IOException | InvalidPathException e) {
      out.flush();
      error("could not get modinfo from '" + module.name() + "': Invalid argument");
      return false;
    }
    if (field != null && field.equals("parm")) {
      for (Parameter parameter : ModuleInfo.parameters(entries)) {
        out.print(parameter.name() + ":" + parameter.description()
            + (parameter.type().isEmpty() ? "" : " (" + parameter.type() + ")") + separator);
      }
      return true;
    }
    for (Entry entry : entries) {
      if (field != null) {
        if (field.equals(entry.key())) {
          out.print(entry.value() + separator);
        }
      } else if (!entry.key().equals("parm") && !entry.key().equals("parmtype")) {
        if (separator == '\0') {
          out.print(entry.key() + "=" + entry.value() + separator);
        } else {
          line(entry.key() + ":", entry.value());
        }
      }
    }
    if (field == null) {
      for (Parameter parameter : ModuleInfo.parameters(entries)) {
        line("parm:", parameter.name() + ":" + both(parameter));
      }
    }
    return true;
  }

  private static String both(Parameter parameter) {
    if (parameter.description().isEmpty()) {
      return parameter.type();
    }
    return parameter.type().isEmpty()
        ? parameter.description()
        : parameter.description() + " (" + parameter.type() + ")";
  }

  private void line(String key, String value) {
    // A key that is too long gets as many spaces as it is too long by: printf's negative width.
    StringBuilder line = new StringBuilder(key).repeat(' ', Math.abs(WIDTH - key.length()));
    out.print(line.append(value).append(separator));
  }

  private void error(String message) {
    err.println("modinfo: ERROR: " + message);
  }
}
