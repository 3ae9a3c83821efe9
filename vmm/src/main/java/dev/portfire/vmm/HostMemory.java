package dev.portfire.vmm;

import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import dev.portfire.machine.GuestMemory;
import dev.portfire.vmm.MicroVmException.Problem;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Guest memory and where the host has it. */
final class HostMemory implements AutoCloseable {
  private static final long HUGE = 2 << 20;

  private final GuestMemory memory;
  private final @Nullable Descriptor file;

  /** Pieces of RAM of fewer bytes cannot be given back. */
  private final long granule;

  private HostMemory(GuestMemory memory, @Nullable Descriptor file, long granule) {
    this.memory = memory;
    this.file = file;
    this.granule = granule;
  }

  /**
   * Allocates zeroed guest memory: on Linux a mapping whose pages come into being when they are touched, elsewhere whatever
   * Java gives, all of it touched at once.
   *
   * @param bytes of RAM, a positive multiple of 4096
   * @param deviceBytes of devices' memory behind it, a multiple of 2 MiB
   * @param shared whether it is a file that other processes can map
   * @param hugePages what pages RAM has; of 2 MiB set aside only where it is not shared, and with RAM a multiple of that
   * @throws MicroVmException if the host cannot give it
   */
  static HostMemory allocate(long bytes, long deviceBytes, boolean shared, HugePages hugePages)
      throws MicroVmException {
    try {
      if (!System.getProperty("os.name").equals("Linux")) {
        if (deviceBytes > 0 || shared || hugePages == HugePages.SIZE_2M) {
          throw new MicroVmException("persistent, hotplugged and shared memory and huge pages need a Linux host");
        }
        return new HostMemory(GuestMemory.allocate(bytes), null, 1);
      }
      if (hugePages == HugePages.SIZE_2M) {
        return ofHugePages(bytes, deviceBytes);
      }
      Descriptor file = shared
          ? Descriptor.of(SystemCalls.memfdCreate("guest", SystemCalls.MFD_CLOEXEC, bytes + deviceBytes))
          : null;
      try {
        MemorySegment pages = SystemCalls.mmap(
            0,
            bytes + deviceBytes,
            SystemCalls.PROT_READ | SystemCalls.PROT_WRITE,
            flags(shared),
            file == null ? -1 : file.fd(),
            0);
        if (hugePages == HugePages.TRANSPARENT) {
          adviseHuge(pages.asSlice(0, bytes));
        }
        return new HostMemory(GuestMemory.of(pages, new Mapping(pages), bytes), file, 1);
      } catch (SystemCallException e) {
        if (file != null) {
          file.close();
        }
        throw e;
      }
    } catch (SystemCallException e) {
      throw new MicroVmException(
          Problem.NO_MEMORY,
          "this host cannot give %d MiB of guest memory (%s): ask for less%s"
              .formatted(
                  bytes >> 20, e.getMessage(), hugePages == HugePages.SIZE_2M ? ", or raise vm.nr_hugepages" : ""),
          e);
    } catch (OutOfMemoryError e) {
      throw new MicroVmException(
          Problem.NO_MEMORY,
          "this JVM cannot give %d MiB of guest memory: ask for less, or raise -XX:MaxDirectMemorySize"
              .formatted(bytes >> 20),
          e);
    }
  }

  /**
   * Pages of 2 MiB for RAM. They are reserved here, which Firecracker leaves out: where there are too few this fails, and no vCPU
   * meets a signal later. What devices have behind it keeps ordinary pages, since files are mapped there.
   */
  private static HostMemory ofHugePages(long bytes, long deviceBytes) throws SystemCallException {
    // Linux gives ordinary mappings no such alignment.
    MemorySegment all = SystemCalls.mmap(
        0, bytes + deviceBytes + HUGE, SystemCalls.PROT_READ | SystemCalls.PROT_WRITE, flags(false), -1, 0);
    try {
      long start = (all.address() + HUGE - 1) / HUGE * HUGE;
      MemorySegment unused = SystemCalls.mmap(
          start,
          bytes,
          SystemCalls.PROT_READ | SystemCalls.PROT_WRITE,
          SystemCalls.MAP_PRIVATE
              | SystemCalls.MAP_ANONYMOUS
              | SystemCalls.MAP_FIXED
              | SystemCalls.MAP_HUGETLB
              | SystemCalls.MAP_HUGE_2MB,
          -1,
          0);
      MemorySegment pages = all.asSlice(start - all.address(), bytes + deviceBytes);
      return new HostMemory(GuestMemory.of(pages, new Mapping(all), bytes), null, HUGE);
    } catch (SystemCallException e) {
      SystemCalls.munmap(all);
      throw e;
    }
  }

  private static void adviseHuge(MemorySegment pages) {
    try {
      SystemCalls.madvise(pages, SystemCalls.MADV_HUGEPAGE);
    } catch (SystemCallException e) {
      // It is advice: a kernel without such pages does without.
      System.getLogger(HostMemory.class.getName())
          .log(System.Logger.Level.WARNING, "no transparent huge pages: {0}", e.getMessage());
    }
  }

  /** The memory itself. */
  GuestMemory memory() {
    return memory;
  }

  /** The file that is shared, where an offset is one of {@link GuestMemory#host}. */
  int fd() {
    if (file == null) {
      throw new IllegalStateException("guest memory was not made to be shared");
    }
    return file.fd();
  }

  /** Whether other processes can map it. */
  boolean isShared() {
    return file != null;
  }

  /**
   * Puts memory of its own, all zeros, in the place of a file that was mapped there. On Linux only.
   *
   * @param address guest-physical, of the devices' memory that is there
   * @param length a multiple of 4096
   */
  void unmap(long address, long length) throws SystemCallException {
    long offset = memory.mappedOffset(address);
    MemorySegment unused = SystemCalls.mmap(
        memory.host().address() + offset,
        length,
        SystemCalls.PROT_READ | SystemCalls.PROT_WRITE,
        flags(isShared()) | SystemCalls.MAP_FIXED,
        file == null ? -1 : file.fd(),
        file == null ? 0 : offset);
    // Code that was decoded from there is no more.
    memory.markWritten(address, length);
  }

  private static int flags(boolean shared) {
    return SystemCalls.MAP_NORESERVE
        | (shared ? SystemCalls.MAP_SHARED : SystemCalls.MAP_PRIVATE | SystemCalls.MAP_ANONYMOUS);
  }

  @Override
  public void close() throws SystemCallException {
    memory.close();
    if (file != null) {
      file.close();
    }
  }

  /**
   * Gives pages back to the host; they read as zeros afterwards. Of huge pages only whole ones are given back.
   *
   * @param address guest-physical, a multiple of 4096, of RAM and not of a file of persistent memory
   * @param length a multiple of 4096
   */
  void discard(long address, long length) {
    if (granule > 1 && memory.mappedOffset(address) < memory.ramSize()) {
      long first = (address + granule - 1) / granule * granule;
      long end = (address + length) / granule * granule;
      if (first >= end) {
        // A part of a huge page: there is nothing to be gained.
        return;
      }
      discardPages(first, end - first);
    } else {
      discardPages(address, length);
    }
  }

  private void discardPages(long address, long length) {
    MemorySegment pages = memory.slice(address, length);
    try {
      if (System.getProperty("os.name").equals("Linux")) {
        SystemCalls.madvise(pages, file == null ? SystemCalls.MADV_DONTNEED : SystemCalls.MADV_REMOVE);
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
