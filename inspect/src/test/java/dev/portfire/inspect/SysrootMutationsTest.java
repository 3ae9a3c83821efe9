package dev.portfire.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.host.HostReport;
import dev.portfire.inspect.kmod.KvmModules;
import dev.portfire.inspect.kmod.Lsmod;
import dev.portfire.inspect.kmod.Modinfo;
import dev.portfire.inspect.kmod.Modules;
import dev.portfire.inspect.lscpu.Captured;
import dev.portfire.inspect.lscpu.Lscpu;
import dev.portfire.vmm.Accelerator;
import dev.portfire.vmm.BackEndChoice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of {@code /proc}, {@code /sys} and {@code /lib/modules}, damaged: whatever is in them, a program ends with a status of its own,
 * without much output and without much memory. {@code -Dsysroot.mutations=10000} for more of them.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SysrootMutationsTest {
  private static final int MUTATIONS = Integer.getInteger("sysroot.mutations", 1000);

  /** What a program may write about files of which the largest has a MiB. */
  private static final int MOST_OUTPUT = 32 << 20;

  private static final int LARGEST = 1 << 20;

  /**
   * What a program may allocate: for classes that are loaded, and for as many CPUs as there can be, which a file of a few bytes may name; and for
   * each byte of the files that it may read.
   */
  private static final long FIXED = 32 << 20;

  private static final int FACTOR = 256;

  private static final List<String> NUMBERS = List.of(
      "0", "-1", "1", "65536", "2147483647", "2147483648", "4294967295", "4294967296", "9223372036854775807", "18446744073709551616",
      "99999999999999999999999999", "0-999999999", "0-65535", "ffffffff,ffffffff", "0x", "");

  private static final List<List<String>> LSCPU = List.of(
      List.of(), List.of("-J"), List.of("-e"), List.of("-p"), List.of("-C"), List.of("-x"), List.of("-B", "-y"), List.of("-a", "-e"),
      List.of("-J", "-e", "--output-all"), List.of("-p", "--output-all"), List.of("-C", "--output-all"), List.of("-J", "-C"));

  @TempDir
  Path directory;

  private static Tree modules(Path root) throws IOException {
    return new Tree(root)
        .put("/proc/sys/kernel/osrelease", "6.1.0-test\n")
        .put("/proc/modules", "kvm_intel 385024 3 - Live 0x0000000000000000\nkvm 1150976 2 kvm_intel, Live 0x0000000000000000\n")
        .put("/proc/cmdline", "root=/dev/vda kvm.nx_huge_pages=off\n")
        .put("/proc/cpuinfo", "processor\t: 0\nmodel name\t: A \"CPU\"\nflags\t\t: fpu vmx lm\n")
        .put("/proc/mounts", "none /sys/kernel/debug debugfs rw 0 0\nnone /sys/fs/cgroup cgroup2 rw 0 0\n")
        .put("/proc/meminfo", "MemAvailable:  123 kB\nHugePages_Total: 4\nHugePages_Free: 3\nHugepagesize: 2048 kB\n")
        .put("/dev/kvm", "")
        .put("/sys/kernel/debug/kvm/77-12/exits", "5\n")
        .put("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
        .put("/sys/module/kvm/coresize", "1150976\n")
        .put("/sys/module/kvm/refcnt", "1\n")
        .put("/sys/module/kvm/initstate", "live\n")
        .put("/sys/module/kvm/holders/kvm_intel", "")
        .put("/sys/module/kvm/parameters/halt_poll_ns", "200000\n")
        .put("/sys/module/kvm_intel/coresize", "385024\n")
        .put("/sys/module/kvm_intel/initstate", "live\n")
        .put("/sys/module/kvm_intel/parameters/nested", "N\n")
        .put("/etc/modprobe.d/a.conf", "alias net-pf-10 kvm\noptions kvm halt_poll_ns=1\n")
        .put("/lib/modules/6.1.0-test/modules.dep",
            "kernel/arch/x86/kvm/kvm.ko:\nkernel/arch/x86/kvm/kvm-intel.ko: kernel/arch/x86/kvm/kvm.ko\n")
        .put("/lib/modules/6.1.0-test/modules.alias", "alias cpu:type:x86,ven*fam*mod*:feature:*0085* kvm_intel\n")
        .put("/lib/modules/6.1.0-test/modules.builtin", "kernel/net/ipv4/tcp_cubic.ko\n")
        .put("/lib/modules/6.1.0-test/modules.builtin.modinfo", "tcp_cubic.license=GPL\0tcp_cubic.parm=beta:how much\0")
        .put("/lib/modules/6.1.0-test/kernel/arch/x86/kvm/kvm.ko",
            Modules.elf("parmtype=halt_poll_ns:uint", "license=GPL", "parm=halt_poll_ns:from the file"))
        .put("/lib/modules/6.1.0-test/kernel/arch/x86/kvm/kvm-intel.ko", Modules.elf("license=GPL", "parmtype=nested:bool"));
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static Run.Program program(Tree tree, boolean kmod, SplittableRandom random) {
    SysRoot root = tree.sysRoot();
    if (!kmod) {
      boolean terminal = random.nextBoolean();
      List<String> options = LSCPU.get(random.nextInt(LSCPU.size()));
      return (out, err) -> new Lscpu(root, terminal, out, err).run(options);
    }
    String module = List.of("kvm", "kvm_intel", "tcp_cubic", "net-pf-10", "cpu:type:x86,ven0fam6mod1:feature:,0085,").get(random.nextInt(5));
    List<List<String>> options = List.of(
        List.of(module), List.of("-p", module), List.of("-0", module), List.of("-F", "license", module),
        List.of(tree.root().resolve("lib/modules/6.1.0-test/kernel/arch/x86/kvm/kvm.ko").toString()));
    List<String> chosen = options.get(random.nextInt(options.size()));
    boolean json = random.nextBoolean();
    return switch (random.nextInt(4)) {
      case 0 -> (out, err) -> new Lsmod(root, out, err).run(List.of());
      case 1 -> (out, err) -> new KvmModules(() -> 0, out, err).run(List.of("-s", tree.root().toString(), "kvm"));
      case 2 -> (out, err) -> new HostReport(root, () -> new BackEndChoice(Accelerator.SOFT, "it was so"), out, err)
          .run(json ? List.of("--json") : List.of());
      default -> (out, err) -> new Modinfo(root, out, err).run(chosen);
    };
  }

  /** Damages a file, and says how. */
  private static String mutate(Path file, byte[] content, SplittableRandom random) throws IOException {
    byte[] changed = content.clone();
    int kind = random.nextInt(12);
    switch (kind) {
      case 0 -> changed = Arrays.copyOf(changed, random.nextInt(changed.length + 1));
      case 1 -> {
        for (int i = random.nextInt(1, 9); i > 0 && changed.length > 0; i--) {
          changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 2, 3, 4 -> changed = withAnotherNumber(changed, random);
      case 5 -> {
        changed = new byte[random.nextInt(random.nextBoolean() ? 64 : 1 << 16)];
        random.nextBytes(changed);
      }
      case 6 -> {
        byte[] one = changed.length == 0 ? new byte[] {'x'} : changed;
        changed = new byte[LARGEST];
        for (int i = 0; i < changed.length; i++) {
          changed[i] = one[i % one.length];
        }
      }
      case 7 -> Arrays.fill(changed = new byte[LARGEST], (byte) "1 ,\nf\0".charAt(random.nextInt(6)));
      case 8 -> {
        Files.delete(file);
        return "deleted";
      }
      case 9 -> {
        Files.delete(file);
        Files.createDirectory(file);
        return "a directory";
      }
      case 10 -> {
        Files.delete(file);
        Files.createSymbolicLink(file, file);
        return "a link to itself";
      }
      default -> {
        int at = random.nextInt(changed.length + 1);
        byte[] longer = new byte[changed.length + 3];
        System.arraycopy(changed, 0, longer, 0, at);
        System.arraycopy(new byte[] {0, (byte) 0xff, '\n'}, 0, longer, at, 3);
        System.arraycopy(changed, at, longer, at + 3, changed.length - at);
        changed = longer;
      }
    }
    Files.write(file, changed);
    return "kind " + kind;
  }

  private static byte[] withAnotherNumber(byte[] content, SplittableRandom random) {
    String text = new String(content, StandardCharsets.ISO_8859_1);
    List<Integer> starts = new ArrayList<>();
    for (int i = 0; i < text.length(); i++) {
      if (Character.isDigit(text.charAt(i)) && (i == 0 || !Character.isDigit(text.charAt(i - 1)))) {
        starts.add(i);
      }
    }
    String number = NUMBERS.get(random.nextInt(NUMBERS.size()));
    if (starts.isEmpty()) {
      return number.getBytes(StandardCharsets.ISO_8859_1);
    }
    int start = starts.get(random.nextInt(starts.size()));
    int end = start;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return (text.substring(0, start) + number + text.substring(end)).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void restore(Path file, byte[] content) throws IOException {
    Files.deleteIfExists(file);
    Files.write(file, content);
  }

  @Test
  void damageIsToldOrShownAndDoesNoHarm() throws IOException {
    long seed = Long.getLong("portfire.seed", 20261128);
    System.err.println("SysrootMutationsTest: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<Tree> trees = new ArrayList<>();
    for (String name : Captured.ALL) {
      trees.add(Captured.extract(name, directory));
    }
    Tree kmod = modules(directory.resolve("kmod"));
    Allocations allocations = new Allocations("SysrootMutationsTest", FIXED, FACTOR);
    long slowest = 0;
    String what = "";
    for (int i = 0; i < MUTATIONS; i++) {
      boolean isKmod = random.nextInt(2) == 0;
      Tree tree = isKmod ? kmod : trees.get(random.nextInt(trees.size()));
      List<Path> all = files(tree.root());
      List<Path> changed = new ArrayList<>();
      List<byte[]> before = new ArrayList<>();
      StringBuilder how = new StringBuilder("mutation " + i + " of seed " + seed + ":");
      for (int k = random.nextInt(1, 4); k > 0; k--) {
        Path file = all.get(random.nextInt(all.size()));
        if (!changed.contains(file)) {
          changed.add(file);
          before.add(Files.readAllBytes(file));
          how.append(' ').append(tree.root().relativize(file)).append(' ').append(mutate(file, before.getLast(), random)).append(',');
        }
      }
      long start = System.nanoTime();
      Run run;
      try {
        long input = 0;
        for (Path file : files(tree.root())) {
          input += Files.size(file);
        }
        run = allocations.bounded(how.toString(), input, program(tree, isKmod, random));
      } catch (RuntimeException | Error e) {
        throw new AssertionError(how.toString(), e);
      }
      long took = System.nanoTime() - start;
      if (took > slowest) {
        slowest = took;
        what = how.toString();
      }
      assertThat(run.status()).as(how.toString()).isBetween(0, 2);
      assertThat(run.out().length() + run.err().length()).as(how.toString()).isLessThan(MOST_OUTPUT);
      assertThat(run.err().lines().count()).as("%s: lines of errors", how).isLessThan(20);
      for (int k = 0; k < changed.size(); k++) {
        restore(changed.get(k), before.get(k));
      }
    }
    allocations.report();
    System.err.printf("SysrootMutationsTest: %d mutations; the slowest took %d ms: %s%n", MUTATIONS, slowest / 1_000_000, what);
  }
}
