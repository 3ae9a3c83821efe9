package dev.portfire.boot;

import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.X86State;
import dev.portfire.machine.X86State.Segment;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Loads a Linux kernel for its 64-bit entry point (kernel boot.rst, "64-bit boot protocol"). */
public final class LinuxBoot {
  private static final long GDT = 0x500;
  private static final long IDT = 0x520;
  private static final long BOOT_PARAMS = 0x7000;
  private static final long STACK = 0x8ff0;
  private static final long PAGE_TABLES = 0x9000;
  private static final long COMMAND_LINE = 0x2_0000;
  private static final long EBDA = 0x9_fc00;

  private static final int CODE_SELECTOR = 0x08;
  private static final int DATA_SELECTOR = 0x10;
  private static final int TASK_SELECTOR = 0x18;
  private static final int CODE_ACCESS = 0xa09b;
  private static final int DATA_ACCESS = 0xc093;
  private static final int TASK_ACCESS = 0x808b;
  private static final int FLAT = 0xffff_ffff;

  private static final long CR0_PE_ET_PG = 0x8000_0011L;
  private static final long CR4_PAE = 0x20;
  private static final long EFER_LME_LMA = 0x500;
  private static final long RFLAGS_RESERVED = 2;
  private static final long DR6_RESET = 0xffff_0ff0L;
  private static final long DR7_RESET = 0x400;

  private static final int PAGE_PRESENT_WRITABLE = 0x3;
  private static final int PAGE_LARGE = 0x80;
  private static final long LARGE_PAGE = 2 << 20;

  private static final int E820_RAM = 1;
  private static final int E820_RESERVED = 2;
  private static final int BOOT_PARAMS_LENGTH = 4096;
  private static final int E820_COUNT = 0x1e8;
  private static final int E820_TABLE = 0x2d0;
  private static final int E820_ENTRY = 20;

  /** Flags of fast strings in IA32_MISC_ENABLE. */
  private static final long FAST_STRINGS = 1;

  /** MTRRs on, memory write-back unless they say otherwise. */
  private static final long MTRR_WRITE_BACK = 1 << 11 | 6;

  private LinuxBoot() {}

  /** Where a guest jumps that wants the firmware to reset the machine: FFFF:0000 in real mode. */
  private static final long RESET_VECTOR = 0xf_fff0L;

  /** What it finds there, in 16-bit code: mov al, 0xfe; out 0x64, al (the keyboard controller's reset); hlt; jmp to the hlt. */
  private static final byte[] RESET_CODE = {(byte) 0xb0, (byte) 0xfe, (byte) 0xe6, 0x64, (byte) 0xf4, (byte) 0xeb, (byte) 0xfd};

  /**
   * Reads a kernel image, an ELF vmlinux or a bzImage, and unpacks it. It needs no machine yet, so it can be done beside making one.
   *
   * @param ramSize bytes of memory that it will have; what could never fit is refused before anything is allocated for it
   * @throws BootException if the kernel is no good
   */
  public static UnpackedKernel unpack(ImageSource kernel, long ramSize) throws BootException {
    return KernelImage.unpack(ramSize, kernel.label(), kernel.open("kernel", Arena.ofAuto()));
  }

  /** Puts everything into guest memory that a kernel needs to start: see {@link #load(GuestMemory, BootSpec, UnpackedKernel)}. */
  public static X86State load(GuestMemory memory, BootSpec spec) throws BootException {
    return load(memory, spec, unpack(spec.kernel(), memory.ramSize()));
  }

