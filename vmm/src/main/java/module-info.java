/** The public Java API: configure, start, talk to and stop microVMs. */
module dev.portfire.vmm {
  requires transitive dev.portfire.machine;
  requires dev.portfire.boot;
  requires dev.portfire.devices;
  requires dev.portfire.kvm;
  requires dev.portfire.linux;
  requires dev.portfire.softcpu;
  requires static transitive org.jspecify;

  exports dev.portfire.vmm;
  exports dev.portfire.vmm.cputemplate;
  exports dev.portfire.vmm.http;
  exports dev.portfire.vmm.json;
  exports dev.portfire.vmm.metrics;
  exports dev.portfire.vmm.mmds;
}
