/** A debugger's view of a machine: the remote serial protocol of GDB on a Unix socket. */
@org.jspecify.annotations.NullMarked
package dev.portfire.vmm.gdb;
