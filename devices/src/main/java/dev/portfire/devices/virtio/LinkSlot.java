package dev.portfire.devices.virtio;

import org.jspecify.annotations.Nullable;

/** A device's link, which is there while the device is active. Thread-safe. */
final class LinkSlot {
  private volatile @Nullable VirtioLink link;

  void set(VirtioLink active) {
    link = active;
  }

  void clear() {
    link = null;
  }

  /** The link, or null while there is none. */
  @Nullable VirtioLink get() {
    return link;
  }

  /** Does {@link VirtioLink#schedule} if the device is active. */
  void schedule(int queue) {
    VirtioLink current = link;
    if (current != null) {
      current.schedule(queue);
    }
  }

  /** Does {@link VirtioLink#configChanged} if the device is active. */
  void configChanged() {
    VirtioLink current = link;
    if (current != null) {
      current.configChanged();
    }
  }
}
