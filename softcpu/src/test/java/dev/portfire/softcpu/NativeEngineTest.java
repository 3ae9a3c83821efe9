package dev.portfire.softcpu;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.CpuModel;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.VmSpec;
import dev.portfire.softcpu.fpu.X87;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What two vCPUs do to each other when one of them empties the code memory; nothing emitted is executed. */
class NativeEngineTest {
  private static final int PAGE = 0x1000;

  private final GuestMemory memory = GuestMemory.allocate(1 << 20);
  private final PretendedCode code = new PretendedCode(1 << 20);
  private final SoftVm vm = new SoftVm(
      new VmSpec("two", memory, 2, CpuModel.PORTFIRE_V3), bytes -> code, true, Forgetting.IDLE_CODE, null);
  private final Cpu cpu = (Cpu) vm.vcpu(0);
  private final NativeEngine engine = Objects.requireNonNull(vm.engine());
  private final NativeRunner runner = new NativeRunner(cpu, new X87(), engine);
  private final Block block = new Block(new Op[0], 0, (long) PAGE << 2 | Decoder.MODE_64, -1);

  NativeEngineTest() {
    // JZ to ten bytes further, and JMP to itself
    memory.write(PAGE, new byte[] {0x74, 0x0a, (byte) 0xeb, (byte) 0xfe});
    cpu.rip = PAGE;
  }

  @AfterEach
  void close() {
    vm.close();
    memory.close();
  }

  private TranslatedBlock translation() {
    return Objects.requireNonNull(runner.translation(block));
  }

  private void emptiedByTheOther() {
    engine.wantEmpty();
    vm.emptyCode();
  }

  private byte[] emitted() {
    return code.writable().toArray(JAVA_BYTE);
  }

  @Test
  void theEntryOfADroppedBlockLeadsToWhatTookItsPlace() {
    TranslatedBlock old = translation();
    old.block.valid = false;
    old.invalidate();
    Block again = new Block(new Op[0], 0, block.key, -1);
    TranslatedBlock next = Objects.requireNonNull(runner.translation(again));
    engine.replace(old, next);
    int place = (int) (old.entry() - code.address());
    assertThat(code.writable().get(JAVA_BYTE, place)).isEqualTo((byte) 0xe9);
    assertThat(code.writable().get(JAVA_INT_UNALIGNED, place + 1)).isEqualTo((int) (next.entry() - old.entry()) - 5);
    again.valid = false;
    next.invalidate();
    byte[] before = emitted();
    engine.replace(old, next);
    assertThat(emitted()).as("the successor has been dropped, too").isEqualTo(before);
  }

  @Test
  void aBlockThatIsGoneIsNotEntered() {
    TranslatedBlock t = translation();
    emptiedByTheOther();
    int before = code.calls;
    runner.run(t);
    assertThat(code.calls).as("entries into code memory that was emptied").isEqualTo(before);
    assertThat(cpu.rip).isEqualTo(PAGE);
  }

  @Test
  void aJumpThatIsGoneIsNotAimedAnywhere() {
    TranslatedBlock gone = translation();
    int link = 0;
    while (engine.kindOf(link) != NativeEngine.LINK) {
      link++;
    }
    emptiedByTheOther();
    TranslatedBlock t = translation();
    byte[] before = emitted();
    engine.link(link, gone, t);
    assertThat(emitted()).isEqualTo(before);
    engine.link(link, t, t);
    assertThat(emitted()).as("the same jump, of a block that is there").isNotEqualTo(before);
  }
}
