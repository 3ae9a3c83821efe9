package dev.portfire.softcpu;

import dev.portfire.linux.ExecutableMemory;
import dev.portfire.machine.CpuModel;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.VmSpec;
import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Condition;
import dev.portfire.testing.asm.Mem;
import dev.portfire.testing.asm.Reg;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Decoding and translating a block of {@link #INSTRUCTIONS} instructions of the kinds that compilers emit most. It shares the package of
 * what it measures, on the class path.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = {"-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
public class TranslationBenchmark {
  private static final int INSTRUCTIONS = 12;
  private static final int START = 0x1000;

  private final GuestMemory memory = GuestMemory.allocate(1 << 20);
  private final Decoder decoder = new Decoder();
  private final Instruction instruction = new Instruction();
  private byte[] code;
  private SoftVm vm;
  private Cpu cpu;
  private NativeEngine engine;

  @Setup(Level.Trial)
  public void start() {
    Assembler a = new Assembler(START);
    a.label("block").push(Reg.RBX).mov(Reg.RBX, Reg.RDI).sub(Reg.RSP, 16);
    a.mov(Reg.RAX, Mem.qwordAt(Reg.RBX, 8)).mov(Reg.EDX, Mem.dwordAt(Reg.RAX, 64)).test(Reg.EDX, Reg.EDX);
    a.add(Reg.RAX, 32).mov(Mem.qwordAt(Reg.RSP, 8), Reg.RAX).movzx(Reg.ECX, Mem.byteAt(Reg.RBX, 3)).shl(Reg.RCX, 4);
    a.cmp(Reg.RCX, Reg.RDX).j(Condition.NE, "block");
    code = a.assemble();
    memory.write(START, code);
    vm = new SoftVm(
        new VmSpec("bench", memory, 1, CpuModel.PORTFIRE_V2), ExecutableMemory.SOURCE, false, Forgetting.IDLE_CODE, null);
    cpu = (Cpu) vm.vcpu(0);
    engine = vm.engine();
  }

  @TearDown(Level.Trial)
  public void end() {
    vm.close();
    memory.close();
  }

  /** One instruction, the mean over the block. */
  @Benchmark
  @OperationsPerInvocation(INSTRUCTIONS)
  public int decode() {
    int offset = 0;
    int count = 0;
    while (offset < code.length) {
      System.arraycopy(code, offset, decoder.bytes, 0, Math.min(Decoder.MAX_LENGTH, code.length - offset));
      instruction.offset = offset;
      offset += decoder.decode(instruction, Decoder.MODE_64);
      count++;
    }
    if (count != INSTRUCTIONS) {
      throw new IllegalStateException(count + " instructions");
    }
    return offset;
  }

  private Object translateBlock() {
    cpu.rip = START;
    for (; ; ) {
      Block block = new Block(Block.NOT_DECODED, 0, (long) START << 2 | Decoder.MODE_64, -1);
      TranslatedBlock t = engine.translate(cpu, block, Mmu.SUPERVISOR);
      if (t != null) {
        return t;
      }
      if (!engine.isFull()) {
        throw new IllegalStateException("not translated");
      }
      vm.emptyCode();
    }
  }

  /** The block. */
  @Benchmark
  @Fork(value = 1, jvmArgs = {"-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "-Dportfire.validate=false"})
  public Object translate() {
    return translateBlock();
  }

  /** The block, and the check of what was emitted. */
  @Benchmark
  @Fork(value = 1, jvmArgs = {"-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "-Dportfire.validate=true"})
  public Object translateAndValidate() {
    return translateBlock();
  }
}
