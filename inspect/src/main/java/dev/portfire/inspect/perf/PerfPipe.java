package dev.portfire.inspect.perf;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Writes a recording to a pipe: a short header, and records where a file has sections
 * (tools/perf/Documentation/perf.data-file-format.txt, "PERF_RECORD_HEADER_ATTR" and what follows). What a recording says of itself has
 * to be known before the first event.
 */
final class PerfPipe implements Output {
  private final PrintStream out;
  private final WritableByteChannel channel;
  private final List<EventAttribute> attributes;
  private long size;

  private PerfPipe(PrintStream out, List<EventAttribute> attributes) {
    this.out = out;
    this.channel = Channels.newChannel((OutputStream) out);
    this.attributes = List.copyOf(attributes);
  }

  /**
   * Begins one.
   *
   * @param attributes all its events, with their numbers
   * @param features contents by number; what is too long for a record is left out
   */
  static PerfPipe begin(PrintStream out, List<EventAttribute> attributes, SortedMap<Integer, byte[]> features) throws IOException {
    PerfPipe pipe = new PerfPipe(out, attributes);
    byte[] magic = PerfData.MAGIC.getBytes(StandardCharsets.ISO_8859_1);
    pipe.write(ByteBuffer.allocate(PerfData.PIPE_HEADER_SIZE).order(ByteOrder.LITTLE_ENDIAN).put(magic).putLong(PerfData.PIPE_HEADER_SIZE).flip());
    for (EventAttribute attribute : attributes) {
      Item item = new Item(PerfData.HEADER_ATTRIBUTE, 0).bytes(attribute.structure(0));
      for (long id : attribute.ids()) {
        item.word(id);
      }
      byte[] record = item.end();
      if (record.length > PerfData.LONGEST) {
        throw new PerfException("an event of %d CPUs or threads is too long for a pipe: -o FILE".formatted(attribute.ids().length));
      }
      pipe.write(ByteBuffer.wrap(record));
    }
    for (Map.Entry<Integer, byte[]> feature : features.entrySet()) {
      byte[] content = feature.getValue();
      byte[] padding = new byte[-content.length & 7];
      if (feature.getKey() == PerfData.TRACING_DATA) {
        // Its size is that with the padding.
        pipe.write(ByteBuffer.wrap(new Item(PerfData.TRACING, 0).number(content.length + padding.length).number(0).end()));
        pipe.write(ByteBuffer.wrap(content));
        pipe.write(ByteBuffer.wrap(padding));
      } else if (content.length + 2 * PerfData.RECORD_HEADER <= PerfData.LONGEST) {
        pipe.write(ByteBuffer.wrap(new Item(PerfData.FEATURE, 0).word(feature.getKey()).bytes(content).bytes(padding).end()));
      }
    }
    return pipe;
  }

  @Override
  public List<EventAttribute> attributes() {
    return attributes;
  }

  @Override
  public void write(ByteBuffer records) throws IOException {
    size += records.remaining();
    while (records.hasRemaining()) {
      int written = channel.write(records);
      assert written >= 0;
    }
    if (out.checkError()) {
      throw new PerfException("what reads the recording from stdout has ended");
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void close() {
    out.flush();
  }
}
