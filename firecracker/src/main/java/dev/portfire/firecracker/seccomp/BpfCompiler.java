package dev.portfire.firecracker.seccomp;

import dev.portfire.firecracker.seccomp.SeccompCondition.Operator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Compiles a policy to a classic BPF program for {@code seccomp(2)}, each instruction a {@code struct sock_filter} in eight
 * bytes ({@code <linux/filter.h>}) that looks at {@code struct seccomp_data} ({@code <linux/seccomp.h>}).
 */
public final class BpfCompiler {
  /** Instructions that the kernel takes at most, {@code BPF_MAXINSNS}. */
  public static final int MOST_INSTRUCTIONS = 4096;

  private static final int LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
  private static final int AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
  private static final int JUMP = 0x05; // BPF_JMP | BPF_JA
  private static final int EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
  private static final int GREATER = 0x25; // BPF_JMP | BPF_JGT | BPF_K
  private static final int GREATER_OR_EQUAL = 0x35; // BPF_JMP | BPF_JGE | BPF_K
  private static final int RETURN = 0x06; // BPF_RET | BPF_K

  /** Conditions of a rule at most: a conditional jump skips up to 255 instructions, and a condition takes up to six. */
  private static final int MOST_CONDITIONS = 40;

  private static final int NUMBER = 0;
  private static final int ARCHITECTURE = 4;
  private static final int ARGUMENTS = 16;

  /** System calls of x86-64's 32-bit ABI have this bit, {@code __X32_SYSCALL_BIT}. */
  private static final int X32 = 0x4000_0000;

  private final List<Long> program = new ArrayList<>();

  private BpfCompiler() {}

  /**
   * Compiles one.
   *
   * @param withArguments whether conditions of arguments are to be met; otherwise they are left out
   * @throws CompileException if the architecture has no such system call, or if the program becomes too long
   */
  public static long[] compile(SeccompPolicy policy, Architecture architecture, boolean withArguments) throws CompileException {
    Map<String, Integer> numbers = architecture.systemCalls();
    // The rules of a system call stand together: once its number is known, no other rule can be met.
    Map<Integer, List<SeccompRule>> rules = new LinkedHashMap<>();
    for (SeccompRule rule : policy.rules()) {
      Integer number = numbers.get(rule.systemCall());
      if (number == null) {
        throw new CompileException(
            "LibSeccompSycall: there is no system call \"" + rule.systemCall() + "\" on " + architecture.name().toLowerCase(Locale.ROOT));
      }
      if (rule.conditions().size() > MOST_CONDITIONS) {
        throw new CompileException(
            "a rule of " + rule.systemCall() + " has " + rule.conditions().size() + " conditions; " + MOST_CONDITIONS + " is the most");
      }
      rules.computeIfAbsent(number, n -> new ArrayList<>()).add(rule);
    }
    BpfCompiler c = new BpfCompiler();
    c.emit(LOAD, 0, 0, ARCHITECTURE);
    c.emit(EQUAL, 1, 0, architecture.audit);
    c.emit(RETURN, 0, 0, SeccompAction.KILL_PROCESS.value());
    c.emit(LOAD, 0, 0, NUMBER);
    if (architecture == Architecture.X86_64) {
      // -1 is what a tracer makes of a number to have the call skipped.
      c.emit(EQUAL, 2, 0, -1);
      c.emit(GREATER_OR_EQUAL, 0, 1, X32);
      c.emit(RETURN, 0, 0, SeccompAction.KILL_PROCESS.value());
    }
    for (Map.Entry<Integer, List<SeccompRule>> entry : rules.entrySet()) {
      c.emit(EQUAL, 1, 0, entry.getKey());
      int over = c.program.size();
      c.emit(JUMP, 0, 0, 0);
      boolean always = false;
      for (SeccompRule rule : entry.getValue()) {
        if (!always) {
          c.rule(withArguments ? rule.conditions() : List.of(), policy.filterAction());
          always = !withArguments || rule.conditions().isEmpty();
        }
      }
      if (!always) {
        c.emit(RETURN, 0, 0, policy.defaultAction().value());
      }
      c.program.set(over, instruction(JUMP, 0, 0, c.program.size() - over - 1));
    }
    c.emit(RETURN, 0, 0, policy.defaultAction().value());
    if (c.program.size() > MOST_INSTRUCTIONS) {
      throw new CompileException(
          "the program has " + c.program.size() + " instructions; the kernel takes " + MOST_INSTRUCTIONS);
    }
    return c.program.stream().mapToLong(Long::longValue).toArray();
  }

  /** Returns the action if all conditions are met, and goes on behind that otherwise. */
  private void rule(List<SeccompCondition> conditions, SeccompAction action) {
    int length = 1;
    for (SeccompCondition condition : conditions) {
      length += length(condition);
    }
    for (SeccompCondition condition : conditions) {
      length -= length(condition);
      condition(condition, length);
    }
    emit(RETURN, 0, 0, action.value());
  }

  private static int length(SeccompCondition condition) {
    return switch (condition.operator()) {
      case EQ, NE -> 4;
      case MASKED_EQ -> 6;
      case GE, GT, LE, LT -> 5;
    };
  }

  /**
   * Goes on behind the next instructions if a condition is not met.
   *
   * @param rest how many these are
   */
  private void condition(SeccompCondition condition, int rest) {
    int low = ARGUMENTS + 8 * condition.index();
    int lowHalf = (int) condition.value();
    int highHalf = (int) (condition.value() >>> 32);
    emit(LOAD, 0, 0, low + 4);
    switch (condition.operator()) {
      case EQ -> {
        emit(EQUAL, 0, 2 + rest, highHalf);
        emit(LOAD, 0, 0, low);
        emit(EQUAL, 0, rest, lowHalf);
      }
      case NE -> {
        emit(EQUAL, 0, 2, highHalf);
        emit(LOAD, 0, 0, low);
        emit(EQUAL, rest, 0, lowHalf);
      }
      case MASKED_EQ -> {
        emit(AND, 0, 0, (int) (condition.mask() >>> 32));
        emit(EQUAL, 0, 3 + rest, highHalf);
        emit(LOAD, 0, 0, low);
        emit(AND, 0, 0, (int) condition.mask());
        emit(EQUAL, 0, rest, lowHalf);
      }
      case GE, GT -> {
        emit(GREATER, 3, 0, highHalf);
        emit(EQUAL, 0, 2 + rest, highHalf);
        emit(LOAD, 0, 0, low);
        emit(condition.operator() == Operator.GE ? GREATER_OR_EQUAL : GREATER, 0, rest, lowHalf);
      }
      case LE, LT -> {
        emit(GREATER, 3 + rest, 0, highHalf);
        emit(EQUAL, 0, 2, highHalf);
        emit(LOAD, 0, 0, low);
        emit(condition.operator() == Operator.LE ? GREATER : GREATER_OR_EQUAL, rest, 0, lowHalf);
      }
    }
  }

  private void emit(int code, int whenTrue, int whenFalse, int operand) {
    program.add(instruction(code, whenTrue, whenFalse, operand));
  }

  private static long instruction(int code, int whenTrue, int whenFalse, int operand) {
    return code | (long) whenTrue << 16 | (long) whenFalse << 24 | (long) operand << 32;
  }
}
