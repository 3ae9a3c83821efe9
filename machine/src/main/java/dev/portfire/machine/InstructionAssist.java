package dev.portfire.machine;

/** Executes the instructions that a back end cannot. */
@FunctionalInterface
public interface InstructionAssist extends AutoCloseable {
  /**
   * Executes exactly one instruction, the one at the state's instruction pointer, on the memory and the buses of the machine
   * that the state is from. If the instruction raises a fault, that is delivered: the state is then that of the handler's
   * first instruction. Interrupts are not taken. Called on the thread of the vCPU that the state is from, by several at once
   * if there are several.
   *
   * @return the state after the instruction
   */
  X86State execute(X86State state);

  /** Gives back what it holds; there is nothing unless this is overridden. */
  @Override
  default void close() {}
}
