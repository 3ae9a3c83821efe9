import dev.portfire.cli.guest.CpioWriter;
import dev.portfire.cli.guest.DefaultGuest;
import dev.portfire.vmm.MicroVm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Boots microVMs to a shell's prompt on their serial ports, in one process, and measures what they cost while nobody types. See run. */
final class Idle {
  private static final String PROMPT = "idle-prompt> ";

  /** One guest at its prompt. */
  private record Guest(MicroVm vm, InputStream output) {
    static Guest boot(int number, Path kernel, byte[] initrd, int memoryMib) throws Exception {
      MicroVm vm = MicroVm.builder()
          .name("idle" + number)
          .kernel(kernel)
          .initrd(initrd)
          .commandLine("console=ttyS0 quiet reboot=k panic=-1 pci=off 8250.nr_uarts=1 tsc=reliable no_timer_check mitigations=off"
              + " i8042.noaux i8042.nomux i8042.dumbkbd cryptomgr.notests random.trust_cpu=on")
          .memoryMib(memoryMib)
          .start();
      Guest guest = new Guest(vm, vm.serialOutput());
      guest.awaitText(PROMPT);
      return guest;
    }

    void awaitText(String text) throws IOException {
      StringBuilder seen = new StringBuilder();
      while (seen.indexOf(text) < 0) {
        int next = output.read();
        if (next < 0) {
          throw new IOException("the guest ended: " + seen);
        }
        seen.append((char) next);
      }
    }

    /** Milliseconds from a typed line to its answer and the next prompt. */
    double ask() throws IOException {
      long start = System.nanoTime();
      vm.serialInput().write("echo $((6 * 7))\r".getBytes(StandardCharsets.US_ASCII));
      vm.serialInput().flush();
      awaitText("\n42");
      awaitText(PROMPT);
      return (System.nanoTime() - start) / 1e6;
    }
  }

  /**
   * Memory of this process in KiB.
   *
   * @param resident all of it
   * @param guest what guests have touched: the mappings that reserve no swap space
   */
  private record Memory(long resident, long guest, long heap) {
    static Memory now() throws IOException, InterruptedException {
      for (int i = 0; i < 3; i++) {
        System.gc();
        Thread.sleep(200);
      }
      long resident = 0;
      long guest = 0;
      long rss = 0;
      boolean writable = false;
      for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
        if (line.startsWith("Rss:")) {
          rss = Long.parseLong(line.replaceAll("[^0-9]", ""));
          resident += rss;
        } else if (line.startsWith("VmFlags:")) {
          guest += writable && Arrays.asList(line.split(" ")).contains("nr") ? rss : 0;
        } else if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
          writable = line.contains(" rw-p ");
        }
      }
      Runtime runtime = Runtime.getRuntime();
      return new Memory(resident, guest, (runtime.totalMemory() - runtime.freeMemory()) / 1024);
    }

    long own() {
      return resident - guest;
    }
  }

  private static double processorSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  /** Percent of a core that this process takes. */
  private static double load(int seconds) throws InterruptedException {
    long start = System.nanoTime();
    double before = processorSeconds();
    Thread.sleep(seconds * 1000L);
    return 100 * (processorSeconds() - before) / ((System.nanoTime() - start) / 1e9);
  }

  private static int threads() throws IOException {
    try (var tasks = Files.list(Path.of("/proc/self/task"))) {
      return (int) tasks.count();
    }
  }

  private static void print(String what, Object value) {
    System.out.printf(Locale.ROOT, "%-52s %s%n", what, value);
  }

  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[0]);
    int seconds = Integer.parseInt(arguments[1]);
    int memoryMib = Integer.parseInt(arguments[2]);
    DefaultGuest guest = DefaultGuest.get(DefaultGuest.userCache(), System.err::println);
    byte[] initrd = new CpioWriter()
        .directory("dev", 0755)
        .device("dev/console", 0600, 5, 1)
        .file("busybox", 0755, Files.readAllBytes(guest.kernel().resolveSibling("busybox")))
        .file("init", 0755, ("#!/busybox sh\nexport PS1='" + PROMPT + "'\nexec /busybox setsid -c /busybox sh -i\n")
            .getBytes(StandardCharsets.US_ASCII))
        .finish();
    List<Guest> guests = new ArrayList<>();
    guests.add(Guest.boot(0, guest.kernel(), initrd, memoryMib));
    // The compilers have work for a while after a boot, and code that an idle guest does not need is forgotten after 20 seconds.
    Thread.sleep(30_000);
    double one = load(seconds);
    Memory first = Memory.now();
    int threadsOfOne = threads();
    for (int i = 1; i < count; i++) {
      guests.add(Guest.boot(i, guest.kernel(), initrd, memoryMib));
      System.err.printf("%d guests at their prompts%n", i + 1);
    }
    Thread.sleep(30_000);
    double all = load(seconds);
    Memory last = Memory.now();
    int threadsOfAll = threads();
    double[] answers = new double[count];
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < count; i++) {
        answers[i] = guests.get(i).ask();
      }
    }
    Arrays.sort(answers);
    print("one guest at its prompt, % of a core", "%.2f".formatted(one));
    print(count + " guests, % of a core each", "%.3f".formatted(all / count));
    print(count + " guests, % of a core together", "%.2f".formatted(all));
    print("guest memory touched by each, MiB", "%.1f".formatted(last.guest / 1024.0 / count));
    print("each further guest beyond that, MiB", "%.2f".formatted((last.own() - first.own()) / 1024.0 / (count - 1)));
    print("  of which Java heap, MiB", "%.2f".formatted((last.heap - first.heap) / 1024.0 / (count - 1)));
    print("the process without guest memory, MiB", "%.0f".formatted(last.own() / 1024.0));
    print("threads of each further guest", (threadsOfAll - threadsOfOne) / (count - 1));
    print("answer to a typed command, median and longest, ms", "%.1f %.1f".formatted(answers[count / 2], answers[count - 1]));
    if (arguments.length > 3) {
      Thread.sleep(Long.parseLong(arguments[3]) * 1000);
    }
    for (Guest g : guests) {
      g.vm.stop();
    }
    for (Guest g : guests) {
      g.vm.close();
    }
  }
}
