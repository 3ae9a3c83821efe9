package dev.portfire.softcpu.fpu;

/**
 * An unmasked SIMD floating-point exception (#XM, or #UD where CR4.OSXMMEXCPT is clear). The sticky flags are in MXCSR
 * already, the destination has its old value.
 */
public final class SimdException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** The only instance: it carries nothing, and raising it must not cost a stack walk. */
  public static final SimdException INSTANCE = new SimdException();

  private SimdException() {
    super("Unmasked SIMD floating-point exception", null, false, false);
  }
}
