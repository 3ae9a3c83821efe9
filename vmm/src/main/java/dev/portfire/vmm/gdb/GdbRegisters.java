package dev.portfire.vmm.gdb;

import dev.portfire.machine.X86State;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A vCPU's registers in GDB's order and widths, and the target description that tells GDB of them (GDB's manual, appendix G:
 * features {@code org.gnu.gdb.i386.*}; what has no standard feature is in one of our own).
 */
final class GdbRegisters {
  private static final int MSR_KERNEL_GS_BASE = 0xc000_0102;

  // Offsets in the XSAVE area (SDM volume 1, 10.5.1 and 13.4).
  private static final int FCW = 0;
  private static final int FSW = 2;
  private static final int FTW = 4;
  private static final int FOP = 6;
  private static final int FIP = 8;
  private static final int FCS = 12;
  private static final int FDP = 16;
  private static final int FDS = 20;
  private static final int MXCSR = 24;
  private static final int ST = 32;
  private static final int XMM = 160;
  private static final int HEADER = 512;

  private static final List<String> GENERAL = List.of(
      "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15");

  /** Where X86State has them. */
  private static final int[] NUMBERS = {0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15};

  private static final List<String> SEGMENTS = List.of("cs", "ss", "ds", "es", "fs", "gs");
  private static final int[] SEGMENT_NUMBERS = {
    X86State.CS, X86State.SS, X86State.DS, X86State.ES, X86State.FS, X86State.GS
  };
  private static final List<String> FLOAT = List.of("fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop");
  private static final List<String> SYSTEM = List.of("k_gs_base", "cr0", "cr2", "cr3", "cr4", "cr8", "efer");

  /** A register's place among all registers' bytes. */
  private record Place(int offset, int length) {}

  private static final List<Place> PLACES = new ArrayList<>();
  private static final int LENGTH;
  static final String DESCRIPTION;

  static {
    StringBuilder xml = new StringBuilder("""
        <?xml version="1.0"?>
        <!DOCTYPE target SYSTEM "gdb-target.dtd">
        <target>
        <architecture>i386:x86-64</architecture>
        <feature name="org.gnu.gdb.i386.core">
        <flags id="i386_eflags" size="4">
        """);
    Map<String, Integer> flags = new HashMap<>(Map.of("CF", 0, "", 1, "PF", 2, "AF", 4, "ZF", 6, "SF", 7, "TF", 8, "IF", 9));
    flags.putAll(Map.of("DF", 10, "OF", 11, "NT", 14, "RF", 16, "VM", 17, "AC", 18, "VIF", 19, "VIP", 20, "ID", 21));
    flags.entrySet().stream().sorted(Map.Entry.comparingByValue()).forEach(flag ->
        xml.append("<field name=\"%s\" start=\"%d\" end=\"%d\"/>\n".formatted(flag.getKey(), flag.getValue(), flag.getValue())));
    xml.append("</flags>\n");
    int at = 0;
    for (String name : GENERAL) {
      at = add(xml, at, name, 64, name.equals("rbp") || name.equals("rsp") ? "data_ptr" : "int64", "general");
    }
    at = add(xml, at, "rip", 64, "code_ptr", "general");
    at = add(xml, at, "eflags", 32, "i386_eflags", "general");
    for (String name : SEGMENTS) {
      at = add(xml, at, name, 32, "int32", "general");
    }
    for (int k = 0; k < 8; k++) {
      at = add(xml, at, "st" + k, 80, "i387_ext", "float");
    }
    for (String name : FLOAT) {
      at = add(xml, at, name, 32, "int", "float");
    }
    xml.append("""
        </feature>
        <feature name="org.gnu.gdb.i386.sse">
        <vector id="v4f" type="ieee_single" count="4"/>
        <vector id="v2d" type="ieee_double" count="2"/>
        <vector id="v16i8" type="int8" count="16"/>
        <vector id="v8i16" type="int16" count="8"/>
        <vector id="v4i32" type="int32" count="4"/>
        <vector id="v2i64" type="int64" count="2"/>
        <union id="vec128">
        <field name="v4_float" type="v4f"/>
        <field name="v2_double" type="v2d"/>
        <field name="v16_int8" type="v16i8"/>
        <field name="v8_int16" type="v8i16"/>
        <field name="v4_int32" type="v4i32"/>
        <field name="v2_int64" type="v2i64"/>
        <field name="uint128" type="uint128"/>
        </union>
        """);
    for (int k = 0; k < 16; k++) {
      at = add(xml, at, "xmm" + k, 128, "vec128", "vector");
    }
    at = add(xml, at, "mxcsr", 32, "int", "vector");
    xml.append("</feature>\n<feature name=\"org.gnu.gdb.i386.segments\">\n");
    at = add(xml, at, "fs_base", 64, "int", "general");
    at = add(xml, at, "gs_base", 64, "int", "general");
    xml.append("</feature>\n<feature name=\"dev.portfire.system\">\n");
    for (String name : SYSTEM) {
      at = add(xml, at, name, 64, "int64", "system");
    }
    LENGTH = at;
    DESCRIPTION = xml.append("</feature>\n</target>\n").toString();
  }

  private GdbRegisters() {}

  private static int add(StringBuilder xml, int at, String name, int bits, String type, String group) {
    xml.append("<reg name=\"%s\" bitsize=\"%d\" type=\"%s\" group=\"%s\" regnum=\"%d\"/>\n"
        .formatted(name, bits, type, group, PLACES.size()));
    PLACES.add(new Place(at, bits / 8));
    return at + bits / 8;
  }

