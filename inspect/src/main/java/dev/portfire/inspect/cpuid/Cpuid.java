package dev.portfire.inspect.cpuid;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Given;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.GetOpt.UsageException;
import dev.portfire.inspect.cpuid.Dump.Cpu;
import dev.portfire.inspect.cpuid.Dump.DumpException;
import dev.portfire.linux.Affinity;
import dev.portfire.linux.CpuidInstruction;
import dev.portfire.linux.SystemCallException;
import dev.portfire.machine.CpuModel;
import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.CpuidLeaf;
import dev.portfire.vmm.Accelerator;
import dev.portfire.vmm.GuestCpu;
import dev.portfire.vmm.MicroVmException;
import dev.portfire.vmm.cputemplate.CpuConfig;
import dev.portfire.vmm.cputemplate.StaticCpuTemplate;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The {@code cpuid} program: what CPUID says on each CPU, in a file, or to a guest. */
public final class Cpuid {
  private static final String USAGE =
      """
      usage: cpuid [options...]

      Shows what the CPUID instruction says: on each CPU, in a file, or to a guest.

      options:

         -1,      --one-cpu    display information only for the current CPU
         -f FILE, --file=FILE  read raw hex information (-r output) from FILE instead
                               of from executions of the cpuid instruction.
                               If FILE is '-', read from stdin.
         -l V,    --leaf=V     display information for the single specified leaf.
                               If -s/--subleaf is not specified, 0 is assumed.
                               NOTE: If a leaf cannot be interpreted in isolation, it
                               will be displayed as raw hex.
         -s V,    --subleaf=V  display information for the single specified subleaf.
                               It requires -l/--leaf.
         -h, -H,  --help       display this help information
         -i,      --inst       use the CPUID instruction (the default)
         -k,      --kernel     use the kernel's cpuid module, /dev/cpu/*/cpuid
         -r,      --raw        display raw hex information with no decoding
         -v,      --version    display cpuid version
                  --guest[=M]  what a Portfire guest finds on its CPU 0; M is a model
                               of portfire run --cpu, a CPU template of Firecracker's
                               (C3, T2, T2S, T2CL, T2A), or the JSON file of one;
                               default: the accelerator's own model
                  --diff=A,B   only the lines that are different in A and B, each of
                               them host, guest, guest:M or the name of a file
      """;

  private static final List<Option> OPTIONS = List.of(
      Option.flag('1', "one-cpu"),
      Option.required('f', "file"),
      Option.required('l', "leaf"),
      Option.required('s', "subleaf"),
      Option.flag('h', "help"),
      Option.flag('H', ""),
      Option.flag('i', "inst"),
      Option.flag('k', "kernel"),
      Option.flag('r', "raw"),
      Option.flag('v', "version"),
      Option.optional('\0', "guest"),
      Option.required('\0', "diff"));

  private static final int FILE_LIMIT = 64 << 20;
  private static final int TEMPLATE_LIMIT = 4 << 20;

  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  private boolean one;
  private boolean raw;
  private boolean kernel;
  private @Nullable Integer leaf;
  private @Nullable Integer subleaf;

