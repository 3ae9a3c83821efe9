package dev.portfire.firecracker.seccomp;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A system call that a filter's action is for.
 *
 * @param systemCall its name
 * @param conditions all of which its arguments have to meet
 */
record SeccompRule(String systemCall, List<SeccompCondition> conditions) {
  SeccompRule {
    conditions = List.copyOf(conditions);
  }

  static SeccompRule read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "SyscallRule", false, List.of("syscall", "args"));
    @Nullable String name = null;
    List<SeccompCondition> conditions = List.of();
    for (String field = fields.next(); field != null; field = fields.next()) {
      switch (field) {
        case "syscall" -> name = in.string();
        default -> {
          if (!in.isNull()) {
            conditions = in.list(SeccompCondition::read);
          }
        }
      }
    }
    return new SeccompRule(fields.required("syscall", name), conditions);
  }
}
