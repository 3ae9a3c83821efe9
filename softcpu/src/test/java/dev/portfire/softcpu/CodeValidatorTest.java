package dev.portfire.softcpu;

import static dev.portfire.softcpu.HostAssembler.NONE;
import static dev.portfire.softcpu.HostAssembler.RAX;
import static dev.portfire.softcpu.HostAssembler.RBX;
import static dev.portfire.softcpu.HostAssembler.RCX;
import static dev.portfire.softcpu.HostAssembler.RDI;
import static dev.portfire.softcpu.HostAssembler.RDX;
import static dev.portfire.softcpu.HostAssembler.RSI;
import static dev.portfire.softcpu.HostAssembler.RSP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** One violation of each rule, each next to what is right. */
final class CodeValidatorTest {
  private static final int EXIT = 128;
  private static final int BASE = 4096;
  private static final int SITE = 10;
  private static final int OTHER_BLOCK = 8192;

  /** A mode that is not the user one. */
  private static final int SUPERVISOR = Mmu.USER + 1;

  private final CodeValidator validator = new CodeValidator(EXIT, (mode, place) -> mode == Mmu.USER && place == OTHER_BLOCK);

  /** A block around what is emitted: the entry's NOP before, a way out and the stub behind. */
  private void check(int mode, Consumer<HostAssembler> body, int... entries) {
    HostAssembler a = new HostAssembler();
    a.patchableNop();
    body.accept(a);
    leave(a, SITE);
    int stub = a.position;
    leave(a, SITE);
    validator.begin(a.bytes, a.position, BASE, mode, SITE, 2);
    validator.entry(0);
    validator.entry(stub);
    for (int e : entries) {
      validator.entry(e);
    }
    validator.check(0, stub, new int[0], 0);
  }

  private void accepts(Consumer<HostAssembler> body) {
    check(Mmu.USER, body);
  }

  private void refuses(String reason, Consumer<HostAssembler> body) {
    assertThatThrownBy(() -> check(Mmu.USER, body))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("emitted code refused at ")
        .hasMessageContaining(reason);
  }

  private static void leave(HostAssembler a, int site) {
    a.byte1(0xb9);
    a.byte4(site);
    a.aim(a.jump(), EXIT - BASE);
  }

  private static void hex(HostAssembler a, String bytes) {
    for (byte b : HexFormat.ofDelimiter(" ").parseHex(bytes)) {
      a.byte1(b);
    }
  }

