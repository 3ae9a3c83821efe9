/** A client of Firecracker's API, for Portfire's {@code firecracker} and any other. */
module dev.portfire.client {
  requires transitive dev.portfire.vmm;
  requires static transitive org.jspecify;

  exports dev.portfire.client;
}
