package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.cli.RunOptions.UsageException;
import dev.portfire.machine.CpuModel;
import dev.portfire.vmm.Accelerator;
import dev.portfire.vmm.Drive;
import dev.portfire.vmm.Engine;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RunOptionsTest {
  private static RunOptions parse(String... arguments) throws UsageException {
    return RunOptions.parse(List.of(arguments)).orElseThrow();
  }

  @Test
  void hasDefaults() throws UsageException {
    RunOptions options = parse();
    assertThat(options.cpus()).isEqualTo(1);
    assertThat(options.memoryMib()).isEqualTo(512);
    assertThat(options.accelerator()).isEmpty();
    assertThat(options.engine()).isEqualTo(Engine.AUTO);
    assertThat(options.command()).isEmpty();
    assertThat(options.drives()).isEmpty();
  }

  @Test
  void readsEverything() throws UsageException {
    RunOptions options = parse(
        "--kernel", "k", "--initrd", "i", "--append", "quiet x=y", "--rootfs", "root.img:ro", "--drive", "a",
        "--drive", "b:ro", "--cpus", "4", "--mem", "2G", "--accel", "soft", "--engine", "safe", "--log", "l", "--stats",
        "-t", "--cpu", "portfire-v3");
    assertThat(options.kernel()).contains(Path.of("k"));
    assertThat(options.initrd()).contains(Path.of("i"));
    assertThat(options.append()).isEqualTo("quiet x=y");
    assertThat(options.rootfs()).isEqualTo(Optional.of(Drive.of(Path.of("root.img"), true)));
    assertThat(options.drives()).containsExactly(Drive.of(Path.of("a"), false), Drive.of(Path.of("b"), true));
    assertThat(options.cpus()).isEqualTo(4);
    assertThat(options.memoryMib()).isEqualTo(2048);
    assertThat(options.accelerator()).contains(Accelerator.SOFT);
    assertThat(options.engine()).isEqualTo(Engine.SAFE);
    assertThat(options.cpu()).contains(CpuModel.PORTFIRE_V3);
    assertThat(options.log()).contains(Path.of("l"));
    assertThat(options.stats()).isTrue();
    assertThat(options.tty()).isTrue();
  }

  @Test
  void leavesTheCommandAlone() throws UsageException {
    assertThat(parse("--", "sh", "-c", "exit 7").command()).containsExactly("sh", "-c", "exit 7");
    assertThat(parse("ls", "--cpus", "-l").command()).containsExactly("ls", "--cpus", "-l");
    assertThat(parse("--cpus", "2", "--", "echo", "--", "--help").command())
        .containsExactly("echo", "--", "--help");
  }

  @Test
  void takesValuesWithAnEqualsSignToo() throws UsageException {
    RunOptions options = parse("--append=a=b", "--cpus=2", "--drive=a", "--kernel", "--stats", "-");
    assertThat(options.append()).isEqualTo("a=b");
    assertThat(options.cpus()).isEqualTo(2);
    assertThat(options.kernel()).contains(Path.of("--stats"));
    assertThat(options.command()).containsExactly("-");
  }

  @Test
  void helpWinsOverTheCommandButNotInIt() throws UsageException {
    assertThat(RunOptions.parse(List.of("--cpus", "2", "-h", "ls"))).isEmpty();
    assertThat(RunOptions.parse(List.of("--help"))).isEmpty();
    assertThat(parse("ls", "--help").command()).containsExactly("ls", "--help");
  }

  @Test
  void refusesUnknownAndRepeatedOptions() {
    assertThatThrownBy(() -> parse("--bogus", "x")).hasMessage("unknown option --bogus");
    assertThatThrownBy(() -> parse("-x")).hasMessage("unknown option -x");
    assertThatThrownBy(() -> parse("--stats=yes")).hasMessage("unknown option --stats=yes");
    assertThatThrownBy(() -> parse("--cpus")).hasMessage("--cpus: give a value");
    assertThatThrownBy(() -> parse("--cpus", "1", "--cpus=2")).hasMessage("--cpus: give it only once");
  }

  @Test
  void refusesNonsense() {
    assertThatThrownBy(() -> parse("--cpus", "many")).isInstanceOf(UsageException.class);
    assertThatThrownBy(() -> parse("--mem", "12X")).isInstanceOf(UsageException.class);
    assertThatThrownBy(() -> parse("--accel", "xen")).hasMessage("--accel xen: give auto, soft or kvm");
    assertThatThrownBy(() -> parse("--rootfs", ":ro")).isInstanceOf(UsageException.class);
    assertThatThrownBy(() -> parse("--kernel", "")).isInstanceOf(UsageException.class);
  }

  @Test
  void readsMemorySizes() throws UsageException {
    assertThat(RunOptions.mebibytes("64")).isEqualTo(64);
    assertThat(RunOptions.mebibytes("64m")).isEqualTo(64);
    assertThat(RunOptions.mebibytes("3g")).isEqualTo(3072);
    assertThatThrownBy(() -> RunOptions.mebibytes("99999999999999999G")).isInstanceOf(UsageException.class);
  }
}
