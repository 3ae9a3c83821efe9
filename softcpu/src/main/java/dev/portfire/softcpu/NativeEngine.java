package dev.portfire.softcpu;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.portfire.machine.CpuModel;
import dev.portfire.machine.HostCode;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The native engine of one machine: the code memory that its vCPUs share, and what is known of the places where emitted code
 * leaves for Java.
 *
 * <p>Code memory fills up and is then emptied as a whole, when no vCPU is in it.
 */
final class NativeEngine implements AutoCloseable {
  // Why emitted code leaves: kinds of sites.

  /** The TLB did not have an address; detail: log2 of the bytes, {@link #MISS_WRITE}. */
  static final int MISS = 0;

  /** The interpreter executes the instruction. */
  static final int INTERPRET = 1;

  /** Go on at an address; detail: relative to the page. */
  static final int GOTO = 2;

  /** Go on in the same page; the jump that led here is to be aimed there. */
  static final int LINK = 3;

  /** Go on at {@link NativeState#TARGET}; detail: what to add to the stack pointer. */
  static final int JUMP = 4;

  /** The SSE registers are wanted. */
  static final int NEED_SIMD = 5;

  /** The interpreter executes the instruction, fetching it anew. */
  static final int ALONE = 6;

  /** Go on at {@link NativeState#TARGET} in another mode, after SYSCALL, SYSRET, STAC or CLAC; detail: the mode. */
  static final int TRANSITION = 7;

  /** A probe for several accesses has missed: its jump can be aimed at another translation; target: for how many bytes. */
  static final int SHARED_READ = 8;

  static final int SHARED_WRITE = 9;

  /** Go on in another page, of which it is not known whether it is the one that the jump was aimed at; detail: relative to the page. */
  static final int CROSS = 10;

  /** The same for a call, before the stack pointer is changed. */
  static final int CROSS_CALL = 11;

  /** The x87 registers are wanted. */
  static final int NEED_X87 = 12;

  static final int MISS_WRITE = 8;

  /** The address is that of the page in which the instruction goes on. */
  static final int MISS_FETCH = 16;

  /** Whether blocks are checked before they are executed. */
  private static final boolean VALIDATES = Boolean.getBoolean("portfire.validate");

  /** {@code true} or {@code false} in place of what suits the host, for tests of what other hosts get. */
  private static final @Nullable String LOOP = System.getProperty("portfire.loop");

  /**
   * What is asked for; less will do, if there is more than {@link #RESERVE}. What the heap holds beside code is three to four times as
   * large, so that a small heap would be full before this is.
   */
  private static final int CAPACITY = Math.clamp(Runtime.getRuntime().maxMemory() / 8, 1 << 20, 128 << 20) & -4096;

  /** Room that one translation may need. */
  private static final int RESERVE = 128 * 1024;

  /** The first four letters of the vendors AuthenticAMD and HygonGenuine: EBX of CPUID leaf 0. */
  private static final int AUTH = 0x6874_7541;

  private static final int HYGO = 0x6f67_7948;

  /** An even number, of which no sum of a page's address and an odd number, or zero, is. */
  private static final int NOWHERE = 1 << 30 | 2;

  /** Room for sites at first. */
  private static final int FEW_SITES = 1 << 12;

  /**
   * What is known of sites, by number.
   *
   * @param block the block; null until it is complete
   * @param kind the kind in the low four bits, above it eight for the number of the instruction in its block, and, for links,
   *     the offset of the target in the page; see also {@link #newCross}
   * @param detail more, depending on the kind; for links and shared probes the place in the code memory of the distance of the jump
   */
  private record Sites(@Nullable TranslatedBlock[] block, int[] kind, int[] detail) {
    static Sites of(int capacity) {
      return new Sites(new @Nullable TranslatedBlock[capacity], new int[capacity], new int[capacity]);
    }

    Sites grown() {
      int capacity = kind.length + kind.length / 2;
      return new Sites(Arrays.copyOf(block, capacity), Arrays.copyOf(kind, capacity), Arrays.copyOf(detail, capacity));
    }
  }

  private final HostCode.Source source;
  private final HostCode code;
  private final MemorySegment writable;
  private final Trampolines trampolines;
  private final CodeCache known;
  private final Translator translator;
  private final @Nullable CodeValidator validator;

  /** Places of entries, divided by eight, by mode. */
  private final BitSet[] entries = {new BitSet(), new BitSet(), new BitSet()};

