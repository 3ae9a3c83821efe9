package dev.portfire.firectl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WrittenTest {
  @TempDir Path directory;
  private Path jail = Path.of("unset");

  @BeforeEach
  void prepare() throws IOException {
    jail = Files.createDirectories(directory.resolve("jail"));
    Files.writeString(directory.resolve("secret"), "the host's");
    Files.createDirectories(jail.resolve("run/logs"));
    Files.writeString(jail.resolve("run/logs/log"), "the jail's");
  }

  private static String read(Written written) throws IOException {
    try (SeekableByteChannel in = written.open()) {
      ByteBuffer content = ByteBuffer.allocate(100);
      int count = in.read(content);
      return new String(content.array(), 0, count, StandardCharsets.UTF_8);
    }
  }

  private Written inside(String path) {
    return new Written(Optional.of(jail), Path.of(path));
  }

  @Test
  void aJailsFileIsRead() throws IOException {
    assertThat(read(inside("/run/logs/log"))).isEqualTo("the jail's");
    assertThat(inside("/run/logs/log")).hasToString(jail + "/run/logs/log");
    assertThat(read(new Written(Optional.empty(), directory.resolve("secret")))).isEqualTo("the host's");
  }

  @Test
  void nothingLeadsOutOfAJail() throws IOException {
    Files.createSymbolicLink(jail.resolve("run/link"), directory.resolve("secret"));
    Files.createSymbolicLink(jail.resolve("out"), directory);
    for (String path : new String[] {"/run/link", "/out/secret", "/../secret", "/run/../../secret", "/", "/run/logs"}) {
      assertThatThrownBy(() -> read(inside(path))).as(path).isInstanceOf(FileSystemException.class);
    }
  }
}
