package dev.portfire.vmm.mmds;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.LongSupplier;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Session tokens: the time at which one expires, encrypted with AES-256-GCM under a random key and bound to the instance, so
 * that nothing has to be kept for them.
 */
final class Tokens {
  /** Longer ones are not even looked at. */
  static final int MAX_LENGTH = 70;

  private static final int KEY_LENGTH = 32;
  private static final int IV_LENGTH = 12;
  private static final int TAG_BITS = 128;
  private static final int TOKEN_LENGTH = IV_LENGTH + Long.BYTES + TAG_BITS / 8;

  /** Beyond this, random IVs under one key would repeat too likely (NIST SP 800-38D, 8.3). */
  private static final long TOKENS_PER_KEY = 0xffff_ffffL;

  private final byte[] associated;
  private final LongSupplier millis;

  /** Made when they are needed, which in most instances they never are. */
  private @Nullable SecureRandom random;

  private @Nullable SecretKeySpec key;
  private long made;

  /**
   * Makes a source of tokens.
   *
   * @param instance the instance's identifier
   * @param millis a clock that never goes back
   */
  Tokens(String instance, LongSupplier millis) {
    associated = ("microvmid=" + instance).getBytes(StandardCharsets.UTF_8);
    this.millis = millis;
  }

  private byte[] randomBytes(int count) {
    SecureRandom source = random;
    if (source == null) {
      source = new SecureRandom();
      random = source;
    }
    byte[] bytes = new byte[count];
    source.nextBytes(bytes);
    return bytes;
  }

  private SecretKeySpec key() {
    SecretKeySpec current = key;
    if (current == null) {
      current = new SecretKeySpec(randomBytes(KEY_LENGTH), "AES");
      key = current;
    }
    return current;
  }

  /** A token that is good for some seconds. */
  String make(int seconds) {
    if (made == TOKENS_PER_KEY) {
      key = null;
      made = 0;
    }
    made++;
    byte[] iv = randomBytes(IV_LENGTH);
    byte[] expiry = ByteBuffer.allocate(Long.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(millis.getAsLong() + seconds * 1000L)
        .array();
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, iv).doFinal(expiry);
      return Base64.getEncoder()
          .encodeToString(ByteBuffer.allocate(TOKEN_LENGTH).put(iv).put(sealed).array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM failed", e);
    }
  }

  /** Whether it is a token of ours that has not expired. */
  boolean isValid(String token) {
    if (token.length() > MAX_LENGTH) {
      return false;
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(token);
      if (bytes.length != TOKEN_LENGTH) {
        return false;
      }
      byte[] iv = new byte[IV_LENGTH];
      System.arraycopy(bytes, 0, iv, 0, IV_LENGTH);
      byte[] expiry = cipher(Cipher.DECRYPT_MODE, iv).doFinal(bytes, IV_LENGTH, bytes.length - IV_LENGTH);
      return ByteBuffer.wrap(expiry).order(ByteOrder.LITTLE_ENDIAN).getLong() > millis.getAsLong();
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  private Cipher cipher(int mode, byte[] iv) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key(), new GCMParameterSpec(TAG_BITS, iv));
    cipher.updateAAD(associated);
    return cipher;
  }
}
