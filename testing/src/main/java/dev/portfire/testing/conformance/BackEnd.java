package dev.portfire.testing.conformance;

import dev.portfire.machine.Hypervisor;

/**
 * A back end under test.
 *
 * @param name {@code soft}, {@code kvm}, {@code kvm-emulating} where KVM does not run guest kernel code at hardware speed, or
 *     {@code kvm-tcg} where the hardware is QEMU's TCG; known differences are listed under it, or under its part before the hyphen
 * @param hypervisor what makes its machines
 */
public record BackEnd(String name, Hypervisor hypervisor) {}
