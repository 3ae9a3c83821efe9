package dev.portfire.softcpu.irqchip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LocalApicTest {
  private static final int TPR = 0x80;
  private static final int PPR = 0xa0;
  private static final int EOI = 0xb0;
  private static final int LDR = 0xd0;
  private static final int SVR = 0xf0;
  private static final int ESR = 0x280;
  private static final int ICR_LOW = 0x300;
  private static final int ICR_HIGH = 0x310;
  private static final int LVT_TIMER = 0x320;
  private static final int LVT_LINT0 = 0x350;
  private static final int LVT_LINT1 = 0x360;
  private static final int LVT_ERROR = 0x370;
  private static final int INITIAL_COUNT = 0x380;
  private static final int CURRENT_COUNT = 0x390;
  private static final int DIVIDE = 0x3e0;

  private static final int MSR_ID = 0x802;
  private static final int MSR_EOI = 0x80b;
  private static final int MSR_LDR = 0x80d;
  private static final int MSR_SVR = 0x80f;
  private static final int MSR_ICR = 0x830;
  private static final int MSR_SELF = 0x83f;

  private final ManualTime time = new ManualTime();
  private final ApicBus bus = new ApicBus();
  private final RecordingHost host = new RecordingHost();
  private final LocalApic apic = new LocalApic(0, host, bus, time.timers, time);

  @BeforeEach
  void enable() {
    bus.add(apic);
    apic.write(SVR, 0x1ff);
    host.events.clear();
  }

  private LocalApic x2apic(int id, RecordingHost cpu) {
    LocalApic other = new LocalApic(id, cpu, bus, time.timers, time);
    bus.add(other);
    other.setApicBase(other.apicBase() | LocalApic.BASE_X2APIC);
    other.writeMsr(MSR_SVR, 0x1ff);
    return other;
  }

  private boolean raise(int vector) {
    return apic.accept(DeliveryMode.FIXED, vector, false);
  }

  @Test
  void startsAsHardwareDoes() {
    LocalApic fresh = new LocalApic(3, new RecordingHost(), bus, time.timers, time);
    assertThat(fresh.apicBase()).isEqualTo(0xfee00800L);
    assertThat(apic.apicBase()).isEqualTo(0xfee00900L);
    assertThat(fresh.read(0x20)).isEqualTo(3 << 24);
    assertThat(fresh.read(0x30)).isEqualTo(0x50014);
    assertThat(fresh.read(SVR)).isEqualTo(0xff);
    assertThat(fresh.read(0xe0)).isEqualTo(-1);
    assertThat(fresh.read(LVT_TIMER)).isEqualTo(0x10000);
    assertThat(fresh.mmioBase()).isEqualTo(0xfee00000L);
    assertThat(fresh.mmioEnabled()).isTrue();
  }

  @Test
  void deliversByPriorityAndNests() {
    assertThat(raise(0x31)).isTrue();
    assertThat(raise(0x52)).isTrue();
    assertThat(apic.interruptPending()).isTrue();
    assertThat(host.events).containsOnly("raised");
    assertThat(apic.acknowledge()).isEqualTo(0x52);
    // 0x31 waits for the end of 0x52.
    assertThat(apic.interruptPending()).isFalse();
    assertThat(apic.read(PPR)).isEqualTo(0x50);
    raise(0x5f);
    assertThat(apic.interruptPending()).as("same class").isFalse();
    raise(0x60);
    assertThat(apic.acknowledge()).isEqualTo(0x60);
    apic.write(EOI, 0);
    assertThat(apic.interruptPending()).isFalse();
    apic.write(EOI, 0);
    assertThat(apic.acknowledge()).isEqualTo(0x5f);
    apic.write(EOI, 0);
    assertThat(apic.acknowledge()).isEqualTo(0x31);
    apic.write(EOI, 0);
    assertThat(apic.acknowledge()).as("spurious").isEqualTo(0xff);
  }

  @Test
  void requestsAndServiceShowInTheirRegisters() {
    raise(0x41);
    raise(0xfe);
    assertThat(apic.read(0x200 + (0x41 >> 5) * 16)).isEqualTo(2);
    assertThat(apic.read(0x200 + (0xfe >> 5) * 16)).isEqualTo(1 << 30);
    assertThat(apic.acknowledge()).isEqualTo(0xfe);
    assertThat(apic.read(0x200 + (0xfe >> 5) * 16)).isZero();
    assertThat(apic.read(0x100 + (0xfe >> 5) * 16)).isEqualTo(1 << 30);
  }

  @Test
  void taskPriorityHoldsBackAndCr8IsItsUpperHalf() {
    apic.setCr8(5);
    assertThat(apic.read(TPR)).isEqualTo(0x50);
    raise(0x5a);
    assertThat(apic.interruptPending()).isFalse();
    host.events.clear();
    apic.write(TPR, 0x4f);
    assertThat(host.events).containsExactly("raised");
    assertThat(apic.cr8()).isEqualTo(4);
    assertThat(apic.read(PPR)).isEqualTo(0x4f);
    assertThat(apic.acknowledge()).isEqualTo(0x5a);
    assertThat(apic.read(PPR)).isEqualTo(0x50);
  }

  @Test
  void softwareDisabledTakesNothingNewAndMasksItsLocalVectors() {
    raise(0x40);
    apic.write(LVT_LINT0, 0x700);
    apic.write(SVR, 0xff);
    assertThat(raise(0x80)).isFalse();
    assertThat(apic.acknowledge()).as("what was pending stays").isEqualTo(0x40);
    assertThat(apic.read(LVT_LINT0)).isEqualTo(0x10700);
    apic.write(LVT_LINT0, 0x700);
    assertThat(apic.read(LVT_LINT0)).isEqualTo(0x10700);
  }

  @Test
  void levelInterruptsEndWithABroadcastAndEdgesDoNot() {
    List<Integer> ended = new ArrayList<>();
    bus.onEndOfInterrupt(ended::add);
    apic.accept(DeliveryMode.FIXED, 0x41, true);
    apic.acknowledge();
    assertThat(apic.read(0x180 + (0x41 >> 5) * 16)).isEqualTo(2);
    apic.write(EOI, 0);
    raise(0x42);
    apic.acknowledge();
    apic.write(EOI, 0);
    // The same vector again, as an edge this time.
    raise(0x41);
    apic.acknowledge();
    apic.write(EOI, 0);
    apic.write(EOI, 0);
    assertThat(ended).containsExactly(0x41);
  }

  @Test
  void oneShotTimerCountsDownOnceWithItsDivider() {
    apic.write(LVT_TIMER, 0x30);
    apic.write(DIVIDE, 0xb);
    apic.write(INITIAL_COUNT, 1000);
    time.advance(400);
    assertThat(apic.read(CURRENT_COUNT)).isEqualTo(600);
    time.advance(599);
    assertThat(apic.interruptPending()).isFalse();
    time.advance(1);
    assertThat(apic.acknowledge()).isEqualTo(0x30);
    assertThat(apic.read(CURRENT_COUNT)).isZero();
    apic.write(EOI, 0);

    apic.write(DIVIDE, 3);
    apic.write(INITIAL_COUNT, 1000);
    time.advance(15_999);
    assertThat(apic.interruptPending()).isFalse();
    assertThat(apic.read(CURRENT_COUNT)).isEqualTo(1);
    time.advance(1);
    assertThat(apic.interruptPending()).isTrue();
  }

  @Test
  void writingZeroStopsTheTimer() {
    apic.write(LVT_TIMER, 0x30);
    apic.write(DIVIDE, 0xb);
    apic.write(INITIAL_COUNT, 1000);
    apic.write(INITIAL_COUNT, 0);
    time.advance(10_000);
    assertThat(apic.interruptPending()).isFalse();
  }

  @Test
  void aTimerThatRanDownWhileItWasMaskedDoesNotInterruptLaterIfTheTimerThreadIsLate() {
    apic.write(LVT_TIMER, 0x30 | 0x10000);
    apic.write(0x3e0, 0xb);
    apic.write(INITIAL_COUNT, 1000);
    time.advanceUnseen(2000);
    apic.write(LVT_TIMER, 0x30);
    time.advance(1);
    assertThat(apic.interruptPending()).isFalse();
  }

  @Test
  void periodicTimerKeepsItsPhaseAndDropsMissedTicks() {
    apic.write(LVT_TIMER, 1 << 17 | 0x30);
    apic.write(DIVIDE, 0xb);
    apic.write(INITIAL_COUNT, 1_000_000);
    for (int i = 0; i < 3; i++) {
      time.advance(1_000_000);
      assertThat(apic.acknowledge()).isEqualTo(0x30);
      apic.write(EOI, 0);
    }
    time.advance(5_300_000);
    assertThat(apic.acknowledge()).isEqualTo(0x30);
    apic.write(EOI, 0);
    assertThat(apic.interruptPending()).isFalse();
    assertThat(apic.read(CURRENT_COUNT)).isEqualTo(700_000);
    time.advance(700_000);
    assertThat(apic.interruptPending()).isTrue();
  }

  @Test
  void aMaskedTimerStillCounts() {
    apic.write(LVT_TIMER, 0x10030);
    apic.write(DIVIDE, 0xb);
    apic.write(INITIAL_COUNT, 1000);
    time.advance(500);
    assertThat(apic.read(CURRENT_COUNT)).isEqualTo(500);
    time.advance(500);
    assertThat(apic.interruptPending()).isFalse();
  }

  @Test
  void tscDeadlineFiresOnceAndReadsAsZeroAfterwards() {
    apic.setTscDeadline(5);
    assertThat(apic.tscDeadline()).as("not in deadline mode").isZero();
    apic.write(LVT_TIMER, 2 << 17 | 0xec);
    apic.setTscDeadline(time.tsc() + 2_000);
    assertThat(apic.tscDeadline()).isEqualTo(time.tsc() + 2_000);
    time.advance(1_999);
    assertThat(apic.interruptPending()).isFalse();
    time.advance(1);
    assertThat(apic.acknowledge()).isEqualTo(0xec);
    assertThat(apic.tscDeadline()).isZero();
    apic.write(EOI, 0);
    time.advance(1, TimeUnit.HOURS);
    assertThat(apic.interruptPending()).isFalse();
  }

  @Test
  void aTscDeadlineGoneByFiresAtOnceAndOneFarAwayNever() {
    apic.write(LVT_TIMER, 2 << 17 | 0xec);
    time.advance(1000);
    apic.setTscDeadline(500);
    assertThat(apic.acknowledge()).isEqualTo(0xec);
    apic.write(EOI, 0);
    apic.setTscDeadline(-1);
    assertThat(apic.tscDeadline()).isEqualTo(-1);
    time.advance(365, TimeUnit.DAYS);
    assertThat(apic.interruptPending()).isFalse();
    apic.setTscDeadline(time.tsc() + 100);
    apic.setTscDeadline(0);
    time.advance(1000);
    assertThat(apic.interruptPending()).isFalse();
  }

  @Test
  void changingTheTimerModeDisarmsIt() {
    apic.write(LVT_TIMER, 2 << 17 | 0xec);
    apic.setTscDeadline(time.tsc() + 2_000);
    apic.write(LVT_TIMER, 0xec);
    time.advance(5_000);
    assertThat(apic.interruptPending()).isFalse();
    assertThat(apic.tscDeadline()).isZero();
  }

  @Test
  void interProcessorInterruptsReachTheirDestinations() {
    RecordingHost one = new RecordingHost();
    LocalApic other = new LocalApic(1, one, bus, time.timers, time);
    bus.add(other);
    other.write(SVR, 0x1ff);

    apic.write(ICR_HIGH, 1 << 24);
    apic.write(ICR_LOW, 0x4500);
    apic.write(ICR_LOW, 0x4600 | 0x9a);
    apic.write(ICR_LOW, 0x4000 | 0x99);
    apic.write(ICR_LOW, 0x4400);
    assertThat(one.events).containsExactly("init", "sipi 9a", "raised", "nmi");
    assertThat(other.acknowledge()).isEqualTo(0x99);
    assertThat(host.events).isEmpty();

    // Self, all, all but self.
    apic.write(ICR_LOW, 1 << 18 | 0x41);
    assertThat(apic.acknowledge()).isEqualTo(0x41);
    apic.write(EOI, 0);
    assertThat(other.interruptPending()).isFalse();
    apic.write(ICR_LOW, 2 << 18 | 0x42);
    assertThat(apic.acknowledge()).isEqualTo(0x42);
    other.write(EOI, 0);
    assertThat(other.acknowledge()).isEqualTo(0x42);
    apic.write(EOI, 0);
    other.write(EOI, 0);
    apic.write(ICR_LOW, 3 << 18 | 0x43);
    assertThat(apic.interruptPending()).isFalse();
    assertThat(other.acknowledge()).isEqualTo(0x43);
    assertThat(apic.read(ICR_LOW)).as("never busy").isEqualTo(3 << 18 | 0x43);
  }

  @Test
  void initLevelDeassertIsIgnored() {
    apic.write(ICR_HIGH, 0);
    apic.write(ICR_LOW, 0x8500);
    assertThat(host.events).isEmpty();
  }

  @Test
  void logicalDestinationsFlatAndCluster() {
    apic.write(LDR, 0x02 << 24);
    assertThat(apic.matches(0x03, true)).isTrue();
    assertThat(apic.matches(0x04, true)).isFalse();
    apic.write(0xe0, 0x0fffffff);
    apic.write(LDR, 0x35 << 24);
    assertThat(apic.matches(0x31, true)).isTrue();
    assertThat(apic.matches(0x32, true)).isFalse();
    assertThat(apic.matches(0x21, true)).isFalse();
  }

  @Test
  void illegalVectorsAreErrors() {
    apic.write(LVT_ERROR, 0xfe);
    apic.write(ICR_LOW, 1 << 18 | 0x0f);
    assertThat(apic.acknowledge()).isEqualTo(0xfe);
    assertThat(apic.read(ESR)).as("latched by a write only").isZero();
    apic.write(ESR, 0);
    assertThat(apic.read(ESR)).isEqualTo(0x20);
    apic.write(ESR, 0);
    assertThat(apic.read(ESR)).isZero();
    raise(3);
    apic.write(ESR, 0);
    assertThat(apic.read(ESR)).isEqualTo(0x40);
    int unused = apic.read(0x3d0);
    apic.write(ESR, 0);
    assertThat(apic.read(ESR)).isEqualTo(0x80);
  }

  @Test
  void anErrorVectorThatIsIllegalItselfDoesNotRecurse() {
    apic.write(LVT_ERROR, 0x05);
    apic.write(ICR_LOW, 1 << 18 | 0x0f);
    assertThat(apic.interruptPending()).isFalse();
  }

  @Test
  void lint0CarriesThePicsInVirtualWireMode() {
    apic.enableVirtualWire();
    assertThat(apic.read(LVT_LINT0)).isEqualTo(0x700);
    assertThat(apic.read(LVT_LINT1)).isEqualTo(0x400);
    apic.setLint0(true);
    assertThat(host.events).containsExactly("raised");
    assertThat(apic.interruptPending()).isTrue();
    assertThat(apic.externalPending()).isTrue();
    apic.setLint0(false);
    assertThat(apic.interruptPending()).isFalse();
    apic.write(LVT_LINT0, 0x10700);
    apic.setLint0(true);
    assertThat(apic.interruptPending()).isFalse();
  }

  @Test
  void lint0InOtherModes() {
    apic.write(LVT_LINT0, 0x38);
    apic.setLint0(true);
    assertThat(apic.externalPending()).isFalse();
    assertThat(apic.acknowledge()).isEqualTo(0x38);
    apic.write(LVT_LINT0, 0x400);
    apic.setLint0(false);
    apic.setLint0(true);
    assertThat(host.events).contains("nmi");
  }

  @Test
  void aDisabledApicIsTransparentToThePics() {
    apic.setApicBase(LocalApic.DEFAULT_BASE | LocalApic.BASE_BSP);
    assertThat(apic.mmioEnabled()).isFalse();
    apic.setLint0(true);
    assertThat(apic.interruptPending()).isTrue();
    assertThat(raise(0x40)).isFalse();
  }

  @Test
  void apicBaseTransitions() {
    long xapic = LocalApic.DEFAULT_BASE | LocalApic.BASE_ENABLE;
    long x2apic = xapic | LocalApic.BASE_X2APIC;
    long off = LocalApic.DEFAULT_BASE;
    assertThatThrownBy(() -> apic.setApicBase(off | LocalApic.BASE_X2APIC)).isInstanceOf(MsrFault.class);
    assertThatThrownBy(() -> apic.setApicBase(xapic | 1)).isInstanceOf(MsrFault.class);
    assertThatThrownBy(() -> apic.setApicBase(xapic | 1L << 60)).isInstanceOf(MsrFault.class);
    apic.setApicBase(x2apic);
    assertThat(apic.mmioEnabled()).isFalse();
    assertThatThrownBy(() -> apic.setApicBase(xapic)).isInstanceOf(MsrFault.class);
    apic.setApicBase(off);
    assertThatThrownBy(() -> apic.setApicBase(x2apic)).isInstanceOf(MsrFault.class);
    apic.setApicBase(xapic);
    assertThat(apic.read(SVR)).as("reset by disabling").isEqualTo(0xff);
  }

  @Test
  void x2apicRegistersAreMsrs() {
    assertThatThrownBy(() -> apic.readMsr(MSR_ID)).isInstanceOf(MsrFault.class);
    LocalApic wide = x2apic(0x23, new RecordingHost());
    assertThat(wide.readMsr(MSR_ID)).isEqualTo(0x23);
    assertThat(wide.readMsr(MSR_LDR)).isEqualTo(0x2_0008);
    assertThatThrownBy(() -> wide.writeMsr(MSR_ID, 1)).isInstanceOf(MsrFault.class);
    assertThatThrownBy(() -> wide.writeMsr(MSR_EOI, 1)).isInstanceOf(MsrFault.class);
    assertThatThrownBy(() -> wide.readMsr(MSR_EOI)).isInstanceOf(MsrFault.class);
    assertThatThrownBy(() -> wide.readMsr(0x80e)).as("no DFR").isInstanceOf(MsrFault.class);
    assertThatThrownBy(() -> wide.readMsr(0x831)).as("no ICR2").isInstanceOf(MsrFault.class);
    assertThatThrownBy(() -> wide.writeMsr(MSR_SVR, 1L << 32)).isInstanceOf(MsrFault.class);
    wide.writeMsr(0x832, 2 << 17 | 0xec);
    assertThat(wide.readMsr(0x832)).isEqualTo(2 << 17 | 0xec);
    wide.writeMsr(MSR_SELF, 0x55);
    assertThat(wide.acknowledge()).isEqualTo(0x55);
    wide.writeMsr(MSR_EOI, 0);
    assertThat(wide.read(0)).isZero();
  }

  @Test
  void x2apicInterruptCommandsAreOneRegister() {
    RecordingHost one = new RecordingHost();
    LocalApic first = x2apic(0x11, new RecordingHost());
    LocalApic second = x2apic(0x12, one);
    first.writeMsr(MSR_ICR, 0x12L << 32 | 0x61);
    assertThat(second.acknowledge()).isEqualTo(0x61);
    assertThat(first.readMsr(MSR_ICR)).isEqualTo(0x12L << 32 | 0x61);
    // Cluster 1, members 1 and 2.
    first.writeMsr(MSR_ICR, 0x1_0006L << 32 | 1 << 11 | 0x72);
    assertThat(first.acknowledge()).isEqualTo(0x72);
    assertThat(second.acknowledge()).isEqualTo(0x72);
    first.writeMsr(MSR_ICR, 0xffff_ffffL << 32 | 0x83);
    assertThat(apic.acknowledge()).isEqualTo(0x83);
    assertThat(second.acknowledge()).isEqualTo(0x83);
  }

  @Test
  void initResetsRegistersButNotTheMode() {
    LocalApic wide = x2apic(2, new RecordingHost());
    wide.accept(DeliveryMode.FIXED, 0x44, false);
    wide.init();
    assertThat(wide.interruptPending()).isFalse();
    assertThat(wide.readMsr(MSR_SVR)).isEqualTo(0xff);
    assertThat(wide.readMsr(MSR_ID)).isEqualTo(2);
  }

  @Test
  void aSavedStateGoesOnInAnother() {
    apic.write(LVT_TIMER, 1 << 17 | 0x30);
    apic.write(DIVIDE, 0xb);
    apic.write(INITIAL_COUNT, 1_000_000);
    time.advance(300_000);
    raise(0x77);
    raise(0x51);
    apic.acknowledge();
    apic.write(TPR, 0x20);
    LocalApic.State saved = apic.save();

    ManualTime later = new ManualTime();
    later.advance(123_456);
    RecordingHost cpu = new RecordingHost();
    LocalApic restored = new LocalApic(0, cpu, new ApicBus(), later.timers, later);
    restored.restore(saved);
    assertThat(restored.save()).usingRecursiveComparison().isEqualTo(saved);
    assertThat(restored.read(PPR)).isEqualTo(0x70);
    restored.write(EOI, 0);
    assertThat(cpu.events).contains("raised");
    assertThat(restored.acknowledge()).isEqualTo(0x51);
    restored.write(EOI, 0);
    later.advance(699_999);
    assertThat(restored.interruptPending()).isFalse();
    later.advance(1);
    assertThat(restored.acknowledge()).isEqualTo(0x30);
  }
}
