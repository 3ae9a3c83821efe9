/** The launcher of all tools, {@code portfire run}, and the default guest. */
module dev.portfire.cli {
  requires aircompressor.v3;
  requires dev.portfire.firecracker;
  requires dev.portfire.firectl;
  requires dev.portfire.inspect;
  requires dev.portfire.jailer;
  requires dev.portfire.vmm;
  requires org.apache.commons.compress;
  requires org.tukaani.xz;
  requires static transitive org.jspecify;

  exports dev.portfire.cli.guest;
}
