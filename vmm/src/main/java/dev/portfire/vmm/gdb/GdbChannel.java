package dev.portfire.vmm.gdb;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Packets of the remote serial protocol on a pair of streams (GDB's manual, appendix E.1). A packet is a string of characters
 * from 0 to 255. One thread reads; any may send.
 */
final class GdbChannel {
  /** The longest packet. */
  static final int LIMIT = 0x4000;

  /** The packet after which neither side acknowledges. */
  static final String NO_ACKNOWLEDGEMENTS = "QStartNoAckMode";

  /** What comes in place of a packet when the user presses Ctrl-C. */
  static final String INTERRUPT = "\3";

  private final InputStream in;
  private final OutputStream out;
  private byte[] last = {};
  private boolean acknowledging = true;

  GdbChannel(InputStream in, OutputStream out) {
    this.in = new BufferedInputStream(in);
    this.out = out;
  }

  /** Waits for a packet, or {@link #INTERRUPT}; null at the end, which a packet that is too long is, too. */
  @Nullable String read() throws IOException {
    while (true) {
      switch (in.read()) {
        case -1 -> {
          return null;
        }
        case 3 -> {
          return INTERRUPT;
        }
        case '-' -> again();
        case '$' -> {
          ByteArrayOutputStream content = new ByteArrayOutputStream();
          int sum = 0;
          int c = in.read();
          for (; c != '#'; c = in.read()) {
            if (c < 0 || content.size() == LIMIT) {
              return null;
            }
            sum += c;
            content.write(c);
          }
          int expected = Character.digit(in.read(), 16) << 4 | Character.digit(in.read(), 16);
          boolean good = expected == (sum & 0xff);
          acknowledge(good);
          if (good) {
            String packet = content.toString(StandardCharsets.ISO_8859_1);
            if (packet.equals(NO_ACKNOWLEDGEMENTS)) {
              stopAcknowledging();
            }
            return packet;
          }
        }
        default -> {
          // '+', and noise between packets.
        }
      }
    }
  }

  private synchronized void acknowledge(boolean good) throws IOException {
    if (acknowledging) {
      out.write(good ? '+' : '-');
      out.flush();
    }
  }

  private synchronized void again() throws IOException {
    if (acknowledging) {
      out.write(last);
      out.flush();
    }
  }

  /** Sends a packet; the characters that have a meaning of their own are escaped. */
  synchronized void send(String packet) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write('$');
    int sum = 0;
    for (int i = 0; i < packet.length(); i++) {
      int c = packet.charAt(i);
      if (c == '$' || c == '#' || c == '}' || c == '*') {
        bytes.write('}');
        sum += '}';
        c ^= 0x20;
      }
      bytes.write(c);
      sum += c;
    }
    bytes.write('#');
    bytes.writeBytes("%02x".formatted(sum & 0xff).getBytes(StandardCharsets.US_ASCII));
    last = bytes.toByteArray();
    out.write(last);
    out.flush();
  }

  /** From here on nothing is: the answer's acknowledgement, which still comes, is passed over. */
  private synchronized void stopAcknowledging() {
    acknowledging = false;
  }
}
