package dev.portfire.firecracker.seccomp;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What threads of one kind may do.
 *
 * @param defaultAction what becomes of a system call of no rule
 * @param filterAction what becomes of one that a rule is about
 * @param rules any of which a system call has to meet
 */
public record SeccompPolicy(SeccompAction defaultAction, SeccompAction filterAction, List<SeccompRule> rules) {
  /** Makes one. */
  public SeccompPolicy {
    rules = List.copyOf(rules);
  }

  /** Reads the policies of all kinds of threads, by their names. */
  public static Map<String, SeccompPolicy> readAll(byte[] json) throws JsonException {
    JsonReader in = new JsonReader(json);
    Map<String, SeccompPolicy> policies = in.map(SeccompPolicy::read);
    in.end();
    return policies;
  }

  private static SeccompPolicy read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "Filter", false, List.of("default_action", "filter_action", "filter"));
    @Nullable SeccompAction defaultAction = null;
    @Nullable SeccompAction filterAction = null;
    @Nullable List<SeccompRule> rules = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "default_action" -> defaultAction = SeccompAction.read(in);
        case "filter_action" -> filterAction = SeccompAction.read(in);
        default -> rules = in.list(SeccompRule::read);
      }
    }
    return new SeccompPolicy(
        fields.required("default_action", defaultAction),
        fields.required("filter_action", filterAction),
        fields.required("filter", rules));
  }
}
