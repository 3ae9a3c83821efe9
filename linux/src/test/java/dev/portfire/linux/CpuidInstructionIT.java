package dev.portfire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portfire.linux.CpuidInstruction.Registers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CpuidInstructionIT {
  @Test
  void namesTheMakerThatTheKernelNames() throws IOException {
    Optional<CpuidInstruction> found = CpuidInstruction.find();
    assumeTrue(found.isPresent(), "this processor has no CPUID, or the host maps no machine code");
    try (CpuidInstruction cpuid = found.get()) {
      Registers leaf = cpuid.execute(0, 0);
      byte[] name = new byte[12];
      int[] parts = {leaf.ebx(), leaf.edx(), leaf.ecx()};
      for (int i = 0; i < name.length; i++) {
        name[i] = (byte) (parts[i / 4] >> i % 4 * 8);
      }
      assertThat(Files.readString(Path.of("/proc/cpuinfo"))).contains("vendor_id\t: " + new String(name, StandardCharsets.US_ASCII));
      assertThat(cpuid.execute(0, 7)).isEqualTo(leaf);
    }
  }
}
