package dev.portfire.firecracker.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Programs, executed here, against what the policies say. */
class BpfCompilerTest {
  private static final long SEED = Long.getLong("portfire.seed", 1);
  private static final int POLICIES = 300;
  private static final int CALLS = 200;
  private static final long[] VALUES = {
    0, 1, 2, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL, 0x1_0000_0000L, 0x1_0000_0001L, Long.MAX_VALUE, Long.MIN_VALUE, -1, -2
  };
  private static final List<String> NAMES = List.of("read", "ioctl", "futex", "openat", "close");

  /** Executes a program as the kernel would (Documentation/networking/filter.rst). */
  private static int run(long[] program, int architecture, int number, long[] arguments) {
    int a = 0;
    for (int at = 0; ; at++) {
      long instruction = program[at];
      int k = (int) (instruction >>> 32);
      boolean jumps;
      switch ((int) instruction & 0xffff) {
        case 0x20 -> {
          a = switch (k) {
            case 0 -> number;
            case 4 -> architecture;
            default -> (int) (arguments[k - 16 >> 3] >>> (k & 4) * 8);
          };
          continue;
        }
        case 0x54 -> {
          a &= k;
          continue;
        }
        case 0x05 -> {
          at += k;
          continue;
        }
        case 0x06 -> {
          return k;
        }
        case 0x15 -> jumps = a == k;
        case 0x25 -> jumps = Integer.compareUnsigned(a, k) > 0;
        case 0x35 -> jumps = Integer.compareUnsigned(a, k) >= 0;
        default -> throw new AssertionError("instruction " + Long.toHexString(instruction));
      }
      at += (int) (instruction >>> (jumps ? 16 : 24)) & 0xff;
    }
  }

  private static boolean meets(SeccompCondition c, long argument) {
    int order = Long.compareUnsigned(argument, c.value());
    return switch (c.operator()) {
      case EQ -> order == 0;
      case NE -> order != 0;
      case GE -> order >= 0;
      case GT -> order > 0;
      case LE -> order <= 0;
      case LT -> order < 0;
      case MASKED_EQ -> (argument & c.mask()) == c.value();
    };
  }

  private static long value(SplittableRandom random) {
    return random.nextInt(4) == 0 ? random.nextLong() : VALUES[random.nextInt(VALUES.length)];
  }

  static List<SeccompCondition> conditions(SplittableRandom random, int count) {
    List<SeccompCondition> conditions = new ArrayList<>();
    for (int n = count; n > 0; n--) {
      SeccompCondition.Operator operator = SeccompCondition.Operator.values()[random.nextInt(7)];
      long mask = operator == SeccompCondition.Operator.MASKED_EQ ? value(random) : -1;
      conditions.add(new SeccompCondition(random.nextInt(6), operator, mask, value(random) & mask));
    }
    return conditions;
  }

  static long[] arguments(SplittableRandom random) {
    long[] arguments = new long[6];
    for (int i = 0; i < 6; i++) {
      arguments[i] = value(random);
    }
    return arguments;
  }

  static boolean meetsAny(List<SeccompRule> rules, long[] arguments) {
    return rules.stream().anyMatch(rule -> rule.conditions().stream().allMatch(c -> meets(c, arguments[c.index()])));
  }

  private static SeccompPolicy policy(SplittableRandom random) {
    List<SeccompRule> rules = new ArrayList<>();
    for (int n = random.nextInt(12); n > 0; n--) {
      rules.add(new SeccompRule(NAMES.get(random.nextInt(NAMES.size())), conditions(random, random.nextInt(4))));
    }
    return new SeccompPolicy(new SeccompAction(1), new SeccompAction(2), rules);
  }

