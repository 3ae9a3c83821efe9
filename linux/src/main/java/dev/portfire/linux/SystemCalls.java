package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * The system calls that Portfire needs, through the C library. Constants are those of x86-64 Linux, from the headers
 * named beside them.
 */
@SuppressWarnings("restricted") // this module exists to make restricted calls
public final class SystemCalls {

  /** Pages may be read; {@code <sys/mman.h>}. */
  public static final int PROT_READ = 1;

  /** Pages may be written. */
  public static final int PROT_WRITE = 2;

  /** Pages may be executed. */
  public static final int PROT_EXEC = 4;

  /** Pages may not be touched. */
  public static final int PROT_NONE = 0;

  /** Writes reach the file and other mappings. */
  public static final int MAP_SHARED = 0x01;

  /** Advice: free these pages and what is behind them; {@code <linux/mman.h>}. */
  public static final int MADV_REMOVE = 9;

  /** Writes stay in this mapping. */
  public static final int MAP_PRIVATE = 0x02;

  /** The mapping has no file. */
  public static final int MAP_ANONYMOUS = 0x20;

  /** Do not reserve swap space. */
  public static final int MAP_NORESERVE = 0x4000;

  /** Pages that were set aside (hugetlbfs). */
  public static final int MAP_HUGETLB = 0x40000;

  /** With {@link #MAP_HUGETLB}: of 2 MiB each. */
  public static final int MAP_HUGE_2MB = 21 << 26;

  /** Advice: pages of 2 MiB are welcome. */
  public static final int MADV_HUGEPAGE = 14;

  /** Map exactly at the address, which must be free. */
  public static final int MAP_FIXED_NOREPLACE = 0x100000;

  /** Map exactly at the address, in place of what is there. */
  public static final int MAP_FIXED = 0x10;

  /** The pages' contents are not needed any more: they read as zeros, or as the file, afterwards. */
  public static final int MADV_DONTNEED = 4;

  /** Write the pages to their file and wait until that is done. */
  public static final int MS_SYNC = 4;

  /** Close the descriptor on exec; {@code <linux/memfd.h>}. */
  public static final int MFD_CLOEXEC = 1;

  /** The handler takes three arguments; {@code <asm/signal.h>}. */
  public static final int SA_SIGINFO = 4;

  /** The handler runs on the alternate stack. */
  public static final int SA_ONSTACK = 0x08000000;

  /** Signal: illegal instruction. */
  public static final int SIGILL = 4;

  /** Signal: breakpoint or single step. */
  public static final int SIGTRAP = 5;

  /** Signal: bus error. */
  public static final int SIGBUS = 7;

  /** Signal: arithmetic error. */
  public static final int SIGFPE = 8;

  /** Signal: invalid memory reference. */
  public static final int SIGSEGV = 11;

  static final Linker LINKER = Linker.nativeLinker();
  static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
  private static final long ERRNO_OFFSET = ERRNO_LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  /** What a microVM does without: linking a call takes about 10 ms of a cold JVM. */
  private static final class Seldom {
    static final MethodHandle SIGALTSTACK =
        handle("sigaltstack", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    static final MethodHandle STRERROR =
        LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
  }

  /** Size of {@code struct sigaction} of the C library, and the places of its members. */
  private static final int SIGACTION_SIZE = 152;

  private static final int SIGACTION_FLAGS = 136;

  private SystemCalls() {}

  /** A function with variable arguments: those from {@code first} on are the variable ones. */
  static MethodHandle variadic(String name, int first, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        descriptor,
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(first));
  }

