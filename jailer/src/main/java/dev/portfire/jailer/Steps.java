package dev.portfire.jailer;

import dev.portfire.jailer.JailerException.Kind;
import dev.portfire.linux.CallSequence;
import dev.portfire.linux.CallSequence.Call;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A sequence of system calls, each with what is said when it fails. */
final class Steps implements AutoCloseable {
  /**
   * What is said.
   *
   * @param text what stands before the error
   * @param namesCall whether the call does, too
   */
  private record Failure(Kind kind, String text, boolean namesCall) {}

  private final CallSequence calls = new CallSequence();
  private final Map<Call, Failure> failures = new HashMap<>();

  /**
   * Appends a call.
   *
   * @param attempt what it was to do; the message has the call and the error behind it
   */
  Call call(Kind kind, String attempt, CallSequence.SystemCall number, Object... arguments) {
    Call call = calls.add(number, arguments);
    failures.put(call, new Failure(kind, "Failed to " + attempt, true));
    return call;
  }

  /**
   * Appends a call whose failure has a text of its own, which others look for.
   *
   * @param text what stands before the error
   */
  Call callWithText(Kind kind, String text, CallSequence.SystemCall number, Object... arguments) {
    Call call = calls.add(number, arguments);
    failures.put(call, new Failure(kind, text, false));
    return call;
  }

  /** Appends a write of the kept process to the kept descriptor, with a text for its failure. */
  Call writeProcess(Kind kind, String text) {
    Call first = calls.writeProcess();
    failures.put(calls.last(), new Failure(kind, text, false));
    return first;
  }

  Call end() {
    return calls.end();
  }

  MemorySegment strings(List<String> words) {
    return calls.strings(words);
  }

  MemorySegment longs(long... values) {
    return calls.longs(values);
  }

  /**
   * Makes the calls on a thread.
   *
   * @param report for {@link CallSequence#run}
   */
  void run(JailThread thread, int report) throws JailerException, InterruptedException {
    Call last = thread.run(calls, report);
    if (!calls.isEnd(last)) {
      throw failure(last);
    }
  }

  /** What a forked child told. */
  JailerException failure(byte[] told) {
    return failure(calls.failed(told));
  }

  private JailerException failure(Call call) {
    Failure failure = Objects.requireNonNull(failures.get(call));
    return new JailerException(
        failure.kind,
        failure.text + (failure.namesCall ? ": " + call : "") + ": " + Errors.describe(call.errno().orElseThrow()));
  }

  @Override
  public void close() {
    calls.close();
  }
}
