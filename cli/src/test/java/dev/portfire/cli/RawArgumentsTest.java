package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RawArgumentsTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void takesTheBytesOfTheLastArguments() {
    byte[] line = bytes("java\0-m\0x\0run\0echo\0\u00e4\u00ff\0\0");
    List<byte[]> raw = RawArguments.last(List.of("echo", "\ufffd\ufffd", ""), line);
    assertThat(raw).containsExactly(bytes("echo"), bytes("\u00e4\u00ff"), new byte[0]);
  }

  @Test
  void encodesWhatDoesNotAgree() {
    byte[] line = bytes("java\0run\0other\0words\0");
    assertThat(RawArguments.last(List.of("echo", "ä"), line))
        .containsExactly(bytes("echo"), "ä".getBytes(StandardCharsets.UTF_8));
    assertThat(RawArguments.last(List.of("echo"), new byte[0])).containsExactly(bytes("echo"));
  }
}
