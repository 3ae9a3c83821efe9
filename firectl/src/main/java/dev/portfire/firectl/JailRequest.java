package dev.portfire.firectl;

import dev.portfire.client.Setting;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What the options say about a jail: how the jailer is started, where the jail is, and how files get into it. Files are linked, so jail and
 * files have to be on one file system; a kernel and an initial RAM disk that are not are copied.
 */
final class JailRequest {
  private static final String SOCKET = "/run/firecracker.socket";
  private static final Path MOUNTS = Path.of("/proc/mounts");
  private static final int CGROUP_ATTEMPTS = 25;
  private static final long CGROUP_PAUSE_NANOS = 20_000_000;
  private static final Path NODES = Path.of("/sys/devices/system/node");

  private final String id;
  private final long uid;
  private final long gid;
  private final Path execFile;
  private final Path base;
  private final String name;
  private final List<String> cgroupOptions;
  private final List<Path> cgroups;
  private final boolean givesBase;
  private final boolean daemonize;
  private final boolean isNew;
  private final Set<String> taken = new HashSet<>();

  private JailRequest(Options options, Path execFile, Path base, String name, Cpuset cpuset) {
    this.id = options.text(Option.ID);
    this.uid = options.number(Option.UID);
    this.gid = options.number(Option.GID);
    this.execFile = execFile;
    this.base = base;
    this.name = name;
    this.cgroupOptions = cpuset.options;
    this.cgroups = cpuset.mount.map(mount -> mount.resolve(name)).map(parent -> List.of(parent.resolve(id), parent)).orElse(List.of());
    this.givesBase = options.nonEmpty(Option.CHROOT_BASE_DIR).isPresent();
    this.daemonize = options.flag(Option.DAEMONIZE);
    this.isNew = !Files.exists(directory());
  }

  /**
   * How processors and memory of a NUMA node are asked for.
   *
   * @param mount the hierarchy in which a cgroup comes into being
   */
  private record Cpuset(List<String> options, Optional<Path> mount) {}

  /**
   * Reads the options.
   *
   * @param launcher the file that all links of Portfire's tools lead to, whose jails are named by the link
   */
  static JailRequest of(Options options, Optional<Path> launcher) throws FirectlException {
    if (options.nonEmpty(Option.ID).isEmpty()) {
      throw new FirectlException("--jailer needs --id");
    }
    String exec = options.nonEmpty(Option.EXEC_FILE)
        .orElseThrow(() -> new FirectlException("--jailer needs --exec-file"));
    if (options.flag(Option.DAEMONIZE)
        && Stream.of(Option.VMM_LOG_FIFO, Option.METRICS_FIFO, Option.FIRECRACKER_LOG).anyMatch(fifo -> options.nonEmpty(fifo).isPresent())) {
      throw new FirectlException(
          "with --daemonize nobody would be there to look after FIFOs: leave --vmm-log-fifo, --metrics-fifo and --firecracker-log out");
    }
    try {
      Path given = Path.of(exec).toAbsolutePath();
      Path real = given.toRealPath();
      boolean isPortfire = launcher.isPresent() && Files.isSameFile(launcher.get(), real);
      Path named = isPortfire ? given.normalize() : real;
      Path base = Path.of(options.nonEmpty(Option.CHROOT_BASE_DIR).orElse(Instance.DEFAULT_BASE)).toRealPath();
      String mounts = Files.exists(MOUNTS) ? Files.readString(MOUNTS) : "";
      return new JailRequest(options, given, base, String.valueOf(named.getFileName()), cpuset(options.number(Option.NODE), mounts));
    } catch (IOException e) {
      throw new FirectlException("the jail cannot be made: " + reason(e));
    } catch (InvalidPathException e) {
      throw new FirectlException("--exec-file or --chroot-base-dir is no path: " + e.getMessage());
    }
  }

  private static String reason(IOException e) {
    return e instanceof FileSystemException about && about.getReason() == null
        ? about.getFile() + ": no such file or directory, or it cannot be opened"
        : String.valueOf(e.getMessage());
  }

  /** Of version 1 if there is a hierarchy with cpuset, else of version 2 if that has it, else none. */
  private static Cpuset cpuset(long node, String mounts) {
    String processors;
    try {
      processors = Files.readString(NODES.resolve("node" + node).resolve("cpulist")).strip();
    } catch (IOException e) {
      return new Cpuset(List.of(), Optional.empty());
    }
    List<String> values = List.of("--cgroup", "cpuset.mems=" + node, "--cgroup", "cpuset.cpus=" + processors);
    for (String line : mounts.lines().toList()) {
      String[] fields = line.split(" ");
      if (fields.length >= 4 && fields[2].equals("cgroup") && List.of(fields[3].split(",")).contains("cpuset")) {
        return new Cpuset(values, Optional.of(Path.of(fields[1])));
      }
    }
    for (String line : mounts.lines().toList()) {
      String[] fields = line.split(" ");
      if (fields.length >= 4 && fields[2].equals("cgroup2") && hasCpuset(Path.of(fields[1]))) {
        List<String> all = new ArrayList<>(List.of("--cgroup-version", "2"));
        all.addAll(values);
        return new Cpuset(all, Optional.of(Path.of(fields[1])));
      }
    }
    return new Cpuset(List.of(), Optional.empty());
  }

