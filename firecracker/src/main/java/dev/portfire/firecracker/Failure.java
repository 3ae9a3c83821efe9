package dev.portfire.firecracker;

/** The program ends with an error. */
final class Failure extends Exception {
  private static final long serialVersionUID = 1L;

  /** The program's exit code. */
  final int code;

  Failure(int code, String message) {
    super(message);
    this.code = code;
  }

  static Failure error(String message) {
    return new Failure(ExitCode.GENERIC_ERROR, message);
  }

  /** What is a panic of Firecracker's. */
  static Failure panic(String message) {
    return new Failure(ExitCode.PANIC, message);
  }
}
