package dev.portfire.vmm;

/** How a drive's requests are done. */
public enum IoEngine {
  /** On the devices' thread, one after the other. */
  SYNC,
  /** On threads of their own, many at a time, while the devices' thread goes on. */
  ASYNC,
  /** By another process, which the drive's image is the Unix socket of (vhost-user), in memory that it shares with the guest. */
  VHOST_USER
}
