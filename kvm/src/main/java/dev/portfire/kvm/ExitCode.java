package dev.portfire.kvm;

import java.util.Optional;

/** Why KVM_RUN returned: {@code <linux/kvm.h>}, described in api.rst, "the kvm_run structure". */
enum ExitCode {
  UNKNOWN(0),
  EXCEPTION(1),
  IO(2),
  HYPERCALL(3),
  DEBUG(4),
  HLT(5),
  MMIO(6),
  IRQ_WINDOW_OPEN(7),
  SHUTDOWN(8),
  FAIL_ENTRY(9),
  INTR(10),
  SET_TPR(11),
  TPR_ACCESS(12),
  NMI(16),
  INTERNAL_ERROR(17),
  OSI(18),
  WATCHDOG(21),
  EPR(23),
  SYSTEM_EVENT(24),
  IOAPIC_EOI(26),
  HYPERV(27),
  X86_RDMSR(29),
  X86_WRMSR(30),
  DIRTY_RING_FULL(31),
  AP_RESET_HOLD(32),
  X86_BUS_LOCK(33),
  XEN(34),
  NOTIFY(37);

  /** KVM_EXIT_INTERNAL_ERROR: the instruction at RIP could not be emulated. */
  static final int INTERNAL_ERROR_EMULATION = 1;

  private static final ExitCode[] BY_NUMBER = new ExitCode[38];

  static {
    for (ExitCode code : values()) {
      BY_NUMBER[code.number] = code;
    }
  }

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  /** The exit of a number; nothing for one that this version does not know. */
  static Optional<ExitCode> of(int number) {
    return number < 0 || number >= BY_NUMBER.length ? Optional.empty() : Optional.ofNullable(BY_NUMBER[number]);
  }

  /** What the sub-code of KVM_EXIT_INTERNAL_ERROR is called. */
  static String internalError(int suberror) {
    return switch (suberror) {
      case INTERNAL_ERROR_EMULATION -> "KVM_INTERNAL_ERROR_EMULATION";
      case 2 -> "KVM_INTERNAL_ERROR_SIMUL_EX";
      case 3 -> "KVM_INTERNAL_ERROR_DELIVERY_EV";
      case 4 -> "KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON";
      default -> "sub-code " + suberror;
    };
  }

  /** The name that the header gives it. */
  @Override
  public String toString() {
    return "KVM_EXIT_" + name();
  }
}
