/** {@code lsmod}, {@code modinfo} and {@code portfire modules}: the modules of the kernel. */
@NullMarked
package dev.portfire.inspect.kmod;

import org.jspecify.annotations.NullMarked;
