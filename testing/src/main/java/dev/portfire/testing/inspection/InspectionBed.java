package dev.portfire.testing.inspection;

import dev.portfire.kvm.KvmHypervisor;
import dev.portfire.linux.SystemCallException;
import dev.portfire.softcpu.SoftAssist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares the inspection tools with the originals where there is all that they look at: kvm_amd as a module, all of debugfs, a traced
 * kvm_exit. One argument, the directory of Portfire's programs; the originals are in /usr. See {@code bench/nested-bed inspection}.
 */
public final class InspectionBed {
  private static final int CPUID = 41;
  private static final int MMIO = 257;
  private static final int OUT = 1009;
  private static final String PID = Long.toString(ProcessHandle.current().pid());
  private static final Path DEBUGFS = Path.of("/sys/kernel/debug/kvm");

  /** What the originals count for an issued instruction, with perf's filter; AMD's numbers (APM volume 2, appendix C). */
  private static final Map<String, Long> ISSUED = new LinkedHashMap<>();

  private static final Map<String, String> FILTERS = new LinkedHashMap<>();

  static {
    issued("kvm_exit(CPUID)", CPUID, "exit_reason == 0x72");
    issued("kvm_exit(IOIO)", OUT, "exit_reason == 0x7b");
    issued("kvm_exit(SHUTDOWN)", 1, "exit_reason == 0x7f");
    issued("kvm_cpuid", CPUID, "");
    issued("kvm_mmio", MMIO, "");
    issued("kvm_pio", OUT, "");
    issued("kvm_userspace_exit", MMIO + OUT + 1, "");
    issued("kvm_userspace_exit(IO)", OUT, "reason == 2");
    issued("kvm_userspace_exit(MMIO)", MMIO, "reason == 6");
    issued("kvm_userspace_exit(SHUTDOWN)", 1, "reason == 8");
  }

  private static final String NESTED = "/sys/module/kvm_amd/parameters/nested";

  /** The names of the exits in perf's tables are those of the kernel's trace. */
  private static final Map<String, Map<String, Integer>> SAMPLES = Map.of(
      "vmexit", Map.of("io", OUT, "cpuid", CPUID),
      "ioport", Map.of("0x10:POUT", OUT),
      "mmio", Map.of("0xd0000000:W", MMIO),
      "msr", Map.of());

  private final KvmHypervisor kvm = new KvmHypervisor(KvmHypervisor.DEVICE, Optional.of(SoftAssist::new));
  private final Table table = new Table(System.out);
  private final Path ours;
  private final Path directory;

  private InspectionBed(Path ours, Path directory) {
    this.ours = ours;
    this.directory = directory;
  }

  private static void issued(String event, long count, String filter) {
    ISSUED.put(event, count);
    FILTERS.put(event, filter);
  }

  /** Compares everything; the exit status is 1 if anything differs. */
  public static void main(String[] args) throws Exception {
    InspectionBed bed = new InspectionBed(Path.of(args[0]), Files.createTempDirectory("inspection"));
    Set<String> parts = Set.of(args).size() > 1 ? Set.of(args) : Set.of("counts", "recordings", "modules", "systems", "reload");
    if (parts.contains("counts")) {
      bed.counts();
    }
    if (parts.contains("recordings")) {
      bed.recordings();
    }
    if (parts.contains("modules")) {
      bed.modules();
    }
    if (parts.contains("systems")) {
      bed.systems();
    }
    if (parts.contains("reload")) {
      bed.reload();
    }
    System.exit(bed.table.end() ? 0 : 1);
  }

  private CountedGuest guest() {
    return new CountedGuest(kvm, CPUID, MMIO, OUT);
  }

  private CountedGuest publishingGuest() throws SystemCallException {
    CountedGuest guest = guest();
    guest.publishExits(1);
    return guest;
  }

  private List<String> ours(String program, String... arguments) {
    return Stream.concat(Stream.of(ours.resolve(program).toString()), Stream.of(arguments)).toList();
  }

  private static List<String> theirs(String program, String... arguments) throws IOException {
    for (String place : List.of("/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/")) {
      if (Files.isExecutable(Path.of(place + program))) {
        return Stream.concat(Stream.of(place + program), Stream.of(arguments)).toList();
      }
    }
    throw new IOException(program + " is not installed");
  }

  // kvm_stat

