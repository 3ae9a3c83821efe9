package dev.portfire.inspect.perf;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.Json;
import dev.portfire.inspect.SysRoot;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code perf kvm report}: where a recording's samples were taken, as {@code perf report --stdio} has it. */
final class ProfileReport {
  private static final String USAGE =
      """

       Usage: perf kvm [<options>] report [<options>]

          -f, --force           don't complain, do it
          -i, --input <file>    input file name; - is stdin
          -n, --show-nr-samples Show a column with the number of samples
          -s, --sort <key[,key2...]>
                                sort by key(s): comm, dso, symbol, pid
              --csv             comma-separated values
              --json            JSON
              --stdio           Use the stdio interface, which is the only one here

      """;

  private static final List<Option> OPTIONS = List.of(
      Option.flag('f', "force"),
      Option.flag('h', "help"),
      Option.required('i', "input"),
      Option.flag('n', "show-nr-samples"),
      Option.required('s', "sort"),
      Option.flag('\0', "csv"),
      Option.flag('\0', "json"),
      Option.flag('\0', "stdio"));

  private static final int SAMPLES_WIDTH = 12;
  private static final int UNRESOLVED_OBJECT = 16;

  /** No column is padded further than this. */
  private static final int WIDEST = 256;

  private static final double PERCENT = 100;

  /** A column that rows are told apart by. */
  enum Column {
    COMM("Command") {
      @Override
      String text(Profile.Row row) {
        return row.command;
      }
    },
    DSO("Shared Object") {
      @Override
      String text(Profile.Row row) {
        return row.place.object();
      }

      @Override
      int width(Profile.Row row) {
        return row.place.symbol().isEmpty() ? Math.max(UNRESOLVED_OBJECT, objectWidth(row)) : objectWidth(row);
      }
    },
    SYMBOL("Symbol") {
      @Override
      String text(Profile.Row row) {
        return row.place.text();
      }

      @Override
      int width(Profile.Row row) {
        return row.place.width();
      }
    },
    PID("    Pid:Command") {
      @Override
      String text(Profile.Row row) {
        String number = Integer.toString(row.process);
        return " ".repeat(Math.max(0, 7 - number.length())) + number + ":" + row.command;
      }

      @Override
      int width(Profile.Row row) {
        return row.command.length() + 8;
      }
    };

    final String title;

    Column(String title) {
      this.title = title;
    }

    abstract String text(Profile.Row row);

    int width(Profile.Row row) {
      return text(row).length();
    }

    private static int objectWidth(Profile.Row row) {
      // The original measures objects only, and "[unknown]" is none.
      return row.place.object().equals(Place.UNKNOWN) ? 0 : row.place.object().length();
    }
  }

  private final SysRoot root;
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private List<Column> columns = List.of(Column.COMM, Column.DSO, Column.SYMBOL);
  private boolean samples;
  private boolean csv;
  private boolean json;

