package dev.portfire.softcpu;

import dev.portfire.machine.GuestMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The decoded blocks of a machine, shared by its vCPUs and keyed by where their bytes are in host memory.
 *
 * <p>Look-ups are lock-free. For each page a mask says which 64-byte pieces hold decoded code; a page with a mask is absent
 * from every write TLB, so that each write to it comes to {@link #written}.
 */
final class CodeCache {
  private static final int BUCKETS = 1 << 16;

  private final @Nullable Block[] buckets = new @Nullable Block[BUCKETS];
  private final long[] masks;
  private final @Nullable Block[] pageBlocks;
  private final Map<Integer, List<Block>> crossing = new HashMap<>();

  CodeCache(GuestMemory memory) {
    int pages = Math.toIntExact(memory.size() / GuestMemory.PAGE_SIZE);
    masks = new long[pages];
    pageBlocks = new @Nullable Block[pages];
  }

  private static int bucket(long key) {
    long h = key * 0x9e37_79b9_7f4a_7c15L;
    return (int) (h >>> 48);
  }

  /** The block with this key, or null. */
  @Nullable Block find(long key) {
    for (Block b = buckets[bucket(key)]; b != null; b = b.hashNext) {
      if (b.key == key && b.valid) {
        return b;
      }
    }
    return null;
  }

  /** Whether a page holds decoded code. */
  boolean hasCode(int page) {
    return masks[page] != 0;
  }

  /** The mask of the 64-byte pieces that {@code [offset, offset + length)} of a page touches. */
  private static long pieces(int offset, int length) {
    int first = offset >> 6;
    int last = Math.min(63, (offset + length - 1) >> 6);
    return (-1L << first) & (-1L >>> (63 - last));
  }

  /**
   * Announces that code of a page is about to be decoded.
   *
   * @return whether the page held none before: write TLBs may still hold it and must drop it before its bytes are read
   */
  synchronized boolean mark(int page, int offset, int length) {
    boolean first = masks[page] == 0;
    masks[page] |= pieces(offset, length);
    return first;
  }

  /** Adds a block, unless its code was overwritten since it was marked. */
  synchronized void add(Block block, int page, int length) {
    long needed = pieces(block.offset, length);
    if (masks[page] == 0) {
      return;
    }
    masks[page] |= needed;
    int bucket = bucket(block.key);
    block.hashNext = buckets[bucket];
    buckets[bucket] = block;
    block.pageNext = pageBlocks[page];
    pageBlocks[page] = block;
    if (block.crossPage >= 0) {
      crossing.computeIfAbsent(block.crossPage, p -> new ArrayList<>()).add(block);
    }
  }

  /** Whether a write to {@code [offset, offset + length)} of a page would hit decoded code. */
  boolean overlaps(int page, int offset, int length) {
    return (masks[page] & pieces(offset, length)) != 0;
  }

  /** Drops what was decoded from a page, if a write to {@code [offset, offset + length)} of it touches code. */
  void written(int page, int offset, int length) {
    if (masks[page] != 0 && overlaps(page, offset, length)) {
      drop(page);
    }
  }

  private synchronized void drop(int page) {
    for (Block b = pageBlocks[page]; b != null; b = b.pageNext) {
      unlink(b);
    }
    List<Block> others = crossing.remove(page);
    if (others != null) {
      others.forEach(this::unlink);
    }
    pageBlocks[page] = null;
    masks[page] = 0;
  }

  private void unlink(Block block) {
    block.valid = false;
    int bucket = bucket(block.key);
    Block before = null;
    for (Block b = buckets[bucket]; b != null; b = b.hashNext) {
      if (b == block) {
        if (before == null) {
          buckets[bucket] = b.hashNext;
        } else {
          before.hashNext = b.hashNext;
        }
        return;
      }
      before = b;
    }
  }
}
