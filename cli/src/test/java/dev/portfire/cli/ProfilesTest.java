package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.machine.Activity;
import dev.portfire.vmm.Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfilesTest {
  private static final String KALLSYMS =
      """
      ffffffff81000000 T _stext
      ffffffff81000100 t start_it
      ffffffff81000180 D not_code
      ffffffffc0000000 t send_it\t[virtio_net]
      no symbol
      zzzzzzzzzzzzzzzz T broken
      """;

  @Test
  void addressesAreNamedAfterTheFunctionBelow() {
    GuestSymbols symbols = new GuestSymbols(KALLSYMS.getBytes(StandardCharsets.US_ASCII));
    assertThat(symbols.name(0xffffffff81000000L)).isEqualTo("_stext");
    assertThat(symbols.name(0xffffffff810000ffL)).isEqualTo("_stext");
    assertThat(symbols.name(0xffffffff81000190L)).isEqualTo("start_it");
    assertThat(symbols.name(0xffffffffc0000010L)).isEqualTo("send_it [virtio_net]");
    assertThat(symbols.name(0xffffffff80000000L)).isEqualTo("0xffffffff80000000");
    assertThat(symbols.name(0x401000)).isEqualTo("[user space]");
  }

  @Test
  void namesThatWereHiddenAreNone(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("kallsyms"), "0000000000000000 T _stext\n");
    assertThatThrownBy(() -> GuestSymbols.read(Optional.of(file))).hasMessageContaining("has no symbols: give a System.map");
    assertThatThrownBy(() -> GuestSymbols.read(Optional.of(directory.resolve("none"))))
        .hasMessageContaining("no such file");
    assertThat(GuestSymbols.read(Optional.empty())).isEmpty();
  }

  @Test
  void sharesAreOfWhatWasSampled() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Profile profile = new Profile(
        Map.of(Activity.EMITTED, 3L, Activity.HALTED, 1L),
        Map.of(0xffffffff81000104L, 1L, 0xffffffff81000108L, 1L, 0x401000L, 1L, 0xffffffff81000004L, 5L));
    Profiles.print(
        profile,
        new GuestSymbols(KALLSYMS.getBytes(StandardCharsets.US_ASCII)),
        new PrintStream(bytes, true, StandardCharsets.UTF_8));
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines()).contains(
        "profile: 4 samples, a thousand a second for each vCPU", "   75.00%  emitted code", "   25.00%  halted",
        "guest functions, of 8 samples while it ran");
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines()).endsWith(
        "   62.50%  _stext", "   25.00%  start_it", "   12.50%  [user space]");
  }
}
