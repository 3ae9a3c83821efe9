package dev.portfire.softcpu;

import org.jspecify.annotations.Nullable;

/** Straight-line code, decoded once: it is entered at the top and left by its last operation. */
final class Block {
  /** The operations, the last of which leads on. */
  final Op[] ops;

  /** Guest instructions in the block. */
  final int count;

  /** Host offset of the first byte in guest memory, and {@link Decoder} mode: the key of the block. */
  final long key;

  /** Offset of the first byte in its page. */
  final int offset;

  /** Index of the second page that the last instruction runs into, or −1. Such a block is never linked to. */
  final int crossPage;

  /** Cleared when its code is overwritten; a block that is not valid must not be entered. */
  boolean valid = true;

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
