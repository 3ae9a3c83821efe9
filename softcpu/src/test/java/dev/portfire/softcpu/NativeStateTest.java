package dev.portfire.softcpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The tables that emitted code looks up, looked up as it does. */
class NativeStateTest {
  private static final long HASH = 0x3c6e_f372_fe94_f82aL;
  private static final long KERNEL = 0xffff_ffff_8123_4000L;

  private static final long NOWHERE = 0x7f00_0000_1000L;

  private final NativeState state = new NativeState(PretendedCode::new, mode -> NOWHERE + mode);

  /** What the probe of a one-byte access computes: 0 is a hit. */
  private long probe(int tags, long address) {
    long slot = address >>> 12 & NativeState.TLB_SLOTS - 1;
    return state.get(tags + (int) (8 * slot)) + address >>> 12;
  }

  private boolean reads(int mode, long address) {
    return probe(NativeState.readTags(mode), address) == 0;
  }

  private boolean writes(int mode, long address) {
    return probe(NativeState.writeTags(mode), address) == 0;
  }

  private boolean jumps(int mode, long address) {
    long slot = Long.compress(address * HASH, state.get(NativeState.jumpMask(mode)));
    return state.get(NativeState.jumpKeys(mode) + (int) (8 * slot)) + address == 0;
  }

  /** A slot of the return stack, filled as CALL does. */
  private void call(int mode, int slot, long address, long code) {
    state.set(NativeState.returnKeys(mode) + 8 * slot, ~address);
    state.set(NativeState.returnCode(mode) + 8 * slot, code);
  }

  /** What RET finds in a slot; 0 if nothing. */
  private long returns(int mode, int slot, long address) {
    return state.get(NativeState.returnKeys(mode) + 8 * slot) + address == -1 ? state.get(NativeState.returnCode(mode) + 8 * slot) : 0;
  }

  private void fillReturns() {
    for (int mode = 0; mode < NativeState.MODES; mode++) {
      for (int slot = 0; slot < 256; slot++) {
        call(mode, slot, KERNEL + slot, 0x5000);
      }
    }
  }

  private void nothingReturns() {
    for (int mode = 0; mode < NativeState.MODES; mode++) {
      for (int slot = 0; slot < 256; slot++) {
        assertThat(returns(mode, slot, KERNEL + slot)).isZero();
        assertThat(returns(mode, slot, 0)).isZero();
        // Whatever is in a slot is the negative of something: code that there is not.
        assertThat(returns(mode, slot, -1)).isEqualTo(NOWHERE + mode);
      }
    }
  }

  @Test
  void anEmptyReturnStackLeadsNowhere() {
    nothingReturns();
    for (Runnable forget : new Runnable[] {state::switchSpace, state::forgetAll, state::forgetAllJumps, state::releaseJumps}) {
      fillReturns();
      assertThat(returns(2, 255, KERNEL + 255)).isEqualTo(0x5000);
      forget.run();
      nothingReturns();
    }
  }

  @Test
  void invalidatingAPageForgetsReturnsToIt() {
    call(0, 0, 0x40_0010, 0x5000);
    call(0, 255, 0x40_0fff, 0x6000);
    call(1, 7, KERNEL, 0x7000);
    // Emitted code calls from pages only that were remembered once.
    state.rememberFetch(0, 0x40_0000, 1, false);
    state.rememberFetch(1, KERNEL & -4096L, 2, true);
    state.forgetReturns(0x40_1000, -4096L);
    assertThat(returns(0, 0, 0x40_0010)).isEqualTo(0x5000);
    state.forgetReturns(0x40_0123, -4096L);
    assertThat(returns(0, 0, 0x40_0010)).isZero();
    assertThat(returns(0, 255, 0x40_0fff)).isZero();
    assertThat(returns(0, 0, -1)).isEqualTo(NOWHERE);
    assertThat(returns(1, 7, KERNEL)).isEqualTo(0x7000);
    state.forgetReturns(KERNEL + 0x1000, -1L << 21);
    assertThat(returns(1, 7, KERNEL)).isZero();
    assertThat(returns(1, 7, -1)).isEqualTo(NOWHERE + 1);
  }

  /** CALL and PUSH of emitted code write there. */
  @Test
  void belowTheStackPointerAreRegistersThatTheHostHolds() {
    int found = 0;
    for (int g = 0; g < 16; g++) {
      int from = NativeState.register(g);
      if (from < 0 && from + 8 > -8) {
        assertThat(Trampolines.HOST[g]).isNotNegative();
        found++;
      }
    }
    assertThat(found).isEqualTo(2);
    // Red zone and a CALL: what the host's signal handlers leave alone.
    assertThat(NativeState.register(0)).isGreaterThanOrEqualTo(-128);
  }

  @Test
  void anEmptyTableHasNothingForAnyAddress() {
    for (int mode = 0; mode < NativeState.MODES; mode++) {
      for (long slot = 0; slot < NativeState.TLB_SLOTS; slot++) {
        // Also the address that its tag is the negative of.
        long tag = -state.get(NativeState.readTags(mode) + (int) (8 * slot));
        for (long address : new long[] {slot << 12, KERNEL + (slot << 12), tag, tag + 0xfff, tag - 1, ~tag}) {
          assertThat(reads(mode, address)).isFalse();
          assertThat(writes(mode, address)).isFalse();
          assertThat(jumps(mode, address)).isFalse();
        }
      }
      assertThat(jumps(mode, 0)).isFalse();
      assertThat(jumps(mode, 1)).isFalse();
    }
  }

