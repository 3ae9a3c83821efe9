/** A small x86 assembler for test guests: 16-, 32- and 64-bit code as far as they need it. */
@NullMarked
package dev.portfire.testing.asm;

import org.jspecify.annotations.NullMarked;
