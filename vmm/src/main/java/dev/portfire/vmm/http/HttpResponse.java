package dev.portfire.vmm.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A response. It never closes the connection, and has no words behind its number.
 *
 * @param version {@code HTTP/1.0} or {@code HTTP/1.1}
 * @param status its number
 * @param allow the methods allowed; empty for no such header
 * @param deprecated whether the request used something deprecated
 * @param headers more of them
 * @param json whether the body is {@code application/json} and not {@code text/plain}
 * @param body what follows the headers
 */
public record HttpResponse(
    String version,
    int status,
    String allow,
    boolean deprecated,
    List<HttpRequest.Header> headers,
    boolean json,
    Optional<byte[]> body) {
  /** The version of a server that has not understood its client's. */
  public static final String VERSION = "HTTP/1.1";

  public HttpResponse {
    headers = List.copyOf(headers);
  }

  /** An interim response: the client may send the body. */
  public static HttpResponse proceed() {
    return new HttpResponse(VERSION, 100, "", false, List.of(), false, Optional.empty());
  }

  /** The response to what is no request. */
  public static HttpResponse malformed(String reason) {
    String text = "{ \"error\": \"" + reason + "\nAll previous unanswered requests will be dropped.\" }";
    return new HttpResponse(VERSION, 400, "", false, List.of(), true, Optional.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Response and body as they are sent. */
  public byte[] toBytes() {
    StringBuilder head = new StringBuilder(160);
    head.append(version).append(' ').append(status).append(" \r\nServer: Firecracker API\r\nConnection: keep-alive\r\n");
    if (!allow.isEmpty()) {
      head.append("Allow: ").append(allow).append("\r\n");
    }
    if (deprecated) {
      head.append("Deprecation: true\r\n");
    }
    for (HttpRequest.Header header : headers) {
      head.append(header.name()).append(": ").append(header.value()).append("\r\n");
    }
    if (body.isPresent()) {
      head.append("Content-Type: ").append(json ? "application/json" : "text/plain");
      head.append("\r\nContent-Length: ").append(body.get().length).append("\r\n");
    }
    head.append("\r\n");
    byte[] bytes = head.toString().getBytes(StandardCharsets.UTF_8);
    if (body.isEmpty()) {
      return bytes;
    }
    byte[] content = body.get();
    byte[] all = Arrays.copyOf(bytes, bytes.length + content.length);
    System.arraycopy(content, 0, all, bytes.length, content.length);
    return all;
  }
}
