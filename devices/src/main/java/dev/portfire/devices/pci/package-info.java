/** A PCI host bridge with one bus (PCI Local Bus 3.0, PCI Express Base: enhanced configuration access). */
@NullMarked
package dev.portfire.devices.pci;

import org.jspecify.annotations.NullMarked;
