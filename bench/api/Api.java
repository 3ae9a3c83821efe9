import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The client of bench/api/run. */
final class Api {
  private static final byte[] GET = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MACHINE = "GET /machine-config HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int CLOCK_TICK_MS = 10;

  private Api() {}

  public static void main(String... arguments) throws IOException, InterruptedException {
    int starts = Integer.parseInt(arguments[1]);
    int requests = Integer.parseInt(arguments[2]);
    Path directory = Files.createTempDirectory("bench-api");
    double[] wall = new double[starts];
    double[] cpu = new double[starts];
    double[] each = new double[requests];
    for (int i = 0; i < starts; i++) {
      Path socket = directory.resolve("socket-" + i);
      long begin = System.nanoTime();
      List<String> command = new ArrayList<>(List.of(arguments[0], "--api-sock", socket.toString(), "--level", "Off"));
      command.addAll(List.of(arguments).subList(3, arguments.length));
      Process process = new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .redirectInput(Path.of("/dev/null").toFile())
          .start();
      try (SocketChannel channel = connect(socket, process)) {
        ask(channel, GET);
        wall[i] = (System.nanoTime() - begin) / 1e6;
        cpu[i] = cpuMillis(process.pid());
        if (i == starts - 1) {
          for (int k = 0; k < requests; k++) {
            long start = System.nanoTime();
            ask(channel, MACHINE);
            each[k] = (System.nanoTime() - start) / 1e3;
          }
        }
      } finally {
        process.destroyForcibly().waitFor();
        Files.deleteIfExists(socket);
      }
    }
    Files.delete(directory);
    Arrays.sort(wall);
    Arrays.sort(cpu);
    Arrays.sort(each);
    System.out.printf("%-42s %10s %10s %10s%n", "", "median", "p99", "max");
    row("start to first answered GET /, ms", wall);
    row("CPU time of the process by then, ms", cpu);
    row(requests + " GET /machine-config, each, us", each);
  }

  private static void row(String name, double[] sorted) {
    System.out.printf(
        "%-42s %10.1f %10.1f %10.1f%n",
        name, sorted[sorted.length / 2], sorted[(int) Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.99))],
        sorted[sorted.length - 1]);
  }

  private static SocketChannel connect(Path socket, Process process) throws IOException {
    while (process.isAlive()) {
      if (Files.exists(socket)) {
        try {
          return SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
          // Bound, and not listening yet.
        }
      }
      LockSupport.parkNanos(200_000);
    }
    throw new IOException("firecracker ended with " + process.exitValue());
  }

  private static void ask(SocketChannel channel, byte[] request) throws IOException {
    channel.write(ByteBuffer.wrap(request));
    ByteBuffer answer = ByteBuffer.allocate(4096);
    while (true) {
      if (channel.read(answer) < 0) {
        throw new IOException("no answer");
      }
      String text = new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
      int head = text.indexOf("\r\n\r\n");
      int length = text.indexOf("Content-Length: ");
      if (head >= 0 && length >= 0) {
        int size = Integer.parseInt(text.substring(length + 16, text.indexOf("\r\n", length)));
        if (answer.position() >= head + 4 + size) {
          if (!text.startsWith("HTTP/1.1 200 ")) {
            throw new IOException(text);
          }
          return;
        }
      }
    }
  }

  /** User and system time from /proc/PID/stat. */
  private static double cpuMillis(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * CLOCK_TICK_MS;
  }
}
