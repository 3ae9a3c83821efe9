/** The inspection tools: what microVMs, the host's processors and the kernel's modules are and do. */
module dev.portfire.inspect {
  requires aircompressor.v3;
  requires dev.portfire.linux;
  requires dev.portfire.vmm;
  // Needed by aircompressor, which is not a module and cannot say so.
  requires jdk.unsupported;
  requires org.tukaani.xz;
  requires static transitive org.jspecify;

  uses dev.portfire.inspect.watch.Page;

  exports dev.portfire.inspect;
  exports dev.portfire.inspect.watch;
}
