package dev.portfire.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.X86State;
import dev.portfire.machine.X86State.Segment;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

  /** {@code 1: dec ecx; jnz 1b; out 0x10, al}: the exit ends it. */
  private static final byte[] LOOP = {
    (byte) 0xff, (byte) 0xc9, 0x75, (byte) 0xfc, (byte) 0xe6, PORT
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
   * @return instructions a second, as far as the short loop can tell
   * @throws IllegalStateException if KVM cannot be used at all
   */
  static long measure(String device) {
    try (Guest guest = new Guest(device)) {
      // The first one touches everything for the first time.
      guest.time(1);
      long least = Math.min(guest.time(1), guest.time(1));
      // Longer and longer, so that an emulator does not take long and hardware is not lost in the cost of its entry.
      int rounds = FIRST_ROUNDS;
      long nanos = beyond(guest, rounds, least);
      while (nanos < MEASURABLE && rounds < LAST_ROUNDS) {
        rounds = Math.min(LAST_ROUNDS, rounds * 4);
        nanos = beyond(guest, rounds, least);
      }
      return (rounds - 1L) * INSTRUCTIONS_PER_ROUND * 1_000_000_000L / Math.max(1, nanos);
    } catch (KvmUnavailableException e) {
      throw new IllegalStateException(e.reason(), e);
    } catch (SystemCallException e) {
      throw new IllegalStateException("KVM: " + e.getMessage(), e);
    }
  }

  /** How long a loop takes beyond entry and exit: the shortest of some attempts, since others may use the host's CPU too. */
  private static long beyond(Guest guest, int rounds, long least) {
    long best = Long.MAX_VALUE;
    for (int k = 0; k < ATTEMPTS && best >= MEASURABLE; k++) {
      best = Math.min(best, guest.time(rounds) - least);
    }
    return best;
  }

  /**
   * A virtual machine with nothing but a vCPU and memory: the interrupt controllers that {@link KvmVm} has make setting the
   * memory up and closing the machine take more than ten times as long.
   */
  private static final class Guest implements AutoCloseable {
    private final Descriptor vm;
    private final GuestMemory memory = GuestMemory.allocate(MEMORY);
    private final KvmDirtyLog slots;
    private final Descriptor vcpu;
    private final MemorySegment run;
    private final Descriptor.Repeated enter;
    private final VcpuState state;

    Guest(String path) throws KvmUnavailableException, SystemCallException {
      try (KvmDevice device = KvmDevice.open(path)) {
        vm = device.createVm();
        slots = new KvmDirtyLog(vm, memory);
        @Nullable Descriptor made = null;
        try {
          slots.setSlots(false);
          made = Descriptor.of(Calls.make(vm, Request.CREATE_VCPU, 0));
          run = made.map(Calls.make(device.file(), Request.GET_VCPU_MMAP_SIZE));
        } catch (SystemCallException | RuntimeException e) {
          if (made != null) {
            Calls.close(made);
          }
          closeMachine();
          throw e;
        }
        vcpu = made;
      }
      enter = vcpu.repeated(Request.RUN.number());
      state = new VcpuState(vcpu, Msrs.of(vcpu, Set.of()), Layouts.XSAVE_SIZE, false);
      memory.writeLong(PML4, PML4 + 0x1003);
      memory.writeLong(PML4 + 0x1000, PML4 + 0x2003);
      memory.writeLong(PML4 + 0x2000, 0x83);
      memory.write(CODE, LOOP);
    }

    /** Nanoseconds from entering the guest until it is through its loop. */
    long time(int rounds) {
      state.restoreRegisters(start(rounds));
      long started = System.nanoTime();
      int result;
      do {
        result = enter.call();
      } while (result == -SystemCallException.EINTR || result == -SystemCallException.EAGAIN);
      long ended = System.nanoTime();
      if (result < 0) {
        throw new IllegalStateException(
            "KVM_RUN: %s (errno %d)".formatted(SystemCalls.describe(-result), -result));
      }
      int reason = run.get(JAVA_INT, Layouts.RUN_EXIT_REASON);
      if (reason != ExitCode.IO.number()) {
        throw new IllegalStateException("KVM's guest stopped in a loop of two instructions, "
            + ExitCode.of(reason).map(Enum::name).orElse("exit reason " + reason));
      }
      // The OUT is over only when KVM_RUN has been called again (api.rst, "the kvm_run structure").
      run.set(JAVA_BYTE, Layouts.RUN_IMMEDIATE_EXIT, (byte) 1);
      enter.call();
      run.set(JAVA_BYTE, Layouts.RUN_IMMEDIATE_EXIT, (byte) 0);
      return ended - started;
    }

    private void closeMachine() {
      slots.close();
      Calls.close(vm);
      memory.close();
    }

    @Override
    public void close() throws SystemCallException {
      try {
        SystemCalls.munmap(run);
      } finally {
        Calls.close(vcpu);
        closeMachine();
      }
    }
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
