package dev.portfire.boot;

import dev.portfire.machine.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * ACPI tables of a hardware-reduced platform (ACPI 6.5, chapter 5): RSDP, XSDT, FADT, MADT and a DSDT that describes
 * the devices and how to switch off. Header fields are those of Firecracker's tables.
 */
final class AcpiTables {
  /** Guest-physical address of the RSDP. */
  static final long RSDP = 0xe_0000;

  private static final byte[] OEM_ID = ascii("FIRECK");
  private static final byte[] CREATOR_ID = ascii("FCAT");
  private static final int CREATOR_REVISION = 0x2024_0119;

  private static final int HEADER_LENGTH = 36;
  private static final int CHECKSUM = 9;

  private static final int FADT_LENGTH = 276;
  private static final int FADT_REVISION = 6;
  private static final int FADT_MINOR_REVISION = 5;
  private static final int FADT_WBINVD = 1;
  private static final int FADT_POWER_BUTTON = 1 << 4;
  private static final int FADT_SLEEP_BUTTON = 1 << 5;
  private static final int FADT_RESET_REGISTER = 1 << 10;
  private static final int FADT_HARDWARE_REDUCED = 1 << 20;
  private static final int BOOT_8042 = 1 << 1;
  private static final int BOOT_NO_VGA = 1 << 2;
  private static final int BOOT_NO_RTC = 1 << 5;
  private static final int RESET_VALUE = 0x42;
  private static final int SLEEP_TYPE_S5 = 5;
  private static final int STATUS_CHANGED = 0x80;

  private static final int MADT_REVISION = 6;
  private static final int IO_APIC = 0xfec0_0000;
  private static final int LOCAL_APIC = 0xfee0_0000;
  private static final int EDGE_ACTIVE_HIGH = 5;

  private final GuestMemory memory;
  private final BootSpec spec;
  private long next;

  private AcpiTables(GuestMemory memory, BootSpec spec, long start) {
    this.memory = memory;
    this.spec = spec;
    this.next = start;
  }

