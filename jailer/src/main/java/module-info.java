/** The {@code jailer} front end. */
module dev.portfire.jailer {
  requires dev.portfire.linux;
  requires static transitive org.jspecify;

  exports dev.portfire.jailer;
}
