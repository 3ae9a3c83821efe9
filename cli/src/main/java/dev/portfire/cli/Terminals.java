package dev.portfire.cli;

/** Which of the standard streams are terminals, as the launcher script found them. */
final class Terminals {
  /** A string with the file descriptors among 0, 1 and 2 that are terminals. */
  private static final String FOUND = System.getProperty("portfire.terminals", "");

  static final boolean STDIN = FOUND.contains("0");
  static final boolean STDOUT = FOUND.contains("1");
  static final boolean STDERR = FOUND.contains("2");

  private Terminals() {}
}