  ProfileReport(SysRoot root, InputStream in, PrintStream out, PrintStream err) {
    this.root = root;
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /** Runs it; {@code file} is the input, if no option says another. */
  int run(Guests guests, String file, List<String> arguments) throws PerfKvm.UsageException {
    String input = file;
    for (GetOpt.Given given : PerfKvm.parse(OPTIONS, USAGE, arguments)) {
      switch (given.option().name()) {
        case "input" -> input = given.required();
        case "show-nr-samples" -> samples = true;
        case "sort" -> columns = columns(given.required());
        case "csv" -> csv = true;
        case "json" -> json = true;
        case "help" -> throw new PerfKvm.UsageException(USAGE.stripTrailing() + "\n", PerfKvm.USAGE_STATUS);
        default -> {
          // Nothing is complained of, and nothing drawn.
        }
      }
    }
    try (PerfData data = input.equals("-") ? PerfData.pipe(in) : PerfData.open(Path.of(input))) {
      Profile profile = new Profile(root, guests, data);
      profile.read();
      if (data.lostEvents() > 0) {
        err.print("perf-kvm: " + input + ": " + data.lostEvents() + " events were lost\n");
      }
      if (json) {
        json(profile, data);
      } else if (csv) {
        csv(profile, data);
      } else {
        out.print("# To display the perf.data header info, please use --header/--header-only options.\n#\n#\n");
        out.print("# Total Lost Samples: " + data.lostSamples() + "\n#\n");
        List<String> names = data.eventNames();
        for (int i = 0; i < names.size(); i++) {
          if (profile.counts(i).samples > 0) {
            table(names.get(i), profile.counts(i), columns, samples, Integer.MAX_VALUE, out);
            out.print("\n");
          }
        }
      }
      return 0;
    } catch (IOException e) {
      return PerfKvm.failed(err, input, e);
    }
  }

  /** The columns of a list of keys. */
  static List<Column> columns(String list) throws PerfKvm.UsageException {
    List<Column> columns = new ArrayList<>();
    for (String key : list.split(",", -1)) {
      columns.add(switch (key) {
        case "comm" -> Column.COMM;
        case "dso" -> Column.DSO;
        case "sym", "symbol" -> Column.SYMBOL;
        case "pid" -> Column.PID;
        default -> throw new PerfKvm.UsageException(
            " Error: unknown --sort key: `" + key + "' (comm, dso, symbol, pid)\n", PerfKvm.USAGE_STATUS);
      });
    }
    return columns;
  }

  /** The rows as far as some columns tell them apart; the largest first. */
  static List<Profile.Row> rows(Profile.Counts counts, List<Column> columns) {
    return rows(counts.rows(), columns);
  }

  /** Some rows as far as some columns tell them apart; the largest first. */
  static List<Profile.Row> rows(Collection<Profile.Row> all, List<Column> columns) {
    Map<List<String>, Profile.Row> merged = new LinkedHashMap<>();
    for (Profile.Row row : all) {
      List<String> key = new ArrayList<>();
      columns.forEach(column -> key.add(column.text(row)));
      Profile.Row sum = merged.computeIfAbsent(key, unused -> new Profile.Row(row.command, row.process, row.place));
      sum.samples += row.samples;
      sum.period += row.period;
    }
    List<Profile.Row> rows = new ArrayList<>(merged.values());
    rows.sort((a, b) -> {
      int order = Long.compareUnsigned(b.period, a.period);
      for (int i = 0; i < columns.size() && order == 0; i++) {
        order = compare(columns.get(i), a, b);
      }
      return order;
    });
    return rows;
  }

  private static int compare(Column column, Profile.Row a, Profile.Row b) {
    return switch (column) {
      case COMM -> a.command.compareTo(b.command);
      case DSO -> {
        boolean known = !a.place.object().equals(Place.UNKNOWN);
        yield known == b.place.object().equals(Place.UNKNOWN) ? known ? -1 : 1 : a.place.object().compareTo(b.place.object());
      }
      case PID -> Integer.compare(a.process, b.process);
      case SYMBOL -> {
        boolean named = !a.place.symbol().isEmpty();
        if (named != !b.place.symbol().isEmpty()) {
          yield named ? -1 : 1;
        }
        // Numbers with their sign, as the original does: a kernel's come first.
        yield named ? a.place.symbol().compareTo(b.place.symbol()) : Long.compare(a.place.address(), b.place.address());
      }
    };
  }

  /** A number as the original's headings have it: with three digits at most. */
  private static String rounded(long number) {
    String units = " KMGTPE";
    int unit = 0;
    long value = number;
    while (value >= 1000 && unit < units.length() - 1) {
      value /= 1000;
      unit++;
    }
    return value + units.substring(unit, unit + 1);
  }

  /** Writes one event's table, of no more than so many rows. */
  static void table(String event, Profile.Counts counts, List<Column> columns, boolean samples, int most, PrintStream out) {
    List<Profile.Row> rows = rows(counts, columns);
    int[] widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = columns.get(i).title.length();
      for (Profile.Row row : rows) {
        widths[i] = Math.max(widths[i], columns.get(i).width(row));
      }
    }
    StringBuilder text = new StringBuilder("# Samples: ").append(rounded(counts.samples)).append(" of event '").append(event).append("'\n");
    text.append("# Event count (approx.): ").append(Long.toUnsignedString(counts.period)).append("\n#\n# Overhead");
    text.append(samples ? "  " + " ".repeat(SAMPLES_WIDTH - 7) + "Samples" : "");
    for (int i = 0; i < widths.length; i++) {
      String title = columns.get(i).title;
      text.append("  ").append(title).repeat(' ', widths[i] - title.length());
    }
    text.append("\n# ........").append(samples ? "  " + ".".repeat(SAMPLES_WIDTH) : "");
    for (int width : widths) {
      text.append("  ").repeat('.', width);
    }
    text.append("\n#\n");
    for (Profile.Row row : rows.subList(0, Math.min(most, rows.size()))) {
      String percent = percent(row.period, counts.period) + "%";
      text.repeat(' ', 10 - percent.length()).append(percent);
      if (samples) {
        String count = Long.toString(row.samples);
        text.append("  ").repeat(' ', Math.max(0, SAMPLES_WIDTH - count.length())).append(count);
      }
      for (int i = 0; i < widths.length; i++) {
        String cell = columns.get(i).text(row);
        // A symbol that comes last is not padded.
        boolean padded = i < widths.length - 1 || columns.get(i) != Column.SYMBOL;
        text.append("  ").append(cell).repeat(' ', padded ? Math.max(0, Math.min(widths[i], WIDEST) - cell.length()) : 0);
      }
      out.print(text.append('\n'));
      text.setLength(0);
    }
    out.print(text);
  }