  /**
   * Writes all tables.
   *
   * @param start where the tables go, one after the other; the RSDP has its own place
   * @param end where they must end
   */
  static void write(GuestMemory memory, BootSpec spec, long start, long end) {
    AcpiTables tables = new AcpiTables(memory, spec, start);
    long dsdt = tables.place(tables.dsdt());
    long fadt = tables.place(tables.fadt(dsdt));
    long madt = tables.place(tables.madt());
    List<Long> all = new ArrayList<>(List.of(fadt, madt));
    if (spec.platform().pci().isPresent()) {
      all.add(tables.place(mcfg(spec.platform().pci().get())));
    }
    long xsdt = tables.place(xsdt(all));
    if (tables.next > end) {
      throw new IllegalStateException("ACPI tables end at 0x%x, beyond 0x%x".formatted(tables.next, end));
    }
    memory.write(RSDP, rsdp(xsdt));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private long place(byte[] table) {
    long address = (next + 15) & ~15L;
    memory.write(address, table);
    next = address + table.length;
    return address;
  }

  /** Puts the common header before a body (ACPI 6.5, 5.2.6). */
  private static byte[] table(String signature, int revision, String tableId, byte[] body) {
    ByteBuffer table = ByteBuffer.allocate(HEADER_LENGTH + body.length).order(ByteOrder.LITTLE_ENDIAN);
    table.put(ascii(signature)).putInt(table.capacity()).put((byte) revision).put((byte) 0);
    table.put(OEM_ID).put(ascii(tableId)).putInt(0).put(CREATOR_ID).putInt(CREATOR_REVISION).put(body);
    table.put(CHECKSUM, checksum(table.array(), 0, table.capacity()));
    return table.array();
  }

  /** The byte that makes a sum of bytes zero. */
  static byte checksum(byte[] data, int from, int to) {
    int sum = 0;
    for (int i = from; i < to; i++) {
      sum += data[i];
    }
    return (byte) -sum;
  }

  /** ACPI 6.5, 5.2.5.3. */
  private static byte[] rsdp(long xsdt) {
    ByteBuffer table = ByteBuffer.allocate(36).order(ByteOrder.LITTLE_ENDIAN);
    table.put(ascii("RSD PTR ")).put((byte) 0).put(OEM_ID).put((byte) 2).putInt(0);
    table.putInt(table.capacity()).putLong(xsdt).putInt(0);
    table.put(8, checksum(table.array(), 0, 20));
    table.put(32, checksum(table.array(), 0, 36));
    return table.array();
  }

  private static byte[] xsdt(List<Long> tables) {
    ByteBuffer body = ByteBuffer.allocate(8 * tables.size()).order(ByteOrder.LITTLE_ENDIAN);
    tables.forEach(body::putLong);
    return table("XSDT", 1, "FCMVXSDT", body.array());
  }

  /** ACPI 6.5, 5.2.9. Offsets count from the start of the table, header included. */
  private byte[] fadt(long dsdt) {
    long power = spec.platform().powerRegisters();
    ByteBuffer table = ByteBuffer.allocate(FADT_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    int boot = BOOT_NO_VGA | (spec.platform().keyboard() ? BOOT_8042 : 0) | (spec.platform().rtc() ? 0 : BOOT_NO_RTC);
    int flags =
        FADT_WBINVD | FADT_POWER_BUTTON | FADT_SLEEP_BUTTON | FADT_RESET_REGISTER | FADT_HARDWARE_REDUCED;
    table.putShort(109, (short) boot);
    table.putInt(112, flags);
    register(table, 116, power + 2);
    table.put(128, (byte) RESET_VALUE);
    table.put(131, (byte) FADT_MINOR_REVISION);
    table.putLong(140, dsdt);
    register(table, 244, power);
    register(table, 256, power + 1);
    table.put(268, ascii("FIRECKVM"));
    byte[] body = new byte[FADT_LENGTH - HEADER_LENGTH];
    table.get(HEADER_LENGTH, body);
    return table("FACP", FADT_REVISION, "FCVMFADT", body);
  }

  /** A generic address (ACPI 6.5, 5.2.3.2): one byte of memory. */
  private static void register(ByteBuffer table, int at, long address) {
    table.put(at, (byte) 0).put(at + 1, (byte) 8).put(at + 2, (byte) 0).put(at + 3, (byte) 1).putLong(at + 4, address);
  }

  /** Where the configuration space is (PCI Firmware Specification 3.2, 4.1.2). */
  private static byte[] mcfg(BootSpec.Pci pci) {
    ByteBuffer body = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    // 8 reserved bytes; then address, segment 0, buses 0 to 0.
    body.putLong(8, pci.configMemory());
    return table("MCFG", 1, "FCMVMCFG", body.array());
  }

  /** ACPI 6.5, 5.2.12. */
  private byte[] madt() {
    ByteBuffer body = ByteBuffer.allocate(8 + 8 * spec.cpus() + 12 + 10 + 6).order(ByteOrder.LITTLE_ENDIAN);
    body.putInt(LOCAL_APIC).putInt(0);
    for (int cpu = 0; cpu < spec.cpus(); cpu++) {
      body.put((byte) 0).put((byte) 8).put((byte) cpu).put((byte) cpu).putInt(1);
    }
    body.put((byte) 1).put((byte) 12).put((byte) 0).put((byte) 0).putInt(IO_APIC).putInt(0);
    // The timer's interrupt 0 comes in at input 2.
    body.put((byte) 2).put((byte) 10).put((byte) 0).put((byte) 0).putInt(2).putShort((short) EDGE_ACTIVE_HIGH);
    // NMI at LINT1 of every CPU.
    body.put((byte) 4).put((byte) 6).put((byte) 0xff).putShort((short) EDGE_ACTIVE_HIGH).put((byte) 1);
    return table("APIC", MADT_REVISION, "FCVMMADT", body.array());
  }

  private byte[] dsdt() {
    List<byte[]> devices = new ArrayList<>();
    for (int i = 0; i < spec.virtio().size(); i++) {
      BootSpec.VirtioSlot slot = spec.virtio().get(i);
      devices.add(
          Aml.device(
              "V%03d".formatted(i),
              Aml.name("_HID", Aml.string("LNRO0005")),
              Aml.name("_UID", Aml.integer(i)),
              Aml.name("_CCA", Aml.integer(1)),
              Aml.name(
                  "_CRS",
                  Aml.resources(Aml.memory(slot.address(), BootSpec.VIRTIO_WINDOW), Aml.interrupt(slot.gsi())))));
    }
    if (spec.platform().serial()) {
      devices.add(
          Aml.device(
              "COM1",
              Aml.name("_HID", Aml.eisaId("PNP0501")),
              Aml.name("_UID", Aml.integer(0)),
              Aml.name("_CRS", Aml.resources(Aml.interrupt(4), Aml.ports(0x3f8, 8)))));
    }
    if (spec.platform().keyboard()) {
      devices.add(
          Aml.device(
              "PS2_",
              Aml.name("_HID", Aml.eisaId("PNP0303")),
              Aml.name("_CRS", Aml.resources(Aml.ports(0x60, 1), Aml.ports(0x64, 1), Aml.interrupt(1)))));
    }
    if (spec.platform().rtc()) {
      devices.add(
          Aml.device(
              "RTC_",
              Aml.name("_HID", Aml.eisaId("PNP0B00")),
              // No interrupt: this clock raises none.
              Aml.name("_CRS", Aml.resources(Aml.ports(0x70, 2)))));
    }
    if (spec.platform().pci().isPresent()) {
      addHostBridge(devices, spec.platform().pci().get());
    }
    if (spec.platform().generation()) {
      addGeneration(devices);
    }
    byte[] bus = Aml.scope("\\_SB_", devices.toArray(byte[][]::new));
    byte[] zero = Aml.integer(0);
    byte[] softOff = Aml.name("\\_S5_", Aml.packageOf(Aml.integer(SLEEP_TYPE_S5), zero, zero, zero));
    return table("DSDT", 6, "FCVMDSDT", Aml.concat(bus, softOff));
  }

  /** The generation identifier, the clock, and the device that passes their interrupts on (ACPI 6.5, 5.6.9). */
  private static void addGeneration(List<byte[]> devices) {
    devices.add(
        Aml.device(
            "VGEN",
            Aml.name("_HID", Aml.string("VMGENCTR")),
            Aml.name("_CID", Aml.string("VM_Gen_Counter")),
            Aml.name("_DDN", Aml.string("VM_Gen_Counter")),
            Aml.name(
                "ADDR",
                Aml.packageOf(
                    Aml.integer(BootSpec.GENERATION_ID & 0xffff_ffffL),
                    Aml.integer(BootSpec.GENERATION_ID >>> 32)))));
    devices.add(
        Aml.device(
            "VCLK",
            Aml.name("_HID", Aml.string("AMZNC10C")),
            Aml.name("_CID", Aml.string("VMCLOCK")),
            Aml.name("_CRS", Aml.resources(Aml.memory(BootSpec.VM_CLOCK, BootSpec.VM_CLOCK_LENGTH)))));
    devices.add(
        Aml.device(
            "GED_",
            Aml.name("_HID", Aml.string("ACPI0013")),
            Aml.name(
                "_CRS",
                Aml.resources(Aml.interrupt(BootSpec.GENERATION_GSI), Aml.interrupt(BootSpec.VM_CLOCK_GSI))),
            Aml.method(
                "_EVT",
                1,
                Aml.ifArgumentIs(BootSpec.GENERATION_GSI, Aml.notify("VGEN", STATUS_CHANGED)),
                Aml.ifArgumentIs(BootSpec.VM_CLOCK_GSI, Aml.notify("VCLK", STATUS_CHANGED)))));
  }

  private static void addHostBridge(List<byte[]> devices, BootSpec.Pci pci) {
    devices.add(
        Aml.device(
            "PC00",
            Aml.name("_HID", Aml.eisaId("PNP0A08")),
            Aml.name("_CID", Aml.eisaId("PNP0A03")),
            Aml.name("_UID", Aml.integer(0)),
            Aml.name("_SEG", Aml.integer(0)),
            Aml.name("_BBN", Aml.integer(0)),
            Aml.name("_CCA", Aml.integer(1)),
            Aml.name(
                "_CRS",
                Aml.resources(
                    Aml.buses(0, 0), Aml.ports(0xcf8, 8), Aml.memoryWindow(pci.window(), pci.windowLength())))));
    // What claims the memory that the configuration space is in (PCI Firmware Specification 3.2, 4.1.2).
    devices.add(
        Aml.device(
            "MCFG",
            Aml.name("_HID", Aml.eisaId("PNP0C02")),
            Aml.name("_UID", Aml.integer(1)),
            Aml.name("_CRS", Aml.resources(Aml.memory(pci.configMemory(), pci.configLength())))));
  }
}
