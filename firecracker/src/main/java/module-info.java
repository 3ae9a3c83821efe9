/** The {@code firecracker} front end. */
module dev.portfire.firecracker {
  requires transitive dev.portfire.vmm;
  requires tools.jackson.core;
  requires static transitive org.jspecify;

  exports dev.portfire.firecracker;
}
