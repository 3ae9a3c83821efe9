package dev.portfire.softcpu;

import org.jspecify.annotations.Nullable;

/**
 * Guest code of one page that was emitted as host machine code for one privilege mode: straight on from a block's first
 * instruction, past branches that are not taken. There are many of these, so they are small.
 */
final class TranslatedBlock {
  private final NativeEngine engine;

  /** The decoded block with the same first instruction; this one is good as long as that is valid. */
  final Block block;

  final int mode;

  /** Whether each access has a probe of its own. */
  final boolean apart;

  /** Which filling of the code memory it belongs to. */
  final int epoch;

  /** Address of the entry for those who come from another page and left the address in {@link NativeState#TARGET}. */
  final long crossEntry;

  private final char entryOffset;
  private final char stubOffset;

  /** By instruction, and for what follows the last: offset in the guest's page, and in the emitted code. */
  private final char[] guestOffsets;

  private final char[] hostOffsets;

  /** By instruction: the first one that is counted together with it; null if they are not counted. */
  private final char @Nullable [] firstCounted;

  /** Those that the interpreter has executed or is to execute; null if there are none. */
  private @Nullable Op @Nullable [] ops;

  /**
   * Makes it.
   *
   * @param start address of the code
   * @param entry offset of the entry that knows the page
   * @param stub offset of the way out for an entry that is no more to be used
   */
  TranslatedBlock(
      NativeEngine engine,
      Block block,
      int mode,
      boolean apart,
      long start,
      int entry,
      int stub,
      char[] guestOffsets,
      char[] hostOffsets,
      char @Nullable [] firstCounted) {
    this.engine = engine;
    this.block = block;
    this.mode = mode;
    this.apart = apart;
    this.epoch = engine.epoch();
    this.crossEntry = start;
    this.entryOffset = (char) entry;
    this.stubOffset = (char) stub;
    this.guestOffsets = guestOffsets;
    this.hostOffsets = hostOffsets;
    this.firstCounted = firstCounted;
  }

  /** Where a block keeps its translation for a mode. */
  static int place(int mode, boolean apart) {
    return apart ? NativeState.MODES + mode : mode;
  }

  /** Address of the entry where {@link NativeState#PAGE} is right already. */
  long entry() {
    return crossEntry + entryOffset;
  }

  /** How many instructions it has. */
  int count() {
    return guestOffsets.length - 1;
  }

  /** The offset in the page of an instruction, or of what follows the last. */
  int guestOffset(int instruction) {
    return guestOffsets[instruction];
  }

  /** The address of the code of an instruction, or of what follows the last. */
  long host(int instruction) {
    return crossEntry + hostOffsets[instruction];
  }

  /** What the interpreter executes for an instruction, if that is known. */
  @Nullable Op op(int instruction) {
    @Nullable Op @Nullable [] all = ops;
    return all == null ? null : all[instruction];
  }

  /** Sets what the interpreter executes for an instruction. */
  void setOp(int instruction, Op op) {
    @Nullable Op @Nullable [] all = ops;
    if (all == null) {
      all = new @Nullable Op[count()];
      ops = all;
    }
    all[instruction] = op;
  }

  /** How many instructions before this one were executed in this block and are yet to be counted. */
  int uncounted(int instruction) {
    return firstCounted == null ? 0 : instruction - firstCounted[instruction];
  }

  /** Makes every way in lead out again: the guest's code has changed. */
  void invalidate() {
    engine.redirect(this, entry(), crossEntry + stubOffset);
  }
}