  /** How many registers there are. */
  static int count() {
    return PLACES.size();
  }

  /** How many bytes all registers are. */
  static int length() {
    return LENGTH;
  }

  /** All registers, each little-endian. */
  static byte[] read(X86State state) {
    ByteBuffer out = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer area = ByteBuffer.wrap(state.xsave()).order(ByteOrder.LITTLE_ENDIAN);
    for (int number : NUMBERS) {
      out.putLong(state.general()[number]);
    }
    out.putLong(state.rip()).putInt((int) state.rflags());
    for (int number : SEGMENT_NUMBERS) {
      out.putInt(state.segments()[number].selector());
    }
    for (int k = 0; k < 8; k++) {
      out.put(state.xsave(), ST + 16 * k, 10);
    }
    out.putInt(area.getShort(FCW) & 0xffff).putInt(area.getShort(FSW) & 0xffff).putInt(fullTags(area));
    out.putInt(area.getShort(FCS) & 0xffff).putInt(area.getInt(FIP));
    out.putInt(area.getShort(FDS) & 0xffff).putInt(area.getInt(FDP)).putInt(area.getShort(FOP) & 0x7ff);
    out.put(state.xsave(), XMM, 256).putInt(area.getInt(MXCSR));
    out.putLong(state.segments()[X86State.FS].base()).putLong(state.segments()[X86State.GS].base());
    X86State.Control control = state.control();
    out.putLong(state.msrs().getOrDefault(MSR_KERNEL_GS_BASE, 0L));
    out.putLong(control.cr0()).putLong(control.cr2()).putLong(control.cr3()).putLong(control.cr4());
    out.putLong(control.cr8()).putLong(control.efer());
    return out.array();
  }

  /** One register's bytes out of {@link #read}'s. */
  static byte[] one(byte[] all, int number) {
    Place place = PLACES.get(number);
    return Arrays.copyOfRange(all, place.offset, place.offset + place.length);
  }

  /** Puts one register into {@link #read}'s bytes; what is too short or too long is refused. */
  static boolean put(byte[] all, int number, byte[] value) {
    Place place = PLACES.get(number);
    if (value.length != place.length) {
      return false;
    }
    System.arraycopy(value, 0, all, place.offset, value.length);
    return true;
  }

  /**
   * The state with other registers. Selectors stay as they are: their descriptors would have to be loaded.
   *
   * @param bytes as {@link #read} gives them
   */
  static X86State write(X86State state, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] xsave = state.xsave().clone();
    ByteBuffer area = ByteBuffer.wrap(xsave).order(ByteOrder.LITTLE_ENDIAN);
    long[] general = new long[16];
    for (int number : NUMBERS) {
      general[number] = in.getLong();
    }
    long rip = in.getLong();
    long rflags = in.getInt() & 0xffff_ffffL | 2;
    in.position(in.position() + 4 * SEGMENTS.size());
    for (int k = 0; k < 8; k++) {
      in.get(xsave, ST + 16 * k, 10);
    }
    area.putShort(FCW, (short) in.getInt()).putShort(FSW, (short) in.getInt());
    area.put(FTW, abridgedTags(in.getInt()));
    area.putShort(FCS, (short) in.getInt()).putInt(FIP, in.getInt());
    area.putShort(FDS, (short) in.getInt()).putInt(FDP, in.getInt()).putShort(FOP, (short) in.getInt());
    in.get(xsave, XMM, 256);
    // Reserved bits would be a fault of whoever loads it.
    area.putInt(MXCSR, in.getInt() & 0xffff);
    area.putLong(HEADER, area.getLong(HEADER) | 3);
    X86State.Segment[] segments = state.segments().clone();
    segments[X86State.FS] = based(segments[X86State.FS], in.getLong());
    segments[X86State.GS] = based(segments[X86State.GS], in.getLong());
    Map<Integer, Long> msrs = new HashMap<>(state.msrs());
    msrs.put(MSR_KERNEL_GS_BASE, in.getLong());
    X86State.Control control = new X86State.Control(
        in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong(), state.control().xcr0());
    return new X86State(
        general, rip, rflags, segments, state.gdt(), state.idt(), control, state.debug(), msrs, xsave, state.runState(),
        state.events(), state.apic());
  }

  private static X86State.Segment based(X86State.Segment segment, long base) {
    return new X86State.Segment(segment.selector(), base, segment.limit(), segment.access());
  }

  /** The tag word with two bits for each register: valid, zero, special or empty (SDM volume 1, 8.1.7). */
  private static int fullTags(ByteBuffer area) {
    int top = area.getShort(FSW) >> 11 & 7;
    int tags = 0;
    for (int physical = 0; physical < 8; physical++) {
      int tag = 3;
      if ((area.get(FTW) & 1 << physical) != 0) {
        int at = ST + 16 * (physical - top & 7);
        long fraction = area.getLong(at);
        int exponent = area.getShort(at + 8) & 0x7fff;
        tag = exponent == 0 && fraction == 0 ? 1 : exponent == 0x7fff || exponent == 0 || fraction >= 0 ? 2 : 0;
      }
      tags |= tag << 2 * physical;
    }
    return tags;
  }

  private static byte abridgedTags(int full) {
    int tags = 0;
    for (int k = 0; k < 8; k++) {
      tags |= (full >> 2 * k & 3) == 3 ? 0 : 1 << k;
    }
    return (byte) tags;
  }
}
