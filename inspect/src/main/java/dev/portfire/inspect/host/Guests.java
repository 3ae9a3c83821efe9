package dev.portfire.inspect.host;

import dev.portfire.inspect.SysRoot;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;

/** What guests are called: their monitors' command lines tell. */
public final class Guests {
  private static final int ARGUMENTS = 1 << 16;

  /**
   * A guest.
   *
   * @param pid its monitor's process
   * @param name what it is called, or empty
   */
  public record Guest(int pid, String name) {}

  private Guests() {}

  /** The guests that run: processes that hold machines, or that were told a guest's name. Those of other users only for root. */
  public static List<Guest> all(SysRoot root) {
    TreeSet<Integer> pids = new TreeSet<>();
    MachineScan.all(root).forEach(holder -> pids.add(holder.pid()));
    for (String name : root.unsorted("/proc")) {
      if (name.length() <= 9 && name.chars().allMatch(c -> c >= '0' && c <= '9') && arguments(root, Integer.parseInt(name)).contains("-name")) {
        pids.add(Integer.parseInt(name));
      }
    }
    return pids.stream().map(pid -> new Guest(pid, nameOf(root, pid))).toList();
  }

  /** What the guest of a process is called; empty if it has no name, or is gone. */
  public static String nameOf(SysRoot root, int pid) {
    return name(arguments(root, pid));
  }

  private static List<String> arguments(SysRoot root, int pid) {
    byte[] bytes = root.bytes("/proc/" + pid + "/cmdline", ARGUMENTS).orElse(new byte[0]);
    return List.of(new String(bytes, StandardCharsets.UTF_8).split("\0", -1));
  }

  /** What QEMU ({@code -name}), Firecracker ({@code --id}) and their like were told to be called; empty if nothing. */
  static String name(List<String> arguments) {
    for (int i = 0; i + 1 < arguments.size(); i++) {
      switch (arguments.get(i)) {
        case "--id" -> {
          return arguments.get(i + 1);
        }
        case "-name", "--name" -> {
          return ofQemu(arguments.get(i + 1));
        }
        default -> {
          // The next one.
        }
      }
    }
    return "";
  }

  /** A word without a key counts before {@code guest=}; two commas stand for one. */
  private static String ofQemu(String option) {
    String name = "";
    for (String part : option.replace(",,", "\0").split(",", -1)) {
      String text = part.replace('\0', ',');
      if (text.startsWith("guest=")) {
        name = text.substring("guest=".length());
      } else if (!text.contains("=")) {
        return text;
      }
    }
    return name;
  }
}
