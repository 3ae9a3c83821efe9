package dev.portfire.machine;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** One virtual CPU. It is run by one thread at a time; {@link #kick()} may be called from any thread. */
public interface Vcpu {
  /** Why {@link #run()} returned. */
  enum Stop {
    /** {@link #kick()} was called. */
    KICKED,
    /** The guest shut itself down with a triple fault. */
    TRIPLE_FAULT,
    /** There is something that {@link #debug} asked for; {@link #debugCause} says what. */
    DEBUG
  }

  /** Zero-based number; the local APIC id. */
  int index();

  /**
   * Runs guest code until there is a reason to stop. Port and memory-mapped accesses go to the machine's buses in place;
   * a halted CPU waits inside.
   *
   * @throws IllegalStateException if the back end fails; the message names the exit and its raw data
   */
  Stop run();

  /** Makes the current or the next {@link #run()} return {@link Stop#KICKED} soon. */
  void kick();

  /**
   * Tells the guest that time passes in which it does not run, so that what watches over it (Linux's soft lockup detector) does
   * not take that for its own standing still; only while the CPU is not running.
   *
   * @return false if that was not possible, mostly since the guest has not set up a clock that could tell
   */
  default boolean announcePause() {
    return true;
  }

  /** The architectural state; only while the CPU is not running. */
  X86State save();

  /** Replaces the architectural state; only while the CPU is not running. */
  void restore(X86State state);

  /** What CPUID answers, where that does not change while the guest runs. */
  List<CpuidLeaf> cpuid();

  /** The model-specific registers that can be read, and their values; only while the CPU is not running. */
  Map<Integer, Long> msrs();

  /** Says what a debugger wants from now on; only while the CPU is not running. */
  void debug(GuestDebug wish);

  /** Why {@link #run()} last returned {@link Stop#DEBUG}; only while the CPU is not running. */
  GuestDebug.Cause debugCause();

  /**
   * Lets the guest have the exception of the INT3 at the instruction pointer, at the next {@link #run()}; only while the CPU is
   * not running.
   */
  void raiseBreakpoint();

  /** Counts and times of exits; may be read at any time. */
  ExitStats exits();

  /** Guest instructions executed so far, or −1 if the back end cannot count them. May be read at any time. */
  long instructions();

  /**
   * Asks where the guest is; {@link #takeLocation} has the answer when guest code next comes to a jump, if the back end can
   * tell. From any thread.
   */
  default void locate() {}

  /** The linear address to which {@link #locate} was answered since this was last called; 0 if it was not. */
  default long takeLocation() {
    return 0;
  }

  /**
   * How often an engine that executes guest code as the host's had a single instruction interpreted, by a name of the
   * operation; what is emitted completely is absent. May be read at any time.
   */
  default Map<String, Long> fallbacks() {
    return Map.of();
  }

  /**
   * When guest code ran at CPL 3 for the first time, by {@link System#nanoTime()}; empty before that, and for a back end
   * that does not see it. May be read at any time.
   */
  default OptionalLong userModeNanos() {
    return OptionalLong.empty();
  }
}
