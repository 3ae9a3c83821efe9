/** Small bare-metal guests with the trace that they must leave on every back end. */
@NullMarked
package dev.portfire.testing.conformance;

import org.jspecify.annotations.NullMarked;
