/** The inspection tools beside the originals, on a guest whose exits are known: see {@code bench/nested-bed inspection}. */
@NullMarked
package dev.portfire.testing.inspection;

import org.jspecify.annotations.NullMarked;
