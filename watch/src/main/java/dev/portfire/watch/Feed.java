package dev.portfire.watch;

import dev.portfire.inspect.watch.Machine;
import dev.portfire.inspect.watch.Machine.Exits;
import dev.portfire.inspect.watch.Sample;
import dev.portfire.vmm.json.JsonWriter;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The samples of the last minutes as the page gets them, in JSON, for any number of readers. Each has the totals of that time, and what
 * there was since the sample before. Thread-safe.
 */
final class Feed {
  private static final int MOST_SAMPLES = 600;
  private static final long MOST_CHARACTERS = 24 << 20;

  private final ArrayDeque<String> texts = new ArrayDeque<>();

  /** The number of the first of them among all there ever were. */
  private long first;

  private long characters;
  private @Nullable Sample last;
  private boolean ended;

  /** Adds a sample. The first one is only what the second is compared with. */
  synchronized void add(Sample sample) {
    Sample before = last;
    last = sample;
    String text = before == null ? json(sample, sample) : json(before, sample);
    texts.addLast(text);
    characters += text.length();
    while (texts.size() > MOST_SAMPLES || characters > MOST_CHARACTERS && texts.size() > 1) {
      characters -= texts.removeFirst().length();
      first++;
    }
    notifyAll();
  }

  /** No more samples will come. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** One reader's place. */
  final class Reader {
    private long next;

    /** Waits for the next sample; empty at the end. A reader that is too slow misses some. */
    Optional<String> next() throws InterruptedException {
      synchronized (Feed.this) {
        while (next >= first + texts.size()) {
          if (ended) {
            return Optional.empty();
          }
          Feed.this.wait();
        }
        next = Math.max(next, first);
        long skip = next++ - first;
        Iterator<String> all = texts.iterator();
        for (long i = 0; i < skip; i++) {
          String unused = all.next();
        }
        return Optional.of(all.next());
      }
    }
  }

  /** A reader that begins with the oldest sample. */
  Reader reader() {
    return new Reader();
  }

  private static String json(Sample before, Sample now) {
    JsonWriter json = new JsonWriter();
    json.begin().name("time").number(now.millis());
    json.name("span").number(Math.max(1, now.millis() - before.millis()));
    json.name("machines").beginArray();
    for (Machine machine : now.machines()) {
      machine(json, machine, now.since(before, machine));
    }
    return json.endArray().end().toString();
  }

  private static void machine(JsonWriter json, Machine machine, Map<String, Exits> grown) {
    json.begin().name("key").string(machine.key()).name("pid").number(machine.pid());
    json.name("monitor").string(machine.monitor()).name("name").string(machine.name());
    json.name("origin").string(machine.origin().name().toLowerCase(Locale.ROOT));
    json.name("vcpus").number(machine.vcpus()).name("millis").number(machine.cpuMillis());
    json.name("exits").begin();
    machine.exits().forEach((reason, exits) -> {
      Exits change = grown.getOrDefault(reason, Exits.NONE);
      json.name(reason).beginArray().number(exits.count()).number(exits.nanos()).number(change.count()).number(change.nanos());
      json.beginArray();
      for (int bucket = 0; bucket < change.histogram().length; bucket++) {
        if (change.histogram()[bucket] > 0) {
          json.number(bucket).number(change.histogram()[bucket]);
        }
      }
      json.endArray().endArray();
    });
    json.end();
    machine.boot().ifPresent(boot -> {
      json.name("boot").begin().name("requested").number(boot.requestedMillis()).name("steps").begin();
      boot.steps().forEach((step, nanos) -> json.name(step).number(nanos));
      json.end().end();
    });
    json.name("devices").begin();
    machine.devices().forEach((group, counters) -> {
      json.name(group).begin();
      counters.forEach((name, value) -> json.name(name).number(value));
      json.end();
    });
    json.end().end();
  }
}
