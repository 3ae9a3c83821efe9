package dev.portfire.boot;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes ACPI machine language (ACPI 6.5, chapter 20): as much of it as static device descriptions take. Every method
 * returns the encoding of one term.
 */
final class Aml {
  private static final int ZERO = 0x00;
  private static final int ONE = 0x01;
  private static final int NAME = 0x08;
  private static final int BYTE = 0x0a;
  private static final int WORD = 0x0b;
  private static final int DWORD = 0x0c;
  private static final int STRING = 0x0d;
  private static final int QWORD = 0x0e;
  private static final int SCOPE = 0x10;
  private static final int BUFFER = 0x11;
  private static final int PACKAGE = 0x12;
  private static final int METHOD = 0x14;
  private static final int ARGUMENT_0 = 0x68;
  private static final int NOTIFY = 0x86;
  private static final int EQUAL = 0x93;
  private static final int IF = 0xa0;
  private static final int EXTENDED = 0x5b;
  private static final int DEVICE = 0x82;

  private static final int MEMORY_32_FIXED = 0x86;
  private static final int EXTENDED_INTERRUPT = 0x89;
  private static final int IO_PORTS = 0x47;
  private static final int WORD_SPACE = 0x88;
  private static final int QWORD_SPACE = 0x8a;

  /** Minimum and maximum of an address space are fixed. */
  private static final int SPACE_FIXED = 0xc;

  private static final int SPACE_MEMORY = 0;
  private static final int SPACE_BUS = 2;
  private static final int MEMORY_READ_WRITE = 1;
  private static final int END_TAG = 0x79;

  private static final int METHOD_SERIALIZED = 8;

  private static final int INTERRUPT_CONSUMER = 1;
  private static final int INTERRUPT_EDGE = 2;

  private Aml() {}

