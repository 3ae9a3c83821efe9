package dev.portfire.vmm.http;

import java.util.List;
import java.util.Optional;

/**
 * A request.
 *
 * @param method GET, PUT, PATCH or DELETE, or what a client of the metadata service sent instead
 * @param uri the target as it was sent, never empty
 * @param version {@code HTTP/1.0} or {@code HTTP/1.1}
 * @param acceptsJson whether the client asked for {@code application/json}
 * @param headers those that mean nothing to the parser, as they were sent
 * @param body empty if there is none
 */
public record HttpRequest(
    String method, String uri, String version, boolean acceptsJson, List<Header> headers, byte[] body) {
  /**
   * A header.
   *
   * @param name as it was sent
   * @param value without white space around it
   */
  public record Header(String name, String value) {}

  public HttpRequest {
    headers = List.copyOf(headers);
  }

  /** The target's path: that of an absolute target behind its host; empty if there is none. */
  public String path() {
    String scheme = "http://";
    if (uri.startsWith(scheme)) {
      int slash = uri.indexOf('/', scheme.length());
      return slash < 0 ? "" : uri.substring(slash);
    }
    return uri.startsWith("/") ? uri : "";
  }

  /** The first header with one of some names, which are compared without regard to case. */
  public Optional<Header> header(String... names) {
    for (Header header : headers) {
      for (String name : names) {
        if (header.name().equalsIgnoreCase(name)) {
          return Optional.of(header);
        }
      }
    }
    return Optional.empty();
  }
}
