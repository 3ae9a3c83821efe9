package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bin/jailer} and a static program, looked at from inside the jail and from outside. */
final class JailerIT {
  private static final int UID = 10_000;
  private static final int GID = 10_001;
  private static final Path CGROUP = Path.of("/sys/fs/cgroup");

  @TempDir
  Path directory;

  private Path base;
  private Process victim;

  @BeforeEach
  void prepare() throws Exception {
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "the jailer works on x86-64 only");
    Assumptions.assumeTrue(isRoot(), "only root can jail anything");
    // Who is in the jail has to get there.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    base = Files.createDirectory(directory.toRealPath().resolve("base"));
    victim = new ProcessBuilder("sleep", "1000").start();
  }

  @AfterEach
  void end() {
    if (victim != null) {
      victim.destroyForcibly();
    }
  }

  private String victim() {
    return Long.toString(victim.pid());
  }

  static boolean isRoot() throws IOException {
    return ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")) == 0;
  }

  private Path probe() throws Exception {
    Path source = Path.of(Objects.requireNonNull(JailerIT.class.getResource("jailed.c")).toURI());
    return VsockE2E.compile(directory, "probe", Files.readString(source));
  }

  private List<String> command(Path program, String id, String... options) {
    List<String> words = new ArrayList<>(List.of(
        Portfire.BIN.resolve("jailer").toString(), "--id", id, "--exec-file", program.toString(), "--uid", "" + UID, "--gid",
        "" + GID, "--chroot-base-dir", base.toString()));
    words.addAll(List.of(options));
    return words;
  }

  private Path root(String id) {
    return base.resolve("probe").resolve(id).resolve("root");
  }

  private static void await(String what, Path file) throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!Files.exists(file)) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.sleep(10);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String status(Path thread, String field) {
    return text(thread.resolve("status"))
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .map(line -> line.substring(field.length() + 1).strip().replace('\t', ' '))
        .findFirst()
        .orElseThrow();
  }

  private static void kill(long pid) throws Exception {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    long end = System.nanoTime() + 10_000_000_000L;
    while (Files.exists(Path.of("/proc/" + pid + "/exe")) && System.nanoTime() < end) {
      Thread.sleep(10);
    }
  }

  private static void need(String... command) throws Exception {
    Portfire.Result result = Portfire.process("", List.of(command));
    Assumptions.assumeTrue(result.status() == 0, String.join(" ", command) + ": " + result.err());
  }

  /** All files below a directory. */
  private static List<String> tree(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.map(file -> directory.relativize(file).toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void checkFile(Path file, String mode, int uid, int gid) throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)))
        .as(file.toString()).isEqualTo(mode);
    assertThat(Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS)).as(file.toString()).isEqualTo(uid);
    assertThat(Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS)).as(file.toString()).isEqualTo(gid);
  }

  private static void checkDevice(Path file, int major, int minor) throws IOException {
    checkFile(file, "rw-------", UID, GID);
    assertThat((int) Files.getAttribute(file, "unix:mode") & 0170000).isEqualTo(0020000);
    assertThat((long) Files.getAttribute(file, "unix:rdev")).as(file.toString())
        .isEqualTo((long) major << 8 | minor & 0xff | (long) (minor & ~0xff) << 12);
  }

  private static Optional<Integer> userfaultfd() {
    return text(Path.of("/proc/misc")).lines().map(String::strip).filter(line -> line.endsWith(" userfaultfd"))
        .map(line -> Integer.valueOf(line.split(" ")[0])).findFirst();
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void aProgramIsJailed(boolean daemonize, boolean newPid) throws Exception {
    String namespace = "pfj" + ProcessHandle.current().pid();
    need("ip", "netns", "add", namespace);
    List<String> options = new ArrayList<>(List.of("--netns", "/run/netns/" + namespace));
    if (daemonize) {
      options.add("--daemonize");
    }
    if (newPid) {
      options.add("--new-pid-ns");
    }
    options.addAll(List.of("--resource-limit", "fsize=1000000", "--resource-limit", "no-file=100", "--", "--id", "one two",
        victim()));
    Path program = probe();
    // With a variable and with descriptors that are not for the jail, in a session of its own or not.
    List<String> words = new ArrayList<>(List.of(
        "setsid", "sh", "-c", "exec 5</etc/passwd 9</etc; exec \"$@\"", "sh"));
    words.addAll(command(program, "a-1", options.toArray(String[]::new)));
    ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
    builder.environment().put("SECRET", "1");
    Process jailer = builder.start();
    long pid = 0;
    try {
      if (daemonize || newPid) {
        assertThat(jailer.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(jailer.exitValue()).isZero();
        // The program runs before the jailer says that it has been started.
        assertThat(root("a-1").resolve("probe.pid")).exists();
      }
      await("what the jailed program writes", root("a-1").resolve("run/found"));
      pid = Long.parseLong(text(root("a-1").resolve("probe.pid")));
      checkFromInside(text(root("a-1").resolve("run/found")), pid, newPid, daemonize);
      checkFromOutside(Path.of("/proc/" + pid), newPid, daemonize, namespace);
      checkFiles(program);
      assertThat(victim.isAlive()).isTrue();
    } finally {
      jailer.destroyForcibly();
      if (pid > 0) {
        kill(pid);
      }
      need("ip", "netns", "del", namespace);
    }
    assertThat(text(Path.of("/proc/mounts"))).doesNotContain(base.toString());
  }

  private void checkFromInside(String found, long pid, boolean newPid, boolean daemonize) {
    // In a PID namespace of its own there are no other processes at all.
    String process = newPid ? "ESRCH" : "EPERM";
    // The jailer led its session. A daemon does not, so that it never gets a terminal.
    boolean leads = !daemonize;
    assertThat(found).matches("""
        open: 0 1 2
        argument: /probe
        argument: --id
        argument: a-1
        argument: --start-time-us
        argument: [0-9]+
        argument: --start-time-cpu-us
        argument: [0-9]+
        argument: --parent-cpu-time-us
        argument: [0-9]+
        argument: --id
        argument: one two
        argument: %d
        directory: /
        ids: 10000 10000 10001 10001, 0 groups
        process: %d, leads: %d
        files: 100 100
        size: 1000000 1000000
        root: \\. \\.\\. dev probe probe.pid run
        open a file of the host: ENOENT
        open /proc: ENOENT
        trace: %s
        kill: %s
        mknod: EPERM
        mount: EPERM
        unmount: EPERM
        chroot: EPERM
        make a mount namespace: EPERM
        raw socket: EPERM
        packet socket: EPERM
        setuid: EPERM
        setgid: EPERM
        setgroups: EPERM
        raise a limit: EPERM
        """.formatted(victim.pid(), newPid ? 1 : pid, leads ? 1 : 0, process, process));
  }

  private void checkFromOutside(Path process, boolean newPid, boolean daemonize, String namespace) throws Exception {
    Path here = Path.of("/proc/self");
    for (Path thread : threads(process)) {
      assertThat(status(thread, "Uid")).isEqualTo("10000 10000 10000 10000");
      assertThat(status(thread, "Gid")).isEqualTo("10001 10001 10001 10001");
      assertThat(status(thread, "Groups")).isEmpty();
      for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapAmb", "SigBlk")) {
        assertThat(status(thread, set)).as(set).isEqualTo("0000000000000000");
      }
      // No signal that the JVM of the jailer was not told of stays ignored.
      assertThat(Long.parseLong(status(thread, "SigIgn"), 16) & 1L << 12).as("SIGPIPE").isZero();
      assertThat(status(thread, "SigCgt")).isEqualTo("0000000000000000");
      assertThat(status(thread, "NStgid").split(" ")).hasSize(newPid ? 2 : 1);
      assertThat(Files.isSameFile(thread.resolve("root"), root("a-1"))).isTrue();
      assertThat(Files.readSymbolicLink(thread.resolve("ns/mnt"))).isNotEqualTo(Files.readSymbolicLink(here.resolve("ns/mnt")));
      assertThat(Files.readSymbolicLink(thread.resolve("ns/pid")).equals(Files.readSymbolicLink(here.resolve("ns/pid"))))
          .isNotEqualTo(newPid);
      assertThat("net:[" + Files.getAttribute(Path.of("/run/netns", namespace), "unix:ino") + "]")
          .isEqualTo(Files.readSymbolicLink(thread.resolve("ns/net")).toString());
      for (String shared : List.of("ipc", "uts", "user", "cgroup")) {
        assertThat(Files.readSymbolicLink(thread.resolve("ns").resolve(shared)))
            .isEqualTo(Files.readSymbolicLink(here.resolve("ns").resolve(shared)));
      }
    }
    assertThat(text(process.resolve("environ"))).isEmpty();
    // One mount: the jail itself. Nothing of the host's is there any more.
    assertThat(text(process.resolve("mountinfo")).lines().map(line -> line.split(" ")[4])).containsExactly("/");
    if (daemonize) {
      for (int standard = 0; standard < 3; standard++) {
        assertThat(Files.readSymbolicLink(process.resolve("fd/" + standard))).isEqualTo(Path.of("/dev/null"));
      }
      assertThat(status(process, "PPid")).isNotEqualTo("" + ProcessHandle.current().pid());
    }
  }

  private static List<Path> threads(Path process) throws IOException {
    try (Stream<Path> threads = Files.list(process.resolve("task"))) {
      return threads.toList();
    }
  }

  private void checkFiles(Path program) throws IOException {
    Path root = root("a-1");
    for (String name : List.of("", "dev", "dev/net", "run")) {
      checkFile(root.resolve(name), "rwx------", UID, GID);
    }
    checkDevice(root.resolve("dev/net/tun"), 10, 200);
    checkDevice(root.resolve("dev/kvm"), 10, 232);
    checkDevice(root.resolve("dev/urandom"), 1, 9);
    Optional<Integer> userfaultfd = userfaultfd();
    assertThat(Files.exists(root.resolve("dev/userfaultfd"))).isEqualTo(userfaultfd.isPresent());
    if (userfaultfd.isPresent()) {
      checkDevice(root.resolve("dev/userfaultfd"), 10, userfaultfd.get());
    }
    checkFile(root.resolve("probe"), PosixFilePermissions.toString(Files.getPosixFilePermissions(program)), UID, GID);
    assertThat(Files.mismatch(program, root.resolve("probe"))).isEqualTo(-1);
    checkFile(root.resolve("probe.pid"), "rw-r--r--", 0, 0);
  }

  @Test
  void whatWasMountedInTheJailIsThere() throws Exception {
    Path root = root("m");
    Files.createDirectories(root.resolve("data"));
    Path data = Files.createDirectory(directory.resolve("data"));
    Files.createFile(data.resolve("file"));
    need("mount", "--bind", data.toString(), root.resolve("data").toString());
    try {
      Process jailer = new ProcessBuilder(command(probe(), "m", "--", victim())).inheritIO().start();
      try {
        await("the program", root.resolve("run/found"));
        assertThat(Path.of("/proc/" + jailer.pid() + "/root/data/file")).exists();
        assertThat(text(root.resolve("probe.pid"))).isEqualTo("" + jailer.pid());
        assertThat(text(root.resolve("run/found"))).contains("files: 2048 2048\nsize: 18446744073709551615 ");
      } finally {
        jailer.destroyForcibly().waitFor();
      }
    } finally {
      need("umount", root.resolve("data").toString());
    }
  }

  private Portfire.Result fails(String... options) throws Exception {
    return fails(probe(), options);
  }

  /** Whatever it is that cannot be done, nothing is there afterwards that was not there before. */
  private Portfire.Result fails(Path program, String... options) throws Exception {
    List<String> before = tree(base);
    Portfire.Result result = Portfire.process("", command(program, "f", options));
    assertThat(tree(base)).as(result::toString).isEqualTo(before);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("\nError: ");
    return result;
  }

  private void fails(String message, Path program, String... options) throws Exception {
    assertThat(fails(program, options).err().substring(0, message.length() + 1)).isEqualTo(message + "\n");
  }

  @Test
  void whatIsInTheWayStays() throws Exception {
    Path program = probe();
    Path root = Files.createDirectories(root("f"));
    Path copy = root.resolve("probe");
    Files.createSymbolicLink(copy, Path.of("/etc/passwd"));
    fails("Failed to open " + copy + ": Symbolic link loop (os error 40)", program);
    Files.delete(copy);
    Files.createFile(copy);
    Files.createLink(root.resolve("other"), copy);
    fails("Detected hard link at: " + copy, program);
    Files.delete(root.resolve("other"));
    Files.delete(copy);
    for (String device : List.of("/dev/net/tun", "/dev/kvm")) {
      Path file = root.resolve(device.substring(1));
      Files.createDirectories(file.getParent());
      Files.createFile(file);
      for (String option : List.of("--daemonize", "--new-pid-ns")) {
        fails("Failed to create " + device + " via mknod inside the jail: File exists (os error 17)", program, option);
      }
      Files.delete(file);
    }
    Files.createFile(root.resolve("probe.pid"));
    fails("Failed to open file /probe.pid: File exists (os error 17)", program);
    fails("Failed to open file /probe.pid: File exists (os error 17)", program, "--new-pid-ns");
    fails("Failed to open file /probe.pid: File exists (os error 17)", program, "--daemonize", "--new-pid-ns");
    fails("Failed to open file /probe.pid: File exists (os error 17)", program, "--daemonize");
    assertThat(root.resolve("probe.pid")).isEmptyFile();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--daemonize", "--new-pid-ns", "--daemonize --new-pid-ns"})
  void whatCannotBeExecutedLeavesNothing(String options) throws Exception {
    String[] words = options.isEmpty() ? new String[0] : options.split(" ");
    Path program = Files.writeString(directory.resolve("text"), "no program\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    fails("Failed to exec into Firecracker: Exec format error (os error 8)", program, words);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rw-r--r--"));
    fails("Failed to exec into Firecracker: Permission denied (os error 13)", program, words);
    List<String> withLimit = new ArrayList<>(Arrays.asList(words));
    withLimit.addAll(List.of("--resource-limit", "no-file=3"));
    String missing = withLimit.contains("--daemonize") ? "Failed to open /dev/null: " : "Failed to open file /text.pid: ";
    Portfire.Result result = fails(program, withLimit.toArray(String[]::new));
    assertThat(result.err()).startsWith(missing).contains("No file descriptors available (os error 24)");
    assertThat(fails(program, "--netns", "/run/netns/none").err())
        .startsWith("Failed to open file /run/netns/none: No such file or directory (os error 2)\n");
    assertThat(fails(program, "--netns", "/etc/passwd").err())
        .startsWith("Failed to join the network namespace /etc/passwd: setns(fd, 1073741824): Invalid argument (os error 22)\n");
  }

  @Test
  void randomNumbersCanBeMissed() throws Exception {
    Path device = Files.createDirectories(root("r").resolve("dev")).resolve("urandom");
    Files.createFile(device);
    Path said = directory.resolve("said");
    // What is jailed keeps stdout open.
    Process jailer = new ProcessBuilder(command(probe(), "r", "--new-pid-ns", "--", victim()))
        .redirectOutput(said.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    assertThat(jailer.waitFor()).isZero();
    kill(Long.parseLong(text(root("r").resolve("probe.pid"))));
    assertThat(text(said)).isEqualTo("""
        Warning! Could not create /dev/urandom device inside jailer: File exists (os error 17).
        MMDS version 2 will not be available to use.
        """);
  }

  @Test
  void anOldCopyIsReplaced() throws Exception {
    Path copy = Files.createDirectories(root("o")).resolve("probe");
    Path program = probe();
    Files.write(copy, new byte[(int) Files.size(program) + 1000]);
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
    Process jailer = new ProcessBuilder(command(program, "o", "--", victim())).inheritIO().start();
    try {
      await("the program", root("o").resolve("run/found"));
      assertThat(Files.mismatch(program, copy)).isEqualTo(-1);
    } finally {
      jailer.destroyForcibly().waitFor();
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.WRITE);
  }

  @Test
  void version1() throws Exception {
    Path pids = CGROUP.resolve("pids");
    Path cpuset = CGROUP.resolve("cpuset");
    Assumptions.assumeTrue(
        Files.exists(pids.resolve("tasks")) && Files.exists(cpuset.resolve("cpuset.cpus")), "no cgroup hierarchies of version 1 here");
    String parent = "pfj" + ProcessHandle.current().pid() + "/inner";
    String mems = text(cpuset.resolve("cpuset.mems")).strip().substring(0, 1);
    List<String> options = List.of(
        "--parent-cgroup", parent, "--cgroup", "pids.max=77", "--cgroup", "cpuset.cpus=0", "--cgroup", "cpuset.mems=" + mems);
    try {
      Process jailer = new ProcessBuilder(
              command(probe(), "c", Stream.concat(options.stream(), Stream.of("--", victim())).toArray(String[]::new)))
          .inheritIO()
          .start();
      try {
        await("the program", root("c").resolve("run/found"));
        assertThat(text(pids.resolve(parent + "/c/pids.max"))).isEqualTo("77\n");
        assertThat(text(cpuset.resolve(parent + "/c/cpuset.cpus"))).isEqualTo("0\n");
        assertThat(text(cpuset.resolve(parent + "/cpuset.cpus"))).isEqualTo(text(cpuset.resolve("cpuset.cpus")));
        for (Path hierarchy : List.of(pids, cpuset)) {
          assertThat(text(hierarchy.resolve(parent + "/c/tasks"))).isEqualTo(jailer.pid() + "\n");
        }
        assertThat(text(Path.of("/proc/" + jailer.pid() + "/cgroup")))
            .contains(":pids:/" + parent + "/c\n", ":cpuset:/" + parent + "/c\n");
      } finally {
        jailer.destroyForcibly().waitFor();
      }
    } finally {
      remove(pids, parent + "/c");
      remove(cpuset, parent + "/c");
    }
    fails("Failed to exec into Firecracker: Exec format error (os error 8)", text(), options.toArray(String[]::new));
    assertThat(pids.resolve(Path.of(parent).getName(0))).doesNotExist();
    assertThat(cpuset.resolve(Path.of(parent).getName(0))).doesNotExist();
    assertThat(fails("--parent-cgroup", parent, "--cgroup", "pids.max=nonsense").err()).startsWith(
        "Failed to write to %s/pids.max: write(\"nonsense\"): Invalid argument (os error 22)\n".formatted(pids.resolve(parent + "/f")));
    assertThat(pids.resolve(Path.of(parent).getName(0))).doesNotExist();
    assertThat(fails("--cgroup", "nothing.max=1").err()).startsWith("Controller nothing is unavailable\n");
  }

  /** An executable file that is no program. */
  private Path text() throws IOException {
    Path program = Files.writeString(directory.resolve("text"), "no program\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program;
  }

  /** Removes a cgroup and those above it, once the processes in it are gone. */
  private static void remove(Path hierarchy, String path) throws Exception {
    for (Path at = Path.of(path); at != null; at = at.getParent()) {
      for (int i = 0; i < 100 && Files.exists(hierarchy.resolve(at)); i++) {
        try {
          Files.delete(hierarchy.resolve(at));
        } catch (IOException e) {
          Thread.sleep(20);
        }
      }
    }
  }

  private static Path unified() {
    return text(Path.of("/proc/mounts")).lines().map(line -> line.split(" ")).filter(fields -> fields[2].equals("cgroup2"))
        .map(fields -> Path.of(fields[1])).findFirst()
        .orElseGet(() -> Assumptions.abort("no cgroup hierarchy of version 2 here"));
  }

  /** A controller that can be passed on, and a file of it. */
  private static String[] value(Path mount) {
    List<String> controllers = List.of(text(mount.resolve("cgroup.controllers")).strip().split(" "));
    if (controllers.contains("pids")) {
      return new String[] {"pids", "pids.max", "77"};
    }
    if (controllers.contains("hugetlb")) {
      return new String[] {"hugetlb", "hugetlb.2MB.max", "4194304"};
    }
    return Assumptions.abort("the hierarchy of version 2 has neither pids nor hugetlb");
  }

  @Test
  void version2() throws Exception {
    Path mount = unified();
    String[] value = value(mount);
    String enabled = text(mount.resolve("cgroup.subtree_control"));
    String parent = "pfj" + ProcessHandle.current().pid() + "/inner";
    List<String> options =
        List.of("--cgroup-version", "2", "--parent-cgroup", parent, "--cgroup", value[1] + "=" + value[2]);
    try {
      Process jailer = new ProcessBuilder(
              command(probe(), "c", Stream.concat(options.stream(), Stream.of("--", victim())).toArray(String[]::new)))
          .inheritIO()
          .start();
      try {
        await("the program", root("c").resolve("run/found"));
        assertThat(text(mount.resolve(parent + "/c/" + value[1]))).isEqualTo(value[2] + "\n");
        assertThat(text(mount.resolve(parent + "/c/cgroup.procs"))).isEqualTo(jailer.pid() + "\n");
        for (Path at = Path.of(parent); at != null; at = at.getParent()) {
          assertThat(text(mount.resolve(at).resolve("cgroup.subtree_control"))).contains(value[0]);
        }
        assertThat(text(mount.resolve("cgroup.subtree_control"))).contains(value[0]);
      } finally {
        jailer.destroyForcibly().waitFor();
      }
      remove(mount, parent + "/c");
      fails("Failed to exec into Firecracker: Exec format error (os error 8)", text(), options.toArray(String[]::new));
      assertThat(mount.resolve(Path.of(parent).getName(0))).doesNotExist();
    } finally {
      remove(mount, parent + "/c");
      if (!enabled.contains(value[0])) {
        write(mount.resolve("cgroup.subtree_control"), "-" + value[0]);
      }
    }
  }

  @Test
  void version2WithoutValues() throws Exception {
    Path mount = unified();
    String parent = "pfj" + ProcessHandle.current().pid();
    String[] options = {"--cgroup-version", "2", "--parent-cgroup", parent, "--", victim()};
    // It is not there: nothing is done about it.
    Process jailer = new ProcessBuilder(command(probe(), "n", options)).inheritIO().start();
    try {
      await("the program", root("n").resolve("run/found"));
      assertThat(mount.resolve(parent)).doesNotExist();
    } finally {
      jailer.destroyForcibly().waitFor();
    }
    Files.createDirectory(mount.resolve(parent));
    String enabled = text(mount.resolve("cgroup.subtree_control"));
    String[] value = value(mount);
    try {
      jailer = new ProcessBuilder(command(probe(), "p", options)).inheritIO().start();
      try {
        await("the program", root("p").resolve("run/found"));
        assertThat(text(mount.resolve(parent + "/cgroup.procs"))).isEqualTo(jailer.pid() + "\n");
      } finally {
        jailer.destroyForcibly().waitFor();
      }
      fails("Failed to exec into Firecracker: Exec format error (os error 8)", text(), options);
      assertThat(text(mount.resolve(parent + "/cgroup.procs"))).isEmpty();
      write(mount.resolve("cgroup.subtree_control"), "+" + value[0]);
      write(mount.resolve(parent + "/cgroup.subtree_control"), "+" + value[0]);
      assertThat(fails(options).err()).startsWith(
          "Failed to move process to cgroup (%s): Resource busy (os error 16).\nHint: ".formatted(mount.resolve(parent)));
    } finally {
      remove(mount, parent);
      if (!enabled.contains(value[0])) {
        write(mount.resolve("cgroup.subtree_control"), "-" + value[0]);
      }
    }
  }
}
