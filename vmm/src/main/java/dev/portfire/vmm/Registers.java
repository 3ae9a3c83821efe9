package dev.portfire.vmm;

import dev.portfire.machine.X86State;
import java.util.List;

/** Shows a vCPU's registers as text. */
final class Registers {
  private static final List<String> GENERAL = List.of(
      "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8 ", "r9 ", "r10", "r11", "r12", "r13", "r14", "r15");
  private static final List<String> SEGMENTS = List.of("es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr");

  private Registers() {}

  /** Several lines, the instruction pointer first. */
  static String describe(X86State state) {
    StringBuilder text = new StringBuilder("rip %016x rflags %08x%n".formatted(state.rip(), state.rflags()));
    for (int i = 0; i < GENERAL.size(); i++) {
      text.append(GENERAL.get(i)).append(" %016x".formatted(state.general()[i])).append(i % 4 == 3 ? "\n" : " ");
    }
    X86State.Control control = state.control();
    text.append("cr0 %08x cr2 %016x cr3 %016x cr4 %08x efer %x%n"
        .formatted(control.cr0(), control.cr2(), control.cr3(), control.cr4(), control.efer()));
    for (int i = 0; i < SEGMENTS.size(); i++) {
      X86State.Segment segment = state.segments()[i];
      text.append("%s %04x base %x limit %x access %x%n"
          .formatted(SEGMENTS.get(i), segment.selector(), segment.base(), segment.limit(), segment.access()));
    }
    text.append("gdt %x limit %x idt %x limit %x"
        .formatted(state.gdt().base(), state.gdt().limit(), state.idt().base(), state.idt().limit()));
    return text.toString();
  }
}
