package dev.portfire.softcpu;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.portfire.machine.Activity;
import dev.portfire.machine.ExitReason;
import dev.portfire.machine.ExitStats;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.IoBus;
import dev.portfire.softcpu.irqchip.LocalApic;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Linear to guest-physical translation and every access to guest memory by one vCPU (SDM volume 3, chapter 4).
 *
 * <p>The soft TLB is a structure of arrays, direct-mapped. A tag is a page's linear address with the <em>context</em>
 * in its low twelve bits: address-space number and privilege mode. So neither a privilege change nor a switch between
 * address spaces with PCIDs flushes anything, and one comparison decides. A page is in the write tags only when it is
 * writable, already dirty, holds no decoded code and is not clean in a dirty log.
 */
final class Mmu {
  private static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle ATOMIC_INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
  private static final VarHandle ATOMIC_LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  static final int READ = 0;
  static final int WRITE = 1;
  static final int FETCH = 2;

  private static final long PAGE = -4096L;
  private static final long LARGE_PAGE = -1L << 21;
  private static final int SLOTS = 8192;
  private static final int SLOT_MASK = SLOTS - 1;

  // Privilege modes in the low two bits of a context.
  static final int USER = 0;
  static final int SUPERVISOR_SMAP = 1;
  static final int SUPERVISOR = 2;
  private static final int MAX_SPACES = 1 << 10;

  // Rights of a slot.
  private static final int RIGHT_USER = 1;
  private static final int RIGHT_WRITE = 2;
  private static final int RIGHT_DIRTY = 4;
  private static final int RIGHT_GLOBAL = 8;
  private static final int RIGHT_NO_EXECUTE = 16;

  // Page table entries, SDM volume 3, table 4-20.
  private static final long PRESENT = 1;
  private static final long WRITABLE = 2;
  private static final long USER_PAGE = 4;
  private static final long ACCESSED = 0x20;
  private static final long DIRTY = 0x40;
  private static final long LARGE = 0x80;
  private static final long GLOBAL = 0x100;
  private static final long NO_EXECUTE = 1L << 63;
  private static final long ADDRESS = 0x000f_ffff_ffff_f000L;

  static final long CR0_PG = 1L << 31;
  static final long CR0_WP = 1L << 16;
  static final long CR4_PSE = 1L << 4;
  static final long CR4_PAE = 1L << 5;
  static final long CR4_PGE = 1L << 7;
  static final long CR4_LA57 = 1L << 12;
  static final long CR4_PCIDE = 1L << 17;
  static final long CR4_SMEP = 1L << 20;
  static final long CR4_SMAP = 1L << 21;
  static final long EFER_LMA = 1L << 10;
  static final long EFER_NXE = 1L << 11;

  private final GuestMemory memory;
  private final MemorySegment host;
  private final IoBus bus;
  private final CodeCache code;
  private final LocalApic apic;
  private final ExitStats exits;
  private final boolean smp;

  private final long[] readTag = new long[SLOTS];
  private final long[] writeTag = new long[SLOTS];
  private final long[] hostBase = new long[SLOTS];
  private final long[] slotPage = new long[SLOTS];
  private final long[] slotPhysical = new long[SLOTS];
  private final int[] slotSpace = new int[SLOTS];
  private final byte[] slotRights = new byte[SLOTS];
  private final long[] fetchTag = new long[SLOTS];
  private final long[] fetchBase = new long[SLOTS];

  /** For a code page with a global translation its address and privilege: good in every address space; else −1. */
  private final long[] fetchGlobal = new long[SLOTS];

  private final int[] spaceOfPcid = new int[4096];

  private int nextSpace = 1;

  /** 1 GiB regions that are mapped by a 1 GiB page. */
  private final Set<Long> hugeRegions = new HashSet<>();

  private boolean largePages;

  /** Address space number in bits 2–11, privilege mode in bits 0–1. */
  private long context;

  private int space;
  private int mode = SUPERVISOR;

  private long cr0;
  private long cr3;
  private long cr4;
  private long efer;
  private long linearMask = -1;
  private boolean longMode;

  /** The code page being executed, whose overwriting needs care; −1 if none. */
  int executingPage = -1;

