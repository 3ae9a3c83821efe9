/**
 * Puts a kernel, an initial RAM disk and what firmware would have left into guest memory, and says in which state the
 * boot processor starts.
 *
 * <p>Guest-physical map of low memory: 0x500 GDT, 0x520 IDT, 0x7000 boot_params, below 0x8ff0 the stack, 0x9000 page
 * tables, 0x20000 command line, 0x9fc00 MP table followed by ACPI tables, 0xe0000 RSDP, from 1 MiB the kernel.
 */
@NullMarked
package dev.portfire.boot;

import org.jspecify.annotations.NullMarked;
