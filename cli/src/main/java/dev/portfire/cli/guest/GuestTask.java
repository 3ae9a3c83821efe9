package dev.portfire.cli.guest;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the default guest does in one boot.
 *
 * @param mode where the command's input and output go
 * @param command the command and its arguments, each any bytes but NUL; empty for the guest's own choice: a shell
 * @param environment variables set for the command
 * @param root the root file system to run it in; the initramfs itself if there is none
 */
public record GuestTask(
    Mode mode, List<byte[]> command, Map<String, String> environment, Optional<GuestTask.Root> root) {
  /** Where a command's input and output go. */
  public enum Mode {
    /** To the ports for stdin, stdout and stderr. */
    COMMAND,
    /** To the terminal, which becomes the controlling one. */
    TERMINAL,
    /** To the terminal, from the init of the root file system; a shell if it has none. */
    INIT
  }

  /**
   * A root file system on a drive.
   *
   * @param device the guest's name of it, such as {@code /dev/vda}
   * @param readOnly whether it is mounted read-only
   */
  public record Root(String device, boolean readOnly) {}

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if a command is missing in mode COMMAND or there is no root in mode INIT
   */
  public GuestTask {
    if (mode == Mode.COMMAND && command.isEmpty()) {
      throw new IllegalArgumentException("no command to run");
    }
    if (mode == Mode.INIT && root.isEmpty()) {
      throw new IllegalArgumentException("no root file system to take an init from");
    }
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }
}
