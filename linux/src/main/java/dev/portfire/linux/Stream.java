package dev.portfire.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Reads and writes of one descriptor that allocate nothing. One thread at a time. */
final class Stream {
  private final MemorySegment state = Arena.ofAuto().allocate(SystemCalls.ERRNO_LAYOUT);
  private final int fd;

  Stream(int fd) {
    this.fd = fd;
  }

  /** Returns the number of bytes read, 0 at the end, or the negated error number. */
  long read(MemorySegment buffer) {
    try {
      long count = (long) Events.READ.invokeExact(state, fd, buffer, buffer.byteSize());
      return count >= 0 ? count : -SystemCalls.errno(state);
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }

  /** Returns the number of bytes written, or the negated error number. */
  long write(MemorySegment buffer) {
    try {
      long count = (long) Events.WRITE.invokeExact(state, fd, buffer, buffer.byteSize());
      return count >= 0 ? count : -SystemCalls.errno(state);
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }
}
