package dev.portfire.kvm;

import dev.portfire.machine.BusDevice;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.VmSpec;
import dev.portfire.machine.X86State;
import dev.portfire.machine.X86State.Segment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out whether KVM runs guest kernel code at hardware speed. The host's CPU flags do not tell: a KVM can be without them
 * and fast, and one that has everything can emulate each instruction of the guest's kernel.
 *
 * <p>A guest counts down in 64-bit mode at privilege level 0, a little and a lot; the difference of the times leaves out what
 * entering and leaving costs. The guest runs for less than 20 ms even where it is emulated.
 */
public final class SpeedProbe {
  /**
   * What was found.
   *
   * @param hardwareSpeed whether guest kernel code runs at hardware speed
   * @param reason one line that says so, with the measurement
   */
  public record Verdict(boolean hardwareSpeed, String reason) {}

  private static final String BOOT_ID = "/proc/sys/kernel/random/boot_id";
  private static final int INSTRUCTIONS_PER_ROUND = 2;
  private static final int FIRST_ROUNDS = 500;
  private static final int LAST_ROUNDS = 512_000;
  private static final int ATTEMPTS = 3;

  /** What a loop must take beyond entry and exit to be measured, in nanoseconds: much more than those vary. */
  private static final long MEASURABLE = 500_000;

  /** Instructions a second. Emulation does one or two million, the slowest of hardware a thousand. */
  private static final long LEAST = 50_000_000;

  private static final int MEMORY = 64 * 1024;
  private static final int PML4 = 0x1000;
  private static final int CODE = 0x4000;
  private static final int PORT = 0x10;

  /** {@code 1: dec ecx; jnz 1b; out 0x10, al; 2: jmp 2b}. */
  private static final byte[] LOOP = {
    (byte) 0xff, (byte) 0xc9, 0x75, (byte) 0xfc, (byte) 0xe6, PORT, (byte) 0xeb, (byte) 0xfe
  };

  private SpeedProbe() {}

  /** The verdict about {@link KvmHypervisor#DEVICE}: measured once per boot of the host and user, if a cache can be kept. */
  public static Verdict verdict() {
    Optional<Verdict> known = remembered();
    if (known.isPresent()) {
      return known.get();
    }
    long speed = measure(KvmHypervisor.DEVICE);
    Optional<Path> cache = cacheFile();
    Optional<String> boot = bootId();
    if (cache.isPresent() && boot.isPresent()) {
      write(cache.get(), boot.get(), speed);
    }
    return judge(speed);
  }

  /** The verdict that an earlier run came to since the host booted, if it did. Nothing of KVM is touched. */
  public static Optional<Verdict> remembered() {
    Optional<Path> cache = cacheFile();
    Optional<String> boot = bootId();
    return cache.isPresent() && boot.isPresent() ? read(cache.get(), boot.get()) : Optional.empty();
  }

  static Verdict judge(long instructionsPerSecond) {
    boolean fast = instructionsPerSecond >= LEAST;
    // More than that the short loop cannot tell.
    String speed = instructionsPerSecond > 1_000_000_000L
        ? "1000 M instructions/s or more"
        : String.format(Locale.ROOT, "%.1f M instructions/s", instructionsPerSecond / 1e6);
    return new Verdict(
        fast,
        fast
            ? "KVM runs guest kernel code at hardware speed (" + speed + ")"
            : "KVM emulates guest kernel code here (" + speed + ")");
  }

