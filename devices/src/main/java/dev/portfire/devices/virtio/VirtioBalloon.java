package dev.portfire.devices.virtio;

import dev.portfire.devices.Counters;
import dev.portfire.devices.Timers;
import dev.portfire.machine.GuestAddressException;
import dev.portfire.machine.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A memory balloon (virtio 1.2, 5.5): pages that the guest puts into it, or says are free, go back to the host and read as
 * zeros afterwards.
 */
public final class VirtioBalloon implements VirtioDevice {
  /** Device type. */
  public static final int TYPE = 5;

  /** Bytes in the pages that are counted and numbered here, whatever the guest's are. */
  public static final int PAGE_SIZE = 4096;

  /** The command that ends free page hinting. */
  public static final int HINT_STOP = 0;

  /** The command that gives the pages of a hint back to the guest. */
  public static final int HINT_DONE = 1;

  private static final int INFLATE = 0;
  private static final int DEFLATE = 1;

  private static final long F_STATS = 1 << 1;
  private static final long F_DEFLATE_ON_OOM = 1 << 2;
  private static final long F_FREE_PAGE_HINT = 1 << 3;
  private static final long F_REPORTING = 1 << 5;

  private static final int CONFIG_LENGTH = 12;
  private static final int ACTUAL = 4;
  private static final int LARGEST_LIST = 256;
  private static final int STATISTIC_LENGTH = 10;
  private static final int MOST_STATISTICS = 256;

  /** The names of statistics by their tags, as Firecracker's API has them. */
  private static final List<String> STATISTICS = List.of(
      "swap_in",
      "swap_out",
      "major_faults",
      "minor_faults",
      "free_memory",
      "total_memory",
      "available_memory",
      "disk_caches",
      "hugetlb_allocations",
      "hugetlb_failures",
      "oom_kill",
      "alloc_stall",
      "async_scan",
      "direct_scan",
      "async_reclaim",
      "direct_reclaim");

  /** What a balloon counts; the names are Firecracker's metrics. */
  public enum Count {
    /** Activations that failed. */
    ACTIVATE_FAILS,
    /** Calls for the inflation queue. */
    INFLATE_COUNT,
    /** Reports of statistics. */
    STATS_UPDATES_COUNT,
    /** Reports that made no sense. */
    STATS_UPDATE_FAILS,
    /** Calls for the deflation queue. */
    DEFLATE_COUNT,
    /** Requests that made no sense. */
    EVENT_FAILS,
    /** Ranges of pages reported free. */
    FREE_PAGE_REPORT_COUNT,
    /** Bytes reported free. */
    FREE_PAGE_REPORT_FREED,
    /** Reports of free pages that made no sense. */
    FREE_PAGE_REPORT_FAILS,
    /** Ranges of pages hinted free. */
    FREE_PAGE_HINT_COUNT,
    /** Bytes hinted free. */
    FREE_PAGE_HINT_FREED,
    /** Hints that made no sense. */
    FREE_PAGE_HINT_FAILS
  }

  /** Gives memory back to the host. */
  @FunctionalInterface
  public interface Reclaimer {
    /**
     * Gives whole pages back; they read as zeros afterwards.
     *
     * @param address guest-physical, checked to be RAM with its length
     */
    void discard(long address, long length);
  }

  private final Reclaimer reclaimer;
  private final Timers timers;
  private final long features;
  private final int statisticsQueue;
  private final int hintQueue;
  private final int reportQueue;
  private final int queues;
  private final Counters<Count> counters = new Counters<>(Count.class);
  private final Map<String, Long> statistics = new LinkedHashMap<>();
  private int target;
  private int actual;
  private int interval;
  private int hostCommand = HINT_STOP;
  private int lastHint = HINT_DONE;
  private OptionalLong guestCommand = OptionalLong.empty();
  private boolean acknowledge = true;

  /** Head of the buffer that the next request for statistics returns; −1 if there is none. */
  private int held = -1;

  private boolean due;

  /** Counts activations, so that a timer of an earlier one does nothing. */
  private int generation;

  private @Nullable VirtioLink link;

  /**
   * The state beyond the queues.
   *
   * @param target pages the host wants in the balloon
   * @param actual pages the guest says are in it
   * @param interval seconds between statistics
   * @param held head of the statistics buffer that the device has, −1 for none
   * @param statistics the latest
   */
  public record BalloonState(int target, int actual, int interval, int held, Map<String, Long> statistics)
      implements State {}

