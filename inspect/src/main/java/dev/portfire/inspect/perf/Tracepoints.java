package dev.portfire.inspect.perf;

import dev.portfire.inspect.SysRoot;
import java.util.List;
import java.util.OptionalLong;

/**
 * The tracepoints of a kernel, Documentation/trace/events.rst.
 *
 * @param directory where tracefs is
 */
record Tracepoints(SysRoot root, String directory) {
  /** What tells of exits and accesses. */
  static final List<String> OF_KVM = List.of("kvm/kvm_entry", "kvm/kvm_exit", "kvm/kvm_mmio", "kvm/kvm_pio", "kvm/kvm_msr");

  /** Pages of a ring for these, as perf kvm has them. */
  static final int PAGES = 1024;

  private static final List<String> TRACEFS = List.of("/sys/kernel/tracing", "/sys/kernel/debug/tracing");

  /** What a sample of one has: with its record, which no two tracepoints have the same of. */
  private static final long SAMPLE_TYPE = EventAttribute.IP | EventAttribute.TID | EventAttribute.TIME | EventAttribute.ID
      | EventAttribute.CPU | EventAttribute.PERIOD | EventAttribute.RAW;
  private static final long FLAGS = EventAttribute.DISABLED | EventAttribute.INHERIT | EventAttribute.SAMPLE_ID_ALL
      | EventAttribute.EXCLUDE_HOST | EventAttribute.WATERMARK;

  /** Those of the kernel that runs. */
  static Tracepoints of(SysRoot root) throws PerfException {
    return new Tracepoints(root, TRACEFS.stream().filter(directory -> root.exists(directory + "/events")).findFirst().orElseThrow(
        () -> new PerfException("tracefs cannot be read: as root only, and where it is mounted: mount -t tracefs none " + TRACEFS.getFirst())));
  }

  /**
   * The number that the kernel gave to one; empty if there is none, or if it is hidden.
   *
   * @param name "system/name"
   */
  OptionalLong id(String name) {
    return root.number(idFile(name));
  }

  /** The names of a system's tracepoints. */
  List<String> names(String system) {
    return root.list(directory + "/events/" + system).stream().filter(name -> root.exists(idFile(system + "/" + name))).toList();
  }

  private String idFile(String name) {
    return directory + "/events/" + name + "/id";
  }

  /** The events of {@link #OF_KVM}, each time they happen. */
  List<EventAttribute> ofKvm() throws PerfException {
    EventAttribute[] attributes = new EventAttribute[OF_KVM.size()];
    for (int i = 0; i < attributes.length; i++) {
      String file = idFile(OF_KVM.get(i));
      long id = id(OF_KVM.get(i)).orElseThrow(() -> new PerfException(file + " cannot be read: as root only, and with KVM loaded: modprobe kvm"));
      attributes[i] = new EventAttribute(
          EventAttribute.TRACEPOINT, id, 1, SAMPLE_TYPE, EventAttribute.FORMAT_ID | EventAttribute.FORMAT_LOST,
          FLAGS | (i == 0 ? EventAttribute.PROCESSES : 0), new long[0]);
    }
    return List.of(attributes);
  }

  /** The formats of some, as a file has them. */
  byte[] tracingData(List<String> names) throws PerfException {
    return TracingData.record(root, directory, names);
  }
}
