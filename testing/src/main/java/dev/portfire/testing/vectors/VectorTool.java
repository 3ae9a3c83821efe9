package dev.portfire.testing.vectors;

import dev.portfire.linux.ExecutableMemory;
import dev.portfire.softcpu.SoftHypervisor;
import dev.portfire.testing.isa.IsaGenerator;
import dev.portfire.testing.isa.IsaTable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Compares the software CPU with the host's, instruction by instruction. It runs in a process of its own, for the
 * host's CPU is let loose on generated code.
 *
 * <pre>
 * VectorTool check  [--seed N] [--cases N] [--forms REGEX] [--show N] [--engine safe|native] [--undefined-flags true|false]
 *                    compare, and print what differs
 * VectorTool record [--seed N] [--cases N] [--forms REGEX] --out FILE   the same, and write vectors
 * </pre>
 *
 * The JVM needs {@link HostCpu#JVM_FLAGS}. Exit status 0 if everything agrees, 1 if not. A difference is printed with
 * a seed and a form that replay it.
 */
public final class VectorTool {

  private long seed = System.nanoTime();
  private int cases = 100;
  private Pattern forms = Pattern.compile("");
  private int show = 3;

  /** Instructions of whose undefined flags too little is known: decimal adjustments, and double shifts by more than their 16 bits. */
  private static final Pattern UNKNOWN_FLAGS = Pattern.compile("daa|das|aaa|aas|aad|shld16|shrd16");

  /** Whether flags that an instruction leaves undefined are compared too; the software CPU follows AMD's family 1Ah. */
  private boolean undefinedFlags;

  private SoftHypervisor hypervisor = new SoftHypervisor();
  private Path out = Path.of("vectors.gz");

  private VectorTool() {}

  /** Runs the tool. */
  public static void main(String[] arguments) throws IOException {
    VectorTool tool = new VectorTool();
    boolean record = arguments.length > 0 && arguments[0].equals("record");
    for (int i = 1; i + 1 < arguments.length; i += 2) {
      String value = arguments[i + 1];
      switch (arguments[i]) {
        case "--seed" -> tool.seed = Long.parseLong(value);
        case "--cases" -> tool.cases = Integer.parseInt(value);
        case "--forms" -> tool.forms = Pattern.compile(value);
        case "--show" -> tool.show = Integer.parseInt(value);
        case "--engine" -> tool.hypervisor =
            value.equals("native") ? new SoftHypervisor(ExecutableMemory.SOURCE) : new SoftHypervisor();
        case "--undefined-flags" -> tool.undefinedFlags = Boolean.parseBoolean(value);
        case "--out" -> tool.out = Path.of(value);
        default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
      }
    }
    System.exit(tool.compare(record, System.out) ? 0 : 1);
  }

  /** The instruction table of the source tree that the current directory is in. */
  static IsaTable table() throws IOException {
    Path directory = Path.of("").toAbsolutePath();
    while (directory != null && !Files.exists(directory.resolve(IsaGenerator.TABLE))) {
      directory = directory.getParent();
    }
    if (directory == null) {
      throw new IOException("not inside the source tree: no " + IsaGenerator.TABLE);
    }
    return IsaTable.read(directory.resolve(IsaGenerator.TABLE));
  }

  private boolean compare(boolean record, PrintStream log) throws IOException {
    List<InstructionForm> wanted =
        InstructionForm.of(table()).stream().filter(f -> forms.matcher(f.name()).find()).toList();
    log.printf("seed %d, %d forms, %d cases each%n", seed, wanted.size(), cases);
    HostCpu host = HostCpu.open();
    VectorFile.Writer writer = record ? new VectorFile.Writer(out) : null;
    Case c = new Case();
    long[] expected = new long[CpuSlots.COUNT];
    long[] actual = new long[CpuSlots.COUNT];
    long total = 0;
    long different = 0;
    int badForms = 0;
    try (SoftCpuRunner soft = new SoftCpuRunner(hypervisor)) {
      for (InstructionForm form : wanted) {
        CaseGenerator generator = new CaseGenerator(form, seed ^ form.name().hashCode());
        Tolerance tolerance = form.tolerance();
        boolean all = undefinedFlags && !UNKNOWN_FLAGS.matcher(form.name()).find();
        int bad = 0;
        int count = cases;
        if (writer != null) {
          count = form.legacy() ? (cases + 1) / 2 : cases;
          writer.form(form.name(), tolerance, count);
        }
        for (int i = 0; i < count; i++) {
          generator.generate(c);
          host.run(c.code, c.legacy, c.before, expected);
          soft.run(c.code, c.legacy, c.before, actual);
          VectorFile.ignore(c, expected);
          VectorFile.ignore(c, actual);
          String difference = tolerance.difference(expected, actual, all ? -1 : c.definedFlags);
          total++;
          if (!difference.isEmpty() && bad++ < show) {
            log.printf("%s, case %d: %s%s%n%s", form.name(), i, c.hex(), difference, inputs(c, expected, actual));
          }
          if (writer != null) {
            writer.vector(c, expected);
          }
        }
        if (bad != 0) {
          badForms++;
          different += bad;
          log.printf("%s: %d of %d differ%n", form.name(), bad, count);
        }
      }
    }
    if (writer != null) {
      writer.close();
    }
    log.printf(
        "%d cases of %d forms; %d differ in %d forms; seed %d%n", total, wanted.size(), different, badForms, seed);
    return different == 0;
  }

  private static String inputs(Case c, long[] expected, long[] actual) {
    StringBuilder s = new StringBuilder("    from");
    for (int slot = 0; slot < CpuSlots.VECTOR; slot++) {
      if (slot < CpuSlots.XMM || slot >= CpuSlots.MXCSR && slot < CpuSlots.ST + 6 || expected[slot] != c.before[slot]
          || expected[slot] != actual[slot]) {
        s.append(" %s=%x".formatted(CpuSlots.name(slot), c.before[slot]));
      }
    }
    return s.append(System.lineSeparator()).toString();
  }
}
