/** What requests and configuration files say, as they say it: a record for each of Firecracker's JSON structures. */
@NullMarked
package dev.portfire.firecracker.config;

import org.jspecify.annotations.NullMarked;
