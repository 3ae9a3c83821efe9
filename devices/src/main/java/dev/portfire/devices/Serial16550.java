package dev.portfire.devices;

import dev.portfire.machine.BusDevice;
import dev.portfire.machine.InterruptLine;
import java.util.function.IntConsumer;

/**
 * A 16550A serial port (National Semiconductor PC16550D data sheet) with 64-byte FIFOs and a transmitter that is always
 * done: what the guest sends leaves at once.
 *
 * <p>Thread-safe: vCPUs access registers, a host thread feeds input.
 */
public final class Serial16550 implements BusDevice, Snapshotable<Serial16550.State> {
  /** The first port of COM1. */
  public static final int COM1 = 0x3f8;

  /** Number of ports. */
  public static final int LENGTH = 8;

  /** Interrupt input of COM1. */
  public static final int COM1_GSI = 4;

  /** Bytes of input that wait in the FIFO at most. */
  public static final int FIFO_SIZE = 64;

  /** What the port counts; the names are Firecracker's metrics. */
  public enum Count {
    /** Reads of more than a byte, which see zero. */
    MISSED_READ_COUNT,
    /** Writes of more than a byte, which have no effect. */
    MISSED_WRITE_COUNT
  }

  private static final int DATA = 0;
  private static final int IER = 1;
  private static final int IIR_FCR = 2;
  private static final int LCR = 3;
  private static final int MCR = 4;
  private static final int LSR = 5;
  private static final int MSR = 6;

  private static final int IER_RECEIVED = 1;
  private static final int IER_TRANSMITTER = 2;
  private static final int IER_LINE_STATUS = 4;
  private static final int IER_MODEM_STATUS = 8;

  private static final int IIR_NONE = 1;
  private static final int IIR_MODEM_STATUS = 0;
  private static final int IIR_TRANSMITTER = 2;
  private static final int IIR_RECEIVED = 4;
  private static final int IIR_LINE_STATUS = 6;
  private static final int IIR_TIMEOUT = 0xc;
  private static final int IIR_FIFO = 0xc0;

  private static final int FCR_ENABLE = 1;
  private static final int FCR_CLEAR_RECEIVER = 2;

  private static final int LCR_DIVISOR = 0x80;

  private static final int MCR_LOOPBACK = 0x10;

  private static final int LSR_READY = 1;
  private static final int LSR_OVERRUN = 2;
  private static final int LSR_BREAK = 0x10;
  private static final int LSR_TRANSMITTER_EMPTY = 0x60;
  private static final int LSR_ERRORS = 0x1e;
  private static final int LSR_FIFO_ERROR = 0x80;

  /** Clear to send, data set ready, carrier detected: someone is at the other end. */
  private static final int MSR_CONNECTED = 0xb0;

  /** Receive FIFO trigger levels in bytes, by FCR bits 6 and 7. */
  private static final int[] TRIGGERS = {1, 4, 8, 14};

  private final InterruptLine line;
  private final IntConsumer output;
  private final Counters<Count> counters = new Counters<>(Count.class);
  private final byte[] fifo = new byte[FIFO_SIZE];
  private volatile Runnable inputListener = () -> {};
  private int fifoStart;
  private int fifoCount;
  private int ier;
  private int fcr;
  private int lcr = 3;
  private int mcr = 8;
  private int lineErrors;
  private int modemDelta;
  private int modemLines = MSR_CONNECTED;
  private int scratch;
  private int divisor = 12;
  private boolean transmitterInterrupt;

  /**
   * Everything that survives a snapshot.
   *
   * @param input bytes waiting in the receive FIFO
   * @param registers IER, FCR, LCR, MCR, line errors, modem status deltas, modem lines, scratch
   * @param divisor baud rate divisor
   * @param transmitterInterrupt whether a transmitter-empty interrupt waits to be seen
   */
  public record State(byte[] input, int[] registers, int divisor, boolean transmitterInterrupt) {}

