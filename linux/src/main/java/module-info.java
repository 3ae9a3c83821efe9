/** Linux system calls through {@code java.lang.foreign}; nothing else in Portfire makes restricted calls. */
module dev.portfire.linux {
  requires transitive dev.portfire.machine;
  requires static org.jspecify;

  exports dev.portfire.linux;
}
