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
 * from every write TLB, so that each write to it comes to {@link #written}; so is one that a dirty log waits for.
 */
final class CodeCache {
  private static final int BUCKET_BITS = 18;

  /** Rough size of an operation with its share of the block, in bytes. */
  private static final int OPERATION_SIZE = 100;

  /** What a block takes beside its operations, in operations. */
  private static final int BLOCK_WEIGHT = 2;

  private final long limit;
  private long operations;

  private final @Nullable Block[] buckets = new @Nullable Block[1 << BUCKET_BITS];
  private final long[] masks;

  /** By page: the 64-byte pieces in which blocks start. */
  private final long[] heads;

  /** By page: counts how often its code was dropped, so that a block decoded before a drop is not added after it. */
  private final int[] versions;

  /** By page: the epoch that every vCPU must have reached before code of the page may be kept; 0 if they all have. */
  private final long[] awaited;

  private long epoch;
  private volatile int generation;
  private Runnable dropped = () -> {};
  private final @Nullable Block[] pageBlocks;
  private final Map<Integer, List<Block>> crossing = new HashMap<>();
  private final SoftDirtyLog dirtyLog;

  /** A cache that takes up to a quarter of the heap; a guest can make it want any amount. */
  CodeCache(GuestMemory memory) {
    this(memory, Runtime.getRuntime().maxMemory() / 4 / OPERATION_SIZE);
  }

  /** A cache of at most about {@code limit} operations. */
  CodeCache(GuestMemory memory, long limit) {
    this.limit = limit;
    dirtyLog = new SoftDirtyLog(memory);
    int pages = Math.toIntExact(memory.size() / GuestMemory.PAGE_SIZE);
    masks = new long[pages];
    heads = new long[pages];
    versions = new int[pages];
    awaited = new long[pages];
    pageBlocks = new @Nullable Block[pages];
  }

  private static int bucket(long key) {
    long h = key * 0x9e37_79b9_7f4a_7c15L;
    return (int) (h >>> 64 - BUCKET_BITS);
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

  /** The record of written pages, which learns of writes in the same ways. */
  SoftDirtyLog dirtyLog() {
    return dirtyLog;
  }

  /** Whether writes to a page must come to {@link #written}. */
  boolean watches(int page) {
    return masks[page] != 0 || dirtyLog.wants(page);
  }

  /** A new epoch, for write translations to be dropped. */
  synchronized long nextEpoch() {
    return ++epoch;
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
   * <p>If the page held none before, write TLBs may still hold it: a write through them would go unnoticed. Until every vCPU
   * has dropped such translations, which it tells by reaching the epoch returned, code of the page must not be kept.
   *
   * @return 0 if code of the page can be kept
   */
  synchronized long mark(int page, int offset) {
    if (masks[page] == 0) {
      awaited[page] = ++epoch;
    }
    masks[page] |= pieces(offset, 1);
    return awaited[page];
  }

  /** Every vCPU has reached the epoch: code of the page can be kept. */
  synchronized void ready(int page, long reached) {
    if (awaited[page] == reached) {
      awaited[page] = 0;
    }
  }

  /** The version of a page, to be taken before its bytes are read for {@link #add}. */
  int version(int page) {
    return versions[page];
  }

  /** Adds a block, unless code of its page was dropped since the version was taken; then it is not valid. */
  synchronized void add(Block block, int page, int length, int version) {
    long needed = pieces(block.offset, length);
    if (masks[page] == 0 || versions[page] != version || (block.crossPage >= 0 && masks[block.crossPage] == 0)) {
      block.valid = false;
      return;
    }
    if (operations > limit) {
      dropAll();
      block.valid = false;
      return;
    }
    weigh(block, BLOCK_WEIGHT + block.ops.length);
    masks[page] |= needed;
    heads[page] |= pieces(block.offset, 1);
    int bucket = bucket(block.key);
    block.hashNext = buckets[bucket];
    buckets[bucket] = block;
    block.pageNext = pageBlocks[page];
    pageBlocks[page] = block;
    if (block.crossPage >= 0) {
      crossing.computeIfAbsent(block.crossPage, p -> new ArrayList<>()).add(block);
    }
  }

  /**
   * Makes a translation known, unless code of its page was dropped since the version was taken.
   *
   * @param length bytes of guest code from the block's start that it was made of
   * @param second the page into which its last instruction runs, or −1
   * @return whether it is good
   */
  synchronized boolean publish(TranslatedBlock t, int length, int version, int second, int secondVersion) {
    Block block = t.block;
    int page = (int) (block.key >>> 14);
    if (!block.valid || versions[page] != version) {
      return false;
    }
    if (second >= 0) {
      if (masks[second] == 0 || versions[second] != secondVersion) {
        return false;
      }
      masks[second] |= pieces(0, block.offset + length - 4096);
      if (block.translatedInto != second) {
        leaveCrossing(block, block.translatedInto);
        block.translatedInto = second;
        crossing.computeIfAbsent(second, p -> new ArrayList<>()).add(block);
      }
    }
    masks[page] |= pieces(block.offset, Math.min(length, 4096 - block.offset));
    @Nullable TranslatedBlock @Nullable [] all = block.translated;
    if (all == null) {
      all = new @Nullable TranslatedBlock[NativeState.MODES];
      block.translated = all;
    }
    all[t.mode] = t;
    weigh(block, t.count() + 1);
    return true;
  }

  /**
   * Gives a block that was not decoded its operations, unless code of its page was dropped since the version was taken.
   *
   * @param decoded a block of the same code that is not in the cache
   * @param length bytes of guest code in it
   * @return whether it was done
   */
  synchronized boolean complete(Block block, Block decoded, int length, int version) {
    int page = (int) (block.key >>> 14);
    if (!block.valid || versions[page] != version) {
      return false;
    }
    masks[page] |= pieces(block.offset, length);
    block.ops = decoded.ops;
    block.count = decoded.count;
    weigh(block, decoded.ops.length);
    return true;
  }

  private void weigh(Block block, int more) {
    block.weight += more;
    operations += more;
  }

  /** The translation of the block that starts at a host offset, or null. */
  @Nullable TranslatedBlock translated(long at, int mode, NativeEngine engine) {
    Block block = find(at << 2 | Decoder.MODE_64);
    return block == null ? null : engine.known(block, mode);
  }

  /** Whether a block may start at a host offset; wrong only in saying yes. */
  boolean mayStart(long at) {
    return (heads[(int) (at >>> 12)] & 1L << (at >>> 6)) != 0;
  }

  /** Sets what to do after translated code was dropped. */
  void onDrop(Runnable action) {
    dropped = action;
  }

  /** Whether a write to {@code [offset, offset + length)} of a page would hit decoded code. */
  boolean overlaps(int page, int offset, int length) {
    return (masks[page] & pieces(offset, length)) != 0;
  }

  /** Drops what was decoded from a page, if a write to {@code [offset, offset + length)} of it touches code. */
  void written(int page, int offset, int length) {
    dirtyLog.mark(page);
    if (masks[page] != 0 && overlaps(page, offset, length)) {
      drop(page);
    }
  }

  private synchronized void drop(int page) {
    for (Block b = pageBlocks[page]; b != null; b = b.pageNext) {
      unlink(b);
      leaveCrossing(b, b.crossPage);
      leaveCrossing(b, b.translatedInto);
    }
    List<Block> others = crossing.remove(page);
    if (others != null) {
      for (Block b : others) {
        if (b.valid) {
          unlink(b);
          removeFromPage(b);
        }
      }
    }
    pageBlocks[page] = null;
    masks[page] = 0;
    heads[page] = 0;
    awaited[page] = 0;
    versions[page]++;
  }

  private void leaveCrossing(Block block, int page) {
    List<Block> others = crossing.get(page);
    if (others != null) {
      others.remove(block);
      if (others.isEmpty()) {
        crossing.remove(page);
      }
    }
  }

  private void removeFromPage(Block block) {
    int page = (int) (block.key >>> 14);
    Block before = null;
    for (Block b = pageBlocks[page]; b != null; b = b.pageNext) {
      if (b == block) {
        if (before == null) {
          pageBlocks[page] = b.pageNext;
        } else {
          before.pageNext = b.pageNext;
        }
        return;
      }
      before = b;
    }
  }

  /** How often everything was forgotten: who keeps blocks must forget them, too. */
  int generation() {
    return generation;
  }

  /** Makes room by forgetting everything: what is still in use is decoded again. */
  synchronized void dropAll() {
    generation++;
    for (int page = 0; page < masks.length; page++) {
      if (masks[page] != 0) {
        drop(page);
      }
    }
  }

  /** How many operations are kept. */
  synchronized long operations() {
    return operations;
  }

  private void unlink(Block block) {
    block.valid = false;
    @Nullable TranslatedBlock @Nullable [] all = block.translated;
    if (all != null) {
      for (TranslatedBlock t : all) {
        if (t != null) {
          t.invalidate();
        }
      }
      dropped.run();
    }
    operations -= block.weight;
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