  private static Optional<String> bootId() {
    try {
      return Optional.of(Files.readString(Path.of(BOOT_ID)).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<Path> cacheFile() {
    String directory = System.getenv("XDG_CACHE_HOME");
    String home = System.getProperty("user.home");
    if (directory != null && directory.startsWith("/")) {
      return Optional.of(Path.of(directory, "portfire", "kvm-speed"));
    }
    return home == null || !home.startsWith("/")
        ? Optional.empty()
        : Optional.of(Path.of(home, ".cache", "portfire", "kvm-speed"));
  }

  /** What an earlier run of this boot found; a file that says anything else counts as none. */
  static Optional<Verdict> read(Path file, String boot) {
    try {
      String[] words = Files.readString(file).strip().split(" ", -1);
      return words.length == 2 && words[0].equals(boot)
          ? Optional.of(judge(Long.parseLong(words[1])))
          : Optional.empty();
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Keeps what was found; without a place for it, the next run measures again. */
  static void write(Path file, String boot, long speed) {
    Path directory = file.getParent();
    if (directory == null) {
      return;
    }
    try {
      Files.createDirectories(directory);
      Path fresh = Files.createTempFile(directory, "kvm-speed", ".tmp");
      Files.writeString(fresh, boot + " " + speed + "\n");
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      System.getLogger(SpeedProbe.class.getName()).log(System.Logger.Level.DEBUG, "the probe's result is not kept", e);
    }
  }

  /**
   * Measures.
   *
   * @return instructions a second, as far as the short loop can tell; 0 if the guest does not get through it
   * @throws IllegalStateException if KVM cannot be used at all
   */
  static long measure(String device) {
    KvmHypervisor kvm = new KvmHypervisor(device, CpuModel.PORTABLE, Optional.empty());
    try (GuestMemory memory = GuestMemory.allocate(MEMORY);
        KvmVm vm = kvm.open(new VmSpec("speed-probe", memory, 1))) {
      memory.writeLong(PML4, PML4 + 0x1003);
      memory.writeLong(PML4 + 0x1000, PML4 + 0x2003);
      memory.writeLong(PML4 + 0x2000, 0x83);
      memory.write(CODE, LOOP);
      Vcpu vcpu = vm.vcpu(0);
      Watch watch = new Watch(vcpu);
      vm.ports().attach(PORT, 1, watch);
      // The first one touches everything for the first time.
      time(vcpu, watch, 1);
      long least = Math.min(time(vcpu, watch, 1), time(vcpu, watch, 1));
      // Longer and longer, so that an emulator does not take long and hardware is not lost in the cost of its entry.
      int rounds = FIRST_ROUNDS;
      long nanos = beyond(vcpu, watch, rounds, least);
      while (nanos < MEASURABLE && rounds < LAST_ROUNDS) {
        rounds = Math.min(LAST_ROUNDS, rounds * 4);
        nanos = beyond(vcpu, watch, rounds, least);
      }
      return (rounds - 1L) * INSTRUCTIONS_PER_ROUND * 1_000_000_000L / Math.max(1, nanos);
    }
  }

  /** How long a loop takes beyond entry and exit: the shortest of some attempts, since others may use the host's CPU too. */
  private static long beyond(Vcpu vcpu, Watch watch, int rounds, long least) {
    long best = Long.MAX_VALUE;
    for (int k = 0; k < ATTEMPTS && best >= MEASURABLE; k++) {
      best = Math.min(best, time(vcpu, watch, rounds) - least);
    }
    return best;
  }

  /** Takes the time when the guest is done, and stops it. */
  private static final class Watch implements BusDevice {
    private final Vcpu vcpu;
    private long stopped;

    Watch(Vcpu vcpu) {
      this.vcpu = vcpu;
    }

    @Override
    public long read(long offset, int size) {
      return 0;
    }

    @Override
    public void write(long offset, int size, long value) {
      stopped = System.nanoTime();
      vcpu.kick();
    }
  }

  private static long time(Vcpu vcpu, Watch watch, int rounds) {
    vcpu.restore(start(rounds));
    long started = System.nanoTime();
    if (vcpu.run() != Vcpu.Stop.KICKED) {
      throw new IllegalStateException("KVM's guest stopped in a loop of two instructions");
    }
    return watch.stopped - started;
  }

  private static X86State start(int rounds) {
    long[] general = new long[16];
    general[1] = rounds;
    Segment data = new Segment(0x10, 0, -1, 0xc093);
    Segment[] segments = new Segment[8];
    Arrays.fill(segments, data);
    segments[X86State.CS] = new Segment(8, 0, -1, 0xa09b);
    segments[X86State.LDTR] = new Segment(0, 0, 0xffff, Segment.UNUSABLE | 0x82);
    segments[X86State.TR] = new Segment(0x18, 0, 0xffff, 0x808b);
    byte[] xsave = new byte[576];
    xsave[0] = 0x7f;
    xsave[1] = 3;
    xsave[24] = (byte) 0x80;
    xsave[25] = 0x1f;
    return new X86State(
        general,
        CODE,
        2,
        segments,
        new X86State.Table(0, 0xffff),
        new X86State.Table(0, 0xffff),
        // PE, ET, PG; PAE; LME, LMA
        new X86State.Control(0x8000_0011L, 0, PML4, 0x20, 0, 0x500, 1),
        new long[] {0, 0, 0, 0, 0xffff_0ff0L, 0x400},
        Map.of(),
        xsave,
        X86State.RunState.RUNNING);
  }
}
