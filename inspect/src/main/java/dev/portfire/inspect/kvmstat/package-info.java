/** {@code kvm_stat}: what KVM and Portfire's software CPUs count about guests. */
@NullMarked
package dev.portfire.inspect.kvmstat;

import org.jspecify.annotations.NullMarked;
