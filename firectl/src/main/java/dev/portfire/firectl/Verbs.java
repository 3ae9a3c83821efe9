package dev.portfire.firectl;

import dev.portfire.client.ApiClient;
import dev.portfire.client.ApiException;
import dev.portfire.client.ApiRequest;
import dev.portfire.firectl.Options.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What firectl does with instances that run already: {@code ps}, {@code stop}, {@code pause}, {@code resume}, {@code logs} and
 * {@code metrics}.
 */
final class Verbs {
  private static final Set<String> NAMES = Set.of("ps", "stop", "pause", "resume", "logs", "metrics");
  private static final Set<String> FOLLOW = Set.of("-f", "--follow");
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Between two looks at a file that is followed. */
  private static final long LOOK_MILLIS = 200;

  private final PrintStream out;
  private final Map<String, String> environment;
  private final Log log;

  Verbs(PrintStream out, Map<String, String> environment, Log log) {
    this.out = out;
    this.environment = environment;
    this.log = log;
  }

  static boolean has(String word) {
    return NAMES.contains(word);
  }

  /** Does what the words say, of which the first one is a verb. */
  int run(List<String> given) throws FirectlException, UsageException, InterruptedException {
    String verb = given.getFirst();
    boolean reads = verb.equals("logs") || verb.equals("metrics");
    boolean follow = reads && given.stream().anyMatch(FOLLOW::contains);
    List<String> words = follow ? given.stream().filter(word -> !FOLLOW.contains(word)).toList() : given;
    if (verb.equals("ps")) {
      list(instances(Options.parse(words.subList(1, words.size()))));
      return 0;
    }
    if (words.size() < 2 || words.get(1).startsWith("-")) {
      throw new FirectlException("firectl %s ID: the identifier of an instance or its process's number, see firectl ps".formatted(verb));
    }
    Options options = Options.parse(words.subList(2, words.size()));
    Instance instance = choose(instances(options), words.get(1));
    switch (verb) {
      case "pause" -> ask(instance, ApiRequest.pause());
      case "resume" -> ask(instance, ApiRequest.resume());
      case "logs" -> show(
          instance,
          instance.log().orElseThrow(() -> new FirectlException(
              instance.id() + " writes its log to its stdout: --log-path or PUT /logger gives it a file")),
          follow);
      case "metrics" -> show(
          instance,
          instance.metrics().orElseThrow(() -> new FirectlException(
              instance.id() + " writes no metrics: --metrics-path or PUT /metrics gives them a file")),
          follow);
      default -> stop(instance, options);
    }
    return 0;
  }

  private List<Instance> instances(Options options) throws FirectlException {
    try {
      return Instance.find(environment, Path.of(options.nonEmpty(Option.CHROOT_BASE_DIR).orElse(Instance.DEFAULT_BASE)));
    } catch (InvalidPathException e) {
      throw new FirectlException("--chroot-base-dir is no path: " + e.getMessage());
    }
  }

  private static Instance choose(List<Instance> instances, String name) throws FirectlException {
    List<Instance> matching = instances.stream()
        .filter(instance -> instance.id().equals(name) || Long.toString(instance.process().pid()).equals(name))
        .toList();
    if (matching.isEmpty()) {
      throw new FirectlException("there is no instance " + name + ": see firectl ps");
    }
    if (matching.size() > 1) {
      throw new FirectlException("%d instances are called %s: give a process's number, see firectl ps".formatted(matching.size(), name));
    }
    return matching.getFirst();
  }

  private void list(List<Instance> instances) {
    out.printf("%-24s %8s  %-12s %8s  %s%n", "ID", "PID", "STATE", "SECONDS", "SOCKET");
    for (Instance instance : instances) {
      String seconds = instance.process().info().startInstant()
          .map(start -> Long.toString(Math.max(0, Duration.between(start, Instant.now()).toSeconds())))
          .orElse("?");
      out.printf("%-24s %8d  %-12s %8s  %s%n", instance.id(), instance.process().pid(), state(instance), seconds,
          instance.socket().map(Path::toString).orElse("-"));
    }
  }

  private static String state(Instance instance) {
    if (instance.socket().isEmpty()) {
      return "no API";
    }
    try (ApiClient client = new ApiClient(instance.socket().get(), TIMEOUT)) {
      return client.instance().state();
    } catch (IOException | ApiException e) {
      return "no answer";
    }
  }

  private static void ask(Instance instance, ApiRequest request) throws FirectlException {
    Path socket = instance.socket().orElseThrow(() -> new FirectlException(instance.id() + " has no API"));
    try (ApiClient client = new ApiClient(socket, Duration.ofSeconds(30))) {
      var unused = client.send(request);
    } catch (IOException | ApiException e) {
      throw new FirectlException(instance.id() + ": " + e.getMessage());
    }
  }

  /** Writes what is in a file, and what comes until the instance ends if that is asked for. */
  private void show(Instance instance, Written file, boolean follow) throws FirectlException, InterruptedException {
    try (SeekableByteChannel in = file.open()) {
      ByteBuffer piece = ByteBuffer.allocate(65_536);
      boolean more;
      do {
        // What it wrote last is there once it is gone.
        more = follow && instance.process().isAlive();
        // Somebody has emptied it.
        if (in.position() > in.size()) {
          in.position(0);
        }
        while (in.read(piece.clear()) > 0) {
          out.write(piece.array(), 0, piece.position());
        }
        out.flush();
        if (out.checkError()) {
          return;
        }
        if (more) {
          TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
      } while (more);
    } catch (IOException e) {
      String reason = e instanceof FileSystemException known && known.getReason() != null ? known.getReason() : e.getMessage();
      throw new FirectlException("%s: %s cannot be read: %s".formatted(instance.id(), file, reason));
    }
  }

  /** As a signal to firectl does it: the guest first, then firecracker. */
  private void stop(Instance instance, Options options) throws FirectlException, InterruptedException {
    Duration grace = Firectl.grace(options);
    if (instance.socket().isPresent() && state(instance).equals("Running")) {
      Vmm vmm = new Vmm(instance.process(), instance.socket().get(), TIMEOUT, grace, log);
      vmm.askAndWait();
    } else {
      new Vmm(instance.process(), Path.of("/"), TIMEOUT, grace, log).endNow();
    }
    if (instance.process().isAlive()) {
      throw new FirectlException(instance.id() + " does not end; its process is " + instance.process().pid());
    }
  }
}
