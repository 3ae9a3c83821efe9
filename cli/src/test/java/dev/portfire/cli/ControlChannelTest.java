package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.cli.ControlChannel.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ControlChannelTest {
  private final List<Outcome> outcomes = new ArrayList<>();
  private final ControlChannel.Listener listener = new ControlChannel.Listener() {
    @Override
    public void ready() {
      readies++;
    }

    @Override
    public void ended(Outcome outcome) {
      outcomes.add(outcome);
    }
  };
  private final ControlChannel channel = new ControlChannel(listener);
  private int readies;

  private void receive(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    channel.write(bytes, 0, bytes.length);
  }

  @Test
  void tellsWhenTheGuestIsReady() {
    receive("ready\nexit 0\n");
    assertThat(readies).isEqualTo(1);
    assertThat(outcomes).containsExactly(new Outcome.Exited(0));
  }

  @Test
  void reportsAStatusOnce() {
    receive("exi");
    assertThat(outcomes).isEmpty();
    receive("t 7\nexit 8\n");
    assertThat(outcomes).containsExactly(new Outcome.Exited(7));
  }

  @Test
  void reportsFailuresWithoutControlCharacters() {
    receive("fail cannot mount: \033[31mbad\n");
    assertThat(outcomes).containsExactly(new Outcome.Failed("cannot mount: [31mbad"));
  }

  @Test
  void survivesAHostileGuest() {
    receive("exit 99999999999999\n");
    assertThat(outcomes).hasSize(1).first().isInstanceOf(Outcome.Failed.class);
    ControlChannel endless = new ControlChannel(listener);
    byte[] noise = new byte[1 << 16];
    for (int i = 0; i < 100; i++) {
      endless.write(noise, 0, noise.length);
    }
    endless.write('\n');
    assertThat(outcomes).hasSize(2);
  }
}
