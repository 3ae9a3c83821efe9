package dev.portfire.firecracker;

/** Firecracker's exit codes, as far as they can come. */
final class ExitCode {
  /** The guest ended, or all that was asked for was told. */
  static final int OK = 0;

  /** Something failed. */
  static final int GENERIC_ERROR = 1;

  /** What cannot be. */
  static final int UNEXPECTED_ERROR = 2;

  /** What a shell shows for a process that aborted, as Firecracker does when it panics. */
  static final int PANIC = 134;

  /** A system call was refused by a filter. */
  static final int BAD_SYSCALL = 148;

  /** The signal of this name. */
  static final int SIGBUS = 149;

  /** The signal of this name. */
  static final int SIGSEGV = 150;

  /** The signal of this name. */
  static final int SIGXFSZ = 151;

  /** The log level is none. */
  static final int BAD_CONFIGURATION = 152;

  /** The command line cannot be taken. */
  static final int ARGUMENT_PARSING = 153;

  /** The signal of this name. */
  static final int SIGXCPU = 154;

  /** The signal of this name. */
  static final int SIGHUP = 156;

  /** The signal of this name. */
  static final int SIGILL = 157;

  private ExitCode() {}
}
