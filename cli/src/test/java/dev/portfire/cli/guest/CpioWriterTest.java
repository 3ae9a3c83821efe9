package dev.portfire.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.junit.jupiter.api.Test;

/** The archive is read back by a reader that is not ours. */
final class CpioWriterTest {
  @Test
  void readsBackAsWritten() throws IOException {
    byte[] archive = new CpioWriter()
        .directory("bin", 0755)
        .file("bin/tool", 0750, new byte[] {1, 2, 3})
        .link("bin/alias", "tool")
        .device("console", 0600, 5, 1)
        .finish();
    List<String> entries = new ArrayList<>();
    try (CpioArchiveInputStream in = new CpioArchiveInputStream(new ByteArrayInputStream(archive))) {
      for (CpioArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        entries.add("%s %o %d".formatted(entry.getName(), entry.getMode(), entry.getSize()));
        if (entry.getName().equals("bin/tool")) {
          assertThat(in.readAllBytes()).containsExactly(1, 2, 3);
        }
        if (entry.isCharacterDevice()) {
          assertThat(entry.getRemoteDeviceMaj()).isEqualTo(5);
          assertThat(entry.getRemoteDeviceMin()).isEqualTo(1);
        }
      }
    }
    assertThat(entries)
        .containsExactly("bin 40755 0", "bin/tool 100750 3", "bin/alias 120777 4", "console 20600 0");
  }

  @Test
  void equalContentsMakeEqualBytes() {
    byte[] first = new CpioWriter().file("a", 0644, new byte[] {1}).finish();
    byte[] second = new CpioWriter().file("a", 0644, new byte[] {1}).finish();
    assertThat(first).isEqualTo(second);
    assertThat(first.length % 4).isZero();
  }

  @Test
  void refusesAbsolutePaths() {
    assertThatThrownBy(() -> new CpioWriter().directory("/bin", 0755)).isInstanceOf(IllegalArgumentException.class);
  }
}
