package dev.portfire.inspect.perf;

import dev.portfire.inspect.Run;
import dev.portfire.inspect.SysRoot;
import java.io.InputStream;
import java.util.List;

/** {@code perf-kvm}, run in this process. */
final class Ours {
  private Ours() {}

  static Run run(InputStream in, List<String> arguments) {
    return Run.ours(of(in, arguments));
  }

  static Run.Program of(InputStream in, List<String> arguments) {
    return (out, err) -> {
      try {
        return new PerfKvm(SysRoot.HOST, false, false, in, out, err).run(arguments);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    };
  }
}
