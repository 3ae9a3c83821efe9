/** CPU templates: those that have names, and those that are JSON. */
@NullMarked
package dev.portfire.vmm.cputemplate;

import org.jspecify.annotations.NullMarked;
