package dev.portfire.softcpu;

import dev.portfire.machine.Capabilities;
import dev.portfire.machine.HostCode;
import dev.portfire.machine.Hypervisor;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The back end that executes guest instructions in Java, or, given executable memory, as machine code that Java emits. */
public final class SoftHypervisor implements Hypervisor {
  private final HostCode.@Nullable Source source;
  private final boolean counts;
  private final Forgetting forgetting;
  private final @Nullable Determinism determinism;

  /** The interpreter; it needs nothing from the host. */
  public SoftHypervisor() {
    this(null, true, Forgetting.IDLE_CODE, null);
  }

  /**
   * The native engine.
   *
   * @param source gives the memory for the code; see {@link #nativeProblem}
   */
  public SoftHypervisor(HostCode.Source source) {
    this(source, false, Forgetting.IDLE_CODE, null);
  }

  private SoftHypervisor(
      HostCode.@Nullable Source source, boolean counts, Forgetting forgetting, @Nullable Determinism determinism) {
    this.source = source;
    this.counts = counts;
    this.forgetting = forgetting;
    this.determinism = determinism;
  }

  /** The same, but emitted code counts the instructions that it executes, which costs it a little at each jump. */
  public SoftHypervisor countingInstructions() {
    return new SoftHypervisor(source, true, forgetting, determinism);
  }

  /**
   * The same, but whenever a vCPU goes to sleep all decoded and emitted code is forgotten, as it otherwise is when a guest has
   * been idle for ten seconds. For tests: guests must not notice.
   */
  public SoftHypervisor forgettingAtEachSleep() {
    return new SoftHypervisor(source, counts, Forgetting.AT_EACH_SLEEP, determinism);
  }

  /** The same, but its machines, which have one vCPU, do the same at each run and with each engine. For tests. */
  public SoftHypervisor deterministic(Determinism how) {
    return new SoftHypervisor(source, counts, forgetting, how);
  }

  /** Why the native engine cannot work on this host, if it cannot; one line. */
  public static Optional<String> nativeProblem(HostCode.Source source) {
    return NativeEngine.problem(source);
  }

  @Override
  public Capabilities probe() {
    if (source == null) {
      return new Capabilities(true, VmSpec.MAX_VCPUS, "x86-64 CPU in Java, interpreter");
    }
    Optional<String> problem = nativeProblem(source);
    return new Capabilities(
        problem.isEmpty(), VmSpec.MAX_VCPUS, problem.orElse("x86-64 CPU in Java, emitting machine code"));
  }

  @Override
  public Vm create(VmSpec spec) {
    return new SoftVm(spec, source, counts, forgetting, determinism);
  }
}
