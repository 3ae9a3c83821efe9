package dev.portfire.linux;

import java.io.IOException;

/** A system call failed. The message has the call with its arguments and the text of the error. */
public final class SystemCallException extends IOException {

  private static final long serialVersionUID = 1;

  /** Error number: no such file or directory. */
  public static final int ENOENT = 2;

  /** Error number: interrupted system call. */
  public static final int EINTR = 4;

  /** Error number: out of memory. */
  public static final int ENOMEM = 12;

  /** Error number: the address is in use already. */
  public static final int EEXIST = 17;

  private final int errno;

  SystemCallException(String call, int errno, String text) {
    super(call + ": " + text + " (errno " + errno + ")");
    this.errno = errno;
  }

  /** The error number. */
  public int errno() {
    return errno;
  }
}
