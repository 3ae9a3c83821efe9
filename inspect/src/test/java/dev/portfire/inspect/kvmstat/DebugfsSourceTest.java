package dev.portfire.inspect.kvmstat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DebugfsSourceTest {
  private static final Event EXITS = new Event("exits");
  private static final Event ALL_INSTRUCTIONS = new Event("exit_instruction");
  private static final Event ONE_INSTRUCTION = new Event("instruction_epsw", "exit_instruction");

  @TempDir Path directory;
  private Tree tree;

  @BeforeEach
  void oneMachine() throws IOException {
    tree = new Tree(directory)
        .put("/proc/mounts", "none /d debugfs rw 0 0\n")
        .put("/sys/kernel/security/lockdown", "[none]\n")
        .put("/d/kvm/exits", "0\n")
        .put("/d/kvm/exit_instruction", "0\n")
        .put("/d/kvm/instruction_epsw", "0\n");
    machine("70-11", 100, 30, 3);
  }

  private void machine(String name, int exits, int instructions, int epsw) throws IOException {
    tree.put("/d/kvm/" + name + "/exits", exits + "\n")
        .put("/d/kvm/" + name + "/exit_instruction", instructions + "\n")
        .put("/d/kvm/" + name + "/instruction_epsw", epsw + "\n");
  }

  private void remove(String name) throws IOException {
    for (Event event : new Event[] {EXITS, ALL_INSTRUCTIONS, ONE_INSTRUCTION}) {
      Files.delete(directory.resolve("d/kvm/" + name + "/" + event.name()));
    }
    Files.delete(directory.resolve("d/kvm/" + name));
  }

  private DebugfsSource source(int pid) throws SourceException {
    DebugfsSource source = DebugfsSource.open(tree.sysRoot(), false);
    source.select(name -> true, pid);
    return source;
  }

  @Test
  void machinesThatBeginLaterAreCountedFromNought() throws Exception {
    try (DebugfsSource source = source(0)) {
      machine("70-11", 101, 32, 3);
      machine("80-5", 7, 2, 1);
      assertThat(source.read(false)).isEqualTo(Map.of(EXITS, 8L, ALL_INSTRUCTIONS, 4L, ONE_INSTRUCTION, 1L));
      assertThat(source.read(true)).isEqualTo(Map.of(new Event("70"), 3L, new Event("80"), 9L));
      source.reset();
      machine("80-5", 9, 2, 1);
      assertThat(source.read(false)).isEqualTo(Map.of(EXITS, 2L, ALL_INSTRUCTIONS, 0L, ONE_INSTRUCTION, 0L));
      source.select(name -> name.startsWith("instruction"), 0);
      machine("80-5", 9, 3, 2);
      assertThat(source.read(false)).isEqualTo(Map.of(ALL_INSTRUCTIONS, 1L, ONE_INSTRUCTION, 1L));
    }
  }

  @Test
  void anotherMachineOfTheSameNameIsCountedFromNought() throws Exception {
    try (DebugfsSource source = source(0)) {
      remove("70-11");
      assertThat(source.read(false)).isEmpty();
      machine("70-11", 5, 0, 0);
      assertThat(source.read(false)).containsEntry(EXITS, 5L);
    }
  }

  @Test
  void aMachineStaysWithItsProcessWhenTheThreadThatMadeItEnds() throws Exception {
    tree.put("/proc/70/status", "Name:\tmaker\nTgid:\t69\n");
    try (DebugfsSource source = source(69)) {
      Files.delete(directory.resolve("proc/70/status"));
      machine("70-11", 104, 30, 3);
      assertThat(source.read(false)).containsEntry(EXITS, 4L);
      assertThat(source.read(true)).isEqualTo(Map.of(new Event("69"), 4L));
    }
  }
}
