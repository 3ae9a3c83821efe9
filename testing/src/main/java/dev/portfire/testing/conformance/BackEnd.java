package dev.portfire.testing.conformance;

import dev.portfire.machine.Hypervisor;

/**
 * A back end under test.
 *
 * @param name {@code soft} or {@code kvm}; known differences are listed under it
 * @param hypervisor what makes its machines
 */
public record BackEnd(String name, Hypervisor hypervisor) {}
