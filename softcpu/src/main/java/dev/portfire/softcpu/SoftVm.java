package dev.portfire.softcpu;

import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.DirtyLog;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.HostCode;
import dev.portfire.machine.InterruptControllers;
import dev.portfire.machine.InterruptLine;
import dev.portfire.machine.IoBus;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.softcpu.irqchip.ApicHost;
import dev.portfire.softcpu.irqchip.IrqChip;
import dev.portfire.softcpu.irqchip.TimerQueue;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A machine of software CPUs. */
final class SoftVm implements Vm {
  /** Passes a local APIC's calls on to the CPU that is made after it. */
  private static final class Host implements ApicHost {
    private @Nullable Cpu cpu;

    private Cpu cpu() {
      return Objects.requireNonNull(cpu);
    }

    @Override
    public void interruptRaised() {
      if (cpu != null) {
        cpu.interruptRaised();
      }
    }

    @Override
    public void nmi() {
      cpu().nmi();
    }

    @Override
    public void init() {
      cpu().init();
    }

    @Override
    public void startUp(int vector) {
      cpu().startUp(vector);
    }
  }

  private final VmSpec spec;
  private final int features;
  private final IoBus ports;
  private final IoBus mmio;
  private final @Nullable Points points;
  private final SoftClock clock;
  private final TimerQueue timers;
  private final IrqChip irqChip;
  private final CodeCache code;
  private final @Nullable NativeEngine engine;
  private final boolean counts;
  private final List<Cpu> cpus = new ArrayList<>();
  private final List<Identity> identities = new ArrayList<>();
  private final RandomGenerator random;
  private volatile @Nullable String tripleFault;

  private final Forgetting forgetting;
  private final Object idleLock = new Object();
  private volatile long idleSince = System.nanoTime();
  private long asleepBefore;

  SoftVm(
      VmSpec spec,
      HostCode.@Nullable Source source,
      boolean counts,
      Forgetting forgetting,
      @Nullable Determinism determinism) {
    this(spec, new IoBus("pio"), new IoBus("mmio"), source, counts, forgetting, determinism);
    irqChip.attach(ports, mmio);
  }

  /** A machine on another one's buses, which keep their own interrupt controllers. */
  SoftVm(VmSpec spec, IoBus ports, IoBus mmio) {
    this(spec, ports, mmio, null, true, Forgetting.IDLE_CODE, null);
  }

  private SoftVm(
      VmSpec spec,
      IoBus ports,
      IoBus mmio,
      HostCode.@Nullable Source source,
      boolean counts,
      Forgetting forgetting,
      @Nullable Determinism determinism) {
    if (determinism != null && spec.vcpuCount() != 1) {
      throw new IllegalArgumentException("a deterministic machine has one vCPU, not " + spec.vcpuCount());
    }
    this.spec = spec;
    if (determinism == null) {
      this.points = null;
      this.clock = new SoftClock();
      this.random = new SecureRandom();
    } else {
      Points p = new Points(determinism);
      this.points = p;
      this.clock = new SoftClock(p::now, determinism.start());
      this.random = new SplittableRandom(determinism.seed());
    }
    this.forgetting = forgetting;
    this.counts = counts;
    this.code = new CodeCache(spec.memory());
    this.engine = source == null ? null : new NativeEngine(source, code, counts, spec.cpu(), points == null ? clock::tsc : null);
    this.features = engine == null ? CpuId.features(spec.cpu(), CpuId.V3) : engine.features();
    this.ports = ports;
    this.mmio = mmio;
    this.timers = points == null ? new TimerQueue(spec.name()) : points.timers();
    List<Host> hosts = new ArrayList<>();
    for (int k = 0; k < spec.vcpuCount(); k++) {
      hosts.add(new Host());
    }
    this.irqChip = new IrqChip(hosts, timers, clock);
    for (int k = 0; k < spec.vcpuCount(); k++) {
      Cpu cpu = new Cpu(this, k, irqChip.apic(k));
      cpus.add(cpu);
      hosts.get(k).cpu = cpu;
      identify(cpu);
    }
    code.dirtyLog().flushBy(this::flushWrites);
    spec.memory().observeWrites(this::written);
    if (engine != null) {
      code.onDrop(() -> cpus.forEach(Cpu::leaveEmittedCode));
    }
  }

  private void identify(Cpu cpu) {
    try {
      identities.add(Identity.of(cpu, spec.template()));
      spec.template().ifPresent(template -> cpu.msrs.apply(template));
      List<CpuTemplate.Capability> wanted = spec.template().map(CpuTemplate::capabilities).orElse(List.of());
      for (CpuTemplate.Capability capability : wanted) {
        if (!capability.removed()) {
          throw new IllegalStateException("Missing KVM capabilities: [0x%x]: the software CPU has none; leave kvm_capabilities out,"
              .formatted(capability.number()) + " or run on KVM");
        }
      }
    } catch (IllegalStateException e) {
      close();
      throw e;
    }
  }

  /** What CPUID answers on a vCPU. */
  Identity identity(int index) {
    return identities.get(index);
  }

  /** vCPUs in a core. */
  int threadsPerCore() {
    return spec.threadsPerCore();
  }

  /** Whether the vCPUs know how many instructions they have executed; the interpreter always does. */
  boolean countsInstructions() {
    return engine == null || counts;
  }

  /** What the processor has of what not every model has: bits of {@link Forms#FEATURES}. */
  int features() {
    return features;
  }