  /** The native engine's tables, which hold nothing that is not here, too. */
  private @Nullable NativeState nativeState;

  /** Counts flushes and switches: a cached translation of a linear address is good while this does not change. */
  int generation;

  Mmu(GuestMemory memory, IoBus bus, CodeCache code, LocalApic apic, ExitStats exits, boolean smp) {
    this.memory = memory;
    this.host = memory.host();
    this.bus = bus;
    this.code = code;
    this.apic = apic;
    this.exits = exits;
    this.smp = smp;
    flushAll();
  }

  // ---- context

  /** Takes over control registers after a change that is not a plain CR3 load; flushes everything. */
  void setControl(long newCr0, long newCr3, long newCr4, long newEfer) {
    cr0 = newCr0;
    cr3 = newCr3;
    cr4 = newCr4;
    efer = newEfer;
    flushAll();
  }

  /** Takes over EFER after a change that leaves translations alone. */
  void setEfer(long value) {
    efer = value;
  }

  /** Loads CR3 (SDM volume 3, 4.10.4.1). */
  void setCr3(long value, boolean keep) {
    cr3 = value;
    if ((cr4 & CR4_PCIDE) != 0) {
      int pcid = (int) value & 0xfff;
      if (!keep || spaceOfPcid[pcid] == 0) {
        spaceOfPcid[pcid] = newSpace();
      }
      enterSpace(spaceOfPcid[pcid]);
    } else {
      enterSpace(newSpace());
    }
  }

  /**
   * Sets the privilege of data accesses.
   *
   * @param user whether CPL is 3
   * @param allowUserPages EFLAGS.AC, which suspends SMAP
   */
  void setPrivilege(boolean user, boolean allowUserPages) {
    mode = user ? USER : (cr4 & CR4_SMAP) != 0 && !allowUserPages ? SUPERVISOR_SMAP : SUPERVISOR;
    context = (long) space << 2 | mode;
  }

  /** The privilege mode: {@link #USER}, or one of two for supervisors. */
  int mode() {
    return mode;
  }

  /** Keeps the tables of a native engine up to date from now on. */
  void attach(NativeState state) {
    nativeState = state;
  }

  /** Sets whether linear addresses are 64 bits wide, as in 64-bit code, or 32. */
  void setLongMode(boolean value) {
    longMode = value;
    linearMask = value ? -1 : 0xffff_ffffL;
  }

  /** A number for the current translation context: equal numbers mean equal translations of code addresses. */
  int fetchContext() {
    return generation << 1 | (mode == USER ? 0 : 1);
  }

  private int newSpace() {
    if (nextSpace == MAX_SPACES - 1) {
      flushAll();
    }
    return nextSpace++;
  }

  private void enterSpace(int number) {
    space = number;
    context = (long) space << 2 | mode;
    generation++;
    if (nativeState != null) {
      nativeState.switchSpace();
    }
  }

  /** Forgets every translation. */
  void flushAll() {
    Arrays.fill(readTag, -1);
    Arrays.fill(writeTag, -1);
    Arrays.fill(slotPage, -1);
    Arrays.fill(fetchTag, -1);
    Arrays.fill(fetchGlobal, -1);
    Arrays.fill(spaceOfPcid, 0);
    nextSpace = 2;
    largePages = false;
    if (nativeState != null) {
      nativeState.forgetAll();
    }
    hugeRegions.clear();
    if ((cr4 & CR4_PCIDE) != 0) {
      spaceOfPcid[(int) cr3 & 0xfff] = 1;
    }
    enterSpace(1);
  }

  /**
   * Forgets the translation of one page (INVLPG), global or not, in every address space: more than needed, never less.
   */
  void invalidatePage(long address) {
    if (!hugeRegions.isEmpty() && hugeRegions.contains(address >>> 30)) {
      flushAll();
      return;
    }
    forget(slot(address));
    if (nativeState != null) {
      nativeState.forgetPage(address);
      nativeState.forgetReturns(address, largePages ? LARGE_PAGE : -4096L);
    }
    if (largePages) {
      // The 4 KiB pieces of a 2 MiB page lie in neighbouring slots.
      long region = address & LARGE_PAGE;
      int first = slot(region);
      for (int slot = first; slot < first + 512; slot++) {
        if ((slotPage[slot] & LARGE_PAGE) == region || (fetchTag[slot] & LARGE_PAGE) == region) {
          forget(slot);
          if (nativeState != null) {
            nativeState.forgetPage(region + ((long) (slot - first) << 12));
          }
        }
      }
    }
    generation++;
  }

