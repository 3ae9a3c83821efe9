package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class ExecutableMemoryTest {
  @Test
  void releasedPagesAreZeroAndTheirNeighboursAreNot() {
    MemorySegment data = ExecutableMemory.SOURCE.allocateData(4 * 4096);
    assertThat(data.mismatch(MemorySegment.ofArray(new byte[4 * 4096]))).isEqualTo(-1);
    data.fill((byte) 1);
    ExecutableMemory.SOURCE.releaseData(data.asSlice(100, 2 * 4096));
    for (int at = 0; at < 4 * 4096; at++) {
      assertThat(data.get(JAVA_BYTE, at)).as("byte %d", at).isEqualTo((byte) (at >> 12 == 1 ? 0 : 1));
    }
    ExecutableMemory.SOURCE.releaseData(data.asSlice(1, 4095));
    assertThat(data.get(JAVA_BYTE, 1)).as("less than a page").isEqualTo((byte) 1);
  }
}