  /**
   * What free page hinting is doing.
   *
   * @param host the command that the guest is given
   * @param guest the one it has answered last, if any
   */
  public record Hinting(long host, OptionalLong guest) {}

  /**
   * Makes a balloon.
   *
   * @param target how many pages of 4096 bytes the host wants in it
   * @param deflateOnOom whether the guest takes pages out of it before it kills a process
   * @param interval seconds between statistics; 0 for no statistics
   * @param hinting whether the guest can be asked for free pages
   * @param reporting whether the guest reports free pages by itself
   */
  public VirtioBalloon(
      int target,
      boolean deflateOnOom,
      int interval,
      boolean hinting,
      boolean reporting,
      Reclaimer reclaimer,
      Timers timers) {
    this.target = target;
    this.interval = interval;
    this.reclaimer = reclaimer;
    this.timers = timers;
    int next = DEFLATE + 1;
    // Queues of features that are not offered do not exist: the others move up.
    statisticsQueue = interval > 0 ? next++ : -1;
    hintQueue = hinting ? next++ : -1;
    reportQueue = reporting ? next++ : -1;
    queues = next;
    features = (interval > 0 ? F_STATS : 0)
        | (deflateOnOom ? F_DEFLATE_ON_OOM : 0)
        | (hinting ? F_FREE_PAGE_HINT : 0)
        | (reporting ? F_REPORTING : 0);
  }

  /** What it counted. */
  public Counters<Count> counters() {
    return counters;
  }

  /** How many pages of 4096 bytes the host wants in it. */
  public synchronized int target() {
    return target;
  }

  /** How many pages of 4096 bytes the guest says are in it. */
  public synchronized int actual() {
    return actual;
  }

  /** Says how many pages of 4096 bytes the host wants in it, and tells the guest. */
  public void setTarget(int pages) {
    VirtioLink current;
    synchronized (this) {
      target = pages;
      current = link;
    }
    if (current != null) {
      current.configChanged();
    }
  }

  /** The latest statistics by Firecracker's names; in bytes, pages or events, as the guest counts them. */
  public synchronized Map<String, Long> statistics() {
    return Map.copyOf(statistics);
  }

  /** Seconds between statistics; 0: there are none. */
  public synchronized int statisticsInterval() {
    return interval;
  }

  /**
   * Changes how often there are statistics.
   *
   * @param seconds at least 1
   * @throws IllegalStateException if the balloon was made without statistics
   */
  public void setStatisticsInterval(int seconds) {
    synchronized (this) {
      if (statisticsQueue < 0 || seconds < 1) {
        throw new IllegalStateException("statistics cannot be switched on or off");
      }
      interval = seconds;
      generation++;
    }
    startTimer();
  }

  /**
   * Asks the guest for its free pages.
   *
   * @param acknowledgeOnStop whether the guest may use them again as soon as it has told all
   * @throws IllegalStateException if the balloon was made without hinting
   */
  public void startHinting(boolean acknowledgeOnStop) {
    VirtioLink current;
    synchronized (this) {
      requireHinting();
      lastHint = lastHint == -1 ? HINT_DONE + 1 : lastHint + 1;
      hostCommand = lastHint;
      acknowledge = acknowledgeOnStop;
      current = link;
    }
    if (current != null) {
      current.configChanged();
    }
  }

  /** Ends a request for free pages: the guest may use them again. */
  public void stopHinting() {
    VirtioLink current;
    synchronized (this) {
      requireHinting();
      hostCommand = HINT_DONE;
      current = link;
    }
    if (current != null) {
      current.configChanged();
    }
  }

  /** What hinting is doing. */
  public synchronized Hinting hinting() {
    requireHinting();
    return new Hinting(Integer.toUnsignedLong(hostCommand), guestCommand);
  }

