package dev.portfire.devices.virtio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header of a packet of the socket device (virtio 1.2, 5.10.6).
 *
 * @param sourceCid where it comes from
 * @param targetCid where it goes to
 * @param sourcePort port there, unsigned
 * @param targetPort port here, unsigned
 * @param length bytes of data behind the header, unsigned
 * @param type kind of socket
 * @param operation what it is about
 * @param flags of a shutdown
 * @param bufferSize how many bytes the sender can hold, unsigned
 * @param forwarded how many bytes it has taken out of its buffer, a counter that wraps
 */
record VsockPacket(
    long sourceCid,
    long targetCid,
    int sourcePort,
    int targetPort,
    int length,
    int type,
    int operation,
    int flags,
    int bufferSize,
    int forwarded) {
  static final int HEADER_LENGTH = 44;

  static final int STREAM = 1;

  static final int REQUEST = 1;
  static final int RESPONSE = 2;
  static final int RESET = 3;
  static final int SHUTDOWN = 4;
  static final int DATA = 5;
  static final int CREDIT_UPDATE = 6;
  static final int CREDIT_REQUEST = 7;

  static final int SHUTDOWN_RECEIVE = 1;
  static final int SHUTDOWN_SEND = 2;

  static VsockPacket parse(byte[] header) {
    ByteBuffer in = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    return new VsockPacket(
        in.getLong(),
        in.getLong(),
        in.getInt(),
        in.getInt(),
        in.getInt(),
        in.getShort() & 0xffff,
        in.getShort() & 0xffff,
        in.getInt(),
        in.getInt(),
        in.getInt());
  }

  byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(HEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(sourceCid).putLong(targetCid).putInt(sourcePort).putInt(targetPort).putInt(length);
    out.putShort((short) type).putShort((short) operation).putInt(flags).putInt(bufferSize).putInt(forwarded);
    return out.array();
  }
}
