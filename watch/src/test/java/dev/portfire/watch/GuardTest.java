package dev.portfire.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.watch.Guard.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is answered. */
class GuardTest {
  private final Guard guard = new Guard("0123456789abcdef");

  @Test
  void onlyWhoKnowsTheKeyAndAsksForTheLoopback() {
    assertThat(guard.address(70)).isEqualTo("http://127.0.0.1:70/0123456789abcdef/");
    for (String host : List.of("127.0.0.1:70", "localhost:70")) {
      assertThat(guard.judge(70, List.of(host), "/0123456789abcdef/")).isEqualTo(Verdict.ANSWER);
      assertThat(guard.judge(70, List.of(host), "/0123456789abcdef/a/b")).isEqualTo(Verdict.ANSWER);
    }
    for (String path : List.of("", "/", "//", "/0123456789abcdef", "/0123456789abcdee/", "/0123456789abcdef0/", "0123456789abcdef/", "/events")) {
      assertThat(guard.judge(70, List.of("localhost:70"), path)).as(path).isEqualTo(Verdict.WRONG_KEY);
    }
    for (String host : List.of("127.0.0.1", "127.0.0.1:71", "localhost", "evil.example:70", "localhost:70.evil.example", "")) {
      assertThat(guard.judge(70, List.of(host), "/0123456789abcdef/")).as(host).isEqualTo(Verdict.WRONG_HOST);
    }
    assertThat(guard.judge(70, List.of(), "/0123456789abcdef/")).isEqualTo(Verdict.WRONG_HOST);
    assertThat(guard.judge(70, List.of("localhost:70", "evil.example"), "/0123456789abcdef/")).isEqualTo(Verdict.WRONG_HOST);
  }

  @Test
  void keysAreNotTheSame() {
    assertThat(Guard.withNewKey().key()).hasSize(32).matches("[0-9a-f]+").isNotEqualTo(Guard.withNewKey().key());
  }
}