  /**
   * Makes a port in its reset state.
   *
   * @param line the interrupt output
   * @param output gets each byte sent, 0 to 255, on the vCPU's thread; must not block
   */
  public Serial16550(InterruptLine line, IntConsumer output) {
    this.line = line;
    this.output = output;
  }

  /** Sets who is told, on a vCPU's thread, that the receiver has become empty. */
  public void onInputEmpty(Runnable listener) {
    inputListener = listener;
  }

  /** What was counted. */
  public Counters<Count> counters() {
    return counters;
  }

  /** How many bytes {@link #enqueue} would take now. */
  public synchronized int room() {
    return capacity() - fifoCount;
  }

  private int capacity() {
    return (fcr & FCR_ENABLE) != 0 ? FIFO_SIZE : 1;
  }

  /**
   * Feeds input. While the guest has the port in loopback its receiver is off the line, and what comes in is lost.
   *
   * @return how many bytes were taken, 0 to {@code length}; the rest has to wait for {@link #onInputEmpty}
   */
  public synchronized int enqueue(byte[] data, int offset, int length) {
    if ((mcr & MCR_LOOPBACK) != 0) {
      return length;
    }
    int taken = Math.min(length, Math.max(0, capacity() - fifoCount));
    for (int i = 0; i < taken; i++) {
      receive(data[offset + i]);
    }
    update();
    return taken;
  }

  /** Sends a break to the guest. */
  public synchronized void sendBreak() {
    if (capacity() > fifoCount) {
      receive((byte) 0);
      lineErrors |= LSR_BREAK;
      update();
    }
  }

  private void receive(byte value) {
    if (fifoCount >= capacity()) {
      lineErrors |= LSR_OVERRUN;
      return;
    }
    fifo[(fifoStart + fifoCount) % FIFO_SIZE] = value;
    fifoCount++;
  }

  private void update() {
    line.set((interruptId() & IIR_NONE) == 0);
  }

  private int interruptId() {
    if ((ier & IER_LINE_STATUS) != 0 && (lineErrors & LSR_ERRORS) != 0) {
      return IIR_LINE_STATUS;
    }
    if ((ier & IER_RECEIVED) != 0 && fifoCount > 0) {
      // Below the trigger level the data sheet waits for four silent character times; they are over at once here.
      boolean triggered = (fcr & FCR_ENABLE) == 0 || fifoCount >= TRIGGERS[fcr >>> 6];
      return triggered ? IIR_RECEIVED : IIR_TIMEOUT;
    }
    if ((ier & IER_TRANSMITTER) != 0 && transmitterInterrupt) {
      return IIR_TRANSMITTER;
    }
    if ((ier & IER_MODEM_STATUS) != 0 && modemDelta != 0) {
      return IIR_MODEM_STATUS;
    }
    return IIR_NONE;
  }

  @Override
  public long read(long offset, int size) {
    if (size != 1) {
      counters.count(Count.MISSED_READ_COUNT);
      return 0;
    }
    boolean drained = false;
    int value;
    synchronized (this) {
      switch ((int) offset) {
        case DATA -> {
          if (divisorLatched()) {
            value = divisor & 0xff;
          } else {
            drained = fifoCount == 1;
            value = takeInput();
          }
        }
        case IER -> value = divisorLatched() ? divisor >>> 8 : ier;
        case IIR_FCR -> {
          int id = interruptId();
          if (id == IIR_TRANSMITTER) {
            transmitterInterrupt = false;
          }
          value = id | ((fcr & FCR_ENABLE) != 0 ? IIR_FIFO : 0);
        }
        case LCR -> value = lcr;
        case MCR -> value = mcr;
        case LSR -> {
          boolean inFifo = (fcr & FCR_ENABLE) != 0 && (lineErrors & LSR_BREAK) != 0;
          value = (fifoCount > 0 ? LSR_READY : 0) | LSR_TRANSMITTER_EMPTY | lineErrors | (inFifo ? LSR_FIFO_ERROR : 0);
          lineErrors = 0;
        }
        case MSR -> {
          value = modemLines | modemDelta;
          modemDelta = 0;
        }
        default -> value = scratch;
      }
      update();
    }
    if (drained) {
      inputListener.run();
    }
    return value;
  }

