package dev.portfire.devices.virtio;

import dev.portfire.machine.GuestAddressException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** An entropy device (virtio 1.2, 5.4). */
public final class VirtioRng implements VirtioDevice {
  /** Device type. */
  public static final int TYPE = 4;

  /** The most that one request gets, in bytes. */
  public static final int LARGEST_REQUEST = 1 << 16;

  private final RandomGenerator random;
  private @Nullable VirtioLink link;

  /** An entropy device has no state beyond its queue. */
  public record RngState() implements State {}

  /**
   * Makes a device.
   *
   * @param random where the entropy comes from: a {@link java.security.SecureRandom}, except in tests
   */
  public VirtioRng(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public int queueCount() {
    return 1;
  }

  @Override
  public long features() {
    return 0;
  }

  @Override
  public long readConfig(int offset, int size) {
    return 0;
  }

  @Override
  public void activate(VirtioLink active) {
    link = active;
  }

  @Override
  public void deactivate() {
    link = null;
  }

  @Override
  public void process(int index) {
    VirtioLink current = link;
    if (current == null) {
      return;
    }
    SplitQueue queue = current.queue(index);
    for (int budget = SplitQueue.MAX_SIZE; budget > 0; budget--) {
      Chain chain = queue.pop();
      if (chain == null) {
        current.signal(queue);
        if (!queue.enableNotification()) {
          return;
        }
        continue;
      }
      queue.push(chain, fill(current, chain));
    }
    current.signal(queue);
    current.schedule(index);
  }

  private int fill(VirtioLink current, Chain chain) {
    if (chain.readableLength() > 0) {
      return 0;
    }
    byte[] bytes = new byte[(int) Math.min(chain.writableLength(), LARGEST_REQUEST)];
    random.nextBytes(bytes);
    try {
      return chain.write(current.memory(), bytes, 0, bytes.length);
    } catch (GuestAddressException e) {
      return 0;
    }
  }

  @Override
  public State save() {
    return new RngState();
  }

  @Override
  public void restore(State state) {
    if (!(state instanceof RngState)) {
      throw new IllegalArgumentException("not the state of an entropy device");
    }
  }
}
