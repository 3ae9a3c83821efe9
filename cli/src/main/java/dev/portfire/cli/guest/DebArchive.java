package dev.portfire.cli.guest;

import io.airlift.compress.v3.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Reads files out of a Debian binary package (deb(5)): an ar archive whose member {@code data.tar.*} holds the files.
 */
final class DebArchive {
  /** Takes one regular file out of a package. */
  @FunctionalInterface
  interface FileSink {
    /**
     * Takes a file.
     *
     * @param path the file's path without a leading {@code ./} or {@code /}
     * @param content to be read before the method returns, or not at all
     */
    void accept(String path, InputStream content) throws IOException;
  }

  private DebArchive() {}

  /**
   * Hands every regular file that {@code wanted} accepts to a sink, in archive order.
   *
   * @throws IOException if the package is damaged, or compressed in a way that Debian does not use
   */
  static void extract(Path deb, Predicate<String> wanted, FileSink sink) throws IOException {
    try (ArArchiveInputStream ar = new ArArchiveInputStream(new BufferedInputStream(Files.newInputStream(deb)))) {
      for (ArArchiveEntry member = ar.getNextEntry(); member != null; member = ar.getNextEntry()) {
        if (member.getName().startsWith("data.tar")) {
          extractTar(new TarArchiveInputStream(decompress(member.getName(), ar)), wanted, sink);
          return;
        }
      }
    }
    throw new IOException(deb.getFileName() + " has no data.tar member");
  }

  private static void extractTar(TarArchiveInputStream tar, Predicate<String> wanted, FileSink sink)
      throws IOException {
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      String path = entry.getName().replaceFirst("^(\\./|/)+", "");
      if (entry.isFile() && wanted.test(path)) {
        sink.accept(path, tar);
      }
    }
  }

  private static InputStream decompress(String member, InputStream in) throws IOException {
    return switch (member) {
      case "data.tar" -> in;
      case "data.tar.gz" -> new GZIPInputStream(in);
      case "data.tar.xz" -> new XZInputStream(in);
      case "data.tar.zst" -> new ZstdInputStream(in);
      default -> throw new IOException("cannot unpack " + member);
    };
  }
}
