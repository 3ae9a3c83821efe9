package dev.portfire.inspect.host;

import dev.portfire.inspect.SysRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The virtual machines of a host, whoever runs them: KVM gives a descriptor to each machine and each vCPU, and
 * {@code /proc/PID/fd} shows them as {@code anon_inode:kvm-vm} and {@code anon_inode:kvm-vcpu:N}.
 */
public final class MachineScan {
  /**
   * What a process has of KVM.
   *
   * @param machines descriptors of machines
   * @param vcpus the numbers of the vCPUs, in the order of their descriptors
   */
  public record Holder(int pid, List<Integer> machines, List<Integer> vcpus) {}

  private MachineScan() {}

  /** The processes with machines; those of other users only for root. */
  public static List<Holder> scan(SysRoot root) {
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
    for (String fd : root.unsorted(directory)) {
      String target = target(root.path(directory + "/" + fd));
      if (target.equals("anon_inode:kvm-vm")) {
        SysRoot.number(fd, 10).ifPresent(number -> machines.add((int) number));
      } else if (target.startsWith("anon_inode:kvm-vcpu:")) {
        SysRoot.number(target.substring("anon_inode:kvm-vcpu:".length()), 10).ifPresent(number -> vcpus.add((int) number));
      }
    }
    return machines.isEmpty() ? Optional.empty() : Optional.of(new Holder(pid, machines, vcpus));
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
