package dev.portfire.inspect.host;

import dev.portfire.inspect.SysRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The virtual machines of a host, whoever runs them: KVM gives a descriptor to each machine and each vCPU, and
 * {@code /proc/PID/fd} shows them as {@code anon_inode:kvm-vm} and {@code anon_inode:kvm-vcpu:N}.
 */
public final class MachineScan {
  /**
   * What a process has of virtual machines.
   *
   * @param machines descriptors of KVM's machines
   * @param vcpus the numbers of KVM's vCPUs, in the order of their descriptors
   * @param statistics files of statistics that it keeps: KVM's, and Portfire's about each of its vCPUs, of KVM or not
   * @param published Portfire's files about each of its machines as a whole
   */
  public record Holder(
      int pid, List<Integer> machines, List<Integer> vcpus, List<Statistics> statistics, List<Statistics> published) {
    /** How many vCPUs it has that are Portfire's, on whatever they run. */
    public int portfireVcpus() {
      return (int) statistics.stream().filter(Statistics::isOfPortfire).count();
    }
  }

  /**
   * A file of {@link dev.portfire.machine.BinaryStatistics} that a process has open.
   *
   * @param fd its number there
   * @param link what it is, as {@code /proc/PID/fd} tells
   */
  public record Statistics(int pid, int fd, String link) implements Comparable<Statistics> {
    /** Whether it is Portfire's own about a vCPU. */
    public boolean isOfPortfire() {
      return link.startsWith(PORTFIRE_VCPU);
    }

    /** Whether it is KVM's. */
    public boolean isOfKvm() {
      return link.startsWith("anon_inode:");
    }

    /** Whether it is Portfire's about the first vCPU of a machine. */
    public boolean isOfFirstVcpu() {
      return isOfPortfire() && vcpu().equals("0");
    }

    /** The number of the vCPU that it is about, as it is written in the file's name; empty if it is about none. */
    public String vcpu() {
      String prefix = isOfPortfire() ? PORTFIRE_VCPU : KVM_VCPU;
      return link.startsWith(prefix) ? link.substring(prefix.length()).split("[: ]", 2)[0] : "";
    }

    /** Which machine of its process it is about, as it is written in the name of a file of Portfire's; empty if it says nothing. */
    public String machine() {
      String[] parts = link.split(" ", 2)[0].split(":", -1);
      return isOfPortfire() && parts.length > 3 ? parts[3] : link.startsWith(PORTFIRE_VM) ? parts[2] : "";
    }

    /** A name by which files other than KVM's can be opened. */
    public String path() {
      return "/proc/" + pid + "/fd/" + fd;
    }

    @Override
    public int compareTo(Statistics other) {
      return Comparator.comparingInt(Statistics::pid).thenComparingInt(Statistics::fd).thenComparing(Statistics::link).compare(this, other);
    }
  }

  private static final String PORTFIRE_VCPU = "/memfd:portfire-vcpu-stats:";
  private static final String PORTFIRE_VM = "/memfd:portfire-vm-stats:";
  private static final String KVM_VCPU = "anon_inode:kvm-vcpu-stats:";

  private MachineScan() {}

  /** The processes with machines of KVM; those of other users only for root. */
  public static List<Holder> scan(SysRoot root) {
    return all(root).stream().filter(holder -> !holder.machines.isEmpty()).toList();
  }

  /** The files of statistics of all processes. */
  public static List<Statistics> statistics(SysRoot root) {
    return all(root).stream().flatMap(holder -> holder.statistics.stream()).toList();
  }

  /** The files of statistics of one process. */
  public static List<Statistics> statistics(SysRoot root, int pid) {
    return holder(root, pid).map(Holder::statistics).orElse(List.of());
  }

  /**
   * The process of a thread: KVM's names have the thread that made the machine, which in many monitors is not the first one. The
   * thread itself, if it is gone.
   */
  public static int processOf(SysRoot root, int thread) {
    return (int) root.text("/proc/" + thread + "/status")
        .flatMap(status -> status.lines().filter(line -> line.startsWith("Tgid:")).findFirst())
        .map(line -> SysRoot.number(line.substring("Tgid:".length()).strip(), 10).orElse(thread))
        .orElse((long) thread)
        .longValue();
  }

  /** Whether a file of statistics is still open. */
  public static boolean isThere(SysRoot root, Statistics file) {
    return target(root.path(file.path())).equals(file.link);
  }

  /** The processes with machines of KVM or of Portfire's software CPU; those of other users only for root. */
  public static List<Holder> all(SysRoot root) {
    List<Holder> holders = new ArrayList<>();
    for (String name : root.unsorted("/proc")) {
      if (name.isEmpty() || !name.chars().allMatch(c -> c >= '0' && c <= '9') || name.length() > 9) {
        continue;
      }
      Optional<Holder> holder = holder(root, Integer.parseInt(name));
      holder.ifPresent(holders::add);
    }
    holders.sort((a, b) -> Integer.compare(a.pid, b.pid));
    return holders;
  }

  private static Optional<Holder> holder(SysRoot root, int pid) {
    String directory = "/proc/" + pid + "/fd";
    List<Integer> machines = new ArrayList<>();
    List<Integer> vcpus = new ArrayList<>();
    List<Statistics> statistics = new ArrayList<>();
    List<Statistics> published = new ArrayList<>();
    for (String fd : root.unsorted(directory)) {
      Path link = root.path(directory + "/" + fd);
      String target = target(link);
      if (target.equals("anon_inode:kvm-vm")) {
        SysRoot.number(fd, 10).ifPresent(number -> machines.add((int) number));
      } else if (target.startsWith("anon_inode:kvm-vcpu:")) {
        SysRoot.number(target.substring("anon_inode:kvm-vcpu:".length()), 10).ifPresent(number -> vcpus.add((int) number));
      } else if (target.startsWith("anon_inode:kvm-vm-stats") || target.startsWith("anon_inode:kvm-vcpu-stats")
          || target.startsWith(PORTFIRE_VCPU) && isWritable(link)) {
        SysRoot.number(fd, 10).ifPresent(number -> statistics.add(new Statistics(pid, (int) number, target)));
      } else if (target.startsWith(PORTFIRE_VM) && isWritable(link)) {
        SysRoot.number(fd, 10).ifPresent(number -> published.add(new Statistics(pid, (int) number, target)));
      }
    }
    // Who has KVM's statistics and no machine of KVM has copied them, as kvm_stat does; who can only read Portfire's, too.
    statistics.removeIf(file -> machines.isEmpty() && !file.isOfPortfire());
    return machines.isEmpty() && statistics.isEmpty()
        ? Optional.empty()
        : Optional.of(new Holder(pid, machines, vcpus, statistics, published));
  }

  /** Whether a process has a file open for writing: the link's mode says so. */
  private static boolean isWritable(Path link) {
    try {
      return Files.getPosixFilePermissions(link, LinkOption.NOFOLLOW_LINKS).contains(PosixFilePermission.OWNER_WRITE);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException | InvalidPathException | UnsupportedOperationException e) {
      // Closed meanwhile, or another user's.
      return "";
    }
  }
}
