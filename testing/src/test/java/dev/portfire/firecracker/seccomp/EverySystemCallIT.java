package dev.portfire.firecracker.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portfire.linux.CallSequence;
import dev.portfire.linux.CallSequence.Call;
import dev.portfire.linux.LastWords;
import dev.portfire.linux.NonBlockingFile;
import dev.portfire.linux.Signals;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every system call under the default filters, each in a child of its own with the handler and the last words of the program: whoever
 * makes one that is refused ends with 148, and log and metrics tell of it; the others have arguments that do no harm.
 */
final class EverySystemCallIT {
  private static final int MOST = 470;
  private static final int REFUSED = 148;

  /** Cycles before the last words, as a power of two: nobody else tells anything here. */
  private static final int NO_PATIENCE = 4;

  /** What the kernel itself has put into programs that it probes, and lets pass: uretprobe(2), uprobe(2). */
  private static final Set<Integer> PROBES = Set.of(335, 336);

  private static final int SIGCHLD = 17;
  private static final int SIGILL = 4;
  private static final int SIGSEGV = 11;
  private static final long RT_SIGACTION = 13;
  private static final long ALARM = 37;
  private static final long WAIT4 = 61;
  private static final long PRCTL = 157;
  private static final long SECCOMP = 317;
  private static final int SET_DUMPABLE = 4;
  private static final int NO_NEW_PRIVS = 38;

  @TempDir
  Path directory;

  private final List<Integer> refused = new ArrayList<>();
  private int allowed;

  /** Makes a call in a child that has a filter; returns how the child ended, as wait4(2) has it. */
  private static int status(long[] program, int number, long[] arguments) {
    try (CallSequence calls = new CallSequence()) {
      MemorySegment filter = calls.longs(program);
      MemorySegment description = calls.longs(program.length, filter.address());
      MemorySegment status = calls.longs(0);
      Call fork = calls.add(CallSequence.SystemCall.CLONE, SIGCHLD, 0, 0, 0, 0).forks();
      // Returning from no signal is a fault, which is not the JVM's and no reason for a core dump; and nothing is to last.
      calls.add("prctl", PRCTL, SET_DUMPABLE, 0, 0, 0, 0);
      calls.add("rt_sigaction", RT_SIGACTION, SIGSEGV, calls.longs(0, 0, 0, 0), 0, 8);
      calls.add("rt_sigaction", RT_SIGACTION, SIGILL, calls.longs(0, 0, 0, 0), 0, 8);
      calls.add("alarm", ALARM, 20);
      calls.add("prctl", PRCTL, NO_NEW_PRIVS, 1, 0, 0, 0);
      calls.add("seccomp", SECCOMP, 1, 0, description);
      calls.add("call " + number, number, Arrays.stream(arguments).boxed().toArray()).mayFail();
      Call child = calls.end();
      Call wait = calls.add("wait4", WAIT4, -1, status, 0, 0);
      Call end = calls.end();
      fork.parentGoesOnAt(wait);
      assertThat(child).isNotSameAs(end);
      assertThat(calls.run(-1)).isSameAs(end);
      assertThat(wait.result()).isEqualTo(fork.result());
      return status.get(ValueLayout.JAVA_INT, 0);
    }
  }

  private static boolean meets(SeccompRule rule, long[] arguments) {
    return rule.conditions().stream().allMatch(c -> {
      assertThat(c.operator()).isEqualTo(SeccompCondition.Operator.MASKED_EQ);
      return (arguments[c.index()] & c.mask()) == c.value();
    });
  }

  /** Arguments that make no call do anything but what a rule asks for: descriptors and addresses that do not exist. */
  private static long[] arguments(SeccompRule rule) {
    long[] arguments = nothing();
    rule.conditions().forEach(c -> arguments[c.index()] = c.value() | arguments[c.index()] & ~c.mask());
    return arguments;
  }

  private static long[] nothing() {
    long[] arguments = new long[6];
    Arrays.fill(arguments, -1);
    return arguments;
  }

