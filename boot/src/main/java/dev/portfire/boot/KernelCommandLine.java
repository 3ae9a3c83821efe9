package dev.portfire.boot;

import java.util.ArrayList;
import java.util.List;

/**
 * A kernel command line. Parameters that are added go before {@code --}: what stands after it is for init and stays
 * last.
 */
public final class KernelCommandLine {
  /** Bytes for the line in guest memory, the NUL at its end included. */
  public static final int CAPACITY = 2048;

  /** What Firecracker boots with when nothing is said. */
  public static final String FIRECRACKER_DEFAULT =
      "reboot=k panic=1 nomodule 8250.nr_uarts=0 i8042.noaux i8042.nomux i8042.dumbkbd swiotlb=noforce";

  private final String parameters;
  private final String initArguments;

  private KernelCommandLine(String parameters, String initArguments) {
    this.parameters = parameters;
    this.initArguments = initArguments;
  }

  /**
   * Takes a line as a user wrote it.
   *
   * @throws BootException if it is too long or has anything but printable ASCII in it
   */
  public static KernelCommandLine of(String line) throws BootException {
    check(line);
    int separator = separator(line);
    String parameters = (separator < 0 ? line : line.substring(0, separator)).strip();
    return new KernelCommandLine(parameters, separator < 0 ? "" : line.substring(separator).strip());
  }

  /** The index of a {@code --} that is a word of its own outside double quotes, or −1. */
  private static int separator(String line) {
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && line.startsWith("--", i)) {
        boolean starts = i == 0 || line.charAt(i - 1) == ' ';
        boolean ends = i + 2 == line.length() || line.charAt(i + 2) == ' ';
        if (starts && ends) {
          return i;
        }
      }
    }
    return -1;
  }

  private static void check(String line) throws BootException {
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c < ' ' || c > '~') {
        throw new BootException(
            "the kernel command line may have printable ASCII characters only, not U+%04X".formatted((int) c));
      }
    }
    if (line.length() >= CAPACITY) {
      throw new BootException(
          "the kernel command line has %d characters; %d is the most".formatted(line.length(), CAPACITY - 1));
    }
  }

  /**
   * The line with parameters added, in order.
   *
   * @throws BootException if it becomes too long or a parameter has anything but printable ASCII in it
   */
  public KernelCommandLine with(String... added) throws BootException {
    List<String> words = new ArrayList<>();
    if (!parameters.isEmpty()) {
      words.add(parameters);
    }
    words.addAll(List.of(added));
    KernelCommandLine line = new KernelCommandLine(String.join(" ", words), initArguments);
    check(line.text());
    return line;
  }

  /**
   * The line with a virtio-mmio device announced, for kernels that do not read ACPI tables.
   *
   * @throws BootException if it becomes too long
   */
  public KernelCommandLine withVirtio(BootSpec.VirtioSlot slot) throws BootException {
    return with("virtio_mmio.device=4K@0x%x:%d".formatted(slot.address(), slot.gsi()));
  }

  /**
   * The line with the root file system named.
   *
   * @param root a device such as {@code /dev/vda}, or {@code PARTUUID=…}
   * @throws BootException if it becomes too long
   */
  public KernelCommandLine withRoot(String root, boolean readOnly) throws BootException {
    return with("root=" + root, readOnly ? "ro" : "rw");
  }

  /** The whole line. */
  public String text() {
    String space = parameters.isEmpty() || initArguments.isEmpty() ? "" : " ";
    return parameters + space + initArguments;
  }

  @Override
  public String toString() {
    return text();
  }
}
