/** What both back ends, every device and the boot code agree on; it depends on nothing but the JDK. */
@NullMarked
package dev.portfire.machine;

import org.jspecify.annotations.NullMarked;
