package dev.portfire.watch;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Who is answered. The server listens on the loopback interface, which all users of the host reach, and all pages that their browsers
 * show: so an address begins with a key that nobody can guess, and the name that a browser asks for has to be the loopback's, lest
 * another site's name be made to lead here.
 *
 * @param key what the path begins with
 */
record Guard(String key) {
  private static final int KEY_BYTES = 16;

  /** What a request gets. */
  enum Verdict {
    /** What it asks for. */
    ANSWER,
    /** Nothing: it asks for another host. */
    WRONG_HOST,
    /** Nothing: it does not know the key. */
    WRONG_KEY
  }

  /** One with a new key. */
  static Guard withNewKey() {
    byte[] bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new Guard(HexFormat.of().formatHex(bytes));
  }

  /**
   * The page's address.
   *
   * @param port the server's
   */
  String address(int port) {
    return "http://127.0.0.1:" + port + "/" + key + "/";
  }

  /**
   * Judges a request.
   *
   * @param port the one it came to
   * @param hosts the values of its Host header
   * @param path as it was sent
   */
  Verdict judge(int port, List<String> hosts, String path) {
    if (hosts.size() != 1 || !hosts.getFirst().equals("127.0.0.1:" + port) && !hosts.getFirst().equals("localhost:" + port)) {
      return Verdict.WRONG_HOST;
    }
    return rest(path).isPresent() ? Verdict.ANSWER : Verdict.WRONG_KEY;
  }

  /** What follows the key in a path, if that is there. */
  Optional<String> rest(String path) {
    int end = path.indexOf('/', 1);
    if (!path.startsWith("/") || end < 0) {
      return Optional.empty();
    }
    // In a time that does not tell how much of a guess was right.
    boolean same = MessageDigest.isEqual(
        path.substring(1, end).getBytes(StandardCharsets.UTF_8), key.getBytes(StandardCharsets.UTF_8));
    return same ? Optional.of(path.substring(end + 1)) : Optional.empty();
  }
}
