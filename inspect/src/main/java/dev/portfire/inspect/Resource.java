package dev.portfire.inspect;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Tables of this module. */
public final class Resource {
  private Resource() {}

  /**
   * The lines of a table but those that are empty or begin with "#".
   *
   * @param owner the class whose package has it
   */
  public static List<String> lines(Class<?> owner, String name) {
    return text(owner, name).lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
  }

  /** All of a resource. */
  public static String text(Class<?> owner, String name) {
    try (InputStream in = owner.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the build has no " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
