package dev.portfire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

final class TapIT {
  @Test
  void aTapIsMadeUsedAndExclusive() throws Exception {
    try (Tap tap = Tap.open("pftest%d".formatted(ProcessHandle.current().pid() % 100000))) {
      tap.setOffloads(Tap.TUN_F_CSUM | Tap.TUN_F_TSO4 | Tap.TUN_F_TSO6);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment buffer = arena.allocate(2048);
        assertThat(tap.read(buffer)).as("an interface that is down").isLessThanOrEqualTo(0);
        assertThat(tap.write(buffer.asSlice(0, 72))).as("an interface that is down").isEqualTo(-5);
      }
      assertThatThrownBy(() -> Tap.open(tap.name()))
          .isInstanceOfSatisfying(
              SystemCallException.class, e -> assertThat(e.errno()).isEqualTo(SystemCallException.EBUSY));
    } catch (SystemCallException e) {
      Assumptions.abort("taps cannot be made here: " + e.getMessage());
    }
  }

  @Test
  void longNamesAreRefused() {
    assertThatThrownBy(() -> Tap.open("a-name-that-is-too-long"))
        .isInstanceOfSatisfying(
            SystemCallException.class, e -> assertThat(e.errno()).isEqualTo(SystemCallException.EINVAL));
  }
}
