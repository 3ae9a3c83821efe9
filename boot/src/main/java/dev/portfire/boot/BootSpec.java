package dev.portfire.boot;

import java.util.List;
import java.util.Optional;

/**
 * What to boot, and on what machine.
 *
 * @param kernel an ELF vmlinux or a bzImage
 * @param initrd the initial RAM disk, if there is one
 * @param commandLine the kernel's command line, complete
 * @param cpus number of CPUs, APIC ids 0 to {@code cpus − 1}; 1 to 254
 * @param virtio the virtio-mmio devices in the order in which the guest shall number them
 * @param platform the other devices
 */
public record BootSpec(
    ImageSource kernel,
    Optional<ImageSource> initrd,
    KernelCommandLine commandLine,
    int cpus,
    List<VirtioSlot> virtio,
    Platform platform) {
  /** Where the first virtio-mmio window is; further ones follow every {@link #VIRTIO_WINDOW} bytes. */
  public static final long VIRTIO_BASE = 0xc000_1000L;

  /** Bytes in a virtio-mmio window. */
  public static final long VIRTIO_WINDOW = 0x1000;

  /** The first interrupt input for virtio-mmio devices. */
  public static final int VIRTIO_FIRST_GSI = 5;

  /** How many virtio-mmio devices have an interrupt input of their own. */
  public static final int VIRTIO_SLOTS = 17;

  /** Where the generation identifier is: 16 bytes, below the clock's page at the end of the system data. */
  public static final long GENERATION_ID = 0xd_eff0L;

  /** The interrupt input that tells of another generation. */
  public static final int GENERATION_GSI = 22;

  /** Where the clock's page is. */
  public static final long VM_CLOCK = 0xd_f000L;

  /** Bytes in the clock's page. */
  public static final int VM_CLOCK_LENGTH = 0x1000;

  /** The interrupt input that tells of a change of the clock's page. */
  public static final int VM_CLOCK_GSI = 23;

  /**
   * The place of a virtio-mmio device.
   *
   * @param address guest-physical address of its 4 KiB window, below 4 GiB
   * @param gsi its interrupt input, 5 to 21
   */
  public record VirtioSlot(long address, int gsi) {
    /**
     * The place of the n-th device.
     *
     * @param index 0 to {@link #VIRTIO_SLOTS} − 1
     */
    public static VirtioSlot of(int index) {
      if (index < 0 || index >= VIRTIO_SLOTS) {
        throw new IllegalArgumentException("there are %d virtio slots, no number %d".formatted(VIRTIO_SLOTS, index));
      }
      return new VirtioSlot(VIRTIO_BASE + index * VIRTIO_WINDOW, VIRTIO_FIRST_GSI + index);
    }
  }

  /**
   * The devices that ACPI announces besides virtio.
   *
   * @param serial a 16550 at 0x3f8 with interrupt 4
   * @param keyboard a PS/2 keyboard controller at 0x60 and 0x64 with interrupt 1
   * @param rtc an MC146818 at 0x70
   * @param generation a generation identifier at {@link #GENERATION_ID} and a clock's page at {@link #VM_CLOCK}
   * @param pci a PCI host bridge
   * @param powerRegisters guest-physical address of three byte registers: sleep control, sleep status (ACPI 6.5,
   *     4.8.3.7) and reset, to which 0x42 is written; powering off writes sleep type 5
   */
  public record Platform(boolean serial, boolean keyboard, boolean rtc, boolean generation, Optional<Pci> pci, long powerRegisters) {}

  /**
   * The place of a PCI host bridge with one bus.
   *
   * @param configMemory guest-physical address of its configuration space, below 4 GiB
   * @param configLength bytes there
   * @param window guest-physical address of the memory of its functions, above 4 GiB
   * @param windowLength bytes there
   */
  public record Pci(long configMemory, long configLength, long window, long windowLength) {}

  /** Copies the list. */
  public BootSpec {
    virtio = List.copyOf(virtio);
    if (cpus < 1 || cpus > 254) {
      throw new IllegalArgumentException("the number of CPUs must be 1 to 254, not " + cpus);
    }
  }
}
