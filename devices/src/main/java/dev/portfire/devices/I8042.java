package dev.portfire.devices;

import dev.portfire.machine.BusDevice;
import dev.portfire.machine.InterruptLine;
import dev.portfire.machine.IoBus;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/**
 * A PS/2 keyboard controller as far as a guest needs one: to reset the machine, and to hear Ctrl-Alt-Del. There is a
 * keyboard that acknowledges everything, and no mouse.
 */
public final class I8042 implements Snapshotable<I8042.State> {
  /** Data port. */
  public static final int DATA_PORT = 0x60;

  /** Status (read) and command (write) port. */
  public static final int COMMAND_PORT = 0x64;

  /** Interrupt input of the keyboard. */
  public static final int KEYBOARD_GSI = 1;

  /** What the controller counts; the names are Firecracker's metrics. */
  public enum Count {
    /** Bytes for the guest that were lost, since it had not read those before. */
    ERROR_COUNT,
    /** Reads of more than a byte, which see zero. */
    MISSED_READ_COUNT,
    /** Writes of more than a byte, which have no effect. */
    MISSED_WRITE_COUNT,
    /** Resets of the machine. */
    RESET_COUNT
  }

  private static final int BUFFER_SIZE = 16;

  private static final int STATUS_OUTPUT_FULL = 0x01;
  private static final int STATUS_COMMAND = 0x08;
  private static final int STATUS_UNLOCKED = 0x10;

  private static final int CONTROL_KEYBOARD_INTERRUPT = 0x01;

  private static final int READ_CONTROL = 0x20;
  private static final int WRITE_CONTROL = 0x60;
  private static final int TEST_MOUSE_PORT = 0xa9;
  private static final int SELF_TEST = 0xaa;
  private static final int TEST_KEYBOARD_PORT = 0xab;
  private static final int READ_OUTPUT_PORT = 0xd0;
  private static final int WRITE_OUTPUT_PORT = 0xd1;
  private static final int MOUSE_LOOPBACK = 0xd3;
  private static final int RESET = 0xfe;

  private static final int ACKNOWLEDGE = 0xfa;

  /** Left Ctrl, left Alt, Delete in scan code set 2. */
  private static final int[] CTRL_ALT_DEL = {0x14, 0x11, 0xe0, 0x71};

  private final InterruptLine line;
  private final Runnable reset;
  private final Counters<Count> counters = new Counters<>(Count.class);
  private final byte[] buffer = new byte[BUFFER_SIZE];
  private int start;
  private int count;
  private int control = 0x05;
  private int outputPort = 0x03;

  /** The command whose data byte is awaited, or 0. */
  private int command;

  private boolean lastWasCommand;

  /**
   * Everything that survives a snapshot.
   *
   * @param output bytes the guest has not read yet, 0 to 255 each
   * @param control the control register
   * @param outputPort the output port
   * @param command the command that waits for its data byte, or 0
   */
  public record State(List<Integer> output, int control, int outputPort, int command) {}

  /**
   * Makes a controller.
   *
   * @param line the keyboard's interrupt
   * @param reset called on a vCPU's thread when the guest resets the machine
   */
  public I8042(InterruptLine line, Runnable reset) {
    this.line = line;
    this.reset = reset;
  }

  /** Claims ports 0x60 and 0x64. */
  public void attach(IoBus ports) {
    ports.attach(DATA_PORT, 1, port(this::readData, this::writeData));
    ports.attach(COMMAND_PORT, 1, port(this::readStatus, this::writeCommand));
  }

  private BusDevice port(IntSupplier read, IntConsumer write) {
    return new BusDevice() {
      @Override
      public long read(long offset, int size) {
        if (size != 1) {
          counters.count(Count.MISSED_READ_COUNT);
          return 0;
        }
        return read.getAsInt();
      }

      @Override
      public void write(long offset, int size, long value) {
        if (size != 1) {
          counters.count(Count.MISSED_WRITE_COUNT);
          return;
        }
        write.accept((int) value & 0xff);
      }
    };
  }

