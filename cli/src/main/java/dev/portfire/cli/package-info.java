/** The launcher of all tools, and {@code portfire run}. */
@NullMarked
package dev.portfire.cli;

import org.jspecify.annotations.NullMarked;
