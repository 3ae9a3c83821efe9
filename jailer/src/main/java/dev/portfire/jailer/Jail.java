package dev.portfire.jailer;

import dev.portfire.jailer.JailerException.Kind;
import dev.portfire.linux.CallSequence;
import dev.portfire.linux.CallSequence.Call;
import dev.portfire.linux.ProcessCalls;
import dev.portfire.linux.SystemCallException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One jail and what is executed in it, from the directory to execve. Each step is a method, in the order of {@link #enter}. The first ones
 * are Java; those from {@link #closeDescriptors} on are system calls of the {@link JailThread}, prepared here and made without Java between
 * them, once up to the jail ({@link #jail}) and once from there to the program ({@link #launch}).
 */
final class Jail {
  private static final int AT_LEAST = 3;
  private static final long UINT_MAX = 0xffff_ffffL;
  private static final int CLOSE_RANGE_UNSHARE = 2;

  private static final int O_WRONLY = 1;
  private static final int O_CREAT = 0100;
  private static final int O_EXCL = 0200;
  private static final int O_CLOEXEC = 02000000;

  private static final int CLONE_NEWNS = 0x20000;
  private static final int CLONE_NEWPID = 0x20000000;
  private static final int CLONE_NEWNET = 0x40000000;
  private static final int SIGCHLD = 17;
  private static final int SIG_SETMASK = 2;
  private static final int SIGSET_BYTES = 8;

  private static final int MS_RDONLY = 1;
  private static final int MS_NOSUID = 2;
  private static final int MS_NODEV = 4;
  private static final int MS_REMOUNT = 32;
  private static final int MS_BIND = 4096;
  private static final int MS_REC = 16384;
  private static final int MS_SLAVE = 1 << 19;
  private static final int MNT_DETACH = 2;

  private static final int DIRECTORY = 0700;
  private static final int DEVICE = 020600;
  private static final int FILE = 0666;

  private static final int MISC = 10;
  private static final int TUN = 200;
  private static final int KVM = 232;
  private static final int MEMORY_DEVICES = 1;
  private static final int URANDOM = 9;

  private static final MemorySegment NULL = MemorySegment.NULL;

  /** What a forked child tells. */
  private static final int REPORT_BYTES = 16;

  private final Settings settings;
  private final Arguments arguments;
  private final Cgroups cgroups;
  private final Limits limits;
  private final Optional<PortfireRuntime> runtime;
  private final Map<String, String> environment;
  private final PrintStream out;
  private final Undo undo;
  private final Path root;
  private final long startMicros;

  /** The call that opens /dev/null, if it is needed. */
  private Optional<Call> nullDevice = Optional.empty();

  /**
   * Prepares nothing yet.
   *
   * @param runtime what to jail instead of one file, if that is Portfire's own
   * @param out for warnings
   * @param startMicros when the jailer was started, by the monotonic clock
   */
  Jail(
      Settings settings,
      Arguments arguments,
      Cgroups cgroups,
      Limits limits,
      Optional<PortfireRuntime> runtime,
      Map<String, String> environment,
      PrintStream out,
      Undo undo,
      long startMicros) {
    this.settings = settings;
    this.arguments = arguments;
    this.cgroups = cgroups;
    this.limits = limits;
    this.runtime = runtime;
    this.environment = environment;
    this.out = out;
    this.undo = undo;
    this.root = settings.root();
    this.startMicros = startMicros;
  }

  /** Does it all. Returns only if the program runs in another process, and when it does. */
  void enter() throws JailerException, InterruptedException {
    OptionalInt userfaultfd = findUserfaultfd();
    createRoot();
    if (runtime.isPresent()) {
      prepareRuntime(runtime.get());
    } else {
      copyExecFile();
    }
    checkNetworkNamespace();
    makeCgroups();
    try (JailThread thread = new JailThread();
        Steps question = new Steps();
        Steps jail = new Steps();
        Steps launch = new Steps()) {
      boolean leader = isSessionLeader(question, thread);
      OptionalInt report = needsReport() ? OptionalInt.of(openReport(thread)) : OptionalInt.empty();
      Call urandom = jail(jail, report, userfaultfd);
      jail.run(thread, -1);
      warnAboutUrandom(urandom);
      launch(launch, leader, report);
      launch.run(thread, report.orElse(-1));
      if (report.isPresent()) {
        awaitExec(thread, launch);
      }
    }
  }

  // Steps in Java.

  /** The minor number of userfaultfd's device, if the kernel has one. */
  private static OptionalInt findUserfaultfd() {
    try {
      return userfaultfd(Files.readString(Path.of("/proc/misc")));
    } catch (IOException e) {
      return OptionalInt.empty();
    }
  }

  /** Finds it in the text of {@code /proc/misc}: a number, a blank and a name in each line. */
  static OptionalInt userfaultfd(String misc) {
    return misc.lines()
        .map(line -> line.strip().split(" +"))
        .filter(fields -> fields.length == 2 && fields[1].equals("userfaultfd") && fields[0].matches("[0-9]{1,6}"))
        .mapToInt(fields -> Integer.parseInt(fields[0]))
        .findFirst();
  }

  private void createRoot() throws JailerException {
    try {
      undo.makeDirectories(root);
    } catch (IOException e) {
      throw new JailerException(Kind.CHROOT, "Failed to create directory %s: %s".formatted(root, Errors.describe(e)));
    }
  }

  private void prepareRuntime(PortfireRuntime portfire) throws JailerException {
    try {
      if (arguments.has("copy-runtime")) {
        portfire.copy(root, undo);
      } else {
        portfire.makeMountPoints(root, undo);
      }
    } catch (FileSystemException e) {
      throw new JailerException(
          Kind.RUNTIME, "Failed to prepare Portfire's runtime in %s: %s: %s".formatted(root, e.getFile(), Errors.describe(e)));
    } catch (IOException e) {
      throw new JailerException(
          Kind.RUNTIME, "Failed to prepare Portfire's runtime in %s: %s".formatted(root, Errors.describe(e)));
    }
  }

  /** Copied rather than linked, so that no two programs share memory of it. */
  private void copyExecFile() throws JailerException {
    Path copy = root.resolve(settings.name());
    undo.aboutToMake(copy);
    try (FileChannel in = FileChannel.open(settings.execFile());
        FileChannel to = openCopy(copy)) {
      if ((int) Files.getAttribute(copy, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1) {
        throw new JailerException(Kind.CHROOT, "Detected hard link at: " + copy);
      }
      Files.setAttribute(copy, "unix:gid", (int) settings.gid(), LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(copy, "unix:uid", (int) settings.uid(), LinkOption.NOFOLLOW_LINKS);
      try (InputStream from = Channels.newInputStream(in); OutputStream target = Channels.newOutputStream(to)) {
        to.truncate(in.size());
        long unused = from.transferTo(target);
      }
    } catch (IOException e) {
      throw new JailerException(
          Kind.CHROOT, "Failed to copy %s to %s: %s".formatted(settings.execFile(), copy, Errors.describe(e)));
    }
  }

  private FileChannel openCopy(Path copy) throws JailerException, IOException {
    if (Files.isSymbolicLink(copy)) {
      throw new JailerException(Kind.CHROOT, "Failed to open %s: %s".formatted(copy, Errors.describe(Errors.ELOOP)));
    }
    try {
      return FileChannel.open(
          copy,
          Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS),
          PosixFilePermissions.asFileAttribute(Files.getPosixFilePermissions(settings.execFile())));
    } catch (IOException e) {
      throw new JailerException(Kind.CHROOT, "Failed to open %s: %s".formatted(copy, Errors.describe(e)));
    }
  }

  /** It is joined later, on the thread that goes into the jail; that it is missing is told before anything is written to cgroups. */
  private void checkNetworkNamespace() throws JailerException {
    Optional<String> path = arguments.value("netns");
    if (path.isPresent() && !Files.exists(Path.of(path.get()))) {
      throw new JailerException(
          Kind.NAMESPACE, "Failed to open file %s: %s".formatted(path.get(), Errors.describe(Errors.ENOENT)));
    }
  }

  private void makeCgroups() throws JailerException {
    cgroups.make(settings, undo);
    if (cgroups.movesProcess()) {
      goBackAtUndo(undo);
    }
  }

  /** Notes that this process has to go back to where it is now in the hierarchy of version 2. */
  static void goBackAtUndo(Undo undo) {
    try {
      Optional<Path> current =
          Cgroups.current(Files.readString(Path.of("/proc/mounts")), Files.readString(Path.of("/proc/self/cgroup")));
      if (current.isPresent()) {
        Path back = current.get().resolve("cgroup.procs");
        undo.add(back.toString(), () -> Files.writeString(
            back, Long.toString(ProcessHandle.current().pid()), StandardOpenOption.WRITE));
      }
    } catch (IOException e) {
      // Then this process ends where it is.
    }
  }

  private static boolean isSessionLeader(Steps steps, JailThread thread) throws JailerException, InterruptedException {
    Call session = steps.call(Kind.EXEC, "ask for the session", CallSequence.SystemCall.GETSID, 0);
    Call unused = steps.end();
    steps.run(thread, -1);
    return session.result().orElseThrow() == ProcessHandle.current().pid();
  }

  /** Whether the program will run in another process, which has to tell what went wrong there. */
  private boolean needsReport() {
    return arguments.has("daemonize") || arguments.has("new-pid-ns");
  }

  private int reportToRead = -1;
  private int reportToWrite = -1;

  private int openReport(JailThread thread) throws JailerException, InterruptedException {
    try (Steps steps = new Steps()) {
      MemorySegment ends = steps.longs(0);
      steps.call(Kind.DAEMONIZE, "make a pipe", CallSequence.SystemCall.PIPE2, ends, O_CLOEXEC);
      Call unused = steps.end();
      steps.run(thread, -1);
      reportToRead = ends.get(ValueLayout.JAVA_INT, 0);
      reportToWrite = ends.get(ValueLayout.JAVA_INT, 4);
      return reportToWrite;
    }
  }

  private void warnAboutUrandom(Call urandom) {
    if (urandom.errno().isPresent()) {
      out.println("Warning! Could not create /dev/urandom device inside jailer: %s."
          .formatted(Errors.describe(urandom.errno().getAsInt())));
      out.println("MMDS version 2 will not be available to use.");
      out.flush();
    }
  }

  /** Waits until the other process has executed the program, which closes its end of the report, or has told what went wrong. */
  private void awaitExec(JailThread thread, Steps launch) throws JailerException, InterruptedException {
    // The jail's thread has no descriptors any more; the end to write is still open here, too.
    thread.close();
    try (JailThread reader = new JailThread(); Steps steps = new Steps()) {
      MemorySegment told = steps.longs(0, 0);
      steps.call(Kind.DAEMONIZE, "close a pipe", CallSequence.SystemCall.CLOSE, reportToWrite);
      Call read = steps.call(Kind.DAEMONIZE, "read from a pipe", CallSequence.SystemCall.READ, reportToRead, told, REPORT_BYTES);
      Call unused = steps.end();
      steps.run(reader, -1);
      if (read.result().orElse(0) == REPORT_BYTES) {
        throw launch.failure(told.toArray(ValueLayout.JAVA_BYTE));
      }
    }
  }

  // Steps of the jail's thread, up to the jail.

  /** Returns the call that makes /dev/urandom. */
  private Call jail(Steps steps, OptionalInt report, OptionalInt userfaultfd) {
    closeDescriptors(steps, report);
    joinNetworkNamespace(steps);
    setLimits(steps);
    attachToCgroups(steps);
    openNull(steps);
    leaveMountNamespace(steps);
    mountRuntime(steps);
    changeRoot(steps);
    for (String directory : List.of("/", "/dev", "/dev/net", "/run")) {
      makeDirectory(steps, directory);
    }
    makeDevice(steps, "/dev/net/tun", MISC, TUN);
    makeDevice(steps, "/dev/kvm", MISC, KVM);
    Call urandom = makeUrandom(steps);
    if (userfaultfd.isPresent()) {
      makeDevice(steps, "/dev/userfaultfd", MISC, userfaultfd.getAsInt());
    }
    Call unused = steps.end();
    return urandom;
  }

  /** Leaves this thread nothing but stdin, stdout, stderr and the report; the other threads keep what they have. */
  private static void closeDescriptors(Steps steps, OptionalInt report) {
    long from = AT_LEAST;
    int flags = CLOSE_RANGE_UNSHARE;
    if (report.isPresent()) {
      if (report.getAsInt() > AT_LEAST) {
        steps.call(Kind.SANITIZE, "close descriptors", CallSequence.SystemCall.CLOSE_RANGE, from, report.getAsInt() - 1, flags);
        flags = 0;
      }
      from = report.getAsInt() + 1L;
    }
    steps.call(Kind.SANITIZE, "close descriptors", CallSequence.SystemCall.CLOSE_RANGE, from, UINT_MAX, flags);
  }

  private void joinNetworkNamespace(Steps steps) {
    Optional<String> path = arguments.value("netns");
    if (path.isPresent()) {
      steps.callWithText(
              Kind.NAMESPACE, "Failed to open file " + path.get(), CallSequence.SystemCall.OPEN, path.get(), O_CLOEXEC)
          .keepDescriptor();
      steps.call(Kind.NAMESPACE, "join the network namespace " + path.get(), CallSequence.SystemCall.SETNS, 0, CLONE_NEWNET)
          .onDescriptor();
      closeKept(steps);
    }
  }

  private static void closeKept(Steps steps) {
    steps.call(Kind.EXEC, "close a descriptor", CallSequence.SystemCall.CLOSE, 0).onDescriptor();
  }

  private void setLimits(Steps steps) {
    if (limits.fileSize().isPresent()) {
      setLimit(steps, Limits.RLIMIT_FSIZE, limits.fileSize().getAsLong(), "size of files");
    }
    setLimit(steps, Limits.RLIMIT_NOFILE, limits.files(), "number of files");
  }

  private static void setLimit(Steps steps, int resource, long value, String name) {
    steps.call(
        Kind.LIMIT,
        "set the limit of the %s to %s".formatted(name, Long.toUnsignedString(value)),
        CallSequence.SystemCall.SETRLIMIT,
        resource,
        steps.longs(value, value));
  }

  /** Version 1 has threads in cgroups, of which this one remains; 0 is the one that writes. */
  private void attachToCgroups(Steps steps) {
    for (Path file : cgroups.attachments()) {
      String text = "Failed to write to " + file;
      steps.callWithText(Kind.CGROUP, text, CallSequence.SystemCall.OPEN, file.toString(), O_WRONLY | O_CLOEXEC).keepDescriptor();
      steps.callWithText(Kind.CGROUP, text, CallSequence.SystemCall.WRITE, 0, "0", 1).onDescriptor();
      closeKept(steps);
    }
  }

  /** For the process that has no terminal; there is none in the jail. */
  private void openNull(Steps steps) {
    if (arguments.has("daemonize")) {
      nullDevice = Optional.of(steps.call(Kind.DAEMONIZE, "open /dev/null", CallSequence.SystemCall.OPEN, "/dev/null", O_CLOEXEC));
    }
  }

  /** This thread's mounts become its own; what is mounted on the host later still comes here, and nothing goes there. */
  private static void leaveMountNamespace(Steps steps) {
    steps.call(Kind.NAMESPACE, "make a mount namespace", CallSequence.SystemCall.UNSHARE, CLONE_NEWNS);
    steps.call(
        Kind.NAMESPACE, "keep mounts from spreading", CallSequence.SystemCall.MOUNT, NULL, "/", NULL, MS_SLAVE | MS_REC, NULL);
  }

  private void mountRuntime(Steps steps) {
    if (runtime.isEmpty() || arguments.has("copy-runtime")) {
      return;
    }
    for (PortfireRuntime.Part part : runtime.get().parts()) {
      String target = PortfireRuntime.inJail(root, part).toString();
      String attempt = "mount " + part.source() + " in the jail";
      steps.call(Kind.RUNTIME, attempt, CallSequence.SystemCall.MOUNT, part.source().toString(), target, NULL, MS_BIND, NULL);
      steps.call(
          Kind.RUNTIME,
          attempt + " read-only",
          CallSequence.SystemCall.MOUNT,
          NULL,
          target,
          NULL,
          MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV,
          NULL);
    }
  }

  /** pivot_root(2) wants a root that is a mount, and a place below it for the old one. Mounts that are in the jail already come along. */
  private void changeRoot(Steps steps) {
    String attempt = "change the root directory to " + root;
    steps.call(Kind.CHROOT, attempt, CallSequence.SystemCall.MOUNT, root.toString(), root.toString(), NULL, MS_BIND | MS_REC, NULL);
    steps.call(Kind.CHROOT, attempt, CallSequence.SystemCall.CHDIR, root.toString());
    undo.aboutToMake(root.resolve("old_root"));
    steps.call(Kind.CHROOT, attempt, CallSequence.SystemCall.MKDIR, "old_root", 0600);
    steps.call(Kind.CHROOT, attempt, CallSequence.SystemCall.PIVOT_ROOT, ".", "old_root");
    steps.call(Kind.CHROOT, attempt, CallSequence.SystemCall.CHDIR, "/");
    steps.call(Kind.CHROOT, attempt, CallSequence.SystemCall.UMOUNT2, "old_root", MNT_DETACH);
    steps.call(Kind.CHROOT, attempt, CallSequence.SystemCall.RMDIR, "old_root");
  }

  private void makeDirectory(Steps steps, String path) {
    if (!path.equals("/")) {
      undo.aboutToMake(root.resolve(path.substring(1)));
      steps.call(Kind.CHROOT, "create directory " + path + " inside the jail", CallSequence.SystemCall.MKDIR, path, DIRECTORY)
          .tolerating(Errors.EEXIST);
    }
    steps.call(Kind.CHROOT, "change the mode of " + path + " inside the jail", CallSequence.SystemCall.CHMOD, path, DIRECTORY);
    changeOwner(steps, path);
  }

  private Call changeOwner(Steps steps, String path) {
    return steps.call(
        Kind.CHROOT,
        "change the owner of " + path + " inside the jail",
        CallSequence.SystemCall.CHOWN,
        path,
        settings.uid(),
        settings.gid());
  }

  /** The number of a device, {@code makedev(3)}. */
  private static long device(int major, int minor) {
    return (long) major << 8 | minor & 0xff | (long) (minor & ~0xff) << 12;
  }

  private void makeDevice(Steps steps, String path, int major, int minor) {
    undo.aboutToMake(root.resolve(path.substring(1)));
    steps.callWithText(
        Kind.DEVICE,
        "Failed to create " + path + " via mknod inside the jail",
        CallSequence.SystemCall.MKNOD,
        path,
        DEVICE,
        device(major, minor));
    changeOwner(steps, path);
  }

  private Call makeUrandom(Steps steps) {
    String path = "/dev/urandom";
    undo.aboutToMake(root.resolve(path.substring(1)));
    Call made = steps.call(
            Kind.DEVICE, "create " + path, CallSequence.SystemCall.MKNOD, path, DEVICE, device(MEMORY_DEVICES, URANDOM))
        .mayFail();
    changeOwner(steps, path).mayFail();
    return made;
  }

  // Steps of the jail's thread, from the jail to the program.

  private void launch(Steps steps, boolean leader, OptionalInt report) throws JailerException {
    boolean detached = arguments.has("daemonize");
    List<Call> parents = new ArrayList<>();
    if (detached) {
      daemonize(steps, parents);
    }
    Optional<Call> outer = Optional.empty();
    if (arguments.has("new-pid-ns")) {
      openPidFile(steps);
      outer = Optional.of(enterPidNamespace(steps, leader && !detached));
    } else {
      steps.call(Kind.EXEC, "ask for the process", CallSequence.SystemCall.GETPID).keepProcess();
      openPidFile(steps);
      Call unused = writePidFile(steps);
    }
    dropPrivileges(steps);
    execute(steps);
    if (outer.isPresent()) {
      outer.get().parentGoesOnAt(writePidFile(steps));
    }
    if (report.isPresent()) {
      Call wayOut = steps.call(Kind.DAEMONIZE, "close a pipe", CallSequence.SystemCall.CLOSE, report.getAsInt());
      parents.forEach(fork -> fork.parentGoesOnAt(wayOut));
    }
    Call unused = steps.end();
  }

  /** Two forks: the first child leads a session, and the second one does not, so that it never gets a terminal. */
  private void daemonize(Steps steps, List<Call> parents) {
    String attempt = "daemonize";
    parents.add(steps.call(Kind.DAEMONIZE, attempt, CallSequence.SystemCall.FORK).forks());
    steps.call(Kind.DAEMONIZE, attempt, CallSequence.SystemCall.SETSID);
    parents.add(steps.call(Kind.DAEMONIZE, attempt, CallSequence.SystemCall.FORK).forks());
    // It was opened by the sequence before this one, which keeps no descriptor for the next.
    long device = nullDevice.orElseThrow().result().orElseThrow();
    for (int standard = 0; standard < AT_LEAST; standard++) {
      steps.call(Kind.DAEMONIZE, attempt, CallSequence.SystemCall.DUP2, device, standard);
    }
  }

  private Call enterPidNamespace(Steps steps, boolean leader) {
    Call fork = steps.call(
            Kind.NAMESPACE, "make a PID namespace", CallSequence.SystemCall.CLONE, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0)
        .keepProcess()
        .forks();
    if (leader) {
      // Else the end of the session's leader, which is the parent, would be a SIGHUP for it.
      steps.call(Kind.NAMESPACE, "make a session", CallSequence.SystemCall.SETSID);
    }
    return fork;
  }

  private String pidFile() {
    return "/" + settings.name() + ".pid";
  }

  private void openPidFile(Steps steps) {
    undo.aboutToMake(root.resolve(settings.name() + ".pid"));
    steps.callWithText(
            Kind.EXEC,
            "Failed to open file " + pidFile(),
            CallSequence.SystemCall.OPEN,
            pidFile(),
            O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
            FILE)
        .keepDescriptor();
  }

  private Call writePidFile(Steps steps) {
    Call first = steps.writeProcess(Kind.EXEC, "Failed to write to " + pidFile());
    closeKept(steps);
    return first;
  }

  /** The user comes last: who is not root any more cannot change groups. */
  private void dropPrivileges(Steps steps) {
    String attempt = "exec into Firecracker";
    steps.call(Kind.EXEC, attempt, CallSequence.SystemCall.SETGID, settings.gid());
    steps.call(Kind.EXEC, attempt, CallSequence.SystemCall.SETGROUPS, 0, NULL);
    steps.call(Kind.EXEC, attempt, CallSequence.SystemCall.SETUID, settings.uid());
    steps.call(Kind.EXEC, attempt, CallSequence.SystemCall.RT_SIGPROCMASK, SIG_SETMASK, steps.longs(0), NULL, SIGSET_BYTES);
  }

  private void execute(Steps steps) throws JailerException {
    String program = runtime.map(PortfireRuntime::program).orElse("/" + settings.name());
    List<String> words = new ArrayList<>();
    if (runtime.isPresent()) {
      words.addAll(runtime.get().command(
          settings.name(), arguments.has("daemonize"), Optional.ofNullable(environment.get("PORTFIRE_ACCEL"))));
    } else {
      words.add(program);
    }
    long cpuMicros = processCpuMicros();
    words.addAll(List.of(
        "--id", settings.id(),
        "--start-time-us", Long.toString(startMicros),
        "--start-time-cpu-us", Long.toString(cpuMicros),
        "--parent-cpu-time-us", Long.toString(cpuMicros)));
    words.addAll(arguments.extra());
    steps.callWithText(
        Kind.EXEC,
        "Failed to exec into Firecracker",
        CallSequence.SystemCall.EXECVE,
        program,
        steps.strings(words),
        steps.strings(List.of()));
  }

  private static long processCpuMicros() throws JailerException {
    try {
      return ProcessCalls.clock(ProcessCalls.CLOCK_PROCESS_CPUTIME_ID) / 1000;
    } catch (SystemCallException e) {
      throw new JailerException(Kind.EXEC, String.valueOf(e.getMessage()));
    }
  }
}
