package dev.portfire.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.inspect.GetOpt.Given;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.GetOpt.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;

class GetOptTest {
  private static final Option ALL = Option.flag('a', "all");
  private static final Option FIELD = Option.required('F', "field");
  private static final Option FILE = Option.flag('n', "filename");
  private static final Option LIST = Option.optional('e', "extended");
  private static final List<Option> OPTIONS = List.of(ALL, FIELD, FILE, LIST);

  private static GetOpt.Parsed parse(String... words) throws UsageException {
    return GetOpt.parse("tool", OPTIONS, List.of(words));
  }

  @Test
  void takesOptionsBetweenOperands() throws UsageException {
    assertThat(parse("x", "-a", "y", "--field", "f", "--", "-z")).isEqualTo(new GetOpt.Parsed(
        List.of(new Given(ALL, null), new Given(FIELD, "f")), List.of("x", "y", "-z")));
  }

  @Test
  void takesGroupsOfLettersAndArgumentsOfAllForms() throws UsageException {
    assertThat(parse("-anFx", "-F", "-a", "--fie=", "-e", "-eCPU", "--ext=CPU", "-").options()).containsExactly(
        new Given(ALL, null), new Given(FILE, null), new Given(FIELD, "x"), new Given(FIELD, "-a"), new Given(FIELD, ""),
        new Given(LIST, null), new Given(LIST, "CPU"), new Given(LIST, "CPU"));
  }

  @Test
  void saysWhatGetoptSays() {
    assertThatThrownBy(() -> parse("-z")).hasMessage("tool: invalid option -- 'z'");
    assertThatThrownBy(() -> parse("-F")).hasMessage("tool: option requires an argument -- 'F'");
    assertThatThrownBy(() -> parse("--field")).hasMessage("tool: option '--field' requires an argument");
    assertThatThrownBy(() -> parse("--all=x")).hasMessage("tool: option '--all' doesn't allow an argument");
    assertThatThrownBy(() -> parse("--bogus=x")).hasMessage("tool: unrecognized option '--bogus=x'");
    assertThatThrownBy(() -> parse("--fi=x"))
        .hasMessage("tool: option '--fi=x' is ambiguous; possibilities: '--field' '--filename'");
  }
}
