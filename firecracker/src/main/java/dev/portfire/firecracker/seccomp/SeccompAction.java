package dev.portfire.firecracker.seccomp;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;

/**
 * What becomes of a system call.
 *
 * @param value what a filter returns for it: {@code SECCOMP_RET_*} with its data, {@code <linux/seccomp.h>}, seccomp(2)
 */
public record SeccompAction(int value) {
  /** The process is killed. */
  static final SeccompAction KILL_PROCESS = new SeccompAction(0x8000_0000);

  private static final int ERRNO = 0x0005_0000;
  private static final int TRACE = 0x7ff0_0000;

  private static final List<String> WORDS = List.of("allow", "kill_thread", "kill_process", "log", "trap");

  /** Reads one: a word, or {@code errno} or {@code trace} with its number. */
  static SeccompAction read(JsonReader in) throws JsonException {
    if (in.isString()) {
      return switch (in.variant(WORDS)) {
        case "allow" -> new SeccompAction(0x7fff_0000);
        case "log" -> new SeccompAction(0x7ffc_0000);
        case "trap" -> new SeccompAction(0x0003_0000);
        case "kill_process" -> KILL_PROCESS;
        default -> new SeccompAction(0);
      };
    }
    JsonStruct fields = new JsonStruct(in, "SeccompAction", List.of("errno", "trace"));
    String name = fields.next();
    if (name == null) {
      throw in.error("expected value");
    }
    int data = (int) in.unsigned("u16", 16);
    if (fields.next() != null) {
      throw fields.invalid("expected value");
    }
    return new SeccompAction((name.equals("errno") ? ERRNO : TRACE) | data);
  }
}
