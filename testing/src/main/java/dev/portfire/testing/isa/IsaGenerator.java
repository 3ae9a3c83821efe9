package dev.portfire.testing.isa;

import dev.portfire.testing.isa.IsaTable.Form;
import dev.portfire.testing.isa.IsaTable.ModRm;
import dev.portfire.testing.isa.IsaTable.Prefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes {@code Forms.java} (decode tables) and {@code Ops.java} (one small class for each specialised operation) of
 * the software CPU from {@code isa.txt}. Run it from the repository's root after changing the table; both files are
 * committed.
 */
public final class IsaGenerator {
  /** The table, relative to the repository's root. */
  public static final Path TABLE = Path.of("softcpu/src/main/resources/dev/portfire/softcpu/isa.txt");

  private static final Path TARGET = Path.of("softcpu/src/main/java/dev/portfire/softcpu");
  private static final String HEADER = "// Generated from isa.txt by IsaGenerator; do not edit.\npackage dev.portfire.softcpu;\n\n";
  private static final int FORMS_PER_METHOD = 50;
  private static final int[] WORD_SIZES = {16, 32, 64};
  private static final String[] CONDITIONS = {
    "O", "No", "B", "Nb", "Z", "Nz", "Be", "Nbe", "S", "Ns", "P", "Np", "L", "Nl", "Le", "Nle"
  };

  private final List<Form> forms;
  private final Map<String, String> classes = new LinkedHashMap<>();

  private IsaGenerator(IsaTable table) {
    this.forms = table.forms();
  }

  /**
   * Generates the files.
   *
   * @param root the repository's root
   * @return contents by file
   */
  public static Map<Path, String> generate(Path root) throws IOException {
    IsaGenerator g = new IsaGenerator(IsaTable.read(root.resolve(TABLE)));
    String factories = g.factories();
    Map<Path, String> files = new LinkedHashMap<>();
    files.put(root.resolve(TARGET).resolve("Forms.java"), g.tables());
    files.put(root.resolve(TARGET).resolve("Ops.java"), g.ops(factories));
    return files;
  }

  /** Writes the generated files; the argument is the repository's root, by default the current directory. */
  public static void main(String[] arguments) throws IOException {
    for (Map.Entry<Path, String> file : generate(Path.of(arguments.length > 0 ? arguments[0] : ".")).entrySet()) {
      Files.writeString(file.getKey(), file.getValue());
    }
  }

  // ---- decode tables

  private static final int MODRM = 1;
  private static final int D64 = 2;
  private static final int F64 = 4;
  private static final int LOCK = 8;
  private static final int END = 16;
  private static final int SIZE_SHIFT = 8;
  private static final int IMMEDIATE_SHIFT = 12;
  private static final int PREFIXED = 32;
  private static final int VVVV = 64;
  private static final int VSIB = 128;

  /** Features of the processor that not every model has, in the order of their bits. */
  private static final List<String> FEATURES =
      List.of("AVX", "AVX2", "BMI1", "BMI2", "LZCNT", "FMA", "F16C", "AES", "PCLMULQDQ", "SHA", "MOVBE", "ADX", "XSAVEC");

  private static int flags(Form f) {
    int flags = 0;
    if (f.hasModRm()) {
      flags |= MODRM;
    }
    if (f.has("d64")) {
      flags |= D64;
    }
    if (f.has("f64")) {
      flags |= F64;
    }
    if (f.has("lock")) {
      flags |= LOCK;
    }
    if (f.has("end")) {
      flags |= END;
    }
    if (f.prefix().isPresent() && f.prefix().get() == Prefix.P66) {
      flags |= PREFIXED;
    }
    if (f.operands().stream().anyMatch(o -> o.charAt(0) == 'H' || o.charAt(0) == 'B')) {
      flags |= VVVV;
    }
    if (f.has("vsib")) {
      flags |= VSIB;
    }
    return flags | sizeClass(f) << SIZE_SHIFT | immediate(f) << IMMEDIATE_SHIFT;
  }

  /** The features that the processor must have for a form. */
  private static int features(Form f) {
    int features = 0;
    int k = FEATURES.indexOf(f.value("x"));
    if (k >= 0) {
      features |= 1 << k;
    }
    if (f.vex() && f.operands().stream().anyMatch(o -> "VWH".indexOf(o.charAt(0)) >= 0)) {
      features |= 1;
    }
    return features;
  }

  /** 0 operand size, 1 byte, 2 word, 3 32 or 64 bits by REX.W. */
  private static int sizeClass(Form f) {
    for (String o : f.operands()) {
      switch (o) {
        case "AL", "b" -> {
          return 1;
        }
        case "rAX", "v" -> {
          return 0;
        }
        default -> {
          if ("EGZMROPB".indexOf(o.charAt(0)) >= 0 && o.length() > 1) {
            return switch (o.charAt(1)) {
              case 'b' -> 1;
              case 'w' -> 2;
              case 'y' -> 3;
              default -> 0;
            };
          }
        }
      }
    }
    return 0;
  }

