package dev.portfire.inspect.kmod;

import dev.portfire.inspect.SysRoot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A loaded module.
 *
 * @param size of its code and data, bytes; −1 if it is not known
 * @param users how many modules and others use it; −1 if that is not counted
 * @param holders the modules among these
 */
record LoadedModule(String name, long size, long users, List<String> holders) {
  /**
   * The modules of {@code /proc/modules}; sizes and users are those of {@code /sys/module}, as kmod has it.
   *
   * @param text of /proc/modules
   */
  static List<LoadedModule> list(SysRoot root, String text) {
    List<LoadedModule> modules = new ArrayList<>();
    text.lines().forEach(line -> {
      String[] words = line.split(" ", -1);
      if (words.length >= 3 && !words[0].isEmpty() && words[0].indexOf('/') < 0) {
        modules.add(of(root, words));
      }
    });
    return modules;
  }

  private static LoadedModule of(SysRoot root, String[] words) {
    String directory = "/sys/module/" + words[0];
    long size = root.number(directory + "/coresize").orElse(SysRoot.number(words[1], 10).orElse(-1));
    long users = root.number(directory + "/refcnt").orElse(SysRoot.number(words[2], 10).orElse(-1));
    List<String> holders = root.exists(directory) || words.length < 4
        ? root.unsorted(directory + "/holders")
        : Arrays.stream(words[3].split(",", -1)).filter(name -> !name.isEmpty() && !name.equals("-")).toList();
    return new LoadedModule(words[0], size, users, holders);
  }
}
