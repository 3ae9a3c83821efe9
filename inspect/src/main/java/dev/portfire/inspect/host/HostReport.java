package dev.portfire.inspect.host;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Given;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.GetOpt.UsageException;
import dev.portfire.inspect.SysRoot;
import dev.portfire.vmm.Accelerator;
import dev.portfire.vmm.BackEndChoice;
import dev.portfire.vmm.MicroVmException;
import dev.portfire.vmm.json.JsonWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code portfire host}: whether and how microVMs run on this host, and what would be needed for more. */
public final class HostReport {
  private static final String HELP =
      """
      Usage: portfire host [--json]

      Shows what this host has for microVMs: processor, hypervisor, KVM with its capabilities, modules, statistics, devices; what
      Portfire would take; and what to do about what is missing.

      The exit status is 0 if KVM runs microVMs at hardware speed, 1 if they run on the software CPU, 2 for a wrong command line.

      Options:
            --json  the same as JSON
        -h, --help  display this help
      """;

  private static final List<Option> OPTIONS = List.of(Option.flag('\0', "json"), Option.flag('h', "help"));
  private static final String DEVICE = "/dev/kvm";

  /**
   * Something that is known.
   *
   * @param remedy what to do if it is not as wanted, or empty
   */
  private record Fact(String section, String name, List<String> values, String remedy) {}

  /** What Portfire takes: a seam for tests. */
  public interface Chooser {
    /** Chooses. */
    BackEndChoice choose() throws MicroVmException;
  }

  private final SysRoot root;
  private final Chooser chooser;
  private final PrintStream out;
  private final PrintStream err;
  private final List<Fact> facts = new ArrayList<>();

  /** Makes the command. */
  public HostReport(SysRoot root, Chooser chooser, PrintStream out, PrintStream err) {
    this.root = root;
    this.chooser = chooser;
    this.out = out;
    this.err = err;
  }

  private void fact(String section, String name, String value) {
    fact(section, name, value, "");
  }

  private void fact(String section, String name, String value, String remedy) {
    facts.add(new Fact(section, name, List.of(value), remedy));
  }

  /** Runs the command and returns its exit status. */
  public int run(List<String> arguments) {
    boolean json = false;
    try {
      GetOpt.Parsed parsed = GetOpt.parse("portfire host", OPTIONS, arguments);
      if (!parsed.operands().isEmpty()) {
        err.println("portfire host: unexpected argument " + parsed.operands().getFirst() + "; try --help");
        return 2;
      }
      for (Given given : parsed.options()) {
        if (given.option().name().equals("help")) {
          out.print(HELP);
          return 0;
        }
        json = true;
      }
    } catch (UsageException e) {
      err.println(e.getMessage() + "; try --help");
      return 2;
    }
    processor();
    kvm();
    modules();
    statistics();
    devices();
    boolean fast = choice();
    if (json) {
      json(fast);
    } else {
      text(fast);
    }
    return fast ? 0 : 1;
  }

  private void processor() {
    String section = "processor";
    String info = root.text("/proc/cpuinfo").orElse("");
    fact(section, "model", value(info, "model name"));
    fact(section, "cpus online", root.line("/sys/devices/system/cpu/online").orElse("unknown"));
    List<String> flags = List.of(value(info, "flags").split(" ", -1));
    boolean extension = flags.contains("vmx") || flags.contains("svm");
    fact(section, "virtualization flag", flags.contains("svm") ? "svm" : flags.contains("vmx") ? "vmx" : "none",
        extension ? "" : "the kernel sees neither VMX nor SVM: switch virtualization on in the firmware, or nested virtualization"
            + " in the hypervisor (which may offer KVM all the same)");
    fact(section, "in a virtual machine", flags.contains("hypervisor") ? "yes" : "no");
    fact(section, "kernel", root.line("/proc/sys/kernel/osrelease").orElse("unknown"));
  }

