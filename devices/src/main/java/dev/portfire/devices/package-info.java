/**
 * Platform devices. Each takes the lines it drives and the callbacks it makes in its constructor, answers on a bus, and
 * can hand its state out as a record.
 */
@NullMarked
package dev.portfire.devices;

import org.jspecify.annotations.NullMarked;
