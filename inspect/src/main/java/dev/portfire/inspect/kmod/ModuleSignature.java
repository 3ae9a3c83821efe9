package dev.portfire.inspect.kmod;

import dev.portfire.inspect.kmod.ModuleInfo.Entry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The signature behind a module: a PKCS#7 message (RFC 2315), a structure with its length, and a line of text
 * ({@code include/linux/module_signature.h} of the kernel). It is shown, not verified.
 */
final class ModuleSignature {
  private static final byte[] MAGIC = "~Module signature appended~\n".getBytes(StandardCharsets.US_ASCII);
  private static final int STRUCTURE = 12;
  private static final int PKCS7 = 2;

  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int CONTEXT_0 = 0xa0;
  private static final int CONTEXT_1 = 0xa1;

  /** The object identifier 2.5.4.3, commonName. */
  private static final String COMMON_NAME = "550403";

  /** Digest algorithms by the encoding of their object identifiers. */
  private static final Map<String, String> HASHES = Map.of(
      "2a864886f70d0204", "md4",
      "2a864886f70d0205", "md5",
      "2b0e03021a", "sha1",
      "2b24030201", "rmd160",
      "608648016503040201", "sha256",
      "608648016503040202", "sha384",
      "608648016503040203", "sha512",
      "608648016503040204", "sha224",
      "2a811ccf55018311", "sm3");

  private ModuleSignature() {}

  /** A signature's entries; none if there is none, or none that can be read. */
  static List<Entry> entries(byte[] module) {
    int end = module.length - MAGIC.length;
    if (end < STRUCTURE || !Arrays.equals(module, end, module.length, MAGIC, 0, MAGIC.length)) {
      return List.of();
    }
    int type = module[end - STRUCTURE + 2];
    int length = ByteBuffer.wrap(module).getInt(end - 4);
    if (type != PKCS7 || length < 0 || length > end - STRUCTURE) {
      return List.of();
    }
    try {
      return signedData(new Der(ByteBuffer.wrap(module, end - STRUCTURE - length, length).slice()));
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      return List.of();
    }
  }

  private static List<Entry> signedData(Der message) {
    Der content = message.enter(SEQUENCE);
    content.skip();
    Der data = content.enter(CONTEXT_0).enter(SEQUENCE);
    data.skip();
    data.skip();
    data.skip();
    while (data.tag() == CONTEXT_0 || data.tag() == CONTEXT_1) {
      data.skip();
    }
    Der signer = data.enter(SET).enter(SEQUENCE);
    signer.skip();
    Der identity = signer.enter(SEQUENCE);
    String issuer = commonName(identity.enter(SEQUENCE));
    byte[] serial = magnitude(identity.next());
    String hash = hex(signer.enter(SEQUENCE).next(), "");
    if (signer.tag() == CONTEXT_0) {
      signer.skip();
    }
    signer.skip();
    byte[] signature = signer.next();
    return List.of(
        new Entry("sig_id", "PKCS#7"),
        new Entry("signer", issuer),
        new Entry("sig_key", lines(serial)),
        new Entry("sig_hashalgo", HASHES.getOrDefault(hash.toLowerCase(Locale.ROOT), "unknown")),
        new Entry("signature", lines(signature)));
  }

  /** An integer's bytes without the zero that keeps it positive. */
  private static byte[] magnitude(byte[] integer) {
    return integer.length > 1 && integer[0] == 0 ? Arrays.copyOfRange(integer, 1, integer.length) : integer;
  }

  private static String commonName(Der name) {
    while (name.tag() == SET) {
      Der attribute = name.enter(SET).enter(SEQUENCE);
      if (hex(attribute.next(), "").equals(COMMON_NAME)) {
        return new String(attribute.next(), StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  private static String hex(byte[] bytes, String between) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < bytes.length; i++) {
      text.append(i == 0 ? "" : between);
      text.append(Character.toUpperCase(Character.forDigit(bytes[i] >> 4 & 0xf, 16)));
      text.append(Character.toUpperCase(Character.forDigit(bytes[i] & 0xf, 16)));
    }
    return text.toString();
  }

  /** Twenty bytes a line. */
  private static String lines(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < bytes.length; i += 20) {
      text.append(i == 0 ? "" : ":\n\t\t").append(hex(Arrays.copyOfRange(bytes, i, Math.min(bytes.length, i + 20)), ":"));
    }
    return text.toString();
  }

  /** Values of the Distinguished Encoding Rules (X.690), one after the other. */
  private static final class Der {
    private final ByteBuffer bytes;

    Der(ByteBuffer bytes) {
      this.bytes = bytes;
    }

    /** The next value's tag; −1 at the end. */
    int tag() {
      return bytes.hasRemaining() ? bytes.get(bytes.position()) & 0xff : -1;
    }

    /** Goes over a constructed value, and returns what is in it. */
    Der enter(int expected) {
      if (tag() != expected) {
        throw new IllegalArgumentException("another value was expected");
      }
      return new Der(value());
    }

    /** Goes over a value, and returns its bytes. */
    byte[] next() {
      ByteBuffer value = value();
      byte[] content = new byte[value.remaining()];
      value.get(content);
      return content;
    }

    void skip() {
      ByteBuffer unused = value();
    }

    private ByteBuffer value() {
      bytes.get();
      int length = bytes.get() & 0xff;
      if (length >= 0x80) {
        int size = length & 0x7f;
        if (size == 0 || size > 4) {
          throw new IllegalArgumentException("a length of " + size + " bytes");
        }
        length = 0;
        for (int i = 0; i < size; i++) {
          length = length << 8 | bytes.get() & 0xff;
        }
      }
      if (length < 0 || length > bytes.remaining()) {
        throw new IllegalArgumentException("a value that is cut off");
      }
      ByteBuffer value = bytes.slice(bytes.position(), length);
      bytes.position(bytes.position() + length);
      return value;
    }
  }
}