  private void forget(int slot) {
    readTag[slot] = -1;
    writeTag[slot] = -1;
    slotPage[slot] = -1;
    fetchTag[slot] = -1;
    fetchGlobal[slot] = -1;
  }

  /** Forgets which pages may be written without a look at {@link CodeCache}. */
  void flushWrites() {
    Arrays.fill(writeTag, -1);
    if (nativeState != null) {
      nativeState.forgetWrites();
    }
  }

  private static int slot(long address) {
    return (int) (address >>> 12) & SLOT_MASK;
  }

  // ---- accesses

  long load8(long address) {
    int slot = slot(address);
    if (readTag[slot] == ((address & PAGE) | context)) {
      return get8(hostBase[slot] + address);
    }
    return slowLoad(address, 1);
  }

  long load16(long address) {
    int slot = slot(address);
    if (readTag[slot] == ((address + 1 & PAGE) | context)) {
      return get16(hostBase[slot] + address);
    }
    return slowLoad(address, 2);
  }

  long load32(long address) {
    int slot = slot(address);
    if (readTag[slot] == ((address + 3 & PAGE) | context)) {
      return get32(hostBase[slot] + address);
    }
    return slowLoad(address, 4);
  }

  long load64(long address) {
    int slot = slot(address);
    if (readTag[slot] == ((address + 7 & PAGE) | context)) {
      return get64(hostBase[slot] + address);
    }
    return slowLoad(address, 8);
  }

  void store8(long address, long value) {
    int slot = slot(address);
    if (writeTag[slot] == ((address & PAGE) | context)) {
      put8(hostBase[slot] + address, value);
    } else {
      slowStore(address, 1, value);
    }
  }

  void store16(long address, long value) {
    int slot = slot(address);
    if (writeTag[slot] == ((address + 1 & PAGE) | context)) {
      put16(hostBase[slot] + address, value);
    } else {
      slowStore(address, 2, value);
    }
  }

  void store32(long address, long value) {
    int slot = slot(address);
    if (writeTag[slot] == ((address + 3 & PAGE) | context)) {
      put32(hostBase[slot] + address, value);
    } else {
      slowStore(address, 4, value);
    }
  }

  void store64(long address, long value) {
    int slot = slot(address);
    if (writeTag[slot] == ((address + 7 & PAGE) | context)) {
      put64(hostBase[slot] + address, value);
    } else {
      slowStore(address, 8, value);
    }
  }

  /**
   * The host offset where {@code bytes} at an address can be read and written in place, or −1 if only {@link #slowLoad}
   * and {@link #slowStore} can.
   */
  long writable(long address, int bytes) {
    int slot = slot(address);
    if (writeTag[slot] == ((address + bytes - 1 & PAGE) | context)) {
      return hostBase[slot] + address;
    }
    return slowWritable(address, bytes);
  }

  long get8(long at) {
    long value = host.get(JAVA_BYTE, at) & 0xffL;
    if (smp) {
      VarHandle.acquireFence();
    }
    return value;
  }

  long get16(long at) {
    long value = host.get(SHORT, at) & 0xffffL;
    if (smp) {
      VarHandle.acquireFence();
    }
    return value;
  }

  long get32(long at) {
    long value = host.get(INT, at) & 0xffff_ffffL;
    if (smp) {
      VarHandle.acquireFence();
    }
    return value;
  }

  long get64(long at) {
    long value = host.get(LONG, at);
    if (smp) {
      VarHandle.acquireFence();
    }
    return value;
  }

  void put8(long at, long value) {
    if (smp) {
      VarHandle.releaseFence();
    }
    host.set(JAVA_BYTE, at, (byte) value);
  }

  void put16(long at, long value) {
    if (smp) {
      VarHandle.releaseFence();
    }
    host.set(SHORT, at, (short) value);
  }

