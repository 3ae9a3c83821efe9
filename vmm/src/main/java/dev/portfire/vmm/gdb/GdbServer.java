package dev.portfire.vmm.gdb;

import dev.portfire.machine.GuestDebug;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Lets one client after the other debug a machine, over a Unix socket. Thread {@code fc_gdb} answers; another one reads, since
 * a client may interrupt the machine at any time.
 */
public final class GdbServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final System.Logger LOG = System.getLogger(GdbServer.class.getName());

  /** What the answering thread waits for. */
  private sealed interface Event {}

  /** The client sent something; nothing: it is gone. */
  private record Received(SocketChannel from, @Nullable String packet) implements Event {}

  /** A vCPU stopped. */
  private record Stopped(int vcpu, GuestDebug.Cause cause) implements Event {}

  /** The machine has ended. */
  private record Ended() implements Event {}

  private final Path path;
  private final ServerSocketChannel server;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private @Nullable Thread answering;
  private volatile @Nullable SocketChannel current;
  private volatile boolean ended;

  private GdbServer(Path path, ServerSocketChannel server) {
    this.path = path;
    this.server = server;
  }

  /**
   * Listens on a socket, which must not exist yet.
   *
   * @throws IOException if that is not possible
   */
  public static GdbServer listen(Path path) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path));
      return new GdbServer(path, server);
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /**
   * Waits for the first client.
   *
   * @throws IOException if the server is closed meanwhile
   */
  public SocketChannel awaitClient() throws IOException {
    return server.accept();
  }

  /**
   * Serves the first client, then others.
   *
   * @param target the machine, all of whose vCPUs are held
   */
  public void start(GdbTarget target, SocketChannel first) {
    answering = Thread.ofPlatform().name("fc_gdb").daemon().start(() -> {
      try {
        serveAndClose(target, first);
        while (!ended) {
          SocketChannel next = server.accept();
          target.stopAll();
          serveAndClose(target, next);
        }
      } catch (IOException e) {
        if (!ended) {
          LOG.log(System.Logger.Level.WARNING, "gdb: {0}", e.getMessage());
        }
      }
    });
  }

  private void serveAndClose(GdbTarget target, SocketChannel client) throws IOException {
    current = client;
    try (client) {
      serve(target, client);
    }
  }

  /** A vCPU has stopped for the debugger. Any thread. */
  public void stopped(int vcpu, GuestDebug.Cause cause) {
    events.add(new Stopped(vcpu, cause));
  }

  private void read(SocketChannel client, GdbChannel channel) {
    try {
      String packet;
      do {
        packet = channel.read();
        events.add(new Received(client, packet));
      } while (packet != null);
    } catch (IOException e) {
      events.add(new Received(client, null));
    }
  }

  private void serve(GdbTarget target, SocketChannel client) throws IOException {
    GdbChannel channel = new GdbChannel(Channels.newInputStream(client), Channels.newOutputStream(client));
    GdbStub stub = new GdbStub(target);
    Thread.ofPlatform().name("fc_gdb reader").daemon().start(() -> read(client, channel));
    boolean open = true;
    try {
      while (open) {
        switch (events.take()) {
          case Received(SocketChannel from, String packet) when from != client -> {
            // Of a client that is gone.
          }
          case Received(SocketChannel from, String packet) when packet == null -> {
            stub.detach();
            open = false;
          }
          case Received(SocketChannel from, String packet) when packet.equals(GdbChannel.INTERRUPT) ->
            send(channel, stub.interrupt());
          case Received(SocketChannel from, String packet) -> {
            // What comes while the machine runs is no packet that the protocol has there.
            if (!stub.isRunning()) {
              open = answer(channel, stub.handle(packet));
            }
          }
          case Stopped(int vcpu, GuestDebug.Cause cause) -> send(channel, stub.stopped(vcpu, cause));
          case Ended() -> {
            send(channel, Optional.of("W00"));
            open = false;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // It went away while it was being answered.
      stub.detach();
    }
  }

  private static void send(GdbChannel channel, Optional<String> reply) throws IOException {
    if (reply.isPresent()) {
      channel.send(reply.get());
    }
  }

  private static boolean answer(GdbChannel channel, GdbStub.Answer answer) throws IOException {
    send(channel, answer.reply());
    return !answer.last();
  }

  /**
   * Tells the client that the machine has ended, and removes the socket. When this returns nobody touches the machine any more.
   * Any thread but the one that serves.
   */
  @Override
  public void close() throws IOException {
    ended = true;
    events.add(new Ended());
    server.close();
    Files.deleteIfExists(path);
    Thread thread = answering;
    if (thread == null) {
      return;
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        if (!thread.join(PATIENCE)) {
          // A client that does not read.
          SocketChannel client = current;
          if (client != null) {
            client.close();
          }
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
