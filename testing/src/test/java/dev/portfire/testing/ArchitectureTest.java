package dev.portfire.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The direction of dependencies: front ends → vmm → devices, boot, back ends → machine, linux. A front end never sees a
 * back end, and the software CPU needs nothing but the machine's vocabulary, so that it works on any OS.
 */
class ArchitectureTest {
  private static final String ROOT = "dev.portfire.";

  /** What each module may use of the others. */
  private static final Map<String, List<String>> ALLOWED = Map.ofEntries(
      Map.entry("linux", List.of("machine")),
      Map.entry("machine", List.of()),
      Map.entry("softcpu", List.of("machine")),
      Map.entry("devices", List.of("machine")),
      Map.entry("boot", List.of("machine")),
      Map.entry("kvm", List.of("machine", "linux")),
      Map.entry("vmm", List.of("machine", "linux", "softcpu", "kvm", "devices", "boot")),
      Map.entry("firecracker", List.of("vmm", "machine")),
      Map.entry("inspect", List.of("vmm", "machine", "linux")),
      Map.entry("watch", List.of("inspect", "vmm")),
      Map.entry("client", List.of("vmm")),
      Map.entry("firectl", List.of("client", "vmm", "linux")),
      Map.entry("jailer", List.of("linux")),
      Map.entry("cli", List.of("vmm", "machine", "firecracker", "firectl", "jailer", "inspect")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.portfire");

  @Test
  void dependenciesPointDownwards() {
    ALLOWED.forEach((module, allowed) -> {
      String[] forbidden = ALLOWED.keySet().stream()
          .filter(other -> !other.equals(module) && !allowed.contains(other))
          .map(other -> ROOT + other + "..")
          .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(ROOT + module + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(forbidden)
          .check(CLASSES);
    });
  }

  @Test
  void everyModuleIsLookedAt() {
    for (String module : ALLOWED.keySet()) {
      assertThat(CLASSES.stream().anyMatch(found -> found.getPackageName().startsWith(ROOT + module)))
          .as("classes of " + module)
          .isTrue();
    }
  }

  @Test
  void theEngineUsesNoLibraryButDecompressors() {
    classes()
        .that()
        .resideInAnyPackage("dev.portfire.machine..", "dev.portfire.softcpu..", "dev.portfire.devices..",
            "dev.portfire.linux..", "dev.portfire.kvm..", "dev.portfire.vmm..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "javax.crypto..", "dev.portfire..", "org.jspecify.annotations..")
        .check(CLASSES);
  }

  @Test
  void onlyWatchHasAWebServer() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.portfire.watch..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.helidon..")
        .check(CLASSES);
  }

  @Test
  void onlyLinuxMakesRestrictedCalls() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.portfire.linux..")
        .and()
        .resideOutsideOfPackage("dev.portfire.testing..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.Linker")
        .check(CLASSES);
  }
}
