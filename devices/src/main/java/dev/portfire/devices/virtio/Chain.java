package dev.portfire.devices.virtio;

import dev.portfire.machine.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A chain of buffers that the driver made available. The descriptors were copied out of guest memory once, so that what
 * is checked is what is used; the memory they name is checked when it is touched.
 *
 * @param head index of the first descriptor, which identifies the chain when it is returned
 * @param buffers the buffers in the driver's order
 */
public record Chain(int head, List<Buffer> buffers) {
  /**
   * One buffer.
   *
   * @param address guest-physical address, not checked
   * @param length 0 to 2<sup>32</sup> − 1 bytes
   * @param writable whether it is for the device to write; otherwise for it to read
   */
  public record Buffer(long address, long length, boolean writable) {}

  /** Total length in bytes of the buffers for the device to write. */
  public long writableLength() {
    return length(true);
  }

  /** Total length in bytes of the buffers for the device to read. */
  public long readableLength() {
    return length(false);
  }

  private long length(boolean writable) {
    long total = 0;
    for (Buffer buffer : buffers) {
      if (buffer.writable == writable) {
        total += buffer.length;
      }
    }
    return total;
  }

  /** Whether all buffers for the device to read come before those for it to write (virtio 1.2, 2.7.4.2). */
  public boolean ordered() {
    boolean writes = false;
    for (Buffer buffer : buffers) {
      if (writes && !buffer.writable) {
        return false;
      }
      writes = buffer.writable;
    }
    return true;
  }

  /**
   * Copies the beginning of the readable buffers.
   *
   * @param target filled as far as there is data
   * @return the number of bytes copied
   * @throws dev.portfire.machine.GuestAddressException if a buffer is not in RAM
   */
  public int read(GuestMemory memory, byte[] target) {
    int done = 0;
    for (Buffer buffer : buffers) {
      if (!buffer.writable && done < target.length) {
        int part = (int) Math.min(buffer.length, target.length - done);
        memory.read(buffer.address, target, done, part);
        done += part;
      }
    }
    return done;
  }

  /**
   * Copies into the writable buffers, from their beginning.
   *
   * @return the number of bytes that had room
   * @throws dev.portfire.machine.GuestAddressException if a buffer is not in RAM
   */
  public int write(GuestMemory memory, byte[] source, int offset, int length) {
    int done = 0;
    for (Buffer buffer : buffers) {
      if (buffer.writable && done < length) {
        int part = (int) Math.min(buffer.length, length - done);
        memory.write(buffer.address, source, offset + done, part);
        done += part;
      }
    }
    return done;
  }

  /**
   * Copies the beginning of the readable buffers.
   *
   * @param target filled as far as there is data
   * @return the number of bytes copied
   * @throws dev.portfire.machine.GuestAddressException if a buffer is not in RAM
   */
  public long read(GuestMemory memory, MemorySegment target) {
    long done = 0;
    for (Buffer buffer : buffers) {
      if (!buffer.writable && done < target.byteSize()) {
        long part = Math.min(buffer.length, target.byteSize() - done);
        MemorySegment.copy(memory.slice(buffer.address, part), 0, target, done, part);
        done += part;
      }
    }
    return done;
  }

  /**
   * Copies into the writable buffers, from their beginning.
   *
   * @return the number of bytes that had room
   * @throws dev.portfire.machine.GuestAddressException if a buffer is not in RAM
   */
  public long write(GuestMemory memory, MemorySegment source, long offset, long length) {
    long done = 0;
    for (Buffer buffer : buffers) {
      if (buffer.writable && done < length) {
        long part = Math.min(buffer.length, length - done);
        MemorySegment.copy(source, offset + done, memory.slice(buffer.address, part), 0, part);
        memory.markWritten(buffer.address, part);
        done += part;
      }
    }
    return done;
  }
}
