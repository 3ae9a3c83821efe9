package dev.portfire.vmm;

import dev.portfire.linux.Signals;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import dev.portfire.linux.Threads;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Signals that the process gets, on x86-64 Linux. Elsewhere none is taken, and the JVM does what it does. */
public final class HostSignals {
  /** The terminal is gone. */
  public static final int SIGHUP = Signals.SIGHUP;

  /** An illegal instruction. */
  public static final int SIGILL = SystemCalls.SIGILL;

  /** Memory that is not behind its address. */
  public static final int SIGBUS = SystemCalls.SIGBUS;

  /** An address with no memory. */
  public static final int SIGSEGV = SystemCalls.SIGSEGV;

  /** Nobody reads what was written. */
  public static final int SIGPIPE = Signals.SIGPIPE;

  /** The limit of CPU time was reached. */
  public static final int SIGXCPU = Signals.SIGXCPU;

  /** The limit of a file's size was reached. */
  public static final int SIGXFSZ = Signals.SIGXFSZ;

  /** A system call that is not allowed. */
  public static final int SIGSYS = Signals.SIGSYS;

  /** The code of a SIGSYS that a filter has caused. */
  public static final int SYS_SECCOMP = Signals.SYS_SECCOMP;

  private HostSignals() {}

  /** Is told of signals. */
  @FunctionalInterface
  public interface Listener {
    /**
     * A signal has come.
     *
     * @param code its {@code si_code}
     * @param systemCall the refused system call, of a SIGSYS that a filter has caused
     */
    void received(int number, int code, int systemCall);
  }

  /**
   * Takes signals from now on; they are told on a thread of their own, which this starts. Of SIGSEGV, SIGBUS and SIGILL only those
   * that a process has sent are taken: the JVM needs its own faults. Signals that wake vCPUs do no harm afterwards.
   *
   * @param refusedStatus the process's exit status if a filter refuses a system call and the listener has not ended it in a second or two
   * @return 0 once the handlers are there, or cannot be
   */
  public static CountDownLatch handle(List<Integer> numbers, int refusedStatus, Listener listener) {
    CountDownLatch settled = new CountDownLatch(1);
    if (!System.getProperty("os.name").equals("Linux") || !System.getProperty("os.arch").equals("amd64")) {
      settled.countDown();
      return settled;
    }
    // Linking the system calls takes its time, which the start does not have; nor does finding a logger.
    Thread.ofPlatform().name("signals").daemon().start(() -> {
      System.Logger log = System.getLogger(HostSignals.class.getName());
      try {
        Threads.enableWaking();
        Signals signals = Signals.handle(List.copyOf(numbers), refusedStatus);
        log.log(System.Logger.Level.DEBUG, "Signals are taken.");
        settled.countDown();
        while (true) {
          Signals.Signal signal = signals.next();
          listener.received(signal.number(), signal.code(), signal.systemCall());
        }
      } catch (SystemCallException | IllegalStateException e) {
        log.log(System.Logger.Level.WARNING, "Signals cannot be taken: " + e.getMessage());
      } finally {
        settled.countDown();
      }
    });
    return settled;
  }
}
