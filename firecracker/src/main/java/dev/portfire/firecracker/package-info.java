/** The {@code firecracker} front end: its command line, its configuration file, its log and its exit codes. */
@NullMarked
package dev.portfire.firecracker;

import org.jspecify.annotations.NullMarked;
