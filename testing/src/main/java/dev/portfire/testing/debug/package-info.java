/** Small 64-bit guests that are written as bytes, and what watches them. */
@NullMarked
package dev.portfire.testing.debug;

import org.jspecify.annotations.NullMarked;
