package dev.portfire.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.X86State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxBootTest {
  private static final long MIB = 1 << 20;
  private static final long BOOT_PARAMS = 0x7000;

  private final GuestMemory memory = GuestMemory.allocate(32 * MIB);

  @AfterEach
  void close() {
    memory.close();
  }

  private static ImageSource bytes(String name, byte[] content) {
    return new ImageSource.BytesSource(name, content);
  }

  private static BootSpec spec(ImageSource kernel, Optional<ImageSource> initrd) throws BootException {
    return new BootSpec(
        kernel,
        initrd,
        KernelCommandLine.of("console=ttyS0 -- single"),
        2,
        List.of(BootSpec.VirtioSlot.of(0), BootSpec.VirtioSlot.of(1)),
        new BootSpec.Platform(true, true, true, true, Optional.empty(), 0xfea0_0200L));
  }

  private static BootSpec spec() throws BootException {
    return spec(bytes("k", Images.elf().array()), Optional.empty());
  }

  /** The e820 entries as "start end type". */
  private List<String> e820() {
    List<String> entries = new ArrayList<>();
    for (int i = 0; i < memory.readByte(BOOT_PARAMS + 0x1e8); i++) {
      long at = BOOT_PARAMS + 0x2d0 + i * 20;
      long start = memory.readLong(at);
      entries.add("%x %x %d".formatted(start, start + memory.readLong(at + 8), memory.readInt(at + 16)));
    }
    return entries;
  }

  @Test
  void theBootProcessorStartsInLongModeAtTheEntryPoint() throws BootException {
    X86State state = LinuxBoot.load(memory, spec());
    assertThat(state.rip()).isEqualTo(Images.ADDRESS + 0x40);
    assertThat(state.general()[6]).isEqualTo(BOOT_PARAMS);
    assertThat(state.general()[4]).isEqualTo(0x8ff0);
    assertThat(state.rflags()).isEqualTo(2);
    assertThat(state.control().cr0()).isEqualTo(0x8000_0011L);
    assertThat(state.control().cr3()).isEqualTo(0x9000);
    assertThat(state.control().cr4()).isEqualTo(0x20);
    assertThat(state.control().efer()).isEqualTo(0x500);
    assertThat(state.segments()[X86State.CS]).isEqualTo(new X86State.Segment(8, 0, -1, 0xa09b));
    assertThat(state.segments()[X86State.SS]).isEqualTo(new X86State.Segment(16, 0, -1, 0xc093));
    assertThat(state.segments()[X86State.TR]).isEqualTo(new X86State.Segment(24, 0, -1, 0x808b));
    assertThat(state.segments()[X86State.LDTR].access() & X86State.Segment.UNUSABLE).isNotZero();
    assertThat(state.gdt()).isEqualTo(new X86State.Table(0x500, 31));
    assertThat(state.msrs()).containsEntry(0x1a0, 1L).containsEntry(0x2ff, 0x806L);
    assertThat(state.runState()).isEqualTo(X86State.RunState.RUNNING);
    assertThat(memory.readLong(0x508)).isEqualTo(0x00af_9b00_0000_ffffL);
    assertThat(memory.readLong(0x510)).isEqualTo(0x00cf_9300_0000_ffffL);
    assertThat(memory.readLong(0x518)).isEqualTo(0x008f_8b00_0000_ffffL);
  }

  @Test
  void theOthersWaitInRealMode() {
    X86State state = LinuxBoot.applicationProcessor();
    assertThat(state.runState()).isEqualTo(X86State.RunState.WAIT_FOR_SIPI);
    assertThat(state.control().cr0() & 1).isZero();
    assertThat(state.segments()[X86State.CS].base()).isEqualTo(0xffff_0000L);
    assertThat(state.segments()[X86State.DS].access()).isEqualTo(0x93);
  }

  @Test
  void pageTablesMapTheFirstGigabyteAsItIs() throws BootException {
    X86State unused = LinuxBoot.load(memory, spec());
    assertThat(memory.readLong(0x9000)).isEqualTo(0xa003);
    assertThat(memory.readLong(0xa000)).isEqualTo(0xb003);
    assertThat(memory.readLong(0xb000)).isEqualTo(0x83);
    assertThat(memory.readLong(0xb000 + 511 * 8)).isEqualTo(0x3fe0_0083L);
  }

  @Test
  void bootParamsOfAnElfKernel() throws BootException {
    X86State unused = LinuxBoot.load(memory, spec());
    assertThat(memory.readShort(BOOT_PARAMS + 0x1fe)).isEqualTo(0xaa55);
    assertThat(memory.readInt(BOOT_PARAMS + 0x202)).isEqualTo(0x53726448);
    assertThat(memory.readByte(BOOT_PARAMS + 0x210)).isEqualTo(0xff);
    assertThat(memory.readInt(BOOT_PARAMS + 0x228)).isEqualTo(0x20000);
    assertThat(memory.readInt(BOOT_PARAMS + 0x230)).isEqualTo(0x1000000);
    assertThat(memory.readInt(BOOT_PARAMS + 0x238)).isEqualTo("console=ttyS0 -- single".length() + 1);
    assertThat(memory.readLong(BOOT_PARAMS + 0x70)).isEqualTo(0xe0000);
    assertThat(memory.readInt(BOOT_PARAMS + 0x218)).isZero();
    byte[] line = new byte[24];
    memory.read(0x20000, line, 0, line.length);
    assertThat(new String(line, StandardCharsets.US_ASCII)).isEqualTo("console=ttyS0 -- single\0");
    assertThat(e820()).containsExactly("0 9fc00 1", "9fc00 e0000 2", "100000 2000000 1");
  }

  @Test
  void bootParamsOfABzImageHaveItsSetupHeader() throws BootException {
    byte[] image = Images.bzImage(Images.elf().array()).array();
    X86State unused = LinuxBoot.load(memory, spec(bytes("bz", image), Optional.empty()));
    assertThat(memory.readByte(BOOT_PARAMS + 0x1f1)).isEqualTo(4);
    assertThat(memory.readShort(BOOT_PARAMS + 0x206)).isEqualTo(0x20f);
    assertThat(memory.readInt(BOOT_PARAMS + 0x230)).isEqualTo(0x200000);
    assertThat(memory.readLong(BOOT_PARAMS + 0x258)).isEqualTo(Images.ADDRESS);
    assertThat(memory.readByte(BOOT_PARAMS + 0x210)).isEqualTo(0xff);
    assertThat(e820()).hasSize(3);
  }

  @Test
  void theInitrdIsAsHighAsPossible() throws BootException {
    byte[] initrd = new byte[5000];
    initrd[0] = 7;
    initrd[4999] = 9;
    X86State unused =
        LinuxBoot.load(memory, spec(bytes("k", Images.elf().array()), Optional.of(bytes("i", initrd))));
    long address = 32 * MIB - 8192;
    assertThat(memory.readInt(BOOT_PARAMS + 0x218)).isEqualTo((int) address);
    assertThat(memory.readInt(BOOT_PARAMS + 0x21c)).isEqualTo(5000);
    assertThat(memory.readByte(address)).isEqualTo(7);
    assertThat(memory.readByte(address + 4999)).isEqualTo(9);
  }

  @Test
  void anInitrdThatDoesNotFitIsRefused() {
    ImageSource kernel = bytes("k", Images.elf().array());
    for (int size : new int[] {16 << 20, 33 << 20}) {
      assertThatThrownBy(() -> LinuxBoot.load(memory, spec(kernel, Optional.of(bytes("i", new byte[size])))))
          .isInstanceOf(BootException.class)
          .hasMessage("initrd i of %d MiB does not fit into 32 MiB of memory beside the kernel", size >> 20);
    }
  }

  @Test
  void filesThatCannotBeReadAreRefused(@TempDir Path directory) throws IOException {
    Path missing = directory.resolve("missing");
    Path empty = Files.createFile(directory.resolve("empty"));
    Path kernel = Files.write(directory.resolve("kernel"), Images.elf().array());
    assertRefused(missing, Optional.empty(), "kernel %s does not exist".formatted(missing));
    assertRefused(empty, Optional.empty(), "kernel %s is empty".formatted(empty));
    assertRefused(directory, Optional.empty(), "kernel %s is not a regular file".formatted(directory));
    assertRefused(kernel, Optional.of(missing), "initrd %s does not exist".formatted(missing));
    assertRefused(kernel, Optional.of(empty), "initrd %s is empty".formatted(empty));
  }

  private void assertRefused(Path kernel, Optional<Path> initrd, String message) {
    assertThatThrownBy(() -> LinuxBoot.load(memory, spec(ImageSource.of(kernel), initrd.map(ImageSource::of))))
        .isInstanceOf(BootException.class)
        .hasMessage(message);
  }

  @Test
  void aKernelIsReadFromAFile(@TempDir Path directory) throws Exception {
    Path kernel = Files.write(directory.resolve("kernel"), Images.elf().array());
    X86State state = LinuxBoot.load(memory, spec(ImageSource.of(kernel), Optional.empty()));
    assertThat(state.rip()).isEqualTo(Images.ADDRESS + 0x40);
  }

  @Test
  void tooLittleMemoryIsRefused() {
    try (GuestMemory tiny = GuestMemory.allocate(MIB)) {
      assertThatThrownBy(() -> LinuxBoot.load(tiny, spec()))
          .isInstanceOf(BootException.class)
          .hasMessage("1024 KiB of memory are too little to boot in");
    }
  }
}