  private static boolean hasCpuset(Path mount) {
    try {
      return List.of(Files.readString(mount.resolve("cgroup.controllers")).strip().split(" ")).contains("cpuset");
    } catch (IOException e) {
      return false;
    }
  }

  /** The jailer's command line. */
  List<String> command(Path jailer) {
    List<String> words = new ArrayList<>(List.of(
        jailer.toString(), "--id", id, "--uid", Long.toString(uid), "--gid", Long.toString(gid), "--exec-file", execFile.toString()));
    words.addAll(cgroupOptions);
    if (givesBase) {
      words.addAll(List.of("--chroot-base-dir", base.toString()));
    }
    if (daemonize) {
      words.add("--daemonize");
    }
    words.addAll(List.of("--", "--no-seccomp", "--api-sock", SOCKET));
    return words;
  }

  boolean daemonizes() {
    return daemonize;
  }

  private Path directory() {
    return base.resolve(name).resolve(id);
  }

  private Path root() {
    return directory().resolve("root");
  }

  /** The API's socket as the host sees it. */
  Path socket() {
    return root().resolve(SOCKET.substring(1));
  }

  /** The process that the jailer has started. */
  ProcessHandle process() throws FirectlException {
    Path file = root().resolve(name + ".pid");
    try {
      return ProcessHandle.of(Long.parseLong(Files.readString(file)))
          .orElseThrow(() -> new FirectlException("firecracker has ended: there is no process of the number in " + file));
    } catch (IOException | NumberFormatException e) {
      throw new FirectlException("the jailer has left no process's number in " + file + ": " + e.getMessage());
    }
  }

  /** Gives the jail the files of a configuration, which then has their names there. */
  Configuration give(Configuration outside) throws FirectlException {
    Setting.BootSource boot = outside.boot();
    String kernel = give(boot.kernelImagePath(), true);
    Optional<String> initrd = Optional.empty();
    if (boot.initrdPath().isPresent()) {
      initrd = Optional.of(give(boot.initrdPath().get(), true));
    }
    List<Setting.Drive> drives = new ArrayList<>();
    for (Setting.Drive drive : outside.drives()) {
      drives.add(new Setting.Drive(
          drive.driveId(), give(drive.pathOnHost(), false), drive.isRootDevice(), drive.isReadOnly(), drive.partuuid()));
    }
    return new Configuration(
        outside.machine(), new Setting.BootSource(kernel, initrd, boot.bootArgs()), drives, outside.networks(), outside.vsocks(),
        outside.metadata());
  }

  /** Gives it a FIFO, which becomes the jailed user's. */
  String giveFifo(Path fifo) throws FirectlException {
    try {
      Files.setAttribute(fifo, "unix:gid", (int) gid);
      Files.setAttribute(fifo, "unix:uid", (int) uid);
    } catch (IOException e) {
      throw new FirectlException("the FIFO " + fifo + " cannot be given to the user " + uid + ": " + reason(e));
    }
    return give(fifo.toString(), false);
  }

  private String give(String path, boolean mayCopy) throws FirectlException {
    Path file = Path.of(path).toAbsolutePath();
    String wanted = String.valueOf(file.getFileName());
    String free = wanted;
    for (int i = 2; !taken.add(free); i++) {
      free = i + "-" + wanted;
    }
    Path target = root().resolve(free);
    try {
      Path real = file.toRealPath();
      if (mayCopy && !Files.getFileStore(real).equals(Files.getFileStore(root()))) {
        Files.copy(real, target);
        Files.setAttribute(target, "unix:gid", (int) gid);
        Files.setAttribute(target, "unix:uid", (int) uid);
      } else {
        Files.createLink(target, real);
      }
      return free;
    } catch (IOException e) {
      throw new FirectlException(
          "%s cannot be linked to %s: %s; both have to be on one file system".formatted(path, target, reason(e)));
    }
  }

  /** Removes the jail and its cgroup, if they were not there before and nobody has mounted anything there. */
  void remove() throws IOException {
    for (Path cgroup : cgroups) {
      removeCgroup(cgroup);
    }
    Path directory = directory();
    if (!isNew || !Files.exists(directory)) {
      return;
    }
    if (Files.readString(MOUNTS).contains(" " + directory + "/")) {
      throw new IOException("something is mounted there");
    }
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.toList();
    }
    for (Path file : files.reversed()) {
      Files.delete(file);
    }
    try {
      Files.deleteIfExists(base.resolve(name));
    } catch (IOException e) {
      // There are other jails.
    }
  }

  /** The kernel is not done with a process at once when it has ended. */
  private static void removeCgroup(Path cgroup) {
    for (int i = 0; i < CGROUP_ATTEMPTS; i++) {
      try {
        Files.deleteIfExists(cgroup);
        return;
      } catch (DirectoryNotEmptyException e) {
        return;
      } catch (IOException e) {
        // Somebody is in it, if only for a moment.
        LockSupport.parkNanos(CGROUP_PAUSE_NANOS);
      }
    }
  }
}