  /**
   * Puts everything into guest memory that a kernel needs to start.
   *
   * @param memory zeroed guest memory
   * @param unpacked the kernel that {@code spec} names
   * @return the state in which CPU 0 starts; the others start in {@link #applicationProcessor()}
   * @throws BootException if the kernel or the initial RAM disk is no good or does not fit
   */
  public static X86State load(GuestMemory memory, BootSpec spec, UnpackedKernel unpacked) throws BootException {
    if (memory.lowSize() < 2 * KernelImage.LOWEST) {
      throw new BootException("%d KiB of memory are too little to boot in".formatted(memory.ramSize() >> 10));
    }
    KernelImage.Loaded kernel = KernelImage.load(memory, unpacked);
    long initrd = 0;
    long initrdLength = 0;
    Optional<ImageSource> source = spec.initrd();
    if (source.isPresent()) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment image = source.get().open("initrd", arena);
        initrdLength = image.byteSize();
        initrd = (memory.lowSize() - initrdLength) & -GuestMemory.PAGE_SIZE;
        if (initrd < kernel.end()) {
          throw new BootException(
              "initrd %s of %d MiB does not fit into %d MiB of memory beside the kernel"
                  .formatted(source.get().label(), (initrdLength + (1 << 20) - 1) >> 20, memory.ramSize() >> 20));
        }
        MemorySegment.copy(image, 0, memory.slice(initrd, initrdLength), 0, initrdLength);
        memory.markWritten(initrd, initrdLength);
      }
    }
    byte[] line = (spec.commandLine().text() + "\0").getBytes(StandardCharsets.US_ASCII);
    memory.write(COMMAND_LINE, line);
    byte[] mpTable = MpTable.of(EBDA, spec.cpus());
    memory.write(EBDA, mpTable);
    AcpiTables.write(memory, spec, EBDA + mpTable.length, BootSpec.GENERATION_ID);
    writeBootParams(memory, spec, kernel, line.length, initrd, initrdLength);
    writePageTables(memory);
    writeGdt(memory);
    memory.write(RESET_VECTOR, RESET_CODE);
    return bootProcessor(kernel.entry());
  }

  private static void writeBootParams(
      GuestMemory memory,
      BootSpec spec,
      KernelImage.Loaded kernel,
      int lineLength,
      long initrd,
      long initrdLength) {
    ByteBuffer params = ByteBuffer.allocate(BOOT_PARAMS_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = kernel.setupHeader();
    params.put(KernelImage.SETUP_HEADER, header);
    if (header.length == 0) {
      params.putShort(0x1fe, (short) 0xaa55);
      params.putInt(0x202, 0x5372_6448);
      params.putInt(0x230, 0x0100_0000);
      params.putInt(0x238, lineLength);
    }
    params.put(0x210, (byte) 0xff);
    params.putInt(0x218, (int) initrd);
    params.putInt(0x21c, (int) initrdLength);
    params.putInt(0x228, (int) COMMAND_LINE);
    params.putLong(0x70, AcpiTables.RSDP);

    int count = 0;
    count = e820(params, count, 0, EBDA, E820_RAM);
    count = e820(params, count, EBDA, AcpiTables.RSDP - EBDA, E820_RESERVED);
    count = e820(params, count, KernelImage.LOWEST, memory.lowSize() - KernelImage.LOWEST, E820_RAM);
    if (spec.platform().pci().isPresent()) {
      BootSpec.Pci pci = spec.platform().pci().get();
      count = e820(params, count, pci.configMemory(), pci.configLength(), E820_RESERVED);
    }
    if (memory.highSize() > 0) {
      count = e820(params, count, GuestMemory.GAP_END, memory.highSize(), E820_RAM);
    }
    params.put(E820_COUNT, (byte) count);
    memory.write(BOOT_PARAMS, params.array());
  }

  private static int e820(ByteBuffer params, int index, long address, long length, int type) {
    params.position(E820_TABLE + index * E820_ENTRY);
    params.putLong(address).putLong(length).putInt(type);
    return index + 1;
  }

  /** One gigabyte, virtual as physical, in large pages. */
  private static void writePageTables(GuestMemory memory) {
    long pml4 = PAGE_TABLES;
    long pdpt = pml4 + GuestMemory.PAGE_SIZE;
    long pd = pdpt + GuestMemory.PAGE_SIZE;
    memory.writeLong(pml4, pdpt | PAGE_PRESENT_WRITABLE);
    memory.writeLong(pdpt, pd | PAGE_PRESENT_WRITABLE);
    ByteBuffer entries = ByteBuffer.allocate(GuestMemory.PAGE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 512; i++) {
      entries.putLong(i * LARGE_PAGE | PAGE_PRESENT_WRITABLE | PAGE_LARGE);
    }
    memory.write(pd, entries.array());
  }

  private static void writeGdt(GuestMemory memory) {
    memory.writeLong(GDT, 0);
    memory.writeLong(GDT + CODE_SELECTOR, descriptor(CODE_ACCESS));
    memory.writeLong(GDT + DATA_SELECTOR, descriptor(DATA_ACCESS));
    memory.writeLong(GDT + TASK_SELECTOR, descriptor(TASK_ACCESS));
    memory.writeLong(IDT, 0);
  }

  /** A segment descriptor (SDM volume 3, 3.4.5) with base 0 and limit 0xfffff. */
  private static long descriptor(int access) {
    return (long) access << 40 | 0xfL << 48 | 0xffff;
  }

  private static X86State bootProcessor(long entry) {
    long[] general = new long[16];
    general[4] = STACK;
    general[5] = STACK;
    general[6] = BOOT_PARAMS;
    Segment data = new Segment(DATA_SELECTOR, 0, FLAT, DATA_ACCESS);
    Segment[] segments = {
      data,
      new Segment(CODE_SELECTOR, 0, FLAT, CODE_ACCESS),
      data,
      data,
      data,
      data,
      new Segment(0, 0, 0xffff, Segment.UNUSABLE | 0x82),
      new Segment(TASK_SELECTOR, 0, FLAT, TASK_ACCESS)
    };
    return new X86State(
        general,
        entry,
        RFLAGS_RESERVED,
        segments,
        new X86State.Table(GDT, 4 * 8 - 1),
        new X86State.Table(IDT, 7),
        new X86State.Control(CR0_PE_ET_PG, 0, PAGE_TABLES, CR4_PAE, 0, EFER_LME_LMA, 1),
        new long[] {0, 0, 0, 0, DR6_RESET, DR7_RESET},
        bootMsrs(),
        initialXsave(),
        X86State.RunState.RUNNING);
  }

  /**
   * The state in which the other CPUs wait for INIT and a start-up IPI: that after reset (SDM volume 3, table 10-1), in
   * which the IPI replaces CS and RIP.
   */
  public static X86State applicationProcessor() {
    Segment data = new Segment(0, 0, 0xffff, 0x93);
    Segment[] segments = new Segment[8];
    Arrays.fill(segments, 0, 6, data);
    segments[X86State.CS] = new Segment(0xf000, 0xffff_0000L, 0xffff, 0x9b);
    segments[X86State.LDTR] = new Segment(0, 0, 0xffff, 0x82);
    segments[X86State.TR] = new Segment(0, 0, 0xffff, 0x8b);
    return new X86State(
        new long[16],
        0xfff0,
        RFLAGS_RESERVED,
        segments,
        new X86State.Table(0, 0xffff),
        new X86State.Table(0, 0xffff),
        new X86State.Control(0x6000_0010L, 0, 0, 0, 0, 0, 1),
        new long[] {0, 0, 0, 0, DR6_RESET, DR7_RESET},
        bootMsrs(),
        initialXsave(),
        X86State.RunState.WAIT_FOR_SIPI);
  }

  private static Map<Integer, Long> bootMsrs() {
    return Map.ofEntries(
        Map.entry(0x010, 0L),
        Map.entry(0x174, 0L),
        Map.entry(0x175, 0L),
        Map.entry(0x176, 0L),
        Map.entry(0x1a0, FAST_STRINGS),
        Map.entry(0x2ff, MTRR_WRITE_BACK),
        Map.entry(0xc000_0081, 0L),
        Map.entry(0xc000_0082, 0L),
        Map.entry(0xc000_0083, 0L),
        Map.entry(0xc000_0084, 0L),
        Map.entry(0xc000_0102, 0L));
  }

  /** An XSAVE area with x87 control word and MXCSR as after FNINIT and reset (SDM volume 1, 13.4). */
  private static byte[] initialXsave() {
    ByteBuffer area = ByteBuffer.allocate(576).order(ByteOrder.LITTLE_ENDIAN);
    area.putShort(0, (short) 0x37f);
    area.putInt(24, 0x1f80);
    area.putInt(28, 0xffff);
    area.putLong(512, 3);
    return area.array();
  }
}
