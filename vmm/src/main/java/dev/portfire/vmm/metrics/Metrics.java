package dev.portfire.vmm.metrics;

import dev.portfire.vmm.HostSignals;
import dev.portfire.vmm.OutputFile;
import dev.portfire.vmm.json.JsonWriter;
import dev.portfire.vmm.metrics.MetricsSchema.Group;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts, and writes what was counted as lines of JSON: Firecracker's metrics. Of a count a line has what has been added
 * since the line before; of a time or a flag, the last value. Thread-safe.
 */
public final class Metrics implements AutoCloseable {
  /** To be found in a line: in milliseconds, the year 2001. */
  private static final long SOME_TIME = 1_000_000_000_000L;

  private final LongSupplier clock;
  private final Map<String, AtomicLong> own = new ConcurrentHashMap<>();

  /** Values at the last flush. */
  private final Map<String, Long> written = new HashMap<>();

  private @Nullable Supplier<Map<String, Map<String, Long>>> devices;
  private @Nullable Sink sink;
  private volatile Runnable whenOpened = () -> {};

  private record Sink(OutputFile file, String id, Map<String, String> properties) {}

  /** Makes metrics that go nowhere yet. */
  public Metrics() {
    this(System::currentTimeMillis);
  }

  /**
   * Makes metrics with a clock.
   *
   * @param clock milliseconds since 1970
   */
  Metrics(LongSupplier clock) {
    this.clock = clock;
    for (Group group : MetricsSchema.GROUPS) {
      for (String field : group.fields()) {
        if (!MetricsSchema.isAggregate(field)) {
          own.put(group.name() + "." + field, new AtomicLong());
        }
      }
    }
  }

  private AtomicLong value(String group, String field) {
    AtomicLong value = own.get(group + "." + field);
    if (value == null) {
      throw new IllegalArgumentException("no metric " + group + "." + field);
    }
    return value;
  }

  /** Counts one. */
  public void count(String group, String field) {
    value(group, field).incrementAndGet();
  }

  /** Adds an amount to a count. */
  public void add(String group, String field, long amount) {
    value(group, field).addAndGet(amount);
  }

  /** Replaces a value. */
  public void set(String group, String field, long value) {
    value(group, field).set(value);
  }

  /**
   * Says where the devices' groups come from: values that only grow, by group and field; {@code x_agg} comes as {@code
   * x_agg.min_us}, {@code x_agg.max_us} and {@code x_agg.sum_us}. What is counted here, too, is added.
   */
  public synchronized void devices(Supplier<Map<String, Map<String, Long>>> source) {
    devices = source;
  }

  /** Whether lines are written somewhere. */
  public synchronized boolean isOpen() {
    return sink != null;
  }

  /**
   * Says where lines go.
   *
   * @param file takes them; {@link #close} closes it
   * @param id the instance's identifier for each line; empty for none
   * @param properties more for each line
   */
  public void open(OutputFile file, String id, Map<String, String> properties) {
    synchronized (this) {
      if (sink != null) {
        throw new IllegalStateException("metrics are open already");
      }
      sink = new Sink(file, id, Map.copyOf(properties));
    }
    whenOpened.run();
  }

  /** Where lines are written, if they are. */
  public synchronized Optional<Path> path() {
    return Optional.ofNullable(sink).map(open -> open.file.path());
  }

  /** Says what to do when {@link #open} has been called. */
  public void whenOpened(Runnable action) {
    whenOpened = action;
  }

  /** A line that says nothing but that a system call was refused, for whoever cannot call {@link #flush}. */
  public synchronized HostSignals.LastLine refusalLine() {
    Sink target = sink;
    if (target == null) {
      return new HostSignals.LastLine(-1, "", "");
    }
    JsonWriter out = begin(target, SOME_TIME);
    String line = out.name("seccomp").begin().name("num_faults").number(1).end().end().toString();
    int time = line.indexOf(Long.toString(SOME_TIME));
    return new HostSignals.LastLine(
        target.file.descriptor(), line.substring(0, time), line.substring(time + Long.toString(SOME_TIME).length()));
  }

  /** Writes a line, if lines are written. What has no room is dropped and counted. */
  public synchronized void flush() {
    Sink target = sink;
    if (target != null && !target.file.write((line(target) + "\n").getBytes(StandardCharsets.UTF_8))) {
      count("logger", "missed_metrics_count");
    }
  }

  /** Closes the file, if lines are written to one; none are from now on. */
  @Override
  public synchronized void close() {
    Sink last = sink;
    sink = null;
    if (last != null) {
      try {
        last.file.close();
      } catch (IOException e) {
        count("logger", "missed_metrics_count");
      }
    }
  }

  private String line(Sink target) {
    Map<String, Map<String, Long>> groups = devices == null ? Map.of() : devices.get();
    JsonWriter out = begin(target, clock.getAsLong());
    for (Group group : MetricsSchema.GROUPS) {
      if (!group.hasDevices()) {
        write(out, group, group.name(), groups.getOrDefault(group.name(), Map.of()));
        continue;
      }
      Map<String, Map<String, Long>> each = new TreeMap<>();
      Map<String, Long> sums = new HashMap<>();
      groups.forEach((name, values) -> {
        if (name.startsWith(group.name() + "_")) {
          each.put(name, values);
          values.forEach((field, value) -> {
            // The extremes of several devices are no sum.
            if (!field.endsWith("min_us") && !field.endsWith("max_us")) {
              sums.merge(field, value, Long::sum);
            }
          });
        }
      });
      if (group.hasSum()) {
        write(out, group, group.name(), sums);
      }
      each.forEach((name, values) -> write(out, group, name, values));
    }
    return out.end().toString();
  }

  private static JsonWriter begin(Sink target, long time) {
    JsonWriter out = new JsonWriter();
    out.begin().name("utc_timestamp_ms").number(time);
    if (!target.id.isEmpty()) {
      out.name("id").string(target.id);
    }
    if (!target.properties.isEmpty()) {
      out.name("properties").begin();
      new TreeMap<>(target.properties).forEach((name, value) -> out.name(name).string(value));
      out.end();
    }
    return out;
  }

  private void write(JsonWriter out, Group group, String name, Map<String, Long> values) {
    out.name(name).begin();
    for (String field : group.fields()) {
      out.name(field);
      if (MetricsSchema.isAggregate(field)) {
        out.begin();
        for (String part : new String[] {"min_us", "max_us", "sum_us"}) {
          out.name(part).number(report(group.name(), name, field + "." + part, values));
        }
        out.end();
      } else {
        out.number(report(group.name(), name, field, values));
      }
    }
    out.end();
  }

  private long report(String group, String name, String field, Map<String, Long> values) {
    String key = name + "." + field;
    AtomicLong counted = own.get(key);
    long value = values.getOrDefault(field, 0L) + (counted == null ? 0 : counted.get());
    if (MetricsSchema.isLevel(group, field)) {
      return value;
    }
    Long before = written.put(key, value);
    return value - (before == null ? 0 : before);
  }
}