  /** One guest, and all that counts exits at once. */
  private void counts() throws IOException, InterruptedException, SystemCallException {
    table.section("kvm_stat: a guest executes " + CPUID + " CPUID, " + MMIO + " writes to a device's memory and " + OUT + " OUT");
    String some = "kvm_(exit|entry|userspace_exit|pio|mmio|cpuid|page_fault)";
    // The original cannot read histograms, and ends there.
    String numbers = "(?!.*_hist)";
    try (CountedGuest guest = publishingGuest();
        CountingLog traced = CountingLog.kvmStat(ours("kvm_stat", "-t"));
        CountingLog tracedThreads = CountingLog.kvmStat(ours("kvm_stat", "-t", "-p", PID, "-f", some));
        CountingLog stats = CountingLog.kvmStat(ours("kvm_stat", "--source=stats"));
        CountingLog files = CountingLog.kvmStat(ours("kvm_stat", "-d"));
        CountingLog portfire = CountingLog.kvmStat(ours("kvm_stat", "--source=portfire"));
        CountingLog theirTraced = CountingLog.kvmStat(theirs("kvm_stat", "-t"));
        CountingLog theirFiles = CountingLog.kvmStat(theirs("kvm_stat", "-d", "-f", numbers));
        CountingLog perf = CountingLog.perfStat(theirs("perf").getFirst(), withSums())) {
      Map<String, Long> before = kernelFiles();
      guest.run();
      Map<String, Long> after = kernelFiles();
      Map<String, Map<String, Long>> tracers = new LinkedHashMap<>();
      tracers.put("kvm_stat -t", traced.end());
      tracers.put("kvm_stat -t -p", tracedThreads.end());
      tracers.put("original -t", theirTraced.end());
      tracers.put("perf stat", perf.end());
      Map<String, Map<String, Long>> counters = new LinkedHashMap<>();
      counters.put("--source=stats", stats.end());
      counters.put("-d", files.end());
      counters.put("original -d", theirFiles.end());
      counters.put("debugfs", change(before, after));
      Map<String, Long> own = portfire.end();

      ISSUED.forEach((event, count) -> table.figures(event, with("issued", count, of(event, tracers))));
      table.figures("io_exits", with("issued", (long) OUT, of("io_exits", counters)));
      table.figures("mmio_exits", with("issued", (long) MMIO, of("mmio_exits", counters)));
      table.figures("portfire_exit(IO)", with("issued", (long) OUT, of("portfire_exit(IO)", Map.of("--source=portfire", own))));
      table.figures("portfire_exit(MMIO)", with("issued", (long) MMIO, of("portfire_exit(MMIO)", Map.of("--source=portfire", own))));

      // What the guest does not decide, and several know.
      Map<String, Long> all = of("kvm_exit", tracers);
      all.put("sum of kvm_exit(...)", sum(tracers.get("kvm_stat -t"), "kvm_exit("));
      all.putAll(of("exits", counters));
      table.figures("all exits", all);
      Map<String, Long> faults = of("kvm_exit(NPF)", tracers);
      faults.putAll(of("kvm_page_fault", Map.of("kvm_page_fault", tracers.get("kvm_stat -t"))));
      table.figures("kvm_exit(NPF)", faults);
      others("tracepoints", tracers.get("kvm_stat -t"), tracers.get("original -t"));
      others("debugfs", counters.get("-d"), counters.get("original -d"));
      others("statistics and debugfs", counters.get("--source=stats"), counters.get("debugfs"));
      layouts();
    }
  }

  private static Map<String, String> withSums() {
    Map<String, String> all = new LinkedHashMap<>(FILTERS);
    all.put("kvm_exit", "");
    all.put("kvm_exit(NPF)", "exit_reason == 0x400");
    return all;
  }

  private static Map<String, Long> of(String event, Map<String, Map<String, Long>> counters) {
    Map<String, Long> figures = new LinkedHashMap<>();
    counters.forEach((name, counts) -> figures.put(name, counts.getOrDefault(event, -1L)));
    return figures;
  }

  private static Map<String, Long> with(String name, long value, Map<String, Long> others) {
    Map<String, Long> all = new LinkedHashMap<>();
    all.put(name, value);
    all.putAll(others);
    return all;
  }

  private static long sum(Map<String, Long> counts, String prefix) {
    return counts.entrySet().stream().filter(entry -> entry.getKey().startsWith(prefix)).mapToLong(Map.Entry::getValue).sum();
  }

