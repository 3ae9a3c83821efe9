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

  EventOrder(Receiver receiver) {
    this.receiver = receiver;
  }

  /** Adds an event. One without a time is not kept. */
  void add(long time, long a, long b, long c) throws PerfException {
    if (time == 0 || time == -1) {
      receiver.event(time, a, b, c);
      return;
    }
    see(time);
    if (count == 0 || Long.compareUnsigned(time, last) < 0) {
      begin();
    }
    last = time;
    Run run = runs[count - 1];
    if (run.to == run.words.length) {
      if (run.to >= MOST_WORDS) {
        throw new PerfException("is damaged: too many events before the end of a round");
      }
      run.words = Arrays.copyOf(run.words, 2 * run.to);
    }
    long[] words = run.words;
    int at = run.to;
    words[at] = time;
    words[at + 1] = a;
    words[at + 2] = b;
    words[at + 3] = c;
    run.to = at + WORDS;
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

  private void begin() {
    collapse();
    runs[count++] = new Run();
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
    long[] x = first.words;
    long[] y = second.words;
    int i = first.from;
    int k = second.from;
    int at = 0;
    while (i < first.to && k < second.to) {
      if (Long.compareUnsigned(y[k], x[i]) < 0) {
        at = copy(y, k, merged.words, at);
        k += WORDS;
      } else {
        at = copy(x, i, merged.words, at);
        i += WORDS;
      }
    }
    System.arraycopy(x, i, merged.words, at, first.to - i);
    System.arraycopy(y, k, merged.words, at + first.to - i, second.to - k);
    merged.to = merged.words.length;
    return merged;
  }

  private static int copy(long[] source, int from, long[] target, int at) {
    target[at] = source[from];
    target[at + 1] = source[from + 1];
    target[at + 2] = source[from + 2];
    target[at + 3] = source[from + 3];
    return at + WORDS;
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
    if (count == 0) {
      return;
    }
    collapse();
    while (true) {
      int best = -1;
      for (int i = 0; i < count; i++) {
        Run run = runs[i];
        if (run.from < run.to && Long.compareUnsigned(run.words[run.from], limit) <= 0
            && (best < 0 || Long.compareUnsigned(run.words[run.from], runs[best].words[runs[best].from]) < 0)) {
          best = i;
        }
      }
      if (best < 0) {
        break;
      }
      Run run = runs[best];
      int at = run.from;
      run.from = at + WORDS;
      receiver.event(run.words[at], run.words[at + 1], run.words[at + 2], run.words[at + 3]);
    }
    int before = count;
    count = 0;
    for (int i = 0; i < before; i++) {
      Run run = runs[i];
      runs[i] = null;
      if (run.size() > 0) {
        runs[count++] = run;
        collapse();
      }
    }
    // What comes next begins a run of its own.
    last = -1;
  }
}
