package dev.portfire.kvm;

import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** KVM's ioctls on a descriptor, with failures that are nobody's wish turned into faults. */
final class Calls {
  private Calls() {}

  /** Makes an ioctl that fails only if something is wrong. */
  static int make(Descriptor file, Request request, long argument) {
    try {
      return file.ioctl(request.toString(), request.number(), argument);
    } catch (SystemCallException e) {
      throw new IllegalStateException("KVM refused: " + e.getMessage(), e);
    }
  }

  /** Makes an ioctl with a structure. */
  static int make(Descriptor file, Request request, MemorySegment structure) {
    return make(file, request, structure.address());
  }

  /** Makes an ioctl without an argument. */
  static int make(Descriptor file, Request request) {
    return make(file, request, 0);
  }

  /**
   * Opens what KVM counts about a machine or a vCPU, a file of {@link dev.portfire.machine.BinaryStatistics}; nothing if this KVM has
   * none. It keeps the machine alive. Only the process that made the machine may ask for it, but others can then take it
   * (pidfd_getfd(2)), which is what {@code kvm_stat} does.
   */
  static Optional<Descriptor> statistics(Descriptor vmOrVcpu) {
    try {
      return Optional.of(
          Descriptor.of(vmOrVcpu.ioctl(Request.GET_STATS_FD.toString(), Request.GET_STATS_FD.number(), 0)));
    } catch (SystemCallException e) {
      if (e.errno() == SystemCallException.ENOTTY || e.errno() == SystemCallException.EINVAL) {
        return Optional.empty();
      }
      throw new IllegalStateException("KVM refused: " + e.getMessage(), e);
    }
  }

  /** Closes a descriptor on the way out. */
  static void close(Descriptor file) {
    try {
      file.close();
    } catch (SystemCallException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
