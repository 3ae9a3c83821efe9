package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code portfire watch}: its page in a browser beside a {@code portfire run}, without any privilege, and its terminal. */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WatchE2E {
  /** The total of a reason in the page's table. */
  private static final String TOTAL = "document.querySelector('[data-reason=\"%s\"] td:nth-child(2)')?.textContent";

  @TempDir
  Path directory;

  private static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private Process guest() throws IOException, InterruptedException {
    return start(KvmStatE2E.unprivileged("portfire", CountingGuest.arguments(directory)));
  }

  private static String text(String selector) {
    return "document.querySelector('" + selector + "').textContent";
  }

  @Test
  void thePageShowsWhatAGuestDid() throws IOException, InterruptedException {
    try (Browser browser = Browser.open(directory)) {
      Process watch = start(KvmStatE2E.unprivileged("portfire", List.of("watch", "-s", "0.2")));
      Process guest = guest();
      try (BufferedReader said = watch.inputReader(StandardCharsets.UTF_8)) {
        String address = said.readLine();
        assertThat(address).matches("http://127\\.0\\.0\\.1:\\d+/[0-9a-f]{32}/");
        browser.resize(1280, 1000);
        browser.visit(address);
        String row = "#machine-rows tr[data-pid=\"" + guest.pid() + "\"]";
        browser.await("document.querySelector('" + row + "') !== null", "true");
        // This guest only, whatever else runs on the host.
        browser.evaluate("document.querySelector('" + row + "').click()");
        browser.await(TOTAL.formatted("IO"), Integer.toString(CountingGuest.OUT));
        browser.await(TOTAL.formatted("MMIO"), Integer.toString(CountingGuest.MMIO));
        browser.await(TOTAL.formatted("CPUID"), Integer.toString(CountingGuest.CPUID));
        assertThat(browser.evaluate(text("#state"))).isEqualTo("live");
        assertThat(browser.evaluate(text(row + " td:nth-child(3)"))).isEqualTo("1");
        browser.await("document.querySelectorAll('#boot rect').length", "4");
        assertThat(browser.evaluate(text("#boot"))).contains("kernel loaded", "vCPUs run");
        browser.await("document.querySelector('#devices [data-group=\"entropy\"]') !== null", "true");
        assertThat(browser.evaluate("document.querySelectorAll('#exits-chart canvas').length")).isEqualTo("1");
        assertThat(Integer.parseInt(browser.evaluate("document.documentElement.scrollWidth"))).isLessThanOrEqualTo(1280);
        for (String picture : List.of("exits", "latency", "boot")) {
          String size = browser.evaluate("(await import('./watch.js')).exportPicture('" + picture + "', 'png')");
          assertThat(Integer.parseInt(size)).as("bytes of the PNG of " + picture).isGreaterThan(1000);
        }
        browser.evaluate("[1, 2].forEach(() => document.querySelector('#theme').click())");
        assertThat(browser.evaluate("document.documentElement.dataset.theme")).isEqualTo("dark");
        assertThat(browser.screenshot()).startsWith(0x89, 'P', 'N', 'G');
        String elsewhere = "performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith('" + address + "')"
            + " && !n.startsWith('data:') && !n.startsWith('blob:')).join()";
        assertThat(browser.evaluate(elsewhere)).as("what was loaded from elsewhere").isEmpty();
        guest.destroyForcibly().waitFor();
        browser.await("document.querySelector('" + row + "') === null", "true");
        assertThat(browser.complaints()).isEmpty();
      } finally {
        guest.destroyForcibly().waitFor();
        watch.destroyForcibly().waitFor();
      }
    }
  }

  private static String chosen(KvmStatE2E.Shown shown) {
    String text = shown.text();
    return text.substring(text.lastIndexOf("\n > ") + 4);
  }

  @Test
  void theTerminalShowsWhatAGuestDid() throws IOException, InterruptedException {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "skipped: no /usr/bin/script; install bsdutils");
    Process guest = guest();
    String tool = String.join(" ", KvmStatE2E.unprivileged("portfire", List.of("watch", "--tui", "-s", "0.2")));
    String session = "stty rows 40 cols 110; before=$(stty -g); " + tool + "; echo \"status $?\"; "
        + "[ \"$before\" = \"$(stty -g)\" ] && echo modes as before";
    Process screen = new ProcessBuilder("script", "-qec", session, "/dev/null").start();
    try (OutputStream keys = screen.getOutputStream()) {
      KvmStatE2E.Shown shown = new KvmStatE2E.Shown(screen.getInputStream());
      shown.await("   " + "%-24s %8d".formatted("run", guest.pid()));
      // Machines of others may be there, too: one step at a time, and a look at what it led to.
      for (int moves = 0; moves < 50 && !chosen(shown).startsWith("%-24s %8d".formatted("run", guest.pid())); moves++) {
        keys.write('j');
        keys.flush();
        shown.awaitMore("portfire watch", 2);
      }
      shown.await("   %-20s %14d".formatted("IO", CountingGuest.OUT));
      shown.await("   %-20s %14d".formatted("MMIO", CountingGuest.MMIO));
      shown.await("   %-20s %14d".formatted("CPUID", CountingGuest.CPUID));
      shown.await("   BOOT");
      keys.write('q');
      keys.flush();
      shown.await("modes as before");
      assertThat(shown.text()).contains("status 0");
    } finally {
      screen.destroyForcibly();
      guest.destroyForcibly().waitFor();
    }
  }
}
