/** {@code lscpu}: the processors of a host, their caches, nodes and hypervisor. */
@NullMarked
package dev.portfire.inspect.lscpu;

import org.jspecify.annotations.NullMarked;
