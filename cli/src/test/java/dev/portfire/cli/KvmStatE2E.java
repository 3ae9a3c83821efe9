package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/kvm_stat} beside a {@code bin/portfire run}, each a process of its own, both without any privilege. */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KvmStatE2E {
  private static final int NOBODY = 65534;

  @TempDir
  Path directory;

  /** A command as an ordinary user. */
  static List<String> unprivileged(String tool, List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      List<String> setpriv = List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
      List<String> probe = new ArrayList<>(setpriv);
      probe.addAll(List.of("test", "-r", Portfire.BIN.resolve(tool).toString()));
      Assumptions.assumeTrue(
          Portfire.process("", probe).status() == 0, "an ordinary user cannot read this build, or there is no setpriv");
      command.addAll(setpriv);
    }
    command.add(Portfire.BIN.resolve(tool).toString());
    command.addAll(arguments);
    return command;
  }

  private Process guest() throws IOException, InterruptedException {
    return new ProcessBuilder(unprivileged("portfire", CountingGuest.arguments(directory)))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String row(String name, long total) {
    return "%-42s%10d%10d%n".formatted(name, total, 0);
  }

  /** Waits until the guest has nothing more to do. */
  private static String figures(long pid) throws IOException, InterruptedException {
    List<String> command =
        unprivileged("kvm_stat", List.of("-1", "-i", "--source=portfire", "-p", Long.toString(pid), "-f", "portfire_exit"));
    Portfire.Result result = Portfire.process("", command);
    for (int tries = 0; tries < 60 && !result.out().contains(row("portfire_exit(IO)", CountingGuest.OUT)); tries++) {
      result = Portfire.process("", command);
    }
    assertThat(result.err()).isEmpty();
    return result.out();
  }

  @Test
  void aGuestOfTheSoftwareCpuIsCountedExactly() throws IOException, InterruptedException {
    Process guest = guest();
    try {
      assertThat(figures(guest.pid()))
          .contains(row("portfire_exit(CPUID)", CountingGuest.CPUID))
          .contains(row("portfire_exit(IO)", CountingGuest.OUT))
          .contains(row("portfire_exit(MMIO)", CountingGuest.MMIO));
      Portfire.Result sources = Portfire.process("", unprivileged("kvm_stat", List.of("--source")));
      assertThat(sources.out()).containsPattern("(?m)^portfire +chosen");
      Portfire.Result machines = Portfire.process("", unprivileged("portfire", List.of("vms")));
      assertThat(machines.out()).containsPattern("(?m)^" + guest.pid() + " ");
    } finally {
      guest.destroyForcibly().waitFor();
    }
  }

  @Test
  void theScreenOnATerminal() throws IOException, InterruptedException {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "there is no script(1)");
    Process guest = guest();
    try {
      assertThat(figures(guest.pid())).isNotEmpty();
      String tool = String.join(" ", unprivileged("kvm_stat", List.of("-i", "--source=portfire", "-s", "0.3", "-p", "" + guest.pid())));
      String session = "stty rows 20 cols 80; before=$(stty -g); " + tool + "; echo \"status $?\"; "
          + "[ \"$before\" = \"$(stty -g)\" ] && echo modes as before";
      Process screen = new ProcessBuilder("script", "-qec", session, "/dev/null").start();
      try (OutputStream keys = screen.getOutputStream()) {
        Shown shown = new Shown(screen.getInputStream());
        shown.await(" portfire_exit ");
        keys.write('x');
        keys.flush();
        shown.await("   portfire_exit(IO) ");
        shown.await("\n Total ");
        keys.write('f');
        keys.flush();
        shown.await("New regex: _");
        keys.write("nothing\n".getBytes(StandardCharsets.US_ASCII));
        keys.flush();
        shown.await("No matching events reported yet");
        keys.write(3);
        keys.flush();
        shown.await("modes as before");
        String all = shown.text();
        assertThat(all)
            .contains("\nkvm statistics - pid " + guest.pid())
            .contains("\n Event                                         Total %Total CurAvg/s")
            .containsPattern("\n portfire_exit +\\d+  100\\.0 +\\d+")
            .contains("\n " + "%-40s %10d".formatted("  portfire_exit(IO)", CountingGuest.OUT))
            .contains("\n                 regex filter: nothing")
            .contains("status 0");
        assertThat(screen.waitFor(60, TimeUnit.SECONDS)).isTrue();
      } finally {
        screen.destroyForcibly();
      }
    } finally {
      guest.destroyForcibly().waitFor();
    }
  }

  /** What a screen has shown: each piece that was written somewhere is a line. */
  static final class Shown {
    private final InputStream in;
    private final StringBuilder raw = new StringBuilder();

    Shown(InputStream in) {
      this.in = in;
    }

    void await(String wanted) throws IOException {
      byte[] buffer = new byte[4096];
      while (!text().contains(wanted)) {
        int count = in.read(buffer);
        assertThat(count).as("\"%s\" in:%n%s", wanted, text()).isPositive();
        raw.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
      }
    }

    /** Waits until something has been shown so many times more. */
    void awaitMore(String wanted, int times) throws IOException {
      int end = count(wanted) + times;
      byte[] buffer = new byte[4096];
      while (count(wanted) < end) {
        int count = in.read(buffer);
        assertThat(count).isPositive();
        raw.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
      }
    }

    private int count(String wanted) {
      return text().split(wanted, -1).length;
    }

    String text() {
      StringBuilder text = new StringBuilder();
      String pieces = raw.toString().replace("\r", "");
      for (String piece : pieces.split("\033\\[", -1)) {
        int end = 0;
        while (end < piece.length() && "?;0123456789".indexOf(piece.charAt(end)) >= 0) {
          end++;
        }
        if (end < piece.length() && piece.charAt(end) == 'H') {
          String[] place = piece.substring(0, end).split(";", -1);
          text.append('\n').repeat(' ', Integer.parseInt(place[1]) - 1);
        }
        text.append(piece.isEmpty() || end == 0 ? piece : piece.substring(Math.min(piece.length(), end + 1)));
      }
      return text.toString();
    }
  }
}
