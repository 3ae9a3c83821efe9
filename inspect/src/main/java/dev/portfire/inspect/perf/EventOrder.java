package dev.portfire.inspect.perf;

import java.util.Arrays;

/**
 * Puts events into the order of time. Each CPU's come in order, so what comes is a sequence of ascending runs; runs of like length are
 * merged at once, so that there are few, and events of one time stay in the order in which they came. An event is four words, the
 * time first. Any order costs O(n log n) in all.
 */
final class EventOrder {
  /** What gets the events in order. */
  interface Receiver {
    /** An event. */
    void event(long time, long a, long b, long c) throws PerfException;
  }

  private static final int WORDS = 4;

  /** Runs double in length, at least. */
  private static final int MOST_RUNS = 64;

  /** Events that can wait for others; more is no recording. */
  private static final int MOST_WORDS = 1 << 29;

  /** Added to both sides of a comparison, makes it one of unsigned numbers. */
  private static final long UNSIGNED = Long.MIN_VALUE;

  private static final class Run {
    long[] words = new long[64 * WORDS];
    int from;
    int to;

    int size() {
      return to - from;
    }
  }

  private final Receiver receiver;
  private final Run[] runs = new Run[MOST_RUNS];
  private int count;
  private long last;
  private long latest;
  private long barrier;
  private long flushed;
  private long unordered;

  /** The run that grows: the last one. */
  private Run current = new Run();

  private Run spare = new Run();

  EventOrder(Receiver receiver) {
    this.receiver = receiver;
    runs[count++] = current;
  }

  /** Adds an event. One without a time is not kept. */
  void add(long time, long a, long b, long c) throws PerfException {
    if (time + UNSIGNED < last + UNSIGNED || current.to == current.words.length || time == 0 || time == -1) {
      if (time == 0 || time == -1) {
        receiver.event(time, a, b, c);
        return;
      }
      makeRoom(time);
    }
    if (time + UNSIGNED > latest + UNSIGNED) {
      latest = time;
    } else if (time + UNSIGNED < flushed + UNSIGNED) {
      unordered++;
    }
    last = time;
    Run run = current;
    long[] words = run.words;
    int at = run.to;
    words[at] = time;
    words[at + 1] = a;
    words[at + 2] = b;
    words[at + 3] = c;
    run.to = at + WORDS;
  }

  private void makeRoom(long time) throws PerfException {
    if (Long.compareUnsigned(time, last) < 0) {
      collapse();
      current = spare;
      spare = new Run();
      runs[count++] = current;
    }
    Run run = current;
    if (run.to < run.words.length) {
      return;
    }
    if (run.from >= run.to / 2) {
      // More than half of it has gone.
      System.arraycopy(run.words, run.from, run.words, 0, run.size());
      run.to = run.size();
      run.from = 0;
    } else if (run.to >= MOST_WORDS) {
      throw new PerfException("is damaged: too many events before the end of a round");
    } else {
      run.words = Arrays.copyOf(run.words, 2 * run.to);
    }
  }

  /** Takes note of the time of an event that nobody wants. */
  void see(long time) {
    if (time == 0 || time == -1) {
      return;
    }
    if (Long.compareUnsigned(time, latest) > 0) {
      latest = time;
    } else if (Long.compareUnsigned(time, flushed) < 0) {
      unordered++;
    }
  }

  /** Merges the last runs until each has more than twice the length of the next. */
  private void collapse() {
    while (count > 1 && runs[count - 2].size() <= 2L * runs[count - 1].size()) {
      runs[count - 2] = merge(runs[count - 2], runs[count - 1]);
      count--;
    }
  }

  private static Run merge(Run first, Run second) {
    if (first.size() == 0) {
      return second;
    }
    if (second.size() == 0) {
      return first;
    }
    Run merged = new Run();
    merged.words = new long[Math.addExact(first.size(), second.size())];
    merge(first, second, merged.words);
    merged.to = merged.words.length;
    return merged;
  }

  private static void merge(Run first, Run second, long[] target) {
    long[] x = first.words;
    long[] y = second.words;
    int i = first.from;
    int k = second.from;
    int at = 0;
    while (i < first.to && k < second.to) {
      long time = x[i];
      long other = y[k];
      if (other + UNSIGNED < time + UNSIGNED) {
        target[at] = other;
        target[at + 1] = y[k + 1];
        target[at + 2] = y[k + 2];
        target[at + 3] = y[k + 3];
        k += WORDS;
      } else {
        target[at] = time;
        target[at + 1] = x[i + 1];
        target[at + 2] = x[i + 2];
        target[at + 3] = x[i + 3];
        i += WORDS;
      }
      at += WORDS;
    }
    System.arraycopy(x, i, target, at, first.to - i);
    System.arraycopy(y, k, target, at + first.to - i, second.to - k);
  }

  /** How many came after later ones had gone. */
  long unordered() {
    return unordered;
  }

  /** A round has ended: what is not later than the last round's latest event can go, for nothing earlier comes. */
  void roundFinished() throws PerfException {
    flush(barrier);
    flushed = barrier;
    barrier = latest;
  }

  /** All have come. */
  void finish() throws PerfException {
    flush(-1);
  }

  private void flush(long limit) throws PerfException {
    collapse();
    while (deliver(limit)) {
      // Goes on with the run that has the earliest event now.
    }
    int before = count;
    count = 0;
    for (int i = 0; i < before; i++) {
      Run run = runs[i];
      if (run.size() > 0) {
        runs[count++] = run;
        collapse();
      } else {
        run.from = 0;
        run.to = 0;
        spare = run;
      }
    }
    if (count == 0) {
      runs[count++] = spare;
      spare = new Run();
    }
    for (int i = count; i < before; i++) {
      runs[i] = null;
    }
    current = runs[count - 1];
    last = current.size() == 0 ? 0 : current.words[current.to - WORDS];
  }

  /** Gives away the first events of one run, as many as are earlier than those of the others; false if none is early enough. */
  private boolean deliver(long limit) throws PerfException {
    int best = -1;
    long first = 0;
    long bound = limit;
    for (int i = 0; i < count; i++) {
      Run run = runs[i];
      if (run.from == run.to) {
        continue;
      }
      long time = run.words[run.from];
      if (best < 0 || Long.compareUnsigned(time, first) < 0) {
        // The one that was first goes before this run's later events of the same time.
        bound = best < 0 ? limit : Long.compareUnsigned(first - 1, limit) < 0 ? first - 1 : limit;
        best = i;
        first = time;
      } else if (Long.compareUnsigned(time, bound) < 0) {
        bound = time;
      }
    }
    if (best < 0 || Long.compareUnsigned(first, limit) > 0) {
      return false;
    }
    deliver(runs[best], bound);
    return true;
  }

  private void deliver(Run run, long bound) throws PerfException {
    long[] words = run.words;
    int at = run.from;
    int to = run.to;
    while (at < to && words[at] + UNSIGNED <= bound + UNSIGNED) {
      receiver.event(words[at], words[at + 1], words[at + 2], words[at + 3]);
      at += WORDS;
      run.from = at;
    }
  }
}
