package dev.portfire.inspect.perf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Samples in the order of time, and of which processes they are: with the names and mappings that these have then. */
final class Processes implements PerfData.Records, EventOrder.Receiver {
  /** What gets them. */
  interface Receiver {
    /**
     * A sample.
     *
     * @param event the event's place among the attributes
     * @param mode whose it is, as {@link Profile#HOST_USER}
     * @param process -1 if the sample does not say
     * @param period how many events it stands for
     */
    void sample(int event, int mode, int process, int thread, long ip, long period) throws PerfException;

    /** A kernel, or a part of it, is there. */
    void kernelMapping(int mode, int process, long start, long size, String file) throws PerfException;
  }

  private static final int EXIT = 4;

  /** What of a thread's name is kept; the kernel's have 15 bytes. */
  private static final int LONGEST_NAME = 64;

  private static final int COMM_EXEC = 1 << 13;

  /** How an event waits for earlier ones: what it is in the low bits of its last word, and its event or its place in a list. */
  private static final int KIND_BITS = 4;

  private static final int EVENT_BITS = 12;
  private static final int ASIDE = 8;
  private static final int MOST_ASIDE = 1 << 22;

  private final PerfData data;
  private final Receiver receiver;
  private final EventOrder order = new EventOrder(this);
  private final List<Sample> layouts = new ArrayList<>();

  /** Records that wait, and the places in there that are free again. */
  private final List<byte[]> aside = new ArrayList<>();

  private final List<Integer> free = new ArrayList<>();
  private final Map<Integer, String> commands = new HashMap<>();
  private final Map<Integer, Mappings> mappings = new HashMap<>();

  Processes(PerfData data, Receiver receiver) {
    this.data = data;
    this.receiver = receiver;
    commands.put(0, "swapper");
  }

  /** All has come. */
  void finish() throws PerfException {
    order.finish();
  }

  @Override
  public void sample(int event, long[] words, int from, int to) throws PerfException {
    if (event >= 1 << EVENT_BITS) {
      throw new PerfException("has more than " + (1 << EVENT_BITS) + " events");
    }
    while (layouts.size() <= event) {
      layouts.add(new Sample(data.attributes().get(layouts.size())));
    }
    Sample layout = layouts.get(event);
    layout.check(from, to);
    int mode = (int) (words[from - 1] >>> 32) & Profile.MODE;
    long period = layout.period < 0 ? data.attributes().get(event).period() : words[from + layout.period];
    order.add(
        layout.time < 0 ? 0 : words[from + layout.time],
        layout.ip < 0 ? 0 : words[from + layout.ip],
        layout.thread < 0 ? -1 : words[from + layout.thread],
        period << EVENT_BITS + KIND_BITS | (long) event << KIND_BITS | mode);
  }

  @Override
  public void other(int type, byte[] record) throws PerfException {
    switch (type) {
      case Profile.MMAP, Profile.MMAP2, Profile.COMM, Profile.FORK, EXIT -> {
        EventAttribute attribute = data.attributes().isEmpty() ? EventAttribute.NONE : data.attributes().getFirst();
        order.add(attribute.timeOfOther(record), 0, 0, (long) keep(record) << KIND_BITS | ASIDE);
      }
      default -> {
        // Nothing that matters here.
      }
    }
  }

  private int keep(byte[] record) throws PerfException {
    if (!free.isEmpty()) {
      int place = free.removeLast();
      aside.set(place, record);
      return place;
    }
    if (aside.size() == MOST_ASIDE) {
      throw new PerfException("is damaged: more than " + MOST_ASIDE + " processes and mappings");
    }
    aside.add(record);
    return aside.size() - 1;
  }

  @Override
  public void roundFinished() throws PerfException {
    order.roundFinished();
  }

  @Override
  public void event(long time, long ip, long thread, long what) throws PerfException {
    int kind = (int) what & (1 << KIND_BITS) - 1;
    if (kind == ASIDE) {
      int place = (int) (what >>> KIND_BITS);
      byte[] record = aside.set(place, new byte[0]);
      free.add(place);
      take(new Cursor(record, PerfData.RECORD_HEADER, record.length, "a record of a process"), Cursor.i32(record, 0), Cursor.u16(record, 4));
      return;
    }
    int event = (int) (what >>> KIND_BITS) & (1 << EVENT_BITS) - 1;
    receiver.sample(event, kind, (int) thread, (int) (thread >>> 32), ip, what >>> EVENT_BITS + KIND_BITS);
  }

  private void take(Cursor c, int type, int misc) throws PerfException {
    int process = c.i32();
    switch (type) {
      case Profile.FORK -> forked(process, c.i32(), c.i32(), c.i32());
      case EXIT -> {
        c.skip(4);
        if (c.i32() == process) {
          mappings.remove(process);
        }
      }
      case Profile.COMM -> {
        int thread = c.i32();
        String name = c.terminated();
        commands.put(thread, name.substring(0, Math.min(name.length(), LONGEST_NAME)));
        if ((misc & COMM_EXEC) != 0) {
          mappings.remove(process);
        }
      }
      default -> {
        c.skip(4);
        long start = c.i64();
        long size = c.i64();
        long offset = c.i64();
        if (type == Profile.MMAP2) {
          // The file by device and inode, or its build id; the protection and flags.
          c.skip(24 + 8);
        }
        mapping(misc & Profile.MODE, process, new Mappings.Mapping(c.terminated(), start, start + size, offset));
      }
    }
  }

  private void forked(int process, int parent, int thread, int parentThread) {
    String command = commands.get(parentThread);
    if (command != null) {
      commands.put(thread, command);
    }
    Mappings of = mappings.get(parent);
    if (of != null && parent != process) {
      mappings.put(process, of);
    }
  }

  private void mapping(int mode, int process, Mappings.Mapping mapping) throws PerfException {
    if (mode == Profile.HOST_KERNEL || mode == Profile.GUEST_KERNEL) {
      receiver.kernelMapping(mode, process, mapping.start(), mapping.end() - mapping.start(), mapping.file());
    } else {
      mappings.put(process, mappings.getOrDefault(process, Mappings.NONE).with(mapping));
    }
  }

  /** The name of a thread. */
  String command(int thread) {
    String command = commands.get(thread);
    return command == null ? ":" + thread : command;
  }

  /** What a process has mapped somewhere. */
  Mappings.@Nullable Mapping mapping(int process, long address) {
    return mappings.getOrDefault(process, Mappings.NONE).find(address);
  }
}
