package dev.portfire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class AffinityIT {
  @Test
  void aThreadStaysWhereItIsPut() throws SystemCallException {
    BitSet before = Affinity.get();
    assertThat(before.isEmpty()).isFalse();
    try {
      BitSet one = new BitSet();
      one.set(before.length() - 1);
      Affinity.set(one);
      assertThat(Affinity.get()).isEqualTo(one);
      assertThatThrownBy(() -> Affinity.set(new BitSet())).isInstanceOf(SystemCallException.class);
    } finally {
      Affinity.set(before);
    }
  }
}
