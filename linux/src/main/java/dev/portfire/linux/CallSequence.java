package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.portfire.machine.HostCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * System calls that one thread makes one after the other with no Java between them. That is what is needed where Java could not go on:
 * in a child that was forked, and on a thread that has left the process's files or root directory. The calls are records in memory, and
 * some 250 bytes of machine code make them (x86-64 Linux only).
 *
 * <p>The first call that fails ends the sequence: {@link #run} tells which it was. In a forked child, it is told by a descriptor and the
 * child ends with status 1. A sequence runs once.
 */
public final class CallSequence implements AutoCloseable {
  /** System calls by their numbers in {@code <asm/unistd_64.h>}. */
  public enum SystemCall {
    READ(0), WRITE(1), OPEN(2), CLOSE(3), RT_SIGPROCMASK(14), DUP2(33), GETPID(39), CLONE(56), FORK(57), EXECVE(59), CHDIR(80), MKDIR(83),
    RMDIR(84), CHMOD(90), CHOWN(92), SETUID(105), SETGID(106), SETSID(112), SETGROUPS(116), GETSID(124), MKNOD(133),
    PIVOT_ROOT(155), SETRLIMIT(160), MOUNT(165), UMOUNT2(166), GETTID(186), UNSHARE(272), PIPE2(293), SETNS(308), CLOSE_RANGE(436);

    private final long value;

    SystemCall(long value) {
      this.value = value;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** {@code long run(record *first, int report)}. RBX: the record; EBP: the report; R13D: forked; R14: the descriptor; R15: the process. */
  private static final String[] CODE = {
      // push rbx; push rbp; push r12; push r13; push r14; push r15
      "53 55 41 54 41 55 41 56 41 57",
      // mov rbx, rdi; mov ebp, esi; xor r13d, r13d; xor r14d, r14d; xor r15d, r15d
      "48 89 fb 89 f5 45 31 ed 45 31 f6 45 31 ff",
      // next: mov rax, [rbx]; cmp rax, END; je end; cmp rax, DECIMAL; je decimal
      "48 8b 03 48 83 f8 ff 0f 84 a2 00 00 00 48 83 f8 fe 0f 84 b5 00 00 00",
      // mov rdi, rsi, rdx, r10, r8, r9, [rbx + 0x08 ...]
      "48 8b 7b 08 48 8b 73 10 48 8b 53 18 4c 8b 53 20 4c 8b 43 28 4c 8b 4b 30",
      // test byte [rbx + FLAGS], ON_DESCRIPTOR; jz over the next; mov rdi, r14
      "f6 43 38 01 74 03 4c 89 f7",
      // syscall; mov [rbx + RESULT], rax; cmp rax, -4095; jae failed
      "0f 05 48 89 43 50 48 3d 01 f0 ff ff 73 34",
      // test byte [rbx + FLAGS], KEEP_DESCRIPTOR; jz over the next; mov r14, rax
      "f6 43 38 02 74 03 49 89 c6",
      // test byte [rbx + FLAGS], KEEP_PROCESS; jz over; test rax, rax; jz over; mov r15, rax
      "f6 43 38 04 74 08 48 85 c0 74 03 49 89 c7",
      // test byte [rbx + FLAGS], FORKS; jz advance; test rax, rax; jz child; mov rbx, [rbx + TARGET]; jmp next
      "f6 43 38 08 74 11 48 85 c0 74 06 48 8b 5b 48 eb 92",
      // child: mov r13d, 1; advance: add rbx, RECORD; jmp next
      "41 bd 01 00 00 00 48 83 c3 60 eb 86",
      // failed: test byte [rbx + FLAGS], MAY_FAIL; jnz advance; mov rcx, rax; neg rcx; cmp rcx, [rbx + TOLERATED]; je advance
      "f6 43 38 10 75 f4 48 89 c1 48 f7 d9 48 3b 4b 40 74 e8",
      // test r13d, r13d; jz out; write(ebp, &[rbx + RESULT], 16); exit_group(1)
      "45 85 ed 74 2c b8 01 00 00 00 89 ef 48 8d 73 50 ba 10 00 00 00 0f 05 bf 01 00 00 00 b8 e7 00 00 00 0f 05",
      // end: test r13d, r13d; jz out; exit_group(0)
      "45 85 ed 74 09 31 ff b8 e7 00 00 00 0f 05",
      // out: mov rax, [rbx + INDEX]; pop r15; pop r14; pop r13; pop r12; pop rbp; pop rbx; ret
      "48 8b 43 58 41 5f 41 5e 41 5d 41 5c 5d 5b c3",
      // decimal: mov rcx, [rbx + 8]; mov rsi, rcx; mov rax, r15; mov r8d, 10
      "48 8b 4b 08 48 89 ce 4c 89 f8 41 b8 0a 00 00 00",
      // digit: xor edx, edx; div r8; add dl, '0'; dec rcx; mov [rcx], dl; test rax, rax; jnz digit
      "31 d2 49 f7 f0 80 c2 30 48 ff c9 88 11 48 85 c0 75 ee",
      // mov rdx, [rbx + 0x10]; mov [rdx], rcx; sub rsi, rcx; mov [rdx + 8], rsi; jmp advance
      "48 8b 53 10 48 89 0a 48 29 ce 48 89 72 08 e9 73 ff ff ff",
  };

  private static final int RECORD = 96;
  private static final int ARGUMENTS = 8;
  private static final int FLAGS = 0x38;
  private static final int TOLERATED = 0x40;
  private static final int TARGET = 0x48;
  private static final int RESULT = 0x50;
  private static final int INDEX = 0x58;

  private static final long END = -1;
  private static final long DECIMAL = -2;

  private static final int ON_DESCRIPTOR = 1;
  private static final int KEEP_DESCRIPTOR = 2;
  private static final int KEEP_PROCESS = 4;
  private static final int FORKS = 8;
  private static final int MAY_FAIL = 16;

  private static final int CODE_SIZE = 4096;
  private static final int MAX_CALLS = 400;
  private static final int DIGITS = 20;

  /** What stands in a record whose call was not made. */
  private static final long NOT_MADE = Long.MIN_VALUE;

  /** A call of the sequence. */
  public final class Call {
    private String description;
    private final MemorySegment at;

    private Call(int index, String description, long number) {
      this.description = description;
      this.at = records.asSlice((long) index * RECORD, RECORD);
      at.set(JAVA_LONG, 0, number);
      at.set(JAVA_LONG, RESULT, NOT_MADE);
      at.set(JAVA_LONG, INDEX, index);
    }

    private void set(int flag) {
      at.set(JAVA_LONG, FLAGS, at.get(JAVA_LONG, FLAGS) | flag);
    }

    /** The sequence goes on if it fails with this error. */
    public Call tolerating(int errno) {
      at.set(JAVA_LONG, TOLERATED, errno);
      return this;
    }

    /** The sequence goes on if it fails. */
    public Call mayFail() {
      set(MAY_FAIL);
      return this;
    }

    /** What it returns is the descriptor for calls that say {@link #onDescriptor}. */
    public Call keepDescriptor() {
      set(KEEP_DESCRIPTOR);
      return this;
    }

    /** Its first argument is the descriptor that was kept last. */
    public Call onDescriptor() {
      set(ON_DESCRIPTOR);
      description = description.replaceFirst("\\([^,)]*", "(fd");
      return this;
    }

    /** What it returns is the process for {@link CallSequence#writeProcess}. */
    public Call keepProcess() {
      set(KEEP_PROCESS);
      return this;
    }

    /** It forks: the child goes on with the next call, the parent with what {@link #parentGoesOnAt} says. */
    public Call forks() {
      set(FORKS);
      return this;
    }

    /** Says where the parent goes on. */
    public void parentGoesOnAt(Call call) {
      at.set(JAVA_LONG, TARGET, call.at.address());
    }

    /** What it returned or, negative, the error number, if it was made before any fork. */
    public OptionalLong result() {
      long result = at.get(JAVA_LONG, RESULT);
      return result == NOT_MADE ? OptionalLong.empty() : OptionalLong.of(result);
    }

    /** Whether it was made and did not fail. */
    public boolean succeeded() {
      return result().orElse(-1) >= 0;
    }

    /** The error number, if it was made and failed. */
    public OptionalInt errno() {
      long result = result().orElse(0);
      return result < 0 && result >= -4095 ? OptionalInt.of((int) -result) : OptionalInt.empty();
    }

    /** The call as a person writes it. */
    @Override
    public String toString() {
      return description;
    }
  }

  private final Arena arena = Arena.ofShared();
  private final HostCode code;
  private final MemorySegment records;
  private final List<Call> calls = new ArrayList<>();

  /**
   * Makes an empty sequence.
   *
   * @throws IllegalStateException if the host does not let programs map machine code
   */
  public CallSequence() {
    code = ExecutableMemory.SOURCE.allocate(CODE_SIZE);
    records = arena.allocate((long) MAX_CALLS * RECORD, 16);
    int at = 0;
    for (String line : CODE) {
      for (String value : line.split(" ")) {
        code.writable().set(JAVA_BYTE, at++, (byte) Integer.parseInt(value, 16));
      }
    }
  }

  private Call append(String description, long number) {
    if (calls.size() == MAX_CALLS) {
      throw new IllegalStateException("more than " + MAX_CALLS + " calls");
    }
    Call call = new Call(calls.size(), description, number);
    calls.add(call);
    return call;
  }

  /**
   * Appends a call.
   *
   * @param arguments up to six: an Integer, a Long, a String, which becomes the address of its bytes and a zero, or a MemorySegment
   */
  public Call add(SystemCall number, Object... arguments) {
    return add(number.toString(), number.value, arguments);
  }

  /**
   * Appends any call.
   *
   * @param name what it is called in errors
   * @param number its number in {@code <asm/unistd_64.h>}
   * @param arguments as above
   */
  public Call add(String name, long number, Object... arguments) {
    StringBuilder description = new StringBuilder(name).append('(');
    for (int i = 0; i < arguments.length; i++) {
      description.append(i == 0 ? "" : ", ");
      switch (arguments[i]) {
        case String text -> description.append('"').append(text).append('"');
        case MemorySegment memory -> description.append(memory.address() == 0 ? "NULL" : "...");
        default -> description.append(arguments[i]);
      }
    }
    Call call = append(description.append(')').toString(), number);
    for (int i = 0; i < arguments.length; i++) {
      call.at.set(JAVA_LONG, ARGUMENTS + 8L * i, switch (arguments[i]) {
        case Integer value -> value;
        case Long value -> value;
        case String text -> arena.allocateFrom(text).address();
        case MemorySegment memory -> memory.address();
        default -> throw new IllegalArgumentException("an argument of " + name + " is " + arguments[i]);
      });
    }
    return call;
  }

  /** Appends a write of the kept process, as a decimal number, to the kept descriptor. */
  public Call writeProcess() {
    Call decimal = append("decimal", DECIMAL);
    Call write = add(SystemCall.WRITE, 0, MemorySegment.NULL, 0).onDescriptor();
    decimal.at.set(JAVA_LONG, ARGUMENTS, arena.allocate(DIGITS).address() + DIGITS);
    decimal.at.set(JAVA_LONG, ARGUMENTS + 8, write.at.address() + ARGUMENTS + 8);
    return decimal;
  }

  /** Appends an end: {@link #run} returns and a forked child ends with status 0. */
  public Call end() {
    return append("end", END);
  }

  /** The call that was appended last. */
  public Call last() {
    return calls.getLast();
  }

  /** Words as a NULL-terminated array of strings, for {@code execve}. */
  public MemorySegment strings(List<String> words) {
    MemorySegment array = arena.allocate(ADDRESS, words.size() + 1L);
    for (int i = 0; i < words.size(); i++) {
      array.setAtIndex(ADDRESS, i, arena.allocateFrom(words.get(i)));
    }
    return array;
  }

  /** Numbers in memory, for calls that take a structure. */
  public MemorySegment longs(long... values) {
    return arena.allocateFrom(JAVA_LONG, values);
  }

  /**
   * Makes the calls on this thread.
   *
   * @param report where a forked child tells of a failure: 16 bytes, which {@link #failed(byte[])} reads
   * @return the call that failed or, at the end, the end
   */
  public Call run(int report) {
    if (calls.isEmpty() || calls.getLast().at.get(JAVA_LONG, 0) != END) {
      throw new IllegalStateException("a sequence needs an end");
    }
    return calls.get((int) code.call(code.address(), records.address(), report));
  }

  /** Whether a call that {@link #run} returned is an end. */
  public boolean isEnd(Call call) {
    return call.at.get(JAVA_LONG, 0) == END;
  }

  /**
   * Reads what a forked child told, and takes it over: the call's result is what it was there.
   *
   * @param told what came out of the report
   */
  public Call failed(byte[] told) {
    MemorySegment in = arena.allocate(16, 8).copyFrom(MemorySegment.ofArray(told).asSlice(0, 16));
    Call call = calls.get(Math.toIntExact(in.get(JAVA_LONG, 8)));
    call.at.set(JAVA_LONG, RESULT, in.get(JAVA_LONG, 0));
    return call;
  }

  /** Frees the memory; not while a thread makes the calls. */
  @Override
  public void close() {
    code.close();
    arena.close();
  }
}
