package dev.portfire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class SystemCallsTest {

  private static final int READ_WRITE = SystemCalls.PROT_READ | SystemCalls.PROT_WRITE;

  @Test
  void twoMappingsOfOneFileShowTheSameBytes() throws SystemCallException {
    int fd = SystemCalls.memfdCreate("portfire-test", SystemCalls.MFD_CLOEXEC, 8192);
    MemorySegment one = SystemCalls.mmap(0, 8192, READ_WRITE, SystemCalls.MAP_SHARED, fd, 0);
    MemorySegment two = SystemCalls.mmap(0, 4096, SystemCalls.PROT_READ, SystemCalls.MAP_SHARED, fd, 4096);
    SystemCalls.close(fd);
    one.set(ValueLayout.JAVA_INT, 4096, 0x12345678);
    assertThat(two.get(ValueLayout.JAVA_INT, 0)).isEqualTo(0x12345678);
    SystemCalls.mprotect(one, SystemCalls.PROT_READ);
    assertThat(one.get(ValueLayout.JAVA_INT, 4096)).isEqualTo(0x12345678);
    SystemCalls.munmap(one);
    SystemCalls.munmap(two);
  }

  @Test
  void failureNamesCallArgumentsAndError() {
    assertThatThrownBy(() -> SystemCalls.mmap(0x1234, 0, READ_WRITE, SystemCalls.MAP_SHARED, -1, 0))
        .isInstanceOf(SystemCallException.class)
        .hasMessage("mmap(0x1234, 0, 0x3, 0x1, -1, 0x0): Bad file descriptor (errno 9)");
    assertThatThrownBy(() -> SystemCalls.close(-7)).hasMessage("close(-7): Bad file descriptor (errno 9)");
  }
}
