package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * A tap network interface whose frames come with virtio's header of 12 bytes (kernel documentation,
 * networking/tuntap.rst). Reading and writing do not wait and allocate nothing; one thread does both.
 */
public final class Tap implements AutoCloseable {
  /** The longest name of an interface, in bytes. */
  public static final int LONGEST_NAME = 15;

  /** Bytes of virtio's header before each frame. */
  public static final int HEADER_SIZE = 12;

  /** Offload: the reader accepts frames without checksums; {@code <linux/if_tun.h>}. */
  public static final int TUN_F_CSUM = 1;

  /** Offload: the reader accepts large TCP segments over IPv4. */
  public static final int TUN_F_TSO4 = 2;

  /** Offload: the reader accepts large TCP segments over IPv6. */
  public static final int TUN_F_TSO6 = 4;

  /** Offload: the reader accepts large UDP datagrams. */
  public static final int TUN_F_UFO = 0x10;

  private static final int O_NONBLOCK = 0x800;
  private static final int IFF_TAP = 0x0002;
  private static final int IFF_NO_PI = 0x1000;
  private static final int IFF_VNET_HDR = 0x4000;
  private static final long TUNSETIFF = 0x4004_54caL;
  private static final long TUNSETOFFLOAD = 0x4004_54d0L;
  private static final long TUNSETVNETHDRSZ = 0x4004_54d8L;
  private static final int IFREQ_SIZE = 40;
  private static final int IFREQ_FLAGS = 16;

  private final String name;
  private final Descriptor descriptor;
  private final Stream stream;

  private Tap(String name, Descriptor descriptor) {
    this.name = name;
    this.descriptor = descriptor;
    this.stream = new Stream(descriptor.fd());
  }

  /**
   * Attaches to an interface, which is made if it does not exist and the process may do that.
   *
   * @param name 1 to 15 bytes
   * @throws SystemCallException with EBUSY if another process has it, EINVAL if it is not a tap with a single queue
   */
  public static Tap open(String name) throws SystemCallException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0 || bytes.length > LONGEST_NAME) {
      throw new SystemCallException(
          "ioctl(TUNSETIFF, \"%s\")".formatted(name),
          SystemCallException.EINVAL,
          SystemCalls.describe(SystemCallException.EINVAL));
    }
    Descriptor descriptor =
        Descriptor.open("/dev/net/tun", Descriptor.O_RDWR | Descriptor.O_CLOEXEC | O_NONBLOCK);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(IFREQ_SIZE, 8);
      MemorySegment.copy(bytes, 0, request, JAVA_BYTE, 0, bytes.length);
      request.set(JAVA_SHORT, IFREQ_FLAGS, (short) (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR));
      int unused = descriptor.ioctl("TUNSETIFF", TUNSETIFF, request.address());
      MemorySegment size = arena.allocate(JAVA_INT);
      size.set(JAVA_INT, 0, HEADER_SIZE);
      unused = descriptor.ioctl("TUNSETVNETHDRSZ", TUNSETVNETHDRSZ, size.address());
      return new Tap(name, descriptor);
    } catch (SystemCallException e) {
      descriptor.close();
      throw e;
    }
  }

  /** The interface's name. */
  public String name() {
    return name;
  }

  /** The descriptor's number, to wait for. */
  public int fd() {
    return descriptor.fd();
  }

  /**
   * Says what the reader accepts.
   *
   * @param offloads {@code TUN_F_} flags
   */
  public void setOffloads(int offloads) throws SystemCallException {
    int unused = descriptor.ioctl("TUNSETOFFLOAD", TUNSETOFFLOAD, offloads);
  }

  /**
   * Reads a frame with its header.
   *
   * @return its length; or the negated error number, −EAGAIN if there is none
   */
  public long read(MemorySegment buffer) {
    return stream.read(buffer);
  }

  /**
   * Writes a frame with its header.
   *
   * @return its length; or the negated error number, −EAGAIN if there is no room
   */
  public long write(MemorySegment frame) {
    return stream.write(frame);
  }

  @Override
  public void close() throws SystemCallException {
    descriptor.close();
  }
}
