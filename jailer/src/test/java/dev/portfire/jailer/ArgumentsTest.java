package dev.portfire.jailer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, and what is said of one that cannot be taken. */
final class ArgumentsTest {
  @TempDir
  Path directory;

  private void refused(String message, String... words) {
    assertThatThrownBy(() -> Arguments.parse(List.of(words)))
        .isInstanceOf(JailerException.class)
        .hasMessage("Failed to parse arguments: " + message);
  }

  @Test
  void wordsAreChecked() {
    refused("Argument 'exec-file' required, but not found.");
    refused("Argument 'gid' required, but not found.", "--exec-file", "x");
    refused("Argument 'id' required, but not found.", "--exec-file", "x", "--gid", "1");
    refused("Argument 'uid' required, but not found.", "--exec-file", "x", "--gid", "1", "--id", "i");
    refused("The argument 'id' requires a value, but none was supplied.", "--id");
    refused("The argument 'id' requires a value, but none was supplied.", "--id", "--uid", "1");
    refused("The argument 'id' requires a value, but none was supplied.", "--id", "--", "1");
    refused("Found argument 'node' which wasn't expected, or isn't valid in this context.", "--node", "0");
    refused("Found argument 'id=1' which wasn't expected, or isn't valid in this context.", "--id=1");
    refused("Found argument 'x' which wasn't expected, or isn't valid in this context.", "x");
    refused("The argument 'id' was provided more than once.", "--id", "a", "--id", "b");
    refused("The argument 'daemonize' was provided more than once.", "--daemonize", "--daemonize");
  }

  @Test
  void helpAndVersionWinOverErrors() throws Exception {
    assertThat(Arguments.parse(List.of("--nonsense", "-h")).help()).isTrue();
    assertThat(Arguments.parse(List.of("--nonsense", "--version")).has("version")).isTrue();
    assertThatThrownBy(() -> Arguments.parse(List.of("--", "--help"))).isInstanceOf(JailerException.class);
  }

  @Test
  void whatIsBehindTheDashesIsNotLookedAt() throws Exception {
    Arguments arguments = Arguments.parse(List.of(
        "--id", "i", "--uid", "1", "--gid", "2", "--exec-file", "f", "--cgroup", "a.b=1", "--cgroup", "a.c=2", "--", "--id", "--", "x"));
    assertThat(arguments.extra()).containsExactly("--id", "--", "x");
    assertThat(arguments.values("cgroup")).containsExactly("a.b=1", "a.c=2");
    assertThat(arguments.valueOrInitial("chroot-base-dir")).isEqualTo("/srv/jailer");
    assertThat(arguments.value("netns")).isEmpty();
  }

  @Test
  void theHelpNamesEveryOption() {
    assertThat(Arguments.helpText())
        .startsWith("required arguments:\n  --exec-file <exec-file>   ")
        .contains("  --chroot-base-dir <chroot-base-dir>   Directory of all jails. [default: \"/srv/jailer\"]\n")
        .contains("\n  --daemonize  ");
  }

  private Settings settings(String... more) throws JailerException {
    List<String> words = new ArrayList<>(List.of(more));
    add(words, "--id", "vm-1");
    add(words, "--uid", "4294967295");
    add(words, "--gid", "0");
    add(words, "--exec-file", directory.resolve("link").toString());
    add(words, "--chroot-base-dir", directory.toString());
    return Settings.of(Arguments.parse(words), Optional.of(directory.resolve("portfire")));
  }

  private static void add(List<String> words, String option, String value) {
    if (!words.contains(option)) {
      words.addAll(List.of(option, value));
    }
  }

  private void invalid(String message, String... words) {
    assertThatThrownBy(() -> settings(words)).isInstanceOf(JailerException.class).hasMessage(message);
  }

  @Test
  void valuesAreChecked() throws Exception {
    Path file = Files.createFile(directory.resolve("real"));
    Files.createSymbolicLink(directory.resolve("link"), file);
    Settings settings = settings();
    assertThat(settings.uid()).isEqualTo(4_294_967_295L);
    assertThat(settings.parentCgroup()).isEqualTo("real");
    assertThat(settings.root()).isEqualTo(directory.toRealPath().resolve("real/vm-1/root"));
    assertThat(settings("--id", "\u00e9\u4e00").id()).isEqualTo("\u00e9\u4e00");

    invalid("Invalid instance ID: Invalid len (0);  the length must be between 1 and 64", "--id", "");
    invalid("Invalid instance ID: Invalid len (65);  the length must be between 1 and 64", "--id", "i".repeat(65));
    invalid("Invalid instance ID: Invalid char (_) at position 2", "--id", "vm_1");
    invalid("Failed to canonicalize path /no/such/file: No such file or directory (os error 2)", "--exec-file", "/no/such/file");
    invalid(directory.toRealPath() + " is not a file", "--exec-file", directory.toString());
    invalid("Failed to canonicalize path /no/such: No such file or directory (os error 2)", "--chroot-base-dir", "/no/such");
    invalid(file.toRealPath() + " is not a directory", "--chroot-base-dir", file.toString());
    invalid("Invalid uid: -1", "--uid", "-1");
    invalid("Invalid uid: 4294967296", "--uid", "4294967296");
    invalid("Invalid gid: root", "--gid", "root");
    invalid("256 is an invalid cgroup version specifier", "--cgroup-version", "256");
    for (String parent : List.of("/a", "a/..", "./a", "a/./b")) {
      invalid("Parent cgroup path is invalid. Path should not be absolute or contain '..' or '.'", "--parent-cgroup", parent);
    }
  }

  @Test
  void ourOwnLauncherIsCalledByTheLinksName() throws Exception {
    Path launcher = Files.createFile(directory.resolve("portfire"));
    Files.createSymbolicLink(directory.resolve("link"), launcher);
    assertThat(settings().name()).isEqualTo("link");
  }

  private static void badLimit(String message, String argument) {
    assertThatThrownBy(() -> Limits.of(List.of(argument))).isInstanceOf(JailerException.class).hasMessage(message);
  }

  @Test
  void limitsAreNumbers() throws Exception {
    assertThat(Limits.of(List.of()).files()).isEqualTo(2048);
    assertThat(Limits.of(List.of()).fileSize()).isEmpty();
    Limits limits = Limits.of(List.of("fsize=1", "no-file=18446744073709551615", "fsize=007"));
    assertThat(limits.files()).isEqualTo(-1);
    assertThat(limits.fileSize()).hasValue(7);
    badLimit("Invalid format for resources limits: fsize", "fsize");
    badLimit("Invalid limit value for resource: : cannot parse integer from empty string", "fsize=");
    badLimit("Invalid limit value for resource: 1=2: invalid digit found in string", "fsize=1=2");
    badLimit("Invalid limit value for resource: -1: invalid digit found in string", "no-file=-1");
    badLimit(
        "Invalid limit value for resource: 18446744073709551616: number too large to fit in target type",
        "no-file=18446744073709551616");
    badLimit("Invalid limit value for resource: x: invalid digit found in string", "cpu=x");
    badLimit("Invalid resource argument: cpu", "cpu=1");
  }

  @Test
  void userfaultfdsNumberIsFound() {
    assertThat(Jail.userfaultfd("232 kvm\n126 userfaultfd\n")).isEqualTo(OptionalInt.of(126));
    assertThat(Jail.userfaultfd(" 59 userfaultfd\n232 kvm\n")).isEqualTo(OptionalInt.of(59));
    assertThat(Jail.userfaultfd("232 kvm\n")).isEmpty();
  }
}
