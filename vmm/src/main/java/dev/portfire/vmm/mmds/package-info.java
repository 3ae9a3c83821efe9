/** The metadata service that guests reach over HTTP; nothing of it is on the host's network. */
@NullMarked
package dev.portfire.vmm.mmds;

import org.jspecify.annotations.NullMarked;
