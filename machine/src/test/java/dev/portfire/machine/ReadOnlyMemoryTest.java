package dev.portfire.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Pieces of guest memory that the guest cannot write. */
class ReadOnlyMemoryTest {
  @Test
  void aReadOnlyPieceHasNoWritableOffset() {
    try (GuestMemory memory = GuestMemory.allocate(0x10000)) {
      memory.setReadOnly(0x3000, 0x2000);
      assertThat(memory.writableOffset(0x2fff)).isEqualTo(0x2fff);
      assertThat(memory.writableOffset(0x3000)).isEqualTo(-1);
      assertThat(memory.writableOffset(0x4fff)).isEqualTo(-1);
      assertThat(memory.writableOffset(0x5000)).isEqualTo(0x5000);
      assertThat(memory.writableOffset(0x10000)).isEqualTo(-1);
      assertThat(memory.hostOffset(0x3000)).isEqualTo(0x3000);
      memory.writeByte(0x3000, 7);
      assertThat(memory.readByte(0x3000)).isEqualTo(7);
    }
  }

  @Test
  void piecesAreKeptInOrder() {
    try (GuestMemory memory = GuestMemory.allocate(0x10000)) {
      memory.setReadOnly(0x8000, 0x1000);
      memory.setReadOnly(0x1000, 0x1000);
      assertThat(memory.readOnly())
          .containsExactly(new GuestMemory.Range(0x1000, 0x1000), new GuestMemory.Range(0x8000, 0x1000));
    }
  }

  @Test
  void whatIsNoPieceOfMemoryIsRefused() {
    try (GuestMemory memory = GuestMemory.allocate(0x10000)) {
      memory.setReadOnly(0x4000, 0x2000);
      for (long[] bad : new long[][] {{0x1001, 0x1000}, {0x1000, 0x800}, {0x1000, 0}, {0xf000, 0x2000}, {-0x1000, 0x1000}}) {
        assertThatThrownBy(() -> memory.setReadOnly(bad[0], bad[1])).isInstanceOf(IllegalArgumentException.class);
      }
      assertThatThrownBy(() -> memory.setReadOnly(0x5000, 0x2000)).hasMessageContaining("read-only already");
    }
  }
}
