package dev.portfire.inspect.kmod;

import dev.portfire.inspect.SysRoot;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/** The {@code lsmod} program: the modules that are loaded. */
public final class Lsmod {
  private final SysRoot root;
  private final PrintStream out;
  private final PrintStream err;

  /** Makes the program. */
  public Lsmod(SysRoot root, PrintStream out, PrintStream err) {
    this.root = root;
    this.out = out;
    this.err = err;
  }

  /** Runs the program and returns its exit status. */
  public int run(List<String> arguments) {
    if (!arguments.isEmpty()) {
      err.println("Usage: lsmod");
      return 1;
    }
    Optional<String> modules = root.text("/proc/modules");
    if (modules.isEmpty()) {
      err.println("Error: could not get list of modules: No such file or directory");
      err.println("lsmod: there is no /proc/modules: this kernel loads no modules, or /proc is not mounted;"
          + " for what is built in: portfire modules");
      return 1;
    }
    out.println("Module                  Size  Used by");
    for (LoadedModule module : LoadedModule.list(root, modules.get())) {
      StringBuilder line = new StringBuilder();
      pad(line, module.name(), 19).append(' ');
      String size = Long.toString(module.size());
      line.repeat(' ', Math.max(0, 8 - size.length())).append(size).append("  ").append(module.users());
      for (int i = 0; i < module.holders().size(); i++) {
        line.append(i == 0 ? ' ' : ',').append(module.holders().get(i));
      }
      out.println(line);
    }
    return 0;
  }

  private static StringBuilder pad(StringBuilder line, String text, int width) {
    return line.append(text).repeat(' ', Math.max(0, width - text.length()));
  }
}