  void put32(long at, long value) {
    if (smp) {
      VarHandle.releaseFence();
    }
    host.set(INT, at, (int) value);
  }

  void put64(long at, long value) {
    if (smp) {
      VarHandle.releaseFence();
    }
    host.set(LONG, at, value);
  }

  boolean compareAndSet8(long at, long expected, long value) {
    return compareAndSetPart(at, expected, value, 0xff);
  }

  boolean compareAndSet16(long at, long expected, long value) {
    return compareAndSetPart(at, expected, value, 0xffff);
  }

  /** Compare-and-set of a byte or an aligned half-word inside its aligned word. */
  private boolean compareAndSetPart(long at, long expected, long value, int mask) {
    long word = at & ~3;
    int shift = (int) (at & 3) * 8;
    for (; ; ) {
      int old = (int) ATOMIC_INT.getVolatile(host, word);
      if ((old >>> shift & mask) != ((int) expected & mask)) {
        return false;
      }
      if (ATOMIC_INT.compareAndSet(host, word, old, old & ~(mask << shift) | ((int) value & mask) << shift)) {
        return true;
      }
    }
  }

  boolean compareAndSet32(long at, long expected, long value) {
    return ATOMIC_INT.compareAndSet(host, at, (int) expected, (int) value);
  }

  boolean compareAndSet64(long at, long expected, long value) {
    return ATOMIC_LONG.compareAndSet(host, at, expected, value);
  }

  /**
   * Copies bytes inside guest memory; the ranges must not overlap in a way that a byte-wise forward copy would
   * propagate.
   */
  void copy(long from, long to, long bytes) {
    MemorySegment.copy(host, from, host, to, bytes);
  }

  /** Stores {@code count} elements of {@code bytes} bytes each, all of one value. */
  void fill(long at, long count, int bytes, long value) {
    if (bytes == 1 || value == 0) {
      host.asSlice(at, count * bytes).fill((byte) value);
      return;
    }
    for (long k = 0; k < count; k++) {
      switch (bytes) {
        case 2 -> put16(at + 2 * k, value);
        case 4 -> put32(at + 4 * k, value);
        default -> put64(at + 8 * k, value);
      }
    }
  }

  /** Reads host bytes of guest RAM. */
  void read(long at, byte[] target, int offset, int length) {
    MemorySegment.copy(host, JAVA_BYTE, at, target, offset, length);
  }

  /** The host offset of an address that can be read directly up to the end of its page, or −1 for device memory. */
  long readable(long address) {
    int slot = slot(address);
    if (readTag[slot] == ((address & PAGE) | context)) {
      return hostBase[slot] + address;
    }
    long physical = translate(address & linearMask, READ);
    return memory.hostOffset(physical);
  }

  // ---- slow paths

  private long pageEndDistance(long address) {
    return 4096 - (address & 4095);
  }

  /** A read that the TLB could not answer: missing translation, device, page crossing, or 32-bit wrap-around. */
  long slowLoad(long unmasked, int bytes) {
    long address = unmasked & linearMask;
    if (bytes > pageEndDistance(address)) {
      long value = 0;
      for (int k = 0; k < bytes; k++) {
        value |= slowLoad(address + k, 1) << 8 * k;
      }
      return value;
    }
    long physical = translate(address, READ);
    long at = memory.hostOffset(physical);
    if (at < 0) {
      return deviceRead(physical, bytes);
    }
    return switch (bytes) {
      case 1 -> get8(at);
      case 2 -> get16(at);
      case 4 -> get32(at);
      default -> get64(at);
    };
  }

  /** A write that the TLB could not answer; nothing is written unless all of it can be. */
  void slowStore(long unmasked, int bytes, long value) {
    long address = unmasked & linearMask;
    if (bytes > pageEndDistance(address)) {
      translate(address, WRITE);
      translate(secondPage(address, bytes), WRITE);
      checkSelfModification(address, bytes);
      for (int k = 0; k < bytes; k++) {
        slowStore(address + k, 1, value >>> 8 * k);
      }
      return;
    }
    long physical = translate(address, WRITE);
    long at = memory.writableOffset(physical);
    if (at < 0) {
      deviceWrite(physical, bytes, bytes == 8 ? value : value & (1L << 8 * bytes) - 1);
      return;
    }
    beforeWrite(at, bytes);
    switch (bytes) {
      case 1 -> put8(at, value);
      case 2 -> put16(at, value);
      case 4 -> put32(at, value);
      default -> put64(at, value);
    }
    // Only now: another vCPU that decodes the page after this has seen the new bytes.
    code.written((int) (at >>> 12), (int) at & 4095, bytes);
  }

