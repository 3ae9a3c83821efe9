package dev.portfire.testing.conformance;

/** Where things are in a {@link BareMachine}: guest-physical addresses, which are linear ones below 2 MiB too. */
final class Layout {
  static final long MEMORY = 0x40_0000;
  static final long PAGE = 0x1000;

  static final long GDT = 0x1000;
  static final long IDT = 0x2000;
  static final long TSS = 0x3000;
  static final long TSS_SIZE = 0x1000;

  /** With a permission bitmap that opens ports up to 0x2cb7. */
  static final int TSS_LIMIT = 0x5ff;

  /** Where a start-up IPI with {@link #START_UP_VECTOR} goes. */
  static final long TRAMPOLINE = 0x7000;

  static final int START_UP_VECTOR = 7;
  static final long REAL_CODE = 0x8000;
  static final long CODE = 0x1_0000;
  static final long DATA = 0x2_0000;

  /** Pages that a guest may map and remap; zero at first. */
  static final long FREE = 0x3_0000;

  // A vCPU's stacks grow down from these offsets in its area.
  static final long STACKS = 0x4_0000;
  static final long STACKS_SIZE = 0x8000;
  static final long MAIN_STACK = 0x1000;
  static final long RSP0_STACK = 0x2000;
  static final long IST1_STACK = 0x3000;
  static final long IST2_STACK = 0x4000;
  static final long USER_STACK = 0x6000;

  static final long PML4 = 0x10_0000;
  static final long PDPT = 0x10_1000;
  static final long PD_LOW = 0x10_2000;
  static final long PT_LOW = 0x10_3000;
  static final long PD_WINDOW = 0x10_4000;
  static final long PT_WINDOW = 0x10_5000;
  static final long PD_USER = 0x10_6000;
  static final long PT_USER = 0x10_7000;
  static final long PD_IO = 0x10_8000;

  /** Page tables that a guest may fill itself. */
  static final long SPARE_TABLES = 0x10_9000;

  /** Linear address of 1 GiB of which the first 2 MiB have an empty page table, {@link #PT_WINDOW}. */
  static final long WINDOW = 0x4000_0000L;

  /** Linear address at which programs in ring 3 see the first 2 MiB. */
  static final long USER = 0x8000_0000L;

  static final int KERNEL_CS = 0x08;
  static final int KERNEL_DS = 0x10;
  static final int USER_CS32 = 0x1b;
  static final int USER_DS = 0x23;
  static final int USER_CS = 0x2b;
  static final int KERNEL_CS32 = 0x38;
  static final int KERNEL_CS16 = 0x40;
  static final int DATA16 = 0x48;
  static final int ABSENT_DS = 0x50;
  static final int TSS_SELECTOR = 0x60;

  /** Descriptors that a guest may fill itself. */
  static final int SPARE_SELECTOR = 0xa0;

  static final int GDT_LIMIT = 0xff;

  // Ports.
  static final int REPORT = 0x1000;
  static final int REPORT_COUNT = 0x400;
  static final int EXCEPTION = 0x2000;
  static final int STOP = 0x2004;
  static final int SWITCH = 0x2008;
  static final int LINE = 0x2010;
  static final int HOST = 0x2014;

  /** A port that no device claims. */
  static final int NOTHING = 0x2018;

  static final int ECHO = 0x2100;
  static final int QUEUE = 0x2200;

  /** Test device in memory-mapped I/O. */
  static final long MMIO = 0xd000_0000L;

  static final long MMIO_SIZE = 0x2000;

  /** A register that only notifies, for values below {@link #DOORBELL_VALUES}. */
  static final long DOORBELL = 0xd000_3000L;

  static final long DOORBELL_VALUES = 2;
  static final long LOCAL_APIC = 0xfee0_0000L;
  static final long IO_APIC = 0xfec0_0000L;

  private Layout() {}
}
