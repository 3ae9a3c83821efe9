package dev.portfire.inspect.perf;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Whose exit reasons a recording has. */
enum Isa {
  /** Intel's. */
  VMX("vmx"),
  /** AMD's. */
  SVM("svm");

  /** The table, read when it is needed first. */
  private static final class Names {
    static final Map<String, String> ALL = read();

    private static Map<String, String> read() {
      Map<String, String> names = new HashMap<>();
      for (String line : ExitNames.TABLE.split("\n")) {
        String[] words = line.split(" ", 3);
        names.put(words[0] + " " + Long.decode(words[1]), words[2]);
      }
      return names;
    }
  }

  private final String table;

  Isa(String table) {
    this.table = table;
  }

  /** By the processor's identification in a file: maker, family, model and stepping. */
  static Optional<Isa> ofProcessor(String identification) {
    if (identification.contains("Intel")) {
      return Optional.of(VMX);
    }
    if (identification.contains("AMD") || identification.contains("Hygon")) {
      return Optional.of(SVM);
    }
    return Optional.empty();
  }

  /** By the field {@code isa} of kvm_exit. */
  static Optional<Isa> ofField(long value) {
    return value == 1 ? Optional.of(VMX) : value == 2 ? Optional.of(SVM) : Optional.empty();
  }

  /** The name of an exit reason, as perf writes it. */
  Optional<String> name(long reason) {
    return Optional.ofNullable(Names.ALL.get(table + " " + reason));
  }
}
