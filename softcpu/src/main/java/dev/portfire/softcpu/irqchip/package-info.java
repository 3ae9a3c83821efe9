/**
 * The interrupt controllers and timers of a PC for a CPU in software: local APICs, I/O APIC, two 8259 PICs and an 8254
 * timer. They know the CPU only through {@link dev.portfire.softcpu.irqchip.ApicHost}.
 *
 * <p>Locks: each controller has its own. They are taken in the order PIT, wire, PIC or I/O APIC, local APIC; a local
 * APIC calls the others and its host only after it has released its lock.
 */
@NullMarked
package dev.portfire.softcpu.irqchip;

import org.jspecify.annotations.NullMarked;
