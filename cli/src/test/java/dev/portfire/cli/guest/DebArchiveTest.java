package dev.portfire.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

final class DebArchiveTest {
  @TempDir
  Path directory;

  private static byte[] tar(Map<String, String> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] xz(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new XZOutputStream(bytes, new LZMA2Options(0))) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private Path deb(String member, byte[] data) throws IOException {
    Path file = directory.resolve("package.deb");
    try (ArArchiveOutputStream ar = new ArArchiveOutputStream(Files.newOutputStream(file))) {
      byte[] version = "2.0\n".getBytes(StandardCharsets.US_ASCII);
      ar.putArchiveEntry(new ArArchiveEntry("debian-binary", version.length));
      ar.write(version);
      ar.closeArchiveEntry();
      ar.putArchiveEntry(new ArArchiveEntry(member, data.length));
      ar.write(data);
      ar.closeArchiveEntry();
    }
    return file;
  }

  @Test
  void handsOutWantedFiles() throws IOException {
    byte[] data = xz(tar(Map.of("./boot/vmlinuz-1", "kernel", "./usr/share/doc/x", "text")));
    Map<String, String> found = new HashMap<>();
    DebArchive.extract(
        deb("data.tar.xz", data),
        path -> path.startsWith("boot/"),
        (path, content) -> found.put(path, new String(content.readAllBytes(), StandardCharsets.UTF_8)));
    assertThat(found).containsExactly(Map.entry("boot/vmlinuz-1", "kernel"));
  }

  @Test
  void namesWhatItCannotUnpack() throws IOException {
    Path unknown = deb("data.tar.br", new byte[10]);
    assertThatThrownBy(() -> DebArchive.extract(unknown, path -> true, (path, content) -> {}))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot unpack data.tar.br");
    Path empty = deb("control.tar", new byte[10]);
    assertThatThrownBy(() -> DebArchive.extract(empty, path -> true, (path, content) -> {}))
        .hasMessage("package.deb has no data.tar member");
  }
}
