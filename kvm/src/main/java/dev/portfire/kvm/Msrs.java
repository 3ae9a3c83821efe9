package dev.portfire.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.X86State;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A vCPU's model-specific registers: KVM_GET_MSRS and KVM_SET_MSRS (SDM volume 4; KVM's own: x86/msr.rst). */
final class Msrs {
  /** IA32_APIC_BASE, which KVM keeps among the special registers. */
  static final int APIC_BASE = 0x1b;

  /** IA32_TSC_DEADLINE. */
  static final int TSC_DEADLINE = 0x6e0;

  private static final int TSC = 0x10;

  /** Those that the software CPU has too and that no other part of the state includes. */
  private static final List<Integer> SHARED = List.of(
      TSC, 0x48, 0x174, 0x175, 0x176, 0x1a0, 0x277, 0x2ff, 0xc000_0081, 0xc000_0082, 0xc000_0083, 0xc000_0084, 0xc000_0102,
      0xc000_0103, 0x4b56_4d00, 0x4b56_4d01);

  /** The memory types of ranges of physical addresses: KVM has them and its list does not. */
  private static final List<Integer> MTRRS = List.of(
      0x200, 0x201, 0x202, 0x203, 0x204, 0x205, 0x206, 0x207, 0x208, 0x209, 0x20a, 0x20b, 0x20c, 0x20d, 0x20e, 0x20f, 0x250,
      0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f);

  private static final Set<Integer> ALWAYS = Set.of(TSC, 0x277, 0x2ff, 0x1a0, 0xc000_0081);

  private final Descriptor vcpu;
  private final List<Integer> saved;
  private final List<Integer> assisted;

  private Msrs(Descriptor vcpu, List<Integer> saved, List<Integer> assisted) {
    this.vcpu = vcpu;
    this.saved = saved;
    this.assisted = assisted;
  }

