package dev.portfire.inspect.cpuid;

import dev.portfire.inspect.Resource;
import java.util.Locale;

/** What AMD's processors have in EBX of leaf 0x80000001: which brand they are of, told in another way by each family, and the socket. */
final class BrandId {
  private static final int K8 = 0xf;

  /** From this model on, processors of family 0Fh have the longer form. */
  private static final int SECOND_K8 = 0x40;

  private final StringBuilder text = new StringBuilder();
  private final int register;
  private final int width;

  private BrandId(int register, int width) {
    this.register = register;
    this.width = width;
  }

  /**
   * The lines about it.
   *
   * @param signature EAX of leaf 1
   */
  static String text(int register, int signature) {
    int family = Conclusions.family(signature);
    int model = Conclusions.model(signature);
    BrandId id = new BrandId(register, family < K8 || family > 0x11 ? 7 : family == K8 ? 15 : 12);
    id.line("raw", 0, Integer.SIZE);
    id.line("BrandId", 0, family == K8 ? 17 : 16);
    if (family == K8 && model >= SECOND_K8) {
      id.line("PwrLmt:high", 6, 3);
      id.line("PwrLmt:low", 14, 1);
      id.line("BrandTableIndex", 9, 5);
      id.line("NN:high", 15, 1);
      id.line("NN:low", 0, 6);
    } else if (family == K8) {
      id.line("BrandTableIndex", 6, 7);
      id.line("NN", 0, 7);
    } else if (family == 0x10 || family == 0x11) {
      id.line("str1", 11, 4);
      id.line("str2", 0, 4);
      id.line("PartialModel", 4, 7);
      id.line("PG", 15, 1);
    }
    if (family > K8) {
      id.line("PkgType", socket(family, model, register >>> 28) + " (" + (register >>> 28) + ")");
    }
    return id.text.toString();
  }

  private static String socket(int family, int model, int type) {
    for (String line : Resource.lines(BrandId.class, "sockets.txt")) {
      String[] words = line.split(" ", 4);
      boolean named = Integer.parseInt(words[0], 16) == family && Integer.parseInt(words[2], 16) == type;
      int dash = words[1].indexOf('-');
      if (named && model >= Integer.parseInt(words[1].substring(0, dash), 16)
          && model <= Integer.parseInt(words[1].substring(dash + 1), 16)) {
        return words[3];
      }
    }
    return "0x" + Integer.toHexString(type);
  }

  private void line(String label, int low, int bits) {
    long value = (register & 0xffff_ffffL) >>> low & (1L << bits) - 1;
    line(label, "0x" + Long.toHexString(value) + " (" + value + ")");
  }

  private void line(String label, String value) {
    text.append(String.format(Locale.ROOT, "      %-" + width + "s = %s%n", label, value));
  }
}
