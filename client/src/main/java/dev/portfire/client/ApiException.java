package dev.portfire.client;

/** The server has refused a request; the message is request, status and the server's reason. */
public final class ApiException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String fault;

  ApiException(String request, int status, String fault) {
    super(request + ": " + status + ": " + fault);
    this.status = status;
    this.fault = fault;
  }

  /** The response's status code, 300 or more. */
  public int status() {
    return status;
  }

  /** The server's {@code fault_message}, or its whole answer if there is none in it. */
  public String fault() {
    return fault;
  }
}
