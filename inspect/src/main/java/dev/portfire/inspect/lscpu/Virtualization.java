package dev.portfire.inspect.lscpu;

import dev.portfire.inspect.SysRoot;
import dev.portfire.linux.CpuidInstruction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Under which hypervisor a system runs, looked for where and in the order in which lscpu looks. */
final class Virtualization {
  /**
   * A hypervisor.
   *
   * @param name what the system says of it besides its maker, or empty
   * @param type none, para, full or container
   */
  record Found(String name, String vendor, String type) {
    Found(String vendor, String type) {
      this("", vendor, type);
    }
  }

  private static final Map<String, String> CPUID_NAMES = Map.of(
      "XenVMMXenVMM", "Xen",
      "KVMKVMKVM\0\0\0", "KVM",
      "Microsoft Hv", "Microsoft",
      "VMwareVMware", "VMware",
      "UnisysSpar64", "Unisys s-Par");

  /** Vendor and device numbers on PCI. */
  private static final Map<String, String> PCI = Map.of("58530001", "Xen", "15ad0710", "VMware", "80eebeef", "Oracle");

  /** Features of Xen (xen/include/public/features.h): page tables kept by the guest; and those that a PVH guest has. */
  private static final long XEN_PV = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5;

  private static final long XEN_PVH = 1 << 3 | 1 << 8;

  private static final String TREE = "/proc/device-tree";

  private Virtualization() {}

  /** Looks for it. */
  static Optional<Found> find(SysRoot root, CpuInfo info) {
    if (root.line("/proc/sys/kernel/osrelease").orElse("").contains("Microsoft")) {
      return Optional.of(new Found("Windows Subsystem for Linux", "container"));
    }
    String vendor = root.isHost() ? live(root) : "";
    if (!vendor.isEmpty()) {
      return Optional.of(new Found(vendor, vendor.equals("Xen") ? xenType(root) : "full"));
    }
    Optional<Found> found = power(root);
    if (found.isEmpty()) {
      found = xen(root);
    }
    if (found.isEmpty()) {
      found = pci(root);
    }
    if (found.isEmpty()) {
      found = s390(root);
    }
    return found.isPresent() ? found : containers(root, info);
  }

  /** What only the machine itself can be asked. */
  private static String live(SysRoot root) {
    Optional<CpuidInstruction> instruction = CpuidInstruction.find();
    if (instruction.isPresent()) {
      try (CpuidInstruction cpuid = instruction.get()) {
        String name = CPUID_NAMES.get(signature(cpuid.execute(0x4000_0000, 0)));
        if (name != null) {
          return name;
        }
      }
    }
    return Dmi.read(root).hypervisor();
  }

  private static String signature(CpuidInstruction.Registers leaf) {
    byte[] text = new byte[12];
    int[] registers = {leaf.ebx(), leaf.ecx(), leaf.edx()};
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) (registers[i / 4] >> i % 4 * 8);
    }
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private static String xenType(SysRoot root) {
    long features = SysRoot.number(root.line("/sys/hypervisor/properties/features").orElse(""), 16).orElse(0);
    return (features & XEN_PV) == XEN_PV || (features & XEN_PVH) == XEN_PVH ? "para" : "full";
  }

  private static Optional<Found> power(SysRoot root) {
    if (root.exists("/proc/iSeries")) {
      return Optional.of(new Found("OS/400", "para"));
    }
    String compatible = root.text(TREE + "/compatible").orElse("");
    List<String> names = List.of(compatible.split("\0", -1));
    if (names.contains("ibm,powernv")) {
      return Optional.of(new Found("", "none"));
    }
    if (root.exists(TREE + "/ibm,partition-name") && root.exists(TREE + "/hmc-managed?")
        && !root.exists(TREE + "/chosen/qemu,graphic-width")) {
      return Optional.of(new Found("pHyp", "para"));
    }
    return names.contains("qemu,pseries") ? Optional.of(new Found("KVM", "para")) : Optional.empty();
  }

  private static Optional<Found> xen(SysRoot root) {
    if (!root.exists("/proc/xen")) {
      return Optional.empty();
    }
    // The first domain has a hypervisor beneath it, but sees the machine as it is.
    boolean first = root.text("/proc/xen/capabilities").orElse("").contains("control_d");
    return Optional.of(new Found("Xen", first ? "none" : "para"));
  }

  private static Optional<Found> pci(SysRoot root) {
    for (String line : root.text("/proc/bus/pci/devices").orElse("").split("\n", -1)) {
      String[] words = line.split("\t", 3);
      String vendor = words.length < 2 ? null : PCI.get(words[1].toLowerCase(Locale.ROOT));
      if (vendor != null) {
        return Optional.of(new Found(vendor, "full"));
      }
    }
    return Optional.empty();
  }

  private static Optional<Found> s390(SysRoot root) {
    Optional<String> text = root.text("/proc/sysinfo");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    for (String line : text.get().split("\n", -1)) {
      int at = line.indexOf("Control Program:");
      if (at >= 0) {
        String name = String.join(" ", line.substring(at + "Control Program:".length()).strip().split(" +", -1));
        return Optional.of(new Found(name, name.startsWith("KVM") ? "KVM" : "IBM", "full"));
      }
    }
    return Optional.of(new Found("PR/SM", "IBM", "full"));
  }

  private static Optional<Found> containers(SysRoot root, CpuInfo info) {
    if (root.exists("/proc/vz") && !root.exists("/proc/bc")) {
      return Optional.of(new Found("Parallels", "container"));
    }
    if (!info.kinds.isEmpty() && "User Mode Linux".equals(info.kinds.getFirst().get("vendor"))) {
      return Optional.of(new Found("User-mode Linux", "para"));
    }
    for (String line : root.text("/proc/self/status").orElse("").split("\n", -1)) {
      if (line.startsWith("VxID:") && !line.substring("VxID:".length()).strip().equals("0")) {
        return Optional.of(new Found("Linux-VServer", "container"));
      }
    }
    return Optional.empty();
  }
}
