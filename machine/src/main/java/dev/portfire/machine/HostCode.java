package dev.portfire.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory of the host that holds machine code: one view to write it, another to execute it, never both in one.
 *
 * <p>An engine that emits code knows nothing of how such memory is made; who creates the engine gives it a {@link Source}.
 */
public interface HostCode extends AutoCloseable {

  /** Makes executable memory, and memory for what is executed. */
  @FunctionalInterface
  interface Source {
    /**
     * Allocates zeroed executable memory.
     *
     * @param bytes a positive multiple of 4096
     * @throws IllegalStateException if the host does not allow it, with the reason
     */
    HostCode allocate(long bytes);

    /**
     * Allocates zeroed memory for what such code works on, which cannot be executed. It is freed when nothing refers to it any
     * more. Hosts that can give pages only when they are touched should.
     *
     * @param bytes a positive multiple of 4096
     * @throws IllegalStateException if the host does not allow it, with the reason
     */
    default MemorySegment allocateData(long bytes) {
      return Arena.ofAuto().allocate(bytes, 4096);
    }

    /** Makes such memory zero again, as far as it is whole pages, and gives them back to the host if that is possible. */
    default void releaseData(MemorySegment data) {
      data.fill((byte) 0);
    }
  }

  /** The view through which code is written. */
  MemorySegment writable();

  /** The address at which the first byte of {@link #writable()} can be executed. */
  long address();

  /**
   * Calls a function that follows the System V ABI of x86-64, on the calling thread.
   *
   * @param function its address, inside this memory
   * @param first its first argument
   * @param second its second argument
   * @return its result
   */
  long call(long function, long first, long second);

  /** Gives the pages from an offset on back to the host, as far as they are whole; they come again, zeroed, when touched. */
  void release(long offset);

  /** Gives the memory back; nothing may be executing in it. */
  @Override
  void close();
}
