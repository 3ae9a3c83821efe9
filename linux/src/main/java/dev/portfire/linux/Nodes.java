package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Makes files that are more than bytes. */
public final class Nodes {
  private static final MethodHandle MKFIFO =
      SystemCalls.handle("mkfifo", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

  private Nodes() {}

  /**
   * Makes a FIFO, mkfifo(3).
   *
   * @param mode its permissions, of which the process's umask is taken away
   * @throws SystemCallException if it cannot be made, for example since the path exists
   */
  public static void mkfifo(String path, int mode) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      if ((int) MKFIFO.invokeExact(state, arena.allocateFrom(path), mode) != 0) {
        throw SystemCalls.failure("mkfifo(\"%s\", 0%o)".formatted(path, mode), state);
      }
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }
}
