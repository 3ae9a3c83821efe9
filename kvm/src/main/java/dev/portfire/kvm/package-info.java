/**
 * The back end on KVM. {@code Request}, {@code Capability}, {@code ExitCode} and {@code Layouts} are the kernel's header
 * {@code <linux/kvm.h>} as far as it is used, and nothing else knows a number of it; a test compares them with the C header.
 */
@NullMarked
package dev.portfire.kvm;

import org.jspecify.annotations.NullMarked;
