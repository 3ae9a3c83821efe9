package dev.portfire.cli;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Reads what the default guest's init writes to its control port: see {@code init.sh}. */
final class ControlChannel extends OutputStream {
  /** How a command in the guest ended. */
  sealed interface Outcome {
    /**
     * It ran and ended.
     *
     * @param status its exit status, 0 to 255
     */
    record Exited(int status) implements Outcome {}

    /**
     * It could not be tried.
     *
     * @param message why, for the user
     */
    record Failed(String message) implements Outcome {}
  }

  /** Is told what the guest says, on the port's thread. */
  interface Listener {
    /** The init script runs and has found its ports. Called once, before {@link #ended}. */
    void ready();

    /** The command has ended. Called once, and nothing after it. */
    void ended(Outcome outcome);
  }

  private static final int LIMIT = 4096;
  private static final String READY = "ready";
  private static final String EXIT = "exit ";
  private static final String FAIL = "fail ";

  private final Listener listener;
  private final StringBuilder line = new StringBuilder();
  private boolean ready;
  private boolean done;

  /** Makes the receiving end. */
  ControlChannel(Listener listener) {
    this.listener = listener;
  }

  @Override
  public void write(byte[] data, int offset, int length) {
    String text = new String(data, offset, length, StandardCharsets.ISO_8859_1);
    for (int i = 0; i < text.length() && !done; i++) {
      if (text.charAt(i) == '\n') {
        take(line.toString());
        line.setLength(0);
      } else if (line.length() < LIMIT) {
        line.append(text.charAt(i));
      }
    }
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  private void take(String text) {
    if (!ready && text.equals(READY)) {
      ready = true;
      listener.ready();
      return;
    }
    done = true;
    listener.ended(parse(text));
  }

  private static Outcome parse(String text) {
    if (text.startsWith(EXIT)) {
      try {
        return new Outcome.Exited(Integer.parseInt(text.substring(EXIT.length())) & 0xff);
      } catch (NumberFormatException e) {
        return new Outcome.Failed("the guest reported the exit status \"" + plain(text) + "\"");
      }
    }
    return new Outcome.Failed(plain(text.startsWith(FAIL) ? text.substring(FAIL.length()) : text));
  }

  private static String plain(String text) {
    return text.replaceAll("[^ -~]", "");
  }
}
