package dev.portfire.softcpu;

import static dev.portfire.softcpu.HostAssembler.NONE;
import static dev.portfire.softcpu.HostAssembler.RAX;
import static dev.portfire.softcpu.HostAssembler.RBP;
import static dev.portfire.softcpu.HostAssembler.RCX;
import static dev.portfire.softcpu.HostAssembler.RDX;
import static dev.portfire.softcpu.HostAssembler.RSI;
import static dev.portfire.softcpu.HostAssembler.RSP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Encodings, as GNU as gives them. */
class HostAssemblerTest {

  private static String bytes(Consumer<HostAssembler> emit) {
    HostAssembler a = new HostAssembler();
    emit.accept(a);
    return HexFormat.of().formatHex(Arrays.copyOf(a.bytes, a.position));
  }

  @Test
  void instructionsThatLeaveTheFlagsAlone() {
    assertThat(bytes(a -> a.pext(RCX, 15, RSP, 0x44))).isEqualTo("c4e282f54c2444");
    assertThat(bytes(a -> a.pext(9, RAX, RSP, 0x200))).isEqualTo("c462faf58c2400020000");
    assertThat(bytes(a -> a.shrx(RCX, RCX, RSP))).isEqualTo("c4e2dbf7c9");
    assertThat(bytes(a -> a.shrx(10, 9, RCX))).isEqualTo("c442f3f7d1");
    assertThat(bytes(a -> a.sarx(RDX, 11, RCX))).isEqualTo("c4c2f2f7d3");
    assertThat(bytes(a -> a.rorx(RCX, 9, 8))).isEqualTo("c4c3fbf0c908");
    assertThat(bytes(a -> a.mulx(RDX, RCX, RSP, 0x54))).isEqualTo("c4e2f3f6542454");
  }

  @Test
  void addressesThatNeedABytePerRule() {
    assertThat(bytes(a -> a.load(9, RSP, 0x10))).as("RSP as a base takes a SIB byte").isEqualTo("4c8b4c2410");
    assertThat(bytes(a -> a.store(12, 0x80, RAX))).as("so does R12").isEqualTo("4989842480000000");
    assertThat(bytes(a -> a.load(RAX, RBP, 0))).as("RBP takes a displacement").isEqualTo("488b4500");
    assertThat(bytes(a -> a.memory(0, true, 0, 0x8b, RAX, 13, RCX, 3, 0x12345, false))).isEqualTo("498b84cd45230100");
    assertThat(bytes(a -> a.scaled(0, true, 0, 0x8d, RAX, RCX, 2, 0x10))).isEqualTo("488d048d10000000");
  }

  @Test
  void immediatesTakeTheShortestForm() {
    assertThat(bytes(a -> a.moveImmediate(10, 0xffff_ffff_8000_0000L))).isEqualTo("49c7c200000080");
    assertThat(bytes(a -> a.moveImmediate(RAX, 0x8000_0000L))).isEqualTo("b800000080");
    assertThat(bytes(a -> a.moveImmediate(8, 0x1234_5678_9abc_def0L))).isEqualTo("49b8f0debc9a78563412");
  }

  @Test
  void byteRegistersAndLock() {
    assertThat(bytes(a -> a.register(0, false, 0, 0x88, 9, RSI, true))).isEqualTo("4488ce");
    assertThat(bytes(a -> {
      a.byte1(0xf0);
      a.memory(0, true, 1, 0xc7, 1, RSI, NONE, 0, 0, false);
    })).isEqualTo("f0480fc70e");
  }

  @Test
  void shortJumpsAreAimedOrRefused() {
    assertThat(bytes(a -> {
      int from = a.jumpIfRcxZero();
      a.byte1(0x90);
      a.land(from);
    })).isEqualTo("e30190");
    HostAssembler a = new HostAssembler();
    int from = a.jumpIfRcxZero();
    for (int k = 0; k < 200; k++) {
      a.byte1(0x90);
    }
    assertThatThrownBy(() -> a.land(from)).hasMessageContaining("short jump over 200 bytes");
  }

  @Test
  void alignmentIsReachedWhateverIsMissing() {
    for (int before = 0; before < 64; before++) {
      HostAssembler a = new HostAssembler();
      for (int k = 0; k < before; k++) {
        a.byte1(0xcc);
      }
      a.align(64, 12);
      assertThat(a.position & 63).isEqualTo(12);
      assertThat(a.position - before).isLessThan(64);
    }
  }
}
