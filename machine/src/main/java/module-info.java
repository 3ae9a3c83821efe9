/** The vocabulary of a microVM: memory, buses, interrupt lines, vCPUs and the hypervisor seam. */
module dev.portfire.machine {
  requires static org.jspecify;

  exports dev.portfire.machine;
}