  static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), descriptor, Linker.Option.captureCallState("errno"));
  }

  /** The error number that a call has left. */
  static int errno(MemorySegment state) {
    return state.get(JAVA_INT, ERRNO_OFFSET);
  }

  static SystemCallException failure(String call, MemorySegment state) {
    int errno = errno(state);
    return new SystemCallException(call, errno, describe(errno));
  }

  /** The text of an error number. */
  public static String describe(int errno) {
    try {
      MemorySegment text = (MemorySegment) Seldom.STRERROR.invokeExact(errno);
      return text.reinterpret(256).getString(0);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Downcall handles throw nothing of their own but what is wrong with the program. */
  static AssertionError impossible(Throwable e) {
    return new AssertionError(e);
  }

  /**
   * Maps memory.
   *
   * @param address where, or 0
   * @return a segment over the mapping, which lives until {@link #munmap}
   */
  public static MemorySegment mmap(long address, long length, int protection, int flags, int fd, long offset)
      throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_LAYOUT);
      long result = RawCalls.make(state, RawCalls.MMAP, address, length, protection, flags, fd, offset);
      if (result == -1) {
        throw failure(
            "mmap(0x%x, %d, 0x%x, 0x%x, %d, 0x%x)".formatted(address, length, protection, flags, fd, offset), state);
      }
      return MemorySegment.ofAddress(result).reinterpret(length);
    }
  }

  /** Removes a mapping; the segment must not be used afterwards. */
  public static void munmap(MemorySegment mapping) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_LAYOUT);
      if (RawCalls.make(state, RawCalls.MUNMAP, mapping.address(), mapping.byteSize(), 0) != 0) {
        throw failure("munmap(0x%x, %d)".formatted(mapping.address(), mapping.byteSize()), state);
      }
    }
  }

  /** Changes the protection of mapped pages. */
  public static void mprotect(MemorySegment pages, int protection) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_LAYOUT);
      if (RawCalls.make(state, RawCalls.MPROTECT, pages.address(), pages.byteSize(), protection) != 0) {
        throw failure("mprotect(0x%x, %d, 0x%x)".formatted(pages.address(), pages.byteSize(), protection), state);
      }
    }
  }

  /** Tells the kernel what pages are used for. */
  public static void madvise(MemorySegment pages, int advice) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_LAYOUT);
      if (RawCalls.make(state, RawCalls.MADVISE, pages.address(), pages.byteSize(), advice) != 0) {
        throw failure("madvise(0x%x, %d, %d)".formatted(pages.address(), pages.byteSize(), advice), state);
      }
    }
  }

  /** Writes mapped pages to their file. */
  public static void msync(MemorySegment pages, int flags) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_LAYOUT);
      if (RawCalls.make(state, RawCalls.MSYNC, pages.address(), pages.byteSize(), flags) != 0) {
        throw failure("msync(0x%x, %d, %d)".formatted(pages.address(), pages.byteSize(), flags), state);
      }
    }
  }

  /** Creates an anonymous file of {@code length} zero bytes and returns its descriptor. */
  public static int memfdCreate(String name, int flags, long length) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_LAYOUT);
      int fd = (int) RawCalls.make(state, RawCalls.MEMFD_CREATE, arena.allocateFrom(name).address(), flags, 0);
      if (fd < 0) {
        throw failure("memfd_create(\"%s\", 0x%x)".formatted(name, flags), state);
      }
      if (RawCalls.make(state, RawCalls.FTRUNCATE, fd, length, 0) != 0) {
        SystemCallException e = failure("ftruncate(%d, %d)".formatted(fd, length), state);
        close(fd);
        throw e;
      }
      return fd;
    }
  }

  /** Closes a descriptor. */
  public static void close(int fd) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_LAYOUT);
      if (RawCalls.make(state, RawCalls.CLOSE, fd, 0, 0) != 0) {
        throw failure("close(%d)".formatted(fd), state);
      }
    }
  }

  /**
   * Replaces the handler of a signal.
   *
   * @param handler address of machine code for {@code void (int, siginfo_t *, void *)}
   * @param flags {@code SA_} flags
   * @return address of the handler before; 0 is the default action, 1 means ignored
   */
  public static long sigaction(int signal, long handler, int flags) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_LAYOUT);
      MemorySegment action = arena.allocate(SIGACTION_SIZE, 8);
      MemorySegment old = arena.allocate(SIGACTION_SIZE, 8);
      action.set(JAVA_LONG, 0, handler);
      action.set(JAVA_INT, SIGACTION_FLAGS, flags);
      if (RawCalls.function(state, "sigaction", signal, action.address(), old.address()) != 0) {
        throw failure("sigaction(%d, {0x%x, 0x%x})".formatted(signal, handler, flags), state);
      }
      return old.get(JAVA_LONG, 0);
    }
  }

  /** The address of a signal's handler; 0 is the default action, 1 means ignored. */
  static long handler(int signal) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_LAYOUT);
      MemorySegment action = arena.allocate(SIGACTION_SIZE, 8);
      if (RawCalls.function(state, "sigaction", signal, 0, action.address()) != 0) {
        throw failure("sigaction(%d, NULL)".formatted(signal), state);
      }
      return action.get(JAVA_LONG, 0);
    }
  }

  /** Gives the calling thread a stack for handlers installed with {@link #SA_ONSTACK}. */
  public static void sigaltstack(MemorySegment stack) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_LAYOUT);
      MemorySegment description = arena.allocate(24, 8);
      description.set(JAVA_LONG, 0, stack.address());
      description.set(JAVA_LONG, 16, stack.byteSize());
      if ((int) Seldom.SIGALTSTACK.invokeExact(state, description, MemorySegment.NULL) != 0) {
        throw failure("sigaltstack({0x%x, %d})".formatted(stack.address(), stack.byteSize()), state);
      }
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }
}
