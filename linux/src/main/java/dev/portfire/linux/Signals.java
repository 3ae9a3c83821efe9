package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.portfire.machine.HostCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;

/**
 * Signals of this process, read one by one. A handler has to run in any state of a thread of the JVM, so it is a few instructions of
 * machine code that write the beginning of {@code siginfo_t} to a pipe. Faults that a thread itself causes stay the JVM's, which
 * needs them: of SIGSEGV, SIGBUS and SIGILL the handler takes only what another process has sent.
 *
 * <p>For x86-64 Linux; handlers stay installed until the process ends.
 */
@SuppressWarnings("restricted") // this module exists to make restricted calls
public final class Signals {
  /** Signal: the terminal is gone; {@code <asm/signal.h>}. */
  public static final int SIGHUP = 1;

  /** Signal: interrupted from the terminal. */
  public static final int SIGINT = 2;

  /** Signal: quit from the terminal. */
  public static final int SIGQUIT = 3;

  /** Signal: abort. */
  public static final int SIGABRT = 6;

  /** Signal: nobody reads what was written. */
  public static final int SIGPIPE = 13;

  /** Signal: to end in good order. */
  public static final int SIGTERM = 15;

  /** Signal: to go on after a stop. */
  public static final int SIGCONT = 18;

  /** Signal: the limit of CPU time was reached. */
  public static final int SIGXCPU = 24;

  /** Signal: the limit of a file's size was reached. */
  public static final int SIGXFSZ = 25;

  /** Signal: a system call that is not allowed. */
  public static final int SIGSYS = 31;

  /** {@code si_code} of a system call that a seccomp filter refused. */
  public static final int SYS_SECCOMP = 1;

  /** Those that a thread causes and the JVM handles. */
  private static final Set<Integer> FAULTS = Set.of(SystemCalls.SIGSEGV, SystemCalls.SIGBUS, SystemCalls.SIGILL);

  private static final int SA_RESTART = 0x1000_0000;
  private static final int O_CLOEXEC = 0x80000;

  /** {@code si_signo}, {@code si_errno}, {@code si_code} and padding; of SIGSYS also the call's address and number. */
  private static final int INFORMATION = 32;

  private static final int CODE = 8;
  private static final int SYSTEM_CALL = 24;
  private static final int STUB = 128;

  /** A second or two. */
  public static final int PATIENCE = 32;

  /** Where the code of the last words is, behind up to 16 stubs. */
  private static final int LAST_WORDS = 16 * STUB;

  /** What a shell shows of a process that SIGSYS has ended. */
  private static final int SIGSYS_STATUS = 128 + SIGSYS;

  private static final long PAGE = 4096;

  private final int pipe;
  private final MemorySegment state = Arena.ofAuto().allocate(SystemCalls.ERRNO_LAYOUT);
  private final MemorySegment information = Arena.ofAuto().allocate(INFORMATION, 8);

  /**
   * A signal.
   *
   * @param number its number
   * @param code {@code si_code}: 0 or less if a process has sent it, and SIGPIPE and SIGXFSZ come from the kernel with 0, too
   * @param systemCall the number of the refused system call, if that is what it is about
   */
  public record Signal(int number, int code, int systemCall) {}

  private Signals(int pipe) {
    this.pipe = pipe;
  }

  /**
   * Installs handlers. The handlers of before are called for the faults that stay the JVM's, and otherwise not any more.
   *
   * @param numbers which signals
   */
  public static Signals handle(List<Integer> numbers) throws SystemCallException {
    return handle(numbers, SIGSYS_STATUS, PATIENCE, LastWords.NONE);
  }

