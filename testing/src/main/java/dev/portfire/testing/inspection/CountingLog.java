package dev.portfire.testing.inspection;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A program that writes, in each second, a line of what it has counted; the sums of these lines are what was counted in all. */
final class CountingLog implements AutoCloseable {
  /** What a line means. */
  private enum Form {
    /** The CSV of kvm_stat: a header, then a time and the changes. */
    KVM_STAT,
    /** The CSV of {@code perf stat -I}: for each event, a line with the time and the change. */
    PERF_STAT
  }

  private final Form form;
  private final Program program;
  private final List<String> events;

  private CountingLog(Form form, Program program, List<String> events) {
    this.form = form;
    this.program = program;
    this.events = events;
  }

  /** A kvm_stat, the original's or ours, that counts from now on. */
  static CountingLog kvmStat(List<String> command) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("-l", "-c", "-s", "1"));
    Program program = new Program(all);
    // The header comes when the first figures have been read, which all others are compared with.
    program.await(1);
    List<String> names = List.of(program.lines().getFirst().split(",", -1));
    return new CountingLog(Form.KVM_STAT, program, names.subList(1, names.size()));
  }

  /**
   * A {@code perf stat} that counts from now on.
   *
   * @param events names as those of kvm_stat, and a filter for each, which is empty for all
   */
  static CountingLog perfStat(String perf, Map<String, String> events) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(perf, "stat", "-a", "-x", ",", "-I", "1000", "--log-fd", "1"));
    events.forEach((name, filter) -> {
      int bracket = name.indexOf('(');
      command.addAll(List.of("-e", "kvm:" + (bracket < 0 ? name : name.substring(0, bracket))));
      if (!filter.isEmpty()) {
        command.addAll(List.of("--filter", filter));
      }
    });
    Program program = new Program(command);
    program.await(events.size());
    return new CountingLog(Form.PERF_STAT, program, List.copyOf(events.keySet()));
  }

  /** Waits until all that has happened up to now has been counted, ends the program and returns its figures. */
  Map<String, Long> end() throws IOException, InterruptedException {
    // The line that comes next may be of figures that have been read already.
    int each = form == Form.PERF_STAT ? events.size() : 1;
    program.await(program.lines().size() + 2 * each);
    program.interrupt();
    Map<String, Long> sums = new TreeMap<>();
    List<String> lines = program.lines();
    if (form == Form.PERF_STAT) {
      for (int i = 0; i < lines.size(); i++) {
        sums.merge(events.get(i % events.size()), Long.parseLong(lines.get(i).split(",", -1)[1]), Long::sum);
      }
      return sums;
    }
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      // The header is repeated every twenty lines.
      if (!cells[0].equals("timestamp")) {
        for (int i = 0; i < events.size(); i++) {
          sums.merge(events.get(i), Long.parseLong(cells[i + 1]), Long::sum);
        }
      }
    }
    return sums;
  }

  @Override
  public void close() {
    program.close();
  }
}
