package dev.portfire.testing.vectors;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Executes single instructions on the host's CPU. Every run ends with a signal: a breakpoint after the instruction,
 * or the instruction's own fault. A handler in machine code takes the state from the signal's frame.
 *
 * <p>This is a loaded gun: an instruction that stores anywhere but into the data pages destroys the process. Use it
 * in a process of its own, on one thread, and never give it system calls.
 */
public final class HostCpu {

  /**
   * Flags of the JVM: its class space, otherwise placed at random below 4 GiB, must not get in the way of the pages.
   */
  public static final List<String> JVM_FLAGS =
      List.of(
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:ArchiveRelocationMode=0",
          "-XX:+UseSerialGC",
          "-Xmx256m",
          "--enable-native-access=ALL-UNNAMED");

  /** Assembled from {@code hostcpu.asm}, which explains it. */
  private static final String CODE =
      "535541544155415641574883ec18d93c240fae5c24084889a78800000048893ddc0f0000b82b0000008ed88ec0b80700"
          + "000031d2480faeafc0000000ffb7800000009d488b07488b4f08488b5710488b5f18488b6720488b6f28488b77304c8b"
          + "47404c8b4f484c8b57504c8b5f584c8b67604c8b6f684c8b77704c8b7f78488b7f38ff2d880f0000dbe3d92c240fae54"
          + "24084883c418415f415e415d415c5d5bc390909090909090909090909090909090909090909090909090909090909090"
          + "909090909090909090909090909090909090909090909090909090909090909090909090909090909090909090909090"
          + "909090909090909090909090909090904c8b05f90e00004d85c0747f488b4210483b05f10e000075724989b890000000"
          + "4989d14989f2498d7128498db800040000b917000000fcf348a5498bb1e0000000498db8c0040000b968000000f348a5"
          + "488d0531ffffff498981a8000000498b8088000000498981a000000049c781b0000000020200006641c781b800000033"
          + "0031c0488905760e0000c3488d05ae0e00004189f842ff24c0";

  private static final long STUB_BASE = 0x1000_0000L;
  private static final int HANDLER = 0x100;
  private static final int PAGE = 4096;

  private static final int DATA_RUNNER = 8;
  private static final int DATA_SUBJECT = 16;
  private static final int DATA_OLD_HANDLERS = 64;

  /** Linux's code segments. */
  private static final short CS_64 = 0x33;

  private static final short CS_32 = 0x23;

  private static final int IN_FLAGS = 128;
  private static final int IN_FX = 192;
  private static final int OUT_GREGS = 1024;
  private static final int OUT_FX = 1216;

  /** In an XSAVE area: which components it has, and the upper halves of the YMM registers. */
  private static final int HEADER = 512;

  private static final int UPPER = 576;

  /** What Linux says that the processor has. */
  private static final Set<String> FEATURES = features();

  /** Places of the registers, in the order of their encodings, among the signal frame's. */
  private static final int[] GREG = {13, 14, 12, 11, 15, 10, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7};

  private static final int GREG_RIP = 16;
  private static final int GREG_FLAGS = 17;
  private static final int GREG_ERROR = 19;
  private static final int GREG_TRAP = 20;
  private static final int GREG_CR2 = 22;

  private static final int BREAKPOINT = 3;

  /** Flags of a new process: interrupts on, and the bit that is always one. */
  private static final long USER_FLAGS = 0x202;

  private final MemorySegment data;
  private final MemorySegment state;
  private final MemorySegment code;
  private final MemorySegment memory;
  private final MethodHandle run;
  private final byte[] breakpoints = new byte[CpuSlots.CODE_BYTES];

  private HostCpu(
      MemorySegment data, MemorySegment state, MemorySegment code, MemorySegment memory, MethodHandle run) {
    this.data = data;
    this.state = state;
    this.code = code;
    this.memory = memory;
    this.run = run;
    Arrays.fill(breakpoints, (byte) 0xcc);
  }

  /** Whether this machine can do it. */
  public static boolean isAvailable() {
    return System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64");
  }

