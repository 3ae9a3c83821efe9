package dev.portfire.linux;

import java.io.IOException;

/** A system call failed. The message has the call with its arguments and the text of the error. */
public final class SystemCallException extends IOException {

  private static final long serialVersionUID = 1;

  /** Error number: no such file or directory. */
  public static final int ENOENT = 2;

  /** Error number: operation not permitted. */
  public static final int EPERM = 1;

  /** Error number: no such process. */
  public static final int ESRCH = 3;

  /** Error number: too many open files. */
  public static final int EMFILE = 24;

  /** Error number: interrupted system call. */
  public static final int EINTR = 4;

  /** Error number: no such device or address. */
  public static final int ENXIO = 6;

  /** Error number: the argument list is too long; KVM: the array is too short. */
  public static final int E2BIG = 7;

  /** Error number: try again. */
  public static final int EAGAIN = 11;

  /** Error number: permission denied. */
  public static final int EACCES = 13;

  /** Error number: nobody reads any more. */
  public static final int EPIPE = 32;

  /** Error number: device or resource busy. */
  public static final int EBUSY = 16;

  /** Error number: no such device. */
  public static final int ENODEV = 19;

  /** Error number: invalid argument. */
  public static final int EINVAL = 22;

  /** Error number: inappropriate ioctl for the device. */
  public static final int ENOTTY = 25;

  /** Error number: out of memory. */
  public static final int ENOMEM = 12;

  /** Error number: the address is in use already. */
  public static final int EEXIST = 17;

  /** Error number: not supported. */
  public static final int EOPNOTSUPP = 95;

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
