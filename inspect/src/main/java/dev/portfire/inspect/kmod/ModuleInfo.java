package dev.portfire.inspect.kmod;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What modules say about themselves. */
final class ModuleInfo {
  /** One string of it. */
  record Entry(String key, String value) {}

  /**
   * A parameter.
   *
   * @param description what {@code MODULE_PARM_DESC} says; empty if nothing
   * @param type what {@code module_param} says; empty if nothing
   */
  record Parameter(String name, String description, String type) {}

  private ModuleInfo() {}

  /**
   * Splits strings {@code key=value} with a NUL behind each.
   *
   * @param prefix what keys have to begin with, and is left out: {@code "kvm."} in the file of the modules that are built in
   */
  static List<Entry> entries(byte[] strings, String prefix) {
    List<Entry> entries = new ArrayList<>();
    byte[] start = prefix.getBytes(StandardCharsets.UTF_8);
    int from = 0;
    while (from < strings.length) {
      int to = from;
      while (to < strings.length && strings[to] != 0) {
        to++;
      }
      if (to > from && starts(strings, from, to, start)) {
        String text = new String(strings, from + start.length, to - from - start.length, StandardCharsets.UTF_8);
        int equals = text.indexOf('=');
        entries.add(equals < 0 ? new Entry(text, "") : new Entry(text.substring(0, equals), text.substring(equals + 1)));
      }
      from = to + 1;
    }
    return entries;
  }

  private static boolean starts(byte[] bytes, int from, int to, byte[] start) {
    if (to - from < start.length) {
      return false;
    }
    for (int i = 0; i < start.length; i++) {
      if (bytes[from + i] != start[i]) {
        return false;
      }
    }
    return true;
  }

  /** The parameters; later ones first, as kmod lists them. */
  static List<Parameter> parameters(List<Entry> entries) {
    Map<String, Parameter> found = new LinkedHashMap<>();
    for (Entry entry : entries) {
      boolean type = entry.key.equals("parmtype");
      int colon = entry.value.indexOf(':');
      if (colon < 0 || !type && !entry.key.equals("parm")) {
        continue;
      }
      String name = entry.value.substring(0, colon);
      String text = entry.value.substring(colon + 1);
      Parameter before = found.getOrDefault(name, new Parameter(name, "", ""));
      found.put(name, type ? new Parameter(name, before.description, text) : new Parameter(name, text, before.type));
    }
    return new ArrayList<>(found.values()).reversed();
  }
}
