package dev.portfire.cli.guest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Writes the archive format that Linux unpacks into its first root file system: cpio "newc" (kernel documentation,
 * driver-api/early-userspace/buffer-format.rst). Times are zero and owners are root, so equal contents make equal
 * bytes.
 */
public final class CpioWriter {
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final int SYMLINK = 0120000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final String TRAILER = "TRAILER!!!";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int nextInode = 1;

  /**
   * Adds a directory; its parents must have been added before.
   *
   * @param path without a leading slash
   * @param permissions the low 12 bits of the mode
   */
  public CpioWriter directory(String path, int permissions) {
    entry(path, DIRECTORY | permissions, 2, 0, 0, new byte[0]);
    return this;
  }

  /** Adds a regular file. */
  public CpioWriter file(String path, int permissions, byte[] content) {
    entry(path, REGULAR | permissions, 1, 0, 0, content);
    return this;
  }

  /** Adds a symbolic link to {@code target}. */
  public CpioWriter link(String path, String target) {
    entry(path, SYMLINK | 0777, 1, 0, 0, target.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Adds a character device node. */
  public CpioWriter device(String path, int permissions, int major, int minor) {
    entry(path, CHARACTER_DEVICE | permissions, 1, major, minor, new byte[0]);
    return this;
  }

  /** Ends the archive. Nothing can be added afterwards. */
  public byte[] finish() {
    nextInode = 0;
    entry(TRAILER, 0, 1, 0, 0, new byte[0]);
    return out.toByteArray();
  }

  private void entry(String path, int mode, int links, int major, int minor, byte[] content) {
    if (path.isEmpty() || path.startsWith("/")) {
      throw new IllegalArgumentException("not a relative path: " + path);
    }
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    out.writeBytes("070701".getBytes(StandardCharsets.US_ASCII));
    int[] fields = {
      nextInode++, mode, 0, 0, links, 0, content.length, 0, 0, major, minor, name.length + 1, 0,
    };
    for (int field : fields) {
      out.writeBytes(HexFormat.of().withUpperCase().toHexDigits(field).getBytes(StandardCharsets.US_ASCII));
    }
    out.writeBytes(name);
    out.write(0);
    pad();
    out.writeBytes(content);
    pad();
  }

  private void pad() {
    while (out.size() % 4 != 0) {
      out.write(0);
    }
  }
}
