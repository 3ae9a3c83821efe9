package dev.portfire.vmm;

/** How a drive's requests are done. */
public enum IoEngine {
  /** On the devices' thread, one after the other. */
  SYNC,
  /** On threads of their own, many at a time, while the devices' thread goes on. */
  ASYNC
}
