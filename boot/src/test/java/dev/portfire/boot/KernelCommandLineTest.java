package dev.portfire.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KernelCommandLineTest {
  @Test
  void parametersGoBeforeTheArgumentsOfInit() throws BootException {
    KernelCommandLine line = KernelCommandLine.of("console=hvc0 -- -v --  x");
    assertThat(line.with("pci=off").withRoot("/dev/vda", true).text())
        .isEqualTo("console=hvc0 pci=off root=/dev/vda ro -- -v --  x");
    assertThat(line.text()).as("lines do not change").isEqualTo("console=hvc0 -- -v --  x");
  }

  @Test
  void devicesAreAnnounced() throws BootException {
    KernelCommandLine line =
        KernelCommandLine.of("").withVirtio(BootSpec.VirtioSlot.of(0)).withVirtio(BootSpec.VirtioSlot.of(16));
    assertThat(line.text()).isEqualTo("virtio_mmio.device=4K@0xc0001000:5 virtio_mmio.device=4K@0xc0011000:21");
  }

  @Test
  void onlyAWordOfItsOwnOutsideOfQuotesSeparates() throws BootException {
    assertThat(KernelCommandLine.of("a --b c").with("x").text()).isEqualTo("a --b c x");
    assertThat(KernelCommandLine.of("a=\"b -- c\" d").with("x").text()).isEqualTo("a=\"b -- c\" d x");
    assertThat(KernelCommandLine.of("-- sh").with("x").text()).isEqualTo("x -- sh");
    assertThat(KernelCommandLine.of("a --").with("x").text()).isEqualTo("a x --");
  }

  @Test
  void lengthAndCharactersAreChecked() throws BootException {
    String longest = "x".repeat(2047);
    assertThat(KernelCommandLine.of(longest).text()).isEqualTo(longest);
    assertThatThrownBy(() -> KernelCommandLine.of(longest + "x"))
        .isInstanceOf(BootException.class)
        .hasMessage("the kernel command line has 2048 characters; 2047 is the most");
    assertThatThrownBy(() -> KernelCommandLine.of(longest).with("y")).isInstanceOf(BootException.class);
    for (String bad : new String[] {"a\nb", "a\tb", "größe", "a\0"}) {
      assertThatThrownBy(() -> KernelCommandLine.of(bad))
          .isInstanceOf(BootException.class)
          .hasMessageContaining("printable ASCII");
    }
  }
}
