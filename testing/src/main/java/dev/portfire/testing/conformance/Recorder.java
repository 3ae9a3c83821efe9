package dev.portfire.testing.conformance;

import dev.portfire.machine.BusDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/**
 * What a guest did that the host can see, line by line. Accesses to the test devices become lines; so do exceptions, which
 * the guest's handlers describe word by word on one port.
 */
final class Recorder {
  /** Words that a handler writes about one exception. */
  static final int EXCEPTION_WORDS = 9;

  /** A guest that takes the same exception so often in a row does not get out of it. */
  private static final int LOST = 4;

  private static final String[] EXCEPTIONS = {
    "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "#9", "#TS", "#NP", "#SS", "#GP", "#PF", "#15", "#MF", "#AC",
    "#MC", "#XM", "#VE", "#CP"
  };

  private record Line(String text, long nanos) {}

  private final List<Line> lines = new ArrayList<>();
  private final Map<Thread, List<Long>> exceptions = new ConcurrentHashMap<>();
  private final LongFunction<String> symbol;

  Recorder(LongFunction<String> symbol) {
    this.symbol = symbol;
  }

  synchronized void add(String line) {
    lines.add(new Line(line, System.nanoTime()));
  }

  /** Whether the same exception comes again and again. */
  synchronized boolean isLost() {
    if (lines.size() < LOST) {
      return false;
    }
    String last = lines.getLast().text;
    return last.startsWith("#") && lines.subList(lines.size() - LOST, lines.size()).stream().allMatch(l -> l.text.equals(last));
  }

  synchronized List<String> lines() {
    return lines.stream().map(Line::text).toList();
  }

  /** Nanoseconds from the first line of one text to the last of another, or −1 if they are not both there. */
  synchronized long nanosBetween(String from, String to) {
    long start = -1;
    long end = -1;
    for (Line line : lines) {
      if (start < 0 && line.text.equals(from)) {
        start = line.nanos;
      }
      if (start >= 0 && line.text.equals(to)) {
        end = line.nanos;
      }
    }
    return end < 0 ? -1 : end - start;
  }

  /** A device whose bytes read as 0x80 plus their offset, and which records every access. */
  BusDevice echo(String read, String write) {
    return new BusDevice() {
      @Override
      public long read(long offset, int size) {
        long value = 0;
        for (int k = size - 1; k >= 0; k--) {
          value = value << 8 | 0x80 + offset + k & 0xff;
        }
        add("%s%d +0x%x -> 0x%x".formatted(read, size, offset, value));
        return value;
      }

      @Override
      public void write(long offset, int size, long value) {
        add("%s%d +0x%x 0x%x".formatted(write, size, offset, value));
      }
    };
  }

  /** A port that reads as 1, 2, 3 and so on, and which records what is written. */
  BusDevice queue() {
    return new BusDevice() {
      private long next;

      @Override
      public synchronized long read(long offset, int size) {
        next++;
        add("pull%d".formatted(size));
        return next;
      }

      @Override
      public void write(long offset, int size, long value) {
        add("push%d 0x%x".formatted(size, value));
      }
    };
  }

  /** One word about an exception; the last completes it. */
  void exceptionWord(long word) {
    List<Long> words = exceptions.computeIfAbsent(Thread.currentThread(), thread -> new ArrayList<>());
    words.add(word);
    if (words.size() == EXCEPTION_WORDS) {
      exceptions.remove(Thread.currentThread());
      add(exception(words));
    }
  }

  private static boolean hasErrorCode(int vector) {
    return vector == 8 || vector >= 10 && vector <= 14 || vector == 17 || vector == 21;
  }

  /** Vector, error code, RIP, CS, RFLAGS, RSP, SS, CR2 and where the frame ended, 32 bits of each. */
  private String exception(List<Long> w) {
    int vector = w.get(0).intValue();
    StringBuilder s = new StringBuilder(vector < EXCEPTIONS.length ? EXCEPTIONS[vector] : "#" + vector);
    if (hasErrorCode(vector)) {
      s.append("(0x%x)".formatted(w.get(1)));
    }
    s.append(" at ").append(symbol.apply(w.get(2)));
    int ring = w.get(3).intValue() & 3;
    if (ring != 0) {
      s.append(" ring ").append(ring);
    }
    if (vector == 14) {
      s.append(" cr2=0x%x".formatted(w.get(7)));
    }
    String stack = stack(w.get(8));
    if (!stack.equals(ring == 0 ? "main" : "rsp0")) {
      s.append(" on ").append(stack);
    }
    return s.toString();
  }

  /** The stack that a frame ended on, by the address of its top. */
  private static String stack(long top) {
    long offset = (top - Layout.STACKS) % Layout.STACKS_SIZE;
    if (top < Layout.STACKS || top > Layout.STACKS + 8 * Layout.STACKS_SIZE) {
      return "0x%x".formatted(top);
    }
    if (offset > 0 && offset <= Layout.MAIN_STACK) {
      return "main";
    }
    if (offset == Layout.RSP0_STACK) {
      return "rsp0";
    }
    if (offset == Layout.IST1_STACK) {
      return "ist1";
    }
    if (offset == Layout.IST2_STACK) {
      return "ist2";
    }
    return "+0x%x".formatted(offset);
  }
}
