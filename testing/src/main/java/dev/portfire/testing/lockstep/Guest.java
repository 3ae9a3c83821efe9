package dev.portfire.testing.lockstep;

import dev.portfire.machine.CpuModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What both machines boot, and what is typed at its terminal.
 *
 * @param kernel an image that the default initramfs fits
 * @param initrd an initramfs whose task is a terminal
 * @param disk becomes the first drive of each machine, which gets a copy of its own
 * @param memoryMib guest memory, 64 to 3072
 * @param cpu the processor's model
 * @param seed of all that is random
 * @param nanosPerPoint by how much time advances at each point
 * @param dialogue what is typed when
 */
record Guest(
    Path kernel,
    byte[] initrd,
    Optional<Path> disk,
    int memoryMib,
    CpuModel cpu,
    long seed,
    long nanosPerPoint,
    List<Line> dialogue) {
  static final String PARAMETERS = "console=ttyS0 reboot=k panic=-1 pci=off i8042.noaux i8042.nomux i8042.dumbkbd 8250.nr_uarts=1"
      + " tsc=reliable no_timer_check random.trust_cpu=on cryptomgr.notests mitigations=off";

  /**
   * A step of the dialogue.
   *
   * @param prompt what the terminal must show, behind what it showed for the step before
   * @param input what is typed then; without a newline, none is typed
   */
  record Line(String prompt, String input) {}
}
