package dev.portfire.testing.conformance;

import dev.portfire.machine.Hypervisor;
import java.util.Set;

/**
 * A back end under test.
 *
 * @param name {@code soft}, {@code native} for the same CPU with the native engine, {@code kvm}, {@code kvm-emulating} where KVM does not run guest kernel code at hardware speed, or
 *     {@code kvm-tcg} where the hardware is QEMU's TCG
 * @param hypervisor what makes its machines
 */
public record BackEnd(String name, Hypervisor hypervisor) {
  // Where a difference is known: sets of names.
  static final Set<String> SOFT = Set.of("soft", "native");
  static final Set<String> KVM = Set.of("kvm", "kvm-tcg", "kvm-emulating");
  static final Set<String> REAL_KVM = Set.of("kvm", "kvm-tcg");
  static final Set<String> TCG = Set.of("kvm-tcg");
  static final Set<String> EMULATING = Set.of("kvm-emulating");

  /** The name under which a guest's trace is judged that moves between back ends: the one it starts on comes first. */
  static String moving(BackEnd from, BackEnd to) {
    return from.name + ", then " + to.name;
  }

  /** Where a guest is at the end on one that emulates. */
  static final Set<String> TO_EMULATING = Set.of("kvm-emulating", "soft, then kvm-emulating");
}