  /** The points of a deterministic machine. */
  @Nullable Points points() {
    return points;
  }

  @Nullable NativeEngine engine() {
    return engine;
  }

  /**
   * Called by a vCPU that is about to sleep. A guest that has done next to nothing for a while loses the code that it needed
   * before, which may be more than all else that the machine takes; what it executes while it idles is a small part of it and
   * is translated again.
   */
  void aboutToSleep() {
    long now = System.nanoTime();
    if (now - idleSince < forgetting.window()) {
      return;
    }
    boolean idle;
    synchronized (idleLock) {
      long elapsed = now - idleSince;
      if (elapsed < forgetting.window()) {
        return;
      }
      long asleep = 0;
      for (Cpu cpu : cpus) {
        asleep += cpu.asleep(now);
      }
      idle = forgetting.isIdle(asleep - asleepBefore, elapsed, cpus.size());
      idleSince = now;
      asleepBefore = asleep;
    }
    if (idle && code.operations() > forgetting.operations()) {
      NativeEngine e = engine;
      if (e != null) {
        // Before the blocks are dropped, which would make every entry of what goes anyhow lead out.
        e.wantEmpty();
        emptyCode();
      }
      code.dropAll();
    }
  }

  /** Empties the native engine's code memory, when every vCPU has left it. */
  void emptyCode() {
    NativeEngine e = engine;
    if (e == null) {
      return;
    }
    synchronized (e) {
      if (!e.isFull()) {
        return;
      }
      for (Cpu cpu : cpus) {
        while (cpu.isInEmittedCode()) {
          cpu.leaveEmittedCode();
          Thread.onSpinWait();
        }
      }
      e.empty();
    }
  }

  /** Makes every vCPU drop its write translations and waits until it has, or will before it executes anything. */
  private void flushWrites() {
    long epoch = code.nextEpoch();
    for (Cpu cpu : cpus) {
      cpu.requestFlush(epoch);
    }
    for (Cpu cpu : cpus) {
      if (cpu.isCurrent()) {
        // A device is being accessed: the vCPU goes on in the middle of a block.
        cpu.mmu.flushWrites();
      }
      while (!cpu.isCurrent() && !cpu.hasFlushed(epoch)) {
        Thread.onSpinWait();
      }
    }
  }

  /** A device wrote into memory: code that was decoded from there is stale. */
  private void written(long address, long length) {
    long at = spec.memory().hostOffset(address);
    long end = at + length;
    while (at < end) {
      int offset = (int) at & 4095;
      int part = (int) Math.min(end - at, 4096 - offset);
      code.written((int) (at >>> 12), offset, part);
      at += part;
    }
  }

  CodeCache code() {
    return code;
  }

  SoftClock clock() {
    return clock;
  }

  IrqChip irqChip() {
    return irqChip;
  }

  boolean smp() {
    return spec.vcpuCount() > 1;
  }

  int vcpuCount() {
    return spec.vcpuCount();
  }

  /** Sixty-four random bits for RDRAND and RDSEED. */
  long random() {
    return random.nextLong();
  }

  /**
   * How often to look whether the other vCPUs have dropped their write translations, before going on without keeping
   * code.
   */
  private static final int PATIENCE = 200;

  /**
   * Marks a page as one that holds decoded code.
   *
   * @return whether what is decoded from it can be kept: every vCPU's writes to it will be noticed from now on. If a
   * vCPU's
   *     thread is not running just now, that can take long; the code is then executed without keeping it.
   */
  boolean codeCanBeKept(Cpu requester, int page, int offset) {
    long epoch = code.mark(page, offset);
    if (epoch == 0) {
      return true;
    }
    requester.mmu.flushWrites();
    for (Cpu cpu : cpus) {
      if (cpu != requester) {
        cpu.requestFlush(epoch);
      }
    }
    for (Cpu cpu : cpus) {
      for (int k = 0; cpu != requester && !cpu.hasFlushed(epoch); k++) {
        if (k == PATIENCE) {
          return false;
        }
        requester.obligeWhileWaiting();
      }
    }
    code.ready(page, epoch);
    return true;
  }

  void reportTripleFault(Cpu cpu) {
    tripleFault = RegisterDump.of(cpu);
  }

  @Override
  public Optional<String> failure() {
    return Optional.ofNullable(tripleFault);
  }

  @Override
  public GuestMemory memory() {
    return spec.memory();
  }

  @Override
  public IoBus ports() {
    return ports;
  }

  @Override
  public IoBus mmio() {
    return mmio;
  }

  @Override
  public InterruptLine interruptLine(int gsi) {
    return irqChip.line(gsi);
  }

  @Override
  public void signalMessage(long address, int data) {
    boolean unused = irqChip.bus().msi(address, data);
  }

  @Override
  public Vcpu vcpu(int index) {
    return cpus.get(index);
  }

  @Override
  public InterruptControllers saveInterruptControllers() {
    return irqChip.saveControllers();
  }

  @Override
  public void restoreInterruptControllers(InterruptControllers state) {
    irqChip.restoreControllers(state);
  }

  @Override
  public long saveClock() {
    return clock.now();
  }

  @Override
  public void restoreClock(long nanos) {
    clock.set(nanos);
  }

  @Override
  public Optional<DirtyLog> dirtyLog() {
    return Optional.of(code.dirtyLog());
  }

  @Override
  public void close() {
    timers.close();
    if (engine != null) {
      engine.close();
    }
  }
}
