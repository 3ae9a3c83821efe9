import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes a long recording of a short one: its records again and again, each time later. SOURCE TARGET EVENTS. */
final class Multiply {
  private static final int SAMPLE = 9;
  private static final int TIME_IN_SAMPLE = 24;

  private Multiply() {}

  public static void main(String... arguments) throws IOException {
    ByteBuffer source = ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[0]))).order(ByteOrder.LITTLE_ENDIAN);
    int from = (int) source.getLong(40);
    int size = (int) source.getLong(48);
    long first = Long.MAX_VALUE;
    long last = 0;
    int samples = 0;
    for (int at = from; at < from + size; at += source.getShort(at + 6)) {
      if (source.getInt(at) == SAMPLE) {
        first = Math.min(first, source.getLong(at + TIME_IN_SAMPLE));
        last = Math.max(last, source.getLong(at + TIME_IN_SAMPLE));
        samples++;
      }
    }
    int times = (Integer.parseInt(arguments[2]) + samples - 1) / samples;
    long more = (long) (times - 1) * size;
    try (FileChannel target = FileChannel.open(Path.of(arguments[1]),
        StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
      // Header and attributes, with the new length of the records.
      source.putLong(48, (long) times * size);
      write(target, source.duplicate().position(0).limit(from));
      for (int i = 0; i < times; i++) {
        write(target, source.duplicate().position(from).limit(from + size));
        for (int at = from; at < from + size; at += source.getShort(at + 6)) {
          if (source.getInt(at) == SAMPLE) {
            source.putLong(at + TIME_IN_SAMPLE, source.getLong(at + TIME_IN_SAMPLE) + last - first + 1000);
          }
        }
      }
      // The features come behind the records: a table of where they are, then they.
      int table = from + size;
      int end = (int) source.getLong(table);
      for (int at = table; at < end; at += 16) {
        source.putLong(at, source.getLong(at) + more);
      }
      write(target, source.duplicate().position(table).limit(source.capacity()));
    }
    System.out.println(times * samples + " events, " + Files.size(Path.of(arguments[1])) / 1_000_000 + " MB");
  }

  private static void write(FileChannel target, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      target.write(bytes);
    }
  }
}
