package dev.portfire.devices.pci;

import dev.portfire.devices.Snapshotable;
import dev.portfire.machine.BusDevice;
import dev.portfire.machine.IoBus;
import org.jspecify.annotations.Nullable;

/**
 * A host bridge with one bus of 32 slots. Its configuration space is reached by the ports 0xcf8 and 0xcfc (PCI Local Bus 3.0,
 * 3.2.2.3.2) and in memory (PCI Express, 7.2.2).
 */
public final class PciBus implements Snapshotable<PciBus.State> {
  /** Slots of a bus; the first is the bridge's. */
  public static final int SLOTS = 32;

  /** Guest-physical address of the configuration space in memory. */
  public static final long CONFIG_MEMORY = 0xeec0_0000L;

  /** Its length: one bus. */
  public static final long CONFIG_MEMORY_LENGTH = 1 << 20;

  /** Guest-physical address of the functions' memory. */
  public static final long WINDOW = 0x40_0000_0000L;

  /** Its length. */
  public static final long WINDOW_LENGTH = 0x40_0000_0000L;

  private static final int ADDRESS_PORT = 0xcf8;
  private static final int PORTS = 8;
  private static final int DATA = 4;
  private static final int ENABLE = 1 << 31;
  private static final int BRIDGE_IDS = 0x0d57_8086;
  private static final int BRIDGE_CLASS = 0x0600_0000;
  private static final int REGISTERS = 4096;

  /** Replaced as a whole: vCPUs look at it at any time. */
  private volatile @Nullable PciFunction[] slots = new PciFunction[SLOTS];

  private volatile int address;

  /**
   * What survives a snapshot beyond the functions.
   *
   * @param address the configuration address register
   */
  public record State(int address) {}

  /** The bridge itself, which has nothing but its identity. */
  private static final class Bridge implements PciFunction {
    private final ConfigSpace config = new ConfigSpace(BRIDGE_IDS, BRIDGE_CLASS);

    @Override
    public synchronized int readConfig(int register, int size) {
      return config.read(register, size);
    }

    @Override
    public synchronized void writeConfig(int register, int size, int value) {
      config.write(register, size, value);
    }

    @Override
    public boolean decodes(long where) {
      return false;
    }

    @Override
    public long readMemory(long where, int size) {
      return 0;
    }

    @Override
    public void writeMemory(long where, int size, long value) {}
  }

  /** Makes a bus with nothing but its bridge. */
  public PciBus() {
    slots[0] = new Bridge();
  }

  /** The lowest free slot, or −1 if there is none. */
  public synchronized int freeSlot() {
    for (int slot = 1; slot < SLOTS; slot++) {
      if (slots[slot] == null) {
        return slot;
      }
    }
    return -1;
  }

  /**
   * Puts a function into the lowest free slot, where a guest that runs finds it when it looks again.
   *
   * @return the slot, or −1 if none is free
   */
  public synchronized int add(PciFunction function) {
    int slot = freeSlot();
    if (slot > 0) {
      @Nullable PciFunction[] next = slots.clone();
      next[slot] = function;
      slots = next;
    }
    return slot;
  }

  /** Takes a function out of its slot, whether the guest is prepared or not. */
  public synchronized void remove(PciFunction function) {
    @Nullable PciFunction[] next = slots.clone();
    for (int slot = 1; slot < SLOTS; slot++) {
      if (next[slot] == function) {
        next[slot] = null;
      }
    }
    slots = next;
  }

  /** Attaches the bridge's ports and memory. */
  public void attach(IoBus ports, IoBus memory) {
    ports.attach(ADDRESS_PORT, PORTS, new ConfigPorts());
    memory.attach(CONFIG_MEMORY, CONFIG_MEMORY_LENGTH, new ConfigMemory());
    memory.attach(WINDOW, WINDOW_LENGTH, new Window());
  }

  private @Nullable PciFunction at(int bus, int device) {
    return bus == 0 && (device & 7) == 0 ? slots[device >>> 3 & (SLOTS - 1)] : null;
  }

  private static long ones(int size) {
    return size == 8 ? -1 : (1L << (8 * size)) - 1;
  }

  private static boolean sane(int register, int size) {
    return size <= 4 && register % size == 0;
  }

  private final class ConfigPorts implements BusDevice {
    @Override
    public long read(long offset, int size) {
      if (offset < DATA) {
        return offset == 0 && size == 4 ? Integer.toUnsignedLong(address) : ones(size);
      }
      int register = (address & 0xfc) + (int) offset - DATA;
      PciFunction function = (address & ENABLE) != 0 ? at(address >>> 16 & 0xff, address >>> 8 & 0xff) : null;
      return function != null && sane(register, size)
          ? Integer.toUnsignedLong(function.readConfig(register, size)) & ones(size)
          : ones(size);
    }

    @Override
    public void write(long offset, int size, long value) {
      if (offset < DATA) {
        if (offset == 0 && size == 4) {
          address = (int) value;
        }
        return;
      }
      int register = (address & 0xfc) + (int) offset - DATA;
      PciFunction function = (address & ENABLE) != 0 ? at(address >>> 16 & 0xff, address >>> 8 & 0xff) : null;
      if (function != null && sane(register, size)) {
        function.writeConfig(register, size, (int) value);
      }
    }
  }

  private final class ConfigMemory implements BusDevice {
    @Override
    public long read(long offset, int size) {
      int register = (int) offset & (REGISTERS - 1);
      PciFunction function = at((int) (offset >>> 20), (int) (offset >>> 12) & 0xff);
      return function != null && sane(register, size)
          ? Integer.toUnsignedLong(function.readConfig(register, size)) & ones(size)
          : ones(size);
    }

    @Override
    public void write(long offset, int size, long value) {
      int register = (int) offset & (REGISTERS - 1);
      PciFunction function = at((int) (offset >>> 20), (int) (offset >>> 12) & 0xff);
      if (function != null && sane(register, size)) {
        function.writeConfig(register, size, (int) value);
      }
    }
  }

  /** The functions' memory: each may be anywhere in it, where the guest puts it. */
  private final class Window implements BusDevice {
    private @Nullable PciFunction find(long where) {
      for (PciFunction function : slots) {
        if (function != null && function.decodes(where)) {
          return function;
        }
      }
      return null;
    }

    @Override
    public long read(long offset, int size) {
      PciFunction function = find(WINDOW + offset);
      return function != null ? function.readMemory(WINDOW + offset, size) : ones(size);
    }

    @Override
    public void write(long offset, int size, long value) {
      PciFunction function = find(WINDOW + offset);
      if (function != null) {
        function.writeMemory(WINDOW + offset, size, value);
      }
    }
  }

  @Override
  public State save() {
    return new State(address);
  }

  @Override
  public void restore(State state) {
    address = state.address;
  }
}
