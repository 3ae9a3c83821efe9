/** Random guests, to find what no one thought of. */
@NullMarked
package dev.portfire.testing.random;

import org.jspecify.annotations.NullMarked;
