package dev.portfire.machine;

import java.util.Optional;

/**
 * Which processor a guest is told that it has. The numbered models are fixed, so a saved machine can move to any host; that
 * of the host is what is there and works, and a saved machine can move only where all of it is there, too.
 */
public enum CpuModel {
  /** x86-64-v2 and what a Linux guest likes to have besides. */
  PORTFIRE_V2("portfire-v2"),
  /** x86-64-v3 as well, with AES, PCLMULQDQ, SHA and ADX. */
  PORTFIRE_V3("portfire-v3"),
  /** What the host's processor has of what the back end can give. */
  HOST("host");

  private final String text;

  CpuModel(String text) {
    this.text = text;
  }

  /** The model of a name as users write it. */
  public static Optional<CpuModel> of(String name) {
    for (CpuModel model : values()) {
      if (model.text.equals(name)) {
        return Optional.of(model);
      }
    }
    return Optional.empty();
  }

  /** The name as users write it. */
  @Override
  public String toString() {
    return text;
  }
}
