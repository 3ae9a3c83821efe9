/** The instruction table as data, and the generator of what the software CPU derives from it. */
@NullMarked
package dev.portfire.testing.isa;

import org.jspecify.annotations.NullMarked;
