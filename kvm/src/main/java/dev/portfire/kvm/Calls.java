package dev.portfire.kvm;

import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import java.lang.foreign.MemorySegment;

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

  /** Closes a descriptor on the way out. */
  static void close(Descriptor file) {
    try {
      file.close();
    } catch (SystemCallException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
