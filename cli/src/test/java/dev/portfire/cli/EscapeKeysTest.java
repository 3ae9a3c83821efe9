package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EscapeKeysTest {
  private final List<String> asked = new ArrayList<>();
  private final EscapeKeys keys = new EscapeKeys(new EscapeKeys.Actions() {
    @Override
    public void quit() {
      asked.add("quit");
    }

    @Override
    public void help() {
      asked.add("help");
    }
  });

  private String type(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return new String(keys.filter(bytes, bytes.length), StandardCharsets.ISO_8859_1);
  }

  @Test
  void passesOtherKeysOn() {
    assertThat(type("ls -l\r\3\4x")).isEqualTo("ls -l\r\3\4x");
    assertThat(asked).isEmpty();
  }

  @Test
  void quitsAndHelps() {
    assertThat(type("a\1xb\1Hc\1Xd")).isEqualTo("abcd");
    assertThat(asked).containsExactly("quit", "help", "quit");
  }

  @Test
  void rememberThePrefixBetweenReads() {
    assertThat(type("\1")).isEmpty();
    assertThat(type("x")).isEmpty();
    assertThat(asked).containsExactly("quit");
  }

  @Test
  void sendsThePrefixItselfWhenTypedTwice() {
    assertThat(type("\1\1x")).isEqualTo("\1x");
    assertThat(asked).isEmpty();
  }

  @Test
  void dropsUnknownKeysAfterThePrefix() {
    assertThat(type("\1qz")).isEqualTo("z");
  }
}
