package dev.portfire.machine;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * An address space of devices: the 64 KiB of I/O ports, or guest-physical addresses that are not RAM.
 *
 * <p>Look-ups are lock-free on an immutable sorted table; attaching and detaching copy it.
 */
public final class IoBus {
  private record Window(long base, long length, BusDevice device) {
    boolean contains(long address) {
      return Long.compareUnsigned(address - base, length) < 0;
    }
  }

  /** Is told of every access, on the vCPU's thread. */
  @FunctionalInterface
  public interface Observer {
    /**
     * An access is over.
     *
     * @param address where it began
     * @param nanos how long the device took
     */
    void accessed(long address, boolean write, long nanos);
  }

  private final String name;
  private volatile Window[] windows = {};
  private volatile @Nullable Observer observer;

  /**
   * Makes an empty bus.
   *
   * @param name the name used in errors, such as {@code "pio"} or {@code "mmio"}
   */
  public IoBus(String name) {
    this.name = name;
  }

  /**
   * Claims {@code [base, base + length)} for a device.
   *
   * @throws IllegalArgumentException if the window is empty or overlaps another
   */
  public synchronized void attach(long base, long length, BusDevice device) {
    if (length <= 0 || base < 0) {
      throw new IllegalArgumentException("%s: bad window 0x%x+0x%x".formatted(name, base, length));
    }
    for (Window w : windows) {
      if (base < w.base + w.length && w.base < base + length) {
        throw new IllegalArgumentException(
            "%s: window 0x%x+0x%x overlaps 0x%x+0x%x".formatted(name, base, length, w.base, w.length));
      }
    }
    Window[] grown = Arrays.copyOf(windows, windows.length + 1);
    grown[windows.length] = new Window(base, length, device);
    Arrays.sort(grown, Comparator.comparingLong(Window::base));
    windows = grown;
  }

  /** Has accesses observed from now on; it costs two looks at the clock for each. */
  public void observe(Observer newObserver) {
    observer = newObserver;
  }

  /** Reads {@code size} bytes (1, 2, 4 or 8); addresses that no device claims read as zero. */
  public long read(long address, int size) {
    Window w = find(address);
    Observer watching = observer;
    long start = watching == null ? 0 : System.nanoTime();
    long value = w == null ? 0 : w.device.read(address - w.base, size);
    if (watching != null) {
      watching.accessed(address, false, System.nanoTime() - start);
    }
    return value;
  }

  /** Writes {@code size} bytes (1, 2, 4 or 8); writes that no device claims are dropped. */
  public void write(long address, int size, long value) {
    Window w = find(address);
    Observer watching = observer;
    long start = watching == null ? 0 : System.nanoTime();
    if (w != null) {
      w.device.write(address - w.base, size, value);
    }
    if (watching != null) {
      watching.accessed(address, true, System.nanoTime() - start);
    }
  }

  private @Nullable Window find(long address) {
    Window[] table = windows;
    int low = 0;
    int high = table.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Window w = table[middle];
      if (w.contains(address)) {
        return w;
      }
      if (Long.compareUnsigned(address, w.base) < 0) {
        high = middle - 1;
      } else {
        low = middle + 1;
      }
    }
    return null;
  }
}
