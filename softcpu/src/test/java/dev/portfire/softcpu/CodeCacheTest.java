package dev.portfire.softcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.GuestMemory;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CodeCacheTest {
  private static final int PAGE = 3;

  private final GuestMemory memory = GuestMemory.allocate(16 * GuestMemory.PAGE_SIZE);

  @AfterEach
  void close() {
    memory.close();
  }

  private static Block block(int page, int offset, int operations, int crossPage) {
    Op[] ops = new Op[operations];
    Arrays.setAll(ops, k -> Ops.create(new Instruction()));
    return new Block(ops, operations, ((long) page << 12 | offset) << 2, crossPage);
  }

  private static Block add(CodeCache code, Block b, int length) {
    int page = (int) (b.key >>> 14);
    code.ready(page, code.mark(page, b.offset));
    if (b.crossPage >= 0) {
      code.ready(b.crossPage, code.mark(b.crossPage, 0));
    }
    code.add(b, page, length, code.version(page));
    return b;
  }

  @Test
  void aWriteDropsThePageOnlyWhereItHitsCode() {
    CodeCache code = new CodeCache(memory, 1000);
    Block b = add(code, block(PAGE, 128, 2, -1), 10);
    code.written(PAGE, 0, 128);
    code.written(PAGE, 192, 64);
    assertThat(code.find(b.key)).isSameAs(b);
    code.written(PAGE, 137, 1);
    assertThat(code.find(b.key)).isNull();
    assertThat(b.valid).isFalse();
    assertThat(code.hasCode(PAGE)).isFalse();
    assertThat(code.operations()).isZero();
  }

  @Test
  void aBlockDecodedBeforeADropIsNotKept() {
    CodeCache code = new CodeCache(memory, 1000);
    code.ready(PAGE, code.mark(PAGE, 0));
    int version = code.version(PAGE);
    code.written(PAGE, 0, 1);
    code.ready(PAGE, code.mark(PAGE, 0));
    Block stale = block(PAGE, 0, 1, -1);
    code.add(stale, PAGE, 4, version);
    assertThat(stale.valid).isFalse();
    assertThat(code.find(stale.key)).isNull();
  }

  @Test
  void aBlockDecodedBeforeAWriteToItsEndIsNotKept() {
    CodeCache code = new CodeCache(memory, 1000);
    code.ready(PAGE, code.mark(PAGE, 0));
    int version = code.version(PAGE);
    // Beyond the piece in which it starts, which is all that is marked while it is being decoded.
    code.written(PAGE, 100, 1);
    Block stale = block(PAGE, 0, 1, -1);
    code.add(stale, PAGE, 120, version);
    assertThat(stale.valid).isFalse();
  }

  @Test
  void theFirstCodeOfAPageWaitsForTheOtherCpus() {
    CodeCache code = new CodeCache(memory, 1000);
    long epoch = code.mark(PAGE, 0);
    assertThat(epoch).isPositive();
    assertThat(code.mark(PAGE, 64)).isEqualTo(epoch);
    code.ready(PAGE, epoch);
    assertThat(code.mark(PAGE, 128)).isZero();
  }

  @Test
  void aBlockThatRunsIntoTheNextPageGoesWithEitherPage() {
    CodeCache code = new CodeCache(memory, 1000);
    Block first = add(code, block(PAGE, 4090, 1, PAGE + 1), 6);
    code.written(PAGE + 1, 2, 1);
    assertThat(first.valid).isFalse();
    Block second = add(code, block(PAGE, 4090, 1, PAGE + 1), 6);
    code.written(PAGE, 4092, 1);
    assertThat(second.valid).isFalse();
    code.written(PAGE + 1, 0, 64);
    assertThat(code.operations()).isZero();
  }

  @Test
  void aGuestCannotMakeItGrowWithoutBound() {
    // The limit and one block: three operations, and what a block itself weighs.
    CodeCache code = new CodeCache(memory, 100);
    for (int k = 0; k < 1000; k++) {
      add(code, block(k % 16, k % 64 * 64, 3, -1), 4);
      assertThat(code.operations()).isLessThanOrEqualTo(105);
    }
  }
}
