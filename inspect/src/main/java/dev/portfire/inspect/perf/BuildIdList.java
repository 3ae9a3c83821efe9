package dev.portfire.inspect.perf;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.SysRoot;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** {@code perf kvm buildid-list}: which builds of programs and kernels a recording saw. */
final class BuildIdList {
  private static final String USAGE =
      """

       Usage: perf kvm [<options>] buildid-list [<options>]

          -f, --force           don't complain, do it
          -i, --input <file>    input file name
          -k, --kernel          Show current kernel build id

      """;

  private static final List<Option> OPTIONS = List.of(
      Option.flag('f', "force"), Option.flag('h', "help"), Option.required('i', "input"), Option.flag('k', "kernel"));

  private final SysRoot root;
  private final PrintStream out;
  private final PrintStream err;

  BuildIdList(SysRoot root, PrintStream out, PrintStream err) {
    this.root = root;
    this.out = out;
    this.err = err;
  }

  int run(String file, List<String> arguments) throws PerfKvm.UsageException {
    String input = file;
    boolean kernel = false;
    for (GetOpt.Given given : PerfKvm.parse(OPTIONS, USAGE, arguments)) {
      switch (given.option().name()) {
        case "input" -> input = given.required();
        case "kernel" -> kernel = true;
        case "help" -> throw new PerfKvm.UsageException(USAGE.stripTrailing() + "\n", PerfKvm.USAGE_STATUS);
        default -> {
          // Nothing is complained of.
        }
      }
    }
    if (kernel) {
      out.print(root.bytes("/sys/kernel/notes", 1 << 16).map(Elf::buildId).orElse("") + "\n");
      return 0;
    }
    try (PerfData data = PerfData.open(Path.of(input))) {
      for (BuildId id : data.buildIds()) {
        out.print(id.id() + " " + id.file() + "\n");
      }
      return 0;
    } catch (IOException e) {
      return PerfKvm.failed(err, input, e);
    }
  }
}
