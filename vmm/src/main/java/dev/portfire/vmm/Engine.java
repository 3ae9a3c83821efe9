package dev.portfire.vmm;

import java.util.Locale;
import java.util.Optional;

/** How the software CPU executes guest code. */
public enum Engine {
  /** The fastest one that works here. */
  AUTO,
  /** The interpreter, which touches guest memory through bounds-checked accesses only. */
  SAFE,
  /** Guest code emitted again as host machine code; x86-64 Linux only. */
  NATIVE;

  /** The engine of a name as users write it, in lower case. */
  public static Optional<Engine> of(String name) {
    for (Engine engine : values()) {
      if (engine.toString().equals(name)) {
        return Optional.of(engine);
      }
    }
    return Optional.empty();
  }

  /** The name as users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
