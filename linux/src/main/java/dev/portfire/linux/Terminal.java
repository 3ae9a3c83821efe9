package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The modes and the size of a terminal, termios(3). Keys come one by one and unseen, and the keys that make signals come as what they
 * are, until {@link #close}.
 */
public final class Terminal implements AutoCloseable {
  /** Rows and columns, 0 where the terminal does not know. */
  public record Size(int rows, int columns) {}

  private static final long TCGETS = 0x5401;
  private static final long TCSETSW = 0x5403;
  private static final long TIOCGWINSZ = 0x5413;

  /** Bytes of the kernel's {@code struct termios}, with some to spare, and the place of the local modes. */
  private static final int TERMIOS = 64;

  private static final int LOCAL = 12;
  private static final int ISIG = 1;
  private static final int ICANON = 2;
  private static final int ECHO = 8;

  private final Descriptor device;
  private final MemorySegment saved = Arena.ofAuto().allocate(TERMIOS, 8);
  private boolean closed;

  private Terminal(Descriptor device) {
    this.device = device;
  }

  /**
   * Takes a terminal over.
   *
   * @param fd a descriptor of it, which stays open
   * @throws SystemCallException ENOTTY if it is none
   */
  public static Terminal takeOver(int fd) throws SystemCallException {
    Terminal terminal = new Terminal(Descriptor.of(fd));
    terminal.device.ioctl("TCGETS", TCGETS, terminal.saved.address());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment modes = arena.allocate(TERMIOS, 8).copyFrom(terminal.saved);
      modes.set(JAVA_INT, LOCAL, modes.get(JAVA_INT, LOCAL) & ~(ISIG | ICANON | ECHO));
      terminal.device.ioctl("TCSETSW", TCSETSW, modes.address());
    }
    return terminal;
  }

  /** Its size. */
  public Size size() throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(8, 8);
      device.ioctl("TIOCGWINSZ", TIOCGWINSZ, size.address());
      return new Size(size.get(JAVA_SHORT, 0) & 0xffff, size.get(JAVA_SHORT, 2) & 0xffff);
    }
  }

  /** Puts the modes back; a second time does nothing. */
  @Override
  public synchronized void close() throws SystemCallException {
    if (!closed) {
      closed = true;
      device.ioctl("TCSETSW", TCSETSW, saved.address());
    }
  }
}
