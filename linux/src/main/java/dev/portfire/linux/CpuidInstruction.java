package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.portfire.machine.HostCode;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Optional;

/** The instruction CPUID of the processor that the calling thread runs on (Intel SDM volume 2, CPUID). */
public final class CpuidInstruction implements AutoCloseable {
  /** What it leaves in the registers. */
  public record Registers(int eax, int ebx, int ecx, int edx) {}

  private static final int DATA = 2048;

  /**
   * {@code long f(int *registers)}: EAX and ECX are loaded from there, all four are stored. EBX belongs to the caller.
   */
  private static final byte[] CODE = {
    0x53, // push rbx
    (byte) 0x8b, 0x07, // mov eax, [rdi]
    (byte) 0x8b, 0x4f, 0x04, // mov ecx, [rdi + 4]
    0x0f, (byte) 0xa2, // cpuid
    (byte) 0x89, 0x07, // mov [rdi], eax
    (byte) 0x89, 0x5f, 0x04, // mov [rdi + 4], ebx
    (byte) 0x89, 0x4f, 0x08, // mov [rdi + 8], ecx
    (byte) 0x89, 0x57, 0x0c, // mov [rdi + 12], edx
    0x5b, // pop rbx
    (byte) 0xc3, // ret
  };

  private final HostCode code;
  private final MemorySegment registers;

  private CpuidInstruction(HostCode code) {
    this.code = code;
    this.registers = code.writable().asSlice(DATA, 16);
    MemorySegment.copy(CODE, 0, code.writable(), JAVA_BYTE, 0, CODE.length);
  }

  /** The instruction, if this processor has it and the host lets programs map machine code. */
  public static Optional<CpuidInstruction> find() {
    String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    if (!architecture.equals("amd64") && !architecture.equals("x86_64")) {
      return Optional.empty();
    }
    try {
      return Optional.of(new CpuidInstruction(ExecutableMemory.SOURCE.allocate(4096)));
    } catch (IllegalStateException e) {
      return Optional.empty();
    }
  }

  /** Executes it. Not for two threads at once. */
  public Registers execute(int leaf, int subleaf) {
    registers.set(JAVA_INT, 0, leaf);
    registers.set(JAVA_INT, 4, subleaf);
    long unused = RawCalls.execute(code.address(), registers.address());
    return new Registers(
        registers.get(JAVA_INT, 0), registers.get(JAVA_INT, 4), registers.get(JAVA_INT, 8), registers.get(JAVA_INT, 12));
  }

  @Override
  public void close() {
    code.close();
  }
}