  static String percent(long part, long all) {
    return Report.hundredths(all == 0 ? 0 : PERCENT * part / all);
  }

  private void csv(Profile profile, PerfData data) throws PerfException {
    StringBuilder text = new StringBuilder("event,percent,samples,period,command,object,mode,symbol\n");
    List<String> names = data.eventNames();
    for (int i = 0; i < names.size(); i++) {
      Profile.Counts counts = profile.counts(i);
      for (Profile.Row row : rows(counts, columns)) {
        text.append(quoted(names.get(i))).append(',').append(percent(row.period, counts.period)).append(',').append(row.samples);
        text.append(',').append(Long.toUnsignedString(row.period)).append(',').append(columns.contains(Column.COMM) ? quoted(row.command) : "");
        text.append(',').append(columns.contains(Column.DSO) ? quoted(row.place.object()) : "").append(',').append(row.place.level());
        text.append(',').append(columns.contains(Column.SYMBOL) ? quoted(symbol(row.place)) : "").append('\n');
      }
    }
    out.print(text);
  }

  private static String symbol(Place place) {
    return place.symbol().isEmpty() ? "0x" + Long.toHexString(place.address()) : place.symbol();
  }

  /** A field of CSV. */
  static String quoted(String text) {
    return text.matches("[^\",\\n\\r]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  private void json(Profile profile, PerfData data) throws PerfException {
    StringBuilder text = new StringBuilder("{\n  \"lost_samples\": ").append(data.lostSamples()).append(",\n  \"events\": [");
    List<String> names = data.eventNames();
    String separator = "\n";
    for (int i = 0; i < names.size(); i++) {
      Profile.Counts counts = profile.counts(i);
      if (counts.samples == 0) {
        continue;
      }
      text.append(separator).append("    {\"event\": ").append(Json.string(names.get(i))).append(", \"samples\": ").append(counts.samples);
      text.append(", \"period\": ").append(Long.toUnsignedString(counts.period)).append(", \"rows\": [");
      String comma = "\n";
      for (Profile.Row row : rows(counts, columns)) {
        text.append(comma).append("      {\"percent\": ").append(percent(row.period, counts.period)).append(", \"samples\": ").append(row.samples);
        text.append(", \"period\": ").append(Long.toUnsignedString(row.period));
        text.append(columns.contains(Column.COMM) ? ", \"command\": " + Json.string(row.command) : "");
        text.append(columns.contains(Column.PID) ? ", \"pid\": " + row.process : "");
        text.append(columns.contains(Column.DSO) ? ", \"object\": " + Json.string(row.place.object()) : "");
        text.append(columns.contains(Column.SYMBOL) ? ", \"symbol\": " + Json.string(symbol(row.place)) : "");
        text.append(", \"mode\": \"").append(row.place.level()).append("\"}");
        comma = ",\n";
      }
      text.append("\n    ]}");
      separator = ",\n";
    }
    out.print(text.append("\n  ]\n}\n"));
  }
}