  /** The numbers that KVM lists as the guest's state (KVM_GET_MSR_INDEX_LIST). */
  static Set<Integer> listed(Descriptor kvm) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(4, 4);
      try {
        kvm.ioctl(Request.GET_MSR_INDEX_LIST.toString(), Request.GET_MSR_INDEX_LIST.number(), count.address());
      } catch (SystemCallException e) {
        // A list of no entries is too short, and the call says how many there are.
        if (e.errno() != SystemCallException.E2BIG) {
          throw new IllegalStateException("KVM refused: " + e.getMessage(), e);
        }
      }
      int n = count.get(JAVA_INT, 0);
      MemorySegment list = arena.allocate(Layouts.MSR_LIST_HEADER + 4L * n, 4);
      list.set(JAVA_INT, 0, n);
      Calls.make(kvm, Request.GET_MSR_INDEX_LIST, list);
      Set<Integer> numbers = new HashSet<>();
      for (int k = 0; k < n; k++) {
        numbers.add(list.get(JAVA_INT, Layouts.MSR_LIST_HEADER + 4L * k));
      }
      return numbers;
    }
  }

  /** The registers of a vCPU whose CPUID leaves have been set. */
  static Msrs of(Descriptor vcpu, Set<Integer> listed) {
    TreeMap<Integer, Boolean> wanted = new TreeMap<>();
    SHARED.stream().filter(msr -> listed.contains(msr) || ALWAYS.contains(msr)).forEach(msr -> wanted.put(msr, true));
    X86State.OPTIONAL_MSRS.stream().filter(listed::contains).forEach(msr -> wanted.put(msr, true));
    MTRRS.forEach(msr -> wanted.put(msr, true));
    if (listed.contains(TSC_DEADLINE)) {
      wanted.put(TSC_DEADLINE, true);
    }
    // Which of them exist depends on the leaves: those that cannot be read are none of this vCPU's.
    List<Integer> saved = List.copyOf(readAll(vcpu, List.copyOf(wanted.keySet())).keySet());
    List<Integer> assisted =
        saved.stream().filter(msr -> SHARED.contains(msr) && msr != TSC && msr != 0x4b56_4d00 && msr != 0x4b56_4d01).toList();
    return new Msrs(vcpu, saved, assisted);
  }

  /** Reads what can be read. */
  static Map<Integer, Long> readAll(Descriptor vcpu, List<Integer> numbers) {
    Map<Integer, Long> values = new LinkedHashMap<>();
    int from = 0;
    while (from < numbers.size()) {
      int done = read(vcpu, numbers.subList(from, numbers.size()), values);
      from += done;
      if (from < numbers.size()) {
        // The call stopped at one that does not exist.
        from++;
      }
    }
    return values;
  }

  private static int read(Descriptor vcpu, List<Integer> numbers, Map<Integer, Long> values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocate(Layouts.MSRS_HEADER + (long) numbers.size() * Layouts.MSR_ENTRY_SIZE, 8);
      list.set(JAVA_INT, 0, numbers.size());
      for (int k = 0; k < numbers.size(); k++) {
        list.set(JAVA_INT, Layouts.MSRS_HEADER + (long) k * Layouts.MSR_ENTRY_SIZE, numbers.get(k));
      }
      int done = Calls.make(vcpu, Request.GET_MSRS, list);
      for (int k = 0; k < done; k++) {
        long at = Layouts.MSRS_HEADER + (long) k * Layouts.MSR_ENTRY_SIZE;
        values.put(numbers.get(k), list.get(JAVA_LONG, at + Layouts.MSR_ENTRY_DATA));
      }
      return done;
    }
  }

  /**
   * Changes registers as a CPU template says.
   *
   * @throws IllegalStateException naming a register that KVM does not have, or does not let have such a value
   */
  static void apply(Descriptor vcpu, CpuTemplate template) {
    for (CpuTemplate.MsrModifier modifier : template.msrs()) {
      Map<Integer, Long> values = new LinkedHashMap<>();
      if (read(vcpu, List.of(modifier.address()), values) == 0) {
        throw CpuTemplate.msrRefused(modifier.address(), "is not there on this host");
      }
      Map<Integer, Long> before = Map.copyOf(values);
      values.replaceAll((msr, value) -> modifier.apply(value));
      if (!values.equals(before) && writeSome(vcpu, List.copyOf(values.entrySet())) == 0) {
        throw CpuTemplate.msrRefused(
            modifier.address(), "cannot be 0x%x on this host".formatted(values.get(modifier.address())));
      }
    }
  }

  /** All that belong to the state. */
  Map<Integer, Long> save() {
    return readAll(vcpu, saved);
  }

  /** Those that an instruction may use or change; time goes on outside. */
  Map<Integer, Long> saveForAssist() {
    return readAll(vcpu, assisted);
  }

  /**
   * Writes registers; IA32_APIC_BASE and IA32_TSC_DEADLINE are written elsewhere.
   *
   * @throws IllegalArgumentException naming one that KVM refuses, unless it may be missing
   */
  void restore(Map<Integer, Long> values) {
    Map<Integer, Long> rest = new LinkedHashMap<>(values);
    rest.remove(APIC_BASE);
    rest.remove(TSC_DEADLINE);
    write(rest);
  }

  /** Writes IA32_TSC_DEADLINE if it is among the registers. */
  void restoreDeadline(Map<Integer, Long> values) {
    Long deadline = values.get(TSC_DEADLINE);
    if (deadline != null && deadline != 0) {
      write(Map.of(TSC_DEADLINE, deadline));
    }
  }

  /** Writes those of the assisted registers that have changed. */
  void restoreChanged(Map<Integer, Long> before, Map<Integer, Long> after) {
    Map<Integer, Long> changed = new LinkedHashMap<>();
    before.forEach((msr, value) -> {
      Long now = after.get(msr);
      if (now != null && !now.equals(value)) {
        changed.put(msr, now);
      }
    });
    write(changed);
  }

  private void write(Map<Integer, Long> values) {
    List<Map.Entry<Integer, Long>> entries = List.copyOf(values.entrySet());
    int from = 0;
    while (from < entries.size()) {
      from += writeSome(vcpu, entries.subList(from, entries.size()));
      if (from < entries.size()) {
        Map.Entry<Integer, Long> refused = entries.get(from);
        if (!X86State.OPTIONAL_MSRS.contains(refused.getKey())) {
          throw new IllegalArgumentException(
              "MSR 0x%x cannot be set to 0x%x on this KVM".formatted(refused.getKey(), refused.getValue()));
        }
        from++;
      }
    }
  }

  private static int writeSome(Descriptor vcpu, List<Map.Entry<Integer, Long>> entries) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocate(Layouts.MSRS_HEADER + (long) entries.size() * Layouts.MSR_ENTRY_SIZE, 8);
      list.set(JAVA_INT, 0, entries.size());
      for (int k = 0; k < entries.size(); k++) {
        long at = Layouts.MSRS_HEADER + (long) k * Layouts.MSR_ENTRY_SIZE;
        list.set(JAVA_INT, at, entries.get(k).getKey());
        list.set(JAVA_LONG, at + Layouts.MSR_ENTRY_DATA, entries.get(k).getValue());
      }
      return Calls.make(vcpu, Request.SET_MSRS, list);
    }
  }
}
