/**
 * A client of Firecracker's API: {@link dev.portfire.client.ApiClient}. It speaks HTTP/1.1 over a Unix socket, one request at a time on a
 * connection that is kept, and needs nothing of the server but the API of Firecracker 1.0 or later.
 */
@NullMarked
package dev.portfire.client;

import org.jspecify.annotations.NullMarked;
