package dev.portfire.inspect.kmod;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A module with a signature that is well formed and signs nothing. */
final class SignedModule {
  private SignedModule() {}

  static byte[] signed(byte[] module) {
    byte[] signature = new byte[25];
    for (int i = 0; i < signature.length; i++) {
      signature[i] = (byte) i;
    }
    byte[] sha256 = der(0x30, der(6, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01));
    byte[] commonName = der(0x31, der(0x30, der(6, 0x55, 4, 3), der(0x0c, "A key".getBytes(StandardCharsets.UTF_8))));
    byte[] organisation = der(0x31, der(0x30, der(6, 0x55, 4, 10), der(0x0c, "Nobody".getBytes(StandardCharsets.UTF_8))));
    byte[] signer = der(
        0x30,
        der(2, 1),
        der(0x30, der(0x30, organisation, commonName), der(2, 0, 0x81, 2)),
        sha256,
        der(0x30, der(6, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1), der(5, new byte[0])),
        der(4, signature));
    byte[] data = der(
        0x30, der(2, 1), der(0x31, sha256), der(0x30, der(6, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1)), der(0x31, signer));
    byte[] message = der(0x30, der(6, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2), der(0xa0, data));
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(module);
    file.writeBytes(message);
    file.writeBytes(new byte[] {0, 0, 2, 0, 0, 0, 0, 0});
    file.writeBytes(ByteBuffer.allocate(4).putInt(message.length).array());
    file.writeBytes("~Module signature appended~\n".getBytes(StandardCharsets.US_ASCII));
    return file.toByteArray();
  }

  private static byte[] der(int tag, int... content) {
    byte[] bytes = new byte[content.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) content[i];
    }
    return der(tag, bytes);
  }

  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    value.write(tag);
    if (content.size() >= 0x80) {
      value.write(0x82);
      value.write(content.size() >> 8);
    }
    value.write(content.size());
    value.writeBytes(content.toByteArray());
    return value.toByteArray();
  }
}
