package dev.portfire.softcpu;

/** An exception raised by a guest instruction, on its way to the guest's handler (SDM volume 3, chapter 6). */
final class GuestFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  static final int DE = 0;
  static final int DB = 1;
  static final int NMI = 2;
  static final int BP = 3;
  static final int OF = 4;
  static final int BR = 5;
  static final int UD = 6;
  static final int NM = 7;
  static final int DF = 8;
  static final int TS = 10;
  static final int NP = 11;
  static final int SS = 12;
  static final int GP = 13;
  static final int PF = 14;
  static final int MF = 16;
  static final int AC = 17;
  static final int XM = 19;

  /** {@link #address} of a fault for a non-canonical address. */
  static final long NON_CANONICAL = 1;

  /** Vector number. */
  final int vector;

  /** Error code, or −1 if this exception pushes none. */
  final int errorCode;

  /** For a page fault the linear address that goes to CR2. */
  final long address;

  private GuestFault(int vector, int errorCode, long address) {
    // Faults are control flow: a stack trace would cost more than the guest's handler.
    super(null, null, false, false);
    this.vector = vector;
    this.errorCode = errorCode;
    this.address = address;
  }

  /** A fault without an error code. */
  static GuestFault of(int vector) {
    return new GuestFault(vector, -1, 0);
  }

  /** A fault with an error code. */
  static GuestFault of(int vector, int errorCode) {
    return new GuestFault(vector, errorCode, 0);
  }

  /** A general-protection fault with error code 0. */
  static GuestFault gp() {
    return new GuestFault(GP, 0, 0);
  }

  /** A general-protection fault for a non-canonical address, which is a stack fault if the stack segment was used. */
  static GuestFault nonCanonical() {
    return new GuestFault(GP, 0, NON_CANONICAL);
  }

  /** An invalid-opcode fault. */
  static GuestFault ud() {
    return new GuestFault(UD, -1, 0);
  }

  static GuestFault pageFault(long address, int errorCode) {
    return new GuestFault(PF, errorCode, address);
  }

  /** Whether a second fault of the first kind during delivery makes a double fault (SDM volume 3, table 6-5). */
  static boolean contributory(int vector) {
    return vector == DE || (vector >= TS && vector <= GP);
  }
}
