package dev.portfire.inspect.perf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.Allocations;
import dev.portfire.inspect.Run;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small inputs that are made to ask for much memory or output. */
class HostileSizesTest {
  private final Allocations allocations = new Allocations("HostileSizesTest", 1 << 20, 64);

  @TempDir
  Path directory;

  private Path kallsyms;
  private Path modules;

  @BeforeEach
  void guest() throws IOException {
    kallsyms = directory.resolve("kallsyms");
    modules = directory.resolve("modules");
    ProfileRecording.guest(kallsyms, modules);
    // Classes that are loaded are none of what is measured.
    Path file = ProfileRecording.random(1, 60).write(directory.resolve("first"));
    Run run = Ours.run(InputStream.nullInputStream(), report(file, "report"));
    assertThat(run.status()).isZero();
  }

  @AfterEach
  void tell() {
    allocations.report();
  }

  private List<String> report(Path file, String... words) {
    List<String> arguments = new ArrayList<>(
        List.of("--guestkallsyms", kallsyms.toString(), "--guestmodules", modules.toString(), "-i", file.toString()));
    arguments.addAll(List.of(words));
    return arguments;
  }

  private Run bounded(String how, Path file, String... words) throws IOException {
    long input = Files.size(file) + Files.size(kallsyms) + Files.size(modules);
    Run run = allocations.bounded(how, input, Ours.of(InputStream.nullInputStream(), report(file, words)));
    assertThat((long) run.out().length()).as("%s: characters of output", how).isLessThan((1 << 20) + 64 * input);
    return run;
  }

  @Test
  void eventsThatShareTheirNumbers() throws IOException {
    int count = 1000;
    ByteBuffer file = ByteBuffer.allocate(104 + 144 * count + 8 * count + 8).order(ByteOrder.LITTLE_ENDIAN);
    file.put(PerfData.MAGIC.getBytes(StandardCharsets.US_ASCII)).putLong(104).putLong(144).putLong(104).putLong(144L * count);
    file.putLong(104 + 152L * count).putLong(8);
    for (int i = 0; i < count; i++) {
      file.position(104 + 144 * i).putInt(1).putInt(128).position(104 + 144 * i + 128).putLong(104 + 144L * count).putLong(8L * count);
    }
    Run run = bounded("events", Files.write(directory.resolve("f"), file.array()), "report");
    assertThat(run.err()).endsWith("is damaged: the numbers of its events overlap\n").hasLineCount(1);
  }

  /** Each process of many has the mappings of the first, and another one. */
  @Test
  void processesThatFork() throws IOException {
    ProfileRecording recording = new ProfileRecording();
    for (int i = 0; i < 2000; i++) {
      recording.mapping(Profile.HOST_USER, 1, 0x10000L * i, 0x1000, 0, "f");
    }
    for (int i = 2; i < 6000; i++) {
      recording.fork(i, 1, i, 1).mapping(Profile.HOST_USER, i, 0x10000L * i, 0x1000, 0, "f").sample(Profile.HOST_USER, i, i, 0x10000L * i);
    }
    Run run = bounded("forks", recording.write(directory.resolve("f")), "report");
    assertThat(run.status()).isZero();
  }

  @Test
  void longNames() throws IOException {
    String name = "n".repeat(30_000);
    ProfileRecording recording = new ProfileRecording().mapping(Profile.HOST_USER, 1, 0, 0x4000_0000, 0, "/" + name)
        .mapping(Profile.GUEST_KERNEL, 0, ProfileRecording.MODULE + 0x10_0000, 0x10_0000, 0, "[" + name + "]");
    for (int i = 1; i < 3000; i++) {
      recording.sample(Profile.HOST_USER, 1, i, i).sample(Profile.GUEST_KERNEL, 1, i, ProfileRecording.MODULE + 0x10_0000 + i)
          .sample(Profile.GUEST_KERNEL, 1, i, ProfileRecording.TEXT + 0xd0001);
    }
    recording.command(1, 1, name).fork(1, 1, 2, 1).fork(1, 1, 3, 1);
    for (int i = 1; i < 3000; i++) {
      recording.fork(1, 1, i, 1).sample(Profile.HOST_USER, 1, i, i);
    }
    Files.writeString(kallsyms, Files.readString(kallsyms) + "ffffffff810d0000 T " + "s".repeat(4000) + "\n");
    Path file = recording.write(directory.resolve("f"));
    for (String options : List.of("report", "report --csv", "report --json", "report -s sym,dso,comm", "report -s pid,sym,comm")) {
      Run run = bounded("long names, " + options, file, options.split(" ", -1));
      assertThat(run.status()).isZero();
    }
  }

  @Test
  void manyModules() throws IOException {
    StringBuilder text = new StringBuilder(Files.readString(kallsyms));
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      text.append("f").append(Integer.toHexString(i)).append(" t a [").append(Integer.toString(i, 36)).append("]\n");
      list.append(Integer.toString(i, 36)).append(" 1 0 - L 0x").append(Integer.toHexString(i)).append('\n');
    }
    Files.writeString(kallsyms, text);
    Files.writeString(modules, list);
    Run run = bounded("modules", ProfileRecording.random(1, 60).write(directory.resolve("f")), "report");
    assertThat(run.status()).isZero();
  }

  /** A program that has its notes, which are none, in each of its segments. */
  @Test
  void notesWithoutEnd() throws IOException {
    int count = 20_000;
    ByteBuffer file = ByteBuffer.allocate(64 + 56 * count + 65_536).order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(0x464c_457f).put((byte) 2).put((byte) 1).putLong(32, 64).putShort(56, (short) count);
    for (int i = 0; i < count; i++) {
      file.putInt(64 + 56 * i, 4).putLong(64 + 56 * i + 8, 64 + 56L * count).putLong(64 + 56 * i + 32, 65_536);
    }
    Path vmlinux = Files.write(directory.resolve("vmlinux"), file.array());
    Path recording = ProfileRecording.random(1, 60).write(directory.resolve("f"));
    Run run = allocations.bounded("notes", Files.size(vmlinux) + Files.size(recording), Ours.of(
        InputStream.nullInputStream(), List.of("--guestvmlinux", vmlinux.toString(), "-i", recording.toString(), "report")));
    assertThat(run.status()).isZero();
  }
}
