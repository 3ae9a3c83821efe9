package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.vmm.Drive;
import dev.portfire.vmm.VsockConfig;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Socket connections with the default guest, in both directions. The guest's program is compiled here and given to it on a
 * drive; without a C compiler this is skipped aloud.
 */
final class VsockE2E {
  private static final int CONNECTIONS = 100;

  /** An echo server on port 52, each connection in a process of its own; or a client that sends a file to the host. */
  private static final String PROGRAM =
      """
      #include <stdio.h>
      #include <string.h>
      #include <stdlib.h>
      #include <unistd.h>
      #include <signal.h>
      #include <sys/socket.h>
      #include <linux/vm_sockets.h>

      static void copy(int from, int to) {
        static char buffer[65536];
        ssize_t count;
        while ((count = read(from, buffer, sizeof buffer)) > 0) {
          for (ssize_t done = 0; done < count; ) {
            ssize_t part = write(to, buffer + done, count - done);
            if (part <= 0) exit(1);
            done += part;
          }
        }
      }

      int main(int argc, char **argv) {
        struct sockaddr_vm address = {.svm_family = AF_VSOCK, .svm_port = atoi(argv[2])};
        int fd = socket(AF_VSOCK, SOCK_STREAM, 0);
        if (strcmp(argv[1], "serve") == 0) {
          address.svm_cid = VMADDR_CID_ANY;
          if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 128)) return 1;
          signal(SIGCHLD, SIG_IGN);
          if (fork()) return 0;
          for (;;) {
            int peer = accept(fd, 0, 0);
            if (peer >= 0 && !fork()) { copy(peer, peer); exit(0); }
            close(peer);
          }
        }
        address.svm_cid = VMADDR_CID_HOST;
        if (connect(fd, (struct sockaddr *)&address, sizeof address)) { perror("connect"); return 2; }
        copy(0, fd);
        shutdown(fd, SHUT_WR);
        copy(fd, 1);
        return 0;
      }
      """;

  static Path compile(Path directory) throws IOException, InterruptedException {
    return compile(directory, "vsock", PROGRAM);
  }

  /** Makes a static program of a C source; skips the test where that is not possible. */
  static Path compile(Path directory, String name, String text) throws IOException, InterruptedException {
    Path source = Files.writeString(directory.resolve(name + ".c"), text);
    Path program = directory.resolve(name);
    try {
      Process compiler = new ProcessBuilder("gcc", "-O1", "-static", "-o", program.toString(), source.toString())
          .inheritIO()
          .start();
      Assumptions.assumeTrue(compiler.waitFor() == 0, "gcc cannot make a static program here");
    } catch (IOException e) {
      Assumptions.abort("there is no gcc to compile a program with");
    }
    return program;
  }

  private static String line(SocketChannel socket) throws IOException {
    StringBuilder text = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (socket.read(one.clear()) == 1 && one.get(0) != '\n') {
      text.append((char) one.get(0));
    }
    return text.toString();
  }

  static byte[] readAll(SocketChannel socket, int length) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(length);
    while (all.hasRemaining() && socket.read(all) >= 0) {
      // Until it is full, or nothing more comes.
    }
    return Arrays.copyOf(all.array(), all.position());
  }

  private static SocketChannel connect(Path path, int port) throws IOException {
    SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(path));
    int unused = socket.write(ByteBuffer.wrap("CONNECT %d\n".formatted(port).getBytes(StandardCharsets.US_ASCII)));
    return socket;
  }

  /** Sends data to the guest's echo server while it reads them back. */
  static boolean echoes(Path path, int seed) throws Exception {
    byte[] data = new byte[200_000];
    new Random(seed).nextBytes(data);
    try (SocketChannel socket = connect(path, 52)) {
      assertThat(line(socket)).matches("OK [0-9]{10}");
      Thread writer = Thread.ofPlatform().daemon().start(() -> {
        try {
          ByteBuffer rest = ByteBuffer.wrap(data);
          while (rest.hasRemaining()) {
            int unused = socket.write(rest);
          }
          SocketChannel same = socket.shutdownOutput();
          assertThat(same).isNotNull();
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      });
      boolean equal = Arrays.equals(readAll(socket, data.length), data);
      writer.join();
      return equal && socket.read(ByteBuffer.allocate(1)) < 0;
    }
  }

  @Test
  void bothDirectionsAndAHundredConnections(@TempDir Path directory) throws Exception {
    Path program = compile(directory);
    Path path = directory.resolve("v.sock");
    byte[] fromGuest = new byte[3 << 20];
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        ScriptGuest guest = new ScriptGuest(
            List.of("vmw_vsock_virtio_transport"),
            builder -> builder.vsock(new VsockConfig(3, path)).drive(Drive.of(program, true)),
            """
            set -e
            cat /dev/vda >/tmp/vsock
            chmod +x /tmp/vsock
            /tmp/vsock serve 52 </dev/null >/dev/null 2>&1
            echo ready
            read answer
            head -c 3145728 /dev/urandom >/tmp/data
            sha256sum </tmp/data
            /tmp/vsock connect 5000 </tmp/data
            /tmp/vsock connect 5001 </dev/null || echo refused $?
            """)) {
      guest.awaitOutput("ready");
      try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
        List<Future<Boolean>> all = new ArrayList<>();
        for (int k = 0; k < CONNECTIONS; k++) {
          int seed = k;
          all.add(threads.submit(() -> echoes(path, seed)));
        }
        for (Future<Boolean> one : all) {
          assertThat(one.get()).isTrue();
        }
      }
      try (SocketChannel nobody = connect(path, 53)) {
        assertThat(nobody.read(ByteBuffer.allocate(1))).as("closed without an answer").isEqualTo(-1);
      }
      assertThat(listener.bind(UnixDomainSocketAddress.of(path + "_5000"))).isNotNull();
      guest.say("go on");
      try (SocketChannel peer = listener.accept()) {
        fromGuest = readAll(peer, fromGuest.length);
        assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        int unused = peer.write(ByteBuffer.wrap("thank you\n".getBytes(StandardCharsets.US_ASCII)));
      }
      String output = guest.finish();
      String digest = java.util.HexFormat.of()
          .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(fromGuest));
      assertThat(output).contains(digest).contains("thank you").contains("Connection reset by peer").contains("refused 2");
      Map<String, Long> counted = guest.vm.devices().metrics().getOrDefault("vsock", Map.of());
      assertThat(counted.get("conns_added")).isEqualTo(CONNECTIONS + 2);
      assertThat(counted.get("conns_removed")).isEqualTo(CONNECTIONS + 2);
    }
  }
}
