package dev.portfire.inspect.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is known of guests: the options of {@code perf kvm} that say where copies of their files are.
 *
 * @param mount a directory with a guest's root file system for each process, by its number
 * @param kallsyms a copy of the guest's /proc/kallsyms
 * @param modules a copy of its /proc/modules
 * @param vmlinux its kernel, with symbols
 * @param guest whether guests matter
 * @param host whether the host does
 */
record Guests(Optional<Path> mount, Optional<Path> kallsyms, Optional<Path> modules, Optional<Path> vmlinux, boolean guest, boolean host) {
  /** The name of a guest's kernel in reports. */
  static final String KERNEL = "[guest.kernel.kallsyms]";

  /** Of the guest without a number, which all are that have no directory of their own. */
  KernelMap kernel() throws IOException {
    KernelMap map = new KernelMap(KERNEL);
    if (vmlinux.isPresent()) {
      map.symbols(Elf.read(vmlinux.get()).symbols());
    }
    if (kallsyms.isPresent()) {
      read(map, kallsyms.get(), modules);
    } else if (modules.isPresent()) {
      addModules(map, Map.of(), modules.get());
    }
    return map;
  }

  /** Where a process's guest has its /proc. */
  Optional<Path> proc(int process) {
    return mount.map(directory -> directory.resolve(Integer.toString(process)).resolve("proc"));
  }

  /** The processes whose guests have a directory with symbols. */
  List<Integer> mounted() throws IOException {
    if (mount.isEmpty()) {
      return List.of();
    }
    try (Stream<Path> directories = Files.list(mount.get())) {
      return directories.map(directory -> String.valueOf(directory.getFileName())).filter(name -> name.matches("\\d{1,9}")).map(Integer::valueOf)
          .filter(process -> Files.isReadable(proc(process).orElseThrow().resolve("kallsyms"))).sorted().toList();
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw new PerfException(mount.get() + " is no directory");
    }
  }

  /** Of a process's guest, if there is a directory for it. */
  Optional<KernelMap> kernel(int process) throws IOException {
    Optional<Path> proc = proc(process);
    if (proc.isEmpty() || !Files.isReadable(proc.get().resolve("kallsyms"))) {
      return Optional.empty();
    }
    KernelMap map = new KernelMap(KERNEL);
    read(map, proc.get().resolve("kallsyms"), Optional.of(proc.get().resolve("modules")).filter(Files::isReadable));
    return Optional.of(map);
  }

  private static void read(KernelMap map, Path kallsyms, Optional<Path> modules) throws IOException {
    Map<String, Symbols> symbols = Kallsyms.symbols(kallsyms, Kallsyms.read(kallsyms));
    Symbols kernel = symbols.getOrDefault("", Symbols.NONE);
    if (!kernel.isEmpty()) {
      map.symbols(kernel);
    }
    if (modules.isPresent()) {
      addModules(map, symbols, modules.get());
    }
    map.symbolsOfModules(symbols);
  }

  private static void addModules(KernelMap map, Map<String, Symbols> symbols, Path file) throws IOException {
    List<Kallsyms.Module> modules = Kallsyms.modules(file, Kallsyms.read(file));
    for (Kallsyms.Module module : modules) {
      map.module("[" + module.name() + "]", module.start(), module.size(), symbols.getOrDefault(module.name(), Symbols.NONE));
    }
  }
}
