package dev.portfire.inspect.perf;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.SysRoot;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code perf kvm diff}: how the shares of objects and symbols differ between two recordings. */
final class ProfileDiff {
  private static final String USAGE =
      """

       Usage: perf kvm [<options>] diff [<options>] [old file] [new file]

          -f, --force           don't complain, do it

      """;

  private static final List<Option> OPTIONS = List.of(Option.flag('f', "force"), Option.flag('h', "help"));
  private static final List<ProfileReport.Column> COLUMNS = List.of(ProfileReport.Column.DSO, ProfileReport.Column.SYMBOL);
  private static final double PERCENT = 100;
  private static final int NUMBER = 9;

  /** What both have of an object's symbol; a share is negative where there is none. */
  private static final class Pair {
    final Profile.Row row;
    double before = -1;
    double after = -1;

    Pair(Profile.Row row) {
      this.row = row;
    }

    double change() {
      return Math.max(after, 0) - Math.max(before, 0);
    }
  }

  private final SysRoot root;
  private final Guests guests;
  private final PrintStream out;
  private final PrintStream err;

  ProfileDiff(SysRoot root, Guests guests, PrintStream out, PrintStream err) {
    this.root = root;
    this.guests = guests;
    this.out = out;
    this.err = err;
  }

  /** Runs it; without names of files it compares perf.data.host with perf.data.guest. */
  int run(List<String> arguments) throws PerfKvm.UsageException {
    List<String> files;
    try {
      GetOpt.Parsed parsed = GetOpt.parse("perf-kvm", OPTIONS, arguments);
      files = parsed.operands().isEmpty() ? List.of("perf.data.host", "perf.data.guest") : parsed.operands();
      if (files.size() != 2 || parsed.options().stream().anyMatch(given -> given.option().name().equals("help"))) {
        throw new PerfKvm.UsageException(USAGE.stripTrailing() + "\n", PerfKvm.USAGE_STATUS);
      }
    } catch (GetOpt.UsageException e) {
      throw new PerfKvm.UsageException(e.getMessage() + "\n" + USAGE.stripTrailing() + "\n", PerfKvm.USAGE_STATUS);
    }
    String input = files.getFirst();
    try {
      Map<String, Profile.Counts> before = read(input);
      input = files.getLast();
      Map<String, Profile.Counts> after = read(input);
      String separator = "";
      for (Map.Entry<String, Profile.Counts> event : before.entrySet()) {
        out.print(separator);
        table(event.getKey(), event.getValue(), after.getOrDefault(event.getKey(), new Profile.Counts()));
        separator = "\n";
      }
      return 0;
    } catch (IOException e) {
      return PerfKvm.failed(err, input, e);
    }
  }

  private Map<String, Profile.Counts> read(String file) throws IOException {
    try (PerfData data = PerfData.open(Path.of(file))) {
      Profile profile = new Profile(root, guests, data);
      profile.read();
      Map<String, Profile.Counts> events = new LinkedHashMap<>();
      List<String> names = data.eventNames();
      for (int i = 0; i < names.size(); i++) {
        if (profile.counts(i).samples > 0) {
          events.put(names.get(i), profile.counts(i));
        }
      }
      return events;
    }
  }

  private static List<Pair> pairs(Profile.Counts before, Profile.Counts after) {
    Map<String, Pair> pairs = new LinkedHashMap<>();
    for (Profile.Row row : ProfileReport.rows(before, COLUMNS)) {
      pairs.computeIfAbsent(key(row), unused -> new Pair(row)).before = PERCENT * row.period / before.period;
    }
    for (Profile.Row row : ProfileReport.rows(after, COLUMNS)) {
      pairs.computeIfAbsent(key(row), unused -> new Pair(row)).after = PERCENT * row.period / after.period;
    }
    List<Pair> sorted = new ArrayList<>(pairs.values());
    // What is only in the old one comes last.
    sorted.sort((a, b) -> a.after < 0 != b.after < 0 ? a.after < 0 ? 1 : -1
        : a.after < 0 ? Double.compare(b.before, a.before) : Double.compare(Math.abs(b.change()), Math.abs(a.change())));
    return sorted;
  }

  private static String key(Profile.Row row) {
    return row.place.object() + "\0" + row.place.level() + row.place.symbol() + (row.place.symbol().isEmpty() ? row.place.address() : "");
  }

  private static String signed(double change) {
    String digits = Report.hundredths(Math.abs(change));
    return (change < 0 ? "-" : "+") + digits + "%";
  }

  private void table(String event, Profile.Counts before, Profile.Counts after) {
    List<Pair> pairs = pairs(before, after);
    int object = ProfileReport.Column.DSO.title.length();
    int symbol = ProfileReport.Column.SYMBOL.title.length();
    for (Pair pair : pairs) {
      object = Math.max(object, ProfileReport.Column.DSO.width(pair.row));
      symbol = Math.max(symbol, ProfileReport.Column.SYMBOL.width(pair.row));
    }
    StringBuilder text = new StringBuilder("# Event '").append(event).append("'\n#\n# Baseline  Delta Abs  Shared Object");
    text.repeat(' ', object - ProfileReport.Column.DSO.title.length()).append("  Symbol").repeat(' ', symbol - 6).append('\n');
    text.append("# ........  .........  ").repeat('.', object).append("  ").repeat('.', symbol).append("\n#\n");
    for (Pair pair : pairs) {
      String share = pair.before < 0 ? "" : Report.hundredths(pair.before) + "%";
      String change = pair.after < 0 ? "" : signed(pair.change());
      String name = pair.row.place.object();
      text.repeat(' ', 10 - share.length()).append(share).append("  ").repeat(' ', Math.max(0, NUMBER - change.length())).append(change);
      text.append("  ").append(name).repeat(' ', Math.max(0, object - name.length())).append("  ").append(pair.row.place.text()).append('\n');
    }
    out.print(text);
  }
}
