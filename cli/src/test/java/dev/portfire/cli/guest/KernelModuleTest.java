package dev.portfire.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class KernelModuleTest {
  /** The smallest ELF file with a {@code .modinfo} section: headers for the null, the names' and that section. */
  static KernelModule module(String name, String modinfo) {
    byte[] names = "\0.shstrtab\0.modinfo\0".getBytes(StandardCharsets.US_ASCII);
    byte[] info = modinfo.getBytes(StandardCharsets.US_ASCII);
    int headers = 64 + names.length + info.length;
    ByteBuffer elf = ByteBuffer.allocate(headers + 3 * 64).order(ByteOrder.LITTLE_ENDIAN);
    elf.putInt(0, 0x464c457f).put(4, (byte) 2).putLong(0x28, headers);
    elf.putShort(0x3a, (short) 64).putShort(0x3c, (short) 3).putShort(0x3e, (short) 1);
    elf.put(64, names).put(64 + names.length, info);
    elf.putInt(headers + 64, 1).putLong(headers + 64 + 0x18, 64).putLong(headers + 64 + 0x20, names.length);
    elf.putInt(headers + 128, 11).putLong(headers + 128 + 0x18, 64 + names.length);
    elf.putLong(headers + 128 + 0x20, info.length);
    return new KernelModule(name, elf.array());
  }

  @Test
  void readsDependenciesFromModinfo() {
    KernelModule module = module("virtio_blk", "license=GPL\0depends=virtio_ring,virtio-core\0name=virtio_blk\0");
    assertThat(module.dependencies()).containsExactly("virtio_ring", "virtio_core");
    assertThat(module("alone", "license=GPL\0depends=\0").dependencies()).isEmpty();
  }

  @Test
  void ordersEachModuleAfterWhatItNeeds() {
    Map<String, KernelModule> all = Map.of(
        "a", module("a", "depends=b,c\0"),
        "b", module("b", "depends=c\0"),
        "c", module("c", "depends=built_in\0"));
    assertThat(KernelModule.closure(List.of("a", "missing"), all::get))
        .extracting(KernelModule::name)
        .containsExactly("c", "b", "a");
  }

  @Test
  void endsOnModulesThatNeedEachOther() {
    Map<String, KernelModule> all = Map.of("a", module("a", "depends=b\0"), "b", module("b", "depends=a\0"));
    assertThat(KernelModule.closure(List.of("a"), all::get)).hasSize(2);
  }

  @Test
  void refusesWhatIsNoModule() {
    assertThatThrownBy(() -> new KernelModule("junk", new byte[100]).dependencies())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("junk is not a 64-bit ELF file");
    byte[] truncated = module("cut", "depends=\0").content().clone();
    ByteBuffer.wrap(truncated).order(ByteOrder.LITTLE_ENDIAN).putLong(0x28, 1 << 20);
    assertThatThrownBy(() -> new KernelModule("cut", truncated).dependencies())
        .hasMessage("cut is a damaged ELF file");
  }

  @Test
  void knowsFileNames() {
    assertThat(KernelModule.canonical("virtio-rng.ko.xz")).isEqualTo("virtio_rng");
    assertThat(KernelModule.canonical("ext4.ko")).isEqualTo("ext4");
  }
}
