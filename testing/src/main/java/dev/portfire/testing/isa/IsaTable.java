package dev.portfire.testing.isa;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The instruction table {@code isa.txt}, parsed. Its columns are explained in the file. */
public final class IsaTable {
  private static final Pattern OPCODE = Pattern.compile(
      "(V:)?(?:(NP|66|F3|F2):)?(0F38\\.|0F3A\\.|0F\\.)?([0-9A-F]{2})(?:\\.\\.([0-9A-F]{2}))?(?:/([0-7]))?([mr])?");

  /** A mandatory prefix. */
  public enum Prefix {
    /** No prefix. */
    NP,
    /** Operand-size override. */
    P66,
    /** REP. */
    F3,
    /** REPNE. */
    F2
  }

  /** Which ModRM.mod values a form takes. */
  public enum ModRm {
    /** Memory and registers. */
    ANY,
    /** Memory only. */
    MEMORY,
    /** Registers only. */
    REGISTER
  }

  /**
   * One form.
   *
   * @param id position in the table, from 1
   * @param map 0 one-byte, 1 {@code 0F}, 2 {@code 0F38}, 3 {@code 0F3A}
   * @param first first opcode
   * @param last last opcode of the range
   * @param prefix the mandatory prefix, if one is named
   * @param extension ModRM.reg, or −1
   * @param modRm which ModRM.mod it takes
   * @param mnemonic name
   * @param operands operand codes
   * @param semantics kind and function
   * @param attributes the words of the last column
   * @param vex whether it has a VEX prefix
   */
  public record Form(
      int id,
      int map,
      int first,
      int last,
      Optional<Prefix> prefix,
      int extension,
      ModRm modRm,
      String mnemonic,
      List<String> operands,
      String semantics,
      Set<String> attributes,
      boolean vex) {

    /** The first word of the semantics: how operands are fetched and stored. */
    public String kind() {
      return semantics.split(" ")[0];
    }

    /** The function that the semantics name, or an empty string. */
    public String function() {
      String[] words = semantics.split(" ");
      return words.length > 1 ? words[1] : "";
    }

    /** Whether the form has this attribute. */
    public boolean has(String attribute) {
      return attributes.contains(attribute);
    }

    /** The value of a {@code key=value} attribute, or an empty string. */
    public String value(String key) {
      return attributes.stream()
          .filter(a -> a.startsWith(key + "="))
          .map(a -> a.substring(key.length() + 1))
          .findFirst()
          .orElse("");
    }

    /** Whether a ModRM byte follows the opcode. */
    public boolean hasModRm() {
      return extension >= 0 || modRm != ModRm.ANY || operands.stream().anyMatch(o -> "EGMRCDVWPQB".indexOf(o.charAt(0)) >= 0 && isOperandCode(o) || o.equals("Sw"));
    }

    /** Whether a name such as {@code CL} is not an operand code in spite of its first letter. */
    private static boolean isOperandCode(String operand) {
      return switch (operand) {
        case "CL", "CS", "DX", "DS", "ES", "GS" -> false;
        default -> true;
      };
    }
  }

  private final List<Form> forms;

  private IsaTable(List<Form> forms) {
    this.forms = List.copyOf(forms);
  }

  /** All forms, in the order of the file. */
  public List<Form> forms() {
    return forms;
  }

  /**
   * Reads the table.
   *
   * @throws IllegalArgumentException with the line number, if a line is malformed
   */
  public static IsaTable read(Path file) throws IOException {
    List<Form> forms = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] columns = line.split("\\|", -1);
      Matcher m = OPCODE.matcher(columns[0].strip());
      if (columns.length != 5 || !m.matches()) {
        throw new IllegalArgumentException("%s:%d: malformed line: %s".formatted(file, number, line));
      }
      int first = Integer.parseInt(m.group(4), 16);
      forms.add(new Form(
          forms.size() + 1,
          m.group(3) == null ? 0 : List.of("0F.", "0F38.", "0F3A.").indexOf(m.group(3)) + 1,
          first,
          m.group(5) == null ? first : Integer.parseInt(m.group(5), 16),
          Optional.ofNullable(m.group(2)).map(p -> p.equals("66") ? Prefix.P66 : Prefix.valueOf(p)),
          m.group(6) == null ? -1 : Integer.parseInt(m.group(6)),
          m.group(7) == null ? ModRm.ANY : m.group(7).equals("m") ? ModRm.MEMORY : ModRm.REGISTER,
          columns[1].strip(),
          columns[2].isBlank() ? List.of() : List.of(columns[2].strip().split("\\s*,\\s*")),
          columns[3].strip(),
          new HashSet<>(List.of(columns[4].strip().split("\\s+"))),
          m.group(1) != null));
    }
    return new IsaTable(forms);
  }
}
