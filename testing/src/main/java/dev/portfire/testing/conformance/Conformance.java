package dev.portfire.testing.conformance;

import dev.portfire.kvm.KvmHypervisor;
import dev.portfire.kvm.SpeedProbe;
import dev.portfire.linux.ExecutableMemory;
import dev.portfire.machine.Capabilities;
import dev.portfire.softcpu.SoftAssist;
import dev.portfire.softcpu.SoftHypervisor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs the suite from a command line: {@code [-v] [--only BACKEND] [words that a case's name must
 * contain]}. */
public final class Conformance {
  private Conformance() {}

  /** The software CPU with its native engine, unless that cannot run here, which is said with the reason. */
  public static Optional<BackEnd> nativeEngine(PrintStream out) {
    Optional<String> problem = SoftHypervisor.nativeProblem(ExecutableMemory.SOURCE);
    problem.ifPresent(reason -> out.println("native is left out: " + reason));
    return problem.isPresent()
        ? Optional.empty()
        : Optional.of(new BackEnd("native", new SoftHypervisor(ExecutableMemory.SOURCE)));
  }

  /** The back ends that can run here; what cannot is named with its reason. */
  public static List<BackEnd> backEnds(PrintStream out) {
    List<BackEnd> all = new ArrayList<>();
    all.add(new BackEnd("soft", new SoftHypervisor()));
    KvmHypervisor kvm = new KvmHypervisor(KvmHypervisor.DEVICE, Optional.of(SoftAssist::new));
    Capabilities capabilities = kvm.probe();
    if (capabilities.available()) {
      SpeedProbe.Verdict speed = SpeedProbe.verdict();
      out.println("kvm: " + speed.reason());
      all.add(new BackEnd(nestedInTcg() ? "kvm-tcg" : speed.hardwareSpeed() ? "kvm" : "kvm-emulating", kvm));
    } else {
      out.println("kvm is left out: " + capabilities.reason());
    }
    return all;
  }

  /** Whether this is a guest of QEMU's TCG, whose CPU has differences of its own that a guest's guest sees. */
  private static boolean nestedInTcg() {
    try {
      return Files.readString(Path.of("/proc/cpuinfo")).contains("QEMU TCG");
    } catch (IOException e) {
      return false;
    }
  }

  /** Runs and prints; the exit status is 1 if anything failed. */
  public static void main(String[] args) {
    PrintStream out = System.out;
    boolean verbose = args.length > 0 && args[0].equals("-v");
    List<String> rest = List.of(args).subList(verbose ? 1 : 0, args.length);
    String only = rest.size() > 1 && rest.get(0).equals("--only") ? rest.get(1) : "";
    String wanted = String.join(" ", rest.subList(only.isEmpty() ? 0 : 2, rest.size()));
    boolean allPassed = true;
    List<BackEnd> all = new ArrayList<>(backEnds(out));
    nativeEngine(out).ifPresent(all::add);
    for (BackEnd backEnd : all) {
      if (!backEnd.name().startsWith(only)) {
        continue;
      }
      int passed = 0;
      int failed = 0;
      int skipped = 0;
      int differing = 0;
      for (Case c : Suite.cases()) {
        if (!c.toString().contains(wanted)) {
          continue;
        }
        BareMachine guest = c.build();
        Outcome outcome = Runner.run(guest, backEnd);
        if (outcome.lack().isPresent()) {
          out.printf("%s  skip  %s (%s)%n", backEnd.name(), c, outcome.lack().get());
          skipped++;
          continue;
        }
        boolean differs = !outcome.differences().isEmpty();
        String known = differs ? " (known difference: " + String.join("; ", outcome.differences()) + ")" : "";
        String verdict = !outcome.passed() ? "FAIL" : differs ? "diff" : "ok  ";
        out.printf("%s  %s  %s%s  %.1f ms%n", backEnd.name(), verdict, c, known, outcome.nanos() / 1e6);
        if (!outcome.passed()) {
          failed++;
        } else if (differs) {
          differing++;
        } else {
          passed++;
        }
        if (!outcome.passed() || verbose) {
          out.print(outcome.report());
        }
      }
      out.printf("%s: %d passed, %d differ exactly as is known, %d failed, %d skipped%n",
          backEnd.name(), passed, differing, failed, skipped);
      allPassed &= failed == 0;
    }
    out.flush();
    System.exit(allPassed ? 0 : 1);
  }
}
