package dev.portfire.softcpu.irqchip;

import dev.portfire.machine.BusDevice;
import dev.portfire.machine.InterruptLine;
import java.util.ArrayList;
import java.util.List;

/**
 * An 8254 programmable interval timer (Intel 8254 data sheet) as wired on a PC: channel 0 raises interrupt 0, channel 2
 * drives the speaker and is gated by port 0x61.
 *
 * <p>Nothing counts: a channel keeps the time at which it was started, and its count and output are worked out when
 * asked. A new count takes effect at once, also in modes 2 and 3 where the chip would end the running cycle first.
 */
public final class Pit implements BusDevice {
  /** The first of the four ports. */
  public static final int PORT = 0x40;

  /** The port with channel 2's gate and output. */
  public static final int SPEAKER_PORT = 0x61;

  /** Counts in a second. */
  public static final long HZ = 1_193_182;

  private static final long NANOS = 1_000_000_000L;

  /** No faster interrupts, so that a guest cannot make the timer thread spin: 5 kHz. */
  private static final long SHORTEST_PERIOD_NANOS = 200_000;

  /** Half the period of the memory refresh signal that bit 4 of port 0x61 shows. */
  private static final long REFRESH_NANOS = 15_085;

  /** Not a time: {@link System#nanoTime()} may be negative, but does not start this low. */
  private static final long NEVER = Long.MIN_VALUE;

  private static final int COMMAND = 3;

  private final TimerQueue timers;
  private final TimerQueue.Timer timer;
  private final InterruptLine irq0;
  private final Channel[] channels = {new Channel(true), new Channel(true), new Channel(false)};
  private boolean speaker;
  private boolean armed;
  private long deadline;

  /**
   * One channel.
   *
   * @param mode 0 to 5
   * @param access 1 low byte, 2 high byte, 3 both
   * @param bcd whether it counts in decimal
   * @param gate the gate input
   * @param reload the count written, 1 to 65536; 0 if none was
   * @param running whether it was started
   * @param elapsedNanos time since it was started
   * @param pausedNanos time it had run when its gate stopped it, or −1
   * @param written the low byte written before its high byte, or −1
   * @param latches latched bytes to be read next, first first: status, then count
   * @param readHigh whether the high byte of an unlatched count comes next
   */
  public record ChannelState(
      int mode,
      int access,
      boolean bcd,
      boolean gate,
      int reload,
      boolean running,
      long elapsedNanos,
      long pausedNanos,
      int written,
      List<Integer> latches,
      boolean readHigh) {}

  /**
   * Everything that survives a snapshot.
   *
   * @param speaker bit 1 of port 0x61
   */
  public record State(List<ChannelState> channels, boolean speaker) {}

  private static final class Channel {
    private int mode;
    private int access = 3;
    private boolean bcd;
    private boolean gate;
    private int reload;
    private boolean running;
    private long start;
    private long pausedNanos = -1;
    private int written = -1;
    private int latchedStatus = -1;
    private final List<Integer> latchedCount = new ArrayList<>();
    private boolean readHigh;

    Channel(boolean gate) {
      this.gate = gate;
    }

    long elapsedTicks(long now) {
      long nanos = pausedNanos >= 0 ? pausedNanos : now - start;
      return nanos / NANOS * HZ + nanos % NANOS * HZ / NANOS;
    }

    /** The counting element, 0 to 0xffff. */
    int count(long now) {
      int modulus = bcd ? 10_000 : 0x1_0000;
      if (!running) {
        return encode(reload % modulus);
      }
      long ticks = elapsedTicks(now);
      long value =
          switch (mode) {
            case 2 -> reload - ticks % reload;
            case 3 -> {
              long even = (reload + 1L) & ~1L;
              yield even - 2 * ticks % even;
            }
            default -> Math.floorMod(reload - ticks, (long) modulus);
          };
      return encode((int) (value % modulus));
    }

    private int encode(int value) {
      return bcd ? (value / 1000) << 12 | value / 100 % 10 << 8 | value / 10 % 10 << 4 | value % 10 : value;
    }

