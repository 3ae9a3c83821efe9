package dev.portfire.firecracker.seccomp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A processor architecture that filters are made for, with the numbers of its system calls. */
public enum Architecture {
  /** Little-endian x86-64; x32's system calls are no part of it. */
  X86_64(0xc000_003e, 1),

  /** Little-endian 64-bit ARM. */
  AARCH64(0xc000_00b7, 2);

  /** {@code AUDIT_ARCH_*}, {@code <linux/audit.h>}, as {@code seccomp_data.arch} has it. */
  final int audit;

  private final int column;

  Architecture(int audit, int column) {
    this.audit = audit;
    this.column = column;
  }

  /** That with a name such as {@code x86_64}, in any case. */
  public static Optional<Architecture> of(String name) {
    for (Architecture architecture : values()) {
      if (architecture.name().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
        return Optional.of(architecture);
      }
    }
    return Optional.empty();
  }

  /** The numbers of all system calls by name. */
  public Map<String, Integer> systemCalls() {
    Map<String, Integer> numbers = new HashMap<>();
    try (InputStream in = Objects.requireNonNull(Architecture.class.getResourceAsStream("system-calls.txt"));
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", -1);
        if (!line.startsWith("#") && !words[column].equals("-")) {
          numbers.put(words[0], Integer.parseInt(words[column]));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return numbers;
  }
}
