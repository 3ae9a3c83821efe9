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
import java.util.Collections;
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
 *   <li>{@code GROUP.NAME} for all that devices count, by the names of {@link Devices#metrics}: those of the start, and in rooms that are
 *       kept for them those that are plugged in later;
 *   <li>{@link #CHANGES}, which is odd while a device comes or goes, so that what is described changes, and another number afterwards.
 * </ul>
 */
final class PublishedMachine {
  /** What the file is called, before the machine's number among those of its process. */
  static final String NAME = "portfire-vm-stats:";

  /** When the machine was asked for. */
  static final String REQUESTED = "requested_ns";

  /** The guest's memory. */
  static final String MEMORY = "memory_bytes";

  /** How often descriptions have begun or ended to change. */
  static final String CHANGES = "description_changes";

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
  private static final int CHANGES_CELL = STEPS + 2;
  private static final int OWN = STEPS + 3;

  /** Bytes of a name: that of a group has an identifier of up to 64. */
  private static final int NAME_SIZE = 128;

  private static final int DESCRIPTOR = BinaryStatistics.DESCRIPTOR_SIZE + NAME_SIZE;

  /** Values for which there is room in a device that is plugged in; a network interface has most of them. */
  private static final int ROOM = 32;

  /** A place for the counters of a device, which comes free when the device goes. */
  private static final class Room {
    final int first;
    final int size;
    String group = "";

    Room(int first, int size) {
      this.first = first;
      this.size = size;
    }
  }

  private final Vm vm;
  private final int vcpus;
  private final long requestNanos;

  /** Changed only before the machine runs. */
  private MemorySegment cells = Arena.ofAuto().allocate((long) OWN * Long.BYTES, Long.BYTES);

  /** All of the file; empty if it is not published. */
  private MemorySegment file = MemorySegment.NULL;

  private final List<Room> rooms = new ArrayList<>();

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
   * @param later how many devices can be plugged in later
   */
  void publish(String machine, int number, Map<String, Counters<?>> groups, int later, Resources resources) {
    if (!System.getProperty("os.name").equals("Linux")) {
      return;
    }
    List<Statistic> all = new ArrayList<>();
    for (Step step : Step.values()) {
      all.add(statistic("boot_" + Counters.nameOf(step) + "_ns", Kind.INSTANT, Unit.SECONDS, all.size()));
    }
    all.add(statistic(REQUESTED, Kind.INSTANT, Unit.SECONDS, all.size()));
    all.add(statistic(MEMORY, Kind.INSTANT, Unit.BYTES, all.size()));
    all.add(statistic(CHANGES, Kind.INSTANT, Unit.NONE, all.size()));
    groups.forEach((group, counters) -> {
      Room room = new Room(all.size(), counters.names().size());
      rooms.add(room);
      all.addAll(statistics(group, counters, room));
    });
    int described = BinaryStatistics.HEADER_SIZE + NAME_SIZE + all.size() * DESCRIPTOR;
    for (int i = 0; i < later; i++) {
      rooms.add(new Room(all.size(), ROOM));
      all.addAll(Collections.nCopies(ROOM, new Statistic("", Kind.CUMULATIVE, Unit.NONE, 10, 0, 0, 0, 0)));
    }
    byte[] description = BinaryStatistics.write(machine, NAME_SIZE, all);
    long length = description.length + (long) all.size() * Long.BYTES;
    try {
      Descriptor descriptor = resources.add(
          Descriptor.of(SystemCalls.memfdCreate(NAME + number, SystemCalls.MFD_CLOEXEC, length)));
      file = descriptor.mapWhileUsed(length);
      // What follows is zeros: pages that are not written to take no memory.
      MemorySegment.copy(description, 0, file, JAVA_BYTE, 0, described);
      cells = file.asSlice(description.length, cells.byteSize()).copyFrom(cells);
      int next = 0;
      for (Map.Entry<String, Counters<?>> entry : groups.entrySet()) {
        Room room = rooms.get(next++);
        room.group = entry.getKey();
        entry.getValue().keepIn(values(room));
      }
    } catch (SystemCallException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "boot and devices are not published: {0}", e.getMessage());
    }
  }

  private static List<Statistic> statistics(String group, Counters<?> counters, Room room) {
    List<Statistic> all = new ArrayList<>();
    for (String name : counters.names()) {
      all.add(statistic(group + "." + name, Kind.CUMULATIVE, Unit.NONE, room.first + all.size()));
    }
    return all;
  }

  /**
   * A device is about to be plugged in: what it counts is published from now on, if there is room.
   *
   * @param counters nobody has them yet but the caller
   */
  synchronized void plugged(String group, Counters<?> counters) {
    int size = counters.names().size();
    for (Room room : rooms) {
      if (room.group.isEmpty() && room.size >= size && isPublished()) {
        byte[] description = BinaryStatistics.write("", NAME_SIZE, statistics(group, counters, room));
        beginOrEndChange();
        room.group = group;
        values(room).fill((byte) 0);
        counters.keepIn(values(room));
        MemorySegment.copy(
            description, BinaryStatistics.HEADER_SIZE + NAME_SIZE, file, JAVA_BYTE, descriptors(room), size * DESCRIPTOR);
        beginOrEndChange();
        return;
      }
    }
  }

  /** A device was taken away: what it has counted is not told any more. */
  synchronized void unplugged(String group) {
    for (Room room : rooms) {
      if (room.group.equals(group)) {
        beginOrEndChange();
        room.group = "";
        file.asSlice(descriptors(room), (long) room.size * DESCRIPTOR).fill((byte) 0);
        beginOrEndChange();
      }
    }
  }

  private boolean isPublished() {
    return file.byteSize() > 0;
  }

  private static long descriptors(Room room) {
    return BinaryStatistics.HEADER_SIZE + NAME_SIZE + (long) room.first * DESCRIPTOR;
  }

  private MemorySegment values(Room room) {
    long end = file.byteSize();
    int all = rooms.getLast().first + rooms.getLast().size;
    return file.asSlice(end - place(all - room.first), place(room.size));
  }

  /** Others see this before and after all that is written between two calls. */
  private void beginOrEndChange() {
    long unused = (long) CELL.getAndAdd(cells, place(CHANGES_CELL), 1L);
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
