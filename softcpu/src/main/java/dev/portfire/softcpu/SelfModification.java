package dev.portfire.softcpu;

/** An instruction is about to overwrite code of the block that it belongs to. */
final class SelfModification extends RuntimeException {
  private static final long serialVersionUID = 1L;

  static final SelfModification INSTANCE = new SelfModification();

  private SelfModification() {
    super(null, null, false, false);
  }
}
