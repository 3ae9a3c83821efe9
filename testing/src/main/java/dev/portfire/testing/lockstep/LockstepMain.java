package dev.portfire.testing.lockstep;

import dev.portfire.boot.BootException;
import dev.portfire.cli.guest.DefaultGuest;
import dev.portfire.cli.guest.GuestException;
import dev.portfire.cli.guest.GuestTask;
import dev.portfire.linux.ExecutableMemory;
import dev.portfire.machine.CpuModel;
import dev.portfire.softcpu.SoftHypervisor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Boots a guest on both engines in lockstep: {@code [--image FILE] [--seed N] [--tick NANOS] [--mem MIB] [--cpu MODEL] [--memory-every
 * POINTS] [--points MOST] [--engines LEADER,FOLLOWER] [--run COMMAND] [--trace POINT]
 * [-v]}. See {@code bench/lockstep}.
 */
public final class LockstepMain {
  private static final String PROMPT = "portfire:";

  /** Without a disk: what busybox has to say. */
  private static final List<Guest.Line> SMALL = List.of(
      new Guest.Line(PROMPT, "uname -r; sed -n 's/^flags.*: //p' /proc/cpuinfo; ls -l /bin | md5sum; seq 2000 | sort -R | sha256sum\n"),
      new Guest.Line(PROMPT, "dd if=/dev/urandom bs=64k count=8 | gzip | gunzip | wc -c; ps; free; date; sleep 1; date\n"),
      new Guest.Line(PROMPT, "exit\n"));

  /** What compiles, run and checked by the guest's shell. */
  private static final String PROGRAM =
      """
      cat >t.c <<'C'
      #include <stdio.h>
      #include <math.h>
      #include <string.h>
      static double f(int n) { double s = 0; for (int i = 1; i < n; i++) s += sin(i) / i; return s; }
      int main(void) {
        long double l = 0; float q = 0; char b[4096]; unsigned long h = 5381;
        for (int i = 1; i < 20000; i++) { l += 1.0L / i; q += 1.0f / i; }
        for (int i = 0; i < 4096; i++) b[i] = i * i;
        for (int i = 0; i < 4096; i++) h = h * 33 + b[i];
        printf("%.17g %.21Lg %.9g %lu\\n", f(20000), l, q, h);
        return 0;
      }
      C
      """;

  /** Debian's /etc/profile sets another prompt. */
  private static final String ROOT_PROMPT = "# ";

  private static final List<Guest.Line> COMPILER = List.of(
      new Guest.Line(ROOT_PROMPT, "cd /root && " + PROGRAM),
      new Guest.Line(ROOT_PROMPT, "gcc -O2 -o t t.c -lm && ./t; gcc -O0 -mfpmath=387 -o u t.c -lm && ./u; gcc -O3 -msse4.2 -S -o - t.c | md5sum\n"),
      new Guest.Line(ROOT_PROMPT, "perl -e 'print join(\",\", map { sprintf \"%.17g\", sqrt($_) } 1..5), \"\\n\"'; md5sum t u; sync\n"),
      new Guest.Line(ROOT_PROMPT, "exit\n"));

  private LockstepMain() {}

  /** What was asked for on the command line. */
  private static final class Options {
    private Optional<Path> image = Optional.empty();
    private long seed = 1;
    private long tick = 1000;
    private int mem;
    private CpuModel cpu = CpuModel.PORTFIRE_V3;
    private long memoryEvery = 20_000;
    private long points = Long.MAX_VALUE;
    private String engines = "native,safe";
    private long traced;
    private Optional<String> command = Optional.empty();
    private boolean verbose;

    List<Guest.Line> dialogue() {
      String prompt = image.isPresent() ? ROOT_PROMPT : PROMPT;
      return List.of(new Guest.Line(prompt, command.orElse("") + "\n"), new Guest.Line(prompt, "exit\n"));
    }

