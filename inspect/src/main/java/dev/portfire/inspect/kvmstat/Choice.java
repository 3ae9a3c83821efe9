package dev.portfire.inspect.kvmstat;

import dev.portfire.inspect.SysRoot;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which sources are taken: those that were asked for; else the best one that this user can have, and Portfire's machines with it.
 *
 * @param kinds what was taken
 * @param sources the same, open
 * @param problems why others were not
 */
record Choice(List<SourceKind> kinds, List<Source> sources, Map<SourceKind, String> problems) {
  /** Opens what was asked for. */
  static Choice of(SysRoot root, List<SourceKind> asked, boolean includePast) throws SourceException {
    List<Source> sources = new ArrayList<>();
    try {
      for (SourceKind kind : asked) {
        sources.add(kind.open(root, includePast));
      }
    } catch (SourceException e) {
      sources.forEach(Source::close);
      throw e;
    }
    return new Choice(asked, sources, Map.of());
  }

  /** Chooses by itself. If nothing can be had, there are no sources. */
  static Choice automatic(SysRoot root, boolean includePast) {
    List<SourceKind> kinds = new ArrayList<>();
    List<Source> sources = new ArrayList<>();
    Map<SourceKind, String> problems = new EnumMap<>(SourceKind.class);
    for (SourceKind kind : SourceKind.values()) {
      if (kind != SourceKind.PORTFIRE && !kinds.isEmpty()) {
        continue;
      }
      try {
        sources.add(kind.open(root, includePast));
        kinds.add(kind);
      } catch (SourceException e) {
        problems.put(kind, String.valueOf(e.getMessage()));
      }
    }
    return new Choice(kinds, sources, problems);
  }

  /** Why it is not the best source that is used, and what that one keeps back; a line each. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (!kinds.isEmpty() && problems.containsKey(SourceKind.TRACEPOINTS)) {
      notes.add("source: " + titles() + "; no tracepoints, for " + problems.get(SourceKind.TRACEPOINTS));
    }
    for (Source source : sources) {
      if (source instanceof DebugfsSource debugfs && debugfs.refused() > 0) {
        notes.add("the kernel's lockdown keeps back %d files of debugfs: kvm_stat --source=stats has them".formatted(debugfs.refused()));
      }
    }
    return notes;
  }

  private String titles() {
    return String.join(", ", kinds.stream().map(SourceKind::title).toList());
  }

  /** Prints all sources and which ones would be taken. */
  static void show(SysRoot root, PrintStream out) {
    Choice chosen = automatic(root, false);
    chosen.sources.forEach(Source::close);
    for (SourceKind kind : SourceKind.values()) {
      String state;
      String problem = chosen.problems.get(kind);
      if (chosen.kinds.contains(kind)) {
        state = "chosen";
      } else {
        state = "usable";
        try {
          kind.open(root, false).close();
        } catch (SourceException e) {
          state = "missing";
          problem = e.getMessage();
        }
      }
      out.print(String.format(Locale.ROOT, "%-12s %-8s %s%n", kind.title(), state, kind.meaning()));
      if (problem != null) {
        out.print(String.format(Locale.ROOT, "%-21s %s%n", "", problem));
      }
    }
  }
}
