/** JSON, read strictly and with the error texts that clients of Firecracker know; see docs/adr/0005-json.md. */
@NullMarked
package dev.portfire.vmm.json;

import org.jspecify.annotations.NullMarked;
