/** {@code portfire vms}: the virtual machines that run on a host. */
@NullMarked
package dev.portfire.inspect.vms;

import org.jspecify.annotations.NullMarked;
