package dev.portfire.cli;

import java.io.ByteArrayOutputStream;

/**
 * Takes Portfire's own keys out of what the user types: Ctrl-A and then X to quit, H for help, Ctrl-A for Ctrl-A
 * itself. The prefix and its key may come in different reads.
 */
final class EscapeKeys {
  /** What the keys ask for. */
  interface Actions {
    /** Ctrl-A X. */
    void quit();

    /** Ctrl-A H. */
    void help();
  }

  static final String HELP =
      "\r\nCtrl-A X  quit\r\nCtrl-A H  this help\r\nCtrl-A Ctrl-A  send Ctrl-A to the guest\r\n";

  private static final int PREFIX = 1;

  private final Actions actions;
  private boolean prefixed;

  EscapeKeys(Actions actions) {
    this.actions = actions;
  }

  /** Gives what is meant for the guest. */
  byte[] filter(byte[] typed, int length) {
    ByteArrayOutputStream rest = new ByteArrayOutputStream(length);
    for (int i = 0; i < length; i++) {
      byte key = typed[i];
      if (!prefixed) {
        if (key == PREFIX) {
          prefixed = true;
        } else {
          rest.write(key);
        }
        continue;
      }
      prefixed = false;
      switch (key) {
        case 'x', 'X', 'x' - 0x60 -> actions.quit();
        case 'h', 'H', '?' -> actions.help();
        case PREFIX -> rest.write(PREFIX);
        default -> {
          // An unknown key after the prefix is dropped with it, as QEMU does.
        }
      }
    }
    return rest.toByteArray();
  }
}
