package dev.portfire.inspect.kvmstat;

import dev.portfire.inspect.Resource;
import dev.portfire.inspect.SysRoot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Why guests are left: the numbers in tracepoints and their names. */
final class ExitReasons {
  /** Whose numbers {@code kvm_exit} has. */
  enum Isa {
    /** Intel. */
    VMX("vmx", "exit_reason"),
    /** AMD. */
    SVM("svm", "exit_reason"),
    /** Arm's exception classes. */
    AARCH64("aarch64", "esr_ec"),
    /** One with exits that have no table. */
    OTHER("", "");

    private final String table;
    private final String field;

    Isa(String table, String field) {
      this.table = table;
      this.field = field;
    }

    /**
     * The one of a host. Where a hypervisor hides the processor's flag, and KVM works nevertheless, the module or the maker
     * decides.
     */
    static Isa of(SysRoot root) {
      String info = root.text("/proc/cpuinfo").orElse("");
      Optional<String> flags = info.lines().filter(line -> line.startsWith("flags")).findFirst();
      List<String> words = List.of(flags.orElse("").split("\\s+"));
      if (words.contains("vmx")) {
        return VMX;
      }
      if (words.contains("svm")) {
        return SVM;
      }
      if (info.contains("CPU implementer")) {
        return AARCH64;
      }
      if (flags.isEmpty()) {
        return OTHER;
      }
      if (root.exists("/sys/module/kvm_intel")) {
        return VMX;
      }
      boolean amd = root.exists("/sys/module/kvm_amd") || info.contains("AuthenticAMD") || info.contains("HygonGenuine");
      return amd ? SVM : VMX;
    }
  }

  /**
   * One reason.
   *
   * @param name its name, as in the manual
   * @param filter what the tracepoint's fields are then
   */
  record Reason(String name, String filter) {}

  private ExitReasons() {}

  /** The reasons of {@code kvm_exit}. */
  static List<Reason> of(Isa isa) {
    return table(isa.table, isa.field);
  }

  /** The reasons of {@code kvm_userspace_exit}. */
  static List<Reason> userspace() {
    return table("user", "reason");
  }

  private static List<Reason> table(String table, String field) {
    List<Reason> reasons = new ArrayList<>();
    for (String line : Resource.lines(ExitReasons.class, "exit-reasons.txt")) {
      String[] words = line.split(" ", -1);
      if (words[0].equals(table)) {
        reasons.add(new Reason(words[2], field + "==" + words[1].replace("|", "||" + field + "==")));
      }
    }
    return reasons;
  }
}
