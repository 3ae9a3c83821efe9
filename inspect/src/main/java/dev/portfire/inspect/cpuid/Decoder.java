package dev.portfire.inspect.cpuid;

import dev.portfire.inspect.Resource;
import dev.portfire.machine.CpuidLeaf;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tells in words what leaves mean, after the table {@code leaves.txt}. */
final class Decoder {
  /** A field of the table: how it is shown, with what arguments, behind which label. */
  private record Field(char kind, String[] words, String[] texts, String label) {}

  /**
   * Fields that a row has.
   *
   * @param condition "any", or the maker or the hypervisor that they are for, or "threads" or "cores" for what is counted
   * @param repeated the name in the heading of each subleaf, or empty
   * @param heading the heading, or empty if this goes on where another ends
   */
  private record Block(int leaf, int subleaf, String condition, String repeated, String heading, List<Field> fields) {}

  private static final Map<String, String> HYPERVISORS =
      Map.of("KVMKVMKVM\0\0\0", "kvm", "Microsoft Hv", "hyperv", "XenVMMXenVMM", "xen", "Linux KVM Hv", "hyperv", "ACRNACRNACRN", "acrn");

  /** Leaves that say something only together with others. */
  private static final Set<Integer> NOT_ALONE = Set.of(3, 0x8000_0001, 0x8000_0002, 0x8000_0003, 0x8000_0004);

  /** Leaves that count threads or cores, by the processor's age. */
  private static final Set<Integer> COUNTING = Set.of(0x8000_0008, 0x8000_001e);

  private static final int HYPERVISOR_RANGE = 0x4000_0000;

  private final Map<Integer, List<Block>> blocks = new HashMap<>();
  private final Set<Integer> silent = new HashSet<>();
  private final Map<Integer, String> descriptors = numbered("descriptors.txt");
  private final Map<Integer, String> brands = numbered("brands.txt");

  private Map<Long, CpuidLeaf> rows = Map.of();
  private StringBuilder text = new StringBuilder();

  /** Whether it is one leaf of which nothing else is known. */
  private boolean alone;

  Decoder() {
    List<Field> fields = new ArrayList<>();
    for (String line : Resource.lines(Decoder.class, "leaves.txt")) {
      String[] parts = line.split("\t", 2);
      switch (line.charAt(0)) {
        case '@' -> {
          String[] words = line.split(" ", 5);
          fields = new ArrayList<>();
          int leaf = Integer.parseUnsignedInt(words[1].substring(2), 16);
          int subleaf = Integer.parseUnsignedInt(words[2].substring(2), 16);
          blocks.computeIfAbsent(leaf, key -> new ArrayList<>())
              .add(new Block(leaf, subleaf, words[3], words.length > 4 ? words[4] : "", "", fields));
          last = leaf;
        }
        case 'H' -> {
          List<Block> all = blocks.getOrDefault(last, new ArrayList<>());
          Block block = all.removeLast();
          all.add(new Block(block.leaf, block.subleaf, block.condition, block.repeated, line.substring(2), fields));
        }
        case 'N' -> {
          for (String word : line.substring(2).split(" ", -1)) {
            silent.add(Integer.parseUnsignedInt(word.substring(2), 16));
          }
        }
        default -> {
          String[] texts = parts[0].split("\\|", -1);
          fields.add(new Field(line.charAt(0), texts[0].split(" ", -1), texts, parts[1]));
        }
      }
    }
  }

  private int last;

  private static Map<Integer, String> numbered(String resource) {
    Map<Integer, String> texts = new HashMap<>();
    for (String line : Resource.lines(Decoder.class, resource)) {
      int space = line.indexOf(' ');
      texts.put(Integer.parseInt(line.substring(0, space)), line.substring(space + 1));
    }
    return texts;
  }

  /** Tells all of a CPU's leaves. */
  String decode(List<CpuidLeaf> leaves) {
    alone = false;
    start(leaves);
    for (CpuidLeaf row : leaves) {
      row(row, leaves);
    }
    text.append(Conclusions.text(vendor(), leaves()));
    return text.toString();
  }

  /** Tells one leaf, as far as it can be told alone. */
  String alone(CpuidLeaf leaf) {
    boolean hypervisor = leaf.function() > HYPERVISOR_RANGE && leaf.function() < HYPERVISOR_RANGE + 0x1000_0000;
    if (hypervisor || NOT_ALONE.contains(leaf.function())) {
      return Dump.line(leaf);
    }
    alone = true;
    start(List.of(leaf));
    row(leaf, List.of(leaf));
    return text.toString();
  }

