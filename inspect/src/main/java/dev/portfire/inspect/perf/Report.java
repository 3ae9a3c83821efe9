package dev.portfire.inspect.perf;

import dev.portfire.inspect.Json;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an {@link Analysis} has found, as a table with perf's layout, as JSON or as CSV.
 *
 * @param isa whose exit reasons they are, if they are any
 * @param vcpu the only vCPU, or {@link Analysis#ALL}
 * @param pids the processes as the user named them, or empty
 * @param guest the symbols of {@link EventKind#RIP}
 */
record Report(EventKind kind, Optional<Isa> isa, Key key, int vcpu, String pids, KernelMap guest) {
  /** What comes first. */
  enum Key {
    /** What happened most often. */
    SAMPLE,
    /** What took longest on average. */
    TIME
  }

  /** Names in tables are cut, as by the original. */
  private static final int NAME = 19;

  private static final double PERCENT = 100;

  /** Bits of a double's mantissa that are kept. */
  private static final int MANTISSA = 52;

  private static final double NS_PER_US = 1000;

  /** The original's hash table, which rows of equal weight come from. */
  private static final int BUCKETS = 4096;

  private static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0, 99.9);
  private static final String[] JSON_PERCENTILES = {"p50_ns", "p90_ns", "p99_ns", "p99_9_ns"};

  private static final int BAR = 40;

  private String name(Row.Key row) {
    return switch (kind) {
      case VMEXIT -> isa.flatMap(table -> table.name(row.value())).orElse("UNKNOWN");
      case MMIO -> hex(row.value()) + (row.info() == Analysis.MMIO_WRITE ? ":W" : ":R");
      case IOPORT -> hex(row.value()) + (row.info() != 0 ? ":POUT" : ":PIN");
      case MSR -> hex(row.value()) + (row.info() != 0 ? ":W" : ":R");
      case RIP -> {
        String symbol = guest.find('g', row.value()).symbol();
        yield symbol.isEmpty() ? hex(row.value()) : symbol;
      }
    };
  }

  /** The name of an event, for a line of its own. */
  String nameOf(Row.Key row) {
    return name(row);
  }

  private static String hex(long value) {
    return value == 0 ? "0" : "0x" + Long.toHexString(value);
  }

  private List<Row> sorted(Analysis analysis) {
    List<Row> rows = new ArrayList<>(analysis.rows());
    // Not of Comparator's methods, whose classes no AOT cache keeps.
    rows.sort((a, b) -> {
      int weight = switch (key) {
        case SAMPLE -> Long.compare(b.samples, a.samples);
        case TIME -> Long.compare(b.mean(), a.mean());
      };
      int bucket = weight != 0 ? weight : Long.compare(a.value & BUCKETS - 1, b.value & BUCKETS - 1);
      return bucket != 0 ? bucket : Integer.compare(b.index, a.index);
    });
    return rows;
  }

  private static String fixed(double value, int width) {
    String text = Double.isNaN(value) ? "-nan" : Double.isInfinite(value) ? "inf" : hundredths(value);
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  /** Two digits after the point, as C rounds: the exact binary value, to even. */
  static String hundredths(double value) {
    int shift = MANTISSA - Math.getExponent(value);
    if (value < 0 || shift <= 0) {
      return new BigDecimal(value).setScale(2, RoundingMode.HALF_EVEN).toPlainString();
    }
    if (shift > Long.SIZE - 2) {
      return "0.00";
    }
    // The mantissa has 53 bits, so a hundred times it is exact.
    long scaled = 100 * (Double.doubleToRawLongBits(value) & (1L << MANTISSA) - 1 | 1L << MANTISSA);
    long whole = scaled >>> shift;
    long rest = scaled - (whole << shift);
    long half = 1L << shift - 1;
    whole += rest > half || rest == half && (whole & 1) != 0 ? 1 : 0;
    long digits = whole % 100;
    return whole / 100 + (digits < 10 ? ".0" : ".") + digits;
  }

  private static String us(double nanoseconds, int width) {
    return fixed(nanoseconds / NS_PER_US, width) + "us ";
  }

  private static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  /** Writes the table; reasons without a name are told. */
  void table(Analysis analysis, boolean percentiles, boolean histogram, PrintStream out, PrintStream err) {
    List<Row> rows = sorted(analysis);
    long samples = rows.stream().mapToLong(row -> row.samples).sum();
    long time = rows.stream().mapToLong(row -> row.total).sum();
    StringBuilder text = new StringBuilder("\n\nAnalyze events for ");
    text.append(pids.isEmpty() ? "all VMs, " : "pid(s) " + pids + ", ");
    text.append(vcpu == Analysis.ALL ? "all VCPUs:\n\n" : "VCPU " + vcpu + ":\n\n");
    text.append(right(kind.title(), 20)).append("    Samples  Samples%     Time%    Min Time    Max Time         Avg time \n\n");
    for (Row row : rows) {
      String name = name(row.key);
      if (name.equals("UNKNOWN")) {
        err.print("unknown kvm exit code:" + row.key.value() + " on " + isa.map(Isa::toString).orElse("an unknown processor") + "\n");
      }
      text.append(right(cut(name), 20)).append(right(Long.toString(row.samples), 11)).append(' ');
      text.append(fixed((double) row.samples / samples * PERCENT, 8)).append("% ");
      text.append(fixed((double) row.total / time * PERCENT, 8)).append("% ");
      text.append(us((double) row.least, 9)).append(us((double) row.most, 9)).append(us((double) row.total / row.samples, 9));
      text.append("( +-").append(fixed(row.deviation(), 7)).append("% )\n");
    }
    text.append("\nTotal Samples:").append(samples).append(", Total events handled time:");
    text.append(fixed(time / NS_PER_US, 0)).append("us.\n\n");
    out.print(text);
    if (percentiles || histogram) {
      more(rows, analysis.times(), percentiles, histogram, out);
    }
  }

  private static String cut(String name) {
    return name.substring(0, Math.min(NAME, name.length()));
  }

  private void more(List<Row> rows, long[][] times, boolean percentiles, boolean histogram, PrintStream out) {
    StringBuilder text = new StringBuilder();
    if (percentiles) {
      text.append('\n').append(right(kind.title(), 20)).append(right("p50", 12)).append(right("p90", 13)).append(right("p99", 13));
      text.append(right("p99.9", 13)).append("\n\n");
      for (Row row : rows) {
        text.append(right(cut(name(row.key)), 20)).append(' ');
        for (double percentile : PERCENTILES) {
          text.append(us((double) percentile(times[row.index], percentile), 10));
        }
        text.append('\n');
      }
    }
    if (histogram) {
      for (Row row : rows) {
        long[] counts = histogram(times[row.index]);
        long most = 1;
        for (long count : counts) {
          most = Math.max(most, count);
        }
        text.append('\n').append(name(row.key)).append('\n');
        for (int i = 0; i < counts.length; i++) {
          if (counts[i] > 0) {
            String bounds = us(lower(i), 12) + "..." + us(upper(i), 12);
            text.append(bounds).append(right(Long.toString(counts[i]), 11)).append(" |");
            text.repeat('#', (int) (counts[i] * BAR / most)).append('\n');
          }
        }
      }
    }
    out.print(text);
  }

  /** The nearest rank. */
  static long percentile(long[] sorted, double percentile) {
    int rank = (int) Math.ceil(percentile / PERCENT * sorted.length);
    return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
  }

  /** How many times are 0, 1, 2 and 3, 4 to 7, and so on: place k counts those of k bits. */
  static long[] histogram(long[] times) {
    long[] counts = new long[64];
    for (long time : times) {
      counts[Long.SIZE - Long.numberOfLeadingZeros(time)]++;
    }
    return counts;
  }

  private static double lower(int bits) {
    return bits == 0 ? 0 : Math.scalb(1.0, bits - 1);
  }

  private static double upper(int bits) {
    return Math.scalb(1.0, bits);
  }

  private static String access(EventKind kind, Row.Key key) {
    return switch (kind) {
      case VMEXIT, RIP -> "";
      case MMIO -> key.info() == Analysis.MMIO_WRITE ? "write" : "read";
      case IOPORT, MSR -> key.info() != 0 ? "write" : "read";
    };
  }

  private static String digits(double value) {
    return BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_EVEN).toPlainString();
  }

  /** Writes lines of comma-separated values, with a heading. */
  void csv(Analysis analysis, PrintStream out) {
    StringBuilder text = new StringBuilder("event,name,key,access,samples,time_ns,min_ns,max_ns,mean_ns,mean_deviation_percent,"
        + String.join(",", JSON_PERCENTILES) + "\n");
    long[][] times = analysis.times();
    for (Row row : sorted(analysis)) {
      text.append(kind.option()).append(',').append(ProfileReport.quoted(name(row.key))).append(',').append(hex(row.key.value())).append(',');
      text.append(access(kind, row.key)).append(',').append(row.samples).append(',').append(row.total).append(',');
      text.append(row.least).append(',').append(row.most).append(',').append(digits((double) row.total / row.samples)).append(',');
      text.append(digits(row.deviation()));
      for (double percentile : PERCENTILES) {
        text.append(',').append(percentile(times[row.index], percentile));
      }
      text.append('\n');
    }
    out.print(text);
  }

  /** Writes one JSON document. */
  void json(Analysis analysis, long lost, PrintStream out) {
    List<Row> rows = sorted(analysis);
    long[][] times = analysis.times();
    StringBuilder text = new StringBuilder("{\n  \"event\": \"").append(kind.option()).append("\",\n  \"isa\": ");
    text.append(isa.map(value -> "\"" + value + "\"").orElse("null")).append(",\n  \"vcpu\": ");
    text.append(vcpu == Analysis.ALL ? "null" : vcpu).append(",\n  \"samples\": ");
    text.append(rows.stream().mapToLong(row -> row.samples).sum()).append(",\n  \"time_ns\": ");
    text.append(rows.stream().mapToLong(row -> row.total).sum()).append(",\n  \"lost_events\": ").append(lost).append(",\n  \"rows\": [");
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      text.append(i == 0 ? "\n" : ",\n").append("    {\"name\": ").append(Json.string(name(row.key))).append(", \"key\": ");
      text.append(Long.toUnsignedString(row.key.value()));
      if (!kind.isExit()) {
        text.append(", \"access\": \"").append(access(kind, row.key)).append('"');
      }
      text.append(", \"samples\": ").append(row.samples).append(", \"time_ns\": ").append(row.total);
      text.append(", \"min_ns\": ").append(row.least).append(", \"max_ns\": ").append(row.most);
      text.append(", \"mean_ns\": ").append(digits((double) row.total / row.samples));
      text.append(", \"mean_deviation_percent\": ").append(digits(row.deviation()));
      for (int k = 0; k < JSON_PERCENTILES.length; k++) {
        text.append(", \"").append(JSON_PERCENTILES[k]).append("\": ").append(percentile(times[row.index], PERCENTILES.get(k)));
      }
      text.append(",\n     \"histogram\": [");
      String separator = "";
      long[] counts = histogram(times[row.index]);
      for (int bits = 0; bits < counts.length; bits++) {
        if (counts[bits] > 0) {
          text.append(separator).append("{\"from_ns\": ").append(bits == 0 ? 0 : 1L << bits - 1);
          text.append(", \"below_ns\": ").append(bits == 63 ? Long.toUnsignedString(1L << 63) : Long.toString(1L << bits));
          text.append(", \"samples\": ").append(counts[bits]).append('}');
          separator = ", ";
        }
      }
      text.append("]}");
    }
    out.print(text.append(rows.isEmpty() ? "]\n}\n" : "\n  ]\n}\n"));
  }
}
