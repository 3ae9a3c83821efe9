package dev.portfire.vmm.cputemplate;

import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.CpuTemplate.Capability;
import dev.portfire.machine.CpuTemplate.LeafModifier;
import dev.portfire.machine.CpuTemplate.MsrModifier;
import dev.portfire.machine.CpuTemplate.RegisterModifier;
import dev.portfire.machine.CpuidLeaf.Register;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import dev.portfire.vmm.json.JsonWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Custom CPU templates as JSON: the body of {@code PUT /cpu-config}, and what {@code cpu-template-helper} reads and writes. */
public final class CpuConfig {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("kvm_capabilities", "cpuid_modifiers", "msr_modifiers");

  private static final List<String> LEAF_FIELDS = List.of("leaf", "subleaf", "flags", "modifiers");
  private static final List<String> REGISTER_FIELDS = List.of("register", "bitmap");
  private static final List<String> MSR_FIELDS = List.of("addr", "bitmap");
  private static final List<String> REGISTERS =
      Arrays.stream(Register.values()).map(Register::toString).toList();

  private CpuConfig() {}

  /** Which bits a bitmap gives, and their values. */
  private record Bits(long filter, long value) {}

  /** Reads a template. */
  public static CpuTemplate read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "CustomCpuTemplate", FIELDS);
    List<Capability> capabilities = List.of();
    List<LeafModifier> leaves = List.of();
    List<MsrModifier> msrs = List.of();
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "kvm_capabilities" -> capabilities = in.list(CpuConfig::capability);
        case "cpuid_modifiers" -> leaves = in.list(CpuConfig::leaf);
        default -> msrs = in.list(CpuConfig::msr);
      }
    }
    return new CpuTemplate(capabilities, leaves, msrs, Set.of());
  }

  private static Capability capability(JsonReader in) throws JsonException {
    String text = in.string();
    boolean removed = text.startsWith("!");
    try {
      int number = Integer.parseUnsignedInt(removed ? text.substring(1) : text);
      return new Capability(number, removed);
    } catch (NumberFormatException e) {
      throw in.error("Failed to parse string [" + text + "] as a kvm capability");
    }
  }

  private static LeafModifier leaf(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "CpuidLeafModifier", LEAF_FIELDS);
    @Nullable Integer leaf = null;
    @Nullable Integer subleaf = null;
    @Nullable Integer flags = null;
    @Nullable List<RegisterModifier> registers = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "leaf" -> leaf = number(in, fields);
        case "subleaf" -> subleaf = number(in, fields);
        case "flags" -> flags = (int) in.unsigned("u32", 32);
        default -> registers = in.list(CpuConfig::register);
      }
    }
    return new LeafModifier(
        fields.required("leaf", leaf),
        fields.required("subleaf", subleaf),
        fields.required("flags", flags),
        fields.required("modifiers", registers));
  }

  private static RegisterModifier register(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "CpuidRegisterModifier", REGISTER_FIELDS);
    @Nullable Register register = null;
    @Nullable Bits bits = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      if (name.equals("register")) {
        register = Register.values()[REGISTERS.indexOf(in.variant(REGISTERS))];
      } else {
        bits = bitmap(in, fields, Integer.SIZE);
      }
    }
    Register where = fields.required("register", register);
    Bits what = fields.required("bitmap", bits);
    return new RegisterModifier(where, (int) what.filter, (int) what.value);
  }

  private static MsrModifier msr(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "RegisterModifier", MSR_FIELDS);
    @Nullable Integer address = null;
    @Nullable Bits bits = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      if (name.equals("addr")) {
        address = number(in, fields);
      } else {
        bits = bitmap(in, fields, Long.SIZE);
      }
    }
    int where = fields.required("addr", address);
    Bits what = fields.required("bitmap", bits);
    return new MsrModifier(where, what.filter, what.value);
  }

  /** A number of 32 bits in a string, with its radix before it. */
  private static int number(JsonReader in, JsonStruct fields) throws JsonException {
    String text = in.string();
    int radix = text.startsWith("0x") ? 16 : text.startsWith("0b") ? 2 : 0;
    if (radix == 0) {
      throw fields.invalid("No supported number system prefix found in value [" + text
          + "]. Make sure to prefix the number with '0x' for hexadecimal numbers or '0b' for binary numbers.");
    }
    try {
      return Integer.parseUnsignedInt(text.substring(2), radix);
    } catch (NumberFormatException e) {
      throw fields.invalid("Failed to parse string [" + text + "] as a number for CPU template");
    }
  }

  /** The highest bit first; what a short one leaves out is kept, and so is {@code x}. */
  private static Bits bitmap(JsonReader in, JsonStruct fields, int size) throws JsonException {
    String text = in.string();
    if (!text.startsWith("0b")) {
      throw fields.invalid("Failed to parse string [" + text + "] as a bitmap: it does not begin with 0b");
    }
    String digits = text.substring(2).replace("_", "");
    if (digits.isEmpty() || digits.length() > size) {
      throw fields.invalid("Failed to parse string [" + text + "] as a bitmap: it has not 1 to " + size + " bits");
    }
    long filter = 0;
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c != '0' && c != '1' && c != 'x') {
        throw fields.invalid("Failed to parse string [" + text + "] as a bitmap: it has other characters than 0, 1, x and _");
      }
      filter = filter << 1 | (c == 'x' ? 0 : 1);
      value = value << 1 | (c == '1' ? 1 : 0);
    }
    return new Bits(filter, value);
  }

  /** Writes a template. */
  public static void write(JsonWriter out, CpuTemplate template) {
    out.begin().name("kvm_capabilities").beginArray();
    template.capabilities().forEach(c -> out.string((c.removed() ? "!" : "") + Integer.toUnsignedString(c.number())));
    out.endArray().name("cpuid_modifiers").beginArray();
    for (LeafModifier leaf : template.leaves()) {
      out.begin().name("leaf").string(hex(leaf.leaf())).name("subleaf").string(hex(leaf.subleaf()));
      out.name("flags").number(Integer.toUnsignedLong(leaf.flags())).name("modifiers").beginArray();
      for (RegisterModifier r : leaf.registers()) {
        out.begin().name("register").string(r.register().toString());
        out.name("bitmap").string(bitmap(r.filter(), r.bits(), Integer.SIZE)).end();
      }
      out.endArray().end();
    }
    out.endArray().name("msr_modifiers").beginArray();
    for (MsrModifier msr : template.msrs()) {
      out.begin().name("addr").string(hex(msr.address())).name("bitmap").string(bitmap(msr.filter(), msr.bits(), Long.SIZE)).end();
    }
    out.endArray().end();
  }

  private static String hex(int number) {
    return "0x" + Integer.toHexString(number);
  }

  /** The bits as a template writes them, the highest first. */
  private static String bitmap(long filter, long value, int size) {
    StringBuilder text = new StringBuilder("0b");
    for (int bit = size - 1; bit >= 0; bit--) {
      text.append((filter >>> bit & 1) == 0 ? 'x' : (value >>> bit & 1) == 0 ? '0' : '1');
    }
    return text.toString();
  }
}
