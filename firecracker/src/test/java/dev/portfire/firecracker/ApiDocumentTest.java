package dev.portfire.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.firecracker.config.BalloonConfig;
import dev.portfire.firecracker.config.BalloonStatsUpdate;
import dev.portfire.firecracker.config.BalloonUpdate;
import dev.portfire.firecracker.config.BootSource;
import dev.portfire.firecracker.config.DriveConfig;
import dev.portfire.firecracker.config.DriveUpdate;
import dev.portfire.firecracker.config.EntropyConfig;
import dev.portfire.firecracker.config.HintingStart;
import dev.portfire.firecracker.config.LoggerConfig;
import dev.portfire.firecracker.config.MachineConfig;
import dev.portfire.firecracker.config.MachineUpdate;
import dev.portfire.firecracker.config.MemoryHotplugConfig;
import dev.portfire.firecracker.config.MemoryHotplugUpdate;
import dev.portfire.firecracker.config.MetricsConfig;
import dev.portfire.firecracker.config.MmdsConfig;
import dev.portfire.firecracker.config.NetworkConfig;
import dev.portfire.firecracker.config.NetworkUpdate;
import dev.portfire.firecracker.config.PmemConfig;
import dev.portfire.firecracker.config.PmemUpdate;
import dev.portfire.firecracker.config.RateLimiter;
import dev.portfire.firecracker.config.SerialConfig;
import dev.portfire.firecracker.config.TokenBucket;
import dev.portfire.firecracker.config.VsockConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Our description of the API against Firecracker's, against the code, and against the page that is made from it. */
final class ApiDocumentTest {
  private static final Map<String, List<String>> CODE = new HashMap<>();

  static {
    CODE.put("Balloon", BalloonConfig.FIELDS);
    CODE.put("BalloonUpdate", BalloonUpdate.FIELDS);
    CODE.put("BalloonStatsUpdate", BalloonStatsUpdate.FIELDS);
    CODE.put("BalloonStartCmd", HintingStart.FIELDS);
    CODE.put("BootSource", BootSource.FIELDS);
    CODE.put("Drive", DriveConfig.FIELDS);
    CODE.put("PartialDrive", DriveUpdate.FIELDS);
    CODE.put("EntropyDevice", EntropyConfig.FIELDS);
    CODE.put("Logger", LoggerConfig.FIELDS);
    CODE.put("MachineConfiguration", MachineConfig.FIELDS);
    CODE.put("MachineConfigurationUpdate", MachineUpdate.FIELDS);
    CODE.put("MemoryHotplugConfig", MemoryHotplugConfig.FIELDS);
    CODE.put("MemoryHotplugSizeUpdate", MemoryHotplugUpdate.FIELDS);
    CODE.put("Metrics", MetricsConfig.FIELDS);
    CODE.put("MmdsConfig", MmdsConfig.FIELDS);
    CODE.put("NetworkInterface", NetworkConfig.FIELDS);
    CODE.put("PartialNetworkInterface", NetworkUpdate.FIELDS);
    CODE.put("Pmem", PmemConfig.FIELDS);
    CODE.put("PartialPmem", PmemUpdate.FIELDS);
    CODE.put("RateLimiter", RateLimiter.FIELDS);
    CODE.put("SerialDevice", SerialConfig.FIELDS);
    CODE.put("TokenBucket", TokenBucket.FIELDS);
    CODE.put("Vsock", VsockConfig.FIELDS);
    CODE.put("FullVmConfiguration", ConfigFile.KEYS);
  }

  private static List<String> lines(String resource) throws IOException {
    try (InputStream in = ApiDocumentTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    }
  }

  @Test
  void agreesWithFirecrackersButForWhatIsListed() throws Exception {
    Set<String> ours = ApiDocument.read().facts();
    Set<String> theirs = new TreeSet<>(lines("api-facts.txt"));
    Set<String> differences = new TreeSet<>();
    ours.stream().filter(fact -> !theirs.contains(fact)).forEach(fact -> differences.add("+ " + fact));
    theirs.stream().filter(fact -> !ours.contains(fact)).forEach(fact -> differences.add("- " + fact));
    // Every difference has a reason behind " # ", and no reason is left without its difference.
    Set<String> listed = new TreeSet<>();
    for (String line : lines("api-differences.txt")) {
      int reason = line.indexOf(" # ");
      assertThat(reason).as(line).isPositive();
      listed.add(line.substring(0, reason).strip());
    }
    assertThat(differences).isEqualTo(listed);
    assertThat(theirs).hasSizeGreaterThan(230);
  }

  @Test
  void namesTheFieldsThatTheCodeReads() throws Exception {
    ApiDocument document = ApiDocument.read();
    CODE.forEach((type, fields) -> assertThat(document.fields(type)).as(type).containsExactlyInAnyOrderElementsOf(fields));
  }

  /** {@code -Dapi.write=true} writes the page. */
  @Test
  void thePageIsUpToDate() throws Exception {
    Path page = ApiDocument.REFERENCE.resolve("api.md");
    String made = ApiDocument.read().markdown();
    if (Boolean.getBoolean("api.write")) {
      Files.writeString(page, made);
    }
    assertThat(page).hasContent(made);
  }
}
