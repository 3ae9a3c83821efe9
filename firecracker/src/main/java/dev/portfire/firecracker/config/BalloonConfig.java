package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import dev.portfire.vmm.json.JsonWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A balloon.
 *
 * @param amountMib MiB that it takes from the guest
 * @param deflateOnOom whether a guest without memory may take some back
 * @param statsPollingIntervalS seconds between statistics; 0 for none
 * @param freePageHinting whether the host may ask for free pages
 * @param freePageReporting whether the guest reports free pages
 */
public record BalloonConfig(
    long amountMib,
    boolean deflateOnOom,
    int statsPollingIntervalS,
    boolean freePageHinting,
    boolean freePageReporting) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of(
      "amount_mib",
      "deflate_on_oom",
      "stats_polling_interval_s",
      "free_page_hinting",
      "free_page_reporting");

  /** Reads one. */
  public static BalloonConfig read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "BalloonDeviceConfig", FIELDS);
    @Nullable Long amountMib = null;
    @Nullable Boolean deflateOnOom = null;
    int statsPollingIntervalS = 0;
    boolean freePageHinting = false;
    boolean freePageReporting = false;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "amount_mib" -> amountMib = in.unsigned("u32", 32);
        case "deflate_on_oom" -> deflateOnOom = in.bool();
        case "stats_polling_interval_s" -> statsPollingIntervalS = (int) in.unsigned("u16", 16);
        case "free_page_hinting" -> freePageHinting = in.bool();
        default -> freePageReporting = in.bool();
      }
    }
    return new BalloonConfig(
        fields.required("amount_mib", amountMib),
        fields.required("deflate_on_oom", deflateOnOom),
        statsPollingIntervalS,
        freePageHinting,
        freePageReporting);
  }

  /** Writes it. */
  public void write(JsonWriter out) {
    out.begin();
    out.name("amount_mib");
    out.number(amountMib);
    out.name("deflate_on_oom");
    out.bool(deflateOnOom);
    out.name("stats_polling_interval_s");
    out.number(statsPollingIntervalS);
    out.name("free_page_hinting");
    out.bool(freePageHinting);
    out.name("free_page_reporting");
    out.bool(freePageReporting);
    out.end();
  }
}
