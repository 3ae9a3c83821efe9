package dev.portfire.vmm;

import java.util.Locale;
import java.util.Optional;

/** Which back end executes guest code. */
public enum Accelerator {
  /** The best one that works here. */
  AUTO,
  /** The host's KVM. */
  KVM,
  /** The x86-64 CPU written in Java; works everywhere. */
  SOFT;

  /** The environment variable that chooses for front ends without a flag of their own for it. */
  public static final String VARIABLE = "PORTFIRE_ACCEL";

  /** The same as a system property, for a program whose environment the jailer has cleared. */
  private static final String PROPERTY = "portfire.accel";

  /** The accelerator of a name as users write it, in lower case. */
  public static Optional<Accelerator> of(String name) {
    for (Accelerator accelerator : values()) {
      if (accelerator.toString().equals(name)) {
        return Optional.of(accelerator);
      }
    }
    return Optional.empty();
  }

  /**
   * What {@link #VARIABLE} or the system property {@code portfire.accel} asks for; {@link #AUTO} if neither is set.
   *
   * @throws MicroVmException if it is set to something else
   */
  public static Accelerator fromEnvironment() throws MicroVmException {
    String variable = System.getenv(VARIABLE);
    String value = variable != null ? variable : System.getProperty(PROPERTY, "");
    if (value.isEmpty()) {
      return AUTO;
    }
    return of(value)
        .orElseThrow(() -> new MicroVmException(
            "the environment variable " + VARIABLE + " is \"" + value + "\"; set it to auto, soft or kvm"));
  }

  /** The name as users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
