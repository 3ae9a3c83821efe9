package dev.portfire.kvm;

/** The ioctls of KVM that are used: {@code <linux/kvm.h>}, described in api.rst under the same names. */
enum Request {
  GET_API_VERSION(none(0x00)),
  CREATE_VM(none(0x01)),
  GET_MSR_INDEX_LIST(readWrite(0x02, 4)),
  CHECK_EXTENSION(none(0x03)),
  GET_VCPU_MMAP_SIZE(none(0x04)),
  GET_SUPPORTED_CPUID(readWrite(0x05, Layouts.CPUID_HEADER)),
  CREATE_VCPU(none(0x41)),
  GET_DIRTY_LOG(write(0x42, Layouts.DIRTY_LOG_SIZE)),
  SET_USER_MEMORY_REGION(write(0x46, Layouts.MEMORY_REGION_SIZE)),
  SET_TSS_ADDR(none(0x47)),
  SET_IDENTITY_MAP_ADDR(write(0x48, 8)),
  CREATE_IRQCHIP(none(0x60)),
  IRQ_LINE(write(0x61, 8)),
  GET_IRQCHIP(readWrite(0x62, Layouts.IRQCHIP_SIZE)),
  SET_IRQCHIP(read(0x63, Layouts.IRQCHIP_SIZE)),
  SET_GSI_ROUTING(write(0x6a, Layouts.ROUTING_HEADER)),
  IRQFD(write(0x76, Layouts.IRQFD_SIZE)),
  CREATE_PIT2(write(0x77, Layouts.PIT_CONFIG_SIZE)),
  IOEVENTFD(write(0x79, Layouts.IOEVENTFD_SIZE)),
  SET_CLOCK(write(0x7b, Layouts.CLOCK_SIZE)),
  GET_CLOCK(read(0x7c, Layouts.CLOCK_SIZE)),
  RUN(none(0x80)),
  GET_REGS(read(0x81, Layouts.REGS_SIZE)),
  SET_REGS(write(0x82, Layouts.REGS_SIZE)),
  GET_SREGS(read(0x83, Layouts.SREGS_SIZE)),
  SET_SREGS(write(0x84, Layouts.SREGS_SIZE)),
  TRANSLATE(readWrite(0x85, Layouts.TRANSLATION_SIZE)),
  GET_MSRS(readWrite(0x88, Layouts.MSRS_HEADER)),
  SET_MSRS(write(0x89, Layouts.MSRS_HEADER)),
  GET_LAPIC(read(0x8e, Layouts.LAPIC_SIZE)),
  SET_LAPIC(write(0x8f, Layouts.LAPIC_SIZE)),
  SET_CPUID2(write(0x90, Layouts.CPUID_HEADER)),
  GET_MP_STATE(read(0x98, 4)),
  SET_MP_STATE(write(0x99, 4)),
  SET_GUEST_DEBUG(write(0x9b, Layouts.GUEST_DEBUG_SIZE)),
  GET_PIT2(read(0x9f, Layouts.PIT_SIZE)),
  SET_PIT2(write(0xa0, Layouts.PIT_SIZE)),
  GET_VCPU_EVENTS(read(0x9f, Layouts.EVENTS_SIZE)),
  SET_VCPU_EVENTS(write(0xa0, Layouts.EVENTS_SIZE)),
  GET_DEBUGREGS(read(0xa1, Layouts.DEBUGREGS_SIZE)),
  SET_DEBUGREGS(write(0xa2, Layouts.DEBUGREGS_SIZE)),
  ENABLE_CAP(write(0xa3, Layouts.ENABLE_CAP_SIZE)),
  GET_TSC_KHZ(none(0xa3)),
  GET_XSAVE(read(0xa4, Layouts.XSAVE_SIZE)),
  SET_XSAVE(write(0xa5, Layouts.XSAVE_SIZE)),
  SIGNAL_MSI(write(0xa5, Layouts.MSI_SIZE)),
  GET_XCRS(read(0xa6, Layouts.XCRS_SIZE)),
  SET_XCRS(write(0xa7, Layouts.XCRS_SIZE)),
  KVMCLOCK_CTRL(none(0xad)),
  GET_STATS_FD(none(0xce)),
  GET_XSAVE2(read(0xcf, Layouts.XSAVE_SIZE));

  private final long number;

  Request(long number) {
    this.number = number;
  }

  /** The request number: direction, size of the argument, KVM's type 0xae, number ({@code <asm-generic/ioctl.h>}). */
  long number() {
    return number;
  }

  /** The name that the header gives it. */
  @Override
  public String toString() {
    return "KVM_" + name();
  }

  private static long none(int number) {
    return 0xae00L | number;
  }

  private static long write(int number, int size) {
    return 1L << 30 | (long) size << 16 | none(number);
  }

  private static long read(int number, int size) {
    return 2L << 30 | (long) size << 16 | none(number);
  }

  private static long readWrite(int number, int size) {
    return 3L << 30 | (long) size << 16 | none(number);
  }
}