  /** Makes the program. */
  public Cpuid(InputStream in, PrintStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /** Something is wrong; the message is all that there is to say. */
  private static final class CpuidException extends Exception {
    private static final long serialVersionUID = 1L;

    CpuidException(@Nullable String message) {
      super(message);
    }
  }

  /** Runs the program and returns its exit status. */
  public int run(List<String> arguments) {
    GetOpt.Parsed parsed;
    try {
      parsed = GetOpt.parse("cpuid", OPTIONS, arguments);
    } catch (UsageException e) {
      return usage(String.valueOf(e.getMessage())
          .replace("invalid option -- '", "unrecognized option letter: ")
          .replace("option requires an argument -- '", "unrecognized option letter: ")
          .replace("unrecognized option '", "unrecognized option: ")
          .replaceFirst("'$", ""));
    }
    if (!parsed.operands().isEmpty()) {
      return usage("cpuid: unrecognized argument: " + parsed.operands().getFirst());
    }
    try {
      return show(parsed.options());
    } catch (CpuidException e) {
      out.flush();
      err.println("cpuid: " + e.getMessage());
      return 1;
    }
  }

  private int usage(String message) {
    err.println(message);
    out.print(USAGE);
    return 1;
  }

  private int show(List<Given> options) throws CpuidException {
    String source = "host";
    String diff = null;
    for (Given given : options) {
      switch (given.option().name()) {
        case "one-cpu" -> one = true;
        case "raw" -> raw = true;
        case "kernel" -> kernel = true;
        case "inst" -> kernel = false;
        case "file" -> source = "file:" + given.required();
        case "leaf" -> leaf = number(given.required());
        case "subleaf" -> subleaf = number(given.required());
        case "guest" -> source = given.value() == null ? "guest" : "guest:" + given.value();
        case "diff" -> diff = given.required();
        case "version" -> {
          out.print("cpuid version 20230120\n");
          return 0;
        }
        default -> {
          out.print(USAGE);
          return 0;
        }
      }
    }
    if (subleaf != null && leaf == null) {
      throw new CpuidException("-s/--subleaf requires that -l/--leaf also be specified");
    }
    if (diff != null) {
      int comma = diff.indexOf(',');
      if (comma < 0) {
        throw new CpuidException("--diff " + diff + ": two are needed, with a comma between them");
      }
      return diff(cpus(diff.substring(0, comma)), cpus(diff.substring(comma + 1)));
    }
    Decoder decoder = raw ? null : new Decoder();
    for (Cpu cpu : cpus(source)) {
      out.print(cpu.title() + "\n");
      out.print(text(cpu, decoder));
    }
    return 0;
  }

  private static int number(String text) throws CpuidException {
    try {
      long value = text.startsWith("0x") || text.startsWith("0X") ? Long.parseLong(text.substring(2), 16) : Long.parseLong(text);
      if (value >= 0 && value <= 0xffff_ffffL) {
        return (int) value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new CpuidException(text + " is no number of 32 bits");
  }

  private String text(Cpu cpu, @Nullable Decoder decoder) {
    if (decoder == null) {
      StringBuilder lines = new StringBuilder();
      cpu.leaves().forEach(row -> lines.append(Dump.line(row)));
      return lines.toString();
    }
    return leaf == null ? decoder.decode(cpu.leaves()) : decoder.alone(cpu.leaves().getFirst());
  }

  // Where the leaves come from.

  private List<Cpu> cpus(String source) throws CpuidException {
    if (source.equals("host")) {
      return kernel ? fromKernel() : fromInstruction();
    }
    if (source.equals("guest") || source.startsWith("guest:")) {
      return List.of(guest(source.length() < 6 ? "" : source.substring(6)));
    }
    return fromFile(source.startsWith("file:") ? source.substring(5) : source);
  }

  private List<CpuidLeaf> leaves(Walk.Source source) {
    return leaf == null ? Walk.all(source) : List.of(source.read(leaf, subleaf == null ? 0 : subleaf));
  }

  private List<Cpu> fromInstruction() throws CpuidException {
    Optional<CpuidInstruction> found = CpuidInstruction.find();
    if (found.isEmpty()) {
      throw new CpuidException("this processor has no CPUID instruction, or the system maps no machine code;"
          + " -k reads what the kernel has of it, -f what another machine has");
    }
    try (CpuidInstruction instruction = found.get()) {
      Walk.Source source = (function, index) -> {
        CpuidInstruction.Registers registers = instruction.execute(function, index);
        return new CpuidLeaf(function, index, 0, registers.eax(), registers.ebx(), registers.ecx(), registers.edx());
      };
      // A leaf may differ from CPU to CPU: all of it has to come from one.
      BitSet before = Affinity.get();
      List<Cpu> cpus = new ArrayList<>();
      try {
        for (int cpu = before.nextSetBit(0); cpu >= 0; cpu = one ? -1 : before.nextSetBit(cpu + 1)) {
          BitSet only = new BitSet();
          only.set(cpu);
          Affinity.set(only);
          cpus.add(new Cpu(one ? "CPU:" : "CPU " + cpu + ":", leaves(source)));
        }
      } finally {
        Affinity.set(before);
      }
      return cpus;
    } catch (SystemCallException e) {
      throw new CpuidException(e.getMessage());
    }
  }

  private List<Cpu> fromKernel() throws CpuidException {
    List<Cpu> cpus = new ArrayList<>();
    for (int cpu = 0; cpus.isEmpty() || !one; cpu++) {
      Path file = Path.of("/dev/cpu/" + cpu + "/cpuid");
      if (cpu > 0 && !Files.exists(file)) {
        break;
      }
      try (FileChannel channel = FileChannel.open(file)) {
        cpus.add(new Cpu(one ? "CPU:" : "CPU " + cpu + ":", leaves((function, index) -> read(channel, function, index))));
      } catch (IOException | UncheckedIOException e) {
        throw new CpuidException("unable to open " + file + ": " + e.getMessage() + "; as root, and after modprobe cpuid?");
      }
    }
    return cpus;
  }

  private static CpuidLeaf read(FileChannel channel, int function, int index) {
    ByteBuffer registers = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    try {
      // The device's offset is what goes into EAX, and above it into ECX.
      if (channel.read(registers, function & 0xffff_ffffL | (long) index << 32) != 16) {
        throw new IOException("fewer than 16 bytes");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new CpuidLeaf(
        function, index, 0, registers.getInt(0), registers.getInt(4), registers.getInt(8), registers.getInt(12));
  }

  private List<Cpu> fromFile(String name) throws CpuidException {
    List<Cpu> cpus;
    try (InputStream file = name.equals("-") ? in : Files.newInputStream(Path.of(name))) {
      cpus = Dump.parse(new String(file.readNBytes(FILE_LIMIT), StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      throw new CpuidException("unable to open " + name + "; errno = 2 (No such file or directory)");
    } catch (IOException | InvalidPathException e) {
      throw new CpuidException("unable to open " + name + ": " + e.getMessage());
    } catch (DumpException e) {
      throw new CpuidException(e.getMessage());
    }
    if (one && cpus.size() > 1) {
      cpus = cpus.subList(0, 1);
    }
    if (leaf == null) {
      return cpus;
    }
    List<Cpu> selected = new ArrayList<>();
    for (Cpu cpu : cpus) {
      int function = leaf;
      int index = subleaf == null ? 0 : subleaf;
      CpuidLeaf row = cpu.leaves().stream()
          .filter(other -> other.function() == function && other.index() == index)
          .findFirst()
          .orElse(new CpuidLeaf(function, index, 0, 0, 0, 0, 0));
      selected.add(new Cpu(cpu.title(), List.of(row)));
    }
    return selected;
  }

  private Cpu guest(String name) throws CpuidException {
    Optional<CpuModel> model = name.isEmpty() ? Optional.empty() : CpuModel.of(name);
    Optional<CpuTemplate> template = name.isEmpty() || model.isPresent() ? Optional.empty() : Optional.of(template(name));
    try {
      GuestCpu cpu = GuestCpu.of(Accelerator.fromEnvironment(), model, template);
      TreeMap<Long, CpuidLeaf> rows = new TreeMap<>(Long::compareUnsigned);
      for (CpuidLeaf row : cpu.cpuid()) {
        rows.put((row.function() & 0xffff_ffffL) << 32 | row.index() & 0xffff_ffffL, row);
      }
      if (leaf != null) {
        long key = (leaf & 0xffff_ffffL) << 32 | (subleaf == null ? 0 : subleaf & 0xffff_ffffL);
        return new Cpu("CPU:", List.of(rows.getOrDefault(
            key, new CpuidLeaf(leaf, subleaf == null ? 0 : subleaf, 0, 0, 0, 0, 0))));
      }
      return new Cpu("CPU:", List.copyOf(rows.values()));
    } catch (MicroVmException e) {
      throw new CpuidException("no guest can be made to look at: " + e.getMessage());
    }
  }

  /** A template by its name, or out of a file. */
  private static CpuTemplate template(String name) throws CpuidException {
    for (StaticCpuTemplate template : StaticCpuTemplate.values()) {
      if (template.name().equals(name)) {
        return template.template();
      }
    }
    try (InputStream file = Files.newInputStream(Path.of(name))) {
      JsonReader json = new JsonReader(file.readNBytes(TEMPLATE_LIMIT));
      CpuTemplate template = CpuConfig.read(json);
      json.end();
      return template;
    } catch (NoSuchFileException | InvalidPathException e) {
      throw new CpuidException("no CPU model, template or file " + name
          + ": there are portfire-v2, portfire-v3 and host, and the templates C3, T2, T2S, T2CL and T2A");
    } catch (IOException e) {
      throw new CpuidException("unable to read " + name + ": " + e.getMessage());
    } catch (JsonException e) {
      throw new CpuidException(name + " is no CPU template: " + e.getMessage());
    }
  }

  // Differences.

  /** A line of a CPU's text, with the heading that it stands below. */
  private record Line(String heading, String text) {}

  /** Shows the lines of two CPUs that are not the same, below their headings; the status is that of diff. */
  private int diff(List<Cpu> left, List<Cpu> right) throws CpuidException {
    if (left.isEmpty() || right.isEmpty()) {
      throw new CpuidException("--diff: there is no CPU in one of them");
    }
    Decoder decoder = raw ? null : new Decoder();
    Map<String, Line> a = lines(text(left.getFirst(), decoder));
    Map<String, Line> b = lines(text(right.getFirst(), decoder));
    Set<String> keys = new LinkedHashSet<>(a.keySet());
    keys.addAll(b.keySet());
    String heading = "";
    boolean same = true;
    for (String key : keys) {
      Line first = a.get(key);
      Line second = b.get(key);
      if (Objects.equals(first, second)) {
        continue;
      }
      same = false;
      Line either = first != null ? first : Objects.requireNonNull(second);
      if (!either.heading.equals(heading)) {
        heading = either.heading;
        out.print(heading.isEmpty() ? "" : " " + heading + "\n");
      }
      out.print((first == null ? "" : "-" + first.text + "\n") + (second == null ? "" : "+" + second.text + "\n"));
    }
    return same ? 0 : 1;
  }

  /** A text's lines by what they are about: of raw ones the leaf, of others the headings and the label. */
  private static Map<String, Line> lines(String text) {
    Map<String, Line> lines = new LinkedHashMap<>();
    String heading = "";
    String part = "";
    for (String line : text.split("\n", -1)) {
      boolean leaf = line.startsWith("   0x");
      int end = line.indexOf(leaf ? ": " : "= ");
      if (end < 0) {
        part = line.startsWith("      ") ? line.strip() : "";
        heading = part.isEmpty() ? line : heading;
      } else {
        boolean top = !line.startsWith("      ");
        lines.put(top ? line.substring(0, end) : heading + part + line.substring(0, end), new Line(top ? "" : heading, line));
      }
    }
    return lines;
  }
}
