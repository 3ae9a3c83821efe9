package dev.portfire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class OtherProcessIT {
  private static final int LENGTH = 4096;

  @Test
  void aDescriptorIsCopied() throws SystemCallException {
    int self = (int) ProcessHandle.current().pid();
    try (Descriptor file = Descriptor.of(SystemCalls.memfdCreate("shared", SystemCalls.MFD_CLOEXEC, LENGTH))) {
      MemorySegment mapped = file.mapWhileUsed(LENGTH);
      mapped.set(ValueLayout.JAVA_LONG, 8, 4711);
      Descriptor copy;
      try {
        copy = OtherProcess.take(self, file.fd());
      } catch (SystemCallException e) {
        Assumptions.abort("this kernel copies no descriptors: " + e.getMessage());
        throw e;
      }
      try (copy;
          Arena arena = Arena.ofConfined()) {
        assertThat(copy.fd()).isNotEqualTo(file.fd());
        MemorySegment buffer = arena.allocate(16, 8);
        assertThat(copy.read(buffer, 0)).isEqualTo(16);
        assertThat(buffer.get(ValueLayout.JAVA_LONG, 8)).isEqualTo(4711);
        // From where the last read ended, which is the beginning: pread moves nothing.
        assertThat(copy.read(buffer)).isEqualTo(16);
        assertThat(copy.read(buffer)).isEqualTo(16);
        assertThat(buffer.get(ValueLayout.JAVA_LONG, 8)).isZero();
      }
      mapped.set(ValueLayout.JAVA_LONG, 0, 1);
    }
  }

  @Test
  void whatIsNotThereIsNamed() throws IOException, InterruptedException {
    Process ended = new ProcessBuilder("true").start();
    assertThat(ended.waitFor()).isZero();
    assertThatThrownBy(() -> OtherProcess.take((int) ended.pid(), 1))
        .hasMessage("pidfd_open(%d): No such process (errno 3)".formatted(ended.pid()));
    int self = (int) ProcessHandle.current().pid();
    assertThatThrownBy(() -> OtherProcess.take(self, 99_999)).hasMessageStartingWith("pidfd_getfd(process " + self + ", 99999): ");
  }

  @Test
  void filesThatAreAllowedAlreadyNeedNoRight() throws SystemCallException {
    ProcessCalls.allowFiles(3);
  }

  @Test
  void whatIsNoTerminalIsNotTakenOver() throws SystemCallException {
    try (Descriptor file = Descriptor.open("/dev/null", Descriptor.O_RDWR | Descriptor.O_CLOEXEC)) {
      assertThatThrownBy(() -> Terminal.takeOver(file.fd())).hasMessageContaining("TCGETS").hasMessageContaining("errno 25");
    }
  }
}
