/** The live page of {@code portfire watch}: on no module path but that command's, since nothing else has a use for a web server. */
module dev.portfire.watch {
  requires dev.portfire.inspect;
  requires dev.portfire.vmm;
  requires io.helidon.webserver;
  requires io.helidon.webserver.sse;
  requires static transitive org.jspecify;

  provides dev.portfire.inspect.watch.Page with
      dev.portfire.watch.WebPage;
}
