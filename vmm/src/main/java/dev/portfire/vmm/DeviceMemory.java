package dev.portfire.vmm;

import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import dev.portfire.machine.GuestMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where the memory of devices is: files as persistent memory, one behind the other from 512 GiB up, then memory that can be
 * plugged in, and with a PCI bus room for files that come later.
 *
 * @param files persistent memory, in the order of the configuration
 * @param hotplug memory to plug in
 * @param hotplugStart where that is
 * @param spare the room for files that come later
 * @param length bytes of it all, a multiple of 2 MiB
 */
record DeviceMemory(
    List<Placed> files,
    Optional<MemoryHotplugConfig> hotplug,
    long hotplugStart,
    GuestMemory.Range spare,
    long length) {
  /** The room for files that come later. The software CPU has 28 bytes of tables for each page of it. */
  static final long SPARE = 256L << 20;

  private static final long MIB = 1 << 20;

  /**
   * A file's place.
   *
   * @param address guest-physical
   * @param size bytes there, a multiple of 2 MiB
   * @param fileLength bytes of the file; zeros follow, which are nowhere else
   */
  record Placed(PmemConfig config, long address, long size, long fileLength) {}

  private static long align(long value, long alignment) {
    return (value + alignment - 1) / alignment * alignment;
  }

  /** Finds places; opens no file. */
  static DeviceMemory of(DeviceSet devices) throws MicroVmException {
    List<Placed> files = new ArrayList<>();
    long next = GuestMemory.DEVICE_START;
    for (PmemConfig config : devices.pmem()) {
      Placed placed = place(config, next);
      files.add(placed);
      next += placed.size;
    }
    long start = next;
    if (devices.memoryHotplug().isPresent()) {
      MemoryHotplugConfig config = devices.memoryHotplug().get();
      // The guest's own blocks, of 128 MiB or more, have to fit in.
      start = align(next, config.slotSizeMib() * MIB);
      next = start + config.totalSizeMib() * MIB;
    }
    boolean mayGrow = devices.pci() && System.getProperty("os.name").equals("Linux");
    GuestMemory.Range spare =
        new GuestMemory.Range(align(next, GuestMemory.DEVICE_GRANULE), mayGrow ? SPARE : 0);
    next = mayGrow ? spare.address() + SPARE : next;
    return new DeviceMemory(
        List.copyOf(files), devices.memoryHotplug(), start, spare, next - GuestMemory.DEVICE_START);
  }

  /** A file at an address; opens nothing. */
  private static Placed place(PmemConfig config, long address) throws MicroVmException {
    long length;
    try {
      length = Files.size(config.pathOnHost());
    } catch (IOException e) {
      throw new MicroVmException("pmem %s: cannot open %s".formatted(config.id(), config.pathOnHost()), e);
    }
    if (length == 0) {
      throw new MicroVmException("Error backing file size is 0");
    }
    return new Placed(config, address, align(length, GuestMemory.DEVICE_GRANULE), length);
  }

  /**
   * Finds room for a file that comes later.
   *
   * @param taken what came before and is there still
   */
  Placed placeLate(PmemConfig config, Collection<Placed> taken) throws MicroVmException {
    Placed first = place(config, spare.address());
    long address = spare.address();
    for (Placed other : taken.stream().sorted(Comparator.comparingLong(Placed::address)).toList()) {
      if (other.address < address) {
        continue;
      }
      if (other.address - address >= first.size) {
        break;
      }
      address = other.address + other.size;
    }
    if (first.size > spare.address() + spare.length() - address) {
      throw new MicroVmException(
          "pmem %s: %d MiB are too much: there is room for %d MiB of persistent memory that comes while the machine runs"
              .formatted(config.id(), first.size / MIB, spare.length() / MIB));
    }
    return new Placed(config, address, first.size, first.fileLength);
  }

  /** The pieces of guest memory that are no files of their own: RAM, and what can be plugged in. */
  List<GuestMemory.Range> shareable(GuestMemory memory) {
    List<GuestMemory.Range> ranges = new ArrayList<>();
    ranges.add(new GuestMemory.Range(0, memory.lowSize()));
    if (memory.highSize() > 0) {
      ranges.add(new GuestMemory.Range(GuestMemory.GAP_END, memory.highSize()));
    }
    hotplug.ifPresent(config -> ranges.add(new GuestMemory.Range(hotplugStart, config.totalSizeMib() * MIB)));
    return ranges;
  }

  /** Maps the files, before a machine is made of the memory. */
  void map(GuestMemory memory) throws MicroVmException {
    for (Placed file : files) {
      map(memory, file);
      if (file.config.readOnly()) {
        memory.setReadOnly(file.address, file.size);
      }
    }
    if (hotplug.isPresent()) {
      memory.setPresent(hotplugStart, hotplug.get().totalSizeMib() * MIB, false);
    }
    memory.setPresent(spare.address(), spare.length(), false);
  }

  /**
   * Maps a file. Of one that is read-only the guest has a copy if it comes while the machine runs, since then no memory can be made
   * read-only: the file never changes.
   */
  static void map(GuestMemory memory, Placed file) throws MicroVmException {
    boolean readOnly = file.config.readOnly();
    // A private mapping for reading: whatever writes there by mistake must not fail, since that would end the JVM.
    int flags = (readOnly ? SystemCalls.MAP_PRIVATE : SystemCalls.MAP_SHARED) | SystemCalls.MAP_FIXED;
    try (Descriptor descriptor = Descriptor.open(
        file.config.pathOnHost().toString(), (readOnly ? 0 : Descriptor.O_RDWR) | Descriptor.O_CLOEXEC)) {
      MemorySegment unused = SystemCalls.mmap(
          memory.host().address() + memory.mappedOffset(file.address),
          align(file.fileLength, GuestMemory.PAGE_SIZE),
          SystemCalls.PROT_READ | SystemCalls.PROT_WRITE,
          flags,
          descriptor.fd(),
          0);
    } catch (SystemCallException e) {
      throw new MicroVmException(
          "pmem %s: %s: %s".formatted(file.config.id(), file.config.pathOnHost(), HostErrors.describe(e.errno())),
          e);
    }
  }
}