  private static String value(String info, String name) {
    for (String line : info.split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).strip().equals(name)) {
        return line.substring(colon + 1).strip();
      }
    }
    return "unknown";
  }

  private void kvm() {
    String section = "kvm";
    Path device = root.path(DEVICE);
    try {
      PosixFileAttributes attributes = Files.readAttributes(device, PosixFileAttributes.class);
      fact(section, DEVICE, PosixFilePermissions.toString(attributes.permissions()) + " " + attributes.owner().getName() + " "
          + attributes.group().getName());
    } catch (IOException | UnsupportedOperationException e) {
      fact(section, DEVICE, "missing", "no KVM in this kernel: modprobe kvm_intel or kvm_amd; in a container, pass " + DEVICE);
      return;
    }
    if (!root.isHost()) {
      return;
    }
    Kvm kvm = Kvm.ask(DEVICE);
    fact(section, "api version", kvm.version() == 0 ? "unknown" : Integer.toString(kvm.version()));
    fact(section, "creates machines", kvm.createsMachines() ? "yes" : "no: " + kvm.problem(),
        kvm.createsMachines() ? "" : "if permission is denied: add the user to the group above (usermod -aG kvm USER), or setfacl -m"
            + " u:USER:rw " + DEVICE);
    List<String> capabilities = new ArrayList<>();
    for (Map.Entry<String, Integer> entry : kvm.capabilities().entrySet()) {
      capabilities.add(entry.getKey() + (entry.getValue() == 1 ? "" : "=" + entry.getValue()));
    }
    facts.add(new Fact(section, "capabilities", capabilities, ""));
  }

  private void modules() {
    String section = "modules";
    for (String module : root.list("/sys/module")) {
      if (module.equals("kvm") || module.startsWith("kvm_")) {
        fact(section, module, root.exists("/sys/module/" + module + "/initstate") ? "loaded" : "built in");
        root.line("/sys/module/" + module + "/parameters/nested").ifPresent(value -> fact(section, module + ".nested", value));
      }
    }
  }

  private void statistics() {
    String section = "statistics";
    boolean debugfs = mounted("debugfs");
    fact(section, "debugfs", debugfs ? "mounted" : "not mounted",
        debugfs ? "" : "mount -t debugfs none /sys/kernel/debug");
    List<String> machines = new ArrayList<>(root.list("/sys/kernel/debug/kvm"));
    machines.removeIf(name -> !name.matches("[0-9]+-[0-9]+"));
    if (!machines.isEmpty()) {
      facts.add(new Fact(section, "machines in debugfs", machines, ""));
    }
    boolean tracefs = root.exists("/sys/kernel/tracing/events/kvm") || root.exists("/sys/kernel/debug/tracing/events/kvm");
    boolean mounted = mounted("tracefs") || debugfs;
    fact(section, "kvm tracepoints", tracefs ? "there" : mounted ? "not there" : "tracefs is not mounted",
        tracefs ? "" : mounted ? "as root, and with a kernel that has them" : "mount -t tracefs none /sys/kernel/tracing");
    root.line("/proc/sys/kernel/perf_event_paranoid").ifPresent(value -> fact(section, "perf_event_paranoid", value));
    fact(section, "lockdown", lockdown());
  }

  private boolean mounted(String type) {
    return root.text("/proc/mounts").orElse("").lines().anyMatch(line -> (line + " ").contains(" " + type + " "));
  }

  private String lockdown() {
    Optional<String> line = root.line("/sys/kernel/security/lockdown");
    if (line.isEmpty()) {
      return "unknown: securityfs is not mounted";
    }
    int from = line.get().indexOf('[');
    int to = line.get().indexOf(']');
    return from >= 0 && to > from ? line.get().substring(from + 1, to) : line.get();
  }

  private void devices() {
    String section = "devices";
    for (String device : List.of("/dev/net/tun", "/dev/vhost-net", "/dev/vhost-vsock", "/dev/userfaultfd")) {
      fact(section, device, root.exists(device) ? "there" : "missing");
    }
    fact(section, "cgroups", root.exists("/sys/fs/cgroup/cgroup.controllers") ? "v2" : root.exists("/sys/fs/cgroup") ? "v1" : "none");
    String memory = root.text("/proc/meminfo").orElse("");
    fact(section, "huge pages", value(memory, "HugePages_Free") + " free of " + value(memory, "HugePages_Total") + ", "
        + value(memory, "Hugepagesize") + " each");
    fact(section, "memory available", value(memory, "MemAvailable"));
    root.line("/sys/kernel/mm/transparent_hugepage/enabled").ifPresent(line -> fact(section, "transparent huge pages", line));
  }

  private boolean choice() {
    try {
      BackEndChoice choice = chooser.choose();
      boolean fast = choice.accelerator() == Accelerator.KVM;
      fact("portfire", "accelerator", choice.accelerator().toString());
      fact("portfire", "reason", choice.reason());
      return fast;
    } catch (MicroVmException e) {
      fact("portfire", "accelerator", "none: " + e.getMessage());
      return false;
    }
  }

  private static String verdict(boolean fast) {
    return fast
        ? "microVMs run here under KVM, at hardware speed"
        : "microVMs run here on the software CPU, which needs neither KVM nor privilege";
  }

  private void text(boolean fast) {
    String section = "";
    for (Fact fact : facts) {
      if (!fact.section.equals(section)) {
        section = fact.section;
        out.print(section + "\n");
      }
      out.print("  " + fact.name + " ".repeat(Math.max(1, 26 - fact.name.length())));
      out.print(wrapped(fact.values) + "\n");
      if (!fact.remedy.isEmpty()) {
        out.print("    -> " + fact.remedy + "\n");
      }
    }
    out.print("\n" + verdict(fast) + "\n");
  }

  private static String wrapped(List<String> values) {
    StringBuilder text = new StringBuilder();
    int column = 28;
    for (String value : values) {
      if (column > 28 && column + value.length() > 118) {
        text.append('\n').repeat(' ', 28);
        column = 28;
      } else if (column > 28) {
        text.append(' ');
        column++;
      }
      text.append(value);
      column += value.length();
    }
    return text.toString();
  }

  private void json(boolean fast) {
    JsonWriter json = new JsonWriter().begin();
    json.name("hardware_speed").bool(fast).name("verdict").string(verdict(fast));
    String section = "";
    for (Fact fact : facts) {
      if (!fact.section.equals(section)) {
        if (!section.isEmpty()) {
          json.end();
        }
        section = fact.section;
        json.name(section).begin();
      }
      json.name(fact.name);
      if (fact.values.size() == 1 && !fact.name.equals("capabilities") && !fact.name.equals("machines in debugfs")) {
        json.string(fact.values.getFirst());
      } else {
        json.beginArray();
        fact.values.forEach(json::string);
        json.endArray();
      }
    }
    json.end().name("remedies").beginArray();
    for (Fact fact : facts) {
      if (!fact.remedy.isEmpty()) {
        json.begin().name("of").string(fact.name).name("do").string(fact.remedy).end();
      }
    }
    out.print(json.endArray().end() + "\n");
  }
}
