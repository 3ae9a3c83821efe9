/**
 * MicroVMs from Java. {@link dev.portfire.vmm.MicroVm#builder()} is the way in; everything else here is what a machine
 * is configured with, and what it reports.
 */
@NullMarked
package dev.portfire.vmm;

import org.jspecify.annotations.NullMarked;