  private long slowWritable(long unmasked, int bytes) {
    long address = unmasked & linearMask;
    long physical = translate(address, WRITE);
    if (bytes > pageEndDistance(address)) {
      translate(secondPage(address, bytes), WRITE);
      checkSelfModification(address, bytes);
      return -1;
    }
    long at = memory.writableOffset(physical);
    if (at < 0) {
      return -1;
    }
    beforeWrite(at, bytes);
    int page = (int) (at >>> 12);
    code.dirtyLog().mark(page);
    return code.hasCode(page) ? -1 : at;
  }

  /** Where an access that crosses a page boundary goes on; the address that CR2 gets if that page is missing. */
  private long secondPage(long address, int bytes) {
    return address + bytes - 1 & linearMask & PAGE;
  }

  private void checkSelfModification(long address, int bytes) {
    long first = memory.writableOffset(translate(address, WRITE));
    long second = memory.writableOffset(translate(secondPage(address, bytes), WRITE));
    int split = (int) pageEndDistance(address);
    if (first >= 0) {
      beforeWrite(first, split);
    }
    if (second >= 0) {
      beforeWrite(second, bytes - split);
    }
  }

  private void beforeWrite(long at, int bytes) {
    int page = (int) (at >>> 12);
    if (page == executingPage && code.overlaps(page, (int) at & 4095, bytes)) {
      // The instruction is executed again alone, as a block that does not outlive it.
      throw SelfModification.INSTANCE;
    }
  }

  private long deviceRead(long physical, int bytes) {
    long start = System.nanoTime();
    long value;
    if (apic.mmioEnabled() && (physical & PAGE) == apic.mmioBase()) {
      value = apic.read((int) physical & 0xfff) & 0xffff_ffffL;
    } else {
      exits.doing(Activity.DEVICES);
      value = bus.read(physical, bytes);
      exits.doing(Activity.INTERPRETING);
    }
    exits.record(ExitReason.MMIO, System.nanoTime() - start);
    return value;
  }

  private void deviceWrite(long physical, int bytes, long value) {
    long start = System.nanoTime();
    if (apic.mmioEnabled() && (physical & PAGE) == apic.mmioBase()) {
      apic.write((int) physical & 0xfff, (int) value);
    } else {
      exits.doing(Activity.DEVICES);
      bus.write(physical, bytes, value);
      exits.doing(Activity.INTERPRETING);
    }
    exits.record(ExitReason.MMIO, System.nanoTime() - start);
  }

  /** Reads with the privilege of the CPU itself, for descriptor tables and task state (SDM volume 3, 4.6.1). */
  long systemLoad(long address, int bytes) {
    long savedContext = context;
    int savedMode = mode;
    boolean savedLongMode = longMode;
    enterSystem();
    try {
      return switch (bytes) {
        case 1 -> load8(address);
        case 2 -> load16(address);
        case 4 -> load32(address);
        default -> load64(address);
      };
    } finally {
      leaveSystem(savedContext, savedMode, savedLongMode);
    }
  }

  /** Writes with the privilege of the CPU itself. */
  void systemStore(long address, int bytes, long value) {
    long savedContext = context;
    int savedMode = mode;
    boolean savedLongMode = longMode;
    enterSystem();
    try {
      slowStore(address, bytes, value);
    } finally {
      leaveSystem(savedContext, savedMode, savedLongMode);
    }
  }

  private void enterSystem() {
    mode = (cr4 & CR4_SMAP) != 0 ? SUPERVISOR_SMAP : SUPERVISOR;
    context = (long) space << 2 | mode;
    if ((efer & EFER_LMA) != 0) {
      setLongMode(true);
    }
  }

  private void leaveSystem(long savedContext, int savedMode, boolean savedLongMode) {
    context = savedContext;
    mode = savedMode;
    setLongMode(savedLongMode);
  }

