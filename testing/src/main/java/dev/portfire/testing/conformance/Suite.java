package dev.portfire.testing.conformance;

import java.util.List;
import java.util.stream.Stream;

/** All cases. */
public final class Suite {
  private Suite() {}

  /** The cases, in the order of their groups. */
  public static List<Case> cases() {
    return Stream.of(IoCases.CASES, InterruptCases.CASES, ExceptionCases.CASES, PagingCases.CASES, MemoryCases.CASES, SystemCases.CASES, TimerCases.CASES, ModeCases.CASES, SmpCases.CASES, StateCases.CASES).flatMap(List::stream).toList();
  }
}
