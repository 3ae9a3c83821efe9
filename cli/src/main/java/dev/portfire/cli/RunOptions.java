package dev.portfire.cli;

import dev.portfire.machine.CpuModel;
import dev.portfire.vmm.Accelerator;
import dev.portfire.vmm.Drive;
import dev.portfire.vmm.Engine;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
 * @param cpu what the guest is told of its processor, if it is said
 * @param profile whether it is printed at the end where time went
 * @param symbols names of the kernel's addresses, if the default guest is not to tell them
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
    List<String> command,
    Optional<CpuModel> cpu,
    boolean profile,
    Optional<Path> symbols) {

  /** The command line cannot be taken; the message says why. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  private static final String READ_ONLY = ":ro";

  /** The text of {@code --help}. */
  static final String HELP =
      """
      Usage: portfire run [OPTION]... [--] [COMMAND [ARGUMENT]...]

      Boots a microVM. Without a command: to a shell on this terminal. With one: runs it in the guest, its stdin, stdout
      and stderr being this command's, its exit status too.

            --kernel=FILE                boot this kernel: an ELF vmlinux or a bzImage
            --initrd=FILE                give it this initial RAM disk; the serial port becomes the console
            --append=TEXT                add this to the kernel command line
            --rootfs=IMAGE[:ro]          use the file system in this raw image as the root
            --drive=IMAGE[:ro]           attach this raw image as a disk; may be repeated
            --cpus=N                     number of vCPUs, 1 to 32 (default: 1)
            --mem=SIZE                   memory in MiB, or with the suffix M or G (default: 512M)
            --accel=auto|soft|kvm        what executes guest code (default: $PORTFIRE_ACCEL, or auto)
            --engine=auto|safe|native    how the software CPU executes it (default: auto)
            --cpu=MODEL                  the guest's processor: portfire-v2, portfire-v3 or host (default: portfire-v2,
                                         on a fast KVM host)
            --log=FILE                   write the kernel's messages to this file
            --stats                      print instructions, speed, boot time and exits to stderr at the end
            --profile                    print to stderr at the end where time went: engine parts, guest functions
            --symbols=FILE               the kernel's names for that: its System.map or /proc/kallsyms
        -t, --tty                        give the command this terminal
        -h, --help                       show this help

      Without --kernel, Debian's kernel and busybox are fetched once with apt and kept in the user's cache.
      On the terminal, Ctrl-A X quits and Ctrl-A H helps.
      Exit status: the command's; 125 if Portfire failed, 2 if the command line is wrong.
      """;

  private static final Set<String> WITH_VALUE = Set.of(
      "--kernel", "--initrd", "--append", "--rootfs", "--drive", "--cpus", "--mem", "--accel", "--engine", "--log",
      "--cpu", "--symbols");
  private static final Set<String> FLAGS = Set.of("--stats", "--profile", "--tty", "--help");
  private static final Map<String, String> SHORT = Map.of("-t", "--tty", "-h", "--help");

  /**
   * A command line taken apart.
   *
   * @param values what was given to each option, in order; flags have an empty text
   * @param command what comes after the options
   */
  private record Words(Map<String, List<String>> values, List<String> command) {
    boolean has(String option) {
      return values.containsKey(option);
    }

    String value(String option, String otherwise) {
      List<String> given = values.get(option);
      return given == null ? otherwise : given.getFirst();
    }

    List<String> all(String option) {
      return values.getOrDefault(option, List.of());
    }
  }

  /** {@code --name value} or {@code --name=value}, up to {@code --} or the first word that is no option. */
  private static Words scan(List<String> words) throws UsageException {
    Map<String, List<String>> values = new HashMap<>();
    int i = 0;
    while (i < words.size() && words.get(i).startsWith("-") && words.get(i).length() > 1) {
      String word = words.get(i++);
      if (word.equals("--")) {
        break;
      }
      int equals = word.startsWith("--") ? word.indexOf('=') : -1;
      String name = equals < 0 ? SHORT.getOrDefault(word, word) : word.substring(0, equals);
      String value = "";
      if (WITH_VALUE.contains(name)) {
        if (equals < 0 && i == words.size()) {
          throw new UsageException(name + ": give a value");
        }
        value = equals < 0 ? words.get(i++) : word.substring(equals + 1);
      } else if (!FLAGS.contains(name) || equals >= 0) {
        throw new UsageException("unknown option " + word);
      }
      List<String> given = values.computeIfAbsent(name, key -> new ArrayList<>());
      given.add(value);
      if (given.size() > 1 && !name.equals("--drive")) {
        throw new UsageException(name + ": give it only once");
      }
    }
    return new Words(values, words.subList(i, words.size()));
  }

  /**
   * Reads a command line.
   *
   * @param arguments what comes after {@code portfire run}
   * @return nothing if it asks for help
   */
  static Optional<RunOptions> parse(List<String> arguments) throws UsageException {
    Words words = scan(arguments);
    if (words.has("--help")) {
      return Optional.empty();
    }
    List<Drive> drives = new ArrayList<>();
    for (String image : words.all("--drive")) {
      drives.add(drive("--drive", image));
    }
    String rootfs = words.value("--rootfs", "");
    String accelerator = words.value("--accel", "");
    String engine = words.value("--engine", "auto");
    String cpu = words.value("--cpu", "");
    return Optional.of(new RunOptions(
        path(words, "--kernel"),
        path(words, "--initrd"),
        words.value("--append", ""),
        rootfs.isEmpty() ? Optional.empty() : Optional.of(drive("--rootfs", rootfs)),
        drives,
        number("--cpus", words.value("--cpus", "1")),
        mebibytes(words.value("--mem", "512")),
        accelerator.isEmpty()
            ? Optional.empty()
            : Optional.of(Accelerator.of(accelerator)
                .orElseThrow(() -> new UsageException("--accel " + accelerator + ": give auto, soft or kvm"))),
        Engine.of(engine).orElseThrow(() -> new UsageException("--engine " + engine + ": give auto, safe or native")),
        path(words, "--log"),
        words.has("--stats"),
        words.has("--tty"),
        words.command(),
        cpu.isEmpty()
            ? Optional.empty()
            : Optional.of(CpuModel.of(cpu).orElseThrow(
                () -> new UsageException("--cpu " + cpu + ": give portfire-v2, portfire-v3 or host"))),
        words.has("--profile"),
        path(words, "--symbols")));
  }

  private static Optional<Path> path(Words words, String option) throws UsageException {
    String value = words.value(option, "");
    if (value.isEmpty()) {
      if (words.has(option)) {
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
