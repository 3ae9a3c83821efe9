/** What this host has for virtual machines, and which run on it. */
@NullMarked
package dev.portfire.inspect.host;

import org.jspecify.annotations.NullMarked;
