package dev.portfire.testing.conformance;

import java.util.function.Consumer;

/**
 * One guest and what it must do.
 *
 * @param group what it is about
 * @param name what it shows
 * @param guest builds it and says what is expected
 */
public record Case(String group, String name, Consumer<BareMachine> guest) {
  /** The guest, ready to run. */
  public BareMachine build() {
    BareMachine machine = new BareMachine();
    guest.accept(machine);
    return machine;
  }

  /** Whether it asks for another back end in the middle. */
  public boolean moves() {
    return name.startsWith("moved: ");
  }

  @Override
  public String toString() {
    return group + ": " + name;
  }
}