  // ---- translation

  /**
   * Translates for an access, filling the TLB.
   *
   * @param address a linear address, already cut to its width
   * @return guest-physical address
   * @throws GuestFault page fault, or general protection for a non-canonical address
   */
  long translate(long address, int access) {
    int slot = slot(address);
    long page = address & PAGE;
    if (slotPage[slot] != page
        || !(slotSpace[slot] == space || (slotRights[slot] & RIGHT_GLOBAL) != 0)
        || !permitted(slotRights[slot], access)) {
      fill(address, access, slot);
    }
    install(slot, page);
    return slotPhysical[slot] | (address & 4095);
  }

  private boolean permitted(int rights, int access) {
    boolean user = (rights & RIGHT_USER) != 0;
    if (mode == USER ? !user : mode == SUPERVISOR_SMAP && user) {
      return false;
    }
    return access != WRITE
        || ((rights & RIGHT_DIRTY) != 0
            && ((rights & RIGHT_WRITE) != 0 || (mode != USER && (cr0 & CR0_WP) == 0)));
  }

  private void install(int slot, long page) {
    long physical = slotPhysical[slot];
    long at = memory.hostOffset(physical);
    if (at < 0) {
      readTag[slot] = -1;
      writeTag[slot] = -1;
      return;
    }
    hostBase[slot] = at - page;
    readTag[slot] = page | context;
    boolean writable = permitted(slotRights[slot], WRITE)
        && !code.watches((int) (at >>> 12))
        && memory.writableOffset(physical) >= 0;
    writeTag[slot] = writable ? page | context : -1;
  }

  private void fill(long address, int access, int slot) {
    long leaf;
    int rights;
    long physicalPage;
    if ((cr0 & CR0_PG) == 0) {
      rights = RIGHT_USER | RIGHT_WRITE | RIGHT_DIRTY;
      physicalPage = address & PAGE;
      if (mode == SUPERVISOR_SMAP) {
        rights &= ~RIGHT_USER;
      }
    } else {
      leaf = walk(address, access);
      rights = (int) (leaf >>> 56);
      physicalPage = leaf & ADDRESS;
    }
    slotPage[slot] = address & PAGE;
    slotPhysical[slot] = physicalPage;
    slotSpace[slot] = space;
    slotRights[slot] = (byte) rights;
  }

  /** Raises the page fault that an access gets. */
  private GuestFault fault(long address, int access, long code) {
    long errorCode = code;
    if (access == WRITE) {
      errorCode |= 2;
    }
    if (mode == USER) {
      errorCode |= 4;
    }
    if (access == FETCH && ((efer & EFER_NXE) != 0 || (cr4 & CR4_SMEP) != 0)) {
      errorCode |= 16;
    }
    return GuestFault.pageFault(address, (int) errorCode);
  }

