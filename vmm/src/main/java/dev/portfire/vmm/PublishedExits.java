package dev.portfire.vmm;

import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import dev.portfire.machine.ExitStats;

/**
 * A vCPU's exits where other programs of the same user find them: in a nameless file, {@code /memfd:portfire-vcpu-stats:N:M}
 * in {@code /proc/PID/fd} for vCPU N of machine M of the process, with KVM's format of statistics. Nothing has to be served or removed for that: counting is a store into a
 * mapped page, and the file is gone when the machine or the process is.
 */
final class PublishedExits {
  /** What the file is called, before the vCPU's number, a colon, and the machine's number among those of its process. */
  static final String NAME = "portfire-vcpu-stats:";

  private static final System.Logger LOGGER = System.getLogger(PublishedExits.class.getName());

  private PublishedExits() {}

  /**
   * Publishes the exits of a vCPU that has not run yet, if the host can do that; otherwise only this process knows them.
   *
   * @param number the machine's
   */
  static void publish(ExitStats exits, String machine, int number, int vcpu, Resources resources) {
    if (!System.getProperty("os.name").equals("Linux")) {
      return;
    }
    try {
      Descriptor file = resources.add(
          Descriptor.of(SystemCalls.memfdCreate(NAME + vcpu + ":" + number, SystemCalls.MFD_CLOEXEC, ExitStats.FILE_BYTES)));
      exits.keepIn(file.mapWhileUsed(ExitStats.FILE_BYTES), machine + "/vcpu-" + vcpu);
    } catch (SystemCallException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "exits are not published: {0}", e.getMessage());
    }
  }
}
