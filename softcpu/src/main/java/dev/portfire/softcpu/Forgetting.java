package dev.portfire.softcpu;

/**
 * When an idle guest's code is forgotten.
 *
 * @param window for how long a guest must have been idle, in nanoseconds
 * @param percent how much of that time its vCPUs must have slept
 * @param operations what its code may take all the same ({@link CodeCache#operations}): what it executes while it idles
 */
record Forgetting(long window, int percent, long operations) {
  static final Forgetting IDLE_CODE = new Forgetting(10_000_000_000L, 97, 25_000);
  static final Forgetting AT_EACH_SLEEP = new Forgetting(0, 0, 0);

  /** Whether vCPUs that slept for a while of some time were idle. */
  boolean isIdle(long asleep, long elapsed, int vcpus) {
    return asleep >= elapsed / 100 * percent * vcpus;
  }
}