  private static int immediate(Form f) {
    String all = String.join(",", f.operands());
    if (all.equals("Iw,Ib")) {
      return 9;
    }
    for (String o : f.operands()) {
      int kind =
          switch (o) {
            case "Ib", "Ibs" -> 1;
            case "Iw" -> 2;
            case "Iz" -> 3;
            case "Iv" -> 4;
            case "Jb" -> 5;
            case "Jz" -> 6;
            case "Ob", "Ov" -> 7;
            case "Ap" -> 8;
            default -> 0;
          };
      if (kind != 0) {
        return kind;
      }
    }
    return 0;
  }

  private static final Set<String> SSE = Set.of(
      "MMX", "SSE", "SSE2", "SSE3", "SSSE3", "SSE41", "SSE42", "AES", "PCLMULQDQ", "SHA", "AVX", "AVX2", "FMA", "F16C");

  /** Those with operands that are not in the encoding, those with VEX that a mask keeps from touching memory, and those whose results differ from processor to processor. */
  private static final Set<String> NOT_EMITTED = Set.of(
      "maskmovq", "maskmovdqu", "pcmpestrm", "pcmpestri", "pcmpistrm", "pcmpistri", "rsqrtps", "rsqrtss", "rcpps", "rcpss", "crc32", "ldmxcsr", "stmxcsr",
      "maskmovps", "maskmovpd", "pmaskmovd", "pmaskmovq");

  /**
   * The shape of an MMX or SSE form: bit 0 set; bits 1–2 what ModRM.reg is (0 an extension, 1 XMM, 2 general register, 3 MMX), bits 3–4 the
   * same for ModRM.rm; bit 5 set if ModRM.rm is written; bit 6 set if an immediate byte follows; bits 7–9 log2 of the bytes
   * in memory, 5 meaning 4 or 8 by REX.W; bit 10 set if they must be aligned; bit 11 set if there are twice as many bytes
   * with VEX.L; bit 12 set if VEX.vvvv is a register.
   */
  private static int vectorShape(Form f) {
    String mnemonic = f.vex() ? f.mnemonic().substring(1) : f.mnemonic();
    if (!SSE.contains(f.value("x")) || NOT_EMITTED.contains(mnemonic) || f.has("vsib") || f.operands().isEmpty()
        || f.operands().stream().anyMatch(o -> "VWEGMIHPQ".indexOf(o.charAt(0)) < 0)) {
      return 0;
    }
    int reg = 0;
    int rm = 0;
    int log = 0;
    boolean doubles = false;
    for (String o : f.operands()) {
      switch (o.charAt(0)) {
        case 'G' -> reg = 2;
        case 'V' -> {
          if (f.extension() >= 0 && !f.vex()) {
            rm = 1;
          } else {
            reg = 1;
          }
        }
        case 'P' -> {
          if (f.extension() >= 0) {
            rm = 3;
          } else {
            reg = 3;
          }
        }
        case 'I', 'H' -> {}
        default -> {
          doubles = "xhfe".contains(o.substring(1));
          rm = o.charAt(0) == 'Q' ? 3 : o.charAt(0) == 'E' || f.operands().contains("Gy") && o.charAt(0) == 'M' ? 2 : 1;
          log = switch (o.substring(1)) {
            case "dq", "x" -> 4;
            case "q", "h" -> 3;
            case "f" -> 2;
            case "w", "e" -> 1;
            case "b" -> 0;
            default -> switch (mnemonic) {
              case "pinsrb", "pextrb" -> 0;
              case "pinsrw", "pextrw" -> 1;
              case "extractps" -> 2;
              default -> o.charAt(1) == 'd' ? 2 : 5;
            };
          };
        }
      }
    }
    boolean toRm = "WEMQ".indexOf(f.operands().get(0).charAt(0)) >= 0;
    // Intel's processors want the operands of SHA aligned, AMD's do not.
    boolean aligned = f.vex()
        ? f.has("al")
        : log == 4 && (!f.has("una") || f.value("x").equals("SHA")) && !f.function().equals("SseOps.storeUnaligned");
    return (doubles ? 0x800 : 0) | (f.operands().contains("H") ? 0x1000 : 0) | 1 | reg << 1 | rm << 3 | (toRm ? 32 : 0) | (f.operands().contains("Ib") ? 64 : 0) | log << 7 | (aligned ? 0x400 : 0);
  }

