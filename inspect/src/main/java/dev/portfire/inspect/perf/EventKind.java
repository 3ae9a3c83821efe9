package dev.portfire.inspect.perf;

import java.util.Locale;
import java.util.Optional;

/** What a report is about. */
enum EventKind {
  /** Exits, by their reason: from kvm_exit to kvm_entry. */
  VMEXIT("VM-EXIT"),
  /** Accesses to memory that devices have, by address: a write from kvm_mmio to kvm_entry, a read from kvm_exit to kvm_mmio. */
  MMIO("MMIO Access"),
  /** Accesses to ports: from kvm_pio to kvm_entry. */
  IOPORT("IO Port Access"),
  /** Accesses to model-specific registers: from kvm_msr to kvm_entry. */
  MSR("MSR Access"),
  /** Exits, by where in the guest they were: from kvm_exit to kvm_entry. */
  RIP("Guest RIP");

  private final String title;

  EventKind(String title) {
    this.title = title;
  }

  /** The heading of a report's first column. */
  String title() {
    return title;
  }

  /** Whether it is about exits, not about accesses. */
  boolean isExit() {
    return this == VMEXIT || this == RIP;
  }

  /** The name in options. */
  String option() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<EventKind> of(String option) {
    for (EventKind kind : values()) {
      if (kind.option().equals(option)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
