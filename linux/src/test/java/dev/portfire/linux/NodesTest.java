package dev.portfire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodesTest {
  @TempDir
  Path directory;

  @Test
  void aFifoIsMadeOnce() throws Exception {
    Path fifo = directory.resolve("fifo");
    Nodes.mkfifo(fifo.toString(), 0700);
    assertThat(Files.readAttributes(fifo, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fifo))).isEqualTo("rwx------");
    assertThatThrownBy(() -> Nodes.mkfifo(fifo.toString(), 0700))
        .hasMessage("mkfifo(\"" + fifo + "\", 0700): File exists (errno 17)");
  }

  @Test
  void aSignalGoesToOneProcess() throws Exception {
    ProcessCalls.kill((int) ProcessHandle.current().pid(), 0);
    assertThatThrownBy(() -> ProcessCalls.kill(0, 0)).isInstanceOf(IllegalArgumentException.class);
    // Process numbers end at 2^22.
    assertThatThrownBy(() -> ProcessCalls.kill(1 << 23, 0))
        .hasMessage("kill(8388608, 0): No such process (errno 3)");
  }
}
