package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class SerialLogTest {
  private static SerialLog log(String text, OutputStream file) throws InterruptedException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    SerialLog log = new SerialLog(new ByteArrayInputStream(bytes), file, OutputStream.nullOutputStream());
    log.join();
    return log;
  }

  @Test
  void findsThePanic() throws InterruptedException {
    String text = "[    0.1] fine\n[    0.2] Kernel panic - not syncing: VFS: no root\n[    0.3] ---[ end\n";
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    SerialLog log = log(text, file);
    assertThat(log.panicked()).isTrue();
    assertThat(log.lastWords()).isEqualTo("Kernel panic - not syncing: VFS: no root");
    assertThat(file.toString(StandardCharsets.ISO_8859_1)).isEqualTo(text);
  }

  @Test
  void elseTakesTheLastLine() throws InterruptedException {
    SerialLog log = log("one\n[    1.0] two \033[1m\n\n", OutputStream.nullOutputStream());
    assertThat(log.panicked()).isFalse();
    assertThat(log.lastWords()).isEqualTo("two [1m");
    assertThat(log("", OutputStream.nullOutputStream()).lastWords()).isEmpty();
  }

  @Test
  void outlivesAFullDisk() throws InterruptedException {
    SerialLog log = log("x\n".repeat(100_000), new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        throw new IOException("no space left");
      }
    });
    assertThat(log.lastWords()).isEqualTo("x");
  }
}
