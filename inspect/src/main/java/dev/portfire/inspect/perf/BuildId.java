package dev.portfire.inspect.perf;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Which build of a program, library or kernel was seen.
 *
 * @param mode whose it is, as in samples
 * @param process a guest's, or -1
 * @param id hexadecimal digits
 */
record BuildId(int mode, int process, String id, String file) {
  /** {@code struct build_id_event}: a header, the process, 20 bytes and 4 with the length, the file's name. */
  private static final int FIXED = 8 + 4 + 24;

  /** Of {@code misc}: the length is said. */
  static final int SIZED = 1 << 15;
  private static final int LENGTH = 20;

  /** Takes them out of the feature of a file. */
  static List<BuildId> parse(byte[] feature) throws PerfException {
    List<BuildId> ids = new ArrayList<>();
    Cursor all = new Cursor(feature, "the list of build ids");
    while (all.remaining() > 0) {
      int at = all.position();
      int size = all.remaining() < PerfData.RECORD_HEADER ? 0 : Cursor.u16(feature, at + 6);
      if (size < FIXED) {
        throw new PerfException("the list of build ids is damaged");
      }
      Cursor c = new Cursor(all.take(size), "a build id");
      c.skip(4);
      int misc = c.u16();
      c.skip(2);
      int process = c.i32();
      byte[] id = c.take(24);
      int length = (misc & SIZED) != 0 ? Math.min(id[LENGTH] & 0xff, LENGTH) : LENGTH;
      ids.add(new BuildId(misc & Profile.MODE, process, HexFormat.of().formatHex(id, 0, length), c.string(c.remaining())));
    }
    return ids;
  }
}