  /**
   * Walks the page tables, sets accessed and dirty bits.
   *
   * @return the physical page in bits 12–51 and the rights in the top byte
   */
  private long walk(long address, int access) {
    if ((cr4 & CR4_PAE) == 0) {
      return walkLegacy(address, access);
    }
    boolean noExecuteEnabled = (efer & EFER_NXE) != 0;
    long table;
    int level;
    if ((efer & EFER_LMA) != 0) {
      level = (cr4 & CR4_LA57) != 0 ? 5 : 4;
      int unused = level == 5 ? 7 : 16;
      if (longMode && address << unused >> unused != address) {
        throw GuestFault.nonCanonical();
      }
      table = cr3 & ADDRESS;
    } else {
      level = 3;
      table = cr3 & 0xffff_ffe0L;
    }
    boolean threeLevel = level == 3;
    long writable = WRITABLE;
    long user = USER_PAGE;
    long noExecute = 0;
    for (; ; level--) {
      long at = table + (address >>> 12 + 9 * (level - 1) & (threeLevel && level == 3 ? 3 : 0x1ff)) * 8;
      long entry = tableEntry(at);
      if ((entry & PRESENT) == 0) {
        throw fault(address, access, 0);
      }
      boolean leafPage = level == 1 || ((entry & LARGE) != 0 && level <= 3 && !(threeLevel && level == 3));
      long reserved = noExecuteEnabled ? 0 : NO_EXECUTE;
      if ((entry & LARGE) != 0 && level >= 4) {
        reserved |= LARGE;
      } else if (leafPage && level > 1) {
        reserved |= (1L << 12 + 9 * (level - 1)) - 1 & ~0x1fffL;
      }
      if ((entry & reserved) != 0) {
        throw fault(address, access, 9);
      }
      if (!(threeLevel && level == 3)) {
        writable &= entry;
        user &= entry;
        noExecute |= entry & NO_EXECUTE;
      }
      if (!leafPage) {
        if ((entry & ACCESSED) == 0 && !(threeLevel && level == 3)) {
          setBits(at, entry, ACCESSED);
        }
        table = entry & ADDRESS;
        continue;
      }
      checkRights(address, access, writable != 0, user != 0, noExecute != 0);
      long set = access == WRITE ? ACCESSED | DIRTY : ACCESSED;
      if ((entry & set) != set) {
        entry = setBits(at, entry, set);
      }
      long mask = (1L << 12 + 9 * (level - 1)) - 1;
      if (level == 2) {
        largePages = true;
      } else if (level == 3) {
        hugeRegions.add(address >>> 30);
      }
      long physical = (entry & ADDRESS & ~mask) | (address & mask & PAGE);
      return physical | rights(entry, writable != 0, user != 0, noExecute != 0) << 56;
    }
  }

  /** Two-level 32-bit paging (SDM volume 3, 4.3). */
  private long walkLegacy(long address, int access) {
    long at = (cr3 & 0xffff_f000L) + (address >>> 22 & 0x3ff) * 4;
    long entry = tableEntry32(at);
    if ((entry & PRESENT) == 0) {
      throw fault(address, access, 0);
    }
    long writable = entry & WRITABLE;
    long user = entry & USER_PAGE;
    boolean large = (entry & LARGE) != 0 && (cr4 & CR4_PSE) != 0;
    if (!large) {
      setBits32(at, entry, ACCESSED);
      at = (entry & 0xffff_f000L) + (address >>> 12 & 0x3ff) * 4;
      entry = tableEntry32(at);
      if ((entry & PRESENT) == 0) {
        throw fault(address, access, 0);
      }
      writable &= entry;
      user &= entry;
    } else {
      largePages = true;
    }
    checkRights(address, access, writable != 0, user != 0, false);
    entry = setBits32(at, entry, access == WRITE ? ACCESSED | DIRTY : ACCESSED);
    long physical = large
        ? (entry & 0xffc0_0000L) | (entry >>> 13 & 0xff) << 32 | (address & 0x3f_f000L)
        : entry & 0xffff_f000L;
    return physical | rights(entry, writable != 0, user != 0, false) << 56;
  }

  private void checkRights(long address, int access, boolean writable, boolean user, boolean noExecute) {
    boolean allowed;
    if (access == FETCH) {
      allowed = !noExecute && (mode == USER ? user : !(user && (cr4 & CR4_SMEP) != 0));
    } else {
      allowed = mode == USER ? user : !(mode == SUPERVISOR_SMAP && user);
      if (access == WRITE && !writable && (mode == USER || (cr0 & CR0_WP) != 0)) {
        allowed = false;
      }
    }
    if (!allowed) {
      throw fault(address, access, 1);
    }
  }

  private long rights(long entry, boolean writable, boolean user, boolean noExecute) {
    long rights = 0;
    if (user) {
      rights |= RIGHT_USER;
    }
    if (writable) {
      rights |= RIGHT_WRITE;
    }
    if ((entry & DIRTY) != 0) {
      rights |= RIGHT_DIRTY;
    }
    if ((entry & GLOBAL) != 0 && (cr4 & CR4_PGE) != 0) {
      rights |= RIGHT_GLOBAL;
    }
    if (noExecute) {
      rights |= RIGHT_NO_EXECUTE;
    }
    return rights;
  }

  /** A page table entry; tables outside RAM read as not present. */
  private long tableEntry(long physical) {
    long at = memory.hostOffset(physical);
    return at < 0 ? 0 : (long) ATOMIC_LONG.getOpaque(host, at);
  }

