package dev.portfire.testing.conformance;

import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Vm;

/** A guest in motion, as its host-side helpers see it. */
public interface Running {
  /** The machine. */
  Vm vm();

  /** Its memory. */
  default GuestMemory memory() {
    return vm().memory();
  }

  /** Adds a line to the trace. */
  void trace(String line);

  /** Whether the guest has ended. */
  boolean ended();
}
