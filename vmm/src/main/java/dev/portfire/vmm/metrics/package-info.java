/** What a microVM counts, in Firecracker's form. */
@NullMarked
package dev.portfire.vmm.metrics;

import org.jspecify.annotations.NullMarked;
