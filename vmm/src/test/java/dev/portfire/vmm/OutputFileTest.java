package dev.portfire.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutputFileTest {
  @TempDir
  Path directory;

  @Test
  void keepsWhatIsInAFile() throws Exception {
    Path file = Files.writeString(directory.resolve("log"), "old\n");
    try (OutputFile out = OutputFile.open(file)) {
      assertThat(out.write("new\n".getBytes(java.nio.charset.StandardCharsets.UTF_8))).isTrue();
    }
    assertThat(file).hasContent("old\nnew\n");
    try (OutputFile out = OutputFile.open(directory.resolve("made"))) {
      assertThat(out.write(new byte[0])).isTrue();
    }
    assertThat(directory.resolve("made")).exists();
  }

  @Test
  void tellsTheReasonInTheHostsWords() {
    assertThatThrownBy(() -> OutputFile.open(directory.resolve("none/log")))
        .isInstanceOfSatisfying(
            FileSystemException.class, e -> assertThat(e.getReason()).isEqualTo("No such file or directory"));
    assertThatThrownBy(() -> OutputFile.open(directory))
        .isInstanceOfSatisfying(FileSystemException.class, e -> assertThat(e.getReason()).isEqualTo("Is a directory"));
  }
}
