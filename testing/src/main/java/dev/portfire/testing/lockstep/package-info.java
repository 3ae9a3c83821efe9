/** The two engines of the software CPU side by side, compared at every point; see {@link dev.portfire.softcpu.Determinism}. */
@NullMarked
package dev.portfire.testing.lockstep;

import org.jspecify.annotations.NullMarked;
