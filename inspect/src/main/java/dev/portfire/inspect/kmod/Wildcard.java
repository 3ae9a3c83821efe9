package dev.portfire.inspect.kmod;

/** Patterns of a shell, as fnmatch(3) takes them without flags: {@code *}, {@code ?}, {@code [a-z]}. */
final class Wildcard {
  private Wildcard() {}

  /** Whether a text fits a pattern. The time it takes is bounded by the product of both lengths. */
  static boolean matches(String pattern, String text) {
    int p = 0;
    int t = 0;
    int star = -1;
    int from = 0;
    while (t < text.length()) {
      int next = p < pattern.length() && pattern.charAt(p) != '*' ? one(pattern, p, text.charAt(t)) : -1;
      if (next > 0) {
        p = next;
        t++;
      } else if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        from = t;
      } else if (star >= 0) {
        p = star + 1;
        t = ++from;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /** Where the pattern goes on behind what the character fits; −1 if it does not fit. */
  private static int one(String pattern, int at, char c) {
    char first = pattern.charAt(at);
    if (first == '?') {
      return at + 1;
    }
    int close = first == '[' ? pattern.indexOf(']', at + 2) : -1;
    if (close < 0) {
      return first == c ? at + 1 : -1;
    }
    boolean negated = pattern.charAt(at + 1) == '!';
    boolean in = false;
    int i = at + (negated ? 2 : 1);
    while (i < close) {
      boolean range = i + 2 < close && pattern.charAt(i + 1) == '-';
      char last = pattern.charAt(range ? i + 2 : i);
      in |= c >= pattern.charAt(i) && c <= last;
      i += range ? 3 : 1;
    }
    return in != negated ? close + 1 : -1;
  }
}