  private final int hostFeatures;
  private final int features;
  private final boolean avx;
  private boolean usesLoop;
  private final @Nullable HostTsc hostTsc;
  private final boolean deterministic;
  private final int firstFree;
  private int free;
  private volatile Sites sites = Sites.of(FEW_SITES);
  private int siteCount;
  private volatile int epoch;
  private volatile boolean needsAvx;
  private volatile boolean full;

  /**
   * Makes it.
   *
   * @param clock the machine's clock in nanoseconds; null if the machine is deterministic
   */
  NativeEngine(HostCode.Source source, CodeCache known, boolean counts, CpuModel model, @Nullable LongSupplier clock) {
    this.source = source;
    this.known = known;
    this.deterministic = clock == null;
    this.code = source.allocate(CAPACITY);
    this.writable = code.writable();
    HostAssembler a = new HostAssembler();
    this.trampolines = new Trampolines(a);
    store(0, a.bytes, a.position);
    this.firstFree = a.position + 63 & -64;
    this.free = firstFree;
    this.hostFeatures = hostFeatures();
    this.features = CpuId.features(model, hostFeatures);
    this.avx = (features & hostFeatures & Forms.AVX) != 0;
    this.usesLoop = LOOP == null ? loopIsFast() : Boolean.parseBoolean(LOOP);
    this.hostTsc = clock != null && tscIsInvariant()
        ? new HostTsc(() -> code.call(code.address() + trampolines.rdtsc, 0, 0), clock) : null;
    this.translator = new Translator(this, known, counts);
    this.validator = VALIDATES ? new CodeValidator(exit(), this::isEntry) : null;
  }

  /** Why this host's CPU cannot execute what the engine emits, if it cannot. */
  static Optional<String> problem(HostCode.Source source) {
    try (HostCode code = source.allocate(4096)) {
      HostAssembler a = new HostAssembler();
      Trampolines t = new Trampolines(a);
      MemorySegment.copy(a.bytes, 0, code.writable(), JAVA_BYTE, 0, a.position);
      // CPUID leaf 7, EBX bit 8: BMI2
      return (code.call(code.address() + t.cpuid, 7, 0) & 1 << 8) != 0
          ? Optional.empty()
          : Optional.of("the native engine needs a CPU with BMI2 (Intel Haswell, AMD Excavator or newer)");
    } catch (IllegalStateException e) {
      return Optional.of("the native engine needs executable memory: " + e.getMessage());
    }
  }

  private int hostFeatures() {
    long at = code.address() + trampolines.cpuid;
    int leaf1 = (int) (code.call(at, 1, 0) >>> 32);
    // OSXSAVE
    boolean avxUsable = (leaf1 & 1 << 27) != 0 && (code.call(code.address() + trampolines.xgetbv, 0, 0) & 6) == 6;
    return CpuId.features(leaf1, (int) code.call(at, 7, 0), (int) (code.call(at, 0x8000_0001L, 0) >>> 32), avxUsable);
  }

  /** Whether LOOP is one operation for the host's processor, as it is on AMD's and Hygon's; on Intel's it takes seven. */
  private boolean loopIsFast() {
    int vendor = (int) code.call(code.address() + trampolines.cpuid, 0, 0);
    return vendor == AUTH || vendor == HYGO;
  }

  /** Whether the host's TSC counts at a constant rate whatever the processor does: CPUID leaf 8000_0007, EDX bit 8. */
  private boolean tscIsInvariant() {
    return (code.call(code.address() + trampolines.cpuidEdx, 0x8000_0007L, 0) & 1 << 8) != 0;
  }

  /** The host's TSC, if the machine's clock can be told by it. */
  @Nullable HostTsc hostTsc() {
    return hostTsc;
  }

  /** Whether jumps that are seldom taken are to be made by LOOP. */
  boolean usesLoop() {
    return usesLoop;
  }

  /** Sets it, before anything is translated. */
  void useLoop(boolean wanted) {
    usesLoop = wanted;
  }

  /** What the guest's processor has: bits of {@link Forms#FEATURES}. */
  int features() {
    return features;
  }

  /** Whether the host's processor has what a form needs. */
  boolean hostHas(int form) {
    return (Forms.FEATURES[form] & ~hostFeatures) == 0;
  }

  /** Whether an instruction is the interpreter's because the machine is deterministic: {@link Determinism}. */
  boolean isPoint(Instruction i) {
    return deterministic && Points.name(i) != null;
  }

  /** The interpreter's operation of an instruction. */
  Op operation(Instruction i) {
    return deterministic ? Points.operation(i) : Ops.create(i);
  }