  private boolean divisorLatched() {
    return (lcr & LCR_DIVISOR) != 0;
  }

  private int takeInput() {
    if (fifoCount == 0) {
      return 0;
    }
    int value = fifo[fifoStart] & 0xff;
    fifoStart = (fifoStart + 1) % FIFO_SIZE;
    fifoCount--;
    return value;
  }

  @Override
  public synchronized void write(long offset, int size, long value) {
    if (size != 1) {
      counters.count(Count.MISSED_WRITE_COUNT);
      return;
    }
    int data = (int) value & 0xff;
    switch ((int) offset) {
      case DATA -> {
        if (divisorLatched()) {
          divisor = (divisor & 0xff00) | data;
        } else {
          transmit(data);
        }
      }
      case IER -> {
        if (divisorLatched()) {
          divisor = (divisor & 0xff) | data << 8;
        } else {
          boolean enabled = (data & ~ier & IER_TRANSMITTER) != 0;
          ier = data & 0xf;
          // The transmitter is empty, so enabling its interrupt raises it.
          transmitterInterrupt |= enabled;
        }
      }
      case IIR_FCR -> {
        boolean toggled = ((data ^ fcr) & FCR_ENABLE) != 0;
        if (toggled || (data & FCR_CLEAR_RECEIVER) != 0) {
          fifoCount = 0;
        }
        fcr = data & 0xc9;
      }
      case LCR -> lcr = data;
      case MCR -> {
        mcr = data & 0x1f;
        modemLinesChanged();
      }
      case LSR, MSR -> {}
      default -> scratch = data;
    }
    update();
  }

  private void transmit(int data) {
    // For an instant the transmitter is full: if its interrupt was the only one the line falls, and rises again below.
    transmitterInterrupt = false;
    update();
    if ((mcr & MCR_LOOPBACK) != 0) {
      receive((byte) data);
    } else {
      output.accept(data);
    }
    transmitterInterrupt = true;
  }

  private void modemLinesChanged() {
    int before = modemLines;
    if ((mcr & MCR_LOOPBACK) != 0) {
      // DTR to DSR, RTS to CTS, OUT1 to RI, OUT2 to DCD.
      modemLines = (mcr & 1) << 5 | (mcr & 2) << 3 | (mcr & 4) << 4 | (mcr & 8) << 4;
    } else {
      modemLines = MSR_CONNECTED;
    }
    int changed = before ^ modemLines;
    // The ring indicator's delta is its trailing edge only.
    int ring = (before & ~modemLines & 0x40) >>> 4;
    modemDelta |= (changed & 0xb0) >>> 4 | ring;
  }

  @Override
  public synchronized State save() {
    byte[] input = new byte[fifoCount];
    for (int i = 0; i < fifoCount; i++) {
      input[i] = fifo[(fifoStart + i) % FIFO_SIZE];
    }
    return new State(
        input,
        new int[] {ier, fcr, lcr, mcr, lineErrors, modemDelta, modemLines, scratch},
        divisor,
        transmitterInterrupt);
  }

  @Override
  public synchronized void restore(State state) {
    if (state.input.length > FIFO_SIZE || state.registers.length != 8) {
      throw new IllegalArgumentException("not the state of a 16550");
    }
    System.arraycopy(state.input, 0, fifo, 0, state.input.length);
    fifoStart = 0;
    fifoCount = state.input.length;
    ier = state.registers[0] & 0xf;
    fcr = state.registers[1] & 0xc9;
    lcr = state.registers[2] & 0xff;
    mcr = state.registers[3] & 0x1f;
    lineErrors = state.registers[4] & LSR_ERRORS;
    modemDelta = state.registers[5] & 0xf;
    modemLines = state.registers[6] & 0xf0;
    scratch = state.registers[7] & 0xff;
    divisor = state.divisor & 0xffff;
    transmitterInterrupt = state.transmitterInterrupt;
    update();
  }
}