  /** What was counted. */
  public Counters<Count> counters() {
    return counters;
  }

  /**
   * Presses Ctrl-Alt-Del.
   *
   * @return whether there was room for the scan codes
   */
  public synchronized boolean sendCtrlAltDel() {
    if (BUFFER_SIZE - count < CTRL_ALT_DEL.length) {
      return false;
    }
    for (int code : CTRL_ALT_DEL) {
      output(code);
    }
    return true;
  }

  private void output(int value) {
    if (count == BUFFER_SIZE) {
      counters.count(Count.ERROR_COUNT);
      return;
    }
    buffer[(start + count) % BUFFER_SIZE] = (byte) value;
    count++;
    if (count == 1) {
      interrupt();
    }
  }

  private void interrupt() {
    if ((control & CONTROL_KEYBOARD_INTERRUPT) != 0) {
      line.pulse();
    }
  }

  private synchronized int readData() {
    if (count == 0) {
      return 0;
    }
    int value = buffer[start] & 0xff;
    start = (start + 1) % BUFFER_SIZE;
    count--;
    if (count > 0) {
      interrupt();
    }
    return value;
  }

  private synchronized int readStatus() {
    return STATUS_UNLOCKED
        | (lastWasCommand ? STATUS_COMMAND : 0)
        | (count > 0 ? STATUS_OUTPUT_FULL : 0);
  }

  private void writeCommand(int value) {
    boolean resets = false;
    synchronized (this) {
      lastWasCommand = true;
      command = 0;
      switch (value) {
        case READ_CONTROL -> answer(control);
        case READ_OUTPUT_PORT -> answer(outputPort);
        case WRITE_CONTROL, WRITE_OUTPUT_PORT, MOUSE_LOOPBACK -> command = value;
        case SELF_TEST -> answer(0x55);
        case TEST_KEYBOARD_PORT -> answer(0x00);
        // "Clock line stuck": an answer at once, so that a driver need not time out to find that there is no mouse.
        case TEST_MOUSE_PORT -> answer(0x01);
        case RESET -> resets = true;
        default -> {}
      }
    }
    if (resets) {
      counters.count(Count.RESET_COUNT);
      reset.run();
    }
  }

  /** A controller's answer replaces what the keyboard had to say. */
  private void answer(int value) {
    count = 0;
    output(value);
  }

  private void writeData(int value) {
    boolean resets = false;
    synchronized (this) {
      lastWasCommand = false;
      int waiting = command;
      command = 0;
      switch (waiting) {
        case WRITE_CONTROL -> control = value;
        case WRITE_OUTPUT_PORT -> {
          outputPort = value;
          // Bit 0 is the processor's reset line, active low.
          resets = (value & 1) == 0;
        }
        case MOUSE_LOOPBACK -> answer(value);
        default -> keyboard(value);
      }
    }
    if (resets) {
      counters.count(Count.RESET_COUNT);
      reset.run();
    }
  }

  private void keyboard(int value) {
    output(ACKNOWLEDGE);
    if (value == 0xff) {
      output(0xaa);
    } else if (value == 0xf2) {
      output(0xab);
      output(0x83);
    }
  }

  @Override
  public synchronized State save() {
    Integer[] bytes = new Integer[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = buffer[(start + i) % BUFFER_SIZE] & 0xff;
    }
    return new State(List.of(bytes), control, outputPort, command);
  }

  @Override
  public synchronized void restore(State state) {
    if (state.output.size() > BUFFER_SIZE) {
      throw new IllegalArgumentException("not the state of a keyboard controller");
    }
    start = 0;
    count = 0;
    for (int value : state.output) {
      buffer[count++] = (byte) value;
    }
    control = state.control & 0xff;
    outputPort = state.outputPort & 0xff;
    command = state.command & 0xff;
    if (count > 0) {
      interrupt();
    }
  }
}