    boolean output(long now) {
      if (!running) {
        return mode != 0;
      }
      long ticks = elapsedTicks(now);
      return switch (mode) {
        case 0, 1 -> ticks >= reload;
        case 2 -> !gate || ticks % reload != reload - 1;
        case 3 -> !gate || ticks % reload < (reload + 1) / 2;
        default -> ticks != reload;
      };
    }

    void control(int command) {
      access = command >>> 4 & 3;
      int coded = command >>> 1 & 7;
      mode = coded > 5 ? coded - 4 : coded;
      bcd = (command & 1) != 0;
      running = false;
      reload = 0;
      pausedNanos = -1;
      written = -1;
      latchedStatus = -1;
      latchedCount.clear();
      readHigh = false;
    }

    void write(int value, long now) {
      if (access == 3) {
        if (written < 0) {
          written = value;
          if (mode == 0) {
            // The first byte stops the count and drops the output (data sheet, mode 0).
            running = false;
          }
          return;
        }
        load(written | value << 8, now);
        written = -1;
      } else {
        load(access == 2 ? value << 8 : value, now);
      }
    }

    private void load(int raw, long now) {
      int value = bcd ? (raw >>> 12) * 1000 + (raw >>> 8 & 15) * 100 + (raw >>> 4 & 15) * 10 + (raw & 15) : raw;
      reload = value == 0 ? (bcd ? 10_000 : 0x1_0000) : value;
      if (mode == 1 || mode == 5) {
        // Waits for a rising gate; a one-shot that runs goes on with its old count, which we no longer know. It ends.
        running = false;
        return;
      }
      running = true;
      start = now;
      pausedNanos = gate ? -1 : 0;
    }

    void gate(boolean level, long now) {
      boolean rising = level && !gate;
      boolean falling = !level && gate;
      gate = level;
      if (reload == 0) {
        return;
      }
      switch (mode) {
        case 0, 4 -> {
          if (running && falling) {
            pausedNanos = now - start;
          } else if (running && rising) {
            start = now - Math.max(0, pausedNanos);
            pausedNanos = -1;
          }
        }
        default -> {
          if (rising) {
            running = true;
            start = now;
            pausedNanos = -1;
          } else if (falling && (mode == 2 || mode == 3)) {
            pausedNanos = 0;
          }
        }
      }
    }

    void latchCount(long now) {
      if (!latchedCount.isEmpty()) {
        return;
      }
      int count = count(now);
      if ((access & 1) != 0) {
        latchedCount.add(count & 0xff);
      }
      if ((access & 2) != 0) {
        latchedCount.add(count >>> 8);
      }
    }

    void latchStatus(long now) {
      if (latchedStatus < 0) {
        latchedStatus =
            (output(now) ? 0x80 : 0) | (running ? 0 : 0x40) | access << 4 | mode << 1 | (bcd ? 1 : 0);
      }
    }

    int read(long now) {
      if (latchedStatus >= 0) {
        int value = latchedStatus;
        latchedStatus = -1;
        return value;
      }
      if (!latchedCount.isEmpty()) {
        return latchedCount.removeFirst();
      }
      int count = count(now);
      boolean high = access == 2 || (access == 3 && readHigh);
      if (access == 3) {
        readHigh = !readHigh;
      }
      return high ? count >>> 8 : count & 0xff;
    }

    /** When this channel next interrupts, or {@link #NEVER}; only modes that run without a gate edge do. */
    long nextInterrupt(long now) {
      if (!running || pausedNanos >= 0) {
        return NEVER;
      }
      long period = Math.max(1, reload * NANOS / HZ);
      return switch (mode) {
        case 2, 3 -> {
          long bounded = Math.max(period, SHORTEST_PERIOD_NANOS);
          yield start + ((now - start) / bounded + 1) * bounded;
        }
        // Rounded up, so that the output has changed when the callback looks at it.
        case 0, 4 -> now - start > period ? NEVER : start + period + 1;
        default -> NEVER;
      };
    }

    ChannelState save(long now) {
      List<Integer> latches = new ArrayList<>();
      latches.add(latchedStatus);
      latches.addAll(latchedCount);
      return new ChannelState(
          mode, access, bcd, gate, reload, running, now - start, pausedNanos, written, List.copyOf(latches), readHigh);
    }

