package dev.portfire.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.watch.Machine;
import dev.portfire.inspect.watch.Machine.Boot;
import dev.portfire.inspect.watch.Machine.Exits;
import dev.portfire.inspect.watch.Machine.Origin;
import dev.portfire.inspect.watch.Sample;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the page gets. */
class FeedTest {
  private static Sample sample(long millis, long exits) {
    Machine machine = new Machine("1:1", 1, "java", "a\"b", Origin.PORTFIRE, 2, 30, Map.of("IO", new Exits(exits, exits * 3, new long[] {0, 0, exits})),
        Optional.of(new Boot(50, Map.of("serial", 7L))), Map.of("entropy", Map.of("entropy_bytes", 5L)));
    return new Sample(millis, List.of(machine));
  }

  @Test
  void samplesHaveTotalsAndWhatThereWasSinceTheOneBefore() throws InterruptedException {
    Feed feed = new Feed();
    feed.add(sample(100_000, 4));
    feed.add(sample(101_500, 10));
    Feed.Reader reader = feed.reader();
    String rest = "\"boot\":{\"requested\":50,\"steps\":{\"serial\":7}},\"devices\":{\"entropy\":{\"entropy_bytes\":5}}}]}";
    String machine = "\"machines\":[{\"key\":\"1:1\",\"pid\":1,\"monitor\":\"java\",\"name\":\"a\\\"b\",\"origin\":\"portfire\",\"vcpus\":2,\"millis\":30,";
    assertThat(reader.next()).contains("{\"time\":100000,\"span\":1," + machine + "\"exits\":{\"IO\":[4,12,0,0,[]]}," + rest);
    assertThat(reader.next()).contains("{\"time\":101500,\"span\":1500," + machine + "\"exits\":{\"IO\":[10,30,6,18,[2,6]]}," + rest);
    feed.end();
    assertThat(reader.next()).isEmpty();
  }

  @Test
  void onlyTheLatestAreKept() throws InterruptedException {
    Feed feed = new Feed();
    Feed.Reader slow = feed.reader();
    for (int i = 0; i < 1000; i++) {
      feed.add(sample(1000 + i, i));
    }
    assertThat(slow.next().orElseThrow()).startsWith("{\"time\":1400,");
    assertThat(feed.reader().next().orElseThrow()).startsWith("{\"time\":1400,");
  }
}
