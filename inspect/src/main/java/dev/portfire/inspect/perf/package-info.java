/** {@code perf kvm}: files of recorded events, and what they say of guests. */
@NullMarked
package dev.portfire.inspect.perf;

import org.jspecify.annotations.NullMarked;
