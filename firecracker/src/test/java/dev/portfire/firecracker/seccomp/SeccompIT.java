package dev.portfire.firecracker.seccomp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Programs in the kernel, each installed on a thread of its own, whose calls of getppid(2) some are to refuse. */
@SuppressWarnings("restricted") // as a confined thread would do it
class SeccompIT {
  private static final long SEED = Long.getLong("portfire.seed", 1);
  private static final int POLICIES = 40;
  private static final int CALLS = 300;
  private static final int REFUSED = 77;

  private static final long SYS_GETPPID = 110;
  private static final long SYS_PRCTL = 157;
  private static final long SYS_SECCOMP = 317;
  private static final long PR_SET_NO_NEW_PRIVS = 38;
  private static final long SECCOMP_SET_MODE_FILTER = 1;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SYSCALL = Linker.nativeLinker().downcallHandle(
      Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
      FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
      Linker.Option.captureCallState("errno"),
      Linker.Option.firstVariadicArg(1));

  /** The result of a system call, or the negated error number. */
  private static long call(long number, long... arguments) {
    long[] a = java.util.Arrays.copyOf(arguments, 6);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long result = (long) SYSCALL.invokeExact(state, number, a[0], a[1], a[2], a[3], a[4], a[5]);
      return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static void install(long[] program) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocateFrom(JAVA_LONG, program);
      MemorySegment fprog = arena.allocate(16, 8);
      fprog.set(JAVA_SHORT, 0, (short) program.length);
      fprog.set(ADDRESS, 8, code);
      assertThat(call(SYS_PRCTL, PR_SET_NO_NEW_PRIVS, 1)).isZero();
      assertThat(call(SYS_SECCOMP, SECCOMP_SET_MODE_FILTER, 0, fprog.address())).isZero();
    }
  }

  @Test
  void theKernelDecidesAsThePoliciesSay() throws Exception {
    assumeTrue(
        System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64"),
        "skipped: the numbers of the calls are those of x86-64 Linux");
    SeccompAction allow = new SeccompAction(0x7fff_0000);
    SeccompAction refuse = new SeccompAction(0x5_0000 | REFUSED);
    for (long seed = SEED; seed < SEED + POLICIES; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<SeccompRule> rules = new ArrayList<>();
      for (int n = 1 + random.nextInt(5); n > 0; n--) {
        rules.add(new SeccompRule("getppid", BpfCompilerTest.conditions(random, 1 + random.nextInt(3))));
      }
      long[] program = BpfCompiler.compile(new SeccompPolicy(allow, refuse, rules), Architecture.X86_64, true);
      String what = "seed " + seed + ", " + rules;
      CompletableFuture<Void> done = new CompletableFuture<>();
      Thread.ofPlatform().start(() -> {
        try {
          install(program);
          for (int k = 0; k < CALLS; k++) {
            long[] arguments = BpfCompilerTest.arguments(random);
            boolean refused = BpfCompilerTest.meetsAny(rules, arguments);
            assertThat(call(SYS_GETPPID, arguments) == -REFUSED).as(what).isEqualTo(refused);
          }
          done.complete(null);
        } catch (Throwable e) {
          done.completeExceptionally(e);
        }
      });
      done.get();
    }
  }
}
