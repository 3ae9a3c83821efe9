/** The {@code firectl} front end. */
module dev.portfire.firectl {
  requires dev.portfire.client;
  requires dev.portfire.linux;
  requires static transitive org.jspecify;

  exports dev.portfire.firectl;
}
