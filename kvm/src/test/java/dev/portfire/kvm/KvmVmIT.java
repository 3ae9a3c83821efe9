package dev.portfire.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import dev.portfire.machine.BinaryStatistics;
import dev.portfire.machine.ExitReason;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.InterruptControllers;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.machine.X86State;
import dev.portfire.softcpu.SoftAssist;
import dev.portfire.softcpu.SoftHypervisor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The back end on this machine's KVM, with guests of a few instructions. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KvmVmIT {
  /** A port that stops the guest. */
  private static final int DONE = 0x80;

  @BeforeEach
  void requireKvm() {
    TinyGuest.requireKvm();
  }

  private static KvmHypervisor kvm() {
    return new KvmHypervisor(KvmHypervisor.DEVICE, Optional.empty());
  }

  private static void stopAt(Vm vm, Vcpu vcpu) {
    vm.ports().attach(DONE, 1, new dev.portfire.machine.BusDevice() {
      @Override
      public long read(long offset, int size) {
        return 0;
      }

      @Override
      public void write(long offset, int size, long value) {
        vcpu.kick();
      }
    });
  }

  private static long entries(String directory) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(directory))) {
      return files.count();
    }
  }

  private static long mappings() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).stream().filter(line -> line.contains("kvm")).count();
  }

  private static void cycle() {
    try (GuestMemory memory = GuestMemory.allocate(TinyGuest.MEMORY);
        KvmVm vm = kvm().open(new VmSpec("t", memory, 2))) {
      TinyGuest.load(memory, "e680 f4");
      Vcpu vcpu = vm.vcpu(0);
      stopAt(vm, vcpu);
      vm.onNotification(0xd000_0000L, 4, 0, () -> {});
      vm.interruptLine(5).pulse();
      vcpu.restore(TinyGuest.realMode());
      assertThat(vcpu.run()).isEqualTo(Vcpu.Stop.KICKED);
    }
  }

  @Test
  void aHundredMachinesLeaveNothingBehind() throws IOException {
    cycle();
    long files = entries("/proc/self/fd");
    long threads = entries("/proc/self/task");
    for (int k = 0; k < 100; k++) {
      cycle();
    }
    assertThat(entries("/proc/self/fd")).isEqualTo(files);
    assertThat(mappings()).isZero();
    // The JVM's own come and go.
    assertThat(entries("/proc/self/task")).isBetween(1L, threads + 4);
  }

  @Test
  void aGuestIsToldOfAPauseByTheClockThatItHas() {
    try (GuestMemory memory = GuestMemory.allocate(TinyGuest.MEMORY);
        KvmVm vm = kvm().open(new VmSpec("t", memory, 1))) {
      Vcpu vcpu = vm.vcpu(0);
      stopAt(vm, vcpu);
      // mov ecx,0x4b564d01; mov eax,0x6001; xor edx,edx; wrmsr; out 0x80,al; out 0x80,al; hlt
      TinyGuest.load(memory, "66b9014d564b 66b801600000 6631d2 0f30 e680 e680 f4");
      vcpu.restore(TinyGuest.realMode());
      assertThat(vcpu.announcePause()).as("without a clock").isFalse();
      assertThat(vcpu.run()).isEqualTo(Vcpu.Stop.KICKED);
      int flags = 0x6000 + 29;
      assertThat(memory.readByte(flags) & 2).isZero();
      assertThat(vcpu.announcePause()).isTrue();
      assertThat(vcpu.run()).isEqualTo(Vcpu.Stop.KICKED);
      assertThat(memory.readByte(flags) & 2).as("PVCLOCK_GUEST_STOPPED").isEqualTo(2);
    }
  }

  @Test
  void portsAreAccessedInAllSizesAndByStrings() {
    try (GuestMemory memory = GuestMemory.allocate(TinyGuest.MEMORY);
        KvmVm vm = kvm().open(new VmSpec("t", memory, 1))) {
      TinyGuest.Recorder recorder = new TinyGuest.Recorder();
      vm.ports().attach(0x10, 0x10, recorder);
      Vcpu vcpu = vm.vcpu(0);
      stopAt(vm, vcpu);
      // mov al,0x42; out 0x10,al; in ax,0x12; out 0x12,ax; in eax,0x14; out 0x18,eax;
      // mov si,0x1000; mov cx,3; mov dx,0x1c; rep outsb; mov di,0x3000; mov cx,2; rep insw; out 0x80,al; hlt
      TinyGuest.load(memory, "b042 e610 e512 e712 66e514 66e718 be0010 b90300 ba1c00 f36e bf0030 b90200 f36d e680 f4");
      vcpu.restore(TinyGuest.realMode());
      assertThat(vcpu.run()).isEqualTo(Vcpu.Stop.KICKED);
      assertThat(recorder.log).containsExactly(
          "w0/1=42", "r2/2=7788", "w2/2=7788", "r4/4=55667789", "w8/4=55667789",
          "wc/1=b0", "wc/1=42", "wc/1=e6", "rc/2=778a", "rc/2=778b");
      assertThat(memory.readInt(0x3000)).isEqualTo(0x778b_778a);
      // A KVM may split a string's accesses into several exits.
      assertThat(vcpu.exits().countOf(ExitReason.IO)).isBetween(8L, 12L);
    }
  }

  @Test
  void deviceMemoryIsAccessedInAllSizes() {
    try (GuestMemory memory = GuestMemory.allocate(TinyGuest.MEMORY);
        KvmVm vm = kvm().open(new VmSpec("t", memory, 1))) {
      TinyGuest.Recorder recorder = new TinyGuest.Recorder();
      vm.mmio().attach(0xd000_0000L, 4096, recorder);
      Vcpu vcpu = vm.vcpu(0);
      stopAt(vm, vcpu);
      // mov edi,0xd0000000; mov rax,[rdi]; mov [rdi+8],rax; mov eax,[rdi+4]; mov [rdi+0x10],ax; mov byte [rdi+0x11],7
      TinyGuest.load(memory, "bf000000d0 488b07 48894708 8b4704 66894710 c6471107 e680 f4");
      vcpu.restore(TinyGuest.longMode(memory));
      assertThat(vcpu.run()).isEqualTo(Vcpu.Stop.KICKED);
      assertThat(recorder.log).containsExactly(
          "r0/8=1122334455667788", "w8/8=1122334455667788", "r4/4=55667789", "w10/2=7789", "w11/1=7");
      assertThat(vcpu.exits().countOf(ExitReason.MMIO)).isEqualTo(5);
    }
  }

  @Test
  void writesThatOnlyNotifyReachTheirActionAndNotTheDevice() {
    try (GuestMemory memory = GuestMemory.allocate(TinyGuest.MEMORY);
        KvmVm vm = kvm().open(new VmSpec("t", memory, 1))) {
      TinyGuest.Recorder recorder = new TinyGuest.Recorder();
      vm.mmio().attach(0xd000_0000L, 4096, recorder);
      List<String> notified = new java.util.concurrent.CopyOnWriteArrayList<>();
      vm.onNotification(0xd000_0050L, 4, 0, () -> notified.add("zero"));
      vm.onNotification(0xd000_0050L, 4, 1, () -> notified.add("one"));
      Vcpu vcpu = vm.vcpu(0);
      stopAt(vm, vcpu);
      // mov edi,0xd0000050; mov dword [rdi],0; mov dword [rdi],1; mov dword [rdi],1; mov dword [rdi],2;
      // mov word [rdi],1; mov dword [rdi+4],0; out 0x80,al
      TinyGuest.load(memory, "bf500000d0 c70700000000 c70701000000 c70701000000 c70702000000 66c7070100 c7470400000000 e680 f4");
      vcpu.restore(TinyGuest.longMode(memory));
      assertThat(vcpu.run()).isEqualTo(Vcpu.Stop.KICKED);
      vm.deliverNotifications();
      assertThat(notified).contains("zero", "one").hasSizeBetween(2, 3);
      assertThat(recorder.log).containsExactly("w50/4=2", "w50/2=1", "w54/4=0");
      assertThat(vcpu.exits().countOf(ExitReason.MMIO)).isEqualTo(3);
    }
  }

  @Test
  void aNotificationIsDeliveredWhileTheGuestRuns() throws InterruptedException {
    try (GuestMemory memory = GuestMemory.allocate(TinyGuest.MEMORY);
        KvmVm vm = kvm().open(new VmSpec("t", memory, 1))) {
      java.util.concurrent.CountDownLatch notified = new java.util.concurrent.CountDownLatch(1);
      vm.onNotification(0xd000_0050L, 4, 7, notified::countDown);
      Vcpu vcpu = vm.vcpu(0);
      // mov edi,0xd0000050; mov dword [rdi],7; jmp here
      TinyGuest.load(memory, "bf500000d0 c70707000000 ebfe");
      vcpu.restore(TinyGuest.longMode(memory));
      Thread thread = Thread.ofPlatform().start(vcpu::run);
      assertThat(notified.await(30, TimeUnit.SECONDS)).isTrue();
      vcpu.kick();
      thread.join();
    }
  }

  @Test
  void anInputWithTwoDriversIsReleasedByTheLast() {
    try (GuestMemory memory = GuestMemory.allocate(TinyGuest.MEMORY);
        KvmVm vm = kvm().open(new VmSpec("t", memory, 1))) {
      dev.portfire.machine.InterruptLine one = vm.interruptLine(5);
      dev.portfire.machine.InterruptLine two = vm.interruptLine(5);
      one.set(true);
      // No irqfd here: it would let go of the input.
      two.pulse();
      assertThat(vm.saveInterruptControllers().master().inputs() >> 5 & 1).isEqualTo(1);
      one.set(false);
      assertThat(vm.saveInterruptControllers().master().inputs() >> 5 & 1).isZero();
    }
  }

  @Test
  void memoryThatIsReadOnlyIsReadInPlaceAndItsWritesGoToTheBus() {
    try (GuestMemory memory = GuestMemory.allocate(TinyGuest.MEMORY)) {
      memory.setReadOnly(0x5000, 0x1000);
      try (KvmVm vm = kvm().open(new VmSpec("t", memory, 1))) {
        TinyGuest.Recorder recorder = new TinyGuest.Recorder();
        vm.mmio().attach(0x5000, 0x1000, recorder);
        Vcpu vcpu = vm.vcpu(0);
        stopAt(vm, vcpu);
        // mov al,[0x5001]; mov [0x5002],al; mov [0x6000],al; out 0x80,al
        TinyGuest.load(memory, "a00150 a20250 a20060 e680 f4");
        memory.writeByte(0x5001, 0x42);
        vcpu.restore(TinyGuest.realMode());
        assertThat(vcpu.run()).isEqualTo(Vcpu.Stop.KICKED);
        assertThat(recorder.log).containsExactly("w2/1=42");
        assertThat(memory.readByte(0x5002)).isZero();
        assertThat(memory.readByte(0x6000)).isEqualTo(0x42);
      }
    }
  }

  private static void awaitTrue(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(1);
    }
  }

  @Test
  void aHaltedGuestIsKickedAndAnInterruptWakesIt() throws InterruptedException {
    try (GuestMemory memory = GuestMemory.allocate(TinyGuest.MEMORY);
        KvmVm vm = kvm().open(new VmSpec("t", memory, 1))) {
      TinyGuest.Recorder recorder = new TinyGuest.Recorder();
      vm.ports().attach(0x10, 1, recorder);
      Vcpu vcpu = vm.vcpu(0);
      // PIC: vectors from 0x20, input 1 unmasked; out 0x10,al; sti; hlt; cli; out 0x10,al; hlt
      TinyGuest.load(memory, "b011 e620 b020 e621 b004 e621 b001 e621 b0fd e621 e610 fb f4 fa e610 f4");
      // Vector 0x21 is at 0x84: an IRET at 0x2000.
      memory.writeInt(0x84, 0x2000);
      memory.writeByte(0x2000, 0xcf);
      vcpu.restore(TinyGuest.realMode());
      AtomicReference<Vcpu.Stop> stop = new AtomicReference<>();
      Thread thread = Thread.ofPlatform().start(() -> stop.set(vcpu.run()));
      awaitTrue(() -> !recorder.log.isEmpty());
      Thread.sleep(50);
      vcpu.kick();
      thread.join();
      assertThat(stop.get()).isEqualTo(Vcpu.Stop.KICKED);
      X86State halted = vcpu.save();
      assertThat(halted.runState()).isEqualTo(X86State.RunState.HALTED);
      assertThat(halted.rflags() & 0x200).isNotZero();
      assertThat(vm.saveInterruptControllers().master().vectorBase()).isEqualTo(0x20);
      Thread again = Thread.ofPlatform().start(() -> stop.set(vcpu.run()));
      vm.interruptLine(1).pulse();
      awaitTrue(() -> recorder.log.size() == 2);
      vcpu.kick();
      again.join();
      assertThat(vcpu.save().rflags() & 0x200).isZero();
    }
  }

  @Test
  void noKickIsLost() throws InterruptedException {
    try (GuestMemory memory = GuestMemory.allocate(TinyGuest.MEMORY);
        KvmVm vm = kvm().open(new VmSpec("t", memory, 1))) {
      TinyGuest.load(memory, "ebfe");
      Vcpu vcpu = vm.vcpu(0);
      vcpu.restore(TinyGuest.realMode());
      // Before it runs.
      vcpu.kick();
      assertThat(vcpu.run()).isEqualTo(Vcpu.Stop.KICKED);
      // While it runs, at no particular time; every kick must end one run.
      for (int k = 0; k < 2000; k++) {
        Thread kicker = Thread.ofPlatform().start(vcpu::kick);
        assertThat(vcpu.run()).isEqualTo(Vcpu.Stop.KICKED);
        kicker.join();
      }
      vcpu.kick();
      vcpu.kick();
      assertThat(vcpu.run()).isEqualTo(Vcpu.Stop.KICKED);
    }
  }

  @Test
  void aTripleFaultIsReported() {
    try (GuestMemory memory = GuestMemory.allocate(TinyGuest.MEMORY);
        KvmVm vm = kvm().open(new VmSpec("t", memory, 1))) {
      TinyGuest.load(memory, "0f0b");
      X86State state = TinyGuest.longMode(memory);
      vm.vcpu(0).restore(new X86State(
          state.general(), state.rip(), 2, state.segments(), state.gdt(), new X86State.Table(0, 0), state.control(),
          state.debug(), state.msrs(), state.xsave(), state.runState()));
      assertThat(vm.vcpu(0).run()).isEqualTo(Vcpu.Stop.TRIPLE_FAULT);
      assertThat(vm.failure()).hasValueSatisfying(text -> assertThat(text).contains("rip ").contains("cr3 "));
    }
  }

  @Test
  void writtenPagesAreLogged() {
    try (GuestMemory memory = GuestMemory.allocate(TinyGuest.MEMORY);
        KvmVm vm = kvm().open(new VmSpec("t", memory, 1))) {
      // mov byte [0x5000],1; out 0x80,al
      TinyGuest.load(memory, "c606005001 e680 f4");
      Vcpu vcpu = vm.vcpu(0);
      stopAt(vm, vcpu);
      var log = vm.dirtyLog().orElseThrow();
      log.start();
      memory.writeByte(0x9fff, 1);
      vcpu.restore(TinyGuest.realMode());
      vcpu.run();
      assertThat(log.takeDirtyPages().stream().toArray()).containsExactly(5, 9);
      assertThat(log.takeDirtyPages().isEmpty()).isTrue();
      log.stop();
    }
  }

  @Test
  void statisticsAreRead() throws SystemCallException {
    try (GuestMemory memory = GuestMemory.allocate(TinyGuest.MEMORY);
        KvmVm vm = kvm().open(new VmSpec("t", memory, 1))) {
      Optional<Descriptor> opened = vm.kvmVcpu(0).statistics();
      org.junit.jupiter.api.Assumptions.assumeTrue(opened.isPresent(), "this KVM has no statistics file");
      ByteBuffer header = read(opened.get(), 0, BinaryStatistics.HEADER_SIZE);
      BinaryStatistics all = BinaryStatistics.parse(read(opened.get(), 0, BinaryStatistics.describedBytes(header)));
      assertThat(all.id()).matches("kvm-\\d+/vcpu-0");
      assertThat(all.statistics()).extracting(BinaryStatistics.Statistic::name).contains("exits", "halt_wait_hist");
      assertThat(read(opened.get(), all.dataOffset(), all.dataLength()).remaining()).isEqualTo(all.dataLength());
    }
  }

  private static ByteBuffer read(Descriptor file, long at, int length) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(length, 8);
      assertThat(file.read(buffer, at)).isEqualTo(length);
      return ByteBuffer.wrap(buffer.toArray(ValueLayout.JAVA_BYTE)).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Counts ECX down in 64-bit mode with XMM1, x87 and a table of squares in memory; stops half-way and at the end. */
  private static final String COUNTER =
      // 1: movd xmm1,ecx; paddd xmm0,xmm1; mov [rdi+rcx*4],ecx; cmp ecx,500; jne 2f; out 0x80,al; 2: dec ecx; jnz 1b
      "660f6ec9 660ffec1 890c8f 81f9f4010000 7502 e680 ffc9 75e7 e680 f4";

  private static X86State counter(GuestMemory memory) {
    TinyGuest.load(memory, COUNTER);
    return TinyGuest.withGeneral(TinyGuest.withGeneral(TinyGuest.longMode(memory), 1, 1000), 7, 0x10_0000);
  }

  /** The segments; of one that is unusable nothing else counts. */
  private static List<X86State.Segment> usable(X86State state) {
    X86State.Segment none = new X86State.Segment(0, 0, 0, X86State.Segment.UNUSABLE);
    return Stream.of(state.segments())
        .map(s -> (s.access() & X86State.Segment.UNUSABLE) != 0 ? none : s)
        .toList();
  }

  private static void moves(Vm from, Vm to, GuestMemory memory) {
    Vcpu first = from.vcpu(0);
    stopAt(from, first);
    first.restore(counter(memory));
    assertThat(first.run()).isEqualTo(Vcpu.Stop.KICKED);
    X86State half = first.save();
    InterruptControllers controllers = from.saveInterruptControllers();
    assertThat(half.general()[1]).isEqualTo(500);
    Vcpu second = to.vcpu(0);
    stopAt(to, second);
    to.restoreInterruptControllers(controllers);
    second.restore(half);
    X86State moved = second.save();
    assertThat(moved.general()).isEqualTo(half.general());
    assertThat(usable(moved)).isEqualTo(usable(half));
    assertThat(moved.control()).isEqualTo(half.control());
    assertThat(moved.debug()).isEqualTo(half.debug());
    assertThat(moved.events()).isEqualTo(half.events());
    assertThat(moved.apic()).isEqualTo(half.apic());
    assertThat(to.saveInterruptControllers().ioApic()).isEqualTo(controllers.ioApic());
    assertThat(second.run()).isEqualTo(Vcpu.Stop.KICKED);
    X86State end = second.save();
    assertThat(end.general()[1]).isZero();
    // XMM0 holds the sum of 1 to 1000.
    assertThat((end.xsave()[160] & 0xff) | (end.xsave()[161] & 0xff) << 8 | (end.xsave()[162] & 0xff) << 16)
        .isEqualTo(500_500);
    for (int k = 1; k <= 1000; k++) {
      assertThat(memory.readInt(0x10_0000 + 4L * k)).isEqualTo(k);
    }
  }

  /** A KVM that emulates does not know the counter's SSE instructions. */
  private static KvmHypervisor assistedKvm() {
    return new KvmHypervisor(KvmHypervisor.DEVICE, Optional.of(SoftAssist::new));
  }

  @Test
  void aRunningGuestMovesFromKvmToTheSoftwareCpu() {
    try (GuestMemory memory = GuestMemory.allocate(TinyGuest.MEMORY);
        Vm from = assistedKvm().create(new VmSpec("from", memory, 1));
        Vm to = new SoftHypervisor().create(new VmSpec("to", memory, 1))) {
      moves(from, to, memory);
    }
  }

  @Test
  void aRunningGuestMovesFromTheSoftwareCpuToKvm() {
    try (GuestMemory memory = GuestMemory.allocate(TinyGuest.MEMORY);
        Vm from = new SoftHypervisor().create(new VmSpec("from", memory, 1));
        Vm to = assistedKvm().create(new VmSpec("to", memory, 1))) {
      moves(from, to, memory);
    }
  }
}
