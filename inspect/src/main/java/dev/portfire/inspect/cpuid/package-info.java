/** {@code cpuid}: what processors, of hosts and of guests, say about themselves. */
@NullMarked
package dev.portfire.inspect.cpuid;

import org.jspecify.annotations.NullMarked;
