/**
 * The devices of a microVM, apart from interrupt controllers and timers: serial, keyboard controller, clock, power,
 * virtio.
 */
module dev.portfire.devices {
  requires transitive dev.portfire.machine;
  requires static transitive org.jspecify;

  exports dev.portfire.devices;
  exports dev.portfire.devices.pci;
  exports dev.portfire.devices.virtio;
}
