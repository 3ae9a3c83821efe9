package dev.portfire.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class OutputBufferTest {
  @Test
  void givesBackWhatWasPutInOrder() throws IOException {
    OutputBuffer buffer = new OutputBuffer(100_000);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 9_000; i++) {
        buffer.put(i);
      }
      byte[] read = buffer.readNBytes(9_000);
      for (int i = 0; i < read.length; i++) {
        assertThat(read[i]).isEqualTo((byte) i);
      }
    }
    assertThat(buffer.lost()).isZero();
  }

  @Test
  void losesWhatDoesNotFit() throws IOException {
    OutputBuffer buffer = new OutputBuffer(5_000);
    for (int i = 0; i < 6_000; i++) {
      buffer.put(i);
    }
    assertThat(buffer.lost()).isEqualTo(1_000);
    buffer.end();
    assertThat(buffer.readAllBytes()).hasSize(5_000);
  }

  @Test
  void waitsForOutputAndEnds() throws InterruptedException {
    OutputBuffer buffer = new OutputBuffer(100);
    Thread writer = Thread.ofVirtual().start(() -> {
      buffer.put('a');
      buffer.end();
    });
    assertThat(buffer).hasContent("a");
    writer.join();
    buffer.put('b');
    assertThat(buffer.available()).isZero();
  }
}
