package dev.portfire.kvm;

/** The extensions of KVM that are used: {@code <linux/kvm.h>}, described in api.rst under the same names. */
enum Capability {
  IRQCHIP(0, "in-kernel interrupt controllers"),
  USER_MEMORY(3, "guest memory from user space"),
  SET_TSS_ADDR(4, "the place of the task state segment"),
  EXT_CPUID(7, "the list of supported CPUID leaves"),
  MP_STATE(14, "the run state of vCPUs"),
  IRQ_ROUTING(25, "the routing of interrupts"),
  IRQFD(32, "interrupts from event counters"),
  PIT2(33, "the in-kernel timer"),
  PIT_STATE2(35, "the state of the in-kernel timer"),
  IOEVENTFD(36, "event counters for device registers"),
  SET_IDENTITY_MAP_ADDR(37, "the place of the identity map"),
  ADJUST_CLOCK(39, "the guest's clock"),
  VCPU_EVENTS(41, "pending events of vCPUs"),
  DEBUGREGS(50, "debug registers"),
  XSAVE(55, "the XSAVE area"),
  XCRS(56, "extended control registers"),
  IMMEDIATE_EXIT(136, "leaving a vCPU at once"),

  // What can be done without.
  MAX_VCPUS(66),
  TSC_DEADLINE_TIMER(72),
  READONLY_MEM(81),
  SET_GUEST_DEBUG2(195),
  BINARY_STATS_FD(203),
  EXIT_ON_EMULATION_FAILURE(204),
  XSAVE2(208);

  private final int number;
  private final String purpose;

  Capability(int number) {
    this(number, "");
  }

  Capability(int number, String purpose) {
    this.number = number;
    this.purpose = purpose;
  }

  int number() {
    return number;
  }

  /** Whether nothing works without it. */
  boolean required() {
    return !purpose.isEmpty();
  }

  /** What it is for, to be shown to users. */
  String purpose() {
    return purpose;
  }

  /** The name that the header gives it. */
  @Override
  public String toString() {
    return "KVM_CAP_" + name();
  }
}
