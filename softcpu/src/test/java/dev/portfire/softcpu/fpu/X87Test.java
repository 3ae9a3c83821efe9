package dev.portfire.softcpu.fpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class X87Test {

  private final ByteBuffer memory = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
  private final X87 x87 = new X87();
  private boolean faulty;

  /** Memory that faults on request. */
  private final class Memory implements X87.Operand {
    private int at(int displacement) {
      if (faulty) {
        throw new IllegalStateException("page fault");
      }
      return displacement;
    }

    @Override
    public int load16(int displacement) {
      return memory.getShort(at(displacement)) & 0xffff;
    }

    @Override
    public int load32(int displacement) {
      return memory.getInt(at(displacement));
    }

    @Override
    public long load64(int displacement) {
      return memory.getLong(at(displacement));
    }

    @Override
    public void store16(int displacement, int value) {
      memory.putShort(at(displacement), (short) value);
    }

    @Override
    public void store32(int displacement, int value) {
      memory.putInt(at(displacement), value);
    }

    @Override
    public void store64(int displacement, long value) {
      memory.putLong(at(displacement), value);
    }

    @Override
    public long offset() {
      return 0;
    }

    @Override
    public boolean size16() {
      return false;
    }
  }

  private final Memory operand = new Memory();

  private void run(int opcode, int modrm) {
    x87.execute(opcode, modrm, operand, 0, 0);
  }

  private void load(double value) {
    memory.putDouble(0, value);
    run(0xdd, 0x00);
  }

  private String st0() {
    byte[] image = new byte[512];
    x87.saveImage(image, true);
    ByteBuffer b = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    return "%04x:%016x".formatted(b.getShort(40) & 0xffff, b.getLong(32));
  }

  private int top() {
    return x87.statusWord() >> 11 & 7;
  }

  @Test
  void divisionHas64Bits() {
    load(1);
    load(3);
    run(0xde, 0xf9);
    assertThat(st0()).isEqualTo("3ffd:aaaaaaaaaaaaaaab");
    assertThat(top()).isEqualTo(7);
  }

  @Test
  void constantsFollowTheRoundingMode() {
    run(0xd9, 0xeb);
    assertThat(st0()).isEqualTo("4000:c90fdaa22168c235");
    memory.putShort(0, (short) (X87.CONTROL_RESET | SoftFloat.DOWN << 10));
    run(0xd9, 0x28);
    run(0xd9, 0xeb);
    assertThat(st0()).isEqualTo("4000:c90fdaa22168c234");
  }

  @Test
  void functionsAreCorrectlyRounded() {
    load(1);
    run(0xd9, 0xfe);
    // sin(1) = 0.8414709848078965066525..., atan2(1, 1) = pi / 4, log2(10).
    assertThat(st0()).isEqualTo("3ffe:d76aa47848677021");
    load(1);
    load(1);
    run(0xd9, 0xf3);
    assertThat(st0()).isEqualTo("3ffe:c90fdaa22168c235");
    load(1);
    load(10);
    run(0xd9, 0xf1);
    assertThat(st0()).isEqualTo("4000:d49a784bcd1b8afe");
  }

  @Test
  void stackFaultsGiveTheIndefinite() {
    run(0xd8, 0xc1);
    assertThat(x87.statusWord() & 0x241).isEqualTo(0x41);
    assertThat(st0()).isEqualTo("ffff:c000000000000000");
    for (int i = 0; i < 8; i++) {
      load(i);
    }
    assertThat(x87.statusWord() & 0x241).isEqualTo(0x241);
  }

  @Test
  void memoryFaultChangesNothing() {
    load(1.5);
    byte[] before = new byte[512];
    x87.saveImage(before, true);
    faulty = true;
    int[][] instructions = {
      {0xd9, 0x00}, {0xd8, 0x00}, {0xdd, 0x18}, {0xdb, 0x38}, {0xdf, 0x30}, {0xdd, 0x20}, {0xdd, 0x30}
    };
    for (int[] i : instructions) {
      assertThatThrownBy(() -> run(i[0], i[1])).isInstanceOf(IllegalStateException.class);
      byte[] after = new byte[512];
      x87.saveImage(after, true);
      assertThat(after).as("%x %x", i[0], i[1]).isEqualTo(before);
    }
  }

  @Test
  void unmaskedExceptionStaysPending() {
    memory.putShort(0, (short) (X87.CONTROL_RESET & ~SoftFloat.ZE));
    run(0xd9, 0x28);
    load(1);
    load(0);
    run(0xde, 0xf9);
    assertThat(x87.exceptionPending()).isTrue();
    assertThat(x87.statusWord() & 0x8080).isEqualTo(0x8080);
    // Nothing was stored or popped.
    assertThat(st0()).isEqualTo("0000:0000000000000000");
    assertThat(top()).isEqualTo(6);
    run(0xdb, 0xe2);
    assertThat(x87.exceptionPending()).isFalse();
  }

  @Test
  void environmentSurvivesSaveAndRestore() {
    load(Math.E);
    load(Math.PI);
    byte[] before = new byte[512];
    x87.saveImage(before, true);
    run(0xdd, 0x30);
    assertThat(x87.controlWord()).isEqualTo(X87.CONTROL_RESET);
    assertThat(top()).isZero();
    run(0xdd, 0x20);
    byte[] after = new byte[512];
    x87.saveImage(after, true);
    assertThat(after).isEqualTo(before);
  }

  @Test
  void mmxRegistersAreTheSignificands() {
    load(1);
    x87.setMmx(3, 0x1234);
    assertThat(top()).isZero();
    assertThat(x87.mmx(3)).isEqualTo(0x1234);
    x87.emms();
    byte[] image = new byte[512];
    x87.saveImage(image, true);
    assertThat(image[4]).isZero();
    assertThat(image[32 + 3 * 16 + 8]).isEqualTo((byte) 0xff);
  }

  @Test
  void decimalNumbersGoBothWays() {
    load(-1234567890123456.0);
    run(0xdf, 0x30);
    assertThat(memory.getLong(0)).isEqualTo(0x1234567890123456L);
    assertThat(memory.getShort(8)).isEqualTo((short) 0x8000);
    run(0xdf, 0x20);
    run(0xdf, 0x38);
    assertThat(memory.getLong(0)).isEqualTo(-1234567890123456L);
  }
}
