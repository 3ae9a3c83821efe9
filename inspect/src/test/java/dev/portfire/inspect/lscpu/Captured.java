package dev.portfire.inspect.lscpu;

import dev.portfire.inspect.Resource;
import dev.portfire.inspect.Tree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Files of systems, made by hand after the formats that the kernel documents (Documentation/ABI: sysfs-devices-system-cpu,
 * proc(5)): for each file a line {@code == NAME} and its content.
 */
public final class Captured {
  /** Their names. */
  public static final List<String> ALL = List.of(
      "arm64-phone", "arm64-server", "bare-amd", "bare-intel", "hyperv", "kvm-intel", "old-32bit", "openvz", "power-kvm",
      "power-phyp", "riscv", "s390", "uml", "virtualbox", "vmware", "vserver", "wsl1", "xen-domu", "xen-dom0", "xen-hvm");

  private Captured() {}

  /** Puts the files of a system into a directory. */
  public static Tree extract(String name, Path directory) throws IOException {
    Tree tree = new Tree(directory.resolve(name));
    for (String part : Resource.text(Captured.class, name + ".txt").split("(?m)^== ", -1)) {
      int end = part.indexOf('\n');
      if (part.startsWith("/")) {
        tree = tree.put(part.substring(0, end), part.substring(end + 1));
      }
    }
    return tree;
  }
}