  private void start(List<CpuidLeaf> leaves) {
    rows = new HashMap<>();
    text = new StringBuilder();
    for (CpuidLeaf leaf : leaves) {
      rows.put(key(leaf.function(), leaf.index()), leaf);
    }
  }

  private static long key(int leaf, int subleaf) {
    return (long) leaf << 32 | subleaf & 0xffff_ffffL;
  }

  private CpuidLeaf get(int leaf) {
    return rows.getOrDefault(key(leaf, 0), new CpuidLeaf(leaf, 0, 0, 0, 0, 0, 0));
  }

  private String vendor() {
    return ascii(get(0).ebx(), get(0).edx(), get(0).ecx());
  }

  private String maker() {
    String name = vendor();
    return name.equals("AuthenticAMD") || name.equals("HygonGenuine") ? "amd" : "intel";
  }

  private Conclusions.Leaves leaves() {
    return (leaf, subleaf) -> Optional.ofNullable(rows.get(key(leaf, subleaf)));
  }

  private String counted() {
    return alone ? "nobody knows" : Conclusions.countsThreads(leaves()) ? "threads" : "cores";
  }

  private String hypervisor(int leaf) {
    CpuidLeaf id = get(leaf & ~0xff);
    return HYPERVISORS.getOrDefault(ascii(id.ebx(), id.ecx(), id.edx()), "none");
  }

  private void row(CpuidLeaf row, List<CpuidLeaf> leaves) {
    int leaf = row.function();
    if (leaf == 2) {
      descriptors(row);
      return;
    }
    boolean virtual = leaf >= HYPERVISOR_RANGE && leaf < HYPERVISOR_RANGE + 0x1000_0000;
    // A second hypervisor's leaves are like the first one's.
    int table = virtual ? leaf & ~0xff00 : leaf;
    List<Block> known = blocks.getOrDefault(table, List.of());
    String condition = virtual ? hypervisor(leaf) : COUNTING.contains(leaf) ? counted() : maker();
    List<Block> fitting =
        known.stream().filter(block -> block.condition.equals("any") || block.condition.equals(condition)).toList();
    if (fitting.isEmpty() && !virtual) {
      fitting = known;
    }
    boolean shown = false;
    boolean first = row.index() == lowest(leaves, leaf);
    for (Block block : fitting) {
      if (!block.repeated.isEmpty() && row.index() < block.subleaf) {
        continue;
      }
      if (!block.repeated.isEmpty()) {
        repeated(block, row, first);
        shown = true;
      } else if (block.subleaf == row.index()) {
        fields(block, row, true);
        shown = true;
      }
    }
    if (!shown && !silent.contains(leaf) && fitting.stream().noneMatch(block -> block.subleaf == row.index())) {
      text.append(Dump.line(row));
    }
  }

  private static int lowest(List<CpuidLeaf> leaves, int function) {
    for (CpuidLeaf leaf : leaves) {
      if (leaf.function() == function) {
        return leaf.index();
      }
    }
    return 0;
  }

  private void repeated(Block block, CpuidLeaf row, boolean first) {
    if (first && !block.heading.isEmpty()) {
      text.append("   ").append(block.heading).append('\n');
    }
    text.append("      --- ").append(block.repeated).append(' ').append(row.index()).append(" ---\n");
    if (row.function() == 4 && (row.eax() & 0x1f) == 0) {
      field(block.fields.getFirst(), row);
      return;
    }
    fields(block, row, false);
  }

  private void fields(Block block, CpuidLeaf row, boolean heading) {
    if (heading && !block.heading.isEmpty()) {
      boolean hygon = block.heading.startsWith("AMD ") && vendor().equals("HygonGenuine");
      text.append("   ").append(hygon ? block.heading.replace("AMD ", "Hygon ") : block.heading).append('\n');
    }
    for (Field field : block.fields) {
      field(field, row);
    }
  }

  private static int register(CpuidLeaf row, String name) {
    return row.get(CpuidLeaf.Register.valueOf(name.toUpperCase(Locale.ROOT)));
  }

  private static long bits(CpuidLeaf row, Field field) {
    int low = Integer.parseInt(field.words[2]);
    int width = Integer.parseInt(field.words[3]);
    return (register(row, field.words[1]) & 0xffff_ffffL) >>> low & (1L << width) - 1;
  }