  private String tables() {
    Map<String, Integer> groups = new LinkedHashMap<>();
    groups.put(key(new int[16]), 0);
    char[] root = new char[2 * 4 * 256 * 4];
    char[] vexRoot = new char[3 * 4 * 256 * 4];
    for (int map = 1; map < 4; map++) {
      for (int wl = 0; wl < 4; wl++) {
        for (int opcode = 0; opcode < 256; opcode++) {
          for (Prefix prefix : Prefix.values()) {
            int[] group = vexGroup(map, wl >> 1, wl & 1, opcode, prefix);
            int number = groups.computeIfAbsent(key(group), k -> groups.size());
            vexRoot[(((map - 1) * 4 + wl) * 256 + opcode) * 4 + prefix.ordinal()] = (char) number;
          }
        }
      }
    }
    for (int mode = 0; mode < 2; mode++) {
      for (int map = 0; map < 4; map++) {
        for (int opcode = 0; opcode < 256; opcode++) {
          for (Prefix prefix : Prefix.values()) {
            int[] group = group(mode == 0, map, opcode, prefix);
            int number = groups.computeIfAbsent(key(group), k -> groups.size());
            root[((mode * 4 + map) * 256 + opcode) * 4 + prefix.ordinal()] = (char) number;
          }
        }
      }
    }
    StringBuilder s = new StringBuilder(HEADER);
    s.append("/** Decode tables. */\nfinal class Forms {\n  private Forms() {}\n\n");
    s.append("  /** Flag: a ModRM byte follows. */\n  static final int MODRM = ").append(MODRM).append(";\n");
    s.append("  static final int D64 = ").append(D64).append(";\n");
    s.append("  static final int F64 = ").append(F64).append(";\n");
    s.append("  static final int LOCK = ").append(LOCK).append(";\n");
    s.append("  static final int END = ").append(END).append(";\n");
    s.append("  static final int PREFIXED = ").append(PREFIXED).append(";\n");
    s.append("  static final int VVVV = ").append(VVVV).append(";\n");
    s.append("  static final int VSIB = ").append(VSIB).append(";\n");
    for (int k = 0; k < FEATURES.size(); k++) {
      s.append("  static final int ").append(FEATURES.get(k)).append(" = 1 << ").append(k).append(";\n");
    }
    s.append("  static final int SIZE_SHIFT = ").append(SIZE_SHIFT).append(";\n");
    s.append("  static final int IMMEDIATE_SHIFT = ").append(IMMEDIATE_SHIFT).append(";\n\n");
    s.append("  /** Group by (legacy mode, map, opcode, prefix). */\n  static final char[] ROOT = ");
    literal(s, new String(root));
    s.append(".toCharArray();\n\n  /** Group by (map less 1, VEX.W, VEX.L, opcode, prefix). */\n  static final char[] VEX_ROOT = ");
    literal(s, new String(vexRoot));
    s.append(".toCharArray();\n\n  /** Form by group, (register operand, ModRM.reg). */\n  static final char[] GROUPS = ");
    StringBuilder all = new StringBuilder();
    groups.keySet().forEach(all::append);
    literal(s, all.toString());
    s.append(".toCharArray();\n\n  /** Flags by form. */\n  static final char[] FLAGS = ");
    StringBuilder flags = new StringBuilder("\0");
    forms.forEach(f -> flags.append((char) flags(f)));
    literal(s, flags.toString());
    s.append(".toCharArray();\n\n  /** Features that a form needs, by form. */\n  static final char[] FEATURES = ");
    StringBuilder features = new StringBuilder("\0");
    forms.forEach(f -> features.append((char) features(f)));
    literal(s, features.toString());
    s.append(".toCharArray();\n\n  /** What the native engine must know of an MMX, SSE or AVX form to emit it, by form; 0: it is the interpreter's. */\n");
    s.append("  static final char[] VECTOR = ");
    StringBuilder vectors = new StringBuilder("\0");
    forms.forEach(f -> vectors.append((char) vectorShape(f)));
    literal(s, vectors.toString());
    s.append(".toCharArray();\n}\n");
    return s.toString();
  }

  private static String key(int[] group) {
    StringBuilder s = new StringBuilder();
    for (int form : group) {
      s.append((char) form);
    }
    return s.toString();
  }

  private int[] group(boolean longMode, int map, int opcode, Prefix prefix) {
    int[] group = new int[16];
    List<Form> candidates = forms.stream()
        .filter(f -> !f.vex() && f.map() == map && f.first() <= opcode && opcode <= f.last())
        .filter(f -> !f.has(longMode ? "i64" : "o64"))
        .toList();
    for (boolean explicit : new boolean[] {false, true}) {
      for (Form f : candidates) {
        if (f.prefix().isPresent() != explicit || (explicit && f.prefix().get() != prefix)) {
          continue;
        }
        for (int slot = 0; slot < 16; slot++) {
          boolean register = slot >= 8;
          if ((f.extension() < 0 || f.extension() == (slot & 7))
              && (f.modRm() == ModRm.ANY || (f.modRm() == ModRm.REGISTER) == register)) {
            group[slot] = f.id();
          }
        }
      }
    }
    return group;
  }

  private int[] vexGroup(int map, int w, int l, int opcode, Prefix prefix) {
    int[] group = new int[16];
    for (Form f : forms) {
      if (f.vex() && f.map() == map && f.first() == opcode && f.prefix().get() == prefix && !f.has(w == 0 ? "W1" : "W0")
          && !f.has(l == 0 ? "L1" : "L0")) {
        for (int slot = 0; slot < 16; slot++) {
          if ((f.extension() < 0 || f.extension() == (slot & 7))
              && (f.modRm() == ModRm.ANY || (f.modRm() == ModRm.REGISTER) == slot >= 8)) {
            if (group[slot] != 0) {
              throw new IllegalStateException("two forms for one encoding: " + f);
            }
            group[slot] = f.id();
          }
        }
      }
    }
    return group;
  }

