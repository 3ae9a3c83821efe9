package dev.portfire.client;

import dev.portfire.vmm.http.HttpParser;
import dev.portfire.vmm.http.HttpRequest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A server that answers with what it was told to, whatever it is asked. */
final class FakeServer implements AutoCloseable {
  /**
   * What it does with a request.
   *
   * @param bytes the pieces to send
   * @param close whether it closes the connection then
   */
  private record Answer(List<String> bytes, boolean close) {}

  private final ServerSocketChannel listener;
  private final LinkedBlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

  /** All bytes that came, a string for each connection. */
  final List<AtomicReference<String>> connections = new CopyOnWriteArrayList<>();

  /** How many connections it has closed. */
  final AtomicInteger closed = new AtomicInteger();

  FakeServer(Path socket) throws IOException {
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofPlatform().daemon().start(this::accept);
  }

  /** Answers a request with some pieces. */
  FakeServer answers(String... pieces) {
    answers.add(new Answer(List.of(pieces), false));
    return this;
  }

  /** Answers a request and closes the connection. */
  FakeServer answersAndCloses(String... pieces) {
    answers.add(new Answer(List.of(pieces), true));
    return this;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = listener.accept();
        Thread.ofPlatform().daemon().start(() -> serve(channel));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void serve(SocketChannel channel) {
    AtomicReference<String> said = new AtomicReference<>("");
    connections.add(said);
    HttpParser parser = new HttpParser(1 << 20, true);
    try (channel) {
      ByteBuffer in = ByteBuffer.allocate(4096);
      while (channel.read(in.clear()) >= 0) {
        said.accumulateAndGet(new String(in.array(), 0, in.position(), StandardCharsets.UTF_8), String::concat);
        LinkedBlockingQueue<Boolean> requests = new LinkedBlockingQueue<>();
        parser.feed(in.array(), 0, in.position(), new HttpParser.Sink() {
          @Override
          public void request(HttpRequest request) {
            requests.add(true);
          }

          @Override
          public void proceed() {}

          @Override
          public void malformed(String reason) {
            throw new AssertionError(reason);
          }
        });
        while (requests.poll() != null) {
          Answer answer = answers.take();
          for (String piece : answer.bytes) {
            ByteBuffer out = ByteBuffer.wrap(piece.getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
              int unused = channel.write(out);
            }
          }
          if (answer.close) {
            channel.close();
            closed.incrementAndGet();
            return;
          }
        }
      }
    } catch (ClosedChannelException e) {
      // The test is over.
    } catch (IOException e) {
      // The client has gone in the middle of an answer.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
