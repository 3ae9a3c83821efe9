package dev.portfire.devices;

import dev.portfire.machine.BusDevice;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;

/**
 * A real-time clock with CMOS memory (Motorola MC146818), in UTC. It tells the time and can be set; it raises no
 * interrupts.
 */
public final class Rtc implements BusDevice, Snapshotable<Rtc.State> {
  /** Index port; the data port is the next one. */
  public static final int PORT = 0x70;

  /** Number of ports. */
  public static final int LENGTH = 2;

  private static final int CELLS = 128;

  private static final int SECONDS = 0;
  private static final int MINUTES = 2;
  private static final int HOURS = 4;
  private static final int WEEKDAY = 6;
  private static final int DAY = 7;
  private static final int MONTH = 8;
  private static final int YEAR = 9;
  private static final int STATUS_A = 0xa;
  private static final int STATUS_B = 0xb;
  private static final int STATUS_C = 0xc;
  private static final int STATUS_D = 0xd;
  private static final int CENTURY = 0x32;

  private static final int UPDATE_IN_PROGRESS = 0x80;
  private static final int SET = 0x80;
  private static final int BINARY = 4;
  private static final int HOURS_24 = 2;
  private static final int AFTERNOON = 0x80;
  private static final int VALID = 0x80;

  /** The registers are not to be read in the last 2.228 ms of a second: 244 µs of notice and the update itself. */
  private static final int UPDATE_NANOS = 1_000_000_000 - 2_228_000;

  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;

  private final Clock clock;
  private final byte[] cells = new byte[CELLS];
  private int index;
  private Duration offset = Duration.ZERO;

  /** Where the guest's clock stands still while it sets the registers one by one. */
  private LocalDateTime setting = LocalDateTime.MIN;

  /**
   * Everything that survives a snapshot.
   *
   * @param index the selected cell, 0 to 127
   * @param cells the 128 cells; those of the time are not used
   * @param offset how far the guest's time is ahead of the host's
   */
  public record State(int index, byte[] cells, Duration offset) {}

  /**
   * Makes a clock that shows the host's time and memory sizes as a PC's firmware leaves them.
   *
   * @param clock the host's time
   * @param lowMemory bytes of RAM below 4 GiB
   * @param highMemory bytes of RAM above 4 GiB
   */
  public Rtc(Clock clock, long lowMemory, long highMemory) {
    this.clock = clock;
    cells[STATUS_A] = 0x26;
    cells[STATUS_B] = HOURS_24;
    word(0x15, Math.min(640, lowMemory / KIB));
    long extended = Math.clamp((lowMemory - MIB) / KIB, 0, 0xffff);
    word(0x17, extended);
    word(0x30, extended);
    word(0x34, Math.clamp((lowMemory - 16 * MIB) / (64 * KIB), 0, 0xffff));
    long high = Math.clamp(highMemory / (64 * KIB), 0, 0xff_ffff);
    word(0x5b, high & 0xffff);
    cells[0x5d] = (byte) (high >>> 16);
  }

  private void word(int cell, long value) {
    cells[cell] = (byte) value;
    cells[cell + 1] = (byte) (value >>> 8);
  }

  private LocalDateTime now() {
    if ((cells[STATUS_B] & SET) != 0) {
      return setting;
    }
    Instant host = clock.instant();
    return LocalDateTime.ofInstant(host.plus(offset), ZoneOffset.UTC);
  }

  private int encode(int value) {
    return (cells[STATUS_B] & BINARY) != 0 ? value : (value / 10) << 4 | value % 10;
  }

  private int decode(int value) {
    return (cells[STATUS_B] & BINARY) != 0 ? value : (value >>> 4) * 10 + (value & 0xf);
  }

