package dev.portfire.firecracker.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** {@code default-x86_64.json}, and what it has become. */
class DefaultFiltersTest {
  private static final int ALLOW = 0x7fff_0000;
  private static final int TRAP = 0x3_0000;

  static Map<String, SeccompPolicy> policies() throws Exception {
    return SeccompPolicy.readAll(DefaultFilters.resource(DefaultFilters.POLICY));
  }

  /** {@code -Dseccomp.write=true} writes them. */
  @Test
  void theProgramsAreUpToDate() throws Exception {
    Map<String, long[]> programs = new TreeMap<>();
    for (Map.Entry<String, SeccompPolicy> policy : policies().entrySet()) {
      programs.put(policy.getKey(), BpfCompiler.compile(policy.getValue(), Architecture.X86_64, true));
    }
    byte[] made = SeccompFilters.write(programs);
    if (Boolean.getBoolean("seccomp.write")) {
      Files.write(Path.of("src/main/resources/dev/portfire/firecracker/seccomp", DefaultFilters.PROGRAMS), made);
      return;
    }
    assertThat(DefaultFilters.resource(DefaultFilters.PROGRAMS)).isEqualTo(made);
    assertThat(DefaultFilters.x86()).containsOnlyKeys("api", "vcpu", "vcpu_kvm", "vmm");
  }

  @Test
  void whatIsNotAllowedIsTrapped() throws Exception {
    for (SeccompPolicy policy : policies().values()) {
      assertThat(policy.defaultAction().value()).isEqualTo(TRAP);
      assertThat(policy.filterAction().value()).isEqualTo(ALLOW);
    }
  }

  @Test
  void eachEntryHasItsReason() throws Exception {
    JsonReader in = new JsonReader(DefaultFilters.resource(DefaultFilters.POLICY));
    Map<String, Integer> checked = in.map(kind -> {
      JsonStruct fields = new JsonStruct(kind, "Filter", false, List.of("filter"));
      String name = fields.next();
      assertThat(name).isEqualTo("filter");
      int rules = kind.list(DefaultFiltersTest::reason).size();
      assertThat(fields.next()).isNull();
      return rules;
    });
    assertThat(checked).hasSize(4).allSatisfy((kind, rules) -> assertThat(rules).isGreaterThan(20));
  }

  private static String reason(JsonReader in) throws dev.portfire.vmm.json.JsonException {
    JsonStruct fields = new JsonStruct(in, "SyscallRule", false, List.of("syscall", "comment"));
    String call = "";
    String comment = "";
    for (String field = fields.next(); field != null; field = fields.next()) {
      if (field.equals("syscall")) {
        call = in.string();
      } else {
        comment = in.string();
      }
    }
    assertThat(comment).as(call).isNotBlank();
    return comment;
  }

  /** A rule that another one includes says nothing. */
  @Test
  void noEntryIsThereTwice() throws Exception {
    policies().forEach((kind, policy) -> {
      Set<String> unconditional = new HashSet<>();
      policy.rules().stream().filter(rule -> rule.conditions().isEmpty()).forEach(rule ->
          assertThat(unconditional.add(rule.systemCall())).as("%s: %s", kind, rule).isTrue());
      assertThat(policy.rules()).as(kind).doesNotHaveDuplicates().noneMatch(
          rule -> !rule.conditions().isEmpty() && unconditional.contains(rule.systemCall()));
    });
  }

  @Test
  void noThreadExecutesAnythingOrBecomesSomebodyElse() throws Exception {
    policies().forEach((kind, policy) -> assertThat(policy.rules()).as(kind).extracting(SeccompRule::systemCall).doesNotContain(
        "execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "mount", "umount2", "unshare", "setns",
        "chroot", "pivot_root", "mknod", "mknodat", "setuid", "setgid", "setresuid", "capset", "kill", "bpf", "init_module", "perf_event_open",
        "userfaultfd", "io_uring_setup", "keyctl", "seccomp"));
  }

  /** Code of a guest that got out of the software CPU finds nothing to open, to connect to or to start. */
  @Test
  void aSoftwareVcpuHasTheLeast() throws Exception {
    SeccompPolicy vcpu = Objects.requireNonNull(policies().get("vcpu"));
    Set<String> calls = new HashSet<>(vcpu.rules().stream().map(SeccompRule::systemCall).toList());
    assertThat(calls).hasSizeLessThan(28).doesNotContain(
        "open", "openat", "creat", "unlink", "close", "dup", "dup2", "fcntl", "socket", "connect", "accept", "accept4", "clone", "clone3",
        "memfd_create", "ftruncate", "pwrite64", "prctl");
    for (String other : List.of("api", "vmm", "vcpu_kvm")) {
      Set<String> more = new HashSet<>(
          Objects.requireNonNull(policies().get(other)).rules().stream().map(SeccompRule::systemCall).toList());
      assertThat(more.size()).as(other).isGreaterThan(calls.size());
    }
  }
}
