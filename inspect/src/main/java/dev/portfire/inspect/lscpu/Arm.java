package dev.portfire.inspect.lscpu;

import dev.portfire.inspect.Resource;
import dev.portfire.inspect.SysRoot;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The names of Arm's processors: {@code /proc/cpuinfo} has the numbers of the register MIDR_EL1 only. */
final class Arm {
  private static final int IMPLEMENTER_ARM = 0x41;

  private Arm() {}

  /** Puts names in the place of numbers. */
  static void decode(CpuInfo info) {
    Map<String, String> names = null;
    for (CpuInfo.Kind kind : info.kinds) {
      Map<String, String> fields = kind.fields;
      OptionalLong implementer = hexadecimal(fields.get("vendor"));
      if (implementer.isEmpty()) {
        continue;
      }
      names = names == null ? names() : names;
      OptionalLong part = hexadecimal(fields.get("model"));
      String vendor = "0x%02x".formatted(implementer.getAsLong());
      fields.put("vendor", names.getOrDefault(vendor + " -", fields.getOrDefault("vendor", vendor)));
      if (part.isPresent()) {
        String name = names.get(vendor + " " + "0x%03x".formatted(part.getAsLong()));
        if (name != null) {
          fields.put("name", name);
        }
      }
      OptionalLong variant = hexadecimal(fields.get("stepping"));
      String revision = fields.get("revision");
      if (implementer.getAsLong() == IMPLEMENTER_ARM && variant.isPresent() && revision != null) {
        fields.put("stepping", "r" + variant.getAsLong() + "p" + revision);
      }
    }
  }

  private static OptionalLong hexadecimal(@Nullable String text) {
    return text != null && text.startsWith("0x") ? SysRoot.number(text.substring(2), 16) : OptionalLong.empty();
  }

  private static Map<String, String> names() {
    Map<String, String> names = new HashMap<>();
    for (String line : Resource.lines(Arm.class, "arm-parts.txt")) {
      String[] words = line.split(" ", 3);
      names.put(words[0] + " " + words[1], words[2]);
    }
    return names;
  }
}
