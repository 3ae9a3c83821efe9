/** The terminal, for tools that draw on all of it. */
@NullMarked
package dev.portfire.inspect.terminal;

import org.jspecify.annotations.NullMarked;
