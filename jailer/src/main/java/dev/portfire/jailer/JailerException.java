package dev.portfire.jailer;

/** The program cannot be jailed; the message says why, with Firecracker's jailer's words where it has some. */
final class JailerException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of step failed, for the second line of an error. */
  enum Kind {
    ARGUMENT_PARSING("ArgumentParsing"),
    CGROUP("Cgroup"),
    CHROOT("Chroot"),
    DAEMONIZE("Daemonize"),
    DEVICE("Device"),
    EXEC("Exec"),
    LIMIT("ResourceLimit"),
    NAMESPACE("Namespace"),
    RUNTIME("Runtime"),
    SANITIZE("Sanitize"),
    VALIDATION("Validation");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  private final Kind kind;

  JailerException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  /** Kind and message. */
  String debug() {
    return kind.text + "(\"" + String.valueOf(getMessage()).replace("\n", "\\n") + "\")";
  }
}
