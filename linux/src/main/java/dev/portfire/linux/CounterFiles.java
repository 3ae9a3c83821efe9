package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Files with one number each, such as KVM's in debugfs, that are read again and again, many in a directory: open, read and close,
 * by names that were made once, and without allocating anything. For one thread.
 */
public final class CounterFiles implements AutoCloseable {
  /** Names lead there, and nothing is read; {@code <fcntl.h>}. */
  private static final int O_PATH = 0x200000;

  /** Its number is another one on 64-bit ARM; without it, what is no directory is found out when a file in it is opened. */
  private static final int DIRECTORY = O_PATH | Descriptor.O_CLOEXEC;

  /** Not to wait for the other end of a pipe that somebody has put there. */
  private static final int FILE = Descriptor.O_CLOEXEC | Descriptor.O_NONBLOCK;

  /** More than any number has. */
  private static final int LENGTH = 64;

  private final MemorySegment state = Arena.ofAuto().allocate(SystemCalls.ERRNO_LAYOUT);
  private final MemorySegment text = Arena.ofAuto().allocate(LENGTH);
  private int directory = -1;

  /** A name as {@link #enter} and {@link #number} take it. */
  public static MemorySegment name(String name) {
    return Arena.ofAuto().allocateFrom(name);
  }

  /**
   * Goes into a directory, and leaves the one before.
   *
   * @return whether it could be opened
   */
  public boolean enter(MemorySegment path) {
    leave();
    directory = (int) RawCalls.make(state, RawCalls.OPENAT, RawCalls.AT_FDCWD, path.address(), DIRECTORY);
    return directory >= 0;
  }

  /** Gives the directory back, if it is in one. */
  public void leave() {
    if (directory >= 0) {
      closed(directory);
      directory = -1;
    }
  }

  /**
   * The number that a file of the directory begins with.
   *
   * @return 0 or more, or −1 if the file cannot be read or begins with no such number
   */
  public long number(MemorySegment name) {
    int fd = (int) RawCalls.make(state, RawCalls.OPENAT, directory, name.address(), FILE);
    if (fd < 0) {
      return -1;
    }
    int length = (int) RawCalls.make(state, RawCalls.READ, fd, text.address(), LENGTH);
    closed(fd);
    long number = -1;
    for (int i = 0; i < length; i++) {
      int digit = text.get(JAVA_BYTE, i) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      long before = Math.max(number, 0);
      if (before > (Long.MAX_VALUE - digit) / 10) {
        return -1;
      }
      number = before * 10 + digit;
    }
    return number;
  }

  /** Closes what only was read: it cannot fail but by closing what is not ours. */
  private void closed(int fd) {
    if (RawCalls.make(state, RawCalls.CLOSE, fd, 0, 0) != 0) {
      throw new IllegalStateException("close(" + fd + "): errno " + SystemCalls.errno(state));
    }
  }

  @Override
  public void close() {
    leave();
  }
}
