/** {@code portfire watch}: machines while they run, on a terminal or, by a {@link dev.portfire.inspect.watch.Page}, in a browser. */
@NullMarked
package dev.portfire.inspect.watch;

import org.jspecify.annotations.NullMarked;
