package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What is written of a refused system call when Java cannot: the thread that was refused may hold a lock of the JVM that whoever would
 * tell of it needs. So two lines are kept in memory, all but the time and the call's number, and some 300 bytes of machine code fill these
 * in, write the lines and end the process. For x86-64 Linux.
 */
@SuppressWarnings("restricted") // this module exists to make restricted calls
public final class LastWords {
  /**
   * The line of a log: {@code before}, the local time of day, {@code between}, the call's number, a closing parenthesis, a full stop and
   * the line's end.
   *
   * @param fd where it goes; -1: nowhere
   * @param midnight the second since 1970 that the day in {@code before} began with
   */
  public record LogLine(int fd, long midnight, String before, String between) {}

  /**
   * The line of a file of metrics: {@code before}, the milliseconds since 1970, {@code after}.
   *
   * @param fd where it goes; -1: nowhere
   */
  public record MetricsLine(int fd, String before, String after) {}

  /** No lines. */
  static final LastWords NONE = new LastWords();

  private static final String TIME = "HH:MM:SS.nnnnnnnnn";

  /** Three digits and the end of the line are eight bytes, which become seven or six if the number has fewer. */
  private static final String NUMBER = "nnn).\n\0\0";

  private static final int PADDING = 2;
  private static final String MILLIS = "nnnnnnnnnnnnn";

  // A block: what the code finds where RBX points to.
  private static final int CLOCK = 0;
  private static final int TIME_AT = 8;
  private static final int MIDNIGHT = 16;
  private static final int NUMBER_AT = 24;
  private static final int LOG = 32;
  private static final int MILLIS_END = 56;
  private static final int METRICS = 64;
  private static final int TEXT = 88;
  private static final int BLOCK = 4096;
  private static final int MOST_CODE = 512;

  /**
   * RSI: {@code siginfo_t}; EBP: the number; R15: where the block's address is, which only one thread takes; RBX: the block; R12, R13: seconds
   * and nanoseconds; R14: what is being filled in, or written.
   */
  private static final String[] CODE = {
      // mov ebp, [rsi + 24]; mov r15, SLOT; xor ebx, ebx; xchg [r15], rbx
      "8b 6e 18 49 bf S S S S S S S S 31 db 49 87 1f",
      // taken: test rbx, rbx; jnz over; pause; jmp taken
      "48 85 db 75 04 f3 90 eb f7",
      // sub rsp, 24; and rsp, -16; clock_gettime(CLOCK_REALTIME, rsp): the C library's, which is the vDSO's where there is one
      "48 83 ec 18 48 83 e4 f0 31 ff 48 89 e6 ff 13 4c 8b 24 24 4c 8b 6c 24 08",
      // mov r14, [rbx + TIME_AT]; mov rax, r13; lea rdi, [r14 + 18]; mov ecx, 9; call digits
      "4c 8b 73 08 4c 89 e8 49 8d 7e 12 b9 09 00 00 00 e8 ae 00 00 00",
      // mov rax, r12; sub rax, [rbx + MIDNIGHT]; lea rdi, [r14 + 8]; call sixtieth; lea rdi, [r14 + 5]; call sixtieth
      "4c 89 e0 48 2b 43 10 49 8d 7e 08 e8 85 00 00 00 49 8d 7e 05 e8 7c 00 00 00",
      // lea rdi, [r14 + 2]; mov ecx, 2; call digits
      "49 8d 7e 02 b9 02 00 00 00 e8 87 00 00 00",
      // mov r14, [rbx + NUMBER_AT]; mov eax, ebp; lea rdi, [r14 + 3]; mov ecx, 3; call digits
      "4c 8b 73 18 89 e8 49 8d 7e 03 b9 03 00 00 00 e8 73 00 00 00",
      // mov ecx, 2; shorter: cmp byte [r14], '0'; jne out; shr qword [r14], 8; dec qword [rbx + LOG + 16]; dec ecx; jnz shorter
      "b9 02 00 00 00 41 80 3e 30 75 0c 49 c1 2e 08 48 ff 4b 30 ff c9 75 ee",
      // out: lea r14, [rbx + LOG]; call write
      "4c 8d 73 20 e8 6b 00 00 00",
      // mov rax, r13; xor edx, edx; mov ecx, 1000000; div rcx; imul r12, r12, 1000; add rax, r12
      "4c 89 e8 31 d2 b9 40 42 0f 00 48 f7 f1 4d 69 e4 e8 03 00 00 4c 01 e0",
      // mov rdi, [rbx + MILLIS_END]; mov ecx, 13; call digits; lea r14, [rbx + METRICS]; call write
      "48 8b 7b 38 b9 0d 00 00 00 e8 2e 00 00 00 4c 8d 73 40 e8 3d 00 00 00",
      // mov edi, STATUS; exit_group
      "bf E E E E b8 e7 00 00 00 0f 05",
      // sixtieth: xor edx, edx; mov ecx, 60; div rcx; push rax; mov eax, edx; mov ecx, 2; call digits; pop rax; ret
      "31 d2 b9 3c 00 00 00 48 f7 f1 50 89 d0 b9 02 00 00 00 e8 02 00 00 00 58 c3",
      // digits: mov r8d, 10; next: xor edx, edx; div r8; add dl, '0'; dec rdi; mov [rdi], dl; dec ecx; jnz next; ret
      "41 b8 0a 00 00 00 31 d2 49 f7 f0 80 c2 30 48 ff cf 88 17 ff c9 75 ef c3",
      // write: mov edi, [r14]; mov rsi, [r14 + 8]; mov rdx, [r14 + 16]; mov eax, SYS_write; syscall; ret
      "41 8b 3e 49 8b 76 08 49 8b 56 10 b8 01 00 00 00 0f 05 c3",
  };

