package dev.portfire.testing.isa;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class IsaGeneratorTest {
  /** Surefire runs in the module's directory. */
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @Test
  void generatedSourcesAreWhatTheTableSays() throws IOException {
    for (var file : IsaGenerator.generate(ROOT).entrySet()) {
      assertThat(Files.readString(file.getKey()))
          .as("%s is stale: run IsaGenerator from the repository's root", file.getKey().getFileName())
          .isEqualTo(file.getValue());
    }
  }

  @Test
  void noTwoFormsClaimTheSameEncoding() throws IOException {
    var forms = IsaTable.read(ROOT.resolve(IsaGenerator.TABLE)).forms();
    for (IsaTable.Form a : forms) {
      for (IsaTable.Form b : forms) {
        boolean differ = a.id() >= b.id()
            || a.map() != b.map()
            || a.last() < b.first()
            || b.last() < a.first()
            || !a.prefix().equals(b.prefix())
            || (a.extension() >= 0 && b.extension() >= 0 && a.extension() != b.extension())
            || (a.modRm() != b.modRm() && a.modRm() != IsaTable.ModRm.ANY && b.modRm() != IsaTable.ModRm.ANY)
            || a.vex() != b.vex()
            || (a.has("L0") && b.has("L1"))
            || (a.has("L1") && b.has("L0"))
            || (a.has("W0") && b.has("W1"))
            || (a.has("W1") && b.has("W0"))
            || (a.has("i64") && b.has("o64"))
            || (a.has("o64") && b.has("i64"));
        assertThat(differ).as("%s and %s", a, b).isTrue();
      }
    }
  }
}
