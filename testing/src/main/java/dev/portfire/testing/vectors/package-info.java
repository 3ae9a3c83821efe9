/**
 * Instruction vectors: what one instruction does to registers, flags and memory, learned from the host's CPU and
 * demanded from the software CPU.
 */
@NullMarked
package dev.portfire.testing.vectors;

import org.jspecify.annotations.NullMarked;
