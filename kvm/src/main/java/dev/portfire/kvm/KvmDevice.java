package dev.portfire.kvm;

import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import dev.portfire.machine.CpuTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An open {@code /dev/kvm} of which everything needed is known to be there. */
final class KvmDevice implements AutoCloseable {
  /** The only version of the interface there is (api.rst, KVM_GET_API_VERSION). */
  static final int API_VERSION = 12;

  private static final String OTHERWISE = "; or run on the software CPU (accelerator soft)";

  private final Descriptor file;

  private KvmDevice(Descriptor file) {
    this.file = file;
  }

  /**
   * Opens the device and checks what it offers.
   *
   * @throws KvmUnavailableException with the cause and the remedy
   */
  static KvmDevice open(String path) throws KvmUnavailableException {
    return open(path, List.of());
  }

  /**
   * Opens the device and checks what it offers.
   *
   * @param wishes what a CPU template adds to what has to be there, and takes from it
   * @throws KvmUnavailableException with the cause and the remedy
   * @throws IllegalStateException if what the template adds is missing
   */
  static KvmDevice open(String path, List<CpuTemplate.Capability> wishes) throws KvmUnavailableException {
    Descriptor file;
    try {
      file = Descriptor.open(path, Descriptor.O_RDWR | Descriptor.O_CLOEXEC);
    } catch (SystemCallException e) {
      throw new KvmUnavailableException(cannotOpen(path, e) + OTHERWISE, e);
    }
    KvmDevice device = new KvmDevice(file);
    try {
      Optional<String> problem = device.problem(path, wishes);
      if (problem.isPresent()) {
        throw new KvmUnavailableException(problem.get() + OTHERWISE);
      }
      device.checkAdded(wishes);
      return device;
    } catch (KvmUnavailableException | RuntimeException e) {
      Calls.close(file);
      throw e;
    }
  }

  /** Why the device could not be opened and what helps. */
  static String cannotOpen(String path, SystemCallException e) {
    return switch (e.errno()) {
      case SystemCallException.ENOENT -> path + " does not exist: load the kernel module kvm_intel or kvm_amd"
          + " (on a virtual machine, its host must allow nested virtualisation; in a container, pass --device " + path + ")";
      case SystemCallException.EACCES -> "no permission to open " + path
          + ": join the group that owns it (usually: sudo usermod -aG kvm $USER, then log in again)"
          + " or let this user in (sudo setfacl -m u:$USER:rw " + path + ")";
      case SystemCallException.EPERM -> "opening " + path
          + " is forbidden here: in a container, pass --device " + path + " so that its device policy allows it";
      case SystemCallException.ENODEV, SystemCallException.ENXIO -> path
          + " has no driver behind it: load the kernel module kvm_intel or kvm_amd and turn virtualisation on in the firmware";
      default -> path + " cannot be opened (" + e.getMessage() + ")";
    };
  }

  /** What is wrong with a version, if something is. */
  static Optional<String> versionProblem(String path, int version) {
    return version == API_VERSION
        ? Optional.empty()
        : Optional.of("%s speaks version %d of the KVM interface, not %d: use a Linux kernel of 2.6.22 or newer"
            .formatted(path, version, API_VERSION));
  }

  /** What is wrong with missing capabilities, if some are. */
  static Optional<String> missingProblem(String path, List<Capability> missing) {
    if (missing.isEmpty()) {
      return Optional.empty();
    }
    List<String> names = missing.stream().map(c -> "%s (%s)".formatted(c, c.purpose())).toList();
    return Optional.of("%s lacks %s: use a newer Linux kernel".formatted(path, String.join(", ", names)));
  }

  private Optional<String> problem(String path, List<CpuTemplate.Capability> wishes) {
    int version;
    try {
      version = file.ioctl(Request.GET_API_VERSION.toString(), Request.GET_API_VERSION.number(), 0);
    } catch (SystemCallException e) {
      return Optional.of(path + " is not a KVM device (" + e.getMessage() + "): give the path of one");
    }
    Optional<String> wrong = versionProblem(path, version);
    if (wrong.isPresent()) {
      return wrong;
    }
    List<Capability> missing = new ArrayList<>();
    for (Capability capability : Capability.values()) {
      if (capability.required()
          && !wishes.contains(new CpuTemplate.Capability(capability.number(), true))
          && check(capability) == 0) {
        missing.add(capability);
      }
    }
    return missingProblem(path, missing);
  }

  private void checkAdded(List<CpuTemplate.Capability> wishes) {
    List<String> missing = wishes.stream()
        .filter(wish -> !wish.removed() && Calls.make(file, Request.CHECK_EXTENSION, wish.number()) == 0)
        .map(wish -> "0x%x".formatted(wish.number()))
        .toList();
    if (!missing.isEmpty()) {
      throw new IllegalStateException("Missing KVM capabilities: [%s]".formatted(String.join(", ", missing)));
    }
  }

  /** What the device says about a capability; 0: it is missing. */
  int check(Capability capability) {
    return Calls.make(file, Request.CHECK_EXTENSION, capability.number());
  }

  Descriptor file() {
    return file;
  }

  /**
   * Creates a virtual machine.
   *
   * @return its descriptor
   */
  Descriptor createVm() {
    // A signal makes the kernel give up half-way; it is worth more than one try.
    for (int attempt = 1; ; attempt++) {
      try {
        return Descriptor.of(file.ioctl(Request.CREATE_VM.toString(), Request.CREATE_VM.number(), 0));
      } catch (SystemCallException e) {
        if (e.errno() != SystemCallException.EINTR || attempt == 5) {
          throw new IllegalStateException("KVM refused: " + e.getMessage(), e);
        }
      }
    }
  }

  @Override
  public void close() {
    Calls.close(file);
  }
}
