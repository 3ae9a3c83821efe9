package dev.portfire.firecracker;

import dev.portfire.firecracker.seccomp.Architecture;
import dev.portfire.firecracker.seccomp.BpfCompiler;
import dev.portfire.firecracker.seccomp.CompileException;
import dev.portfire.firecracker.seccomp.FormatException;
import dev.portfire.firecracker.seccomp.SeccompFilters;
import dev.portfire.firecracker.seccomp.SeccompPolicy;
import dev.portfire.vmm.json.JsonException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The {@code seccompiler-bin} program: compiles policies in JSON to BPF programs. */
public final class Seccompiler {
  private static final int FAILED = 1;
  private static final int USAGE_ERROR = 2;

  private static final String HELP =
      """
      Compile a JSON file of seccomp policies, one for each kind of thread, to BPF programs

      Usage: seccompiler-bin [OPTIONS] --input-file <INPUT_FILE> --target-arch <TARGET_ARCH>

      Options:
        -i, --input-file <INPUT_FILE>    File path of the JSON input
        -t, --target-arch <TARGET_ARCH>  The computer architecture where the BPF programs run: x86_64 or aarch64
        -o, --output-file <OUTPUT_FILE>  File path of the output [default: seccomp_binary_filter.out]
        -b, --basic                      Deprecated! Leave out the checks of arguments
            --split-output               Write <thread>.bpf files of raw programs beside the output path instead
        -h, --help                       Print help
        -V, --version                    Print version

      firecracker --seccomp-filter takes the output; for that it needs the threads vmm, api and vcpu.
      """;

  private static final ClapOption INPUT = ClapOption.required('i', "input-file", false);
  private static final ClapOption TARGET = ClapOption.required('t', "target-arch", false);
  private static final ClapOption OUTPUT = ClapOption.of('o', "output-file");
  private static final ClapOption BASIC = ClapOption.flag('b', "basic");
  private static final ClapOption SPLIT = ClapOption.flag('\0', "split-output");

  private final PrintStream out;
  private final PrintStream err;

  /** Makes the program. */
  public Seccompiler(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /**
   * Runs the program.
   *
   * @param arguments the command line without the program's name
   * @return the exit code: 0, 1 for a failure, 2 for a command line that cannot be taken
   */
  public int run(List<String> arguments) {
    if (arguments.contains("-h") || arguments.contains("--help")) {
      out.print(HELP);
      return 0;
    }
    if (arguments.contains("-V") || arguments.contains("--version")) {
      out.print("seccompiler-bin " + Firecracker.VERSION + "\n");
      return 0;
    }
    try {
      compile(ClapOption.parse(arguments, INPUT, TARGET, OUTPUT, BASIC, SPLIT));
      return 0;
    } catch (ClapOption.UsageException e) {
      err.print("error: " + e.getMessage() + "\n\nFor more information, try '--help'.\n");
      return USAGE_ERROR;
    } catch (JsonException e) {
      err.print("Error: JsonDeserialize(" + e.debug() + ")\n");
    } catch (CompileException | FormatException e) {
      err.print("Error: " + e.getMessage() + "\n");
    } catch (IOException e) {
      err.print("Error: " + e.getMessage() + ": " + IoErrors.describe(e) + "\n");
    } catch (InvalidPathException e) {
      err.print("Error: " + e.getInput() + ": Invalid argument (os error 22)\n");
    }
    return FAILED;
  }

  private void compile(Map<String, List<String>> given)
      throws JsonException, CompileException, FormatException, IOException {
    String target = TARGET.value(given).orElseThrow();
    Architecture architecture =
        Architecture.of(target).orElseThrow(() -> new CompileException("ArchParse(\"" + target + "\")"));
    Path output = Path.of(OUTPUT.value(given).orElse("seccomp_binary_filter.out"));
    Map<String, long[]> programs = new TreeMap<>();
    for (Map.Entry<String, SeccompPolicy> policy :
        SeccompPolicy.readAll(Files.readAllBytes(Path.of(INPUT.value(given).orElseThrow()))).entrySet()) {
      programs.put(policy.getKey(), BpfCompiler.compile(policy.getValue(), architecture, !BASIC.in(given)));
    }
    if (SPLIT.in(given)) {
      for (String name : programs.keySet()) {
        if (!name.matches("\\w+")) {
          throw new CompileException("the thread name \"" + name + "\" is no file name: use letters, digits and _");
        }
      }
      for (Map.Entry<String, long[]> program : programs.entrySet()) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * program.getValue().length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(program.getValue());
        replace(output.resolveSibling(program.getKey() + ".bpf"), bytes.array());
      }
    } else {
      replace(output, SeccompFilters.write(programs));
    }
  }

  /** Writes a file as a whole or not at all. */
  private static void replace(Path file, byte[] content) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Path temporary = Files.createTempFile(directory, ".seccompiler", null);
    try {
      Files.write(temporary, content);
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
