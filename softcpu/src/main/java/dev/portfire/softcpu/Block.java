package dev.portfire.softcpu;

import org.jspecify.annotations.Nullable;

/** Straight-line code, decoded once: it is entered at the top and left by its last operation. */
final class Block {
  /** Of a block that the native engine executes and nothing has decoded. */
  static final Op[] NOT_DECODED = {};

  /** The operations, the last of which leads on. */
  Op[] ops;

  /** Guest instructions in the block. */
  int count;

  /** How much memory it and what was made of it take, in operations. */
  int weight;

  /** Host offset of the first byte in guest memory, and {@link Decoder} mode: the key of the block. */
  final long key;

  /** Offset of the first byte in its page. */
  final int offset;

  /** Index of the second page that the last instruction runs into, or −1. Such a block is never linked to. */
  final int crossPage;

  /** The page into which the last instruction of its translation runs, or −1. */
  int translatedInto = -1;

  /** Cleared when its code is overwritten; a block that is not valid must not be entered. */
  boolean valid = true;

  /** What the native engine made of it, by privilege mode. */
  @Nullable TranslatedBlock @Nullable [] translated;

  /** Next in the hash bucket. */
  @Nullable Block hashNext;

  /** Next in the list of its page. */
  @Nullable Block pageNext;

  Block(Op[] ops, int count, long key, int crossPage) {
    this.ops = ops;
    this.count = count;
    this.key = key;
    this.offset = (int) (key >>> 2) & 0xfff;
    this.crossPage = crossPage;
  }
}
