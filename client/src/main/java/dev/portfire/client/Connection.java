package dev.portfire.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** One connection to a server: HTTP/1.1 (RFC 9112), one request at a time, with a deadline for each. Not thread-safe. */
final class Connection implements AutoCloseable {
  /** The most bytes of a response's head. */
  static final int MAX_HEAD = 64 << 10;

  /** The most bytes of a response's body: metadata and configurations are far smaller. */
  static final int MAX_BODY = 64 << 20;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private byte[] received = new byte[8 << 10];
  private int length;
  private boolean usable = true;

  /**
   * A response.
   *
   * @param status its number
   * @param body empty if there is none
   */
  record Reply(int status, byte[] body) {}

  private Connection(SocketChannel channel, Selector selector, SelectionKey key) {
    this.channel = channel;
    this.selector = selector;
    this.key = key;
  }

  static Connection open(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    try {
      channel.configureBlocking(false);
      Selector selector = Selector.open();
      return new Connection(channel, selector, channel.register(selector, 0));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether another request can be sent: the server has not closed, nor sent what nobody asked for. */
  boolean isUsable() {
    try {
      return usable && channel.read(ByteBuffer.allocate(1)) == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Sends a request and waits for its response.
   *
   * @param deadline of {@link System#nanoTime}
   * @throws SocketTimeoutException if it has passed
   * @throws IOException also if what comes is no response
   */
  Reply exchange(byte[] request, long deadline) throws IOException {
    usable = false;
    length = 0;
    ByteBuffer out = ByteBuffer.wrap(request);
    int sent = channel.write(out);
    while (out.hasRemaining()) {
      if (sent == 0) {
        await(SelectionKey.OP_WRITE, deadline);
      }
      sent = channel.write(out);
    }
    while (true) {
      int head = awaitHead(deadline);
      String[] lines = new String(received, 0, head, StandardCharsets.ISO_8859_1).split("\r\n", -1);
      int status = status(lines[0]);
      if (status / 100 == 1) {
        discard(head);
        continue;
      }
      return finish(status, Arrays.copyOfRange(lines, 1, lines.length), head, deadline);
    }
  }

  private Reply finish(int status, String[] headers, int head, long deadline) throws IOException {
    long expected = status == 204 || status == 304 ? 0 : -1;
    boolean close = false;
    for (String header : headers) {
      int colon = Math.max(0, header.indexOf(':'));
      String value = header.substring(Math.min(header.length(), colon + 1)).strip();
      switch (header.substring(0, colon).toLowerCase(Locale.ROOT)) {
        case "content-length" -> expected = expected == 0 ? 0 : contentLength(value);
        case "connection" -> close |= value.equalsIgnoreCase("close");
        case "transfer-encoding" ->
          throw new IOException("the server sends its answer in a transfer encoding, \"" + value
              + "\", which Firecracker does not do: check what listens on the socket");
        default -> {}
      }
    }
    boolean ended = false;
    while (expected < 0 || length - head < expected) {
      if (receive(deadline) < 0) {
        if (expected >= 0) {
          throw new EOFException("the server has closed the connection in the middle of its answer");
        }
        // RFC 9112, 6.3: without a length the body ends with the connection.
        ended = true;
        break;
      }
      if (length - head > MAX_BODY) {
        throw new IOException("the server's answer is longer than " + MAX_BODY + " bytes");
      }
    }
    byte[] body = Arrays.copyOfRange(received, head, expected < 0 ? length : head + (int) expected);
    usable = !close && !ended && length == head + body.length;
    return new Reply(status, body);
  }

  private static int status(String line) throws IOException {
    boolean sound = line.length() >= 12 && (line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 "))
        && (line.length() == 12 || line.charAt(12) == ' ');
    if (sound) {
      try {
        int status = Integer.parseInt(line.substring(9, 12));
        if (status >= 100) {
          return status;
        }
      } catch (NumberFormatException e) {
        // It is no number, as below.
      }
    }
    String shown = line.length() > 60 ? line.substring(0, 60) + "..." : line;
    throw new IOException("the server does not speak HTTP: it says \"" + shown + "\"");
  }

  private static long contentLength(String value) throws IOException {
    try {
      long number = Long.parseLong(value);
      if (number >= 0 && number <= MAX_BODY) {
        return number;
      }
    } catch (NumberFormatException e) {
      // It is no number, as below.
    }
    throw new IOException("the server's answer has an impossible length, \"" + value + "\"");
  }

  /** Waits for a head and returns its length, the empty line at its end included. */
  private int awaitHead(long deadline) throws IOException {
    int looked = 0;
    while (true) {
      for (int i = Math.max(0, looked - 3); i + 4 <= length; i++) {
        if (received[i] == '\r' && received[i + 1] == '\n' && received[i + 2] == '\r' && received[i + 3] == '\n') {
          return i + 4;
        }
      }
      looked = length;
      if (length > MAX_HEAD) {
        throw new IOException("the head of the server's answer is longer than " + MAX_HEAD + " bytes");
      }
      if (receive(deadline) < 0) {
        throw new EOFException("the server has closed the connection without an answer");
      }
    }
  }

  private void discard(int count) {
    System.arraycopy(received, count, received, 0, length - count);
    length -= count;
  }

  /** Waits for some bytes; -1 for the end. */
  private int receive(long deadline) throws IOException {
    if (length == received.length) {
      received = Arrays.copyOf(received, length * 2);
    }
    while (true) {
      int count = channel.read(ByteBuffer.wrap(received, length, received.length - length));
      if (count != 0) {
        length += Math.max(0, count);
        return count;
      }
      await(SelectionKey.OP_READ, deadline);
    }
  }

  private void await(int operation, long deadline) throws IOException {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException("no answer in time");
    }
    key.interestOps(operation);
    selector.select(left / 1_000_000 + 1);
    selector.selectedKeys().clear();
    if (Thread.interrupted()) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted while waiting for an answer");
    }
  }

  @Override
  public void close() throws IOException {
    try (selector) {
      channel.close();
    }
  }
}
