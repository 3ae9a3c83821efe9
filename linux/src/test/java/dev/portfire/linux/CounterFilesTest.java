package dev.portfire.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CounterFilesTest {
  @TempDir Path directory;

  @Test
  void readsNumbersOfTheDirectoryThatItIsIn() throws IOException {
    Path first = Files.createDirectory(directory.resolve("1-2"));
    Path second = Files.createDirectory(directory.resolve("1-3"));
    Files.writeString(first.resolve("exits"), "0\n");
    Files.writeString(second.resolve("exits"), "9223372036854775807\n");
    MemorySegment name = CounterFiles.name("exits");
    long open = descriptors();
    try (CounterFiles files = new CounterFiles()) {
      assertThat(files.enter(CounterFiles.name(first.toString()))).isTrue();
      assertThat(files.number(name)).isZero();
      Files.writeString(first.resolve("exits"), "41 and what is behind it");
      assertThat(files.number(name)).isEqualTo(41);
      assertThat(files.enter(CounterFiles.name(second.toString()))).isTrue();
      assertThat(files.number(name)).isEqualTo(Long.MAX_VALUE);
    }
    assertThat(descriptors()).isEqualTo(open);
  }

  @Test
  void whatHasNoNumberIsTold() throws IOException, InterruptedException {
    Files.writeString(directory.resolve("empty"), "");
    Files.writeString(directory.resolve("words"), "none\n");
    Files.writeString(directory.resolve("less"), "-3\n");
    Files.writeString(directory.resolve("more"), "9223372036854775808\n");
    Files.writeString(directory.resolve("long"), "1".repeat(100));
    Files.createDirectory(directory.resolve("directory"));
    assertThat(new ProcessBuilder("mkfifo", directory.resolve("pipe").toString()).start().waitFor()).isZero();
    try (CounterFiles files = new CounterFiles()) {
      assertThat(files.enter(CounterFiles.name(directory.toString()))).isTrue();
      for (String name : new String[] {"empty", "words", "less", "more", "long", "directory", "pipe", "absent"}) {
        assertThat(files.number(CounterFiles.name(name))).as(name).isEqualTo(-1);
      }
      assertThat(files.enter(CounterFiles.name(directory.resolve("absent").toString()))).isFalse();
      assertThat(files.number(CounterFiles.name("less"))).isEqualTo(-1);
    }
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }
}