  /** All that both have, but what this process's own memory causes, at any time. */
  private void others(String what, Map<String, Long> mine, Map<String, Long> other) {
    Set<String> names = new TreeSet<>(mine.keySet());
    names.retainAll(other.keySet());
    names.removeIf(name -> name.matches("kvm_.*_hva(_range)?"));
    long counted = names.stream().filter(name -> other.getOrDefault(name, 0L) != 0).count();
    List<String> different = names.stream()
        .filter(name -> !Objects.equals(mine.get(name), other.get(name)))
        .map(name -> name + " " + mine.get(name) + ", not " + other.get(name))
        .toList();
    table.line(different.isEmpty() && counted > 0, "all others: " + what,
        different.isEmpty() ? names.size() + " the same, " + counted + " of them not 0" : String.join("; ", different));
  }

  /** The kernel's files; there is one machine only. */
  private static Map<String, Long> kernelFiles() throws IOException {
    Map<String, Long> values = new TreeMap<>();
    try (Stream<Path> files = Files.list(machine())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file).strip();
        if (text.matches("\\d+")) {
          values.put(file.getFileName().toString(), Long.parseLong(text));
        }
      }
    }
    return values;
  }

  /** The directory of the one machine, THREAD-DESCRIPTOR. */
  private static Path machine() throws IOException {
    try (Stream<Path> files = Files.list(DEBUGFS)) {
      return files.filter(path -> path.getFileName().toString().contains("-")).findFirst()
          .orElseThrow(() -> new IOException("no machine in " + DEBUGFS));
    }
  }

  private static Map<String, Long> change(Map<String, Long> before, Map<String, Long> after) {
    Map<String, Long> change = new TreeMap<>();
    after.forEach((name, value) -> change.put(name, value - before.getOrDefault(name, 0L)));
    return change;
  }

  /** What does not move any more is printed alike. */
  private void layouts() throws IOException, InterruptedException {
    String numbers = "(?!.*_hist)";
    same("kvm_stat -1 -d -i", ours("kvm_stat", "-1", "-d", "-i", "-f", numbers), theirs("kvm_stat", "-1", "-d", "-i", "-f", numbers));
    // Ours knows more reasons than the original.
    for (String event : List.of("kvm_exit", "kvm_userspace_exit")) {
      String original = Output.of(theirs("kvm_stat", "-1", "-t", "-f", event)).out();
      Set<String> known = original.lines().collect(Collectors.toSet());
      String mine = Output.of(ours("kvm_stat", "-1", "-t", "-f", event)).out();
      table.texts("kvm_stat -1 -t -f " + event, mine.lines().filter(known::contains).map(line -> line + "\n").collect(Collectors.joining()), original);
    }
    // Of histograms the original knows the names only.
    table.texts("kvm_stat -d -f help", Output.of(ours("kvm_stat", "-d", "-f", "help")).text(),
        Output.of(theirs("kvm_stat", "-d", "-f", "help")).text().replaceAll("(?m)^.*_hist\n", ""));
    same("kvm_stat -t -f help", ours("kvm_stat", "-t", "-f", "help"), theirs("kvm_stat", "-t", "-f", "help"));
  }

  private void same(String what, List<String> mine, List<String> original) throws IOException, InterruptedException {
    table.texts(what, Output.of(mine).text(), Output.of(original).text());
  }

  // perf kvm stat

  /** Both record one guest; both read both files. */
  private void recordings() throws IOException, InterruptedException, SystemCallException {
    table.section("perf kvm stat: the same guest, recorded by both at once; each file read by both");
    Map<String, Path> recorded = new LinkedHashMap<>();
    recorded.put("perf's file", directory.resolve("perf.data"));
    recorded.put("our file", directory.resolve("ours.data"));
    // The workload starts when the events are enabled, and ends with its stdin.
    List<String> workload = List.of("sh", "-c", "echo ready; exec cat");
    List<String> theirCommand = new ArrayList<>(
        theirs("perf", "kvm", "stat", "record", "-p", PID, "-o", recorded.get("perf's file").toString()));
    List<String> ourCommand = new ArrayList<>(
        ours("perf-kvm", "stat", "record", "-p", PID, "-o", recorded.get("our file").toString()));
    theirCommand.addAll(workload);
    ourCommand.addAll(workload);
    try (CountedGuest guest = guest();
        Program theirs = new Program(theirCommand);
        Program mine = new Program(ourCommand)) {
      theirs.await(1);
      mine.await(1);
      guest.run();
      int theirStatus = theirs.end();
      int ourStatus = mine.end();
      table.line(theirStatus == 0 && ourStatus == 0, "recorded", "exit status " + theirStatus + " and " + ourStatus);
    }
    for (String event : List.of("vmexit", "ioport", "mmio", "msr")) {
      Map<String, Map<String, Long>> samples = new LinkedHashMap<>();
      for (var entry : recorded.entrySet()) {
        for (String key : List.of("sample", "time")) {
          String[] arguments = {"stat", "report", "--event=" + event, "-k", key};
          String file = entry.getValue().toString();
          Output mine = Output.of(ours("perf-kvm", Stream.concat(Stream.of("-i", file), Stream.of(arguments)).toArray(String[]::new)));
          Output theirs = Output.of(theirs("perf", Stream.concat(Stream.of("kvm", "-i", file), Stream.of(arguments)).toArray(String[]::new)));
          table.texts("--event=" + event + " -k " + key + ", " + entry.getKey(), analysis(mine.out()), analysis(theirs.err()));
          samples.put(entry.getKey() + ", perf", samples(theirs.err()));
          samples.put(entry.getKey() + ", ours", samples(mine.out()));
        }
      }
      Set<String> names = new TreeSet<>();
      samples.values().forEach(rows -> names.addAll(rows.keySet()));
      Map<String, Integer> known = SAMPLES.getOrDefault(event, Map.of());
      names.addAll(known.keySet());
      for (String name : names) {
        Map<String, Long> figures = of(name, samples);
        table.figures(event + ": " + name, known.containsKey(name) ? with("issued", known.getOrDefault(name, 0), figures) : figures);
      }
    }
  }

  private static String analysis(String text) {
    int start = text.indexOf("Analyze");
    return start < 0 ? text : text.substring(start).stripTrailing();
  }

  private static Map<String, Long> samples(String text) {
    Map<String, Long> samples = new TreeMap<>();
    Matcher row = Pattern.compile("(?m)^ *(\\S+) +(\\d+) +[\\d.]+% .*us \\(").matcher(text);
    while (row.find()) {
      samples.put(row.group(1), Long.parseLong(row.group(2)));
    }
    return samples;
  }

  // lsmod, modinfo, portfire modules

  private void modules() throws IOException, InterruptedException {
    table.section("kmod: the modules of this kernel");
    same("lsmod", ours("lsmod"), theirs("lsmod"));
    List<String> loaded = loaded();
    for (List<String> options : List.of(
        List.<String>of(), List.of("-p"), List.of("-0"), List.of("-n"), List.of("-F", "parm"), List.of("-F", "depends"))) {
      String[] arguments = Stream.concat(options.stream(), loaded.stream()).toArray(String[]::new);
      same("modinfo " + String.join(" ", options) + " of " + loaded.size() + " modules", ours("modinfo", arguments), theirs("modinfo", arguments));
    }
    String shown = Output.of(ours("portfire", "modules", "kvm")).out();
    for (String module : List.of("kvm", "kvm_amd")) {
      parameters(shown, module);
    }
  }

  /** Name, value, type and mode of a module's parameters, and the meaning if the module says it. */
  private void parameters(String shown, String module) throws IOException, InterruptedException {
    Map<String, Described> described = described(module);
    table.texts("portfire modules kvm: " + module, shownParameters(shown, module, described), kernelParameters(module, described));
  }

  private static List<String> loaded() throws IOException {
    return Files.readAllLines(Path.of("/proc/modules")).stream().map(line -> line.substring(0, line.indexOf(' '))).toList();
  }

  /** What modinfo says of a parameter; empty if nothing. */
  private record Described(String type, String meaning) {}

  private static Map<String, Described> described(String module) throws IOException, InterruptedException {
    Map<String, Described> described = new TreeMap<>();
    Pattern row = Pattern.compile("(\\w+):(.*?)(?: ?\\((\\w+)\\))?");
    for (String line : Output.of(theirs("modinfo", "-p", module)).out().lines().toList()) {
      Matcher matcher = row.matcher(line);
      if (matcher.matches()) {
        described.put(matcher.group(1), new Described(Objects.requireNonNullElse(matcher.group(3), ""), matcher.group(2)));
      }
    }
    return described;
  }

  private static String parameter(String name, String value, String type, String mode, String meaning) {
    return (name + " = " + value + " (" + type + ") " + mode + " " + meaning).strip() + "\n";
  }

  private static String shownParameters(String shown, String module, Map<String, Described> described) {
    Pattern row = Pattern.compile("  (\\S+) +(\\S*) +(\\S+) +(r[ow])(?:  (.*))?");
    StringBuilder text = new StringBuilder();
    boolean inside = false;
    for (String line : shown.lines().toList()) {
      Matcher matcher = row.matcher(line);
      if (!line.startsWith("  ")) {
        inside = line.startsWith(module + ":");
      } else if (inside && matcher.matches()) {
        Described about = described.getOrDefault(matcher.group(1), new Described("", ""));
        // Where the module says nothing, the words are Portfire's.
        String meaning = about.meaning.isEmpty() ? "" : Objects.requireNonNullElse(matcher.group(5), "");
        text.append(parameter(matcher.group(1), matcher.group(2), matcher.group(3), matcher.group(4), meaning));
      }
    }
    return text.toString();
  }

  private static String kernelParameters(String module, Map<String, Described> described) throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.list(Path.of("/sys/module/" + module + "/parameters"))) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        Described about = described.getOrDefault(name, new Described("", ""));
        boolean writable = Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_WRITE);
        text.append(parameter(name, Files.readString(file).strip(), about.type, writable ? "rw" : "ro", about.meaning));
      }
    }
    return text.toString();
  }

  /** A parameter is changed and the module loaded again, which is refused while a machine runs. */
  private void reload() throws IOException, InterruptedException, SystemCallException {
    table.section("portfire modules kvm --set kvm_amd.nested --apply");
    Path configuration = Path.of("/etc/modprobe.d/portfire-kvm.conf");
    String before = Files.readString(Path.of(NESTED)).strip();
    String after = before.equals("1") ? "0" : "1";
    List<String> change = ours("portfire", "modules", "kvm", "--set", "kvm_amd.nested=" + after, "--apply");
    try (CountedGuest guest = guest()) {
      Output refused = Output.of(change);
      table.line(refused.status() == 1 && !Files.exists(configuration), "refused while a machine runs", refused.err().strip());
      guest.run();
    }
    Output applied = Output.of(change);
    table.line(applied.status() == 0 && Files.exists(configuration), "applied", applied.out().strip().replace("\n", "; ") + applied.err());
    Output removed = Output.of(theirs("modprobe", "-r", "kvm_amd"));
    Output absent = Output.of(ours("lsmod"));
    table.line(removed.status() == 0 && !absent.out().contains("kvm_amd"), "modprobe -r kvm_amd", removed.text());
    Output none = Output.of(ours("portfire", "modules", "kvm"));
    table.line(none.status() == 1, "no module", none.err().strip());
    Output loaded = Output.of(theirs("modprobe", "kvm_amd"));
    String now = Files.readString(Path.of(NESTED)).strip();
    table.line(loaded.status() == 0 && now.equals(after), "modprobe kvm_amd", "nested was " + before + ", is " + now);
    parameters(Output.of(ours("portfire", "modules", "kvm")).out(), "kvm_amd");
    same("lsmod", ours("lsmod"), theirs("lsmod"));
  }

  // lscpu, cpuid

  private void systems() throws IOException, InterruptedException {
    table.section("util-linux, cpuid: this system");
    for (List<String> options : List.of(
        List.<String>of(), List.of("-e"), List.of("-p"), List.of("-B"), List.of("-C"), List.of("-e", "--output-all"), List.of("-J"))) {
      String[] arguments = options.toArray(String[]::new);
      Output mine = Output.of(ours("lscpu", arguments));
      Output original = Output.of(theirs("lscpu", arguments));
      // Where util-linux writes a bare "-" for a number, ours is JSON.
      table.texts("lscpu " + String.join(" ", options), mine.text(), original.text().replaceAll("(?m): -(,?)$", ": null$1"));
    }
    same("cpuid -r", ours("cpuid", "-r"), theirs("cpuid", "-r"));
    table.texts("cpuid", concluded(Output.of(ours("cpuid")).text()), concluded(Output.of(theirs("cpuid")).text()));
  }

  /** Without what ours leaves out: see docs/inspection.md. */
  private static String concluded(String text) {
    return text.replaceAll("(?m)^   \\(synth\\) = .*\n", "");
  }
}