  // As long as the process, since a handler may come at any time.
  private final MemorySegment slot = Arena.global().allocate(JAVA_LONG);
  private final MemorySegment[] blocks = {Arena.global().allocate(BLOCK, 8), Arena.global().allocate(BLOCK, 8)};
  private int next;

  /** Makes empty ones. */
  public LastWords() {
    set(new LogLine(-1, 0, "", ""), new MetricsLine(-1, "", ""));
  }

  /**
   * Replaces the lines.
   *
   * @throws IllegalArgumentException if they are longer than 3 KiB together
   */
  public synchronized void set(LogLine log, MetricsLine metrics) {
    MemorySegment block = blocks[next];
    next ^= 1;
    block.set(JAVA_LONG, CLOCK, SystemCalls.LINKER.defaultLookup().findOrThrow("clock_gettime").address());
    byte[] line = bytes(log.before + TIME + log.between + NUMBER);
    byte[] metricsLine = bytes(metrics.before + MILLIS + metrics.after);
    if (TEXT + line.length + metricsLine.length > BLOCK) {
      throw new IllegalArgumentException("lines of " + line.length + " and " + metricsLine.length + " bytes");
    }
    long at = block.address() + TEXT;
    put(block, LOG, log.fd, at, line, line.length - PADDING);
    int time = bytes(log.before).length;
    block.set(JAVA_LONG, TIME_AT, at + time);
    block.set(JAVA_LONG, MIDNIGHT, log.midnight);
    block.set(JAVA_LONG, NUMBER_AT, at + line.length - NUMBER.length());
    put(block, METRICS, metrics.fd, at + line.length, metricsLine, metricsLine.length);
    block.set(JAVA_LONG, MILLIS_END, at + line.length + bytes(metrics.before).length + MILLIS.length());
    // A thread that has taken the other block goes on with that.
    slot.set(JAVA_LONG, 0, block.address());
  }

  private static void put(MemorySegment block, int place, int fd, long address, byte[] text, int length) {
    MemorySegment.copy(text, 0, block, JAVA_BYTE, address - block.address(), text.length);
    block.set(JAVA_INT, place, fd);
    block.set(JAVA_LONG, place + 8L, address);
    block.set(JAVA_LONG, place + 16L, length);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The machine code, for wherever it is put.
   *
   * @param status the status with which it ends the process
   */
  byte[] code(int status) {
    ByteBuffer code = ByteBuffer.allocate(MOST_CODE);
    long address = slot.address();
    int left = status;
    for (String line : CODE) {
      for (String value : line.split(" ", -1)) {
        switch (value) {
          case "S" -> {
            code.put((byte) address);
            address >>>= Byte.SIZE;
          }
          case "E" -> {
            code.put((byte) left);
            left >>>= Byte.SIZE;
          }
          default -> code.put((byte) Integer.parseInt(value, 16));
        }
      }
    }
    return Arrays.copyOf(code.array(), code.position());
  }
}