  private long tableEntry32(long physical) {
    long at = memory.hostOffset(physical);
    return at < 0 ? 0 : (int) ATOMIC_INT.getOpaque(host, at) & 0xffff_ffffL;
  }

  private long setBits(long physical, long entry, long bits) {
    long at = memory.writableOffset(physical);
    if (at < 0) {
      // Tables in read-only memory stay as they are.
      return entry | bits;
    }
    // The entry may change under us; the walk that is in flight may use the old one, but bits of the new one must stay.
    ATOMIC_LONG.getAndBitwiseOr(host, at, bits);
    code.written((int) (at >>> 12), (int) at & 4095, 8);
    return entry | bits;
  }

  private long setBits32(long physical, long entry, long bits) {
    long at = memory.writableOffset(physical);
    if ((entry & bits) != bits && at >= 0) {
      ATOMIC_INT.getAndBitwiseOr(host, at, (int) bits);
      code.written((int) (at >>> 12), (int) at & 4095, 4);
    }
    return entry | bits;
  }

  /**
   * Translates a code address.
   *
   * @return host offset
   * @throws GuestFault page fault, or general protection for an address that is not canonical
   */
  long fetch(long unmasked) {
    long address = unmasked & linearMask;
    int slot = slot(address);
    long tag = (address & PAGE) | (long) space << 2 | (mode == USER ? 1 : 2);
    if (fetchTag[slot] == tag) {
      return fetchBase[slot] + address;
    }
    long page = address & PAGE | (tag & 3);
    if (fetchGlobal[slot] == page) {
      fetchTag[slot] = tag;
      return fetchBase[slot] + address;
    }
    long leaf = (cr0 & CR0_PG) == 0 ? address & PAGE : walk(address, FETCH);
    long physical = leaf & ADDRESS | (address & 4095);
    long at = memory.hostOffset(physical);
    if (at < 0) {
      throw new IllegalStateException(
          "the guest executes device memory or nothing at all: linear 0x%x, physical 0x%x"
              .formatted(address, physical));
    }
    fetchTag[slot] = tag;
    fetchBase[slot] = at - address;
    fetchGlobal[slot] = (leaf >>> 56 & RIGHT_GLOBAL) != 0 ? page : -1;
    return at;
  }

  /** The host offset of a code address, or −1 if it cannot be fetched. */
  long fetchQuietly(long address) {
    try {
      return fetch(address);
    } catch (GuestFault | IllegalStateException e) {
      return -1;
    }
  }

  /** Fills the native engine's TLB for a read of one byte that must not fault; says whether it will hit. */
  boolean canFillNative(long address) {
    try {
      return fillNative(address, 1, false);
    } catch (GuestFault e) {
      return false;
    }
  }

  /** The host address of the first byte of RAM. */
  long hostAddress() {
    return host.address();
  }

  /** Whether the translation of a code address that was just fetched from is the same in every address space. */
  boolean fetchIsGlobal(long address) {
    return fetchGlobal[slot(address)] == (address & PAGE | (mode == USER ? 1 : 2));
  }

  /**
   * Fills the native engine's TLB for an access.
   *
   * @return whether it can be made in place now: it is to RAM, to one page, and not a write to a page with decoded code
   * @throws GuestFault as the access would
   */
  boolean fillNative(long address, int bytes, boolean write) {
    NativeState n = nativeState;
    int slot = slot(address);
    long page = address & PAGE;
    long tag = page | context;
    if (n == null || bytes > pageEndDistance(address)) {
      return false;
    }
    if ((write ? writeTag[slot] : readTag[slot]) != tag) {
      translate(address, write ? WRITE : READ);
      if ((write ? writeTag[slot] : readTag[slot]) != tag) {
        return false;
      }
    }
    n.install(mode, page, host.address() + hostBase[slot], writeTag[slot] == tag, (slotRights[slot] & RIGHT_GLOBAL) != 0);
    return true;
  }

  /** Guest-physical address of a linear one, without a fault: −1 if it is not mapped. For debuggers and dumps. */
  long debugTranslate(long address) {
    try {
      return translate(address & linearMask, READ);
    } catch (GuestFault e) {
      return -1;
    }
  }
}
