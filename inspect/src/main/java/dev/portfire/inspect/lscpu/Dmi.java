package dev.portfire.inspect.lscpu;

import dev.portfire.inspect.SysRoot;
import java.nio.charset.StandardCharsets;

/**
 * What the firmware says, from its SMBIOS tables (DMTF DSP0134): the makers of BIOS and system, and the processor's names.
 * Empty where it says nothing.
 */
record Dmi(String biosVendor, String manufacturer, String product, String processorMaker, String processorName, int processorFamily) {
  private static final int LIMIT = 1 << 20;
  private static final int STRUCTURES = 1 << 12;

  static Dmi read(SysRoot root) {
    return parse(root.bytes("/sys/firmware/dmi/tables/DMI", LIMIT).orElse(new byte[0]));
  }

  static Dmi parse(byte[] table) {
    Dmi dmi = new Dmi("", "", "", "", "", 0);
    int at = 0;
    for (int i = 0; i < STRUCTURES && at + 4 <= table.length; i++) {
      int length = table[at + 1] & 0xff;
      if (length < 4 || at + length > table.length) {
        break;
      }
      dmi = switch (table[at]) {
        case 0 -> new Dmi(
            string(table, at, 4), dmi.manufacturer, dmi.product, dmi.processorMaker, dmi.processorName, dmi.processorFamily);
        case 1 -> new Dmi(
            dmi.biosVendor, string(table, at, 4), string(table, at, 5), dmi.processorMaker, dmi.processorName, dmi.processorFamily);
        case 4 -> dmi.processorMaker.isEmpty() && length > 0x10
            ? new Dmi(dmi.biosVendor, dmi.manufacturer, dmi.product, string(table, at, 7), name(table, at), family(table, at))
            : dmi;
        default -> dmi;
      };
      at = end(table, at + length);
    }
    return dmi;
  }

  /** Version, part number and current speed, as util-linux puts them together, whatever of that there is. */
  private static String name(byte[] table, int at) {
    String version = string(table, at, 0x10);
    String part = string(table, at, 0x22);
    int megahertz = (table[at + 1] & 0xff) > 0x17 ? table[at + 0x16] & 0xff | (table[at + 0x17] & 0xff) << 8 : 0;
    return (version.isEmpty() && !part.isEmpty() ? "" : version + " ") + part
        + " CPU @ " + megahertz / 1000 + "." + megahertz % 1000 / 100 + "GHz";
  }

  private static int family(byte[] table, int at) {
    int family = table[at + 6] & 0xff;
    boolean more = family == 0xfe && (table[at + 1] & 0xff) > 0x29;
    return more ? table[at + 0x28] & 0xff | (table[at + 0x29] & 0xff) << 8 : family;
  }

  /** Behind the strings of a structure: two NULs end them. */
  private static int end(byte[] table, int strings) {
    int at = strings;
    while (at + 1 < table.length && (table[at] != 0 || table[at + 1] != 0)) {
      at++;
    }
    return at + 2;
  }

  /** The string whose number stands at an offset of a structure. */
  private static String string(byte[] table, int structure, int offset) {
    int length = table[structure + 1] & 0xff;
    int number = offset < length ? table[structure + offset] & 0xff : 0;
    int from = structure + length;
    for (int i = 1; i < number; i++) {
      while (from < table.length && table[from] != 0) {
        from++;
      }
      from++;
    }
    int to = from;
    while (to < table.length && table[to] != 0) {
      to++;
    }
    return number == 0 || from >= to ? "" : new String(table, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** The hypervisor that firmware of this maker belongs to, or empty. */
  String hypervisor() {
    if (biosVendor.equals("Parallels") || manufacturer.equals("Parallels")) {
      return "Parallels";
    }
    if (manufacturer.equals("innotek GmbH")) {
      return "Innotek GmbH";
    }
    return manufacturer.equals("HITACHI") && product.contains("LPAR") ? "Hitachi" : "";
  }
}
