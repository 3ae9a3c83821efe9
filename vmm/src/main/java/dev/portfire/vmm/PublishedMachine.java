package dev.portfire.vmm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.portfire.devices.Counters;
import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import dev.portfire.machine.BinaryStatistics;
import dev.portfire.machine.BinaryStatistics.Kind;
import dev.portfire.machine.BinaryStatistics.Statistic;
import dev.portfire.machine.BinaryStatistics.Unit;
import dev.portfire.machine.Vm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a machine tells other programs of the same user about its boot and about what its devices count: in a nameless file, as {@link
 * PublishedExits} does it for each vCPU. It has
 *
 * <ul>
 *   <li>{@link #REQUESTED}, when the machine was asked for, in nanoseconds since 1970;
 *   <li>for each {@link Step} the nanoseconds from then to the step, and 0 before it;
 *   <li>{@link #MEMORY}, the guest's memory in bytes;
 *   <li>{@code GROUP.NAME} for all that the devices of the start count, by the names of {@link Devices#metrics}. Devices that are plugged in
 *       later are not in it.
 * </ul>
 */
final class PublishedMachine {
  /** What the file is called, before the machine's number among those of its process. */
  static final String NAME = "portfire-vm-stats:";

  /** When the machine was asked for. */
  static final String REQUESTED = "requested_ns";

  /** The guest's memory. */
  static final String MEMORY = "memory_bytes";

  /** How far a boot has come; {@code boot_}, the name in small letters and {@code _ns} is what the file calls it. */
  enum Step {
    /** Memory, vCPUs and interrupt controllers are there. */
    MACHINE,
    /** The devices are there. */
    DEVICES,
    /** Kernel and initial RAM disk are in memory. */
    LOADED,
    /** The vCPUs' threads run. */
    STARTED,
    /** The guest wrote the first byte to its serial port. */
    SERIAL,
    /** A driver of the guest used a virtio device for the first time. */
    DRIVER,
    /** The guest executed its first instruction in user mode, as far as the back end tells. */
    USER,
    /** The guest's init reported by the boot timer. */
    INIT
  }

  private static final System.Logger LOGGER = System.getLogger(PublishedMachine.class.getName());
  private static final VarHandle CELL = JAVA_LONG.varHandle();
  private static final int STEPS = Step.values().length;
  private static final int REQUESTED_CELL = STEPS;
  private static final int MEMORY_CELL = STEPS + 1;
  private static final int OWN = STEPS + 2;

  /** Bytes of a name: that of a group has an identifier of up to 64. */
  private static final int NAME_SIZE = 128;

  private final Vm vm;
  private final int vcpus;
  private final long requestNanos;

  /** Changed only before the machine runs. */
  private MemorySegment cells = Arena.ofAuto().allocate((long) OWN * Long.BYTES, Long.BYTES);

  /** Whether there is nothing more to find out by {@link #guestDid}; not volatile, since it only saves work. */
  private boolean complete;

  PublishedMachine(Vm vm, int vcpus, long requestNanos, long memoryBytes) {
    this.vm = vm;
    this.vcpus = vcpus;
    this.requestNanos = requestNanos;
    set(REQUESTED_CELL, ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()) - (System.nanoTime() - requestNanos));
    set(MEMORY_CELL, memoryBytes);
  }

  /**
   * Publishes it, if the host can do that; otherwise nobody is told. Before the machine runs.
   *
   * @param number the machine's, among those of its process
   * @param groups the devices' counters
   */
  void publish(String machine, int number, Map<String, Counters<?>> groups, Resources resources) {
    if (!System.getProperty("os.name").equals("Linux")) {
      return;
    }
    List<Statistic> all = new ArrayList<>();
    for (Step step : Step.values()) {
      all.add(statistic("boot_" + Counters.nameOf(step) + "_ns", Kind.INSTANT, Unit.SECONDS, all.size()));
    }
    all.add(statistic(REQUESTED, Kind.INSTANT, Unit.SECONDS, all.size()));
    all.add(statistic(MEMORY, Kind.INSTANT, Unit.BYTES, all.size()));
    groups.forEach((group, counters) -> counters.names()
        .forEach(name -> all.add(statistic(group + "." + name, Kind.CUMULATIVE, Unit.NONE, all.size()))));
    byte[] description = BinaryStatistics.write(machine, NAME_SIZE, all);
    long length = description.length + (long) all.size() * Long.BYTES;
    try {
      Descriptor file = resources.add(
          Descriptor.of(SystemCalls.memfdCreate(NAME + number, SystemCalls.MFD_CLOEXEC, length)));
      MemorySegment memory = file.mapWhileUsed(length);
      MemorySegment.copy(description, 0, memory, JAVA_BYTE, 0, description.length);
      cells = memory.asSlice(description.length, cells.byteSize()).copyFrom(cells);
      long next = description.length + cells.byteSize();
      for (Counters<?> counters : groups.values()) {
        counters.keepIn(memory.asSlice(next));
        next += (long) counters.names().size() * Long.BYTES;
      }
    } catch (SystemCallException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "boot and devices are not published: {0}", e.getMessage());
    }
  }

  private static Statistic statistic(String name, Kind kind, Unit unit, int cell) {
    return new Statistic(name, kind, unit, 10, unit == Unit.SECONDS ? -9 : 0, 1, cell * Long.BYTES, 0);
  }

  /** A step is done; only the first time counts. */
  void reach(Step step) {
    reach(step, System.nanoTime());
  }

  private void reach(Step step, long nanos) {
    if (!isReached(step)) {
      set(step.ordinal(), Math.max(1, nanos - requestNanos));
    }
  }

  /**
   * The guest did something that a device of the host has to look at: called often, by vCPUs and by the devices' thread, for what nobody
   * else tells in time.
   */
  void guestDid(Step step) {
    if (complete) {
      return;
    }
    reach(step);
    boolean user = false;
    for (int i = 0; i < vcpus; i++) {
      var nanos = vm.vcpu(i).userModeNanos();
      if (nanos.isPresent()) {
        user = true;
        reach(Step.USER, nanos.getAsLong());
      }
    }
    complete = user && isReached(Step.SERIAL) && isReached(Step.DRIVER);
  }

  private boolean isReached(Step step) {
    return (long) CELL.getOpaque(cells, place(step.ordinal())) != 0;
  }

  private void set(int cell, long value) {
    CELL.setOpaque(cells, place(cell), value);
  }

  private static long place(int cell) {
    return (long) cell * Long.BYTES;
  }
}
