package dev.portfire.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Back ends that are none; one that works is in VhostUserE2E. */
@EnabledOnOs(OS.LINUX)
class VhostUserTest {
  @TempDir Path directory;

  /** Connects to a back end that answers the first question with a message. */
  private MicroVmException failure(byte[] answer) throws Exception {
    Path path = directory.resolve("vhost.sock");
    HostMemory memory = HostMemory.allocate(1 << 20, 0, true, HugePages.NONE);
    try (memory;
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      ServerSocketChannel bound = server.bind(UnixDomainSocketAddress.of(path));
      Thread thread = Thread.ofVirtual().start(() -> {
        try (SocketChannel channel = bound.accept()) {
          // SET_OWNER, GET_FEATURES
          ByteBuffer in = ByteBuffer.allocate(24);
          while (in.hasRemaining() && channel.read(in) >= 0) {
            // All of it.
          }
          int unused = channel.write(ByteBuffer.wrap(answer));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
      try (VhostUser taken = VhostUser.connect(path, memory, List.of())) {
        throw new AssertionError("it was taken for a back end with features " + taken.features());
      } catch (MicroVmException e) {
        return e;
      } finally {
        thread.join();
      }
    }
  }

  private static byte[] message(int request, int flags, int length, byte... payload) {
    return ByteBuffer.allocate(12 + payload.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(request)
        .putInt(flags)
        .putInt(length)
        .put(payload)
        .array();
  }

  @Test
  void whatIsNoBackEndIsSaidSo() throws Exception {
    assertThat(failure(new byte[0])).hasMessageContaining("vhost.sock").hasMessageEndingWith("is it running?");
  }

  @Test
  void answersAreChecked() throws Exception {
    assertThat(failure(message(2, 5, 8, new byte[8]))).hasMessageContaining("request 1 was answered by request 2");
  }

  @Test
  void answersOfAnyLengthAreNotReadOn() throws Exception {
    assertThat(failure(message(1, 5, -1))).hasMessageContaining("-1 bytes");
  }

  @Test
  void featuresAreNeeded() throws Exception {
    assertThat(failure(message(1, 5, 8, new byte[8]))).hasMessageContaining("lack VIRTIO_F_VERSION_1");
  }

  @Test
  void nobodyListens() throws Exception {
    try (HostMemory memory = HostMemory.allocate(1 << 20, 0, true, HugePages.NONE)) {
      assertThatThrownBy(() -> {
        VhostUser unused = VhostUser.connect(directory.resolve("none"), memory, List.of());
      }).isInstanceOf(MicroVmException.class).hasMessageContaining("No such file or directory");
    }
  }

  @Test
  void sharedMemoryIsGivenBack() throws Exception {
    try (HostMemory memory = HostMemory.allocate(1 << 20, 0, true, HugePages.NONE)) {
      memory.memory().writeInt(0x1000, 5);
      memory.memory().writeInt(0x2000, 6);
      memory.discard(0x1000, 4096);
      assertThat(memory.memory().readInt(0x1000)).isZero();
      assertThat(memory.memory().readInt(0x2000)).isEqualTo(6);
    }
  }
}
