package dev.portfire.testing.asm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Bytes put together by hand from the opcode maps of the Intel SDM, volume 2; not yet compared with another assembler. */
class AssemblerTest {
  private static String bytes(int mode, Consumer<Assembler> code) {
    Assembler a = new Assembler(0x1000).mode(mode);
    code.accept(a);
    return HexFormat.of().formatHex(a.assemble());
  }

  @Test
  void moves() {
    assertThat(bytes(64, a -> a.mov(Reg.EAX, 0x12345678))).isEqualTo("b878563412");
    assertThat(bytes(64, a -> a.mov(Reg.RAX, -1))).isEqualTo("48c7c0ffffffff");
    assertThat(bytes(64, a -> a.mov(Reg.R15, 0x1122334455667788L))).isEqualTo("49bf8877665544332211");
    assertThat(bytes(64, a -> a.mov(Reg.EAX, Mem.dwordAt(Reg.RSP, 16)))).isEqualTo("8b442410");
    assertThat(bytes(64, a -> a.mov(Mem.qwordAt(Reg.R12, 0), Reg.R9))).isEqualTo("4d890c24");
    assertThat(bytes(64, a -> a.mov(Mem.wordAt(Reg.RBP, 0), 0x1234))).isEqualTo("66c745003412");
    assertThat(bytes(64, a -> a.mov(Reg.EAX, Mem.at(32, 0x1000)))).isEqualTo("8b042500100000");
    assertThat(bytes(16, a -> a.mov(Reg.EAX, 1))).isEqualTo("66b801000000");
    assertThat(bytes(16, a -> a.mov(Reg.AX, Mem.wordAt(Reg.BX, 2)))).isEqualTo("8b870200");
    assertThat(bytes(32, a -> a.mov(Reg.AX, 1))).isEqualTo("66b80100");
    assertThat(bytes(64, a -> a.movToControl(8, Reg.RAX))).isEqualTo("440f22c0");
    assertThat(bytes(64, a -> a.mov(Segment.SS, Reg.EAX))).isEqualTo("8ed0");
  }

  @Test
  void labels() {
    // The displacement counts from the end of the instruction, behind its immediate.
    assertThat(bytes(64, a -> a.mov(Mem.dwordAt("data"), 7).label("data"))).isEqualTo("c7050000000007000000");
    assertThat(bytes(64, a -> a.label("back").jmp("back"))).isEqualTo("e9fbffffff");
    assertThat(bytes(64, a -> a.j(Condition.NE, "on").label("on"))).isEqualTo("0f8500000000");
    assertThat(bytes(16, a -> a.jmpFar(8, "on", 32).label("on"))).isEqualTo("66ea081000000800");
    assertThat(bytes(64, a -> a.qword("data").label("data"))).isEqualTo("0810000000000000");
    assertThatThrownBy(() -> bytes(64, a -> a.jmp("nowhere"))).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void names() {
    Assembler a = new Assembler(0x1000).label("first").nop().nop().label(".hidden").nop().label("second").nop();
    assertThat(a.name(0x1000)).contains("first");
    assertThat(a.name(0x1002)).contains("first+0x2");
    assertThat(a.name(0x1003)).contains("second");
    assertThat(a.name(0x1004)).isEmpty();
  }

  @Test
  void systemInstructions() {
    assertThat(bytes(64, a -> a.iret())).isEqualTo("48cf");
    assertThat(bytes(64, a -> a.invlpg(Mem.byteAt(Reg.RCX, 0)))).isEqualTo("0f0139");
    assertThat(bytes(64, a -> a.invpcid(Reg.RCX, Mem.qwordAt(Reg.RDI, 0)))).isEqualTo("660f38820f");
    assertThat(bytes(64, a -> a.lock().cmpxchg(Mem.dwordAt(Reg.RBX, 0), Reg.ECX))).isEqualTo("f00fb10b");
    assertThat(bytes(64, a -> a.repMovs(64))).isEqualTo("f348a5");
    assertThat(bytes(64, a -> a.repOuts(16))).isEqualTo("f3666f");
    assertThat(bytes(64, a -> a.add(Reg.R8, Reg.RAX).and(Mem.dwordAt(Reg.RSP, 8), ~0x100))).isEqualTo("4901c081642408fffeffff");
  }
}
