/** Kernel images, the Linux 64-bit boot protocol, and the tables that a PC's firmware leaves in memory. */
module dev.portfire.boot {
  requires transitive dev.portfire.machine;
  requires static transitive org.jspecify;
  requires org.apache.commons.compress;
  requires org.tukaani.xz;
  requires aircompressor.v3;
  // Needed by aircompressor, which is not a module and cannot say so.
  requires jdk.unsupported;

  exports dev.portfire.boot;
}
