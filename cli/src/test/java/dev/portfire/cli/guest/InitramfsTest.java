package dev.portfire.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class InitramfsTest {
  private static final byte[] BUSYBOX = "ELF...\0[\0[[\0acpid\0sh\0zcat\0\0rest".getBytes(StandardCharsets.ISO_8859_1);

  @Test
  void findsTheAppletsOfABusybox() {
    assertThat(Initramfs.applets(BUSYBOX)).containsExactly("[", "[[", "acpid", "sh", "zcat");
    assertThatThrownBy(() -> Initramfs.applets(new byte[10])).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void writesDependenciesNearestFirst() {
    List<KernelModule> modules = List.of(
        KernelModuleTest.module("c", "depends=\0"),
        KernelModuleTest.module("b", "depends=c\0"),
        KernelModuleTest.module("a", "depends=b\0"));
    assertThat(Initramfs.dependencyFile(modules)).isEqualTo("c.ko:\nb.ko: c.ko\na.ko: b.ko c.ko\n");
  }

  @Test
  void quotesAnyBytesForTheShell() {
    byte[] odd = {'i', 't', '\'', 's', ' ', (byte) 0xff, '\n', '$', '`'};
    GuestTask task = new GuestTask(
        GuestTask.Mode.COMMAND,
        List.of("echo".getBytes(StandardCharsets.UTF_8), odd),
        Map.of("TERM", "vt'100"),
        Optional.empty());
    String text = new String(Initramfs.taskFile(List.of(), task), StandardCharsets.ISO_8859_1);
    assertThat(text)
        .startsWith("mode=command\nroot=\nrootflags=rw\nmodules=''\n")
        .contains("export TERM='vt'\\''100'\n")
        .endsWith("set -- 'echo' 'it'\\''s \u00ff\n$`'\n");
  }

  @Test
  void saysWhatToMount() {
    GuestTask task = new GuestTask(
        GuestTask.Mode.INIT, List.of(), Map.of(), Optional.of(new GuestTask.Root("/dev/vda", true)));
    assertThat(new String(Initramfs.taskFile(List.of(), task), StandardCharsets.UTF_8))
        .startsWith("mode=init\nroot=/dev/vda\nrootflags=ro\n");
  }

  @Test
  void refusesTasksThatMakeNoSense() {
    assertThatThrownBy(() -> new GuestTask(GuestTask.Mode.COMMAND, List.of(), Map.of(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new GuestTask(GuestTask.Mode.INIT, List.of(), Map.of(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void holdsTheInitScript() {
    GuestTask task = new GuestTask(GuestTask.Mode.TERMINAL, List.of(), Map.of(), Optional.empty());
    String archive = new String(
        Initramfs.build(BUSYBOX, "6.1", List.of(), task), StandardCharsets.ISO_8859_1);
    assertThat(archive).contains("#!/bin/busybox sh\n").contains("bin/acpid").contains("TRAILER!!!");
  }
}
