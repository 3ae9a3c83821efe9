package dev.portfire.kvm;

/** Sizes and offsets, in bytes, of the structures of {@code <linux/kvm.h>} that are used, for x86-64. */
final class Layouts {
  // struct kvm_run
  static final int RUN_IMMEDIATE_EXIT = 1;
  static final int RUN_EXIT_REASON = 8;
  static final int RUN_UNION = 32;
  static final int RUN_FAIL_ENTRY_CPU = 40;
  static final int RUN_EXCEPTION_ERROR = 36;
  static final int RUN_IO_DIRECTION = 32;
  static final int RUN_IO_SIZE = 33;
  static final int RUN_IO_PORT = 34;
  static final int RUN_IO_COUNT = 36;
  static final int RUN_IO_DATA_OFFSET = 40;
  static final int RUN_DEBUG_PC = 40;
  static final int RUN_DEBUG_DR6 = 48;
  static final int RUN_DEBUG_DR7 = 56;
  static final int RUN_MMIO_ADDRESS = 32;
  static final int RUN_MMIO_DATA = 40;
  static final int RUN_MMIO_LENGTH = 48;
  static final int RUN_MMIO_IS_WRITE = 52;
  static final int RUN_INTERNAL_SUBERROR = 32;
  static final int RUN_INTERNAL_NDATA = 36;
  static final int RUN_INTERNAL_DATA = 40;
  static final int RUN_INTERNAL_MAX_DATA = 16;
  static final int RUN_EMULATION_FLAGS = 40;
  static final int RUN_EMULATION_SIZE = 48;
  static final int RUN_EMULATION_BYTES = 49;
  static final int RUN_SYSTEM_EVENT_TYPE = 32;
  static final int RUN_SYSTEM_EVENT_NDATA = 36;
  static final int RUN_SYSTEM_EVENT_DATA = 40;

  /** KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES: the instruction's bytes are there. */
  static final int EMULATION_FLAG_BYTES = 1;

  static final int IO_OUT = 1;

  // struct kvm_regs: RAX, RBX, RCX, RDX, RSI, RDI, RSP, RBP, R8 to R15
  static final int REGS_SIZE = 144;
  static final int REGS_RIP = 128;
  static final int REGS_RFLAGS = 136;

  // struct kvm_segment
  static final int SEGMENT_SIZE = 24;
  static final int SEGMENT_BASE = 0;
  static final int SEGMENT_LIMIT = 8;
  static final int SEGMENT_SELECTOR = 12;
  static final int SEGMENT_TYPE = 14;
  static final int SEGMENT_PRESENT = 15;
  static final int SEGMENT_DPL = 16;
  static final int SEGMENT_DB = 17;
  static final int SEGMENT_S = 18;
  static final int SEGMENT_L = 19;
  static final int SEGMENT_G = 20;
  static final int SEGMENT_AVL = 21;
  static final int SEGMENT_UNUSABLE = 22;

  // struct kvm_sregs; struct kvm_dtable
  static final int SREGS_SIZE = 312;
  static final int SREGS_CS = 0;
  static final int SREGS_DS = 24;
  static final int SREGS_ES = 48;
  static final int SREGS_FS = 72;
  static final int SREGS_GS = 96;
  static final int SREGS_SS = 120;
  static final int SREGS_TR = 144;
  static final int SREGS_LDT = 168;
  static final int SREGS_GDT = 192;
  static final int SREGS_IDT = 208;
  static final int DTABLE_LIMIT = 8;
  static final int SREGS_CR0 = 224;
  static final int SREGS_CR2 = 232;
  static final int SREGS_CR3 = 240;
  static final int SREGS_CR4 = 248;
  static final int SREGS_CR8 = 256;
  static final int SREGS_EFER = 264;
  static final int SREGS_APIC_BASE = 272;
  static final int SREGS_INTERRUPT_BITMAP = 280;

  // struct kvm_msrs, kvm_msr_entry, kvm_msr_list
  static final int MSRS_HEADER = 8;
  static final int MSR_ENTRY_SIZE = 16;
  static final int MSR_ENTRY_DATA = 8;
  static final int MSR_LIST_HEADER = 4;

  // struct kvm_cpuid2, kvm_cpuid_entry2
  static final int CPUID_HEADER = 8;
  static final int CPUID_ENTRY_SIZE = 40;
  static final int CPUID_ENTRY_INDEX = 4;
  static final int CPUID_ENTRY_FLAGS = 8;
  static final int CPUID_ENTRY_EAX = 12;

  // struct kvm_xsave, kvm_xcrs, kvm_xcr
  static final int XSAVE_SIZE = 4096;
  static final int XCRS_SIZE = 392;
  static final int XCRS_XCRS = 8;
  static final int XCR_SIZE = 16;
  static final int XCR_VALUE = 8;

  // struct kvm_debugregs
  static final int DEBUGREGS_SIZE = 128;
  static final int DEBUGREGS_DR6 = 32;
  static final int DEBUGREGS_DR7 = 40;

  // struct kvm_guest_debug
  static final int GUEST_DEBUG_SIZE = 72;
  static final int GUEST_DEBUG_REGISTERS = 8;
  static final int GUESTDBG_ENABLE = 1;
  static final int GUESTDBG_SINGLESTEP = 2;
  static final int GUESTDBG_USE_SW_BP = 0x1_0000;
  static final int GUESTDBG_USE_HW_BP = 0x2_0000;
  static final int GUESTDBG_INJECT_DB = 0x4_0000;
  static final int GUESTDBG_INJECT_BP = 0x8_0000;
  static final int GUESTDBG_BLOCKIRQ = 0x10_0000;

