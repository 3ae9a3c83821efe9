package dev.portfire.devices.pci;

import java.util.ArrayList;
import java.util.List;

/** The table of message-signalled interrupts of a function (PCI Local Bus 3.0, 6.8.2). Thread-safe. */
public final class MsixTable {
  /** Bytes of an entry. */
  public static final int ENTRY_LENGTH = 16;

  /** In the function's control register: messages are sent. */
  public static final int ENABLE = 0x8000;

  /** In the function's control register: all messages wait. */
  public static final int MASK_ALL = 0x4000;

  private static final int MASKED = 1;
  private static final int WORDS = 4;
  private static final int ADDRESS_HIGH = 1;
  private static final int DATA = 2;
  private static final int CONTROL = 3;

  private final MessageSink sink;
  private final int[] words;
  private final boolean[] pending;
  private int control;

  /**
   * What survives a snapshot.
   *
   * @param control the control register's writable bits
   * @param words the table
   * @param pending which messages wait
   */
  public record State(int control, List<Integer> words, List<Boolean> pending) {}

  /** Makes a table with all entries masked. */
  public MsixTable(int vectors, MessageSink sink) {
    this.sink = sink;
    words = new int[vectors * WORDS];
    pending = new boolean[vectors];
    for (int vector = 0; vector < vectors; vector++) {
      words[vector * WORDS + CONTROL] = MASKED;
    }
  }

  /** The number of entries. */
  public int size() {
    return pending.length;
  }

  /** Sets the writable bits of the control register. */
  public synchronized void setControl(int value) {
    boolean passed = passing();
    control = value & (ENABLE | MASK_ALL);
    if (passing() && !passed) {
      for (int vector = 0; vector < pending.length; vector++) {
        tellRoute(vector);
      }
    }
    sendPending();
  }

  private boolean passing() {
    return (control & (ENABLE | MASK_ALL)) == ENABLE;
  }

  private boolean passes(int vector) {
    return passing() && (words[vector * WORDS + CONTROL] & MASKED) == 0;
  }

  private void tellRoute(int vector) {
    if (passes(vector)) {
      sink.rerouted();
    }
  }

  /** Sends a message, or notes it while it is masked; a number behind the table's end is no message. */
  public synchronized void signal(int vector) {
    if (vector < 0 || vector >= pending.length) {
      return;
    }
    pending[vector] = true;
    sendPending(vector);
  }

  private void sendPending() {
    for (int vector = 0; vector < pending.length; vector++) {
      sendPending(vector);
    }
  }

  private void sendPending(int vector) {
    int at = vector * WORDS;
    if (pending[vector] && passes(vector)) {
      pending[vector] = false;
      sink.send(
          Integer.toUnsignedLong(words[at]) | (long) words[at + ADDRESS_HIGH] << 32, words[at + DATA]);
    }
  }

  /** Reads from the table: 4 or 8 bytes, aligned; all ones otherwise. */
  public synchronized long read(long offset, int size) {
    int word = (int) (offset / 4);
    if ((size != 4 && size != 8) || offset % size != 0 || offset < 0 || offset + size > 4L * words.length) {
      return -1;
    }
    long low = Integer.toUnsignedLong(words[word]);
    return size == 4 ? low : low | (long) words[word + 1] << 32;
  }

  /** Writes to the table: 4 or 8 bytes, aligned; others have no effect. */
  public synchronized void write(long offset, int size, long value) {
    int word = (int) (offset / 4);
    if ((size != 4 && size != 8) || offset % size != 0 || offset < 0 || offset + size > 4L * words.length) {
      return;
    }
    words[word] = (int) value;
    if (size == 8) {
      words[word + 1] = (int) (value >>> 32);
    }
    tellRoute(word / WORDS);
    sendPending(word / WORDS);
  }

  /** Reads the bits of messages that wait: 64 at an offset that is a multiple of 8. */
  public synchronized long readPending(long offset, int size) {
    long bits = 0;
    for (int i = 0; i < 8 * size; i++) {
      long vector = offset * 8 + i;
      if (vector < pending.length && pending[(int) vector]) {
        bits |= 1L << i;
      }
    }
    return bits;
  }

  /** Forgets the messages that wait. */
  public synchronized void clearPending() {
    java.util.Arrays.fill(pending, false);
  }

  /** The state. */
  public synchronized State save() {
    List<Boolean> waiting = new ArrayList<>();
    for (boolean one : pending) {
      waiting.add(one);
    }
    return new State(control, java.util.Arrays.stream(words).boxed().toList(), List.copyOf(waiting));
  }

  /**
   * Replaces the state and sends what can be sent.
   *
   * @throws IllegalArgumentException if it is that of another table
   */
  public synchronized void restore(State state) {
    if (state.words.size() != words.length || state.pending.size() != pending.length) {
      throw new IllegalArgumentException("not the state of a table of " + pending.length + " messages");
    }
    for (int i = 0; i < words.length; i++) {
      words[i] = state.words.get(i);
    }
    for (int i = 0; i < pending.length; i++) {
      pending[i] = state.pending.get(i);
    }
    control = state.control & (ENABLE | MASK_ALL);
    sendPending();
  }
}