  @Override
  public synchronized long read(long port, int size) {
    if (port == 0) {
      // Write-only on a PC; what floats on the bus is all ones.
      return 0xff;
    }
    LocalDateTime time = now();
    return switch (index) {
      case SECONDS -> encode(time.getSecond());
      case MINUTES -> encode(time.getMinute());
      case HOURS -> hours(time.getHour());
      case WEEKDAY -> encode(time.getDayOfWeek().getValue() % 7 + 1);
      case DAY -> encode(time.getDayOfMonth());
      case MONTH -> encode(time.getMonthValue());
      case YEAR -> encode(time.getYear() % 100);
      case CENTURY -> encode(time.getYear() / 100);
      case STATUS_A -> {
        boolean updating = (cells[STATUS_B] & SET) == 0 && time.get(ChronoField.NANO_OF_SECOND) >= UPDATE_NANOS;
        yield (cells[STATUS_A] & 0x7f) | (updating ? UPDATE_IN_PROGRESS : 0);
      }
      case STATUS_C -> 0;
      case STATUS_D -> VALID;
      default -> cells[index] & 0xff;
    };
  }

  private int hours(int hour) {
    if ((cells[STATUS_B] & HOURS_24) != 0) {
      return encode(hour);
    }
    int twelve = hour % 12 == 0 ? 12 : hour % 12;
    return encode(twelve) | (hour >= 12 ? AFTERNOON : 0);
  }

  @Override
  public synchronized void write(long port, int size, long value) {
    int data = (int) value & 0xff;
    if (port == 0) {
      // Bit 7 masks NMI on a PC.
      index = data & 0x7f;
      return;
    }
    switch (index) {
      case SECONDS, MINUTES, HOURS, WEEKDAY, DAY, MONTH, YEAR, CENTURY -> setField(data);
      case STATUS_A -> cells[STATUS_A] = (byte) (data & 0x7f);
      case STATUS_B -> {
        LocalDateTime before = now();
        boolean wasSetting = (cells[STATUS_B] & SET) != 0;
        boolean sets = (data & SET) != 0;
        if (sets && !wasSetting) {
          setting = before;
        }
        cells[STATUS_B] = (byte) data;
        if (wasSetting && !sets) {
          moveTo(before);
        }
      }
      case STATUS_C, STATUS_D -> {}
      default -> cells[index] = (byte) data;
    }
  }

  private void setField(int data) {
    LocalDateTime time = now();
    int value = decode(index == HOURS ? data & 0x7f : data);
    if (value > 99) {
      // The chip would store nonsense; this one keeps the field.
      return;
    }
    LocalDateTime changed;
    try {
      changed =
          switch (index) {
            case SECONDS -> time.withSecond(value);
            case MINUTES -> time.withMinute(value);
            case HOURS -> {
              boolean afternoon = (cells[STATUS_B] & HOURS_24) == 0 && (data & AFTERNOON) != 0;
              int hour = (cells[STATUS_B] & HOURS_24) != 0 ? value : value % 12 + (afternoon ? 12 : 0);
              yield time.withHour(hour);
            }
            case DAY -> time.withDayOfMonth(value);
            case MONTH -> time.withMonth(value);
            case YEAR -> time.withYear(time.getYear() / 100 * 100 + value);
            case CENTURY -> time.withYear(value * 100 + time.getYear() % 100);
            // The day of the week follows from the date.
            default -> time;
          };
    } catch (DateTimeException e) {
      return;
    }
    if ((cells[STATUS_B] & SET) != 0) {
      setting = changed;
    } else {
      moveTo(changed);
    }
  }

  private void moveTo(LocalDateTime time) {
    offset = Duration.between(clock.instant(), time.toInstant(ZoneOffset.UTC));
  }

  @Override
  public synchronized State save() {
    return new State(index, cells.clone(), offset);
  }

  @Override
  public synchronized void restore(State state) {
    if (state.cells.length != CELLS) {
      throw new IllegalArgumentException("not the state of a real-time clock");
    }
    index = state.index & 0x7f;
    System.arraycopy(state.cells, 0, cells, 0, CELLS);
    offset = state.offset;
    setting = LocalDateTime.ofInstant(clock.instant().plus(offset), ZoneOffset.UTC);
  }
}
