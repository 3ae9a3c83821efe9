package dev.portfire.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TablesTest {
  private final GuestMemory memory = GuestMemory.allocate(2 << 20);

  @AfterEach
  void close() {
    memory.close();
  }

  private static BootSpec spec(int cpus, int devices, boolean legacy) throws BootException {
    return new BootSpec(
        new ImageSource.BytesSource("k", new byte[0]),
        Optional.empty(),
        KernelCommandLine.of(""),
        cpus,
        IntStream.range(0, devices).mapToObj(BootSpec.VirtioSlot::of).toList(),
        new BootSpec.Platform(legacy, legacy, legacy, legacy, Optional.empty(), 0xfea0_0200L));
  }

  private static int sum(ByteBuffer data, int from, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += data.get(from + i);
    }
    return sum & 0xff;
  }

  private ByteBuffer bytes(long address, int length) {
    byte[] data = new byte[length];
    memory.read(address, data, 0, length);
    return ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Follows the pointers from the RSDP and checks every length and checksum on the way. */
  private Map<String, ByteBuffer> tables(BootSpec spec) {
    AcpiTables.write(memory, spec, 0x9_fd00, AcpiTables.RSDP);
    ByteBuffer rsdp = bytes(AcpiTables.RSDP, 36);
    assertThat(text(rsdp, 0, 8)).isEqualTo("RSD PTR ");
    assertThat(sum(rsdp, 0, 20)).isZero();
    assertThat(sum(rsdp, 0, 36)).isZero();
    Map<String, ByteBuffer> tables = new TreeMap<>();
    ByteBuffer xsdt = table(tables, rsdp.getLong(24));
    for (int at = 36; at < xsdt.capacity(); at += 8) {
      ByteBuffer found = table(tables, xsdt.getLong(at));
      if (text(found, 0, 4).equals("FACP")) {
        ByteBuffer unused = table(tables, found.getLong(140));
      }
    }
    return tables;
  }

  private ByteBuffer table(Map<String, ByteBuffer> tables, long address) {
    ByteBuffer table = bytes(address, memory.readInt(address + 4));
    assertThat(sum(table, 0, table.capacity())).as(text(table, 0, 4)).isZero();
    assertThat(text(table, 10, 6)).isEqualTo("FIRECK");
    tables.put(text(table, 0, 4), table);
    return table;
  }

  private static String text(ByteBuffer table, int at, int length) {
    byte[] bytes = new byte[length];
    table.get(at, bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private ByteBuffer table(BootSpec spec, String signature) {
    return Objects.requireNonNull(tables(spec).get(signature));
  }

  @Test
  void allTablesAreReachable() throws BootException {
    assertThat(tables(spec(1, 0, true))).containsOnlyKeys("XSDT", "FACP", "DSDT", "APIC");
  }

  @Test
  void theFixedTableHasThePowerRegisters() throws BootException {
    ByteBuffer fadt = table(spec(1, 0, true), "FACP");
    assertThat(fadt.capacity()).isEqualTo(276);
    assertThat(fadt.getInt(112) & 1 << 20).as("hardware-reduced").isNotZero();
    assertThat(fadt.getInt(112) & 1 << 10).as("has a reset register").isNotZero();
    assertThat(fadt.getLong(248)).isEqualTo(0xfea0_0200L);
    assertThat(fadt.getLong(260)).isEqualTo(0xfea0_0201L);
    assertThat(fadt.getLong(120)).isEqualTo(0xfea0_0202L);
    assertThat(fadt.get(128)).isEqualTo((byte) 0x42);
    assertThat(fadt.getShort(109)).isEqualTo((short) 0x06);
    assertThat(table(spec(1, 0, false), "FACP").getShort(109)).isEqualTo((short) 0x24);
  }

  @Test
  void theInterruptTableHasEveryCpu() throws BootException {
    ByteBuffer madt = table(spec(3, 0, true), "APIC");
    int cpus = 0;
    int others = 0;
    for (int at = 44; at < madt.capacity(); at += madt.get(at + 1)) {
      if (madt.get(at) == 0) {
        assertThat(madt.get(at + 3)).isEqualTo((byte) cpus);
        cpus++;
      } else {
        others++;
      }
    }
    assertThat(cpus).isEqualTo(3);
    assertThat(others).as("I/O APIC, override of the timer, NMI").isEqualTo(3);
  }

  @Test
  void theDifferentiatedTableHasTheDevices() throws BootException {
    ByteBuffer dsdt = table(spec(1, 17, true), "DSDT");
    String names = text(dsdt, 0, dsdt.capacity());
    assertThat(names).contains("V000", "V016", "LNRO0005", "VMGENCTR", "AMZNC10C", "ACPI0013", "COM1", "PS2_", "RTC_", "\\_S5_");
    assertThat(text(table(spec(1, 0, false), "DSDT"), 36, 20)).doesNotContain("COM1");
  }

  @Test
  void aDeviceIsEncodedAsTheInterpreterReadsIt() throws BootException {
    ByteBuffer dsdt = table(spec(1, 1, false), "DSDT");
    byte[] body = new byte[dsdt.capacity() - 36];
    dsdt.get(36, body);
    // Checked with iasl -d: Scope (\_SB) { Device (V000) { _HID, _UID, _CCA, _CRS } }  Name (\_S5, Package () {5, 0, 0,
    // 0})
    assertThat(HexFormat.of().formatHex(body))
        .isEqualTo(
            "10" + "4a04" + "5c5f53425f"
                + "5b82" + "4104" + "56303030"
                + "085f484944" + "0d4c4e524f3030303500"
                + "085f554944" + "00"
                + "085f434341" + "01"
                + "085f435253" + "11" + "1a" + "0a17"
                + "86090001" + "001000c0" + "00100000"
                + "890600" + "0301" + "05000000"
                + "7900"
                + "08" + "5c5f53355f" + "12" + "07" + "04" + "0a05000000");
  }

  @Test
  void aHostBridgeIsAnnounced() throws BootException {
    BootSpec plain = spec(1, 0, true);
    BootSpec.Pci pci = new BootSpec.Pci(0xeec0_0000L, 1 << 20, 1L << 38, 1L << 38);
    BootSpec spec = new BootSpec(
        plain.kernel(),
        plain.initrd(),
        plain.commandLine(),
        1,
        List.of(),
        new BootSpec.Platform(true, true, true, true, Optional.of(pci), 0xfea0_0200L));
    Map<String, ByteBuffer> tables = tables(spec);
    ByteBuffer mcfg = Objects.requireNonNull(tables.get("MCFG"));
    assertThat(mcfg.capacity()).isEqualTo(60);
    assertThat(mcfg.getLong(44)).isEqualTo(0xeec0_0000L);
    assertThat(mcfg.getLong(52)).as("segment 0, bus 0").isZero();
    ByteBuffer dsdt = Objects.requireNonNull(tables.get("DSDT"));
    assertThat(text(dsdt, 0, dsdt.capacity())).contains("PC00");
    assertThat(HexFormat.of().formatHex(Aml.memoryWindow(1L << 38, 1L << 38)))
        .isEqualTo("8a2b00000c01" + "0000000000000000" + "0000000040000000" + "ffffffff7f000000" + "0000000000000000"
            + "0000000040000000");
    assertThat(HexFormat.of().formatHex(Aml.buses(0, 0))).isEqualTo("880d00020c00" + "0000" + "0000" + "0000" + "0000" + "0100");
  }

  @Test
  void methodsAreEncodedAsTheInterpreterReadsThem() {
    byte[] method = Aml.method("_EVT", 1, Aml.ifArgumentIs(0x16, Aml.notify("VGEN", 0x80)));
    // ACPI 6.5, 20.2.5.2: Method (_EVT, 1, Serialized) { If (Arg0 == 0x16) { Notify (VGEN, 0x80) } }
    assertThat(HexFormat.of().formatHex(method))
        .isEqualTo("14" + "13" + "5f455654" + "09" + "a0" + "0c" + "93680a16" + "86" + "5647454e" + "0a80");
  }

  @Test
  void compressedIdentifiersAndIntegers() {
    assertThat(HexFormat.of().formatHex(Aml.eisaId("PNP0501"))).isEqualTo("0c41d00501");
    assertThat(HexFormat.of().formatHex(Aml.integer(0x1234))).isEqualTo("0b3412");
    assertThat(HexFormat.of().formatHex(Aml.integer(0x12345678L))).isEqualTo("0c78563412");
    assertThat(HexFormat.of().formatHex(Aml.integer(-1))).isEqualTo("0effffffffffffffff");
  }

  @Test
  void packageLengthsGrowWithTheirContents() {
    for (int length : new int[] {0, 50, 57, 58, 59, 60, 4000, 5000, 70_000}) {
      byte[] scope = Aml.scope("ABCD", new byte[length]);
      int extra = (scope[1] & 0xff) >>> 6;
      int encoded = extra == 0 ? scope[1] & 0x3f : scope[1] & 0xf;
      for (int i = 0; i < extra; i++) {
        encoded |= (scope[2 + i] & 0xff) << (4 + 8 * i);
      }
      assertThat(encoded).as("length %d", length).isEqualTo(scope.length - 1);
    }
  }

  @Test
  void theMpTableIsWhereAndHowKernelsLookForIt() {
    ByteBuffer table = ByteBuffer.wrap(MpTable.of(0x9_fc00, 4)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(text(table, 0, 4)).isEqualTo("_MP_");
    assertThat(sum(table, 0, 16)).isZero();
    assertThat(table.getInt(4)).isEqualTo(0x9_fc10);
    int length = table.getShort(20);
    assertThat(length).isEqualTo(table.capacity() - 16);
    assertThat(sum(table, 16, length)).isZero();
    assertThat(text(table, 16, 4)).isEqualTo("PCMP");
    assertThat(text(table, 24, 8)).isEqualTo("FC      ");
    int entries = table.getShort(16 + 34);
    int at = 16 + 44;
    int cpus = 0;
    for (int i = 0; i < entries; i++) {
      boolean cpu = table.get(at) == 0;
      cpus += cpu ? 1 : 0;
      at += cpu ? 20 : 8;
    }
    assertThat(at).isEqualTo(table.capacity());
    assertThat(cpus).isEqualTo(4);
    assertThat(List.of(table.get(at - 16), table.get(at - 8))).containsOnly((byte) 4);
  }
}