    static Options parse(String[] args) {
      Options o = new Options();
      for (int k = 0; k < args.length; k++) {
        if (args[k].equals("-v")) {
          o.verbose = true;
          continue;
        }
        if (k + 1 == args.length) {
          throw new IllegalArgumentException(args[k] + " is no option, or lacks its value");
        }
        String value = args[++k];
        switch (args[k - 1]) {
          case "--image" -> o.image = Optional.of(Path.of(value));
          case "--seed" -> o.seed = Long.parseLong(value);
          case "--tick" -> o.tick = Long.parseLong(value);
          case "--mem" -> o.mem = Integer.parseInt(value);
          case "--cpu" -> o.cpu = CpuModel.of(value)
              .orElseThrow(() -> new IllegalArgumentException("there is no processor model " + value));
          case "--memory-every" -> o.memoryEvery = Long.parseLong(value);
          case "--points" -> o.points = Long.parseLong(value);
          case "--engines" -> o.engines = value;
          case "--trace" -> o.traced = Long.parseLong(value);
          case "--run" -> o.command = Optional.of(value);
          default -> throw new IllegalArgumentException(args[k - 1] + " is no option");
        }
      }
      if (o.mem == 0) {
        o.mem = o.image.isPresent() ? 512 : 128;
      }
      return o;
    }
  }

  /** The default guest, with or without a disk to which the shell changes, and what is typed there if nothing else is asked for. */
  static Guest guest(Optional<Path> image, int memoryMib, CpuModel cpu, long seed, long nanosPerPoint)
      throws GuestException, InterruptedException {
    return guest(image, memoryMib, cpu, seed, nanosPerPoint, image.isPresent() ? COMPILER : SMALL);
  }

  private static Guest guest(
      Optional<Path> image, int memoryMib, CpuModel cpu, long seed, long nanosPerPoint, List<Guest.Line> dialogue)
      throws GuestException, InterruptedException {
    DefaultGuest files = DefaultGuest.get(DefaultGuest.userCache(), message -> {});
    Optional<GuestTask.Root> root = image.map(file -> new GuestTask.Root("/dev/vda", false));
    GuestTask task = new GuestTask(GuestTask.Mode.TERMINAL, List.of(), Map.of("TERM", "vt100"), root);
    return new Guest(
        files.kernel(),
        files.initramfs(task),
        image,
        memoryMib,
        cpu,
        seed,
        nanosPerPoint,
        dialogue);
  }

  /** An engine by its name, {@code native} or {@code safe}, with a guest. */
  static Lockstep.Side side(String engine, Guest guest) {
    SoftHypervisor hypervisor = switch (engine) {
      case "native" -> new SoftHypervisor(ExecutableMemory.SOURCE);
      case "safe" -> new SoftHypervisor();
      default -> throw new IllegalArgumentException("there is no engine " + engine + ": native, safe");
    };
    return new Lockstep.Side(engine, hypervisor, guest);
  }

  /** Runs and prints; the exit status is 1 if there was a difference. */
  public static void main(String[] args) throws InterruptedException {
    PrintStream out = System.out;
    try {
      Options o = Options.parse(args);
      Optional<String> problem = SoftHypervisor.nativeProblem(ExecutableMemory.SOURCE);
      if (problem.isPresent()) {
        throw new IllegalArgumentException(problem.get());
      }
      String[] names = o.engines.split(",", 2);
      Guest guest = o.command.isEmpty()
          ? guest(o.image, o.mem, o.cpu, o.seed, o.tick)
          : guest(o.image, o.mem, o.cpu, o.seed, o.tick, o.dialogue());
      long start = System.nanoTime();
      LongConsumer progress = points -> {
        if (o.verbose) {
          System.err.printf("%d points%n", points);
        }
      };
      Lockstep.Result result =
          new Lockstep(o.memoryEvery, o.points, o.traced, progress).run(side(names[0], guest), side(names[names.length - 1], guest));
      if (o.verbose || result.difference().isPresent()) {
        out.print(result.serial());
      }
      out.println(result.terminal());
      result.difference().ifPresent(out::print);
      out.printf(
          "lockstep: %s; %d points, %d comparisons of memory; %d of %d lines typed, end: %s; %.0f s%n",
          result.difference().isPresent() ? "DIFFERENT" : "no difference",
          result.points(),
          result.memories(),
          result.steps(),
          guest.dialogue().size(),
          result.end(),
          (System.nanoTime() - start) / 1e9);
      out.flush();
      System.exit(result.difference().isPresent() ? 1 : 0);
    } catch (IllegalArgumentException | IllegalStateException | IOException | BootException | GuestException e) {
      System.err.println("lockstep: " + e.getMessage());
      System.exit(2);
    }
  }
}
