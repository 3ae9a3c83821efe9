package dev.portfire.vmm;

import dev.portfire.boot.BootSpec;
import dev.portfire.devices.pci.PciBus;
import dev.portfire.machine.CpuModel;
import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.VmSpec;
import dev.portfire.vmm.MicroVmException.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Everything that a microVM is made of. {@link MicroVm#builder()} makes one with defaults for what is not said.
 *
 * @param name used in thread names, logs and errors
 * @param kernel an ELF vmlinux or a bzImage
 * @param initrd the initial RAM disk
 * @param commandLine the kernel's command line as the caller wants it; printable ASCII
 * @param announceDevices whether {@code virtio_mmio.device=} entries are put on the command line, for kernels without
 *     ACPI
 * @param vcpus 1 to 32
 * @param memoryMib guest memory in MiB, at least 8
 * @param drives disks, the guest's {@code /dev/vda} first
 * @param entropy whether there is an entropy device
 * @param console the virtio console's ports, each name once; empty for no such device
 * @param devices further devices
 * @param accelerator the back end
 * @param engine the software back end's engine
 * @param countInstructions whether the software back end counts them with every engine
 * @param cpu what the guest is told of its processor, if it is not left to the back end
 * @param cpuTemplate what changes that
 * @param smt whether two vCPUs each are the threads of one core
 * @param hugePages the host's pages behind the memory
 */
public record MicroVmConfig(
    String name,
    Path kernel,
    Initrd initrd,
    String commandLine,
    boolean announceDevices,
    int vcpus,
    long memoryMib,
    List<Drive> drives,
    boolean entropy,
    List<ConsolePort> console,
    DeviceSet devices,
    Accelerator accelerator,
    Engine engine,
    boolean countInstructions,
    Optional<CpuModel> cpu,
    Optional<CpuTemplate> cpuTemplate,
    boolean smt,
    HugePages hugePages) {
  /** The least memory that any Linux boots in, in MiB. */
  public static final int MIN_MEMORY_MIB = 8;

  private static final long MIB = 1 << 20;

  /** Copies the lists. */
  public MicroVmConfig {
    drives = List.copyOf(drives);
    console = List.copyOf(console);
  }

  /**
   * Checks everything that can be checked without opening a file.
   *
   * @throws MicroVmException naming the first thing that is wrong
   */
  void validate() throws MicroVmException {
    if (vcpus < 1 || vcpus > VmSpec.MAX_VCPUS) {
      throw new MicroVmException("the number of vCPUs must be 1 to " + VmSpec.MAX_VCPUS + ", not " + vcpus);
    }
    if (smt && vcpus > 1 && vcpus % 2 != 0) {
      throw new MicroVmException("with two threads in a core the number of vCPUs must be 1 or even, not " + vcpus);
    }
    OptionalLong host = hostMemoryMib();
    if (memoryMib < MIN_MEMORY_MIB) {
      throw new MicroVmException("guest memory must be at least %d MiB, not %d".formatted(MIN_MEMORY_MIB, memoryMib));
    }
    if (host.isPresent() && memoryMib > host.getAsLong()) {
      throw new MicroVmException(
          Problem.NO_MEMORY,
          "guest memory of %d MiB is more than the %d MiB that this host has: ask for less"
              .formatted(memoryMib, host.getAsLong()),
          null);
    }
    if (hugePages == HugePages.SIZE_2M && memoryMib % 2 != 0) {
      throw new MicroVmException("guest memory in pages of 2 MiB must be a multiple of that, not %d MiB".formatted(memoryMib));
    }
    if (hugePages == HugePages.SIZE_2M && drives.stream().anyMatch(drive -> drive.ioEngine() == IoEngine.VHOST_USER)) {
      throw new MicroVmException("a drive that another process serves needs memory of ordinary pages: ask for no huge pages");
    }
    long terminals = console.stream().filter(ConsolePort::isTerminal).count();
    if (console.stream().map(ConsolePort::name).distinct().count() != console.size()) {
      throw new MicroVmException("the names of console ports must differ");
    }
    long consoles = terminals + (console.size() > terminals ? 1 : 0);
    long count = drives.size() + (entropy ? 1 : 0) + consoles + devices.count();
    int room = devices.pci() ? PciBus.SLOTS - 1 : BootSpec.VIRTIO_SLOTS;
    if (count > room) {
      throw new MicroVmException(
          Problem.NO_PLACE, "a machine has room for " + room + " virtio devices, not " + count, null);
    }
    devices.validate(memoryMib);
  }

  /** Guest memory in bytes. */
  long memoryBytes() {
    return memoryMib * MIB / GuestMemory.PAGE_SIZE * GuestMemory.PAGE_SIZE;
  }

  /** The host's memory in MiB as Linux tells it; empty elsewhere, where the allocation itself will fail. */
  private static OptionalLong hostMemoryMib() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"), StandardCharsets.US_ASCII)) {
        if (line.startsWith("MemTotal:")) {
          return OptionalLong.of(Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // Not a Linux host, or a strange one.
    }
    return OptionalLong.empty();
  }
}