  private static void literal(StringBuilder s, String value) {
    s.append("(\"");
    int column = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (column++ == 100) {
        s.append("\"\n      + \"");
        column = 1;
      }
      if (c < 8 && (i + 1 == value.length() || !isOctal(value.charAt(i + 1)))) {
        s.append('\\').append((int) c);
      } else if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
        s.append(c);
      } else {
        s.append("\\u%04x".formatted((int) c).replace("\\u000a", "\\n").replace("\\u000d", "\\r")
            .replace("\\u0022", "\\\"").replace("\\u005c", "\\\\"));
      }
    }
    s.append("\")");
  }

  private static boolean isOctal(char c) {
    return c >= '0' && c <= '7';
  }

  // ---- operations

  private String ops(String factories) {
    StringBuilder s = new StringBuilder(HEADER);
    s.append("import dev.portfire.softcpu.fpu.AvxLanes;\nimport dev.portfire.softcpu.fpu.Crypto;\nimport dev.portfire.softcpu.fpu.Fma;\n");
    s.append("import dev.portfire.softcpu.fpu.MmxSse;\nimport dev.portfire.softcpu.fpu.SimdState;\nimport dev.portfire.softcpu.fpu.SseFloat;\n\n");
    s.append("/** One small class for each specialised operation, and the factory that picks it. */\n@SuppressWarnings(\"UnnecessaryParentheses\")\nfinal class Ops {\n");
    s.append("  private Ops() {}\n\n").append(factories);
    classes.values().forEach(c -> s.append('\n').append(c));
    return s.append("}\n").toString();
  }

  private String factories() {
    StringBuilder s = new StringBuilder("  /** The operation of a decoded instruction; form 0 is the undefined instruction. */\n");
    s.append("  static Op create(Instruction i) {\n    return switch (i.form / ").append(FORMS_PER_METHOD).append(") {\n");
    int methods = forms.size() / FORMS_PER_METHOD + 1;
    for (int m = 0; m < methods; m++) {
      s.append("      case ").append(m).append(" -> create").append(m).append("(i);\n");
    }
    s.append("      default -> throw new IllegalStateException(\"no form \" + i.form);\n    };\n  }\n");
    call("Undefined", "SystemOps.undefined(c, this);", false);
    for (int m = 0; m < methods; m++) {
      s.append("\n  private static Op create").append(m).append("(Instruction i) {\n    return switch (i.form) {\n");
      if (m == 0) {
        s.append("      case 0 -> new Undefined(i, 0, 0);\n");
      }
      for (Form f : forms) {
        if (f.id() / FORMS_PER_METHOD == m) {
          s.append("      case ").append(f.id()).append(" -> ").append(factory(f)).append(";\n");
        }
      }
      s.append("      default -> throw new IllegalStateException(\"no form \" + i.form);\n    };\n  }\n");
    }
    return s.toString();
  }

  private String factory(Form f) {
    String function = f.function();
    if (f.vex() && !f.kind().equals("call")) {
      return vexVector(f);
    }
    return switch (f.kind()) {
      case "rmw", "cmp", "mov" -> binary(f);
      case "rmw1" -> unary(f);
      case "zx", "sx" -> extension(f);
      case "lea" -> lea();
      case "nop" -> create("Nop", "", "0", "0", "");
      case "push" -> stack("Push");
      case "pop" -> stack("Pop");
      case "jcc" -> conditional();
      case "setcc" -> setCondition();
      case "cmovcc" -> conditionalMove();
      case "jmp" -> branch("Jmp", "c.jump(this, c.r[Instruction.PAGE_BASE] + imm);");
      case "call_near" -> branch("CallNear", "Control.callNear(c, this);");
      case "ret" -> create("Ret", "", "0", "0", "Control.retNear(c, this);");
      case "call" -> callForm(f, function);
      case "x128", "x128i", "x64", "x64i", "x32", "x32i" -> vector(f);
      case "lane" -> lane(f);
      case "lanei" -> laneImmediate(f);
      default -> throw new IllegalArgumentException("unknown semantics: " + f.semantics());
    };
  }

  /** Registers a class (once) and returns the expression that creates it. */
  private String create(String name, String ignored, String d, String s, String body) {
    define(name, "Op", body);
    return "new " + name + "(i, " + d + ", " + s + ")";
  }

  private String branch(String name, String body) {
    define(name, "Op.Branch", body);
    return "new " + name + "(i, 0, 0)";
  }

  private void call(String name, String body, boolean privileged) {
    define(name, "Op", (privileged ? "c.requirePrivilege();\n" : "") + body);
  }

  private void define(String name, String parent, String body) {
    String text = "  static final class " + name + " extends " + parent + " {\n"
        + "    " + name + "(Instruction i, int d, int s) {\n      super(i, d, s);\n    }\n\n"
        + "    @Override\n    void run(Cpu c) {\n" + (body.isEmpty() ? "" : body.strip().indent(6)) + "    }\n  }\n";
    String before = classes.putIfAbsent(name, text);
    if (before != null && !before.equals(text)) {
      throw new IllegalStateException("two bodies for " + name);
    }
  }

  private static String className(String function) {
    String name = function.substring(function.indexOf('.') + 1);
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }

  private String callForm(Form f, String function) {
    String[] parts = function.split("\\.");
    String name = className(function) + "In" + parts[0] + (f.has("cpl0") ? "Privileged" : "");
    call(name, function + "(c, this);", f.has("cpl0"));
    // The first operand picks which way round registers go: G first means d = reg, s = rm.
    boolean byteG = f.operands().contains("Gb");
    boolean byteE = f.operands().contains("Eb") || f.operands().contains("Mb");
    boolean byteZ = f.operands().contains("Zb");
    return "new " + name + "(i, " + (byteG ? "i.reg8()" : "i.reg") + ", " + (byteE || byteZ ? "i.rm8()" : "i.rm") + ")";
  }

  private static String readRegister(int size, String index) {
    return size == 8 ? "c.get8(" + index + ")" : "c.r[" + index + "]";
  }

  private static String writeRegister(int size, String index, String value) {
    return switch (size) {
      case 8 -> "c.set8(" + index + ", " + value + ");";
      case 16 -> "c.r[" + index + "] = c.r[" + index + "] & ~0xffffL | (" + value + ") & 0xffffL;";
      case 32 -> "c.r[" + index + "] = (" + value + ") & 0xffff_ffffL;";
      default -> "c.r[" + index + "] = " + value + ";";
    };
  }

  private static int[] sizes(String operand) {
    return switch (operand) {
      case "AL" -> new int[] {8};
      case "rAX" -> WORD_SIZES;
      default ->
          switch (operand.charAt(1)) {
            case 'b' -> new int[] {8};
            case 'w' -> new int[] {16};
            case 'd' -> new int[] {32};
            case 'q' -> new int[] {64};
            case 'y' -> new int[] {32, 64};
            default -> WORD_SIZES;
          };
    };
  }

  /** An expression that picks by operand size. */
  private static String bySize(int[] sizes, java.util.function.IntFunction<String> expression) {
    StringBuilder s = new StringBuilder();
    for (int k = 0; k < sizes.length - 1; k++) {
      s.append("i.size == ").append(sizes[k]).append(" ? ").append(expression.apply(sizes[k])).append(" : ");
    }
    return s.append(expression.apply(sizes[sizes.length - 1])).toString();
  }

  private String binary(Form f) {
    String destination = f.operands().get(0);
    return bySize(sizes(destination), size -> binary(f, destination, f.operands().get(1), size));
  }

  private String binary(Form f, String destination, String source, int size) {
    String name = (f.kind().equals("mov") ? "Mov" : (f.kind().equals("cmp") ? "Compare" : "") + className(f.function())) + size;
    String reg = size == 8 ? "i.reg8()" : "i.reg";
    String rm = size == 8 ? "i.rm8()" : "i.rm";
    char from = source.equals("CL") ? 'C' : source.equals("1") ? '1' : source.charAt(0) == 'I' ? 'I' : 'R';
    String value = switch (from) {
      case 'C' -> "c.r[1]";
      case '1' -> "1";
      case 'I' -> "imm";
      default -> readRegister(size, "s");
    };
    String suffix = from == '1' ? "One" : String.valueOf(from);
    if (destination.charAt(0) == 'E') {
      String register = registerTarget(f, name + "R" + suffix, size, value, rm, reg);
      String memory = memoryTarget(f, name + "M" + suffix, size, value, reg);
      return "i.memory ? " + memory + " : " + register;
    }
    if (destination.charAt(0) == 'G') {
      String register = registerTarget(f, name + "RR", size, readRegister(size, "s"), reg, rm);
      String load = "c.load" + size + "(address(c))";
      define(name + "RM", "Op", registerBody(f, size, load));
      return "i.memory ? new " + name + "RM(i, " + reg + ", 0) : " + register;
    }
    return registerTarget(f, name + "R" + suffix, size, value, destination.charAt(0) == 'Z' ? rm : "0", "0");
  }

  private String registerTarget(Form f, String name, int size, String value, String d, String s) {
    define(name, "Op", registerBody(f, size, value));
    return "new " + name + "(i, " + d + ", " + s + ")";
  }

  private static String registerBody(Form f, int size, String value) {
    return switch (f.kind()) {
      case "mov" -> writeRegister(size, "d", value);
      case "cmp" -> apply(f, readRegister(size, "d"), value, size) + ";";
      default -> writeRegister(size, "d", apply(f, readRegister(size, "d"), value, size));
    };
  }

  private static String apply(Form f, String a, String b, int size) {
    return f.function() + "(c, " + a + ", " + b + ", " + (64 - size) + ")";
  }

  private String memoryTarget(Form f, String name, int size, String value, String s) {
    if (f.kind().equals("mov")) {
      define(name, "Op", "c.store" + size + "(address(c), " + value + ");");
      return "new " + name + "(i, 0, " + s + ")";
    }
    if (f.kind().equals("cmp")) {
      define(name, "Op", apply(f, "c.load" + size + "(address(c))", value, size) + ";");
      return "new " + name + "(i, 0, " + s + ")";
    }
    modify(name, size, a -> apply(f, a, value, size), f.has("lock"));
    String plain = "new " + name + "(i, 0, " + s + ")";
    return f.has("lock") ? "i.lock ? new Lock" + name + "(i, 0, " + s + ") : " + plain : plain;
  }

  private void modify(String name, int size, java.util.function.UnaryOperator<String> apply, boolean lockable) {
    String plain = "long a = address(c);\nlong at = c.writable" + size + "(a);\n"
        + "if (at >= 0) {\n  c.put" + size + "(at, " + apply.apply("c.get" + size + "(at)") + ");\n} else {\n"
        + "  c.slowStore(a, " + size / 8 + ", " + apply.apply("c.slowLoad(a, " + size / 8 + ")") + ");\n}\n";
    define(name, "Op", plain);
    if (lockable) {
      define("Lock" + name, "Op", "long a = address(c);\nlong at = c.writable" + size + "(a);\n"
          + "if (at >= 0 && (at & " + (size / 8 - 1) + ") == 0) {\n"
          + "  long before = c.carries;\n  long old;\n  long value;\n  do {\n    c.carries = before;\n"
          + "    old = c.get" + size + "(at);\n    value = " + apply.apply("old") + ";\n"
          + "  } while (!c.compareAndSet" + size + "(at, old, value));\n} else {\n"
          + "  synchronized (c.splitLock()) {\n"
          + "    c.slowStore(a, " + size / 8 + ", " + apply.apply("c.slowLoad(a, " + size / 8 + ")") + ");\n  }\n}\n");
    }
  }

  private String unary(Form f) {
    String destination = f.operands().get(0);
    return bySize(sizes(destination), size -> {
      String name = className(f.function()) + size;
      String rm = size == 8 ? "i.rm8()" : "i.rm";
      define(name + "R", "Op", writeRegister(size, "d", f.function() + "(c, " + readRegister(size, "d") + ", " + (64 - size) + ")"));
      String register = "new " + name + "R(i, " + rm + ", 0)";
      if (destination.charAt(0) != 'E') {
        return register;
      }
      modify(name + "M", size, a -> f.function() + "(c, " + a + ", " + (64 - size) + ")", true);
      return "i.memory ? i.lock ? new Lock" + name + "M(i, 0, 0) : new " + name + "M(i, 0, 0) : " + register;
    });
  }

  private String extension(Form f) {
    boolean signed = f.kind().equals("sx");
    int from = sizes(f.operands().get(1))[0];
    String rm = from == 8 ? "i.rm8()" : "i.rm";
    return bySize(WORD_SIZES, size -> {
      String name = (signed ? "SignExtend" : "ZeroExtend") + from + "To" + size;
      define(name + "R", "Op", writeRegister(size, "d", extend(signed, from, readRegister(from, "s"))));
      define(name + "M", "Op", writeRegister(size, "d", extend(signed, from, "c.load" + from + "(address(c))")));
      return "i.memory ? new " + name + "M(i, i.reg, 0) : new " + name + "R(i, i.reg, " + rm + ")";
    });
  }

  private static String extend(boolean signed, int from, String value) {
    if (signed) {
      return "(" + (from == 8 ? "byte" : from == 16 ? "short" : "int") + ") " + value;
    }
    return value + " & " + (from == 8 ? "0xffL" : from == 16 ? "0xffffL" : "0xffff_ffffL");
  }

  private String lea() {
    return bySize(WORD_SIZES, size -> {
      define("Lea" + size, "Op", writeRegister(size, "d", "effectiveAddress(c)"));
      return "new Lea" + size + "(i, i.reg, 0)";
    });
  }

  private String stack(String name) {
    define(name + "64R", "Op", name.equals("Push")
        ? "long[] r = c.r;\nc.store64(r[4] - 8, r[s]);\nr[4] -= 8;"
        : "long[] r = c.r;\nlong value = c.load64(r[4]);\nr[4] += 8;\nr[s] = value;");
    call(name + "RInStack", "Stack." + name.toLowerCase(java.util.Locale.ROOT) + "Register(c, this);", false);
    return "i.size == 64 ? new " + name + "64R(i, 0, i.rm) : new " + name + "RInStack(i, 0, i.rm)";
  }

  private static final String[] TESTS = {
    "c.overflow()", "!c.overflow()", "c.carries < 0", "c.carries >= 0", "c.zero == 0", "c.zero != 0",
    "c.carries < 0 || c.zero == 0", "c.carries >= 0 && c.zero != 0", "c.signParity < 0", "c.signParity >= 0",
    "c.parity()", "!c.parity()", "c.less()", "!c.less()", "c.zero == 0 || c.less()", "c.zero != 0 && !c.less()"
  };

  private String conditional() {
    StringBuilder s = new StringBuilder("switch (i.opcode & 15) {\n");
    for (int k = 0; k < 16; k++) {
      String name = "J" + CONDITIONS[k];
      define(name, "Op.Branch", "if (" + TESTS[k] + ") {\n  c.jump(this, c.r[Instruction.PAGE_BASE] + imm);\n} else {\n  c.fallThrough(this);\n}\n");
      s.append("        case ").append(k).append(" -> new ").append(name).append("(i, 0, 0);\n");
    }
    return s.append("        default -> throw new IllegalStateException();\n      }").toString();
  }

  private String setCondition() {
    define("SetConditionR", "Op", "c.set8(s, c.condition(opcode) ? 1 : 0);");
    define("SetConditionM", "Op", "c.store8(address(c), c.condition(opcode) ? 1 : 0);");
    return "i.memory ? new SetConditionM(i, 0, 0) : new SetConditionR(i, 0, i.rm8())";
  }

  private String conditionalMove() {
    return bySize(WORD_SIZES, size -> {
      String name = "MoveCondition" + size;
      // A 32-bit move clears the upper half even when the condition is false; the memory operand is always read.
      define(name + "R", "Op", "if (c.condition(opcode)) {\n  " + writeRegister(size, "d", "c.r[s]") + "\n}"
          + (size == 32 ? " else {\n  c.r[d] &= 0xffff_ffffL;\n}" : ""));
      define(name + "M", "Op", "long value = c.load" + size + "(address(c));\nif (c.condition(opcode)) {\n  "
          + writeRegister(size, "d", "value") + "\n}" + (size == 32 ? " else {\n  c.r[d] &= 0xffff_ffffL;\n}" : ""));
      return "i.memory ? new " + name + "M(i, i.reg, 0) : new " + name + "R(i, i.reg, i.rm)";
    });
  }

  private static String simdName(Form f) {
    String[] parts = f.function().split("\\.");
    return Character.toUpperCase(parts[1].charAt(0)) + parts[1].substring(1);
  }

  private String vector(Form f) {
    String immediate = f.kind().endsWith("i") ? ", (int) imm & 0xff" : "";
    String name = simdName(f) + "X" + f.kind().substring(1);
    String check = "c.requireSse();\n";
    String call = f.function() + "(c.simd, d, ";
    switch (f.kind().substring(0, f.kind().endsWith("i") ? f.kind().length() - 1 : f.kind().length())) {
      case "x128" -> {
        define(name + "R", "Op", check + "long[] x = c.simd.xmm;\n" + call + "x[2 * s], x[2 * s + 1]" + immediate + ");");
        String unaligned = f.has("una") ? "Una" : "";
        define(name + unaligned + "M", "Op", check + "long a = " + (f.has("una") ? "address(c)" : "c.aligned16(address(c))") + ";\n"
            + "long low = c.load64(a);\n" + call + "low, c.load64(a + 8)" + immediate + ");");
        return "i.memory ? new " + name + unaligned + "M(i, i.reg, 0) : new " + name + "R(i, i.reg, i.rm)";
      }
      case "x64" -> {
        define(name + "R", "Op", check + call + "c.simd.xmm[2 * s]" + immediate + ");");
        define(name + "M", "Op", check + call + "c.load64(address(c))" + immediate + ");");
      }
      case "x32" -> {
        define(name + "R", "Op", check + call + "(int) c.simd.xmm[2 * s]" + immediate + ");");
        define(name + "M", "Op", check + call + "(int) c.load32(address(c))" + immediate + ");");
      }
      default -> throw new IllegalArgumentException(f.semantics());
    }
    return "i.memory ? new " + name + "M(i, i.reg, 0) : new " + name + "R(i, i.reg, i.rm)";
  }

  /** Bytes in memory of the last vector operand with 128 and with 256 bits. */
  private static int[] sourceBytes(Form f) {
    for (String o : f.operands()) {
      if (o.charAt(0) == 'W' || o.charAt(0) == 'M') {
        return switch (o.substring(1)) {
          case "x" -> new int[] {16, 32};
          case "h" -> new int[] {8, 16};
          case "f" -> new int[] {4, 8};
          case "e" -> new int[] {2, 4};
          case "dq" -> new int[] {16, 16};
          case "q" -> new int[] {8, 8};
          case "d" -> new int[] {4, 4};
          case "w" -> new int[] {2, 2};
          default -> new int[] {1, 1};
        };
      }
    }
    throw new IllegalStateException("no source: " + f);
  }

  /** An operation with a VEX prefix: the source into an array, both halves through a register of scratch. */
  private String vexVector(Form f) {
    int[] bytes = sourceBytes(f);
    boolean both = bytes[0] != bytes[1] || f.has("count");
    boolean three = f.operands().contains("H");
    String kind = f.kind();
    String function = f.function();
    String name = "Vex" + simdName(f) + (three ? "3" : "2") + "x" + bytes[0] + (both ? f.has("count") ? "Count" : "Both" : "");
    String source = "Vex." + (f.has("al") ? "alignedSource" : "source") + "(c, this, " + bytes[0] + ", " + bytes[1] + ");\n";
    if (f.has("al")) {
      name += "Aligned";
    }
    if (kind.startsWith("fma")) {
      String order = kind.substring(3);
      String operation = function.substring(function.indexOf('.') + 1);
      boolean wideElement = operation.endsWith("d");
      boolean scalar = operation.charAt(operation.length() - 2) == 's';
      String code = switch (operation.substring(0, operation.length() - 2).replaceAll("\\d", "")) {
        case "fmadd" -> "ADD";
        case "fmsub" -> "SUB";
        case "fnmadd" -> "NEGATED_ADD";
        case "fnmsub" -> "NEGATED_SUB";
        case "fmaddsub" -> "ADD_SUB";
        case "fmsubadd" -> "SUB_ADD";
        default -> throw new IllegalArgumentException(f.semantics());
      };
      name = "Vex" + className(function) + order;
      define(name, "Op", "Vex.fma(c, this, " + order + ", Fma." + code + ", " + wideElement + ", " + scalar + ");");
      return "new " + name + "(i, i.reg, i.rm)";
    }
    if (kind.equals("lanei")) {
      define(name + "Immediate", "Op", source + "long[] s = c.simd.source;\nlong n = imm & 0xff;\nc.simd.set(v, "
          + function + "(s[0], n), " + function + "(s[1], n), "
          + (both ? "wide ? " + function + "(s[2], n) : 0, wide ? " + function + "(s[3], n) : 0" : "0, 0") + ");");
      return "new " + name + "Immediate(i, 0, i.rm)";
    }
    if (kind.equals("lane")) {
      String low = three ? "x.xmm[2 * v]" : "0";
      String high = three ? "x.xmm[2 * v + 1]" : "0";
      String low2 = three ? "x.upper[2 * v]" : "0";
      String high2 = three ? "x.upper[2 * v + 1]" : "0";
      define(name, "Op", source + "SimdState x = c.simd;\nlong[] s = x.source;\nx.set(\n    d,\n    "
          + function + "(" + low + ", s[0]),\n    " + function + "(" + high + ", s[1]),\n    "
          + (both ? "wide ? " + function + "(" + low2 + ", s[2]) : 0,\n    wide ? " + function + "(" + high2 + ", s[3]) : 0" : "0,\n    0")
          + ");");
      return "new " + name + "(i, i.reg, i.rm)";
    }
    boolean numbers = function.startsWith("SseFloat.") || function.contains("vcvtph2ps");
    boolean immediate = kind.equals("x128i") || kind.equals("x64i") || kind.equals("x32i");
    String shift = f.value("hi");
    name += shift.isEmpty() ? "" : "Shift" + shift;
    String low = immediate ? ", (int) imm & 0xff" : "";
    String high = immediate ? shift.isEmpty() ? low : ", ((int) imm & 0xff) >> " + shift : "";
    String first = switch (kind) {
      case "x128", "x128i", "narrow" -> "s[0], s[1]";
      case "x64", "x64i" -> "s[0]";
      case "x32", "x32i" -> "(int) s[0]";
      case "x16" -> "s[0] & 0xffff";
      default -> throw new IllegalArgumentException(f.semantics());
    };
    String second = switch (kind) {
      case "x128", "x128i", "narrow" -> f.has("count") ? "s[0], s[1]" : "s[2], s[3]";
      case "x64", "x64i" -> "s[1]";
      case "x32", "x32i" -> "(int) (s[0] >>> 32)";
      default -> "s[0] >>> 16 & 0xffff";
    };
    StringBuilder s = new StringBuilder(source);
    s.append("SimdState x = c.simd;\nlong[] s = x.source;\n");
    // What has no third operand may still leave bits as they were: none that counts.
    s.append(three ? "x.start(v);\n" : "");
    if (both && numbers) {
      s.append("x.half = wide ? 1 : 0;\n");
    }
    s.append(function).append("(x, SimdState.SCRATCH, ").append(first).append(low).append(");\n");
    if (both) {
      s.append("if (wide) {\n");
      if (numbers) {
        s.append("  x.half = 2;\n");
      }
      s.append("  ").append(function).append("(x, SimdState.SCRATCH + 1, ").append(second).append(high).append(");\n}\n");
    }
    s.append(kind.equals("narrow") ? "x.finishNarrow(d, wide);" : "x.finish(d, " + (both ? "wide" : "false") + ");");
    if (both && numbers) {
      s.append("\nx.half = 0;");
    }
    define(name, "Op", s.toString());
    return "new " + name + "(i, i.reg, i.rm)";
  }

  private String lane(Form f) {
    String name = simdName(f);
    String function = f.function();
    if (f.operands().get(0).charAt(0) == 'P') {
      define(name + "MmxR", "Op", "c.requireMmx();\nc.setMmx(d & 7, " + function + "(c.mmx(d & 7), c.mmx(s & 7)));");
      define(name + "MmxM", "Op", "c.requireMmx();\nlong b = c.load64(address(c));\nc.setMmx(d & 7, " + function + "(c.mmx(d & 7), b));");
      return "i.memory ? new " + name + "MmxM(i, i.reg, 0) : new " + name + "MmxR(i, i.reg, i.rm)";
    }
    define(name + "R", "Op", "c.requireSse();\nlong[] x = c.simd.xmm;\nlong low = " + function + "(x[2 * d], x[2 * s]);\n"
        + "x[2 * d + 1] = " + function + "(x[2 * d + 1], x[2 * s + 1]);\nx[2 * d] = low;");
    define(name + "M", "Op", "c.requireSse();\nlong a = c.aligned16(address(c));\nlong low = c.load64(a);\nlong high = c.load64(a + 8);\n"
        + "long[] x = c.simd.xmm;\nx[2 * d] = " + function + "(x[2 * d], low);\nx[2 * d + 1] = " + function + "(x[2 * d + 1], high);");
    return "i.memory ? new " + name + "M(i, i.reg, 0) : new " + name + "R(i, i.reg, i.rm)";
  }

  private String laneImmediate(Form f) {
    String name = simdName(f) + "Immediate";
    String function = f.function();
    if (f.operands().get(0).charAt(0) == 'P') {
      define(name + "Mmx", "Op", "c.requireMmx();\nc.setMmx(s & 7, " + function + "(c.mmx(s & 7), imm & 0xff));");
      return "new " + name + "Mmx(i, 0, i.rm)";
    }
    define(name, "Op", "c.requireSse();\nlong[] x = c.simd.xmm;\nx[2 * s] = " + function + "(x[2 * s], imm & 0xff);\n"
        + "x[2 * s + 1] = " + function + "(x[2 * s + 1], imm & 0xff);");
    return "new " + name + "(i, 0, i.rm)";
  }
}
