package dev.portfire.firectl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.firectl.Options.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  private static Options parse(String... words) throws UsageException {
    return Options.parse(List.of(words));
  }

  @Test
  void everyOptionHasItsDefault() throws UsageException {
    Options none = parse();
    assertThat(none.text(Option.KERNEL)).isEqualTo("./vmlinux");
    assertThat(none.text(Option.KERNEL_OPTS)).isEqualTo("ro console=ttyS0 noapic reboot=k panic=1 pci=off nomodules");
    assertThat(none.text(Option.LOG_LEVEL)).isEqualTo("Debug");
    assertThat(none.number(Option.NCPUS)).isEqualTo(1);
    assertThat(none.number(Option.MEMORY)).isEqualTo(512);
    assertThat(none.number(Option.SHUTDOWN_TIMEOUT)).isEqualTo(30);
    for (Option option : List.of(Option.UID, Option.GID, Option.NODE)) {
      assertThat(none.number(option)).isZero();
    }
    for (Option option : Option.values()) {
      switch (option.kind) {
        case FLAG -> assertThat(none.flag(option)).isFalse();
        case TEXTS -> assertThat(none.texts(option)).isEmpty();
        case TEXT, INT, INT64 -> assertThat(none.flag(option)).isFalse();
      }
    }
  }

  @Test
  void everyOptionIsTakenInEveryForm() throws UsageException {
    for (Option option : Option.values()) {
      String name = "--" + option.longName;
      String letter = option.toString().substring(0, 2);
      switch (option.kind) {
        case FLAG -> {
          assertThat(parse(name).flag(option)).isTrue();
          assertThatThrownBy(() -> parse(name + "=true"))
              .hasMessage("bool flag `" + option + "' cannot have an argument");
          if (option.hasLetter()) {
            assertThat(parse(letter).flag(option)).isTrue();
          }
        }
        case TEXT, TEXTS -> {
          assertThat(parse(name, "a=b").text(option)).isEqualTo("a=b");
          assertThat(parse(name + "=a=b").text(option)).isEqualTo("a=b");
          assertThat(parse(name + "=-x").text(option)).isEqualTo("-x");
          assertThat(parse(name, "-").text(option)).isEqualTo("-");
          assertThat(parse(name, "1", name, "2").text(option)).isEqualTo("2");
          assertThat(parse(name, "1", name, "2").texts(option)).hasSize(option.kind == Option.Kind.TEXTS ? 2 : 1);
          refusesNothing(option, name);
          if (option.hasLetter()) {
            assertThat(parse(letter, "v").text(option)).isEqualTo("v");
            assertThat(parse(letter + "v").text(option)).isEqualTo("v");
            assertThat(parse(letter + "=v").text(option)).isEqualTo("v");
          }
        }
        case INT, INT64 -> {
          String type = option.kind == Option.Kind.INT ? "int" : "int64";
          assertThat(parse(name, "7").number(option)).isEqualTo(7);
          assertThat(parse(name, "-7").number(option)).isEqualTo(-7);
          assertThat(parse(name + "=+9223372036854775807").number(option)).isEqualTo(Long.MAX_VALUE);
          assertThatThrownBy(() -> parse(name, "x1")).hasMessage("invalid argument for flag `" + option
              + "' (expected " + type + "): strconv.ParseInt: parsing \"x1\": invalid syntax");
          assertThatThrownBy(() -> parse(name, "9223372036854775808")).hasMessage("invalid argument for flag `" + option
              + "' (expected " + type + "): strconv.ParseInt: parsing \"9223372036854775808\": value out of range");
          refusesNothing(option, name);
          if (option.hasLetter()) {
            assertThat(parse(letter + "4").number(option)).isEqualTo(4);
          }
        }
      }
    }
  }

  private static void refusesNothing(Option option, String name) {
    assertThatThrownBy(() -> parse(name)).hasMessage("expected argument for flag `" + option + "'");
    assertThatThrownBy(() -> parse(name, "--"))
        .hasMessage("expected argument for flag `" + option + "', but got double dash `--'");
    assertThatThrownBy(() -> parse(name, "-t"))
        .hasMessage("expected argument for flag `" + option + "', but got option `-t'");
  }

  @Test
  void lettersComeInOneWord() throws UsageException {
    Options options = parse("-tdc2", "-td");
    assertThat(options.flag(Option.DISABLE_SMT)).isTrue();
    assertThat(options.flag(Option.DEBUG)).isTrue();
    assertThat(options.number(Option.NCPUS)).isEqualTo(2);
    assertThatThrownBy(() -> parse("-tz")).hasMessage("unknown flag `z'");
    assertThatThrownBy(() -> parse("--kernal=x")).hasMessage("unknown flag `kernal'");
  }

  @Test
  void whatIsNoOptionIsIgnored() throws UsageException {
    Options options = parse("positional", "-", "-c", "2", "--", "--unknown", "-c", "3");
    assertThat(options.number(Option.NCPUS)).isEqualTo(2);
    assertThat(parse("--help", "--unknown").flag(Option.HELP)).isTrue();
    assertThatThrownBy(() -> parse("--unknown", "--help")).isInstanceOf(UsageException.class);
  }

  @Test
  void theHelpHasEveryOption() {
    String help = Options.help();
    for (Option option : Option.values()) {
      assertThat(help).contains(option.toString()).contains(option.description);
    }
    assertThat(help).startsWith("Usage:\n  firectl [OPTIONS]\n  firectl ps\n  firectl stop|pause|resume ID\n  firectl logs|metrics [--follow] ID\n\nApplication Options:\n      --firecracker-binary=   ");
    assertThat(help).contains("  -c, --ncpus=                 Number of vCPUs (default: 1)\n");
    assertThat(help).endsWith("\nHelp Options:\n  -h, --help                   Show this help message\n");
  }
}
