package dev.portfire.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class Serial16550Test {
  private static final int DATA = 0;
  private static final int IER = 1;
  private static final int IIR = 2;
  private static final int FCR = 2;
  private static final int LCR = 3;
  private static final int MCR = 4;
  private static final int LSR = 5;
  private static final int MSR = 6;
  private static final int SCRATCH = 7;

  private final Level irq = new Level();
  private final StringBuilder output = new StringBuilder();
  private final Serial16550 serial = new Serial16550(irq, value -> output.append((char) value));

  private int read(int register) {
    return (int) serial.read(register, 1);
  }

  private void write(int register, int value) {
    serial.write(register, 1, value);
  }

  private int feed(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return serial.enqueue(bytes, 0, bytes.length);
  }

  @Test
  void sendsAtOnceAndIsAlwaysReadyForMore() {
    assertThat(read(LSR)).isEqualTo(0x60);
    for (char c : "hello".toCharArray()) {
      write(DATA, c);
    }
    assertThat(output).hasToString("hello");
    assertThat(read(LSR)).isEqualTo(0x60);
    assertThat(irq.rises()).isZero();
  }

  @Test
  void takesBytesOnly() {
    serial.write(DATA, 2, 0x4142);
    assertThat(output).hasToString("");
    assertThat(serial.read(LSR, 4)).isZero();
    assertThat(serial.counters().values()).isEqualTo(Map.of("missed_read_count", 1L, "missed_write_count", 1L));
  }

  @Test
  void theTransmitterInterruptsWhenEnabledAndAfterEachByte() {
    write(IER, 2);
    assertThat(irq.high()).isTrue();
    assertThat(read(IIR)).isEqualTo(0x02);
    assertThat(irq.high()).as("reading IIR clears it").isFalse();
    assertThat(read(IIR)).isEqualTo(0x01);
    write(DATA, 'x');
    assertThat(irq.high()).isTrue();
    write(DATA, 'y');
    assertThat(irq.rises()).as("each byte is an edge").isEqualTo(3);
    write(IER, 0);
    assertThat(irq.high()).isFalse();
    write(IER, 2);
    assertThat(irq.high()).as("enabling anew raises it anew").isTrue();
  }

  @Test
  void receivesWithInterruptAndFifo() {
    write(FCR, 0x81);
    write(IER, 1);
    assertThat(feed("abc")).isEqualTo(3);
    assertThat(irq.high()).isTrue();
    assertThat(read(IIR)).as("below the trigger level").isEqualTo(0xcc);
    feed("defgh");
    assertThat(read(IIR)).isEqualTo(0xc4);
    assertThat(read(LSR) & 1).isEqualTo(1);
    StringBuilder received = new StringBuilder();
    while ((read(LSR) & 1) != 0) {
      received.append((char) read(DATA));
    }
    assertThat(received).hasToString("abcdefgh");
    assertThat(irq.high()).isFalse();
    assertThat(read(DATA)).isZero();
  }

  @Test
  void inputBeyondTheFifoIsNotTaken() {
    write(FCR, 1);
    assertThat(serial.room()).isEqualTo(64);
    assertThat(feed("x".repeat(100))).isEqualTo(64);
    assertThat(feed("y")).isZero();
    int unused = read(DATA);
    assertThat(serial.room()).isEqualTo(1);
    assertThat(feed("yz")).isEqualTo(1);
  }

  @Test
  void withoutFifoOneByteWaits() {
    assertThat(feed("ab")).isEqualTo(1);
    assertThat(read(DATA)).isEqualTo('a');
  }

  @Test
  void anEmptyReceiverIsReported() {
    write(FCR, 1);
    int[] calls = new int[1];
    serial.onInputEmpty(() -> calls[0]++);
    feed("ab");
    int unused = read(DATA);
    assertThat(calls[0]).isZero();
    unused = read(DATA);
    assertThat(calls[0]).isEqualTo(1);
  }

  @Test
  void switchingOrClearingTheFifoDropsItsContents() {
    write(FCR, 1);
    feed("abc");
    write(FCR, 3);
    assertThat(read(LSR) & 1).isZero();
    feed("abc");
    write(FCR, 0);
    assertThat(read(LSR) & 1).isZero();
    assertThat(read(IIR) & 0xc0).isZero();
  }

  @Test
  void interruptsHaveTheDataSheetsPriorities() {
    write(FCR, 1);
    write(IER, 0xf);
    write(MCR, 0x1f);
    write(MCR, 0);
    feed("a");
    serial.sendBreak();
    assertThat(read(IIR)).isEqualTo(0xc6);
    assertThat(read(LSR) & 0x91).isEqualTo(0x91);
    assertThat(read(IIR)).isEqualTo(0xc4);
    int unused = read(DATA);
    unused = read(DATA);
    assertThat(read(IIR)).isEqualTo(0xc2);
    assertThat(read(IIR)).isEqualTo(0xc0);
    assertThat(read(MSR)).isEqualTo(0xb0 | 0x04);
    assertThat(read(IIR)).isEqualTo(0xc1);
  }

  @Test
  void loopbackTurnsDataAndModemLinesAround() {
    write(MCR, 0x10);
    int unused = read(MSR);
    write(DATA, 'q');
    assertThat(output).isEmpty();
    assertThat(read(DATA)).isEqualTo('q');
    write(MCR, 0x10 | 0x0a);
    assertThat(read(MSR) & 0xf0).as("RTS to CTS, OUT2 to DCD").isEqualTo(0x90);
    assertThat(feed("lost")).isEqualTo(4);
    assertThat(read(LSR) & 1).isZero();
  }

  @Test
  void anOverrunIsRecordedOnce() {
    write(MCR, 0x10);
    write(DATA, 'a');
    write(DATA, 'b');
    assertThat(read(LSR) & 3).isEqualTo(3);
    assertThat(read(LSR) & 3).isEqualTo(1);
    assertThat(read(DATA)).isEqualTo('a');
  }

  @Test
  void theDivisorHidesDataAndInterruptRegisters() {
    write(LCR, 0x83);
    write(DATA, 0x01);
    write(IER, 0x02);
    assertThat(read(DATA)).isEqualTo(1);
    assertThat(read(IER)).isEqualTo(2);
    write(LCR, 0x03);
    assertThat(output).isEmpty();
    assertThat(read(IER)).isZero();
    write(SCRATCH, 0x5a);
    assertThat(read(SCRATCH)).isEqualTo(0x5a);
  }

  @Nested
  class Snapshot extends SnapshotTest<Serial16550, Serial16550.State> {
    @Override
    protected Serial16550 fresh() {
      return new Serial16550(new Level(), value -> {});
    }

    @Override
    protected void disturb(Serial16550 device) {
      device.write(LCR, 1, 0x83);
      device.write(DATA, 1, 7);
      device.write(LCR, 1, 0x1b);
      device.write(FCR, 1, 0x41);
      device.write(IER, 1, 0xf);
      device.write(MCR, 1, 0x15);
      device.write(DATA, 1, 'l');
      device.write(MCR, 1, 0x0b);
      device.write(SCRATCH, 1, 9);
      int unused = device.enqueue(new byte[] {1, 2, 3}, 0, 3);
      device.sendBreak();
    }

    @Override
    protected void disturbAgain(Serial16550 device) {
      long unused = device.read(DATA, 1);
      device.write(SCRATCH, 1, 10);
    }

    @Test
    void anInterruptThatWaitsIsRaisedAgain() {
      Serial16550 source = fresh();
      disturb(source);
      Level line = new Level();
      new Serial16550(line, value -> {}).restore(source.save());
      assertThat(line.high()).isTrue();
    }
  }
}
