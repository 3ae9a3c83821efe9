package dev.portfire.inspect.perf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.Run;
import dev.portfire.inspect.SysRoot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopTest {
  private static final List<ProfileReport.Column> COLUMNS = List.of(ProfileReport.Column.DSO, ProfileReport.Column.SYMBOL);
  private static final TopView ALL = new TopView(COLUMNS, false, 100, 0, false, false);

  @TempDir
  Path directory;

  private Profile profile(boolean host) throws IOException {
    Path kallsyms = directory.resolve("kallsyms");
    Path modules = directory.resolve("modules");
    ProfileRecording.guest(kallsyms, modules);
    ProfileRecording recording = new ProfileRecording().command(900, 901, "vcpu 0").mapping(Profile.HOST_USER, 900, 0x40_0000, 0x1000, 0, "/usr/bin/nosuchfile");
    for (int i = 0; i < 16; i++) {
      recording.sample(i < 8 ? Profile.GUEST_KERNEL : Profile.HOST_KERNEL, 900, 901, i < 8 ? ProfileRecording.TEXT + 0x104 : 0x1000);
    }
    recording.sample(Profile.GUEST_KERNEL, 900, 901, ProfileRecording.MODULE + 0x41).sample(Profile.HOST_USER, 900, 901, 0x40_0005)
        .sample(Profile.GUEST_USER, 900, 901, 0x1234).sample(Profile.GUEST_USER, 900, 901, 0x1238);
    Guests guests = new Guests(Optional.empty(), Optional.of(kallsyms), Optional.of(modules), Optional.empty(), true, host);
    try (PerfData data = PerfData.open(recording.write(directory.resolve("f")))) {
      Profile profile = new Profile(new SysRoot(directory.resolve("nothing")), guests, data);
      profile.read();
      return profile;
    }
  }

  private static List<String> rows(TopView view, Profile profile) {
    return view.rows(profile.counts(0)).stream().map(TopView.Line::text).toList();
  }

  @Test
  void guestsByTheirSymbols() throws IOException {
    // Of all samples: those of the host count, and are not shown.
    assertThat(rows(ALL, profile(false))).containsExactly(
        "    40.00%  [guest.kernel]  [g] startup_64",
        "     5.00%  [virtio_mod]    [g] module_work");
    assertThat(rows(new TopView(COLUMNS, true, 1, 0, false, false), profile(false)))
        .containsExactly("    40.00%             8  [guest.kernel]  [g] startup_64");
  }

  @Test
  void whatIsHidden() throws IOException {
    Profile profile = profile(true);
    assertThat(rows(ALL, profile)).containsExactly(
        "    40.00%  [guest.kernel]  [g] startup_64",
        "    40.00%  [unknown]       [k] 0x0000000000001000",
        "     5.00%  [virtio_mod]    [g] module_work",
        "     5.00%  nosuchfile      [.] 0x0000000000000005");
    // What is hidden is as if it had not been.
    assertThat(rows(new TopView(COLUMNS, false, 100, 0, true, true), profile)).containsExactly(
        "    72.73%  [guest.kernel]  [g] startup_64",
        "     9.09%  [virtio_mod]    [g] module_work");
    assertThat(rows(new TopView(COLUMNS, false, 100, 2, false, false), profile)).hasSize(2);
    assertThat(rows(new TopView(List.of(ProfileReport.Column.COMM), false, 100, 0, false, true), profile))
        .containsExactly("    47.37%  :901", "    42.11%  vcpu 0");
  }

  @Test
  void whatWasFades() throws IOException {
    Profile profile = profile(true);
    assertThat(profile.samples(Profile.GUEST_USER)).isEqualTo(2);
    Profile.Counts counts = profile.counts(0);
    profile.age(false);
    assertThat(counts.rows().stream().mapToLong(row -> row.samples).max().orElseThrow()).isEqualTo(7);
    assertThat(counts.period).isEqualTo(20 * 250_000 / 8 * 7);
    for (int i = 0; i < 200; i++) {
      profile.age(false);
    }
    assertThat(counts.rows()).isEmpty();
    assertThat(counts.period).isZero();
    Profile other = profile(true);
    other.age(true);
    assertThat(other.counts(0).rows()).isEmpty();
  }

  @Test
  void theLineAbove() {
    TopView.Rates rates = new TopView.Rates(1948.4, 918, 82, 0, 0);
    assertThat(TopView.head(rates, true, "4000Hz cpu-clock:ppp", "all, 2 CPUs")).isEqualTo(
        "   PerfTop:    1948 irqs/sec  kernel:91.8% us: 8.2% guest kernel: 0.0% guest us: 0.0% exact:  0.0% [4000Hz cpu-clock:ppp],  (all, 2 CPUs)");
    assertThat(TopView.head(new TopView.Rates(0, 0, 0, 0, 0), false, "1 kvm:kvm_pio", "target_pid: 7, CPU: 1")).isEqualTo(
        "   PerfTop:       0 irqs/sec  kernel: 0.0%  exact:  0.0% [1 kvm:kvm_pio],  (target_pid: 7, CPU: 1)");
  }

  @Test
  void wrongOptions() {
    assertThat(Ours.run(InputStream.nullInputStream(), List.of("top", "-d", "x")).err()).startsWith(" Error: switch `d' expects a numerical value\n");
    assertThat(Ours.run(InputStream.nullInputStream(), List.of("top", "-s", "x")).err()).contains("unknown --sort key: `x'");
    assertThat(Ours.run(InputStream.nullInputStream(), List.of("top", "word")).status()).isEqualTo(129);
    Run guest = Ours.run(InputStream.nullInputStream(), List.of("--guestkallsyms=" + directory.resolve("none"), "top", "-p", "99999999"));
    assertThat(guest.err()).contains("no such process: [99999999]").hasLineCount(1);
    assertThat(guest.status()).isEqualTo(255);
  }
}
