package dev.portfire.machine;

/** A device or loader was asked to touch guest-physical memory that is not RAM. */
public final class GuestAddressException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  GuestAddressException(long address, long length) {
    super("no guest RAM at 0x%x, length 0x%x".formatted(address, length));
  }
}
