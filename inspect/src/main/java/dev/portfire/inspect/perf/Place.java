package dev.portfire.inspect.perf;

/**
 * What an address belongs to.
 *
 * @param object the program, library, kernel or module
 * @param symbol the symbol's name; empty if there is none
 * @param level whose address: k kernel, . user, g guest's kernel, u guest's user, H neither
 * @param address with a symbol, how far behind its beginning was what came first; otherwise the address
 * @param isData whether the symbol is no function
 */
record Place(String object, String symbol, char level, long address, boolean isData) {
  static final String UNKNOWN = "[unknown]";
  private static final int UNRESOLVED = 22;

  static Place unknown(char level, long address) {
    return new Place(UNKNOWN, "", level, address, false);
  }

  /** The column "Symbol". */
  String text() {
    String name = symbol.isEmpty() ? hex(address) : isData ? symbol + "+0x" + Long.toHexString(address) : symbol;
    return "[" + level + "] " + name;
  }

  private static String hex(long address) {
    String digits = Long.toHexString(address);
    return (address == 0 ? "" : "0x") + "0".repeat(16 - digits.length()) + digits;
  }

  /** How wide the column is for it: as in the original, without an offset, but with the name of a module. */
  int width() {
    boolean module = (level == 'g' || level == 'k') && object.startsWith("[") && !object.endsWith("kernel.kallsyms]");
    return symbol.isEmpty() ? UNRESOLVED : 4 + symbol.length() + (module ? 1 + object.length() : 0);
  }
}
