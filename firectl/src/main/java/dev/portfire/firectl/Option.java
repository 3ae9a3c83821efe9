package dev.portfire.firectl;

/** The options, in the order of the help. */
enum Option {
  FIRECRACKER_BINARY("firecracker-binary", Kind.TEXT, "", "Path to the firecracker to start; found in PATH if not given"),
  KERNEL("kernel", Kind.TEXT, "./vmlinux", "Path to the kernel image"),
  KERNEL_OPTS(
      "kernel-opts",
      Kind.TEXT,
      "ro console=ttyS0 noapic reboot=k panic=1 pci=off nomodules",
      "Kernel command line, passed on as it is"),
  INITRD_PATH("initrd-path", Kind.TEXT, "", "Path to the initial RAM disk"),
  ROOT_DRIVE("root-drive", Kind.TEXT, "", "Path to the root disk image, with :ro or :rw behind it; :rw if not given"),
  ROOT_PARTITION("root-partition", Kind.TEXT, "", "UUID of the root disk's partition to boot from"),
  ADD_DRIVE("add-drive", Kind.TEXTS, "", "Path to a further disk image, with :ro or :rw behind it; can be repeated"),
  TAP_DEVICE("tap-device", Kind.TEXTS, "", "Network interface, as DEVICE/MACADDR; can be repeated"),
  VSOCK_DEVICE("vsock-device", Kind.TEXTS, "", "Socket device, as PATH:CID; can be repeated, and the last one counts"),
  VMM_LOG_FIFO("vmm-log-fifo", Kind.TEXT, "", "FIFO to make for the log of firecracker"),
  LOG_LEVEL("log-level", Kind.TEXT, "Debug", "Level of the log of firecracker"),
  METRICS_FIFO("metrics-fifo", Kind.TEXT, "", "FIFO to make for the metrics of firecracker"),
  DISABLE_SMT('t', "disable-smt", Kind.FLAG, "", "No two vCPUs share a core"),
  NCPUS('c', "ncpus", Kind.INT64, "1", "Number of vCPUs"),
  CPU_TEMPLATE("cpu-template", Kind.TEXT, "", "Static CPU template, such as T2 or C3"),
  MEMORY('m', "memory", Kind.INT64, "512", "Memory in MiB"),
  METADATA("metadata", Kind.TEXT, "", "JSON for the metadata service"),
  FIRECRACKER_LOG('l', "firecracker-log", Kind.TEXT, "", "File that the log of firecracker is appended to"),
  SOCKET_PATH('s', "socket-path", Kind.TEXT, "", "Path of the API socket; a new one in $HOME if not given"),
  DEBUG('d', "debug", Kind.FLAG, "", "Tell of each request"),
  SHUTDOWN_TIMEOUT(
      "shutdown-timeout",
      Kind.INT64,
      "30",
      "Seconds that the guest has after Ctrl-Alt-Del before firecracker is ended; 0 for any time"),
  JAILER("jailer", Kind.TEXT, "", "Path to the jailer to start firecracker with"),
  ID("id", Kind.TEXT, "", "Jailer: identifier of the microVM"),
  EXEC_FILE("exec-file", Kind.TEXT, "", "Jailer: path to the firecracker to jail"),
  UID("uid", Kind.INT, "0", "Jailer: user"),
  GID("gid", Kind.INT, "0", "Jailer: group"),
  NODE("node", Kind.INT, "0", "Jailer: NUMA node"),
  CHROOT_BASE_DIR("chroot-base-dir", Kind.TEXT, "", "Jailer: directory of the jails"),
  DAEMONIZE("daemonize", Kind.FLAG, "", "Jailer: do not wait for firecracker"),
  VERSION("version", Kind.FLAG, "", "Print the version"),
  HELP('h', "help", Kind.FLAG, "", "Show this help message");

  /** What an option takes. */
  enum Kind {
    /** Nothing. */
    FLAG,
    /** Anything; the last one counts. */
    TEXT,
    /** Anything, several times. */
    TEXTS,
    /** A number of 64 bits with a sign. */
    INT,
    /** The same by another name. */
    INT64
  }

  private static final char NONE = '\0';

  /** Its letter, or {@link #NONE}. */
  private final char letter;

  final String longName;
  final Kind kind;

  /** What counts if it is not given. */
  final String initial;

  final String description;

  Option(char letter, String longName, Kind kind, String initial, String description) {
    this.letter = letter;
    this.longName = longName;
    this.kind = kind;
    this.initial = initial;
    this.description = description;
  }

  Option(String longName, Kind kind, String initial, String description) {
    this(NONE, longName, kind, initial, description);
  }

  boolean hasLetter() {
    return letter != NONE;
  }

  boolean isLetter(char c) {
    return hasLetter() && letter == c;
  }

  boolean isNumber() {
    return kind == Kind.INT || kind == Kind.INT64;
  }

  /** As errors name it: {@code -c, --ncpus}. */
  @Override
  public String toString() {
    return hasLetter() ? "-" + letter + ", --" + longName : "--" + longName;
  }
}
