/** The live page of {@code portfire watch}. */
@NullMarked
package dev.portfire.watch;

import org.jspecify.annotations.NullMarked;
