/** HTTP/1.x as Firecracker's API and metadata service speak it. */
@NullMarked
package dev.portfire.vmm.http;

import org.jspecify.annotations.NullMarked;
