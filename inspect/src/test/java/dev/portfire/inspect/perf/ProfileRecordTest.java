package dev.portfire.inspect.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.inspect.Run;
import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileRecordTest {
  private static final long TYPE = EventAttribute.IP | EventAttribute.TID | EventAttribute.TIME | EventAttribute.CPU | EventAttribute.PERIOD
      | EventAttribute.IDENTIFIER;
  private static final Event.Terms TERMS = new Event.Terms(true, 4000, false, TYPE, EventAttribute.INHERIT | EventAttribute.EXCLUDE_HOST);

  @TempDir
  Path directory;

  private Tree host() throws IOException {
    return new Tree(directory.resolve("root"))
        .put("/sys/kernel/tracing/events/kvm/kvm_exit/id", "101\n")
        .put("/sys/kernel/tracing/events/kvm/kvm_entry/id", "102\n")
        .put("/sys/kernel/tracing/events/kvm/kvm_pio/id", "103\n")
        .put("/sys/kernel/tracing/events/kvm/filter", "none\n");
  }

  private List<Event> parse(String list) throws IOException, PerfKvm.UsageException {
    return Event.parse(host().sysRoot(), list, TERMS, "usage");
  }

  @Test
  void eventsByName() throws Exception {
    Event clock = parse("cpu-clock").getFirst();
    assertThat(clock.attribute()).isEqualTo(new EventAttribute(
        EventAttribute.SOFTWARE, 0, 4000, TYPE, EventAttribute.FORMAT_ID | EventAttribute.FORMAT_LOST,
        EventAttribute.INHERIT | EventAttribute.EXCLUDE_HOST | EventAttribute.FREQUENCY, new long[0]));
    List<Event> several = parse("cycles:up,faults:GH,r1a8:kpp,kvm:kvm_pio:k");
    assertThat(several.stream().map(event -> event.attribute().name())).containsExactly(
        "cycles:upG", "page-faults:HG", "r1a8", "event 2:103");
    assertThat(several.get(2).attribute().precision()).isEqualTo(2);
    assertThat(several.get(2).attribute().config()).isEqualTo(0x1a8);
    // Each time one happens, unless somebody says otherwise.
    EventAttribute port = several.get(3).attribute();
    assertThat(port.period()).isEqualTo(1);
    assertThat(port.flags() & EventAttribute.FREQUENCY).isZero();
    assertThat(port.has(EventAttribute.RAW)).isTrue();
    assertThat(several.get(3).name()).isEqualTo("kvm:kvm_pio:k");
    assertThat(parse("kvm:kvm_e*").stream().map(Event::tracepoint)).containsExactly("kvm/kvm_entry", "kvm/kvm_exit");
    assertThat(Event.ofCycles(TERMS).name()).isEqualTo("cycles:pppG");
  }

  @Test
  void whatIsNoEvent() {
    for (String list : List.of("bogus", "cpu-clock:x", "cpu-clock:u:k", "", "cycles,", "kvm:nosuch", "kvm:x*", "{cycles}", "nosuch:kvm_pio", "a/b", "kvm:../x")) {
      assertThatThrownBy(() -> parse(list)).as(list).isInstanceOf(PerfKvm.UsageException.class)
          .hasMessageStartingWith("event syntax error: '").hasMessageEndingWith("usage\n");
    }
  }

  private static Run run(String... arguments) {
    return Ours.run(InputStream.nullInputStream(), List.of(arguments));
  }

  @Test
  void wrongOptionsAreToldBeforeAnythingStarts() {
    String file = directory.resolve("f").toString();
    assertThat(run("record", "-o", file, "-F", "x", "--", "true").err()).startsWith(" Error: switch `F' expects a numerical value\n");
    assertThat(run("record", "-o", file, "-c", "x", "--", "true").status()).isEqualTo(129);
    assertThat(run("record", "-o", file, "-m", "3", "--", "true").status()).isEqualTo(234);
    assertThat(run("record", "-o", file, "-C", "1,", "--", "true").err()).contains("\"1,\" is no list of CPUs").hasLineCount(1);
    assertThat(run("record", "-o", file, "-p", "1,x").err()).isEqualTo("Error parsing process id string\n");
    assertThat(run("record", "-o", file, "--", "nosuchprogram")).isEqualTo(
        new Run(255, "", "perf-kvm: \"nosuchprogram\": No such file or directory\n"));
    assertThat(run("record", "--help").err()).contains("Usage: perf kvm [<options>] record");
    assertThat(directory.resolve("f")).doesNotExist();
  }

  /** What is there when a recording begins, read again out of it. */
  @Test
  void beginsWithKernelsAndProcesses() throws IOException {
    String kallsyms =
        """
        0000000000000000 A fixed
        ffffffff81000000 T _stext
        ffffffff81000000 T _text
        ffffffff81000100 t start
        ffffffff81200000 T _etext
        ffffffffc0200040 t work\t[virtio_mod]
        """;
    String maps =
        """
        00400000-00410000 r--p 00000000 fe:00 12 /usr/bin/in it
        00410000-00420000 r-xp 00010000 fe:00 12 /usr/bin/in it
        7f0000000000-7f0000001000 r-xs 00000000 00:00 0\s
        ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0  [vsyscall]
        rubbish
        """;
    Tree tree = host()
        .put("/proc/kallsyms", kallsyms)
        .put("/proc/modules", "virtio_mod 16384 0 - Live 0xffffffffc0200000\nhidden 1 0 - Live 0x0000000000000000\n")
        .put("/proc/7/task/7/comm", "init\n")
        .put("/proc/7/task/8/comm", "worker\n")
        .put("/proc/7/status", "Name:\tinit\nTgid:\t7\n")
        .put("/proc/8/status", "Name:\tworker\nTgid:\t7\n")
        .put("/proc/7/maps", maps)
        .put("/proc/9/task/9/comm", "other\n")
        .put("/proc/9/maps", "00400000-00500000 r-xp 00000000 fe:00 13 /bin/other\n");
    Path guest = Files.createDirectories(directory.resolve("mount/900/proc"));
    ProfileRecording.guest(guest.resolve("kallsyms"), guest.resolve("modules"));
    Files.createDirectories(directory.resolve("mount/901"));
    Guests guests = new Guests(
        Optional.of(directory.resolve("mount")), Optional.of(guest.resolve("kallsyms")), Optional.of(guest.resolve("modules")), Optional.empty(),
        true, true);
    EventAttribute attribute = new EventAttribute(EventAttribute.SOFTWARE, 0, 1, TYPE, 0, EventAttribute.SAMPLE_ID_ALL, new long[] {5});
    ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
    Existing existing = new Existing(tree.sysRoot(), attribute, bytes::put);
    assertThat(existing.kernel()).isTrue();
    existing.guests(guests);
    existing.processes(Set.of(8));
    List<String> seen = new ArrayList<>();
    Processes[] processes = new Processes[1];
    try (PerfData data = PerfData.live(List.of(attribute), Optional.empty())) {
      processes[0] = new Processes(data, new Processes.Receiver() {
        @Override
        public void sample(int event, int mode, int process, int thread, long ip, long period) {
          throw new AssertionError();
        }

        @Override
        public void kernelMapping(int mode, int process, long start, long size, String file) {
          seen.add("%d %d %x %x %s".formatted(mode, process, start, size, file));
        }
      });
      data.feed(bytes.flip(), processes[0]);
    }
    assertThat(seen).containsExactly(
        "1 -1 ffffffff81000000 200000 [kernel.kallsyms]_text",
        "1 -1 ffffffffc0200000 4000 [virtio_mod]",
        "4 0 ffffffff81000000 c8000 [guest.kernel.kallsyms]_text",
        "4 0 ffffffffc0200000 4000 [virtio_mod]",
        "4 0 ffffffffc0210000 5000 [other-mod]",
        "4 900 ffffffff81000000 c8000 [guest.kernel.kallsyms.900]_text",
        "4 900 ffffffffc0200000 4000 [virtio_mod]",
        "4 900 ffffffffc0210000 5000 [other-mod]");
    assertThat(processes[0].command(8)).isEqualTo("worker");
    assertThat(processes[0].command(9)).isEqualTo(":9");
    assertThat(processes[0].mapping(7, 0x400100)).isNull();
    assertThat(processes[0].mapping(7, 0x41ffff)).isEqualTo(new Mappings.Mapping("/usr/bin/in it", 0x410000, 0x420000, 0x10000));
    assertThat(processes[0].mapping(7, 0x7f00_0000_0000L)).isEqualTo(new Mappings.Mapping("//anon", 0x7f00_0000_0000L, 0x7f00_0000_1000L, 0));
    assertThat(processes[0].mapping(7, -0x9ff000L)).isNull();
    assertThat(processes[0].mapping(7, -0xa00000L)).isNotNull();
    assertThat(processes[0].mapping(9, 0x400000)).isNull();
  }

  /** Addresses that this user must not see are zero. */
  @Test
  void aKernelThatHides() throws IOException {
    Tree tree = host().put("/proc/kallsyms", "0000000000000000 T _text\n0000000000000000 T _etext\n");
    EventAttribute attribute = new EventAttribute(EventAttribute.SOFTWARE, 0, 1, TYPE, 0, 0, new long[] {5});
    assertThat(new Existing(tree.sysRoot(), attribute, record -> {
      throw new AssertionError();
    }).kernel()).isFalse();
  }

  /** Which builds were seen, from samples that are in the file already. */
  @Test
  void buildsAreThoseThatSamplesWereTakenIn() throws IOException {
    byte[] notes = {4, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0, 1, 2, 3, (byte) 0xfe};
    Tree tree = host().put("/sys/kernel/notes", notes).put("/sys/module/virtio_mod/notes/.note.gnu.build-id", notes);
    String java = Files.createDirectories(directory.resolve("root/bin")).resolve("java").toString();
    Files.copy(Path.of("/proc/self/exe"), Path.of(java));
    ProfileRecording recording = new ProfileRecording()
        .mapping(Profile.HOST_KERNEL, -1, ProfileRecording.TEXT, 0x1000, ProfileRecording.TEXT, "[kernel.kallsyms]_text")
        .mapping(Profile.HOST_KERNEL, -1, ProfileRecording.MODULE, 0x1000, 0, "[virtio_mod]")
        .mapping(Profile.HOST_USER, 900, 0x40_0000, 0x1_0000, 0, "/bin/java")
        .mapping(Profile.HOST_USER, 900, 0x50_0000, 0x1_0000, 0, "/bin/unseen")
        .sample(Profile.HOST_USER, 900, 901, 0x40_0100)
        .sample(Profile.HOST_USER, 900, 901, 0x60_0100)
        .sample(Profile.HOST_KERNEL, 900, 901, ProfileRecording.MODULE + 5);
    SysRoot root = tree.sysRoot();
    Guests guests = new Guests(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), true, true);
    String id = Elf.buildIdOf(Path.of(java));
    assertThat(id).isNotEmpty();
    try (PerfWriter writer = recording.writer(directory.resolve("f"))) {
      Builds builds = Builds.of(root, guests, writer);
      assertThat(builds.samples()).isEqualTo(3);
      assertThat(BuildId.parse(builds.feature())).containsExactly(
          new BuildId(Profile.HOST_KERNEL, -1, "010203fe", "[virtio_mod]"), new BuildId(Profile.HOST_USER, -1, id, "/bin/java"));
      writer.finish(new TreeMap<>());
    }
  }
}
