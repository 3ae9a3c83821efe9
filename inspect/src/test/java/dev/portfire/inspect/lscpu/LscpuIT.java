package dev.portfire.inspect.lscpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portfire.inspect.Run;
import dev.portfire.inspect.SysRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beside util-linux's lscpu, on this machine and on captured ones. */
class LscpuIT {
  private static final List<List<String>> OPTIONS = List.of(
      List.of(), List.of("-J"), List.of("-e"), List.of("-p"), List.of("-C"), List.of("-e", "--output-all"),
      List.of("-p", "--output-all"), List.of("-C", "--output-all"), List.of("-J", "-e"), List.of("-J", "-C"), List.of("-x", "-B"),
      List.of("-y", "-e"), List.of("-a", "-p"), List.of("-c", "-e"), List.of("-b", "-e"), List.of("-B", "-C"),
      List.of("-p=cpu,cache,node,online,mhz"), List.of("-p=cache,cpu,cpu"), List.of("-e=cpu,cpu"),
      List.of("-e=CPU,CORE,CACHE"), List.of("-C=name,all-size"));

  @TempDir
  Path directory;

  @BeforeEach
  void theSameVersion() throws IOException, InterruptedException {
    String version = Run.original("lscpu", List.of("--version")).out().strip();
    assumeTrue(version.startsWith("lscpu from util-linux 2.38"), "output is compared with util-linux 2.38, this is " + version);
  }

  private static Run ours(List<String> arguments) {
    return Run.ours((out, err) -> new Lscpu(SysRoot.HOST, false, out, err).run(arguments));
  }

  /** Numbers that are not known make util-linux's JSON none: a dash that is no string. */
  private static Run valid(Run run) {
    return new Run(run.status(), run.out().replace("\": -", "\": null"), run.err());
  }

  @Test
  void capturedSystemsLookTheSame() throws IOException, InterruptedException {
    for (String system : Captured.ALL) {
      Path root = Captured.extract(system, directory).root();
      for (List<String> options : OPTIONS) {
        List<String> arguments = new ArrayList<>(List.of("-s", root.toString()));
        arguments.addAll(options);
        assertThat(ours(arguments)).as(arguments.toString()).isEqualTo(valid(Run.original("lscpu", arguments)));
      }
    }
  }

  @Test
  void thisMachineLooksTheSame() throws IOException, InterruptedException {
    for (List<String> options : List.of(List.<String>of(), List.of("-J"), List.of("-p"), List.of("-C"), List.of("-x"))) {
      assertThat(withoutSpeeds(ours(options))).isEqualTo(withoutSpeeds(Run.original("lscpu", options)));
    }
  }

  /** What a processor runs at is another figure a moment later. */
  private static Run withoutSpeeds(Run run) {
    return new Run(run.status(), run.out().replaceAll("(?m)^CPU\\(s\\) scaling MHz:.*$", ""), run.err());
  }

  @Test
  void wrongCommandLinesAreToldTheSameWay() throws IOException, InterruptedException {
    for (List<String> wrong : List.of(
        List.of("-h"), List.of("-z"), List.of("-p=cpu,BOGUS,x"), List.of("-b", "-c", "-e"), List.of("-e", "-p"), List.of("x"),
        List.of("-c"), List.of("-s"), List.of("-s", "/nosuch"), List.of("--o"), List.of("-C=CPU"))) {
      assertThat(ours(wrong)).as(wrong.toString()).isEqualTo(Run.original("lscpu", wrong));
    }
  }
}