  /** Maps the pages and installs the handlers, once in a process; only the calling thread may run instructions. */
  @SuppressWarnings("restricted") // entering machine code is what this class is for
  public static HostCpu open() throws SystemCallException {
    byte[] stubCode = HexFormat.of().parseHex(CODE);
    int readWrite = SystemCalls.PROT_READ | SystemCalls.PROT_WRITE;
    MemorySegment stub = map(STUB_BASE, 2 * PAGE, readWrite);
    MemorySegment.copy(stubCode, 0, stub, JAVA_BYTE, 0, stubCode.length);
    int fd = SystemCalls.memfdCreate("portfire-instruction", SystemCalls.MFD_CLOEXEC, CpuSlots.CODE_BYTES);
    MemorySegment code = SystemCalls.mmap(0, CpuSlots.CODE_BYTES, readWrite, SystemCalls.MAP_SHARED, fd, 0);
    SystemCalls.mmap(
        CpuSlots.CODE_BASE,
        CpuSlots.CODE_BYTES,
        SystemCalls.PROT_READ | SystemCalls.PROT_EXEC,
        SystemCalls.MAP_SHARED | SystemCalls.MAP_FIXED_NOREPLACE,
        fd,
        0);
    SystemCalls.close(fd);
    MemorySegment data = map(CpuSlots.DATA_BASE, 2 * PAGE, readWrite);
    MemorySegment readOnly = map(CpuSlots.READ_ONLY_BASE, PAGE, SystemCalls.PROT_READ);
    if (readOnly.get(JAVA_BYTE, 0) != 0) {
      // Reading makes the page present, so that a write is a violation and not the first touch.
      throw new AssertionError("a new page is not zero");
    }
    MemorySegment stack = map(0, 64 * 1024, readWrite);
    MemorySegment state = map(0, PAGE, readWrite);
    SystemCalls.sigaltstack(stack);
    stub.set(JAVA_LONG, PAGE + DATA_RUNNER, stack.address());
    SystemCalls.mprotect(stub.asSlice(0, PAGE), SystemCalls.PROT_READ | SystemCalls.PROT_EXEC);
    int[] signals = {
      SystemCalls.SIGILL, SystemCalls.SIGTRAP, SystemCalls.SIGBUS, SystemCalls.SIGFPE, SystemCalls.SIGSEGV
    };
    for (int signal : signals) {
      long old =
          SystemCalls.sigaction(signal, STUB_BASE + HANDLER, SystemCalls.SA_SIGINFO | SystemCalls.SA_ONSTACK);
      stub.set(JAVA_LONG, PAGE + DATA_OLD_HANDLERS + 8L * signal, old);
    }
    MethodHandle run =
        Linker.nativeLinker()
            .downcallHandle(MemorySegment.ofAddress(STUB_BASE), FunctionDescriptor.ofVoid(JAVA_LONG));
    stub.set(JAVA_INT_UNALIGNED, PAGE + DATA_SUBJECT, (int) CpuSlots.CODE_START);
    MemorySegment memory = data.asSlice(CpuSlots.MEMORY_BASE - CpuSlots.DATA_BASE, CpuSlots.MEMORY_BYTES);
    return new HostCpu(stub.asSlice(PAGE), state, code, memory, run);
  }

  private static MemorySegment map(long address, long length, int protection) throws SystemCallException {
    int flags = SystemCalls.MAP_PRIVATE | SystemCalls.MAP_ANONYMOUS;
    return SystemCalls.mmap(
        address, length, protection, address == 0 ? flags : flags | SystemCalls.MAP_FIXED_NOREPLACE, -1, 0);
  }

  /**
   * Executes one instruction.
   *
   * @param instruction its bytes
   * @param legacy whether it is 32-bit code
   * @param before the state before, see {@link CpuSlots}
   * @param after receives the state after
   */
  public void run(byte[] instruction, boolean legacy, long[] before, long[] after) {
    data.set(JAVA_SHORT_UNALIGNED, DATA_SUBJECT + 4, legacy ? CS_32 : CS_64);
    MemorySegment.copy(breakpoints, 0, code, JAVA_BYTE, 0, breakpoints.length);
    MemorySegment.copy(
        instruction, 0, code, JAVA_BYTE, CpuSlots.CODE_START - CpuSlots.CODE_BASE, instruction.length);
    MemorySegment.copy(before, CpuSlots.MEMORY, memory, JAVA_LONG, 0, CpuSlots.MEMORY_BYTES / 8);
    MemorySegment.copy(before, CpuSlots.GPR, state, JAVA_LONG, 0, 16);
    state.set(JAVA_LONG, IN_FLAGS, before[CpuSlots.FLAGS] | USER_FLAGS);
    putFx(before);
    enter();
    for (int i = 0; i < 16; i++) {
      long value = greg(GREG[i]);
      after[CpuSlots.GPR + i] = legacy ? value & 0xffff_ffffL : value;
    }
    after[CpuSlots.FLAGS] = greg(GREG_FLAGS);
    after[CpuSlots.RIP] = greg(GREG_RIP);
    after[CpuSlots.VECTOR] = greg(GREG_TRAP);
    after[CpuSlots.ERROR] = greg(GREG_ERROR);
    after[CpuSlots.CR2] = greg(GREG_TRAP) == 14 ? greg(GREG_CR2) : 0;
    getFx(after);
    MemorySegment.copy(memory, JAVA_LONG, 0, after, CpuSlots.MEMORY, CpuSlots.MEMORY_BYTES / 8);
    long next = after[CpuSlots.RIP] - 1;
    if (after[CpuSlots.VECTOR] == BREAKPOINT && !(next == CpuSlots.CODE_START && (instruction[0] & 0xff) == 0xcc)) {
      // Not the instruction's own breakpoint but the one it ran into.
      after[CpuSlots.RIP] = next;
      after[CpuSlots.VECTOR] = CpuSlots.NO_FAULT;
    }
  }

