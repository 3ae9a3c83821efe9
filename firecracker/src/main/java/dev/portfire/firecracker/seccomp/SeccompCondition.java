package dev.portfire.firecracker.seccomp;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an argument of a system call has to be.
 *
 * @param index which argument, 0 to 5
 * @param operator how it is compared, unsigned
 * @param mask the bits that are compared; all but with {@link Operator#MASKED_EQ}
 * @param value what it is compared with
 */
record SeccompCondition(int index, Operator operator, long mask, long value) {
  private static final int ARGUMENTS = 6;
  private static final long LOW_HALF = 0xffff_ffffL;

  /** A comparison. */
  enum Operator {
    EQ,
    NE,
    GE,
    GT,
    LE,
    LT,
    MASKED_EQ
  }

  /** Reads one. An {@code eq} of a {@code dword} looks at the low half only; all else compares the whole argument. */
  static SeccompCondition read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "SeccompCondition", false, List.of("index", "type", "op", "val"));
    @Nullable Long index = null;
    @Nullable String type = null;
    @Nullable Operator operator = null;
    @Nullable Long value = null;
    long mask = -1;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "index" -> index = in.unsigned("u8", 8);
        case "type" -> type = in.variant(List.of("dword", "qword"));
        case "val" -> value = in.unsigned("u64", 64);
        default -> {
          if (in.isString()) {
            operator = switch (in.variant(List.of("eq", "ge", "gt", "le", "lt", "ne"))) {
              case "eq" -> Operator.EQ;
              case "ge" -> Operator.GE;
              case "gt" -> Operator.GT;
              case "le" -> Operator.LE;
              case "lt" -> Operator.LT;
              default -> Operator.NE;
            };
          } else {
            operator = Operator.MASKED_EQ;
            mask = mask(in);
          }
        }
      }
    }
    long number = fields.required("index", index);
    boolean half = fields.required("type", type).equals("dword");
    Operator op = fields.required("op", operator);
    long val = fields.required("val", value);
    if (number >= ARGUMENTS) {
      throw in.error("invalid value: a system call has no argument " + number);
    }
    if (half && op == Operator.EQ) {
      return new SeccompCondition((int) number, Operator.MASKED_EQ, LOW_HALF, val & LOW_HALF);
    }
    return new SeccompCondition((int) number, op, mask, val);
  }

  private static long mask(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "SeccompCmpOp", List.of("masked_eq"));
    if (fields.next() == null) {
      throw in.error("expected value");
    }
    long mask = in.unsigned("u64", 64);
    if (fields.next() != null) {
      throw fields.invalid("expected value");
    }
    return mask;
  }
}
