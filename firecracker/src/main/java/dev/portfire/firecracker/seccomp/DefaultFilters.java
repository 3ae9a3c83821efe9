package dev.portfire.firecracker.seccomp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;

/**
 * The filters that threads get unless the user says otherwise. {@code default-x86_64.json} has them and the reason of each entry; what is
 * read here is what {@code seccompiler-bin} makes of it, since a start has no time for that. A test fails when the two do not agree.
 */
public final class DefaultFilters {
  static final String POLICY = "default-x86_64.json";
  static final String PROGRAMS = "default-x86_64.bpf";

  private DefaultFilters() {}

  /** For x86-64 Linux: the programs of {@code vmm}, {@code api}, {@code vcpu} and {@code vcpu_kvm}. */
  public static Map<String, long[]> x86() {
    try {
      return SeccompFilters.read(resource(PROGRAMS));
    } catch (FormatException e) {
      throw new IllegalStateException(PROGRAMS + ": " + e.getMessage(), e);
    }
  }

  static byte[] resource(String name) {
    try (InputStream in = Objects.requireNonNull(DefaultFilters.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }
}
