package dev.portfire.kvm;

import java.util.HexFormat;

/** Names instructions by their opcodes (SDM volume 2, 2.1), without operands, so that counts of them are few. */
final class Opcode {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  private Opcode() {}

  static String hex(byte[] bytes) {
    return HEX.formatHex(bytes);
  }

  /**
   * The opcode, with the extension in ModRM where that decides: {@code "0f c7 /1"}.
   *
   * @param bytes an instruction, and possibly what follows it
   * @param code64 whether it is 64-bit code
   */
  static String of(byte[] bytes, boolean code64) {
    int at = 0;
    String mandatory = "";
    while (at < bytes.length && isPrefix(bytes[at] & 0xff)) {
      int prefix = bytes[at++] & 0xff;
      if (prefix == 0x66 || prefix == 0xf2 || prefix == 0xf3) {
        mandatory = "%02x ".formatted(prefix);
      }
    }
    if (code64 && at < bytes.length && (bytes[at] & 0xf0) == 0x40) {
      at++;
    }
    if (at >= bytes.length) {
      return "prefixes only";
    }
    int first = bytes[at] & 0xff;
    if (first == 0xc4 || first == 0xc5 || first == 0x62) {
      // VEX and EVEX: the opcode follows two, one or three bytes.
      int opcode = at + (first == 0xc5 ? 2 : first == 0xc4 ? 3 : 4);
      return "%02x .. %s".formatted(first, opcode < bytes.length ? "%02x".formatted(bytes[opcode]) : "");
    }
    if (first != 0x0f) {
      boolean x87 = (first & 0xf8) == 0xd8;
      boolean group = x87 || first == 0xf6 || first == 0xf7 || first == 0xfe || first == 0xff;
      return mandatory + "%02x".formatted(first) + (group ? extension(bytes, at + 1) : "");
    }
    if (at + 1 >= bytes.length) {
      return "0f";
    }
    int second = bytes[at + 1] & 0xff;
    if ((second == 0x38 || second == 0x3a) && at + 2 < bytes.length) {
      return mandatory + "0f %02x %02x".formatted(second, bytes[at + 2]);
    }
    boolean group = second == 0x00 || second == 0x01 || second == 0x18 || second == 0xae || second == 0xba || second == 0xc7;
    return mandatory + "0f %02x".formatted(second) + (group ? extension(bytes, at + 2) : "");
  }

  /**
   * Whether an instruction's effect depends on which components of the XSAVE area are enabled: XSAVE, XRSTOR, XSAVEOPT, XRSTORS,
   * XSAVEC, XSAVES, XGETBV and XSETBV.
   */
  static boolean ofExtendedState(String opcode) {
    return switch (opcode) {
      case "0f ae /4", "0f ae /5", "0f ae /6", "0f c7 /3", "0f c7 /4", "0f c7 /5", "0f 01 /2" -> true;
      default -> false;
    };
  }

  private static String extension(byte[] bytes, int at) {
    return at < bytes.length ? " /" + (bytes[at] >>> 3 & 7) : "";
  }

  private static boolean isPrefix(int b) {
    return switch (b) {
      case 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65 -> true;
      default -> false;
    };
  }
}
