package dev.portfire.firecracker;

/** Firecracker's exit codes, as far as they can come. */
final class ExitCode {
  /** The guest ended, or all that was asked for was told. */
  static final int OK = 0;

  /** Something failed. */
  static final int GENERIC_ERROR = 1;

  /** What a shell shows for a process that aborted, as Firecracker does when it panics. */
  static final int PANIC = 134;

  /** The log level is none. */
  static final int BAD_CONFIGURATION = 152;

  /** The command line cannot be taken. */
  static final int ARGUMENT_PARSING = 153;

  private ExitCode() {}
}
