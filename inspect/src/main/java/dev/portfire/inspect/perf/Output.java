package dev.portfire.inspect.perf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Where a recording goes. */
sealed interface Output extends AutoCloseable permits PerfWriter, PerfPipe {
  /** The events, with their numbers. */
  List<EventAttribute> attributes();

  /** Adds records; one may go on in the next piece. */
  void write(ByteBuffer records) throws IOException;

  /** How many bytes of records there are. */
  long size();

  @Override
  void close() throws IOException;
}
