package dev.portfire.inspect;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The files of {@code /proc}, {@code /sys} and the like: this machine's, or those that were captured on another into a directory.
 * They are read up to a bound, and are absent if they cannot be read: what a file means by that is its reader's to say.
 *
 * @param root what {@code /} stands for
 */
public record SysRoot(Path root) {
  /** A file of /proc or /sys with one value, or a few. */
  private static final int SMALL = 1 << 16;

  /** How much is read of a file of text; /proc/cpuinfo of a thousand processors has less than two MiB. */
  private static final int LARGE = 64 << 20;

  private static final int PIECE = 1 << 13;

  /** How many entries of a directory are looked at. */
  private static final int ENTRIES = 1 << 20;

  /** This machine. */
  public static final SysRoot HOST = new SysRoot(Path.of("/"));

  /** Whether it is this machine, so that its processors and devices may be asked, too. */
  public boolean isHost() {
    return root.equals(HOST.root);
  }

  /**
   * A file of it.
   *
   * @param absolute an absolute name, as on the machine
   */
  public Path path(String absolute) {
    return root.resolve(absolute.substring(1));
  }

  /** Whether a file is there. */
  public boolean exists(String absolute) {
    // No file has such a name, but names come out of files.
    return absolute.indexOf(0) < 0 && Files.exists(path(absolute));
  }

  /** All bytes of a file, no more than {@code limit}; empty if it cannot be read. */
  public Optional<byte[]> bytes(String absolute, int limit) {
    try (InputStream in = Files.newInputStream(path(absolute))) {
      // Its readNBytes asks for the position first, which KVM's files in debugfs refuse in Linux 6.1.
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      byte[] piece = new byte[PIECE];
      for (int n = in.read(piece); n > 0 && bytes.size() < limit; n = in.read(piece)) {
        bytes.write(piece, 0, Math.min(n, limit - bytes.size()));
      }
      return Optional.of(bytes.toByteArray());
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** A file as text. */
  public Optional<String> text(String absolute) {
    return bytes(absolute, LARGE).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** The first line of a file, without what ends it. */
  public Optional<String> line(String absolute) {
    Optional<byte[]> bytes = bytes(absolute, SMALL);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    String text = new String(bytes.get(), StandardCharsets.UTF_8);
    int end = text.indexOf('\n');
    return Optional.of(end < 0 ? text : text.substring(0, end));
  }

  /** The number that a file's first line begins with. */
  public OptionalLong number(String absolute) {
    Optional<String> line = line(absolute);
    return line.isEmpty() ? OptionalLong.empty() : number(line.get().strip(), 10);
  }

  /** The number that a text begins with. */
  public static OptionalLong number(String text, int radix) {
    int end = text.startsWith("-") ? 1 : 0;
    while (end < text.length() && Character.digit(text.charAt(end), radix) >= 0) {
      end++;
    }
    try {
      return OptionalLong.of(Long.parseLong(text.substring(0, end), radix));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** The names in a directory, sorted; none if it cannot be read. */
  public List<String> list(String absolute) {
    List<String> names = unsorted(absolute);
    Collections.sort(names);
    return names;
  }

  /** The names in a directory in the order of the kernel; none if it cannot be read. */
  public List<String> unsorted(String absolute) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path(absolute))) {
      for (Path entry : entries) {
        names.add(String.valueOf(entry.getFileName()));
        if (names.size() == ENTRIES) {
          break;
        }
      }
    } catch (IOException | InvalidPathException | DirectoryIteratorException e) {
      // What was found until then.
    }
    return names;
  }
}