  static byte[] concat(byte[]... terms) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] term : terms) {
      out.writeBytes(term);
    }
    return out.toByteArray();
  }

  private static byte[] bytes(int... values) {
    byte[] result = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = (byte) values[i];
    }
    return result;
  }

  private static byte[] little(long value, int size) {
    byte[] result = new byte[size];
    for (int i = 0; i < size; i++) {
      result[i] = (byte) (value >>> (8 * i));
    }
    return result;
  }

  /** An integer in its shortest form. */
  static byte[] integer(long value) {
    if (value == 0) {
      return bytes(ZERO);
    }
    if (value == 1) {
      return bytes(ONE);
    }
    if (value >>> 8 == 0) {
      return concat(bytes(BYTE), little(value, 1));
    }
    if (value >>> 16 == 0) {
      return concat(bytes(WORD), little(value, 2));
    }
    return value >>> 32 == 0 ? concat(bytes(DWORD), little(value, 4)) : concat(bytes(QWORD), little(value, 8));
  }

  /** A string of ASCII characters. */
  static byte[] string(String value) {
    return concat(bytes(STRING), value.getBytes(StandardCharsets.US_ASCII), bytes(0));
  }

  /**
   * A compressed plug-and-play id (ACPI 6.5, 19.3.4): three letters of five bits, four hexadecimal digits, big-endian.
   */
  static byte[] eisaId(String id) {
    int letters = (id.charAt(0) - '@') << 10 | (id.charAt(1) - '@') << 5 | (id.charAt(2) - '@');
    int number = letters << 16 | Integer.parseInt(id.substring(3), 16);
    return concat(bytes(DWORD), little(Integer.toUnsignedLong(Integer.reverseBytes(number)), 4));
  }

  /** A path: a root prefix or nothing, and one name segment of one to four characters. */
  private static byte[] path(String name) {
    boolean root = name.startsWith("\\");
    String segment = (root ? name.substring(1) : name);
    byte[] padded = (segment + "____").substring(0, 4).getBytes(StandardCharsets.US_ASCII);
    return root ? concat(bytes('\\'), padded) : padded;
  }

  /** {@code Name (name, value)}. */
  static byte[] name(String name, byte[] value) {
    return concat(bytes(NAME), path(name), value);
  }

  /** {@code Scope (name) {terms}}. */
  static byte[] scope(String name, byte[]... terms) {
    return concat(bytes(SCOPE), withLength(concat(path(name), concat(terms))));
  }

  /** {@code Device (name) {terms}}. */
  static byte[] device(String name, byte[]... terms) {
    return concat(bytes(EXTENDED, DEVICE), withLength(concat(path(name), concat(terms))));
  }

  /** {@code Method (name, arguments, Serialized) {terms}}. */
  static byte[] method(String name, int arguments, byte[]... terms) {
    return concat(
        bytes(METHOD), withLength(concat(path(name), bytes(arguments | METHOD_SERIALIZED), concat(terms))));
  }

  /** {@code If (Arg0 == value) {term}}. */
  static byte[] ifArgumentIs(long value, byte[] term) {
    return concat(bytes(IF), withLength(concat(bytes(EQUAL, ARGUMENT_0), integer(value), term)));
  }

  /** {@code Notify (name, value)}. */
  static byte[] notify(String name, long value) {
    return concat(bytes(NOTIFY), path(name), integer(value));
  }

  /** {@code Package () {elements}}. */
  static byte[] packageOf(byte[]... elements) {
    return concat(bytes(PACKAGE), withLength(concat(bytes(elements.length), concat(elements))));
  }

  /** {@code ResourceTemplate () {descriptors}}. */
  static byte[] resources(byte[]... descriptors) {
    // A checksum of zero in the end tag means that there is none.
    byte[] all = concat(concat(descriptors), bytes(END_TAG, 0));
    return concat(bytes(BUFFER), withLength(concat(integer(all.length), all)));
  }

  /** {@code Memory32Fixed (ReadWrite, base, length)}. */
  static byte[] memory(long base, long length) {
    return concat(bytes(MEMORY_32_FIXED, 9, 0, 1), little(base, 4), little(length, 4));
  }

  /** {@code WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, first, last, 0, count)}. */
  static byte[] buses(int first, int last) {
    return concat(
        bytes(WORD_SPACE, 0x0d, 0, SPACE_BUS, SPACE_FIXED, 0),
        little(0, 2),
        little(first, 2),
        little(last, 2),
        little(0, 2),
        little(last - first + 1, 2));
  }

  /** {@code QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, base, ...)}. */
  static byte[] memoryWindow(long base, long length) {
    return concat(
        bytes(QWORD_SPACE, 0x2b, 0, SPACE_MEMORY, SPACE_FIXED, MEMORY_READ_WRITE),
        little(0, 8),
        little(base, 8),
        little(base + length - 1, 8),
        little(0, 8),
        little(length, 8));
  }

  /** {@code IO (Decode16, base, base, 1, length)}. */
  static byte[] ports(int base, int length) {
    return concat(bytes(IO_PORTS, 1), little(base, 2), little(base, 2), bytes(1, length));
  }

  /** {@code Interrupt (ResourceConsumer, Edge, ActiveHigh, Exclusive) {gsi}}. */
  static byte[] interrupt(int gsi) {
    return concat(bytes(EXTENDED_INTERRUPT, 6, 0, INTERRUPT_CONSUMER | INTERRUPT_EDGE, 1), little(gsi, 4));
  }

  /** Puts the package length (ACPI 6.5, 20.2.4) before a body; the length counts itself. */
  private static byte[] withLength(byte[] body) {
    int length = body.length + 1;
    if (length < 1 << 6) {
      return concat(bytes(length), body);
    }
    int extra = 1;
    while (body.length + 1 + extra >= 1 << (4 + 8 * extra)) {
      extra++;
    }
    length = body.length + 1 + extra;
    return concat(bytes(extra << 6 | (length & 0xf)), little(length >>> 4, extra), body);
  }
}