  private void field(Field field, CpuidLeaf row) {
    String[] words = field.words;
    if (field.kind == 'T') {
      top(field, row);
      return;
    }
    if (field.kind == 'S' && words[1].equals("pconfig")) {
      targets(field.label, row);
      return;
    }
    if (field.kind == 'S' && words[1].equals("brand")) {
      text.append(BrandId.text(row.ebx(), get(1).eax()));
      return;
    }
    if (field.kind == 'S' && words[1].equals("qos") && (row.eax() & 0xff) == 0) {
      return;
    }
    if (field.kind == 'S' && words[1].equals("simple") && !rows.containsKey(key(0, 0))) {
      text.append('\n');
      return;
    }
    String value = switch (field.kind) {
      case 'B' -> {
        boolean set = (register(row, words[1]) >>> Integer.parseInt(words[2]) & 1) != 0;
        yield Boolean.toString(set != (words.length > 3 && words[3].equals("!")));
      }
      case 'X' -> {
        long number = bits(row, field) + Integer.parseInt(words[4]) & 0xffff_ffffL;
        yield hexAndDecimal(number, Integer.parseInt(words[5]));
      }
      case 'D' -> bits(row, field) + Integer.parseInt(words[4]) + (words.length > 5 ? " " + words[5] : "");
      case 'E' -> choice(field, bits(row, field));
      case 'M' -> "0x" + digits(register(row, words[2]), 8) + digits(register(row, words[1]), 8);
      case 'Z' -> "0x" + digits(register(row, words[1]), 8);
      case 'V' -> {
        int bit = Integer.parseInt(words[2]);
        boolean available = (row.eax() >>> 24) > bit && (row.ebx() >>> bit & 1) == 0;
        yield available ? "available" : "not available";
      }
      case 'U' -> Boolean.toString((row.ebx() & 1 << 29) == 0 && Conclusions.family(get(0x8000_0001).eax()) != 0x19);
      default -> words[1].equals("simple") ? Conclusions.processor(vendor(), row.eax(), row.function() != 1).name() : computed(words, row);
    };
    text.append("      ").append(field.label).append("= ").append(value).append('\n');
  }

  /** The three targets of a subleaf of PCONFIG's, unless it is invalid. */
  private void targets(String label, CpuidLeaf row) {
    if ((row.eax() & 0xfff) == 0) {
      return;
    }
    int number = 3 * row.index();
    for (int target : new int[] {row.ebx(), row.ecx(), row.edx()}) {
      String value = target == 0 ? "ignored (0)" : target == 1 ? "MKTME (1)" : "0x" + Integer.toHexString(target) + " (" + target + ")";
      text.append("      ").append(label).append(++number).append(" = ").append(value).append('\n');
    }
  }

  private static String choice(Field field, long value) {
    String start = value + ":";
    for (int i = 2; i < field.texts.length; i++) {
      if (field.texts[i].startsWith(start)) {
        return field.texts[i].substring(start.length());
      }
    }
    return field.texts[1].replace("%d", Long.toString(value)).replace("%x", Long.toHexString(value));
  }

  private static String digits(long value, int count) {
    String number = Long.toHexString(value & 0xffff_ffffL);
    return "0".repeat(Math.max(0, count - number.length())) + number;
  }

  private static String hexAndDecimal(long value, int digits) {
    String number = Long.toHexString(value);
    return "0x" + "0".repeat(Math.max(0, digits - number.length())) + number + " (" + value + ")";
  }

  /** A size in KB or MB: with one digit behind the point unless it is a whole number of them. */
  private static String inUnits(long size, int log, String unit) {
    boolean whole = (size & (1L << log) - 1) == 0;
    // Ties go to the even digit, as with printf; Java's formats round them up.
    String number = BigDecimal.valueOf(size).divide(BigDecimal.valueOf(1L << log)).setScale(whole ? 0 : 1, RoundingMode.HALF_EVEN).toString();
    return " (" + number + " " + unit + ")";
  }

