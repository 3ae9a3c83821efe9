package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import dev.portfire.vmm.json.JsonWriter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Memory that can be plugged in.
 *
 * @param totalSizeMib MiB that can be plugged in
 * @param blockSizeMib MiB that are plugged at a time
 * @param slotSizeMib MiB that the host maps at a time
 */
public record MemoryHotplugConfig(long totalSizeMib, long blockSizeMib, long slotSizeMib) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("total_size_mib", "block_size_mib", "slot_size_mib");

  private static final long LIMIT = 0xffff_ffffL;

  /**
   * Checks the numbers.
   *
   * @return what is wrong
   */
  public Optional<String> problem() {
    if (blockSizeMib < 2 || blockSizeMib > LIMIT) {
      return Optional.of("Block size must not be lower than 2 MiB");
    }
    if (Long.bitCount(blockSizeMib) != 1) {
      return Optional.of("Block size must be a power of 2");
    }
    if (slotSizeMib < 128 || slotSizeMib > LIMIT) {
      return Optional.of("Slot size must not be lower than 128 MiB");
    }
    if (slotSizeMib % blockSizeMib != 0) {
      return Optional.of("Slot size must be a multiple of block size (" + blockSizeMib + " MiB)");
    }
    if (totalSizeMib < slotSizeMib || totalSizeMib > LIMIT) {
      return Optional.of("Total size must not be lower than slot size (" + slotSizeMib + " MiB)");
    }
    if (totalSizeMib % slotSizeMib != 0) {
      return Optional.of("Total size must be a multiple of slot size (" + slotSizeMib + " MiB)");
    }
    return Optional.empty();
  }

  /** Reads one. */
  public static MemoryHotplugConfig read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "MemoryHotplugConfig", FIELDS);
    @Nullable Long totalSizeMib = null;
    long blockSizeMib = 2;
    long slotSizeMib = 128;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "total_size_mib" -> totalSizeMib = in.unsigned("usize", 64);
        case "block_size_mib" -> blockSizeMib = in.unsigned("usize", 64);
        default -> slotSizeMib = in.unsigned("usize", 64);
      }
    }
    return new MemoryHotplugConfig(fields.required("total_size_mib", totalSizeMib), blockSizeMib, slotSizeMib);
  }

  /** Writes it. */
  public void write(JsonWriter out) {
    out.begin();
    out.name("total_size_mib");
    out.unsigned(totalSizeMib);
    out.name("block_size_mib");
    out.unsigned(blockSizeMib);
    out.name("slot_size_mib");
    out.unsigned(slotSizeMib);
    out.end();
  }
}
