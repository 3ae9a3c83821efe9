package dev.portfire.softcpu;

import dev.portfire.softcpu.irqchip.TimerQueue;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The points of a deterministic machine, and its time; see {@link Determinism}. Belongs to the vCPU's thread. */
final class Points {
  private static final String[] EXCEPTIONS = {
    "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "9", "#TS", "#NP", "#SS", "#GP", "#PF", "15", "#MF", "#AC", "#MC",
    "#XM"
  };

  private final Determinism determinism;
  private final TimerQueue timers = new TimerQueue(this::now);
  private @Nullable Point point;
  private long now;

  Points(Determinism determinism) {
    this.determinism = determinism;
  }

  /** Nanoseconds since the machine was made. */
  long now() {
    return now;
  }

  /** Timers whose callbacks run at points. */
  TimerQueue timers() {
    return timers;
  }

  /**
   * The mnemonic of an instruction behind which there is a point; null for all others. An engine must execute each of these by
   * its operation ({@link #operation}), whatever it can do with it otherwise.
   */
  static @Nullable String name(Instruction i) {
    if (i.form == 0 || i.vex) {
      return null;
    }
    if (i.map == 0) {
      return switch (i.opcode) {
        case 0x90 -> i.rep == Instruction.REP && i.rm == 0 ? "PAUSE" : null;
        case 0xe4, 0xe5, 0xec, 0xed -> "IN";
        case 0xe6, 0xe7, 0xee, 0xef -> "OUT";
        case 0xf4 -> "HLT";
        default -> null;
      };
    }
    if (i.map != 1) {
      return null;
    }
    return switch (i.opcode) {
      case 0x01 -> i.modrm == 0xf9 ? "RDTSCP" : null;
      case 0x20, 0x22 -> "MOV CR";
      case 0x30 -> "WRMSR";
      case 0x31 -> "RDTSC";
      case 0x32 -> "RDMSR";
      case 0xa2 -> "CPUID";
      case 0xc7 -> i.memory || i.rep != Instruction.REP_NONE ? null : switch (i.modrm >> 3 & 7) {
        case 6 -> "RDRAND";
        case 7 -> "RDSEED";
        default -> null;
      };
      default -> null;
    };
  }

  /** What executes an instruction in a deterministic machine. */
  static Op operation(Instruction i) {
    String name = name(i);
    return name == null ? Ops.create(i) : new Behind(i, name);
  }

  /** An instruction with a point behind it; it ends its block, so that what happens there is seen at once. */
  private static final class Behind extends Op {
    private final Op op;
    private final String name;

    Behind(Instruction i, String name) {
      super(i, 0, 0, true);
      this.op = Ops.create(i);
      this.name = name;
    }

    @Override
    void run(Cpu c) {
      op.run(c);
      if (!op.end) {
        c.proceed(this);
      }
      c.point(name);
    }
  }

  /** Behind an instruction; RIP is the next one's. */
  void behind(Cpu c, String name) {
    pass(c, name, 0, 0);
  }

  /** An exception is about to be delivered; RIP is the instruction's that raised it. */
  void fault(Cpu c, GuestFault fault) {
    int vector = fault.vector;
    pass(c, vector < EXCEPTIONS.length ? EXCEPTIONS[vector] : "exception " + vector, fault.errorCode, fault.address);
  }

  private Point point(Cpu c) {
    Point p = point;
    if (p == null) {
      p = new Point(c);
      point = p;
    }
    return p;
  }

  private void pass(Cpu c, String kind, long error, long address) {
    Point p = point(c);
    p.take(kind, error, address);
    determinism.listener().at(p);
    now += determinism.nanosPerPoint();
    timers.runDue();
    c.pollInterrupts();
  }

  /** An interrupt is about to be delivered. */
  void interrupt(Cpu c, int vector) {
    point(c).interrupt(vector, c.rip);
  }

  /**
   * The vCPU is halted: goes on to the time of the next timer.
   *
   * @throws IllegalStateException if nothing can ever wake it
   */
  void idle(Cpu c) {
    OptionalLong next = timers.next();
    if (next.isEmpty() || (c.systemFlags & Cpu.IF) == 0) {
      throw new IllegalStateException(
          "the guest has halted at 0x%x for ever: %s"
              .formatted(c.rip, next.isEmpty() ? "no timer is armed" : "interrupts are off"));
    }
    now = Math.max(now, next.getAsLong());
    timers.runDue();
  }
}
