package dev.portfire.jailer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Control groups in directories that only look like hierarchies: their files do not come into being with a directory. */
final class CgroupsTest {
  @TempDir
  Path directory;

  private Path base;

  @BeforeEach
  void realPath() throws IOException {
    base = directory.toRealPath();
  }

  private Settings settings(int version, String parent) {
    return new Settings("vm", Path.of("/bin/true"), "true", base, 1, 1, parent, version);
  }

  private void file(String path, String text) throws IOException {
    Path file = base.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private String text(String path) throws IOException {
    return Files.readString(base.resolve(path));
  }

  private String version1() {
    return "proc /proc proc rw 0 0\ncgroup %s/cpu\\040set cgroup rw,relatime,cpuset 0 0\ncgroup %s/both cgroup rw,cpu,cpuacct 0 0\n"
        .formatted(base, base);
  }

  private String version2() {
    return "cgroup2 %s/unified cgroup2 rw 0 0\ncgroup2 /second cgroup2 rw 0 0\n".formatted(base);
  }

  private void refused(String message, int version, String mounts, String argument) {
    assertThatThrownBy(() -> Cgroups.of(settings(version, "true"), List.of(argument), mounts))
        .isInstanceOf(JailerException.class)
        .hasMessage(message);
  }

  @Test
  void argumentsAreChecked() throws Exception {
    refused("Invalid format for cgroups: cpu.shares", 1, version1(), "cpu.shares");
    refused("Invalid format for cgroups: cpu.shares=", 1, version1(), "cpu.shares=");
    refused("Invalid format for cgroups: io.max=8:0 rbps=1", 2, version2(), "io.max=8:0 rbps=1");
    refused("Cgroup invalid file: ../cpu.shares=1", 1, version1(), "../cpu.shares=1");
    refused("Cgroup invalid file: /cpu.shares=1", 1, version1(), "/cpu.shares=1");
    refused("Cgroup invalid file: shares", 1, version1(), "shares=1");
    refused("Controller memory is unavailable", 1, version1(), "memory.limit_in_bytes=1");
    refused("Hierarchy not found: No hierarchy found for this cgroup version.", 2, version1(), "cpu.max=1");
    refused("Hierarchy not found: No hierarchy found for this cgroup version.", 1, version2(), "cpu.shares=1");
    refused("3 is an invalid cgroup version specifier", 3, version1(), "cpu.shares=1");
    file("unified/cgroup.controllers", "cpuset io\n");
    refused("Controller cpu is unavailable", 2, version2(), "cpu.max=1");
    // Without values, any version will do.
    assertThat(Cgroups.of(settings(3, "true"), List.of(), "").attachments()).isEmpty();
  }

  @Test
  void version1InheritsWhatIsEmpty() throws Exception {
    file("cpu set/cpuset.mems", "0-1\n");
    file("cpu set/a/cpuset.mems", "\n");
    file("cpu set/a/b/cpuset.mems", "\n");
    file("cpu set/a/b/vm/cpuset.mems", "\n");
    file("both/a/b/cpu.shares", "1024\n");
    file("both/a/b/vm/cpu.shares", "1024\n");
    Cgroups cgroups = Cgroups.of(settings(1, "a/b"), List.of("cpuset.mems=1", "cpu.shares=7", "cpu.shares=9"), version1());
    cgroups.make(settings(1, "a/b"), new Undo());
    assertThat(text("cpu set/a/cpuset.mems")).isEqualTo("0-1\n");
    assertThat(text("cpu set/a/b/cpuset.mems")).isEqualTo("0-1\n");
    assertThat(text("cpu set/a/b/vm/cpuset.mems")).isEqualTo("1\n");
    assertThat(text("both/a/b/vm/cpu.shares")).isEqualTo("9\n");
    assertThat(cgroups.attachments())
        .containsExactly(base.resolve("both/a/b/vm/tasks"), base.resolve("cpu set/a/b/vm/tasks"));
    assertThat(cgroups.movesProcess()).isFalse();
  }

  @Test
  void version1CannotInheritFromNothing() throws Exception {
    file("cpu set/cpuset.cpus", "\n");
    file("cpu set/true/cpuset.cpus", "\n");
    file("cpu set/true/vm/cpuset.cpus", "\n");
    Cgroups cgroups = Cgroups.of(settings(1, "true"), List.of("cpuset.cpus=0"), version1());
    assertThatThrownBy(() -> cgroups.make(settings(1, "true"), new Undo()))
        .isInstanceOf(JailerException.class)
        .hasMessage("Failed to inherit cgroups configurations from file cpuset.cpus in path " + base.resolve("cpu set"));
  }

  @Test
  void version2PassesControllersOn() throws Exception {
    file("unified/cgroup.controllers", "cpuset cpu io\n");
    for (String above : List.of("", "a/", "a/b/")) {
      file("unified/" + above + "cgroup.subtree_control", "");
    }
    file("unified/a/b/vm/cpu.max", "max\n");
    file("unified/a/b/vm/cpu.weight", "100\n");
    file("unified/a/b/vm/io.weight", "100\n");
    Cgroups cgroups =
        Cgroups.of(settings(2, "a/b"), List.of("cpu.max=50000 100000", "cpu.weight=7", "io.weight=8"), version2());
    cgroups.make(settings(2, "a/b"), new Undo());
    // The last controller: a real file adds.
    for (String above : List.of("", "a/", "a/b/")) {
      assertThat(text("unified/" + above + "cgroup.subtree_control")).isEqualTo("+io\n");
    }
    assertThat(text("unified/a/b/vm/cpu.max")).isEqualTo("50000 100000\n");
    assertThat(text("unified/a/b/vm/cpu.weight")).isEqualTo("7\n");
    assertThat(cgroups.attachments()).containsExactly(base.resolve("unified/a/b/vm/cgroup.procs"));
    assertThat(cgroups.movesProcess()).isTrue();
  }

  @Test
  void whatCannotBeWrittenIsUndone() throws Exception {
    file("unified/cgroup.controllers", "cpu\n");
    Undo undo = new Undo();
    Cgroups cgroups = Cgroups.of(settings(2, "a/b"), List.of("cpu.max=1"), version2());
    assertThatThrownBy(() -> cgroups.make(settings(2, "a/b"), undo))
        .isInstanceOf(JailerException.class)
        .hasMessage("Failed to write to %s: write(\"1\"): No such file or directory (os error 2)"
            .formatted(base.resolve("unified/a/b/vm/cpu.max")));
    assertThat(base.resolve("unified/a/b/vm")).isDirectory();
    assertThat(undo.run()).isEmpty();
    assertThat(base.resolve("unified/a")).doesNotExist();
    assertThat(base.resolve("unified")).isDirectory();
  }

  @Test
  void onlyTheParent() throws Exception {
    assertThatThrownBy(() -> Cgroups.parentOnly(settings(2, "a"), version1()))
        .hasMessage("Hierarchy not found: No hierarchy found for this cgroup version.");
    assertThat(Cgroups.parentOnly(settings(2, "a"), version2())).isEmpty();
    file("unified/a/cgroup.procs", "");
    assertThat(Cgroups.parentOnly(settings(2, "a"), version2())).contains(base.resolve("unified/a"));
    Cgroups.moveTo(base.resolve("unified/a"), 123);
    assertThat(text("unified/a/cgroup.procs")).isEqualTo("123");
    assertThat(Cgroups.current(version2(), "1:cpu:/x\n0::/a/b\n")).contains(base.resolve("unified/a/b"));
    assertThat(Cgroups.current(version1(), "1:cpu:/x\n0::/a/b\n")).isEmpty();
  }
}