  private static void probe(HostAssembler a, int register, int last, boolean write) {
    a.pext(RCX, register, RSP, NativeState.TLB_MASK);
    a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.addends(Mmu.USER), false);
    int tags = write ? NativeState.writeTags(Mmu.USER) : NativeState.readTags(Mmu.USER);
    a.memory(0, true, 0, 0x8b, RCX, RSP, RCX, 3, tags, false);
    a.leaSum(RCX, RCX, register, last);
    a.shrx(RCX, RCX, RSP);
    int hit = a.jumpIfRcxZero();
    leave(a, SITE);
    a.land(hit);
  }

  private static void probeAligned(HostAssembler a, int register, int log, boolean write) {
    a.pext(RCX, register, RSP, NativeState.TLB_MASK);
    a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.addends(Mmu.USER), false);
    int tags = write ? NativeState.writeTags(Mmu.USER) : NativeState.readTags(Mmu.USER);
    a.memory(0, true, 0, 0x8b, RCX, RSP, RCX, 3, tags, false);
    a.leaSum(RCX, RCX, register, 0);
    a.pext(RCX, RCX, RSP, NativeState.aligned(log));
    int hit = a.jumpIfRcxZero();
    leave(a, SITE);
    a.land(hit);
  }

  private static void load(HostAssembler a, int to, int base, int displacement) {
    a.memory(0, true, 0, 0x8b, to, base, RDX, 0, displacement, false);
  }

  private static void store(HostAssembler a, int base, int from) {
    a.memory(0, true, 0, 0x89, from, base, RDX, 0, 0, false);
  }

  @Test
  void onlyInstructionsOnTheList() {
    accepts(a -> hex(a, "48 01 d8 f9 66 90 0f ae f0"));
    for (String forbidden : new String[] {
      "0f 05", "0f 34", "cd 80", "cc", "ec", "ee", "6c", "f4", "fa", "fb", "fc", "fd", "8e d8", "cf", "c3", "e8 00 00 00 00",
      "ff d0", "f3 48 0f ae d8", "0f 01 d0", "0f ae 14 24", "0f 0e", "0f a7 c0", "50", "58", "9d", "0f 0b", "f3 48 0f ae e8",
      "66 0f ae f0", "64 48 8b 03", "67 48 8b 03", "c5 f8 77", "66 66 90", "0f 30", "ea", "06"
    }) {
      refuses("not allowed", a -> hex(a, forbidden));
    }
  }

  @Test
  void theHostStackPointerStays() {
    refuses("RSP as an operand", a -> a.move(RSP, RAX));
    refuses("RSP as an operand", a -> a.move(RAX, RSP));
    refuses("RSP as an operand", a -> hex(a, "48 83 c4 08"));
    refuses("RSP as an operand", a -> hex(a, "40 b4 01"));
    refuses("RSP as an operand", a -> a.lea(RSP, RSP, 8));
    refuses("not the guest's", a -> a.lea(RAX, RSP, 8));
  }

  @Test
  void onlyFieldsThatAreForIt() {
    accepts(a -> a.store(RSP, NativeState.register(9), RAX));
    accepts(a -> a.load(RAX, RSP, NativeState.FS_BASE));
    refuses("a write to a field", a -> a.store(RSP, NativeState.TLB_MASK, RAX));
    refuses("a write to a field", a -> a.store(RSP, NativeState.HOST_STACK, RAX));
    refuses("a write to a field", a -> a.store(RSP, NativeState.readTags(0), RAX));
    refuses("a write to a field", a -> a.store(RSP, NativeState.register(9) + 4, RAX));
    refuses("a write to a field", a -> a.store(RSP, NativeState.register(0) - 8, RAX));
    refuses("a write to a field", a -> a.store(RSP, NativeState.GS_BASE, RAX));
    refuses("a read of a field", a -> a.load(RAX, RSP, NativeState.HOST_STACK));
    refuses("a read of a field", a -> a.load(RAX, RSP, NativeState.HOST_MXCSR));
    refuses("a read of a field", a -> a.load(RAX, RSP, NativeState.jumpCode(0)));
    refuses("LOCK", a -> hex(a, "f0 48 01 44 24 8c"));
    check(SUPERVISOR, a -> a.store(RSP, NativeState.GS_BASE, RAX));
  }

  @Test
  void flagFieldsTakeTheirBitOnly() {
    Consumer<HostAssembler> interrupts = a -> {
      a.memory(0, true, 0, 0xc7, 0, RSP, NONE, 0, NativeState.INTERRUPT_FLAG, false);
      a.byte4(Cpu.IF);
    };
    check(SUPERVISOR, interrupts);
    refuses("a write to a field", interrupts);
    refuses("a write to a field", a -> {
      a.memory(0, true, 0, 0xc7, 0, RSP, NONE, 0, NativeState.DIRECTION_FLAG, false);
      a.byte4(Cpu.DF | 0x3000);
    });
  }

  @Test
  void tablesOnlyBehindTheirMask() {
    refuses("a table that is not indexed", a ->
        a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.addends(Mmu.USER), false));
    refuses("a table that is not indexed", a -> {
      a.pext(RCX, RBX, RSP, NativeState.TLB_MASK);
      a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.addends(SUPERVISOR), false);
    });
    refuses("a table that is not indexed", a -> {
      a.pext(RCX, RBX, RSP, NativeState.TLB_MASK);
      a.lea(RCX, RCX, 1);
      a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.addends(Mmu.USER), false);
    });
    refuses("PEXT without", a -> a.pext(RCX, RBX, RSP, NativeState.register(1)));
  }

  @Test
  void accessesOnlyBehindProbes() {
    accepts(a -> {
      probe(a, RSI, 7, false);
      load(a, RAX, RSI, 0);
    });
    refuses("neither a field nor behind a probe", a -> load(a, RAX, RSI, 0));
    refuses("neither a field nor behind a probe", a -> a.load(RAX, RSI, 0));
    refuses("relative to RIP", a -> hex(a, "48 8b 05 00 00 00 00"));
    refuses("neither a field nor behind a probe", a -> hex(a, "48 8b 04 25 00 00 00 00"));
    // Another register, the probe's changed, its addend changed, an entry in between.
    refuses("neither a field nor behind a probe", a -> {
      probe(a, RSI, 7, false);
      load(a, RAX, RDI, 0);
    });
    refuses("neither a field nor behind a probe", a -> {
      probe(a, RSI, 7, false);
      hex(a, "48 01 c6");
      load(a, RAX, RSI, 0);
    });
    refuses("neither a field nor behind a probe", a -> {
      probe(a, RSI, 7, false);
      hex(a, "ba 00 00 00 00");
      load(a, RAX, RSI, 0);
    });
    int[] entry = new int[1];
    assertThatThrownBy(() -> check(Mmu.USER, a -> {
      probe(a, RSI, 7, false);
      entry[0] = a.position;
      load(a, RAX, RSI, 0);
    }, 50)).hasMessageContaining("neither a field nor behind a probe");
    assertThat(entry[0]).isEqualTo(50);
  }

  @Test
  void probesCoverWhatIsAccessed() {
    refuses("does not cover the access", a -> {
      probe(a, RSI, 3, false);
      load(a, RAX, RSI, 0);
    });
    refuses("does not cover the access", a -> {
      probe(a, RSI, 7, false);
      load(a, RAX, RSI, 1);
    });
    refuses("does not cover the access", a -> {
      probe(a, RSI, 7, false);
      store(a, RSI, RAX);
    });
    accepts(a -> {
      probe(a, RSI, 7, true);
      store(a, RSI, RAX);
      load(a, RAX, RSI, 0);
    });
  }

  @Test
  void neighboursMayShareAProbe() {
    accepts(a -> {
      probe(a, RSI, 23, true);
      load(a, RAX, RSI, 0);
      load(a, RBX, RSI, 16);
      a.lea(RDI, RSI, 8);
      store(a, RDI, RAX);
    });
    refuses("does not cover the access", a -> {
      probe(a, RSI, 23, true);
      load(a, RAX, RSI, 17);
    });
    refuses("does not cover the access", a -> {
      probe(a, RSI, 23, true);
      load(a, RAX, RSI, -1);
    });
    // Further apart, both ends may be in pages of the same slot.
    refuses("does not cover", a -> {
      probe(a, RSI, 4096, true);
      load(a, RAX, RSI, 0);
    });
  }

  @Test
  void theMissLeadsOut() {
    refuses("does not cover", a -> {
      a.pext(RCX, RSI, RSP, NativeState.TLB_MASK);
      a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.addends(Mmu.USER), false);
      a.memory(0, true, 0, 0x8b, RCX, RSP, RCX, 3, NativeState.readTags(Mmu.USER), false);
      a.leaSum(RCX, RCX, RSI, 7);
      a.shrx(RCX, RCX, RSP);
      int hit = a.jumpIfRcxZero();
      hex(a, "90");
      a.land(hit);
      load(a, RAX, RSI, 0);
    });
  }

  /** A probe of eight bytes with LOOP, what it is for, and the way out behind that. */
  private static void loop(HostAssembler a, int displacement, Consumer<HostAssembler> hit, Consumer<HostAssembler> miss) {
    a.pext(RCX, RSI, RSP, NativeState.TLB_MASK);
    a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.addends(Mmu.USER), false);
    a.memory(0, true, 0, 0x8b, RCX, RSP, RCX, 3, NativeState.readTags(Mmu.USER), false);
    a.leaSum(RCX, RCX, RSI, displacement);
    a.shrx(RCX, RCX, RSP);
    int rare = a.jumpUnlessRcxIsOne();
    hit.accept(a);
    int over = a.jumpShort();
    a.land(rare);
    miss.accept(a);
    leave(a, SITE);
    a.land(over);
  }

  @Test
  void loopProvesWhereItFallsThrough() {
    Consumer<HostAssembler> load = a -> load(a, RAX, RSI, 0);
    Consumer<HostAssembler> nothing = a -> {};
    accepts(a -> loop(a, 4096 + 7, load, nothing));
    refuses("does not cover the access", a -> loop(a, 7, load, nothing));
    refuses("does not cover the access", a -> loop(a, 4096 + 6, load, nothing));
    refuses("does not cover the access", a -> loop(a, 8191, b -> load(b, RAX, RSI, 4089), nothing));
    refuses("does not cover", a -> loop(a, 4096 + 7, nothing, load));
    // What is zero for JRCXZ is not 1, and the other way round.
    refuses("does not cover", a -> {
      probe(a, RSI, 4096 + 7, false);
      load.accept(a);
    });
    refuses("does not cover", a -> {
      a.pext(RCX, RSI, RSP, NativeState.TLB_MASK);
      a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.addends(Mmu.USER), false);
      a.memory(0, true, 0, 0x8b, RCX, RSP, RCX, 3, NativeState.readTags(Mmu.USER), false);
      a.leaSum(RCX, RCX, RSI, 0);
      a.pext(RCX, RCX, RSP, NativeState.aligned(3));
      int rare = a.jumpUnlessRcxIsOne();
      load.accept(a);
      a.land(rare);
      leave(a, SITE);
    });
    // It counts RCX down.
    refuses("may fault", a -> {
      int zero = a.jumpIfRcxZero();
      int rare = a.jumpUnlessRcxIsOne();
      hex(a, "ba 00 00 00 00 48 f7 f1");
      a.land(rare);
      a.land(zero);
    });
  }

  @Test
  void alignmentWhereTheHostFaults() {
    Consumer<HostAssembler> movaps = a -> a.memory(0, false, 1, 0x28, 3, RSI, RDX, 0, 0, false);
    accepts(a -> {
      probeAligned(a, RSI, 4, false);
      movaps.accept(a);
    });
    refuses("does not cover the alignment", a -> {
      probe(a, RSI, 15, false);
      movaps.accept(a);
    });
    refuses("does not cover the access", a -> {
      probeAligned(a, RSI, 3, false);
      movaps.accept(a);
    });
    accepts(a -> {
      probe(a, RSI, 15, false);
      a.memory(0, false, 1, 0x10, 3, RSI, RDX, 0, 0, false);
    });
    // LOCK, and XCHG, which locks unasked.
    for (String locked : new String[] {"f0 48 01 04 16", "48 87 04 16"}) {
      accepts(a -> {
        probeAligned(a, RSI, 3, true);
        hex(a, locked);
      });
      refuses("does not cover the alignment", a -> {
        probe(a, RSI, 7, true);
        hex(a, locked);
      });
    }
  }

  @Test
  void theHostsSseRegistersStay() {
    Consumer<HostAssembler> add = a -> hex(a, "66 0f fe c1");
    accepts(add);
    assertThatThrownBy(() -> check(SUPERVISOR, add)).hasMessageContaining("SSE register");
    check(SUPERVISOR, a -> {
      a.load(RCX, RSP, NativeState.SIMD_ABSENT);
      int present = a.jumpIfRcxZero();
      leave(a, SITE);
      a.land(present);
      add.accept(a);
    });
  }

  private static void x87Present(HostAssembler a) {
    a.load(RCX, RSP, NativeState.X87_PRESENT);
    a.lea(RCX, RCX, -1);
    int present = a.jumpIfRcxZero();
    leave(a, SITE);
    a.land(present);
  }

  @Test
  void theHostsX87RegistersStay() {
    // FADDP, PADDB, EMMS, FLD m32 and FSTP m80 at [rsi + rdx]
    for (String bytes : new String[] {"de c1", "0f fc c1", "0f 77", "d9 04 16", "db 3c 16"}) {
      Consumer<HostAssembler> body = a -> {
        probe(a, RSI, 9, true);
        hex(a, bytes);
      };
      refuses("x87 register", body);
      accepts(a -> {
        x87Present(a);
        body.accept(a);
      });
      accepts(a -> {
        a.load(RCX, RSP, NativeState.X87_PRESENT);
        int absent = a.jumpUnlessRcxIsOne();
        body.accept(a);
        leave(a, SITE);
        a.land(absent);
      });
    }
    // The look is at what the field says now.
    refuses("x87 register", a -> {
      a.load(RCX, RSP, NativeState.X87_PRESENT);
      a.lea(RCX, RCX, -2);
      int present = a.jumpIfRcxZero();
      leave(a, SITE);
      a.land(present);
      hex(a, "de c1");
    });
  }

  @Test
  void x87InstructionsThatAreAllowed() {
    // FNINIT, FSIN, FPATAN, FCOM's alias, FFREEP, FNSTENV, FRSTOR, FBLD, FNSAVE; with REX
    for (String bytes : new String[] {
      "db e3", "d9 fe", "d9 f3", "dc d1", "df c1", "d9 34 16", "dd 24 16", "df 24 16", "dd 34 16", "41 de c1"
    }) {
      refuses("not allowed", a -> {
        probe(a, RSI, 127, true);
        x87Present(a);
        hex(a, bytes);
      });
    }
    // Ten bytes behind a probe for eight; a field of the state.
    refuses("does not cover", a -> {
      x87Present(a);
      probe(a, RSI, 7, true);
      hex(a, "db 3c 16");
    });
    refuses("in the state", a -> {
      x87Present(a);
      hex(a, "dd 5c 24 54");
    });
    accepts(a -> {
      x87Present(a);
      hex(a, "df e0");
    });
  }

  /** Loads RDX, looks at its low six bits, and makes a control word of a register. */
  private static void controlWord(HostAssembler a, int displacement, int from) {
    x87Present(a);
    probe(a, RSI, 1, false);
    a.memory(0, false, 1, 0xb7, RDX, RSI, RDX, 0, 0, false);
    a.pext(RCX, RDX, RSP, NativeState.BIT_63);
    a.lea(RCX, RCX, displacement);
    int masked = a.jumpIfRcxZero();
    leave(a, SITE);
    a.land(masked);
    a.store(RSP, NativeState.X87_CONTROL, from);
    a.memory(0, false, 0, 0xd9, 5, RSP, HostAssembler.NONE, 0, NativeState.X87_CONTROL, false);
  }

  @Test
  void noControlWordUnmasksAnException() {
    accepts(a -> controlWord(a, -63, RDX));
    refuses("unmask exceptions", a -> controlWord(a, -62, RDX));
    refuses("unmask exceptions", a -> controlWord(a, -63, RSI));
    refuses("unmask exceptions", a -> {
      x87Present(a);
      probe(a, RSI, 1, false);
      hex(a, "d9 2c 16");
    });
    refuses("unmask exceptions", a -> {
      x87Present(a);
      a.memory(0, false, 0, 0xd9, 5, RSP, HostAssembler.NONE, 0, NativeState.X87_OPCODE, false);
    });
    // Four bytes only.
    refuses("not for it", a -> a.memory(0, false, 0, 0x89, RSI, RSP, HostAssembler.NONE, 0, NativeState.X87_CONTROL, false));
  }

  @Test
  void hostAddressesStayOutOfSight() {
    for (String leak : new String[] {"48 89 d3", "48 01 d3", "48 89 54 24 cc", "48 89 14 16", "48 8d 1c 16"}) {
      refuses("host address", a -> {
        probe(a, RSI, 7, true);
        hex(a, leak);
      });
    }
  }

  @Test
  void jumpsLeadToKnownPlaces() {
    accepts(a -> a.aim(a.jump(), OTHER_BLOCK - BASE));
    assertThatThrownBy(() -> check(SUPERVISOR, a -> a.aim(a.jump(), OTHER_BLOCK - BASE)))
        .hasMessageContaining("a jump out of the block");
    refuses("a jump out of the block", a -> a.aim(a.jump(), OTHER_BLOCK + 1 - BASE));
    refuses("a jump out of the block", a -> a.aim(a.jumpIf(4), EXIT - BASE));
    refuses("not at the start of an instruction", a -> hex(a, "0f 84 01 00 00 00 48 89 c3"));
    refuses("not to the start of an instruction", a -> hex(a, "74 01 48 89 c3"));
    refuses("what is no entry", a -> hex(a, "48 89 c3 eb fb"));
    refuses("attention", a -> a.aim(a.jumpIf(4), 0));
    accepts(a -> {
      a.load(RCX, RSP, NativeState.ATTENTION);
      int free = a.jumpIfRcxZero();
      leave(a, SITE);
      a.land(free);
      a.aim(a.jump(), 0);
    });
    refuses("without a site's number", a -> a.aim(a.jump(), EXIT - BASE));
    refuses("another block's number", a -> leave(a, SITE + 2));
    refuses("another block's number", a -> leave(a, SITE - 1));
  }

  @Test
  void tablesHaveTheirOwnMasks() {
    refuses("not indexed", a -> {
      a.move(RDX, RAX);
      a.mulx(RDX, RCX, RSP, NativeState.JUMP_HASH);
      a.pext(RCX, RCX, RSP, NativeState.jumpMask(Mmu.USER));
      a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.jumpKeys(SUPERVISOR), false);
    });
  }

  private static void dispatch(HostAssembler a, int keyed, boolean checked) {
    a.store(RSP, NativeState.TARGET, RAX);
    a.move(RDX, RAX);
    a.mulx(RDX, RCX, RSP, NativeState.JUMP_HASH);
    a.pext(RCX, RCX, RSP, NativeState.jumpMask(Mmu.USER));
    a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.jumpKeys(Mmu.USER), false);
    a.leaSum(RDX, RDX, keyed, 0);
    a.memory(0, true, 0, 0x8b, RAX, RSP, RCX, 3, NativeState.jumpCode(Mmu.USER), false);
    a.load(RCX, RSP, NativeState.ATTENTION);
    a.leaSum(RCX, RCX, RDX, 0);
    if (checked) {
      int hit = a.jumpIfRcxZero();
      leave(a, SITE);
      a.land(hit);
    }
    hex(a, "ff e0");
  }

  @Test
  void indirectJumpsOutOfTheJumpCache() {
    accepts(a -> dispatch(a, RAX, true));
    refuses("out of the jump cache", a -> dispatch(a, RAX, false));
    refuses("out of the jump cache", a -> dispatch(a, RBX, true));
    refuses("out of the jump cache", a -> hex(a, "ff e0"));
    refuses("out of the jump cache", a -> hex(a, "ff e3"));
    refuses("memory operand that is not allowed", a -> hex(a, "ff 20"));
  }

  private static void top(HostAssembler a, int to, int mode) {
    a.memory(0, false, 1, 0xb6, to, RSP, NONE, 0, NativeState.returnTop(mode), false);
  }

  private static void slot(HostAssembler a, boolean store, int register, int index, int displacement) {
    a.memory(0, true, 0, store ? 0x89 : 0x8b, register, RSP, index, 3, displacement, false);
  }

  private static void returnByStack(HostAssembler a, int more, int code, boolean attends, String jump) {
    a.store(RSP, NativeState.TARGET, RAX);
    top(a, RDX, Mmu.USER);
    slot(a, false, RCX, RDX, NativeState.returnKeys(Mmu.USER));
    a.leaSum(RCX, RCX, RAX, more);
    a.load(RAX, RSP, attends ? NativeState.ATTENTION : NativeState.INTERRUPT_PENDING);
    a.leaSum(RCX, RCX, RAX, 0);
    slot(a, false, RAX, RDX, code);
    a.lea(RDX, RDX, -1);
    a.memory(0, false, 0, 0x88, RDX, RSP, NONE, 0, NativeState.returnTop(Mmu.USER), false);
    int hit = a.jumpIfRcxZero();
    leave(a, SITE);
    a.land(hit);
    hex(a, jump);
  }

  @Test
  void returnsOutOfTheReturnStack() {
    int code = NativeState.returnCode(Mmu.USER);
    accepts(a -> returnByStack(a, 1, code, true, "50 c3"));
    accepts(a -> returnByStack(a, 1, code, true, "ff e0"));
    refuses("out of the jump cache", a -> returnByStack(a, 0, code, true, "50 c3"));
    refuses("out of the jump cache", a -> returnByStack(a, 1, code, false, "50 c3"));
    refuses("out of the jump cache", a -> returnByStack(a, 1, NativeState.returnKeys(Mmu.USER), true, "50 c3"));
    refuses("not indexed", a -> returnByStack(a, 1, code + 8, true, "50 c3"));
    refuses("not indexed", a -> returnByStack(a, 1, NativeState.returnCode(SUPERVISOR), true, "50 c3"));
    refuses("not allowed", a -> returnByStack(a, 1, code, true, "51 c3"));
    refuses("not allowed", a -> returnByStack(a, 1, code, true, "50 90 c3"));
    refuses("not allowed", a -> returnByStack(a, 1, code, true, "c3"));
    refuses("not allowed", a -> returnByStack(a, 1, code, true, "74 01 50 c3"));
    refuses("out of the jump cache", a -> hex(a, "50 c3"));
    refuses("not indexed", a -> {
      a.memory(0, false, 1, 0xb7, RDX, RSP, NONE, 0, NativeState.returnTop(Mmu.USER), false);
      slot(a, false, RCX, RDX, NativeState.returnKeys(Mmu.USER));
    });
    refuses("not indexed", a -> {
      top(a, RDX, SUPERVISOR);
      slot(a, false, RCX, RDX, NativeState.returnKeys(Mmu.USER));
    });
    refuses("not indexed", a -> {
      top(a, RDX, Mmu.USER);
      a.lea(RDX, RDX, 1);
      slot(a, false, RCX, RDX, NativeState.returnKeys(Mmu.USER));
    });
  }

  /** A CALL's slot of the return stack; the block's entry is behind the CALL. */
  private void checkCall(int key, int code, int place, int over, String lift, int jumpTo) {
    HostAssembler a = new HostAssembler();
    a.patchableNop();
    top(a, RAX, Mmu.USER);
    slot(a, true, RBX, RAX, key);
    int lea = a.leaPlace(RDX);
    slot(a, true, RDX, RAX, code);
    a.lea(RAX, RAX, 1);
    a.memory(0, false, 0, 0x88, RAX, RSP, NONE, 0, NativeState.returnTop(Mmu.USER), false);
    int branch = jumpTo == 0 ? 0 : a.jumpIf(4);
    int call = a.call();
    int entry = a.position;
    a.aim(lea, entry + place);
    leave(a, SITE);
    if (jumpTo > 1) {
      // Comes out at the LEA.
      a.store(RSP, NativeState.PAGE, RAX);
    }
    a.aim(call, a.position + over);
    if (jumpTo == 1) {
      a.aim(branch, a.position);
    } else if (jumpTo > 1) {
      a.aim(branch, a.position - 5);
    }
    hex(a, lift);
    leave(a, SITE);
    int stub = a.position;
    leave(a, SITE);
    validator.begin(a.bytes, a.position, BASE, Mmu.USER, SITE, 2);
    validator.entry(0);
    validator.entry(entry);
    validator.entry(stub);
    validator.check(0, stub, new int[0], 0);
  }

  private void refusesCall(String reason, int key, int code, int place, int over, String lift, int jumpTo) {
    assertThatThrownBy(() -> checkCall(key, code, place, over, lift, jumpTo))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void callsPutEntriesOnTheReturnStack() {
    int key = NativeState.returnKeys(Mmu.USER) + 8;
    int code = NativeState.returnCode(Mmu.USER) + 8;
    String lift = "48 8d 64 24 08";
    checkCall(key, code, 0, 0, lift, 0);
    refusesCall("a write to the return stack", code, code, 0, 0, lift, 0);
    refusesCall("a write to the return stack", key - 8, code, 0, 0, lift, 0);
    refusesCall("a write to the return stack", key, code - 8, 0, 0, lift, 0);
    refusesCall("a write to the return stack", NativeState.returnKeys(SUPERVISOR) + 8, code, 0, 0, lift, 0);
    refusesCall("a write to the return stack", key, NativeState.returnCode(SUPERVISOR) + 8, 0, 0, lift, 0);
    refusesCall("host address", key, key, 0, 0, lift, 0);
    refusesCall("what is no entry", key, code, 1, 0, lift, 0);
    refusesCall("what is no entry", key, code, -200, 0, lift, 0);
    refusesCall("not allowed", key, code, 0, 1, lift, 0);
    refusesCall("not allowed", key, code, 0, -5, lift, 0);
    refusesCall("not allowed", key, code, 0, 0, "48 8d 64 24 10", 0);
    refusesCall("not allowed", key, code, 0, 0, "48 8d 64 24 08".replace("64", "44"), 0);
    refusesCall("not allowed", key, code, 0, 0, lift, 1);
    refusesCall("RSP is not where it was", key, code, 0, 0, lift, 2);
  }

  @Test
  void divisionsThatCannotFault() {
    refuses("may fault", a -> hex(a, "48 f7 f1"));
    refuses("may fault", a -> hex(a, "48 99 48 f7 f9"));
    Consumer<HostAssembler> nonZero = a -> {
      int zero = a.jumpIfRcxZero();
      int skip = a.jumpShortIf(4);
      a.land(zero);
      leave(a, SITE);
      a.land(skip);
    };
    accepts(a -> {
      nonZero.accept(a);
      hex(a, "ba 00 00 00 00 48 f7 f1");
    });
    accepts(a -> {
      int zero = a.jumpIfRcxZero();
      hex(a, "ba 00 00 00 00 48 f7 f1");
      leave(a, SITE);
      a.land(zero);
    });
    refuses("may fault", a -> {
      int zero = a.jumpIfRcxZero();
      hex(a, "ba 01 00 00 00 48 f7 f1");
      leave(a, SITE);
      a.land(zero);
    });
    // The upper half may be what is not zero.
    refuses("may fault", a -> {
      int zero = a.jumpIfRcxZero();
      hex(a, "ba 00 00 00 00 f7 f1");
      leave(a, SITE);
      a.land(zero);
    });
    accepts(a -> {
      // lea rdx, [rcx + 1]; cmp rdx, 1; ja
      hex(a, "48 8d 51 01 48 83 fa 01 77 0a");
      leave(a, SITE);
      hex(a, "48 99 48 f7 f9");
    });
    refuses("may fault", a -> {
      hex(a, "48 8d 51 01 48 83 fa 01 73 0a");
      leave(a, SITE);
      hex(a, "48 99 48 f7 f9");
    });
    refuses("may fault", a -> {
      hex(a, "8d 51 01 83 fa 01 77 0a");
      leave(a, SITE);
      hex(a, "48 99 48 f7 f9");
    });
  }

  @Test
  void stringsWithinOnePage() {
    Consumer<HostAssembler> prepare = a -> {
      probe(a, RDI, 7, true);
      a.leaSum(RDI, RDI, RDX, 0);
    };
    // Without the guest's RDI back, the host address is seen.
    refuses("host address", a -> {
      prepare.accept(a);
      hex(a, "48 ab");
    });
    accepts(a -> {
      prepare.accept(a);
      hex(a, "48 ab bf 00 00 00 00");
    });
    refuses("not bounded", a -> {
      prepare.accept(a);
      hex(a, "f3 48 ab bf 00 00 00 00");
    });
    refuses("not behind a probe", a -> hex(a, "48 ab"));
    refuses("not behind a probe", a -> {
      probe(a, RDI, 3, true);
      a.leaSum(RDI, RDI, RDX, 0);
      hex(a, "48 ab bf 00 00 00 00");
    });
    refuses("not behind a probe", a -> {
      probe(a, RSI, 7, false);
      a.leaSum(RDI, RSI, RDX, 0);
      hex(a, "48 ab bf 00 00 00 00");
    });
  }

  @Test
  void bitNumbersAreMasked() {
    accepts(a -> {
      probe(a, RSI, 7, false);
      a.pext(RCX, RBX, RSP, NativeState.BIT_63);
      hex(a, "48 0f a3 0c 16");
    });
    refuses("not masked", a -> {
      probe(a, RSI, 7, false);
      hex(a, "48 0f a3 0c 16");
    });
    refuses("not masked", a -> {
      probe(a, RSI, 7, false);
      a.pext(RCX, RBX, RSP, NativeState.BIT_63);
      hex(a, "0f a3 0c 16");
    });
  }

  @Test
  void whatIsPatchedIsOneStore() {
    HostAssembler a = new HostAssembler();
    hex(a, "90");
    a.patchableNop();
    a.align(4, 3);
    int place = a.jump();
    int stub = a.position;
    a.aim(place, stub);
    leave(a, SITE);
    assertThat(declared(a, 1, stub, place)).contains("no five-byte NOP in eight aligned bytes");
    HostAssembler b = new HostAssembler();
    b.patchableNop();
    b.align(4, 3);
    int placeB = b.jump();
    int stubB = b.position;
    b.aim(placeB, stubB);
    leave(b, SITE);
    assertThat(declared(b, 0, stubB, placeB)).isEmpty();
    assertThat(declared(b, 0, stubB, placeB - 4)).contains("no aligned distance");
    assertThat(declared(b, 0, 0, placeB)).contains("the stub does not leave");
    assertThat(declared(b, stubB, stubB, placeB)).contains("no five-byte NOP");
  }

  private String declared(HostAssembler a, int entry, int stub, int place) {
    validator.begin(a.bytes, a.position, BASE, Mmu.USER, SITE, 1);
    validator.entry(entry);
    try {
      validator.check(entry, stub, new int[] {place}, 1);
      return "";
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void theMasksBoundTheTables() {
    NativeState state = new NativeState(PretendedCode::new, mode -> 0);
    assertThat(1 << Long.bitCount(state.get(NativeState.TLB_MASK))).isEqualTo(NativeState.TLB_SLOTS);
    for (int mode = 0; mode < NativeState.MODES; mode++) {
      for (long target = 0; target < NativeState.jumpSlots(mode); target++) {
        state.rememberJump(mode, target, 0x1000, true);
      }
      // A slot's number is doubled by a bit of the product that is always zero.
      long mask = state.get(NativeState.jumpMask(mode));
      assertThat(mask & 1).isEqualTo(1);
      assertThat(1 << Long.bitCount(mask & ~1)).isEqualTo(NativeState.jumpSlots(mode));
    }
    assertThat(state.get(NativeState.JUMP_HASH) & 1).isZero();
    assertThat(state.get(NativeState.JUMP_HASH_2) & 1).isZero();
    for (int mode = 0; mode < NativeState.MODES; mode++) {
      assertThat(NativeState.jumpCode(mode)).isEqualTo(NativeState.jumpKeys(mode) + 8);
    }
    assertThat(state.address() & 63).isEqualTo(12);
  }

  /** What an empty slot 0 holds is the key of address 1, and what another one holds that of address 0. */
  @Test
  void emptySlotsOfTheJumpCacheAreNobodys() {
    NativeState state = new NativeState(PretendedCode::new, mode -> 0);
    for (int mode = 0; mode < NativeState.MODES; mode++) {
      assertThat(state.get(NativeState.jumpKeys(mode))).isEqualTo(-1);
      for (int size = 0; size < 2; size++) {
        // With fewer slots it is the upper bits of the number that remain.
        long mask = state.get(NativeState.jumpMask(mode));
        assertThat(Long.compress(state.get(NativeState.JUMP_HASH), mask)).isGreaterThan(1);
        assertThat(Long.compress(state.get(NativeState.JUMP_HASH_2), mask)).isGreaterThan(1);
        for (long target = 0; target < NativeState.jumpSlots(mode); target++) {
          state.rememberJump(mode, target, 0x1000, true);
        }
      }
    }
  }

  /** The numbers of pages in emitted code are changed while it may be executed. */
  @Test
  void numbersOfPagesAreAligned() {
    assertThat(page(0, 2)).isEmpty();
    assertThat(page(1, 2)).contains("no aligned number of a page");
    assertThat(page(0, 1)).contains("no aligned number of a page");
    assertThat(page(4, 2)).isEmpty();
  }

  /** A look at where code is fetched from, with its number so far from an aligned place, in that register. */
  private String page(int off, int register) {
    HostAssembler a = new HostAssembler();
    a.patchableNop();
    a.load(0, RSP, NativeState.PAGE);
    a.pext(1, 0, RSP, NativeState.TLB_MASK);
    a.memory(0, true, 0, 0x8b, 2, RSP, 1, 3, NativeState.fetchTags(Mmu.USER), false);
    a.align(4, off & 3);
    int place = a.leaSumPatchable(1, register, 0, 0x1234_5678);
    int stub = a.position;
    leave(a, SITE);
    validator.begin(a.bytes, a.position, BASE, Mmu.USER, SITE, 1);
    validator.entry(0);
    validator.entry(stub);
    validator.check(0, stub, new int[0], 0);
    try {
      validator.checkFrame(place);
      return "";
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** A jump to another page, a number of bytes away, that looks at a field for what wants attention, or at none. */
  private static void crossPage(HostAssembler a, int distance, int attention, boolean loops) {
    a.load(RAX, RSP, NativeState.PAGE);
    a.lea(RAX, RAX, distance);
    a.pext(RCX, RAX, RSP, NativeState.TLB_MASK);
    a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.fetchTags(Mmu.USER), false);
    a.leaSumPatchable(RCX, RDX, RAX, 0x1234_5678);
    if (attention != 0) {
      a.load(RDX, RSP, attention);
      a.leaSum(RCX, RCX, RDX, 0);
    }
    int over = loops ? a.jumpUnlessRcxIsOne() : a.jumpIfRcxZero();
    if (!loops) {
      leave(a, SITE);
      a.land(over);
    }
    a.store(RSP, NativeState.PAGE, RAX);
    a.aim(a.jump(), OTHER_BLOCK - BASE);
    if (loops) {
      a.land(over);
    }
  }

  @Test
  void jumpsToLowerPagesLookAtWhatWantsAttention() {
    for (boolean loops : new boolean[] {false, true}) {
      accepts(a -> crossPage(a, 4096, 0, loops));
      accepts(a -> crossPage(a, -4096, NativeState.ATTENTION, loops));
      for (int field : new int[] {0, NativeState.INTERRUPT_PENDING}) {
        refuses("a lower page without a look", a -> crossPage(a, -4096, field, loops));
      }
    }
    // To a page that is the block's own, or a number.
    refuses("a lower page without a look", a -> crossPage(a, 0, 0, false));
    refuses("a lower page without a look", a -> {
      a.load(RCX, RSP, NativeState.PAGE);
      a.moveImmediate(RAX, 4096);
      a.store(RSP, NativeState.PAGE, RAX);
      a.aim(a.jump(), OTHER_BLOCK - BASE);
    });
  }

  @Test
  void aSecondLookIsAWayOut() {
    HostAssembler a = new HostAssembler();
    a.patchableNop();
    int stub = a.position;
    a.byte1(0xb9);
    a.byte4(SITE);
    a.aim(a.jump(), OTHER_BLOCK + 64 - BASE);
    for (boolean declared : new boolean[] {true, false}) {
      validator.begin(a.bytes, a.position, BASE, Mmu.USER, SITE, 1);
      if (declared) {
        validator.secondLook(OTHER_BLOCK + 64);
      }
      validator.entry(0);
      validator.entry(stub);
      if (declared) {
        validator.check(0, stub, new int[0], 0);
      } else {
        assertThatThrownBy(() -> validator.check(0, stub, new int[0], 0)).hasMessageContaining("a jump out of the block");
      }
    }
  }

  @Test
  void executionEndsInTheBlock() {
    HostAssembler a = new HostAssembler();
    a.patchableNop();
    validator.begin(a.bytes, a.position, BASE, Mmu.USER, SITE, 1);
    validator.entry(0);
    assertThatThrownBy(() -> validator.check(0, 0, new int[0], 0)).hasMessageContaining("runs out of the block");
    hex(a, "48 8b 44 24");
    validator.begin(a.bytes, a.position, BASE, Mmu.USER, SITE, 1);
    validator.entry(0);
    assertThatThrownBy(() -> validator.check(0, 0, new int[0], 0)).hasMessageContaining("the block ends in");
  }
}
