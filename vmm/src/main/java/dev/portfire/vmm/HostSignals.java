package dev.portfire.vmm;

import dev.portfire.linux.LastWords;
import dev.portfire.linux.Signals;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import dev.portfire.linux.Threads;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

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

  private final CountDownLatch settled = new CountDownLatch(1);

  // Made with the handlers, since a start has no time for it.
  private @Nullable LastWords words;
  private LastWords.@Nullable LogLine logLine;
  private LastWords.@Nullable MetricsLine metricsLine;

  /**
   * A line that lacks its time.
   *
   * @param descriptor of the file that it goes to; -1: it goes nowhere
   * @param begin what is before the time
   * @param rest what is behind it
   */
  public record LastLine(int descriptor, String begin, String rest) {}

  /** Is told of signals. */
  public interface Listener {
    /** Signals are taken from now on; on the thread that tells of them. */
    default void taken() {}

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
   */
  public void handle(List<Integer> numbers, int refusedStatus, Listener listener) {
    if (!System.getProperty("os.name").equals("Linux") || !System.getProperty("os.arch").equals("amd64")) {
      settled.countDown();
      return;
    }
    // Linking the system calls takes its time, which the start does not have; nor does finding a logger.
    Thread.ofPlatform().name("signals").daemon().start(() -> take(List.copyOf(numbers), refusedStatus, listener));
  }

  private void take(List<Integer> numbers, int refusedStatus, Listener listener) {
    System.Logger log = System.getLogger(HostSignals.class.getName());
    try {
      Threads.enableWaking();
      Signals signals = Signals.handle(numbers, refusedStatus, Signals.PATIENCE, words());
      log.log(System.Logger.Level.DEBUG, "Signals are taken.");
      settled.countDown();
      listener.taken();
      while (true) {
        Signals.Signal signal = signals.next();
        listener.received(signal.number(), signal.code(), signal.systemCall());
      }
    } catch (SystemCallException | IllegalStateException e) {
      log.log(System.Logger.Level.WARNING, "Signals cannot be taken: " + e.getMessage());
    } finally {
      settled.countDown();
    }
  }

  /** Waits until the handlers are there, or cannot be. */
  public void awaitHandlers() throws InterruptedException {
    settled.await();
  }

  private synchronized LastWords words() {
    LastWords made = new LastWords();
    words = made;
    tell(made);
    return made;
  }

  private void tell(LastWords made) {
    LastWords.LogLine log = logLine;
    LastWords.MetricsLine metrics = metricsLine;
    if (log != null && metrics != null) {
      made.set(log, metrics);
    }
  }

  /**
   * Replaces what is written of a refused system call if the listener does not end the process. The line of the log gets the local time of
   * day, and behind its rest the call's number and {@code ")."}; that of the metrics gets milliseconds since 1970.
   *
   * @param midnight the second since 1970 that this day has begun with, in local time
   */
  public synchronized void lastWords(LastLine log, long midnight, LastLine metrics) {
    logLine = new LastWords.LogLine(log.descriptor, midnight, log.begin, log.rest);
    metricsLine = new LastWords.MetricsLine(metrics.descriptor, metrics.begin, metrics.rest + "\n");
    LastWords made = words;
    if (made != null) {
      tell(made);
    }
  }
}