  // struct kvm_lapic_state
  static final int LAPIC_SIZE = 1024;

  // struct kvm_vcpu_events
  static final int EVENTS_SIZE = 64;
  static final int EVENTS_EXCEPTION_INJECTED = 0;
  static final int EVENTS_EXCEPTION_NR = 1;
  static final int EVENTS_EXCEPTION_HAS_ERROR = 2;
  static final int EVENTS_EXCEPTION_PENDING = 3;
  static final int EVENTS_EXCEPTION_ERROR = 4;
  static final int EVENTS_INTERRUPT_INJECTED = 8;
  static final int EVENTS_INTERRUPT_NR = 9;
  static final int EVENTS_INTERRUPT_SOFT = 10;
  static final int EVENTS_INTERRUPT_SHADOW = 11;
  static final int EVENTS_NMI_INJECTED = 12;
  static final int EVENTS_NMI_PENDING = 13;
  static final int EVENTS_NMI_MASKED = 14;
  static final int EVENTS_FLAGS = 20;
  static final int EVENTS_VALID_NMI_PENDING = 1;
  static final int EVENTS_VALID_SHADOW = 4;

  /** KVM_X86_SHADOW_INT_MOV_SS and KVM_X86_SHADOW_INT_STI. */
  static final int SHADOW_STI = 2;

  // struct kvm_translation
  static final int TRANSLATION_SIZE = 24;
  static final int TRANSLATION_PHYSICAL = 8;
  static final int TRANSLATION_VALID = 16;

  // struct kvm_enable_cap
  static final int ENABLE_CAP_SIZE = 104;
  static final int ENABLE_CAP_ARGS = 8;

  // struct kvm_userspace_memory_region
  static final int MEMORY_REGION_SIZE = 32;
  static final int MEMORY_REGION_FLAGS = 4;
  static final int MEMORY_REGION_ADDRESS = 8;
  static final int MEMORY_REGION_LENGTH = 16;
  static final int MEMORY_REGION_HOST = 24;
  static final int MEM_LOG_DIRTY_PAGES = 1;
  static final int MEM_READONLY = 2;

  // struct kvm_dirty_log
  static final int DIRTY_LOG_SIZE = 16;
  static final int DIRTY_LOG_BITMAP = 8;

  // struct kvm_clock_data: the clock comes first
  static final int CLOCK_SIZE = 48;

  // struct kvm_ioeventfd
  static final int IOEVENTFD_SIZE = 64;
  static final int IOEVENTFD_ADDRESS = 8;
  static final int IOEVENTFD_LENGTH = 16;
  static final int IOEVENTFD_FD = 20;
  static final int IOEVENTFD_FLAGS = 24;
  static final int IOEVENTFD_DATAMATCH = 1;

  // struct kvm_irqfd
  static final int MSI_SIZE = 32;
  static final int MSI_ADDRESS_HIGH = 4;
  static final int MSI_DATA = 8;

  static final int IRQFD_SIZE = 32;
  static final int IRQFD_GSI = 4;

  // struct kvm_irq_level
  static final int IRQ_LEVEL_SIZE = 8;
  static final int IRQ_LEVEL_LEVEL = 4;

  // struct kvm_irq_routing, kvm_irq_routing_entry
  static final int ROUTING_HEADER = 8;
  static final int ROUTING_ENTRY_SIZE = 48;
  static final int ROUTING_ENTRY_TYPE = 4;
  static final int ROUTING_ENTRY_CHIP = 16;
  static final int ROUTING_ENTRY_PIN = 20;
  static final int ROUTING_IRQCHIP = 1;

  // struct kvm_irqchip, kvm_pic_state, kvm_ioapic_state
  static final int IRQCHIP_SIZE = 520;
  static final int IRQCHIP_CHIP = 8;
  static final int CHIP_PIC_MASTER = 0;
  static final int CHIP_PIC_SLAVE = 1;
  static final int CHIP_IOAPIC = 2;
  static final int IOAPIC_SELECT = 8;
  static final int IOAPIC_ID = 12;
  static final int IOAPIC_IRR = 16;
  static final int IOAPIC_REDIRECTION = 24;

  // struct kvm_pit_config, kvm_pit_state2, kvm_pit_channel_state
  static final int PIT_CONFIG_SIZE = 64;
  static final int PIT_SPEAKER_DUMMY = 1;
  static final int PIT_SIZE = 112;
  static final int PIT_FLAGS = 72;
  static final int PIT_SPEAKER_ON = 2;
  static final int PIT_CHANNEL_SIZE = 24;
  static final int PIT_CHANNEL_LATCHED_COUNT = 4;
  static final int PIT_CHANNEL_COUNT_LATCHED = 6;
  static final int PIT_CHANNEL_STATUS_LATCHED = 7;
  static final int PIT_CHANNEL_STATUS = 8;
  static final int PIT_CHANNEL_READ_STATE = 9;
  static final int PIT_CHANNEL_WRITE_STATE = 10;
  static final int PIT_CHANNEL_WRITE_LATCH = 11;
  static final int PIT_CHANNEL_ACCESS = 12;
  static final int PIT_CHANNEL_MODE = 13;
  static final int PIT_CHANNEL_BCD = 14;
  static final int PIT_CHANNEL_GATE = 15;
  static final int PIT_CHANNEL_LOAD_TIME = 16;

  // struct kvm_mp_state: its only member's values
  static final int MP_RUNNABLE = 0;
  static final int MP_UNINITIALIZED = 1;
  static final int MP_INIT_RECEIVED = 2;
  static final int MP_HALTED = 3;
  static final int MP_SIPI_RECEIVED = 4;

  private Layouts() {}
}
