package dev.portfire.firecracker;

import dev.portfire.firecracker.config.DriveConfig;
import dev.portfire.firecracker.config.PmemConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The kernel's command line, with what Firecracker adds to it. */
final class CommandLine {
  /** What Firecracker boots with when a configuration has no {@code boot_args}. */
  private static final String DEFAULT =
      "reboot=k panic=1 nomodule 8250.nr_uarts=0 i8042.noaux i8042.nomux i8042.dumbkbd swiotlb=noforce";

  private static final int MAX_LENGTH = 2047;

  private CommandLine() {}

  /** What is wrong with boot arguments. */
  static Optional<String> problem(String bootArgs) {
    for (int i = 0; i < bootArgs.length(); i++) {
      if (bootArgs.charAt(i) < ' ' || bootArgs.charAt(i) > '~') {
        return Optional.of("String contains a non-printable ASCII character.");
      }
    }
    return bootArgs.length() > MAX_LENGTH ? Optional.of("Command line string overflows guest memory.") : Optional.empty();
  }

  /** The boot arguments with what Firecracker adds, before {@code --}: what stands after it is for init. */
  static String of(VmState state, boolean pci) {
    String configured = state.bootSource == null ? null : state.bootSource.bootArgs();
    String given = configured != null ? configured : DEFAULT;
    List<String> words = new ArrayList<>();
    int separator = (" " + given + " ").indexOf(" -- ");
    String parameters = (separator < 0 ? given : given.substring(0, separator)).strip();
    if (!parameters.isEmpty()) {
      words.add(parameters);
    }
    if (!pci) {
      words.add("pci=off");
    }
    if (!state.drives.isEmpty() && state.drives.getFirst().isRootDevice()) {
      DriveConfig root = state.drives.getFirst();
      words.add("root=" + (root.partuuid() != null ? "PARTUUID=" + root.partuuid() : "/dev/vda"));
      words.add(root.readOnly() ? "ro" : "rw");
    }
    for (int i = 0; i < state.pmem.size(); i++) {
      PmemConfig device = state.pmem.get(i);
      if (device.rootDevice()) {
        words.add("root=/dev/pmem" + i);
        words.add(device.readOnly() ? "ro" : "rw");
      }
    }
    if (separator >= 0) {
      words.add(given.substring(separator).strip());
    }
    return String.join(" ", words);
  }
}
