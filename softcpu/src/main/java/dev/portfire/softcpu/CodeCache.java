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
  /** What is known of a page that holds code or held some. */
  private static final class Page {
    /** The 64-byte pieces that hold decoded code. */
    long mask;

    /** The pieces in which blocks start. */
    long heads;

    /** Counts writes to it and how often its code was dropped, so that a block decoded before that is not added after it. */
    int version;

    /** The epoch that every vCPU must have reached before code of the page may be kept; 0 if they all have. */
    long awaited;

    /** Jumps of it have led to different pages at one time or another. */
    boolean wanders;

    @Nullable Block blocks;
  }

  private static final int FEW_BUCKET_BITS = 11;
  private static final int MAX_BUCKET_BITS = 18;

  /** Rough size of an operation with its share of the block, in bytes. */
  private static final int OPERATION_SIZE = 100;

  /** What a block takes beside its operations, in operations. */
  private static final int BLOCK_WEIGHT = 2;

  private final long limit;
  private long operations;

  /** Their number is a power of two, at least the number of blocks, up to a limit; replaced by a longer one. */
  private @Nullable Block[] buckets = new @Nullable Block[1 << FEW_BUCKET_BITS];

  private int blocks;
  private final @Nullable Page[] pages;
  private long epoch;
  private volatile int generation;
  private Runnable dropped = () -> {};
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
    pages = new @Nullable Page[Math.toIntExact(memory.size() / GuestMemory.PAGE_SIZE)];
  }

  private static int bucket(long key, int buckets) {
    long h = key * 0x9e37_79b9_7f4a_7c15L;
    return (int) (h >>> 64 - MAX_BUCKET_BITS) & buckets - 1;
  }

  /** The block with this key, or null. */
  @Nullable Block find(long key) {
    @Nullable Block[] all = buckets;
    // While they are moved to more buckets, one may be missed; it is decoded once more then.
    for (Block b = all[bucket(key, all.length)]; b != null; b = b.hashNext) {
      if (b.key == key && b.valid) {
        return b;
      }
    }
    return null;
  }

  private void enter(Block block) {
    if (++blocks > buckets.length && buckets.length < 1 << MAX_BUCKET_BITS) {
      @Nullable Block[] more = new @Nullable Block[4 * buckets.length];
      for (Block first : buckets) {
        Block next;
        for (Block b = first; b != null; b = next) {
          next = b.hashNext;
          enter(b, more);
        }
      }
      buckets = more;
    }
    enter(block, buckets);
  }

  private static void enter(Block block, @Nullable Block[] buckets) {
    int bucket = bucket(block.key, buckets.length);
    block.hashNext = buckets[bucket];
    buckets[bucket] = block;
  }

  private long mask(int page) {
    Page p = pages[page];
    return p == null ? 0 : p.mask;
  }

  private Page page(int page) {
    Page p = pages[page];
    if (p == null) {
      p = new Page();
      pages[page] = p;
    }
    return p;
  }

  /** Whether a page holds decoded code. */
  boolean hasCode(int page) {
    return mask(page) != 0;
  }

  /** The record of written pages, which learns of writes in the same ways. */
  SoftDirtyLog dirtyLog() {
    return dirtyLog;
  }

  /** Whether writes to a page must come to {@link #written}. */
  boolean watches(int page) {
    return mask(page) != 0 || dirtyLog.wants(page);
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
    Page p = page(page);
    if (p.mask == 0) {
      p.awaited = ++epoch;
    }
    p.mask |= pieces(offset, 1);
    return p.awaited;
  }

  /** Every vCPU has reached the epoch: code of the page can be kept. */
  synchronized void ready(int page, long reached) {
    Page p = page(page);
    if (p.awaited == reached) {
      p.awaited = 0;
    }
  }

  /** The version of a page, to be taken before its bytes are read for {@link #add}. */
  int version(int page) {
    Page p = pages[page];
    return p == null ? 0 : p.version;
  }

  /** Adds a block, unless code of its page was dropped since the version was taken; then it is not valid. */
  synchronized void add(Block block, int page, int length, int version) {
    Page p = page(page);
    if (p.mask == 0 || p.version != version || (block.crossPage >= 0 && mask(block.crossPage) == 0)) {
      block.valid = false;
      return;
    }
    if (operations > limit) {
      dropAll();
      block.valid = false;
      return;
    }
    weigh(block, BLOCK_WEIGHT + block.ops.length);
    p.mask |= pieces(block.offset, length);
    p.heads |= pieces(block.offset, 1);
    enter(block);
    block.pageNext = p.blocks;
    p.blocks = block;
    if (block.crossPage >= 0) {
      crossing.computeIfAbsent(block.crossPage, k -> new ArrayList<>()).add(block);
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
    Page p = page((int) (block.key >>> 14));
    if (!block.valid || p.version != version) {
      return false;
    }
    if (second >= 0) {
      Page s = page(second);
      if (s.mask == 0 || s.version != secondVersion) {
        return false;
      }
      s.mask |= pieces(0, block.offset + length - 4096);
      if (block.translatedInto != second) {
        forgetTranslations(block);
        leaveCrossing(block, block.translatedInto);
        block.translatedInto = second;
        crossing.computeIfAbsent(second, k -> new ArrayList<>()).add(block);
      }
    }
    p.mask |= pieces(block.offset, Math.min(length, 4096 - block.offset));
    @Nullable TranslatedBlock @Nullable [] all = block.translated;
    if (all == null) {
      all = new @Nullable TranslatedBlock[2 * NativeState.MODES];
      block.translated = all;
    }
    all[TranslatedBlock.place(t.mode, t.apart)] = t;
    weigh(block, t.count() + 1);
    return true;
  }

  /** Those that go on in another page would not be dropped with it any more. */
  private static void forgetTranslations(Block block) {
    @Nullable TranslatedBlock @Nullable [] all = block.translated;
    if (block.translatedInto >= 0 && all != null) {
      for (int k = 0; k < all.length; k++) {
        TranslatedBlock t = all[k];
        if (t != null) {
          t.invalidate();
          all[k] = null;
        }
      }
    }
  }

  /**
   * Gives a block that was not decoded its operations, unless code of its page was dropped since the version was taken.
   *
   * @param decoded a block of the same code that is not in the cache
   * @param length bytes of guest code in it
   * @return whether it was done
   */
  synchronized boolean complete(Block block, Block decoded, int length, int version) {
    Page p = page((int) (block.key >>> 14));
    if (!block.valid || p.version != version) {
      return false;
    }
    p.mask |= pieces(block.offset, length);
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
    Page p = pages[(int) (at >>> 12)];
    return p != null && (p.heads & 1L << (at >>> 6)) != 0;
  }

  /** Sets what to do after translated code was dropped. */
  void onDrop(Runnable action) {
    dropped = action;
  }

  /** Whether a write to {@code [offset, offset + length)} of a page would hit decoded code. */
  boolean overlaps(int page, int offset, int length) {
    return (mask(page) & pieces(offset, length)) != 0;
  }

  /** Drops what was decoded from a page, if a write to {@code [offset, offset + length)} of it touches code. */
  void written(int page, int offset, int length) {
    dirtyLog.mark(page);
    Page p = pages[page];
    if (p != null && p.mask != 0) {
      written(page, p, offset, length);
    }
  }

  /** What is being decoded just now may be longer than the mask tells yet: it is not kept, wherever in its page the write was. */
  private synchronized void written(int page, Page p, int offset, int length) {
    p.version++;
    if (overlaps(page, offset, length)) {
      drop(page, p);
    }
  }

  private synchronized void drop(int page, Page p) {
    for (Block b = p.blocks; b != null; b = b.pageNext) {
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
    forgetBlocks(p);
  }

  private static void forgetBlocks(Page p) {
    p.blocks = null;
    p.mask = 0;
    p.heads = 0;
    p.awaited = 0;
    p.version++;
  }

  /** Drops what was decoded from a page because a jump of it leads to another page than before: {@link #wanders}. */
  synchronized void wander(int page) {
    Page p = page(page);
    p.wanders = true;
    drop(page, p);
  }

  /** Whether a jump of a page to another page may lead to different ones, as where processes share the first alone. */
  boolean wanders(int page) {
    Page p = pages[page];
    return p != null && p.wanders;
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
    Page p = page((int) (block.key >>> 14));
    Block before = null;
    for (Block b = p.blocks; b != null; b = b.pageNext) {
      if (b == block) {
        if (before == null) {
          p.blocks = b.pageNext;
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
    for (Page p : pages) {
      if (p != null && p.mask != 0) {
        for (Block b = p.blocks; b != null; b = b.pageNext) {
          invalidate(b);
        }
        forgetBlocks(p);
      }
    }
    crossing.clear();
    buckets = new @Nullable Block[1 << FEW_BUCKET_BITS];
    blocks = 0;
    operations = 0;
    dropped.run();
  }

  /** How many operations are kept. */
  synchronized long operations() {
    return operations;
  }

  /** Whether there was a translation of it. */
  private static boolean invalidate(Block block) {
    block.valid = false;
    @Nullable TranslatedBlock @Nullable [] all = block.translated;
    if (all == null) {
      return false;
    }
    for (TranslatedBlock t : all) {
      if (t != null) {
        t.invalidate();
      }
    }
    return true;
  }

  private void unlink(Block block) {
    if (invalidate(block)) {
      dropped.run();
    }
    operations -= block.weight;
    blocks--;
    int bucket = bucket(block.key, buckets.length);
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
