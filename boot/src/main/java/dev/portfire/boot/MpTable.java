package dev.portfire.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The MP table (Intel MultiProcessor Specification 1.4, chapter 4), for kernels without ACPI. */
final class MpTable {
  private static final int POINTER_LENGTH = 16;
  private static final int HEADER_LENGTH = 44;
  private static final int CPU_LENGTH = 20;
  private static final int ENTRY_LENGTH = 8;
  private static final int SPECIFICATION_4 = 4;
  private static final int APIC_VERSION = 0x14;
  private static final int CPU_SIGNATURE = 0x600;
  private static final int CPU_FEATURES = 0x201;
  private static final int IO_APIC = 0xfec0_0000;
  private static final int LOCAL_APIC = 0xfee0_0000;
  private static final int INPUTS = 24;

  private static final int CPU = 0;
  private static final int BUS = 1;
  private static final int IO_APIC_ENTRY = 2;
  private static final int INTERRUPT = 3;
  private static final int LOCAL_INTERRUPT = 4;
  private static final int TYPE_INTERRUPT = 0;
  private static final int TYPE_NMI = 1;
  private static final int TYPE_EXTINT = 3;

  private MpTable() {}

  /**
   * The floating pointer and the configuration after it.
   *
   * @param address the guest-physical address it will be at, a multiple of 16
   * @param cpus number of CPUs
   */
  static byte[] of(long address, int cpus) {
    int entries = cpus + 1 + 1 + INPUTS + 2;
    int length = HEADER_LENGTH + cpus * CPU_LENGTH + (entries - cpus) * ENTRY_LENGTH;
    ByteBuffer table = ByteBuffer.allocate(POINTER_LENGTH + length).order(ByteOrder.LITTLE_ENDIAN);
    table.put(ascii("_MP_")).putInt((int) address + POINTER_LENGTH).put((byte) 1).put((byte) SPECIFICATION_4);
    table.put(10, AcpiTables.checksum(table.array(), 0, POINTER_LENGTH));

    table.position(POINTER_LENGTH);
    table.put(ascii("PCMP")).putShort((short) length).put((byte) SPECIFICATION_4).put((byte) 0);
    table.put(ascii("FC      ")).put(ascii("000000000000")).putInt(0).putShort((short) 0);
    table.putShort((short) entries).putInt(LOCAL_APIC).putInt(0);

    int ioApicId = cpus + 1;
    for (int cpu = 0; cpu < cpus; cpu++) {
      int flags = cpu == 0 ? 3 : 1;
      table.put((byte) CPU).put((byte) cpu).put((byte) APIC_VERSION).put((byte) flags);
      table.putInt(CPU_SIGNATURE).putInt(CPU_FEATURES).putLong(0);
    }
    table.put((byte) BUS).put((byte) 0).put(ascii("ISA   "));
    table.put((byte) IO_APIC_ENTRY).put((byte) ioApicId).put((byte) APIC_VERSION).put((byte) 1).putInt(IO_APIC);
    for (int input = 0; input < INPUTS; input++) {
      // The timer's interrupt 0 comes in at input 2, where nothing else does.
      int pin = input == 0 ? 2 : input == 2 ? 0 : input;
      int type = input == 2 ? TYPE_EXTINT : TYPE_INTERRUPT;
      interrupt(table, INTERRUPT, type, input, ioApicId, pin);
    }
    interrupt(table, LOCAL_INTERRUPT, TYPE_EXTINT, 0, 0, 0);
    interrupt(table, LOCAL_INTERRUPT, TYPE_NMI, 0, 0xff, 1);
    table.put(POINTER_LENGTH + 7, AcpiTables.checksum(table.array(), POINTER_LENGTH, table.capacity()));
    return table.array();
  }

  private static void interrupt(ByteBuffer table, int entry, int type, int source, int target, int input) {
    table.put((byte) entry).put((byte) type).putShort((short) 0);
    table.put((byte) 0).put((byte) source).put((byte) target).put((byte) input);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