  private void requireHinting() {
    if (hintQueue < 0) {
      throw new IllegalStateException("this balloon was made without free page hinting");
    }
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public int queueCount() {
    return queues;
  }

  @Override
  public long features() {
    return features;
  }

  private byte[] config() {
    return ByteBuffer.allocate(CONFIG_LENGTH)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(target)
        .putInt(actual)
        .putInt(hostCommand)
        .array();
  }

  @Override
  public synchronized long readConfig(int offset, int size) {
    return VirtioDevice.field(config(), offset, size);
  }

  @Override
  public synchronized void writeConfig(int offset, int size, long value) {
    // The driver writes how much is in the balloon; bytes outside of that field are not its.
    for (int i = 0; i < size; i++) {
      int at = offset + i - ACTUAL;
      if (at >= 0 && at < Integer.BYTES) {
        int shift = 8 * at;
        actual = actual & ~(0xff << shift) | (int) (value >>> (8 * i) & 0xff) << shift;
      }
    }
  }

  @Override
  public void activate(VirtioLink active) {
    synchronized (this) {
      link = active;
      generation++;
    }
    startTimer();
  }

  @Override
  public void activationFailed() {
    counters.count(Count.ACTIVATE_FAILS);
  }

  @Override
  public synchronized void deactivate() {
    link = null;
    generation++;
    held = -1;
    due = false;
    guestCommand = OptionalLong.empty();
    hostCommand = HINT_STOP;
  }

  private void startTimer() {
    int mine;
    long nanos;
    synchronized (this) {
      if (statisticsQueue < 0 || link == null) {
        return;
      }
      mine = generation;
      nanos = TimeUnit.SECONDS.toNanos(interval);
    }
    timers.after(nanos, () -> tick(mine));
  }

  private void tick(int mine) {
    VirtioLink current;
    synchronized (this) {
      if (mine != generation || link == null) {
        return;
      }
      due = true;
      current = link;
    }
    current.schedule(statisticsQueue);
    startTimer();
  }

  @Override
  public void process(int index) {
    VirtioLink current = link;
    if (current == null) {
      return;
    }
    SplitQueue queue = current.queue(index);
    if (index == INFLATE) {
      counters.count(Count.INFLATE_COUNT);
    } else if (index == DEFLATE) {
      counters.count(Count.DEFLATE_COUNT);
    } else if (index == statisticsQueue) {
      statistics(current, queue);
      return;
    }
    for (int budget = SplitQueue.MAX_SIZE; budget > 0; budget--) {
      Chain chain = queue.pop();
      if (chain == null) {
        current.signal(queue);
        if (!queue.enableNotification()) {
          return;
        }
        continue;
      }
      if (index == INFLATE) {
        inflate(current.memory(), chain);
      } else if (index == hintQueue) {
        hint(current, chain);
      } else if (index == reportQueue) {
        report(current.memory(), chain);
      }
      queue.push(chain, 0);
    }
    current.signal(queue);
    current.schedule(index);
  }

  /** Gives back the pages whose numbers a chain has. */
  private void inflate(GuestMemory memory, Chain chain) {
    Chain.Buffer list = chain.buffers().getFirst();
    if (list.writable() || list.length() % Integer.BYTES != 0 || list.length() > LARGEST_LIST * Integer.BYTES) {
      counters.count(Count.EVENT_FAILS);
      return;
    }
    byte[] bytes = new byte[(int) list.length()];
    try {
      memory.read(list.address(), bytes, 0, bytes.length);
    } catch (GuestAddressException e) {
      counters.count(Count.EVENT_FAILS);
      return;
    }
    long[] pages = new long[bytes.length / Integer.BYTES];
    ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < pages.length; i++) {
      pages[i] = Integer.toUnsignedLong(numbers.getInt());
    }
    Arrays.sort(pages);
    int start = 0;
    for (int i = 1; i <= pages.length; i++) {
      if (i == pages.length || pages[i] > pages[i - 1] + 1) {
        discard(memory, pages[start] * PAGE_SIZE, (pages[i - 1] - pages[start] + 1) * PAGE_SIZE, Count.EVENT_FAILS);
        start = i;
      }
    }
  }

  /** Returns how many bytes went back to the host: the whole pages in a range of RAM. */
  private long discard(GuestMemory memory, long address, long length, Count failure) {
    if (!memory.contains(address, length)) {
      counters.count(failure);
      return 0;
    }
    long first = (address + PAGE_SIZE - 1) & -PAGE_SIZE;
    long end = (address + length) & -PAGE_SIZE;
    if (end <= first) {
      return 0;
    }
    reclaimer.discard(first, end - first);
    return end - first;
  }

