package dev.portfire.firecracker;

import dev.portfire.vmm.http.HttpParser;
import dev.portfire.vmm.http.HttpRequest;
import dev.portfire.vmm.http.HttpResponse;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Function;

/**
 * The API's HTTP server on a Unix socket: one thread that serves up to {@value #MAX_CONNECTIONS} connections, requests one
 * after the other. A client that does not read its responses is not read from.
 */
final class ApiServer implements AutoCloseable {
  static final int MAX_CONNECTIONS = 10;

  private static final int CHUNK = 16 << 10;

  /** With that many bytes of responses waiting, a client is not listened to. */
  private static final int MAX_BACKLOG = 256 << 10;

  private static final byte[] FULL =
      ("HTTP/1.1 503 \r\nServer: Firecracker API\r\nConnection: close\r\nContent-Length: 40\r\n\r\n"
              + "{ \"error\": \"Too many open connections\" }")
          .getBytes(StandardCharsets.UTF_8);

  private final ServerSocketChannel listener;
  private final Selector selector;
  private final long payloadLimit;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
  private int connections;

  /** A client. */
  private final class Connection implements HttpParser.Sink {
    private final SocketChannel channel;
    private final HttpParser parser = new HttpParser(payloadLimit, false);
    private final Function<HttpRequest, HttpResponse> handler;
    private final Deque<ByteBuffer> responses = new ArrayDeque<>();
    private int backlog;
    private boolean ended;

    Connection(SocketChannel channel, Function<HttpRequest, HttpResponse> handler) {
      this.channel = channel;
      this.handler = handler;
    }

    @Override
    public void request(HttpRequest request) {
      send(handler.apply(request));
    }

    @Override
    public void proceed() {
      send(HttpResponse.proceed());
    }

    @Override
    public void malformed(String reason) {
      send(HttpResponse.malformed(reason));
    }

    private void send(HttpResponse response) {
      byte[] bytes = response.toBytes();
      backlog += bytes.length;
      responses.add(ByteBuffer.wrap(bytes));
    }

    /** Writes what the client takes; returns whether there is no more to do for it. */
    boolean flush() throws IOException {
      while (!responses.isEmpty()) {
        ByteBuffer first = responses.getFirst();
        backlog -= channel.write(first);
        if (first.hasRemaining()) {
          return false;
        }
        responses.removeFirst();
      }
      return ended;
    }

    void read() throws IOException {
      chunk.clear();
      int count = channel.read(chunk);
      if (count < 0) {
        ended = true;
      } else {
        parser.feed(chunk.array(), 0, count, this);
      }
    }

    int interest() {
      boolean listens = !ended && backlog < MAX_BACKLOG;
      return (listens ? SelectionKey.OP_READ : 0) | (responses.isEmpty() ? 0 : SelectionKey.OP_WRITE);
    }
  }

  private ApiServer(ServerSocketChannel listener, Selector selector, long payloadLimit) {
    this.listener = listener;
    this.selector = selector;
    this.payloadLimit = payloadLimit;
  }

  /**
   * Binds a socket and listens on it: clients wait until {@link #serve}.
   *
   * @param payloadLimit the most bytes of a request's body
   * @throws IOException if it cannot; the file must not exist
   */
  static ApiServer bind(Path socket, long payloadLimit) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(socket));
      listener.configureBlocking(false);
      Selector selector = Selector.open();
      listener.register(selector, SelectionKey.OP_ACCEPT);
      return new ApiServer(listener, selector, payloadLimit);
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e instanceof IOException failure ? failure : new IOException(e.getMessage(), e);
    }
  }

  /** Serves until it is closed. */
  void serve(Function<HttpRequest, HttpResponse> handler) throws IOException {
    try {
      while (selector.isOpen()) {
        selector.select();
        Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
        while (ready.hasNext()) {
          SelectionKey key = ready.next();
          ready.remove();
          if (!key.isValid()) {
            continue;
          }
          if (key.isAcceptable()) {
            accept(handler);
          } else {
            serve(key);
          }
        }
      }
    } catch (ClosedSelectorException e) {
      // It has been closed: that is the end.
    }
  }

  private void accept(Function<HttpRequest, HttpResponse> handler) throws IOException {
    SocketChannel client = listener.accept();
    if (client == null) {
      return;
    }
    client.configureBlocking(false);
    if (connections == MAX_CONNECTIONS) {
      try (client) {
        // The buffer of a socket that is new has room for it.
        client.write(ByteBuffer.wrap(FULL));
      } catch (IOException e) {
        // It did not wait for it.
      }
      return;
    }
    connections++;
    client.register(selector, SelectionKey.OP_READ, new Connection(client, handler));
  }

  private void serve(SelectionKey key) {
    if (!(key.attachment() instanceof Connection connection)) {
      return;
    }
    boolean done;
    try {
      if (key.isReadable()) {
        connection.read();
      }
      done = connection.flush();
      if (!done) {
        key.interestOps(connection.interest());
      }
    } catch (IOException | CancelledKeyException e) {
      // The client is gone, or the server is being closed.
      done = true;
    }
    if (done) {
      key.cancel();
      connections--;
      try {
        connection.channel.close();
      } catch (IOException e) {
        // There is nothing left to lose.
      }
    }
  }

  /** Stops serving; the socket's file stays, as Firecracker's does. */
  @Override
  public void close() throws IOException {
    selector.close();
    listener.close();
  }
}
