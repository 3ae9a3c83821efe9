package dev.portfire.inspect.kvmstat;

import dev.portfire.inspect.SysRoot;
import java.util.HashMap;
import java.util.Map;

/** How many exits the guests of each process have had, as far as statistics that monitors keep open tell. */
public final class ExitTotals implements AutoCloseable {
  private final Map<SourceKind, Source> sources = new HashMap<>();

  /** Opens the statistics of all monitors that this user may see. */
  public ExitTotals(SysRoot root) {
    for (SourceKind kind : new SourceKind[] {SourceKind.STATS, SourceKind.PORTFIRE}) {
      try {
        Source source = kind.open(root, true);
        source.select(kind == SourceKind.STATS ? "exits"::equals : name -> true, 0);
        sources.put(kind, source);
      } catch (SourceException e) {
        // There are none.
      }
    }
  }

  /** The exits of each process's guests since their start: KVM's count where there is one, else Portfire's. */
  public Map<Integer, Long> read() {
    Map<Integer, Long> totals = new HashMap<>();
    for (SourceKind kind : new SourceKind[] {SourceKind.PORTFIRE, SourceKind.STATS}) {
      Source source = sources.get(kind);
      if (source != null) {
        try {
          source.read(true).forEach((guest, exits) -> totals.put(Integer.valueOf(guest.name()), exits));
        } catch (SourceException e) {
          // They were there a moment ago.
        }
      }
    }
    return totals;
  }

  @Override
  public void close() {
    sources.values().forEach(Source::close);
  }
}