  @Test
  void doWhatThePoliciesSay() throws Exception {
    for (long seed = SEED; seed < SEED + POLICIES; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SeccompPolicy policy = policy(random);
      for (Architecture architecture : Architecture.values()) {
        long[] program = BpfCompiler.compile(policy, architecture, true);
        Map<String, Integer> numbers = architecture.systemCalls();
        for (int k = 0; k < CALLS; k++) {
          String name = NAMES.get(random.nextInt(NAMES.size()));
          long[] arguments = arguments(random);
          boolean filtered =
              meetsAny(policy.rules().stream().filter(rule -> rule.systemCall().equals(name)).toList(), arguments);
          assertThat(run(program, architecture.audit, Objects.requireNonNull(numbers.get(name)), arguments))
              .as("seed %d, %s of %s", seed, name, policy)
              .isEqualTo(filtered ? 2 : 1);
        }
      }
    }
  }

  @Test
  void killWhatIsOfAnotherArchitecture() throws Exception {
    SeccompPolicy all = new SeccompPolicy(new SeccompAction(0x7fff_0000), new SeccompAction(2), List.of());
    long[] program = BpfCompiler.compile(all, Architecture.X86_64, true);
    int kill = 0x8000_0000;
    assertThat(run(program, 0xc000_003e, 0, new long[6])).isEqualTo(0x7fff_0000);
    assertThat(run(program, 0x4000_0003, 0, new long[6])).as("i386").isEqualTo(kill);
    assertThat(run(program, 0xc000_003e, 0x4000_0001, new long[6])).as("x32").isEqualTo(kill);
    assertThat(run(program, 0xc000_003e, -1, new long[6])).as("skipped by a tracer").isEqualTo(0x7fff_0000);
  }

  @Test
  void aDwordIsTheLowHalfIfItIsToBeEqual() throws Exception {
    SeccompPolicy policy = read("""
        {"default_action": "trap", "filter_action": "allow", "filter": [
          {"syscall": "ioctl", "args": [{"index": 1, "type": "dword", "op": "eq", "val": 44672, "comment": "KVM_RUN"}]},
          {"syscall": "read", "args": [{"index": 2, "type": "dword", "op": "le", "val": 7}], "comment": "few"},
          {"syscall": "futex", "args": [{"index": 1, "type": "qword", "op": {"masked_eq": 127}, "val": 1}], "other": 1}]}""");
    long[] program = BpfCompiler.compile(policy, Architecture.X86_64, true);
    int allow = 0x7fff_0000;
    int trap = 0x3_0000;
    assertThat(run(program, 0xc000_003e, 16, new long[] {5, 0x1_0000_ae80L, 0, 0, 0, 0})).isEqualTo(allow);
    assertThat(run(program, 0xc000_003e, 16, new long[] {5, 0xae81L, 0, 0, 0, 0})).isEqualTo(trap);
    assertThat(run(program, 0xc000_003e, 0, new long[] {5, 0, 0x1_0000_0000L, 0, 0, 0})).isEqualTo(trap);
    assertThat(run(program, 0xc000_003e, 0, new long[] {5, 0, 7, 0, 0, 0})).isEqualTo(allow);
    assertThat(run(program, 0xc000_003e, 202, new long[] {5, 129, 0, 0, 0, 0})).isEqualTo(allow);
    long[] basic = BpfCompiler.compile(policy, Architecture.X86_64, false);
    assertThat(run(basic, 0xc000_003e, 16, new long[] {5, 0xae81L, 0, 0, 0, 0})).isEqualTo(allow);
  }

  private static SeccompPolicy read(String json) throws Exception {
    return Objects.requireNonNull(SeccompPolicy.readAll(("{\"vmm\": " + json + "}").getBytes(StandardCharsets.UTF_8)).get("vmm"));
  }

  @Test
  void tooLongIsRefused() {
    List<SeccompRule> many = new ArrayList<>();
    for (int k = 0; k < 1100; k++) {
      many.add(new SeccompRule("read", List.of(new SeccompCondition(0, SeccompCondition.Operator.EQ, -1, k))));
    }
    SeccompPolicy policy = new SeccompPolicy(new SeccompAction(1), new SeccompAction(2), many);
    assertThatThrownBy(() -> BpfCompiler.compile(policy, Architecture.X86_64, true))
        .isInstanceOf(CompileException.class)
        .hasMessageContaining("the kernel takes 4096");
  }
}