  private static String computed(String[] words, CpuidLeaf row) {
    return switch (words[1]) {
      case "family" -> hexAndDecimal(Conclusions.family(row.eax()), 0);
      case "model" -> hexAndDecimal(Conclusions.model(row.eax()), 0);
      case "size" -> {
        long ways = (row.ebx() >>> 22) + 1L;
        long partitions = (row.ebx() >>> 12 & 0x3ff) + 1L;
        long line = (row.ebx() & 0xfff) + 1L;
        // In 32 bits, as in the original.
        long size = ways * partitions * line * ((row.ecx() & 0xffff_ffffL) + 1) & 0xffff_ffffL;
        yield size + (size > 1 << 20 ? inUnits(size, 20, "MB") : size > 1 << 10 ? inUnits(size, 10, "KB") : "");
      }
      case "mask128" -> "0x" + digits(row.edx(), 8) + digits(row.ecx(), 8) + digits(row.ebx(), 8) + digits(row.eax(), 8);
      case "ratio" -> Integer.toUnsignedString(row.ebx()) + "/" + Integer.toUnsignedString(row.eax());
      case "epc" -> "0x" + digits(register(row, words[3]) & 0xfffff, 8) + digits(register(row, words[2]) & 0xffff_f000, 8);
      case "offset" -> {
        long offset = (long) row.ebx() << 32 | row.eax() & 0xffff_ffffL;
        yield "0x" + Long.toHexString(offset) + " (" + Long.toUnsignedString(offset) + ")";
      }
      case "qos" -> Integer.toString((row.eax() & 0xff) + 24);
      case "patch" -> {
        int size = (row.ebx() & 0x7ff) * 16;
        yield size == 0 ? "<= 0x15c0 (5568) (legacy value)" : size + " (0x" + Integer.toHexString(size) + ")";
      }
      case "text" -> '"' + printable(ascii(row.eax())) + '"';
      case "version" -> {
        int version = register(row, words[2]);
        yield (version >>> 16) + "." + (version & 0xffff);
      }
      default -> throw new IllegalArgumentException("the table has a field " + words[1]);
    };
  }

  private void top(Field field, CpuidLeaf row) {
    String value = switch (field.words[1]) {
      case "vendor" -> '"' + printable(ascii(row.ebx(), row.edx(), row.ecx()).replace("\0", "")) + '"';
      case "brandid" -> {
        int index = row.ebx() & 0xff;
        yield "0x" + digits(index, 2) + " (" + index + "): " + brands.getOrDefault(index, "unknown");
      }
      case "serial" -> {
        StringBuilder serial = new StringBuilder();
        for (int part : new int[] {get(1).eax(), row.edx(), row.ecx()}) {
          serial.append(serial.isEmpty() ? "" : "-").append(digits(part >>> 16, 4)).append('-').append(digits(part & 0xffff, 4));
        }
        yield serial.toString().toUpperCase(Locale.ROOT);
      }
      case "hypervisor" -> '"' + printable(ascii(row.ebx(), row.ecx(), row.edx())) + '"';
      case "brand" -> '"' + brand() + '"';
      case "nasid" -> hexAndDecimal(row.ebx() & 0xffff_ffffL, 0) + ":";
      default -> Integer.toUnsignedString(register(row, field.words[2]));
    };
    text.append("   ").append(field.label);
    if (field.words[1].equals("hypervisor")) {
      text.append(" (0x").append(digits(row.function(), 8)).append(')');
    }
    text.append(" = ").append(value).append('\n');
  }

  private String brand() {
    StringBuilder name = new StringBuilder();
    for (int leaf = 0x8000_0002; leaf <= 0x8000_0004; leaf++) {
      CpuidLeaf row = get(leaf);
      name.append(ascii(row.eax(), row.ebx(), row.ecx(), row.edx()));
    }
    int end = name.indexOf("\0");
    // It may come from a file: nothing goes to a terminal as it is.
    return printable(end < 0 ? name.toString() : name.substring(0, end));
  }

  private static String ascii(int... registers) {
    byte[] bytes = new byte[registers.length * 4];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (registers[i / 4] >> i % 4 * 8);
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String printable(String name) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < ' ' || c > '~') {
        shown.append('\\').append(Integer.toOctalString(c));
      } else {
        shown.append(c);
      }
    }
    return shown.toString();
  }

  private void descriptors(CpuidLeaf row) {
    text.append("   cache and TLB information (2):\n");
    for (int register : new int[] {row.eax() & ~0xff, row.ebx(), row.ecx(), row.edx()}) {
      for (int i = 0; i < Integer.SIZE && register >= 0; i += 8) {
        int descriptor = register >>> i & 0xff;
        if (descriptor != 0) {
          text.append("      ").append(descriptors.getOrDefault(descriptor, "0x" + digits(descriptor, 2) + ": unknown")).append('\n');
        }
      }
    }
  }
}
