package dev.portfire.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class PortPumpTest {
  @Test
  void carriesOutput() throws InterruptedException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    PortPump pump = new PortPump("test", target);
    pump.start(() -> {});
    pump.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
    pump.awaitDrained();
    assertThat(target.toString(StandardCharsets.US_ASCII)).isEqualTo("hello");
    pump.end(false);
  }

  @Test
  void holdsTheDeviceBackWhenTheTargetBlocks() throws InterruptedException {
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch resumed = new CountDownLatch(1);
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    PortPump pump = new PortPump("test", new OutputStream() {
      @Override
      public void write(int value) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void write(byte[] data, int offset, int length) throws IOException {
        try {
          gate.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        target.write(data, offset, length);
      }
    });
    pump.start(resumed::countDown);
    ByteBuffer data = ByteBuffer.allocate(1 << 20);
    pump.write(data);
    assertThat(data.hasRemaining()).isTrue();
    gate.countDown();
    resumed.await();
    while (data.hasRemaining()) {
      pump.write(data);
      Thread.onSpinWait();
    }
    pump.awaitDrained();
    assertThat(target.size()).isEqualTo(1 << 20);
    pump.end(false);
  }

  @Test
  void throwsAwayWhatAFailedTargetCannotTake() throws InterruptedException {
    PortPump pump = new PortPump("test", new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        throw new IOException("closed");
      }
    });
    pump.start(() -> {});
    pump.write(ByteBuffer.allocate(100));
    pump.awaitDrained();
    ByteBuffer more = ByteBuffer.allocate(1 << 20);
    while (more.hasRemaining()) {
      pump.write(more);
      Thread.onSpinWait();
    }
    pump.awaitDrained();
    pump.end(false);
  }
}