    void restore(ChannelState state, long now) {
      mode = state.mode % 6;
      access = state.access & 3;
      bcd = state.bcd;
      gate = state.gate;
      reload = Math.clamp(state.reload, 0, 0x1_0000);
      running = state.running && reload > 0;
      start = now - state.elapsedNanos;
      pausedNanos = state.pausedNanos;
      written = state.written < 0 ? -1 : state.written & 0xff;
      latchedStatus = state.latches.isEmpty() ? -1 : state.latches.getFirst();
      latchedCount.clear();
      latchedCount.addAll(state.latches.subList(Math.min(1, state.latches.size()), Math.min(3, state.latches.size())));
      readHigh = state.readHigh;
    }
  }

  /**
   * Makes a timer whose channels have not been programmed.
   *
   * @param irq0 the output of channel 0
   */
  public Pit(TimerQueue timers, InterruptLine irq0) {
    this.timers = timers;
    this.irq0 = irq0;
    this.timer = timers.create(this::expired);
  }

  private void rearm() {
    long next = channels[0].nextInterrupt(timers.now());
    armed = next != NEVER;
    if (armed) {
      deadline = next;
      timer.arm(next);
    } else {
      timer.cancel();
    }
  }

  private void expired() {
    synchronized (this) {
      if (!armed || deadline - timers.now() > 0) {
        return;
      }
      if (channels[0].mode == 0) {
        armed = false;
      } else {
        rearm();
      }
      // Mode 0 holds its output high; the others make an edge. Under the lock, so that programming cannot overtake it.
      if (channels[0].mode == 0) {
        irq0.set(true);
      } else {
        irq0.set(false);
        irq0.pulse();
      }
    }
  }

  @Override
  public synchronized long read(long offset, int size) {
    return offset == COMMAND ? 0 : channels[(int) offset & 3].read(timers.now());
  }

  @Override
  public synchronized void write(long offset, int size, long value) {
    int data = (int) value & 0xff;
    long now = timers.now();
    if (offset != COMMAND) {
      channels[(int) offset & 3].write(data, now);
      if (offset == 0) {
        irq0.set(false);
        rearm();
      }
      return;
    }
    int select = data >>> 6;
    if (select == 3) {
      for (int i = 0; i < channels.length; i++) {
        if ((data >>> 1 & 1 << i) != 0) {
          readBack(channels[i], data, now);
        }
      }
    } else if ((data & 0x30) == 0) {
      channels[select].latchCount(now);
    } else {
      channels[select].control(data);
      if (select == 0) {
        irq0.set(false);
        rearm();
      }
    }
  }

  private static void readBack(Channel channel, int command, long now) {
    if ((command & 0x20) == 0) {
      channel.latchCount(now);
    }
    if ((command & 0x10) == 0) {
      channel.latchStatus(now);
    }
  }

  /** Port 0x61: channel 2's gate (bit 0), the speaker (1), memory refresh (4), channel 2's output (5). */
  BusDevice speakerPort() {
    return new BusDevice() {
      @Override
      public long read(long offset, int size) {
        synchronized (Pit.this) {
          long now = timers.now();
          Channel channel = channels[2];
          boolean refresh = (Math.floorDiv(now, REFRESH_NANOS) & 1) != 0;
          return (channel.gate ? 1 : 0) | (speaker ? 2 : 0) | (refresh ? 0x10 : 0) | (channel.output(now) ? 0x20 : 0);
        }
      }

      @Override
      public void write(long offset, int size, long value) {
        synchronized (Pit.this) {
          speaker = (value & 2) != 0;
          channels[2].gate((value & 1) != 0, timers.now());
        }
      }
    };
  }

  /** The state for a snapshot. */
  public synchronized State save() {
    long now = timers.now();
    return new State(
        List.of(channels[0].save(now), channels[1].save(now), channels[2].save(now)), speaker);
  }

  /**
   * Replaces the state.
   *
   * @throws IllegalArgumentException if there are not three channels
   */
  public synchronized void restore(State state) {
    if (state.channels.size() != channels.length) {
      throw new IllegalArgumentException("not the state of an 8254");
    }
    long now = timers.now();
    for (int i = 0; i < channels.length; i++) {
      channels[i].restore(state.channels.get(i), now);
    }
    speaker = state.speaker;
    rearm();
  }
}
