/** The back end that runs guests on the host's KVM, through its ioctls (kernel Documentation/virt/kvm/api.rst). */
module dev.portfire.kvm {
  requires transitive dev.portfire.machine;
  requires dev.portfire.linux;
  requires static org.jspecify;

  exports dev.portfire.kvm;
}