  private void enter() {
    try {
      run.invokeExact(state.address());
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private long greg(int i) {
    return state.get(JAVA_LONG, OUT_GREGS + 8L * i);
  }

  private void putFx(long[] slots) {
    state.set(JAVA_SHORT_UNALIGNED, IN_FX, (short) slots[CpuSlots.FCW]);
    state.set(JAVA_SHORT_UNALIGNED, IN_FX + 2, (short) slots[CpuSlots.FSW]);
    state.set(JAVA_SHORT_UNALIGNED, IN_FX + 4, (short) slots[CpuSlots.FTW]);
    state.set(JAVA_INT_UNALIGNED, IN_FX + 24, (int) slots[CpuSlots.MXCSR]);
    for (int i = 0; i < 16; i++) {
      state.set(JAVA_LONG_UNALIGNED, IN_FX + 32 + 8L * i, slots[CpuSlots.ST + i]);
    }
    MemorySegment.copy(slots, CpuSlots.XMM, state, JAVA_LONG, IN_FX + 160, 32);
    MemorySegment.copy(slots, CpuSlots.UPPER, state, JAVA_LONG, IN_FX + UPPER, 32);
    state.set(JAVA_LONG, IN_FX + HEADER, FEATURES.contains("avx") ? 7L : 3L);
  }

  /** Whether this machine's processor has what a row of the table needs. */
  static boolean has(String feature) {
    return switch (feature) {
      case "LZCNT" -> FEATURES.contains("abm");
      case "SHA" -> FEATURES.contains("sha_ni");
      case "XSAVEC" -> FEATURES.contains("xsavec");
      case "AVX", "AVX2", "BMI1", "BMI2", "FMA", "F16C", "AES", "PCLMULQDQ", "MOVBE", "ADX" ->
          FEATURES.contains(feature.toLowerCase(Locale.ROOT));
      default -> true;
    };
  }

  private static Set<String> features() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return Set.copyOf(lines.filter(l -> l.startsWith("flags"))
          .findFirst()
          .map(l -> List.of(l.substring(l.indexOf(':') + 1).strip().split(" ")))
          .orElse(List.of()));
    } catch (IOException e) {
      return Set.of();
    }
  }

  private void getFx(long[] slots) {
    slots[CpuSlots.FCW] = state.get(JAVA_SHORT_UNALIGNED, OUT_FX) & 0xffff;
    slots[CpuSlots.FSW] = state.get(JAVA_SHORT_UNALIGNED, OUT_FX + 2) & 0xffff;
    slots[CpuSlots.FTW] = state.get(JAVA_SHORT_UNALIGNED, OUT_FX + 4) & 0xff;
    slots[CpuSlots.MXCSR] = state.get(JAVA_INT_UNALIGNED, OUT_FX + 24);
    for (int i = 0; i < 16; i++) {
      long value = state.get(JAVA_LONG_UNALIGNED, OUT_FX + 32 + 8L * i);
      slots[CpuSlots.ST + i] = (i & 1) == 0 ? value : value & 0xffff;
    }
    MemorySegment.copy(state, JAVA_LONG, OUT_FX + 160, slots, CpuSlots.XMM, 32);
    long present = state.get(JAVA_LONG, OUT_FX + HEADER);
    if ((present & 2) == 0) {
      Arrays.fill(slots, CpuSlots.XMM, CpuSlots.XMM + 32, 0);
    }
    if ((present & 4) != 0) {
      MemorySegment.copy(state, JAVA_LONG, OUT_FX + UPPER, slots, CpuSlots.UPPER, 32);
    } else {
      Arrays.fill(slots, CpuSlots.UPPER, CpuSlots.UPPER + 32, 0);
    }
  }
}
