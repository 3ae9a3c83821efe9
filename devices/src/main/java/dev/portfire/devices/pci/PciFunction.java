package dev.portfire.devices.pci;

/** A function on a PCI bus, as its host bridge sees it. Thread-safe. */
public interface PciFunction {
  /**
   * Reads from the function's configuration space.
   *
   * @param register bytes from its start, 0 to 4095, a multiple of the size
   * @param size 1, 2 or 4
   */
  int readConfig(int register, int size);

  /** Writes to the function's configuration space; see {@link #readConfig}. */
  void writeConfig(int register, int size, int value);

  /** Whether an address of the memory window is one that the function decodes now. */
  boolean decodes(long address);

  /**
   * Reads from the function's memory.
   *
   * @param address guest-physical, one that it decodes
   * @param size 1, 2, 4 or 8
   */
  long readMemory(long address, int size);

  /** Writes to the function's memory; see {@link #readMemory}. */
  void writeMemory(long address, int size, long value);
}