  /** Whether the guest's AVX can be the host's, so that upper halves of registers are kept. */
  boolean avx() {
    return avx;
  }

  /** Takes note that AVX instructions are being emitted: vCPUs that must not execute them are interpreted from now on. */
  void takesAvx() {
    needsAvx = true;
  }

  boolean needsAvx() {
    return needsAvx;
  }

  int epoch() {
    return epoch;
  }

  /** Executes emitted code; the result is the number of the site where it left, or −1 minus the mode: see {@link #nowhere}. */
  int enter(boolean simd, long address, NativeState state) {
    int enter = !simd ? trampolines.enter : avx ? trampolines.enterWithAvx : trampolines.enterWithSimd;
    return (int) code.call(code.address() + enter, address, state.address());
  }

  /** Where in the code memory sites jump to. */
  int exit() {
    return avx ? trampolines.exitWithAvx : trampolines.exit;
  }

  /** Where RET goes when what it wants is not on the return stack. */
  int returns(int mode) {
    return trampolines.returns(mode, avx);
  }

  /** Where RET goes in a mode, address and all, if it finds something on an empty return stack. */
  long nowhere(int mode) {
    return address(trampolines.nowhere(mode, avx));
  }

  /** The address of a place in the code memory. */
  long address(int place) {
    return code.address() + place;
  }

  /** Who gives memory. */
  HostCode.Source source() {
    return source;
  }

  // ---- translating

  /** Whether there is no room left: {@link #empty} is wanted. */
  boolean isFull() {
    return full;
  }

  /** The translation of a block for a mode, made now if need be; null if that is not possible. */
  @Nullable TranslatedBlock translate(Cpu c, Block block, int mode) {
    return translate(c, block, mode, false);
  }

  /** The same with a choice whether each access is to have a probe of its own. */
  @Nullable TranslatedBlock translate(Cpu c, Block block, int mode, boolean apart) {
    int version = known.version((int) (block.key >>> 14));
    synchronized (this) {
      TranslatedBlock made = known(block, mode, apart);
      if (made != null || !block.valid) {
        return made;
      }
      if (free + RESERVE > writable.byteSize()) {
        full = true;
        return null;
      }
      TranslatedBlock t = translator.translate(c, block, mode, free, version, apart);
      if (t != null) {
        free = free + translator.size() + 63 & -64;
        entries[mode].set((int) (t.entry() - code.address()) >> 3);
      }
      return t;
    }
  }

  /** The translation of a block for a mode, if there is one. */
  @Nullable TranslatedBlock known(Block block, int mode) {
    return known(block, mode, false);
  }

  private @Nullable TranslatedBlock known(Block block, int mode, boolean apart) {
    @Nullable TranslatedBlock @Nullable [] all = block.translated;
    TranslatedBlock t = all == null ? null : all[TranslatedBlock.place(mode, apart)];
    return t != null && t.epoch == epoch ? t : null;
  }

  private boolean isEntry(int mode, int place) {
    return (place & 7) == 0 && place >= 0 && entries[mode].get(place >> 3);
  }

  /** What every block has to pass before it is executed, if blocks are checked. */
  @Nullable CodeValidator validator() {
    return validator;
  }

  /** Keeps vCPUs out of the code until it has been emptied. */
  void wantEmpty() {
    full = true;
  }

  /** Forgets all code and gives its memory back to the host. No vCPU may be executing it. */
  synchronized void empty() {
    // The lock of those who redirect entries: what they check of the epoch stays so until they are done.
    synchronized (known) {
      epoch++;
    }
    free = firstFree;
    siteCount = 0;
    sites = Sites.of(FEW_SITES);
    for (int mode = 0; mode < entries.length; mode++) {
      entries[mode] = new BitSet();
    }
    code.release(firstFree);
    full = false;
  }

  /** Copies emitted code to its place. */
  void store(int place, byte[] bytes, int length) {
    MemorySegment.copy(bytes, 0, writable, JAVA_BYTE, place, length);
  }

  // ---- sites

  int newSite(int kind, int instruction, int detail) {
    Sites s = sites;
    if (siteCount == s.kind.length) {
      s = s.grown();
      sites = s;
    }
    int site = siteCount++;
    s.kind[site] = kind | instruction << 4;
    s.detail[site] = detail;
    s.block[site] = null;
    return site;
  }

  /**
   * A site where a jump leads that may be aimed elsewhere later.
   *
   * @param target for {@link #LINK} the offset in the page
   * @param place where the distance of the jump is
   */
  int newPlace(int kind, int instruction, int target, int place) {
    int site = newSite(kind, instruction, place);
    sites.kind[site] |= target << 12;
    return site;
  }

