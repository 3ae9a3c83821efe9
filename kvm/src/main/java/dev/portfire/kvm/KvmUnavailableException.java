package dev.portfire.kvm;

import org.jspecify.annotations.Nullable;

/** KVM cannot be used here; the message has the cause and the remedy in one line. */
final class KvmUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  KvmUnavailableException(String message) {
    super(message);
  }

  KvmUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
