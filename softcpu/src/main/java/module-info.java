/** An x86-64 processor in Java: the back end that needs no KVM, no root and no native library. */
module dev.portfire.softcpu {
  requires transitive dev.portfire.machine;
  requires static org.jspecify;

  exports dev.portfire.softcpu;
}
