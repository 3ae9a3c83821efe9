package dev.portfire.softcpu;

import dev.portfire.machine.HostCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory that looks like executable memory. */
final class PretendedCode implements HostCode {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;

  /** How often code was entered. */
  int calls;

  PretendedCode(long bytes) {
    memory = arena.allocate(bytes, 4096);
  }

  @Override
  public MemorySegment writable() {
    return memory;
  }

  @Override
  public long address() {
    return 0x7f00_0000_0000L;
  }

  @Override
  public long call(long function, long first, long second) {
    calls++;
    // Of CPUID and XGETBV: a processor that has everything.
    return -1;
  }

  @Override
  public void release(long offset) {
    memory.asSlice(offset).fill((byte) 0);
  }

  @Override
  public void close() {
    arena.close();
  }
}
