package dev.portfire.inspect.kvmstat;

import dev.portfire.inspect.SysRoot;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The sources by their names, the best one first. */
enum SourceKind {
  /** The kernel's tracepoints. */
  TRACEPOINTS("the kernel's tracepoints of KVM, each reason of an exit by itself"),
  /** Statistics descriptors. */
  STATS("KVM_GET_STATS_FD of the machines whose monitors keep it open"),
  /** KVM's directory in debugfs. */
  DEBUGFS("KVM's files in debugfs"),
  /** Portfire's own. */
  PORTFIRE("exits of Portfire's machines, software CPU or KVM, as their monitors count them");

  private final String meaning;

  SourceKind(String meaning) {
    this.meaning = meaning;
  }

  /** What it counts. */
  String meaning() {
    return meaning;
  }

  /** Its name for users. */
  String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<SourceKind> named(String title) {
    return Arrays.stream(values()).filter(kind -> kind.title().equals(title)).findFirst();
  }

  /** Opens a source of this kind, to be closed by the caller. */
  Source open(SysRoot root, boolean includePast) throws SourceException {
    return switch (this) {
      case TRACEPOINTS -> TracepointSource.open(root);
      case STATS -> DescriptorSource.open(root, DescriptorSource.Kinds.KVM, includePast);
      case DEBUGFS -> DebugfsSource.open(root, includePast);
      case PORTFIRE -> DescriptorSource.open(root, DescriptorSource.Kinds.PORTFIRE, includePast);
    };
  }
}
