package dev.portfire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.linux.CallSequence.Call;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** System calls of this kernel, one after the other, in this process and in children. */
final class CallSequenceIT {
  private static final int CREATE = 0x80041; // O_WRONLY | O_CREAT | O_CLOEXEC
  private static final int SIGCHLD = 17;

  @TempDir
  Path directory;

  @BeforeEach
  void isForX86() {
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "the machine code is x86-64's");
  }

  @Test
  void callsUseWhatOthersReturned() throws Exception {
    Path file = directory.resolve("pid");
    try (CallSequence calls = new CallSequence()) {
      Call pid = calls.add(CallSequence.SystemCall.GETPID).keepProcess();
      Call open = calls.add(CallSequence.SystemCall.OPEN, file.toString(), CREATE, 0600).keepDescriptor();
      Call unused = calls.writeProcess();
      Call close = calls.add(CallSequence.SystemCall.CLOSE, 0).onDescriptor();
      Call end = calls.end();
      assertThat(pid.result()).isEmpty();
      assertThat(calls.run(-1)).isSameAs(end);
      assertThat(calls.isEnd(end)).isTrue();
      assertThat(pid.result()).hasValue(ProcessHandle.current().pid());
      assertThat(open.succeeded()).isTrue();
      assertThat(close.succeeded()).isTrue();
    }
    assertThat(Files.readString(file)).isEqualTo(Long.toString(ProcessHandle.current().pid()));
  }

  @Test
  void theFirstFailureEndsIt() {
    String path = directory.resolve("a").toString();
    try (CallSequence calls = new CallSequence()) {
      calls.add(CallSequence.SystemCall.MKDIR, path, 0700);
      Call exists = calls.add(CallSequence.SystemCall.MKDIR, path, 0700).tolerating(SystemCallException.EEXIST);
      Call ignored = calls.add(CallSequence.SystemCall.RMDIR, path + "/none").mayFail();
      Call fails = calls.add(CallSequence.SystemCall.CHDIR, path + "/none").tolerating(SystemCallException.EEXIST);
      Call notMade = calls.add(CallSequence.SystemCall.RMDIR, path);
      Call unused = calls.end();
      Call last = calls.run(-1);
      assertThat(last).isSameAs(fails);
      assertThat(calls.isEnd(last)).isFalse();
      assertThat(last).hasToString("chdir(\"" + path + "/none\")");
      assertThat(last.errno()).hasValue(SystemCallException.ENOENT);
      assertThat(exists.errno()).hasValue(SystemCallException.EEXIST);
      assertThat(ignored.errno()).hasValue(SystemCallException.ENOENT);
      assertThat(notMade.result()).isEmpty();
      assertThat(notMade.succeeded()).isFalse();
    }
    assertThat(directory.resolve("a")).isDirectory();
  }

  @Test
  void aSequenceHasAnEnd() {
    try (CallSequence calls = new CallSequence()) {
      calls.add(CallSequence.SystemCall.GETPID);
      assertThatThrownBy(() -> calls.run(-1)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> calls.add(CallSequence.SystemCall.CLOSE, 1.0)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static int[] pipe() {
    try (CallSequence calls = new CallSequence()) {
      MemorySegment ends = calls.longs(0);
      calls.add(CallSequence.SystemCall.PIPE2, ends, 0x80000);
      Call unused = calls.end();
      assertThat(calls.isEnd(calls.run(-1))).isTrue();
      return ends.toArray(ValueLayout.JAVA_INT);
    }
  }

  private static byte[] read(int[] pipe) {
    try (CallSequence calls = new CallSequence()) {
      MemorySegment told = calls.longs(0, 0);
      calls.add(CallSequence.SystemCall.CLOSE, pipe[1]);
      Call read = calls.add(CallSequence.SystemCall.READ, pipe[0], told, 16);
      calls.add(CallSequence.SystemCall.CLOSE, pipe[0]);
      Call unused = calls.end();
      assertThat(calls.isEnd(calls.run(-1))).isTrue();
      return told.asSlice(0, read.result().orElseThrow()).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  @Test
  void childrenTellOfTheirFailures() {
    int[] pipe = pipe();
    try (CallSequence calls = new CallSequence()) {
      Call fork = calls.add(CallSequence.SystemCall.CLONE, SIGCHLD, 0, 0, 0, 0).keepProcess().forks();
      Call made = calls.add(CallSequence.SystemCall.MKDIR, directory.resolve("by-child").toString(), 0700);
      Call fails = calls.add(CallSequence.SystemCall.RMDIR, directory.resolve("none").toString());
      Call end = calls.end();
      fork.parentGoesOnAt(end);
      assertThat(calls.run(pipe[1])).isSameAs(end);
      assertThat(fork.result().orElseThrow()).isPositive();
      byte[] told = read(pipe);
      assertThat(told).hasSize(16);
      assertThat(made.result()).isEmpty();
      assertThat(calls.failed(told)).isSameAs(fails);
      assertThat(fails.errno()).hasValue(SystemCallException.ENOENT);
    }
    assertThat(directory.resolve("by-child")).isDirectory();
  }

  @Test
  void parentsWriteTheirChildrensNumbers() throws Exception {
    int[] pipe = pipe();
    Path file = directory.resolve("child");
    long child;
    try (CallSequence calls = new CallSequence()) {
      calls.add(CallSequence.SystemCall.OPEN, file.toString(), CREATE, 0600).keepDescriptor();
      Call fork = calls.add(CallSequence.SystemCall.FORK).keepProcess().forks();
      Call unused = calls.end();
      fork.parentGoesOnAt(calls.writeProcess());
      calls.add(CallSequence.SystemCall.CLOSE, 0).onDescriptor();
      Call end = calls.end();
      assertThat(calls.run(pipe[1])).isSameAs(end);
      child = fork.result().orElseThrow();
    }
    assertThat(read(pipe)).isEmpty();
    assertThat(Files.readString(file)).isEqualTo(Long.toString(child));
  }
}
