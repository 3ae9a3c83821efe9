package dev.portfire.firecracker;

/** A configuration file says something that cannot be taken; the message is one line. */
final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  ConfigException(String message) {
    super(message);
  }
}
