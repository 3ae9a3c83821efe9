package dev.portfire.cli;

import dev.portfire.machine.Activity;
import dev.portfire.vmm.Profile;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;

/** Prints what {@code --profile} promises. */
final class Profiles {
  private static final int LINES = 40;

  private Profiles() {}

  /** Prints where time went: by what the vCPUs' threads did, and by the guest's functions. */
  static void print(Profile profile, GuestSymbols symbols, PrintStream err) {
    long all = profile.activities().values().stream().mapToLong(Long::longValue).sum();
    err.printf("profile: %d samples, a thousand a second for each vCPU%n", all);
    for (Activity activity : Activity.values()) {
      long samples = profile.activities().getOrDefault(activity, 0L);
      err.printf("  %6.2f%%  %s%n", percent(samples, all), activity.title());
    }
    Map<String, Long> functions = new HashMap<>();
    profile.addresses().forEach((address, samples) -> functions.merge(symbols.name(address), samples, Long::sum));
    long located = functions.values().stream().mapToLong(Long::longValue).sum();
    err.printf("guest functions, of %d samples while it ran%n", located);
    functions.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
        .limit(LINES)
        .forEach(entry -> err.printf("  %6.2f%%  %s%n", percent(entry.getValue(), located), entry.getKey()));
  }

  private static double percent(long part, long all) {
    return all == 0 ? 0 : 100.0 * part / all;
  }
}
