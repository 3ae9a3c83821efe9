package dev.portfire.linux;

/** What another process lets this one have. */
public final class OtherProcess {
  private OtherProcess() {}

  /**
   * Takes a copy of a descriptor of another process, pidfd_getfd(2), since Linux 5.6. That needs the right to trace it: of a
   * process of the same user unless Yama forbids that ({@code kernel.yama.ptrace_scope}), of others only for root.
   *
   * @param pid the process, which may be this one
   * @param fd the number it has there
   */
  public static Descriptor take(int pid, int fd) throws SystemCallException {
    int process = (int) RawCalls.call("pidfd_open(%d)".formatted(pid), RawCalls.PIDFD_OPEN, pid, 0, 0, 0, 0);
    try {
      return Descriptor.of((int) RawCalls.call(
          "pidfd_getfd(process %d, %d)".formatted(pid, fd), RawCalls.PIDFD_GETFD, process, fd, 0, 0, 0));
    } finally {
      SystemCalls.close(process);
    }
  }
}