  @Test
  void aTranslationIsOfOneModeAndOnePage() {
    state.install(1, KERNEL, 0x1000, false, true);
    assertThat(reads(1, KERNEL)).isTrue();
    assertThat(reads(1, KERNEL + 0xfff)).isTrue();
    assertThat(writes(1, KERNEL)).isFalse();
    assertThat(reads(0, KERNEL)).isFalse();
    assertThat(reads(1, KERNEL + 0x1000)).isFalse();
    assertThat(reads(1, KERNEL + (1L << 24))).as("the same slot").isFalse();
    state.forgetPage(KERNEL);
    assertThat(reads(1, KERNEL)).isFalse();
  }

  @Test
  void aSwitchOfAddressSpacesKeepsWhatIsGlobal() {
    state.install(1, KERNEL, 0x1000, true, true);
    state.install(1, KERNEL + 0x1000, 0x1000, true, false);
    state.install(0, 0x40_0000, 0x1000, true, false);
    state.rememberJump(1, KERNEL + 8, 0x5000, true);
    state.rememberJump(0, 0x40_0010, 0x6000, false);
    state.switchSpace();
    assertThat(reads(1, KERNEL)).isTrue();
    assertThat(reads(1, KERNEL + 0x1000)).isFalse();
    assertThat(reads(0, 0x40_0000)).isFalse();
    assertThat(jumps(1, KERNEL + 8)).isTrue();
    assertThat(jumps(0, 0x40_0010)).isFalse();
    state.forgetAll();
    assertThat(reads(1, KERNEL)).isFalse();
    assertThat(jumps(1, KERNEL + 8)).isFalse();
  }

  @Test
  void aGlobalTranslationThatALocalOneReplacedGoesWithIt() {
    state.install(1, KERNEL, 0x1000, true, true);
    state.install(1, KERNEL + (1L << 24), 0x2000, true, false);
    state.switchSpace();
    assertThat(reads(1, KERNEL + (1L << 24))).isFalse();
  }

  @Test
  void moreThanIsRememberedIsForgottenAllTheSame() {
    for (long k = 0; k < 4000; k++) {
      state.install(0, k << 12, 0x1000, true, false);
      state.rememberJump(0, k << 12, 0x1000, false);
    }
    state.switchSpace();
    for (long k = 0; k < 4000; k++) {
      assertThat(reads(0, k << 12) || writes(0, k << 12) || jumps(0, k << 12)).isFalse();
    }
  }

  @Test
  void moreJumpsTakeMoreSlotsUntilTheyAreReleased() {
    for (int mode = 0; mode < NativeState.MODES; mode++) {
      long few = state.get(NativeState.jumpMask(mode));
      for (long k = 0; k < 20_000; k++) {
        state.rememberJump(mode, KERNEL + 8 * k, 0x1000, true);
      }
      assertThat(Long.bitCount(state.get(NativeState.jumpMask(mode)))).isGreaterThan(Long.bitCount(few));
      for (int other = 0; other < NativeState.MODES; other++) {
        state.rememberJump(other, KERNEL + 8 * 19_999, 0x1000, true);
        assertThat(jumps(other, KERNEL + 8 * 19_999)).as("mode %d when %d has more", other, mode).isTrue();
      }
      state.releaseJumps();
      assertThat(state.get(NativeState.jumpMask(mode))).isEqualTo(few);
      anEmptyTableHasNothingForAnyAddress();
      for (long k = 0; k < 20_000; k++) {
        assertThat(jumps(mode, KERNEL + 8 * k)).isFalse();
      }
    }
  }

  @Test
  void writesAreForgottenAlone() {
    state.install(0, 0x7000, 0x1000, true, false);
    assertThat(writes(0, 0x7abc)).isTrue();
    state.forgetWrites();
    assertThat(writes(0, 0x7abc)).isFalse();
    assertThat(reads(0, 0x7abc)).isTrue();
  }

  @Test
  void registersThatAreStoredLeaveTheSlotsAsTheyAre() {
    for (int mode = 0; mode < 3; mode++) {
      state.load();
      for (int k = 0; k < 20_000; k++) {
        state.rememberJump(mode, KERNEL + 8 * k, 0x1000, true);
      }
      state.store();
      assertThat(jumps(mode, KERNEL + 8 * 19_999)).as("mode %d has more", mode).isTrue();
      state.load();
      state.releaseJumps();
      state.store();
      state.rememberJump(mode, KERNEL, 0x1000, true);
      assertThat(jumps(mode, KERNEL)).as("mode %d has fewer", mode).isTrue();
    }
  }

  @Test
  void invalidatingAPageForgetsJumpsIntoIt() {
    state.rememberJump(0, 0x40_0010, 0x6000, false);
    state.forgetPage(0x50_0000);
    assertThat(jumps(0, 0x40_0010)).isTrue();
    state.rememberJump(0, 0x40_1010, 0x7000, false);
    state.forgetPage(0x40_0fff);
    assertThat(jumps(0, 0x40_0010)).isFalse();
    assertThat(jumps(0, 0x40_1010)).as("another page's").isTrue();
  }
}
