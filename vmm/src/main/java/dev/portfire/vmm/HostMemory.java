package dev.portfire.vmm;

import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import dev.portfire.machine.GuestMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Allocates guest memory on the host. */
final class HostMemory {
  private HostMemory() {}

  /**
   * Allocates zeroed guest memory: on Linux a private mapping whose pages come into being when they are touched,
   * elsewhere whatever Java gives, all of it touched at once.
   *
   * @param bytes of RAM, a positive multiple of 4096
   * @param deviceBytes of devices' memory behind it, a multiple of 2 MiB
   * @throws MicroVmException if the host cannot give it
   */
  static GuestMemory allocate(long bytes, long deviceBytes) throws MicroVmException {
    try {
      if (!System.getProperty("os.name").equals("Linux")) {
        if (deviceBytes > 0) {
          throw new MicroVmException("persistent and hotplugged memory need a Linux host");
        }
        return GuestMemory.allocate(bytes);
      }
      MemorySegment pages = SystemCalls.mmap(
          0,
          bytes + deviceBytes,
          SystemCalls.PROT_READ | SystemCalls.PROT_WRITE,
          SystemCalls.MAP_PRIVATE | SystemCalls.MAP_ANONYMOUS | SystemCalls.MAP_NORESERVE,
          -1,
          0);
      return GuestMemory.of(pages, new Mapping(pages), bytes);
    } catch (SystemCallException e) {
      throw new MicroVmException(
          "this host cannot give %d MiB of guest memory (%s): ask for less".formatted(bytes >> 20, e.getMessage()), e);
    } catch (OutOfMemoryError e) {
      throw new MicroVmException(
          "this JVM cannot give %d MiB of guest memory: ask for less, or raise -XX:MaxDirectMemorySize"
              .formatted(bytes >> 20),
          e);
    }
  }

  /**
   * Gives pages back to the host; they read as zeros afterwards.
   *
   * @param address guest-physical, a multiple of 4096, of RAM that is neither a file nor shared
   * @param length a multiple of 4096
   */
  static void discard(GuestMemory memory, long address, long length) {
    MemorySegment pages = memory.slice(address, length);
    try {
      if (System.getProperty("os.name").equals("Linux")) {
        SystemCalls.madvise(pages, SystemCalls.MADV_DONTNEED);
      } else {
        pages.fill((byte) 0);
      }
    } catch (SystemCallException e) {
      System.getLogger(HostMemory.class.getName())
          .log(System.Logger.Level.WARNING, "memory cannot be given back: {0}", e.getMessage());
      pages.fill((byte) 0);
    }
    // Code that was decoded from there is no more.
    memory.markWritten(address, length);
  }

  /**
   * The lifetime of a mapping. Unlike that of Java's own arenas it is not checked at each access: the machine closes it
   * when the last thread that could touch guest memory has ended.
   */
  private record Mapping(MemorySegment pages) implements Arena {
    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
      throw new UnsupportedOperationException("a mapping is all that there is");
    }

    @Override
    public MemorySegment.Scope scope() {
      return pages.scope();
    }

    @Override
    public void close() {
      try {
        SystemCalls.munmap(pages);
      } catch (SystemCallException e) {
        throw new IllegalStateException("unmapping guest memory failed", e);
      }
    }
  }
}
