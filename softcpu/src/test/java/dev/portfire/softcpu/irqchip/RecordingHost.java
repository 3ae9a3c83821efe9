package dev.portfire.softcpu.irqchip;

import java.util.ArrayList;
import java.util.List;

/** A CPU that writes down what its local APIC tells it. */
final class RecordingHost implements ApicHost {
  final List<String> events = new ArrayList<>();

  @Override
  public void interruptRaised() {
    events.add("raised");
  }

  @Override
  public void nmi() {
    events.add("nmi");
  }

  @Override
  public void init() {
    events.add("init");
  }

  @Override
  public void startUp(int vector) {
    events.add("sipi %02x".formatted(vector));
  }
}
