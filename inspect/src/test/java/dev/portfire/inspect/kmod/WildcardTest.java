package dev.portfire.inspect.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WildcardTest {
  @Test
  void fitsAsInAShell() {
    assertThat(Wildcard.matches("virtio:d00000001v*", "virtio:d00000001v00001AF4")).isTrue();
    assertThat(Wildcard.matches("pci:v*d*sv*", "pci:v1d2sv3")).isTrue();
    assertThat(Wildcard.matches("*b*c", "abbcbc")).isTrue();
    assertThat(Wildcard.matches("a?c", "abc")).isTrue();
    assertThat(Wildcard.matches("a[0-9b]c", "a7c")).isTrue();
    assertThat(Wildcard.matches("a[!0-9]c", "axc")).isTrue();
    assertThat(Wildcard.matches("a[!0-9]c", "a7c")).isFalse();
    assertThat(Wildcard.matches("a?c", "ac")).isFalse();
    assertThat(Wildcard.matches("abc", "abcd")).isFalse();
    assertThat(Wildcard.matches("", "")).isTrue();
    assertThat(Wildcard.matches("a[b", "a[b")).isTrue();
  }

  @Test
  void manyStarsTakeNoTime() {
    assertThat(Wildcard.matches("*a".repeat(500), "a".repeat(499) + "b".repeat(5000))).isFalse();
  }
}