  private void report(GuestMemory memory, Chain chain) {
    for (Chain.Buffer range : chain.buffers()) {
      counters.count(Count.FREE_PAGE_REPORT_COUNT);
      counters.add(
          Count.FREE_PAGE_REPORT_FREED,
          discard(memory, range.address(), range.length(), Count.FREE_PAGE_REPORT_FAILS));
    }
  }

  private void hint(VirtioLink current, Chain chain) {
    boolean changed = false;
    for (Chain.Buffer range : chain.buffers()) {
      if (range.length() == Integer.BYTES && !range.writable()) {
        int command;
        try {
          command = current.memory().readInt(range.address());
        } catch (GuestAddressException e) {
          counters.count(Count.FREE_PAGE_HINT_FAILS);
          continue;
        }
        changed |= answered(command);
      } else if (wanted()) {
        counters.count(Count.FREE_PAGE_HINT_COUNT);
        counters.add(
            Count.FREE_PAGE_HINT_FREED,
            discard(current.memory(), range.address(), range.length(), Count.FREE_PAGE_HINT_FAILS));
      }
    }
    if (changed) {
      current.configChanged();
    }
  }

  /** Notes the guest's command; returns whether the host's has changed by it. */
  private synchronized boolean answered(int command) {
    guestCommand = OptionalLong.of(Integer.toUnsignedLong(command));
    if (command == HINT_STOP && acknowledge && hostCommand > HINT_DONE) {
      hostCommand = HINT_DONE;
      return true;
    }
    return false;
  }

  /** Whether hints belong to what the host has asked for. */
  private synchronized boolean wanted() {
    return hostCommand != HINT_STOP
        && hostCommand != HINT_DONE
        && guestCommand.isPresent()
        && guestCommand.getAsLong() == Integer.toUnsignedLong(hostCommand);
  }

  private void statistics(VirtioLink current, SplitQueue queue) {
    synchronized (this) {
      if (due && held >= 0) {
        // Returning the buffer is the request for the next report.
        queue.push(new Chain(held, List.of()), 0);
        held = -1;
        due = false;
      }
    }
    for (int budget = SplitQueue.MAX_SIZE; budget > 0; budget--) {
      Chain chain = queue.pop();
      if (chain == null) {
        current.signal(queue);
        if (!queue.enableNotification()) {
          return;
        }
        continue;
      }
      read(current.memory(), chain);
      synchronized (this) {
        if (held >= 0) {
          queue.push(new Chain(held, List.of()), 0);
        }
        held = chain.head();
        due = false;
      }
    }
    current.signal(queue);
    current.schedule(statisticsQueue);
  }

  private void read(GuestMemory memory, Chain chain) {
    long length = chain.readableLength();
    if (length % STATISTIC_LENGTH != 0 || length > MOST_STATISTICS * STATISTIC_LENGTH) {
      counters.count(Count.STATS_UPDATE_FAILS);
      return;
    }
    byte[] bytes = new byte[(int) length];
    try {
      int unused = chain.read(memory, bytes);
    } catch (GuestAddressException e) {
      counters.count(Count.STATS_UPDATE_FAILS);
      return;
    }
    ByteBuffer records = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    synchronized (this) {
      while (records.hasRemaining()) {
        int tag = records.getShort() & 0xffff;
        long value = records.getLong();
        if (tag < STATISTICS.size()) {
          statistics.put(STATISTICS.get(tag), value);
        }
      }
    }
    counters.count(Count.STATS_UPDATES_COUNT);
  }

  @Override
  public synchronized State save() {
    return new BalloonState(target, actual, interval, held, Map.copyOf(statistics));
  }

  @Override
  public synchronized void restore(State state) {
    if (!(state instanceof BalloonState saved) || (saved.interval == 0) != (statisticsQueue < 0)) {
      throw new IllegalArgumentException("not the state of such a balloon");
    }
    target = saved.target;
    actual = saved.actual;
    interval = saved.interval;
    held = saved.held >= 0 && saved.held < SplitQueue.MAX_SIZE ? saved.held : -1;
    statistics.clear();
    statistics.putAll(saved.statistics);
    // What the guest was asked for is not known to whoever goes on.
    hostCommand = hintQueue < 0 ? HINT_STOP : HINT_DONE;
    guestCommand = OptionalLong.empty();
  }
}
