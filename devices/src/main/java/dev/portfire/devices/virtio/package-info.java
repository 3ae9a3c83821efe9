/**
 * Virtio 1.2 devices behind the memory-mapped transport.
 *
 * <p>Threads: a device's work is done on the executor given to its transport, its registers are accessed on vCPU
 * threads. The transport calls its device with the device's lock held, so a device needs none of its own except for
 * what the host side of it touches.
 */
@NullMarked
package dev.portfire.devices.virtio;

import org.jspecify.annotations.NullMarked;
