/** The {@code firecracker} front end. */
module dev.portfire.firecracker {
  requires transitive dev.portfire.vmm;
  requires static transitive org.jspecify;

  exports dev.portfire.firecracker;

  provides System.LoggerFinder with
      dev.portfire.firecracker.LogFinder;
}