  /** Takes the last sites back. */
  void dropSites(int count) {
    siteCount -= count;
  }

  void claim(int site, TranslatedBlock block) {
    sites.block[site] = block;
  }

  TranslatedBlock blockOf(int site) {
    TranslatedBlock t = sites.block[site];
    if (t == null) {
      throw new IllegalStateException("emitted code left at an unknown site " + site);
    }
    return t;
  }

  int kindOf(int site) {
    return sites.kind[site] & 15;
  }

  int instructionOf(int site) {
    return sites.kind[site] >>> 4 & 0xff;
  }

  int detailOf(int site) {
    return sites.detail[site];
  }

  /** The offset in the page at which a link goes on, or the bytes of a shared probe. */
  int targetOf(int site) {
    return sites.kind[site] >>> 12;
  }

  /**
   * A site at which code goes on in another page.
   *
   * @param place for {@link #CROSS} where in the block the displacement is that tells the page, and for the site behind it, of the kind
   *     {@link #GOTO}, where the distance of the jump is
   */
  int newCross(int kind, int instruction, int detail, int place) {
    int site = newSite(kind, instruction, detail);
    sites.kind[site] |= place << 12;
    return site;
  }

  // ---- changing code that may be executing

  /**
   * Aims the jump of a link at a block. The distance is aligned, so a vCPU sees the old or the new one. Nothing is done if
   * another vCPU has emptied the code memory meanwhile: numbers of sites are given anew then.
   *
   * @param from the block that the site belongs to
   */
  void link(int site, TranslatedBlock from, TranslatedBlock target) {
    synchronized (this) {
      if (from.epoch == epoch && target.epoch == epoch) {
        int place = sites.detail[site];
        JAVA_INT.varHandle().setVolatile(writable, (long) place, (int) (target.entry() - address(place) - 4));
      }
    }
  }

  /**
   * Aims a jump to another page at a block there: from now on it goes there without a look at the jump cache, while that is the page
   * that code is fetched from. If it was aimed at another one, all code of its page goes: two fields cannot be changed at once while
   * others may read them.
   *
   * @param site of the kind {@link #CROSS} or {@link #CROSS_CALL}
   */
  void cross(int site, TranslatedBlock from, TranslatedBlock target) {
    int frame = (int) (target.block.key >>> 14);
    int wanted = displacement(NativeState.frameNumber(frame));
    synchronized (this) {
      if (from.epoch != epoch || target.epoch != epoch || !from.block.valid) {
        return;
      }
      int start = (int) (from.crossEntry - code.address());
      int place = start + targetOf(site);
      int now = writable.get(JAVA_INT, place);
      if (now == wanted) {
        return;
      }
      if (now == unaimed() && frame < NativeState.FRAMES) {
        int distance = start + targetOf(site + 1);
        JAVA_INT.varHandle().setVolatile(writable, (long) distance, (int) (target.entry() - address(distance) - 4));
        JAVA_INT.varHandle().setVolatile(writable, (long) place, wanted);
        return;
      }
    }
    known.wander((int) (from.block.key >>> 14));
  }

  /**
   * What added to a page's address and what {@link NativeState#fetchTags} says of it is zero for the page of memory with this number, or
   * one for LOOP.
   */
  private int displacement(int number) {
    return (usesLoop ? 1 : 0) - number;
  }

  /** The same for a jump that is aimed nowhere. */
  int unaimed() {
    return displacement(NOWHERE);
  }

  /**
   * Makes the entry of a block that is no more valid lead to the one that has taken its place: others of its page still jump
   * there.
   */
  void replace(TranslatedBlock old, TranslatedBlock block) {
    synchronized (known) {
      if (old.mode == block.mode && block.epoch == epoch && block.block.valid) {
        redirect(old, old.entry(), block.entry());
      }
    }
  }

  /** Overwrites the five-byte NOP at an entry, which is aligned to eight bytes, with a jump. */
  void redirect(TranslatedBlock block, long entry, long stub) {
    if (block.epoch != epoch) {
      return;
    }
    long place = entry - code.address();
    long rest = writable.get(JAVA_LONG, place) & 0xff_ffffL << 40;
    long distance = stub - entry - 5 & 0xffff_ffffL;
    JAVA_LONG.varHandle().setVolatile(writable, place, rest | distance << 8 | 0xe9);
  }

  @Override
  public void close() {
    code.close();
  }
}
