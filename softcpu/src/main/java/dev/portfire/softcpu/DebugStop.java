package dev.portfire.softcpu;

/** The next instruction is one that a debugger asked to stop before. */
final class DebugStop extends RuntimeException {
  private static final long serialVersionUID = 1L;

  static final DebugStop INSTANCE = new DebugStop();

  private DebugStop() {
    super(null, null, false, false);
  }
}
