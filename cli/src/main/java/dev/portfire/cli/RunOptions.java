package dev.portfire.cli;

import dev.portfire.vmm.Accelerator;
import dev.portfire.vmm.Drive;
import dev.portfire.vmm.Engine;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * What the command line of {@code portfire run} says.
 *
 * @param kernel another kernel than the default guest's
 * @param initrd another initial RAM disk than the default guest's
 * @param append text added to the kernel command line
 * @param rootfs the root file system
 * @param drives further disks
 * @param cpus number of vCPUs
 * @param memoryMib guest memory in MiB
 * @param accelerator the back end
 * @param engine the software back end's engine
 * @param log where the kernel's messages go
 * @param stats whether figures are printed at the end
 * @param tty whether the command gets a terminal
 * @param command the command and its arguments
 */
record RunOptions(
    Optional<Path> kernel,
    Optional<Path> initrd,
    String append,
    Optional<Drive> rootfs,
    List<Drive> drives,
    int cpus,
    long memoryMib,
    Optional<Accelerator> accelerator,
    Engine engine,
    Optional<Path> log,
    boolean stats,
    boolean tty,
    List<String> command) {

  /** The command line cannot be taken; the message says why. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  private static final String READ_ONLY = ":ro";

  /** The command line's description; picocli writes the help text from it. */
  static CommandLine commandLine() {
    CommandSpec spec = CommandSpec.create().name("portfire run");
    spec.usageMessage()
        .description(
            "Boots a microVM. Without a command: to a shell on this terminal. With one: runs it in the guest,",
            "its stdin, stdout and stderr being this command's, its exit status too.")
        .footer(
            "",
            "Without --kernel, Debian's kernel and busybox are fetched once with apt and kept in the user's cache.",
            "On the terminal, Ctrl-A X quits and Ctrl-A H helps.",
            "Exit status: the command's; 125 if Portfire failed, 2 if the command line is wrong.")
        .sortOptions(false)
        .width(100);
    spec.parser().stopAtPositional(true).overwrittenOptionsAllowed(false);
    spec.addOption(text("--kernel", "FILE", "boot this kernel: an ELF vmlinux or a bzImage"));
    spec.addOption(text("--initrd", "FILE", "give it this initial RAM disk; the serial port becomes the console"));
    spec.addOption(text("--append", "TEXT", "add this to the kernel command line"));
    spec.addOption(text("--rootfs", "IMAGE[:ro]", "use the file system in this raw image as the root"));
    spec.addOption(OptionSpec.builder("--drive")
        .paramLabel("IMAGE[:ro]")
        .description("attach this raw image as a disk; may be repeated")
        .arity("1")
        .type(List.class)
        .auxiliaryTypes(String.class)
        .build());
    spec.addOption(text("--cpus", "N", "number of vCPUs, 1 to 32 (default: 1)"));
    spec.addOption(text("--mem", "SIZE", "memory in MiB, or with the suffix M or G (default: 512M)"));
    spec.addOption(text("--accel", "auto|soft|kvm", "what executes guest code (default: $PORTFIRE_ACCEL, or auto)"));
    spec.addOption(text("--engine", "auto|safe", "how the software CPU executes it (default: auto)"));
    spec.addOption(text("--log", "FILE", "write the kernel's messages to this file"));
    spec.addOption(flag("print instructions, speed, boot time and exits to stderr at the end", "--stats"));
    spec.addOption(flag("give the command this terminal", "-t", "--tty"));
    spec.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).description("show this help").build());
    spec.addPositional(PositionalParamSpec.builder()
        .paramLabel("COMMAND ARGUMENT")
        .description("what to run in the guest")
        .arity("0..*")
        .type(List.class)
        .auxiliaryTypes(String.class)
        .build());
    return new CommandLine(spec);
  }

  private static OptionSpec text(String name, String label, String description) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .description(description)
        .arity("1")
        .type(String.class)
        .build();
  }

  private static OptionSpec flag(String description, String... names) {
    return OptionSpec.builder(names).description(description).arity("0").type(boolean.class).build();
  }

  /** Reads what was parsed. */
  static RunOptions of(ParseResult parsed) throws UsageException {
    List<Drive> drives = new ArrayList<>();
    List<String> images = parsed.matchedOptionValue("--drive", List.of());
    for (String image : images) {
      drives.add(drive("--drive", image));
    }
    String rootfs = parsed.matchedOptionValue("--rootfs", "");
    String accelerator = parsed.matchedOptionValue("--accel", "");
    String engine = parsed.matchedOptionValue("--engine", "auto");
    List<String> command = parsed.matchedPositionalValue(0, List.of());
    return new RunOptions(
        path(parsed, "--kernel"),
        path(parsed, "--initrd"),
        parsed.matchedOptionValue("--append", ""),
        rootfs.isEmpty() ? Optional.empty() : Optional.of(drive("--rootfs", rootfs)),
        drives,
        number("--cpus", parsed.matchedOptionValue("--cpus", "1")),
        mebibytes(parsed.matchedOptionValue("--mem", "512")),
        accelerator.isEmpty()
            ? Optional.empty()
            : Optional.of(Accelerator.of(accelerator)
                .orElseThrow(() -> new UsageException("--accel " + accelerator + ": give auto, soft or kvm"))),
        Engine.of(engine).orElseThrow(() -> new UsageException("--engine " + engine + ": give auto or safe")),
        path(parsed, "--log"),
        parsed.hasMatchedOption("--stats"),
        parsed.hasMatchedOption("--tty"),
        command);
  }

  private static Optional<Path> path(ParseResult parsed, String option) throws UsageException {
    String value = parsed.matchedOptionValue(option, "");
    if (value.isEmpty()) {
      if (parsed.hasMatchedOption(option)) {
        throw new UsageException(option + ": give the name of a file");
      }
      return Optional.empty();
    }
    return Optional.of(toPath(option, value));
  }

  private static Path toPath(String option, String value) throws UsageException {
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new UsageException(option + " " + value + ": not the name of a file");
    }
  }

  /** An image, read-only if the text ends in {@code :ro}. */
  static Drive drive(String option, String value) throws UsageException {
    boolean readOnly = value.endsWith(READ_ONLY);
    String name = readOnly ? value.substring(0, value.length() - READ_ONLY.length()) : value;
    if (name.isEmpty()) {
      throw new UsageException(option + ": give the name of an image");
    }
    return Drive.of(toPath(option, name), readOnly);
  }

  private static int number(String option, String value) throws UsageException {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new UsageException(option + " " + value + ": give a number");
    }
  }

  /** A memory size in MiB: a number of MiB, or one with the suffix M or G. */
  static long mebibytes(String value) throws UsageException {
    String upper = value.toUpperCase(java.util.Locale.ROOT);
    long unit = upper.endsWith("G") ? 1024 : 1;
    String digits = upper.endsWith("G") || upper.endsWith("M") ? upper.substring(0, upper.length() - 1) : upper;
    try {
      return Math.multiplyExact(Long.parseLong(digits), unit);
    } catch (NumberFormatException | ArithmeticException e) {
      throw new UsageException("--mem " + value + ": give a number of MiB, or one with the suffix M or G");
    }
  }
}
