package dev.portfire.bench;

import static dev.portfire.bench.Guest.ALIAS;
import static dev.portfire.bench.Guest.DATA;
import static dev.portfire.bench.Guest.PAGED;
import static dev.portfire.bench.Guest.TABLE;

import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Mem;
import dev.portfire.testing.asm.Reg;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a guest's instruction or event takes, on each engine. The loop around it is two instructions. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = {"-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
public class GuestBenchmark {
  /** What is done in a round. */
  public enum Work {
    /** Nothing: what the loop takes. */
    LOOP(a -> {}),
    /** Twenty additions and exclusive ors on registers: the interpreter's way from one operation to the next. */
    ALU_20(a -> {
      for (int k = 0; k < 10; k++) {
        a.add(Reg.RAX, Reg.RBX).xor(Reg.RDX, Reg.RAX);
      }
    }),
    /** Ten loads that hit the TLB. */
    LOADS_10(a -> {
      for (int k = 0; k < 10; k++) {
        a.mov(Reg.RAX, Mem.at(64, DATA + 8 * k));
      }
    }),
    /** A load that walks the page tables, behind an INVLPG. */
    PAGE_WALK(a -> a.mov(Reg.EBX, PAGED).invlpg(Mem.byteAt(Reg.RBX, 0)).mov(Reg.RAX, Mem.qwordAt(Reg.RBX, 0))),
    /** Two loads from pages so far apart that they share a slot of the TLB: each misses, and the page tables are walked. */
    TLB_MISS_2(a -> a.mov(Reg.RAX, Mem.at(64, PAGED)).mov(Reg.RAX, Mem.at(64, ALIAS))),
    /** An instruction that the native engine leaves to the interpreter: out of emitted code and back. */
    LEAVE_AND_ENTER(a -> a.sgdt(Mem.qwordAt(Reg.RSP, -64))),
    /** A write to a port with a device that does nothing. */
    PORT(a -> a.out(Guest.nowhere(), Reg.AL)),
    /** UD2, whose handler goes on behind it. */
    EXCEPTION(Assembler::ud2, a -> a.add(Mem.qwordAt(Reg.RSP, 0), 2).iret()),
    /** A page that is not there, which the handler provides. */
    PAGE_FAULT(
        a -> a.mov(Mem.at(64, TABLE), 0).mov(Reg.EBX, PAGED).invlpg(Mem.byteAt(Reg.RBX, 0)).mov(Reg.RAX, Mem.qwordAt(Reg.RBX, 0)),
        a -> a.add(Reg.RSP, 8).mov(Mem.at(64, TABLE), PAGED | 0x63).iret()),
    /** To the other address space and back, with one access in each. */
    CR3_TWICE(a -> {
      for (int root : new int[] {Guest.OTHER_ROOT, Guest.ROOT}) {
        a.mov(Reg.EAX, root).movToControl(3, Reg.RAX).mov(Reg.RDX, Mem.at(64, DATA));
      }
    });

    private final Consumer<Assembler> body;
    private final Consumer<Assembler> handler;

    Work(Consumer<Assembler> body) {
      this(body, Assembler::ud2);
    }

    Work(Consumer<Assembler> body, Consumer<Assembler> handler) {
      this.body = body;
      this.handler = handler;
    }
  }

  @Param({"safe", "native"})
  public String engine;

  @Param
  public Work work;

  private Guest guest;

  @Setup(Level.Trial)
  public void start() {
    guest = new Guest(engine, work.body, work.handler);
  }

  @TearDown(Level.Trial)
  public void end() {
    guest.close();
  }

  @Benchmark
  @OperationsPerInvocation(Guest.ROUNDS)
  public void round() {
    guest.run();
  }
}
