/** The inspection tools, and what they share. */
@NullMarked
package dev.portfire.inspect;

import org.jspecify.annotations.NullMarked;