  private void check(String kind, long[] program, List<SeccompRule> rules, int number, long[] arguments, Signals signals)
      throws Exception {
    String what = "%s: call %d with %s".formatted(kind, number, Arrays.toString(arguments));
    int status = status(program, number, arguments);
    if (rules.stream().anyMatch(rule -> meets(rule, arguments))) {
      // It may end the child, but not like this.
      assertThat(status).as(what).isNotIn(REFUSED << 8, Signals.SIGSYS);
      allowed++;
    } else if (!PROBES.contains(number) || status == REFUSED << 8) {
      assertThat(status).as(what).isEqualTo(REFUSED << 8);
      assertThat(signals.next()).as(what).isEqualTo(new Signals.Signal(Signals.SIGSYS, Signals.SYS_SECCOMP, number));
      refused.add(number);
    }
  }

  @Test
  void isAllowedOrEndsTheProgram() throws Exception {
    assumeTrue(
        System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64"),
        "skipped: the filters are those of x86-64 Linux");
    Path log = directory.resolve("log");
    Path metrics = directory.resolve("metrics");
    Map<String, Integer> numbers = Architecture.X86_64.systemCalls();
    ZonedDateTime start = ZonedDateTime.now(ZoneId.systemDefault());
    try (NonBlockingFile logFile = NonBlockingFile.open(log.toString());
        NonBlockingFile metricsFile = NonBlockingFile.open(metrics.toString())) {
      LastWords words = new LastWords();
      words.set(
          new LastWords.LogLine(
              logFile.fd(),
              start.toEpochSecond() - start.toLocalTime().toSecondOfDay(),
              start.toLocalDate() + "T",
              " [test:signals] Shutting down VM after intercepting a bad syscall ("),
          new LastWords.MetricsLine(metricsFile.fd(), "{\"utc_timestamp_ms\":", ",\"seccomp\":{\"num_faults\":1}}\n"));
      Signals signals = Signals.handle(List.of(Signals.SIGSYS), REFUSED, NO_PATIENCE, words);
      for (Map.Entry<String, SeccompPolicy> policy :
          SeccompPolicy.readAll(DefaultFilters.resource(DefaultFilters.POLICY)).entrySet()) {
        String kind = policy.getKey();
        long[] program = Objects.requireNonNull(DefaultFilters.x86().get(kind));
        for (int number = 0; number <= MOST; number++) {
          int call = number;
          List<SeccompRule> rules = policy.getValue().rules().stream()
              .filter(rule -> Objects.requireNonNull(numbers.get(rule.systemCall())) == call)
              .toList();
          check(kind, program, rules, call, nothing(), signals);
          for (SeccompRule rule : rules) {
            long[] right = arguments(rule);
            if (!rule.conditions().isEmpty()) {
              check(kind, program, rules, call, right, signals);
            }
            for (SeccompCondition condition : rule.conditions()) {
              long[] wrong = right.clone();
              wrong[condition.index()] ^= Long.lowestOneBit(condition.mask());
              check(kind, program, rules, call, wrong, signals);
            }
          }
        }
      }
    }
    assertThat(allowed).isGreaterThan(200);
    assertThat(refused).hasSizeGreaterThan(1500);
    isTold(start.toLocalDateTime(), Files.readAllLines(log), Files.readAllLines(metrics));
  }

  private void isTold(LocalDateTime start, List<String> log, List<String> metrics) {
    assertThat(log).hasSameSizeAs(refused);
    assertThat(metrics).hasSameSizeAs(refused);
    LocalDateTime end = LocalDateTime.now(ZoneId.systemDefault());
    for (int i = 0; i < log.size(); i++) {
      String line = log.get(i);
      assertThat(line).matches("[-0-9]+T[:.0-9]{18} \\[test:signals] Shutting down VM after intercepting a bad syscall \\(" + refused.get(i) + "\\)\\.");
      // At midnight the date is that of the start.
      if (start.toLocalDate().equals(end.toLocalDate())) {
        assertThat(LocalDateTime.parse(line.substring(0, line.indexOf(' ')))).isBetween(start, end);
      }
      assertThat(metrics.get(i)).matches("\\{\"utc_timestamp_ms\":1[0-9]{12},\"seccomp\":\\{\"num_faults\":1}}");
    }
  }
}
