/** The {@code firectl} front end: one command line that starts a {@code firecracker}, configures it over its API and waits for its end. */
@NullMarked
package dev.portfire.firectl;

import org.jspecify.annotations.NullMarked;