  /**
   * Installs handlers. A thread whose system call a filter has refused goes no further: neither the JVM nor its libraries expect
   * that calls such as futex(2) do nothing. That leaves a while to tell of it, if the thread holds nothing that others need; then the last
   * words are written and the process ends.
   *
   * @param refusedStatus the status with which the process ends then
   * @param patience the while, as a power of two of the processor's cycles
   * @param words what is written then
   */
  public static Signals handle(List<Integer> numbers, int refusedStatus, int patience, LastWords words) throws SystemCallException {
    int[] ends = pipe();
    HostCode code = ExecutableMemory.SOURCE.allocate(PAGE);
    byte[] end = words.code(refusedStatus);
    MemorySegment.copy(end, 0, code.writable(), JAVA_BYTE, LAST_WORDS, end.length);
    int at = 0;
    for (int number : numbers) {
      // The handler of before has to be known before this one can run.
      long before = SystemCalls.handler(number);
      byte[] stub = stub(ends[1], FAULTS.contains(number), before, number == SIGSYS ? patience : 0, code.address() + LAST_WORDS);
      MemorySegment.copy(stub, 0, code.writable(), JAVA_BYTE, at, stub.length);
      SystemCalls.sigaction(number, code.address() + at, SystemCalls.SA_SIGINFO | SystemCalls.SA_ONSTACK | SA_RESTART);
      at += STUB;
    }
    return new Signals(ends[0]);
  }

  /**
   * {@code void handler(int signal, siginfo_t *information, void *context)}.
   *
   * @param patience how long to wait after a refused system call; 0: it is not about these
   * @param end what is executed then
   */
  private static byte[] stub(int fd, boolean faultsAreOthers, long before, int patience, long end) {
    ByteBuffer code = ByteBuffer.allocate(STUB).order(ByteOrder.LITTLE_ENDIAN);
    if (faultsAreOthers) {
      // cmp dword [rsi + 8], 0; jle over the next two
      code.put(new byte[] {(byte) 0x83, 0x7e, CODE, 0, 0x7e, 12});
      // mov rax, before; jmp rax
      code.put((byte) 0x48).put((byte) 0xb8).putLong(before).put((byte) 0xff).put((byte) 0xe0);
    }
    // mov edi, fd; mov edx, INFORMATION; mov eax, SYS_write; syscall
    code.put((byte) 0xbf).putInt(fd).put((byte) 0xba).putInt(INFORMATION).put((byte) 0xb8).putInt(1);
    code.put(new byte[] {0x0f, 0x05});
    if (patience > 0) {
      // cmp dword [rsi + 8], SYS_SECCOMP; jne over the rest; rdtsc; shl rdx, 32; or rax, rdx; mov r8, rax
      code.put(new byte[] {(byte) 0x83, 0x7e, CODE, SYS_SECCOMP, 0x75, 44, 0x0f, 0x31, 0x48, (byte) 0xc1, (byte) 0xe2, 32});
      code.put(new byte[] {0x48, 0x09, (byte) 0xd0, 0x49, (byte) 0x89, (byte) 0xc0});
      // pause; rdtsc; shl rdx, 32; or rax, rdx; sub rax, r8; shr rax, patience; jz to the pause: no system call
      code.put(new byte[] {(byte) 0xf3, (byte) 0x90, 0x0f, 0x31, 0x48, (byte) 0xc1, (byte) 0xe2, 32, 0x48, 0x09, (byte) 0xd0});
      code.put(new byte[] {0x4c, 0x29, (byte) 0xc0, 0x48, (byte) 0xc1, (byte) 0xe8, (byte) patience, 0x74, -20});
      // mov rax, end; jmp rax
      code.put((byte) 0x48).put((byte) 0xb8).putLong(end).put((byte) 0xff).put((byte) 0xe0);
    }
    // ret
    code.put((byte) 0xc3);
    return code.array();
  }

  private static int[] pipe() throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      RawCalls.call("pipe2(O_CLOEXEC)", RawCalls.PIPE2, ends.address(), O_CLOEXEC, 0, 0, 0);
      return new int[] {ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1)};
    }
  }

  /** Waits for the next signal. One thread at a time. */
  public Signal next() throws SystemCallException {
    long count;
    do {
      count = RawCalls.make(state, RawCalls.READ, pipe, information.address(), INFORMATION);
    } while (count < 0 && SystemCalls.errno(state) == SystemCallException.EINTR);
    if (count != INFORMATION) {
      throw SystemCalls.failure("read(%d)".formatted(pipe), state);
    }
    return new Signal(
        information.get(JAVA_INT, 0), information.get(JAVA_INT, CODE), information.get(JAVA_INT, SYSTEM_CALL));
  }
}
