package dev.portfire.inspect.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MappingsTest {
  @Test
  void eachProcessHasItsOwn() {
    long seed = Long.getLong("portfire.seed", 20261128);
    System.err.println("MappingsTest: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<Mappings> all = new ArrayList<>(List.of(Mappings.NONE));
    List<TreeMap<Long, Mappings.Mapping>> expected = new ArrayList<>(List.of(new TreeMap<Long, Mappings.Mapping>(Long::compareUnsigned)));
    for (int i = 0; i < 2000; i++) {
      int of = random.nextInt(all.size());
      long start = random.nextInt(100) * 0x1000L << (random.nextBoolean() ? 0 : 44);
      Mappings.Mapping mapping = new Mappings.Mapping("file " + i, start, start + random.nextInt(0x3000), 0);
      TreeMap<Long, Mappings.Mapping> copy = new TreeMap<>(expected.get(of));
      copy.put(start, mapping);
      all.add(all.get(of).with(mapping));
      expected.add(copy);
    }
    for (int i = 0; i < 50_000; i++) {
      int of = random.nextInt(all.size());
      long address = random.nextInt(0x68000) * (random.nextBoolean() ? 1L : 1L << 44);
      Map.Entry<Long, Mappings.Mapping> below = expected.get(of).floorEntry(address);
      Mappings.Mapping wanted = below == null || Long.compareUnsigned(address, below.getValue().end()) >= 0 ? null : below.getValue();
      assertThat(all.get(of).find(address)).isEqualTo(wanted);
    }
  }

  /** Addresses in order make no list of the tree. */
  @Test
  void anyOrderWillDo() {
    Mappings mappings = Mappings.NONE;
    for (int i = 0; i < 200_000; i++) {
      mappings = mappings.with(new Mappings.Mapping("f", 16L * i, 16L * i + 8, 0));
    }
    assertThat(mappings.find(16L * 77_777 + 7)).isNotNull();
    assertThat(mappings.find(16L * 77_777 + 8)).isNull();
  }
}
