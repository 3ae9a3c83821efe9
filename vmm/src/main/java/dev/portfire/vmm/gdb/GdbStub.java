package dev.portfire.vmm.gdb;

import dev.portfire.machine.GuestDebug;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.X86State;
import dev.portfire.vmm.gdb.GdbTarget.Action;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a client of the remote serial protocol asks, and the answers (GDB's manual, appendix E). A thread is a vCPU, its number
 * one more. All stop and go together unless the client says otherwise.
 *
 * <p>One for each connection; its methods are called by one thread.
 */
final class GdbStub {
  /**
   * The answer to a packet.
   *
   * @param reply what to send, if anything
   * @param last whether the client has no more to say
   */
  record Answer(Optional<String> reply, boolean last) {
    static final Answer NONE = new Answer(Optional.empty(), false);

    static Answer of(String reply) {
      return new Answer(Optional.of(reply), false);
    }
  }

  private static final String OK = "OK";
  private static final String UNKNOWN = "";
  private static final String BAD_REQUEST = "E16"; // EINVAL, in hexadecimal
  private static final String BAD_ADDRESS = "E0e"; // EFAULT
  private static final String TOO_MANY = "E1c"; // ENOSPC
  private static final String INTERRUPTED = "T02";
  private static final String TRAPPED = "T05";
  private static final int INT3 = 0xcc;
  private static final int MOST_BYTES = GdbChannel.LIMIT / 2;

  /** A byte that was replaced by INT3. */
  private static final class Patch {
    private final int original;
    private int users = 1;

    Patch(int original) {
      this.original = original;
    }
  }

  private final GdbTarget target;
  private final GuestMemory memory;

  /** Where breakpoints were asked for: guest-physical by linear address. */
  private final Map<Long, Long> breakpoints = new HashMap<>();

  /** By guest-physical address. */
  private final TreeMap<Long, Patch> patches = new TreeMap<>();

  private final List<Long> addresses = new ArrayList<>();
  private List<Action> actions;
  private boolean running;
  private int stopped;
  private int selected;
  private int selectedToGo = -1;
  private String lastStop = TRAPPED;

  /** A client of a machine whose vCPUs have stopped. */
  GdbStub(GdbTarget target) {
    this.target = target;
    this.memory = target.memory();
    this.actions = Collections.nCopies(target.vcpus(), Action.CONTINUE);
  }

  /** Whether the client waits for the machine to stop. */
  boolean isRunning() {
    return running;
  }

  // ---- stopping

  private String stopReply() {
    return lastStop + "thread:%x;".formatted(stopped + 1);
  }

  /**
   * A vCPU has stopped.
   *
   * @return what the client is told; nothing if it was the guest's own affair and it goes on, or if the client knows already
   *     that the machine has stopped
   */
  Optional<String> stopped(int vcpu, GuestDebug.Cause cause) {
    if (!running) {
      return Optional.empty();
    }
    target.stopAll();
    if (cause == GuestDebug.Cause.BREAKPOINT && !breakpoints.containsKey(linear(target.state(vcpu)))) {
      target.raiseBreakpoint(vcpu);
      target.resume(actions, wish());
      return Optional.empty();
    }
    running = false;
    stopped = vcpu;
    selected = vcpu;
    lastStop = switch (cause) {
      case STEP -> TRAPPED;
      case BREAKPOINT -> TRAPPED + "swbreak:;";
      case ADDRESS -> TRAPPED + "hwbreak:;";
    };
    return Optional.of(stopReply());
  }

  /** The user wants the machine to stop: GDB's Ctrl-C. */
  Optional<String> interrupt() {
    if (!running) {
      return Optional.empty();
    }
    target.stopAll();
    running = false;
    stopped = 0;
    selected = 0;
    lastStop = INTERRUPTED;
    return Optional.of(stopReply());
  }

  /** The client is gone, or does not want to debug any more: the machine goes on as if there had been none. */
  void detach() {
    target.stopAll();
    new ArrayList<>(breakpoints.keySet()).forEach(this::removeBreakpoint);
    addresses.clear();
    running = true;
    target.resume(Collections.nCopies(target.vcpus(), Action.CONTINUE), GuestDebug.NONE);
  }

  private static long linear(X86State state) {
    return state.rip() + ((state.control().efer() & 0x400) == 0 ? state.segments()[X86State.CS].base() : 0);
  }

  // ---- packets

  /** Answers a packet; only while the machine has stopped. */
  Answer handle(String packet) {
    if (packet.isEmpty()) {
      return Answer.of(UNKNOWN);
    }
    String rest = packet.substring(1);
    try {
      return switch (packet.charAt(0)) {
        case '?' -> Answer.of(stopReply());
        case 'g' -> Answer.of(hex(GdbRegisters.read(target.state(selected))));
        case 'G' -> Answer.of(writeAll(rest));
        case 'p' -> Answer.of(readRegister(rest));
        case 'P' -> Answer.of(writeRegister(rest));
        case 'm' -> Answer.of(readMemory(rest));
        case 'M' -> Answer.of(writeMemory(rest, data -> HexFormat.of().parseHex(data)));
        case 'X' -> Answer.of(writeMemory(rest, GdbStub::unescape));
        case 'Z' -> Answer.of(breakpoint(rest, true));
        case 'z' -> Answer.of(breakpoint(rest, false));
        case 'H' -> Answer.of(select(rest));
        case 'T' -> Answer.of(isThread(Long.parseUnsignedLong(rest, 16)) ? OK : BAD_REQUEST);
        case 'q' -> Answer.of(query(rest));
        case 'Q' -> Answer.of(packet.equals(GdbChannel.NO_ACKNOWLEDGEMENTS) ? OK : UNKNOWN);
        case 'c', 's', 'C', 'S' -> goOn(packet);
        case 'v' -> verbose(rest);
        case 'D' -> {
          detach();
          yield new Answer(Optional.of(OK), true);
        }
        case 'k' -> {
          target.kill();
          yield new Answer(Optional.empty(), true);
        }
        default -> Answer.of(UNKNOWN);
      };
    } catch (IllegalArgumentException e) {
      // Numbers that are none, above all.
      return Answer.of(BAD_REQUEST);
    }
  }

  private boolean isThread(long number) {
    return number >= 1 && number <= target.vcpus();
  }

  /** The vCPU of a thread's number; −1 for all of them, or any. */
  private int vcpu(String thread) {
    if (thread.equals("-1") || thread.equals("0")) {
      return -1;
    }
    long number = Long.parseUnsignedLong(thread, 16);
    if (!isThread(number)) {
      throw new IllegalArgumentException("no thread " + thread);
    }
    return (int) number - 1;
  }

  private String select(String what) {
    if (what.isEmpty()) {
      return BAD_REQUEST;
    }
    int vcpu = vcpu(what.substring(1));
    if (what.charAt(0) == 'g') {
      selected = vcpu < 0 ? stopped : vcpu;
    } else {
      selectedToGo = vcpu;
    }
    return OK;
  }

  private String query(String what) {
    if (what.startsWith("Supported")) {
      return "PacketSize=%x;qXfer:features:read+;QStartNoAckMode+;vContSupported+;swbreak+;hwbreak+"
          .formatted(GdbChannel.LIMIT);
    }
    if (what.startsWith("Xfer:features:read:target.xml:")) {
      return piece(GdbRegisters.DESCRIPTION, what.substring("Xfer:features:read:target.xml:".length()));
    }
    if (what.startsWith("ThreadExtraInfo,")) {
      int vcpu = vcpu(what.substring("ThreadExtraInfo,".length()));
      return vcpu < 0 ? BAD_REQUEST : hex(describe(vcpu).getBytes(StandardCharsets.US_ASCII));
    }
    return switch (what) {
      case "fThreadInfo" -> {
        StringBuilder all = new StringBuilder("m");
        for (int k = 0; k < target.vcpus(); k++) {
          all.append(k == 0 ? "" : ",").append(Integer.toHexString(k + 1));
        }
        yield all.toString();
      }
      case "sThreadInfo" -> "l";
      case "C" -> "QC%x".formatted(selected + 1);
      // So that leaving GDB ends the machine, and detaching does not.
      case "Attached" -> "0";
      default -> what.startsWith("Symbol:") ? OK : UNKNOWN;
    };
  }

  private String describe(int vcpu) {
    return "vCPU %d (%s)".formatted(vcpu, switch (target.state(vcpu).runState()) {
      case RUNNING -> "running";
      case HALTED -> "halted";
      case WAIT_FOR_SIPI -> "waiting to be started";
    });
  }

  /** A piece of a document: {@code offset,length}. */
  private static String piece(String document, String range) {
    String[] numbers = range.split(",", 2);
    if (numbers.length != 2) {
      return BAD_REQUEST;
    }
    int offset = Integer.parseUnsignedInt(numbers[0], 16);
    int length = Integer.parseUnsignedInt(numbers[1], 16);
    if (offset < 0 || offset > document.length() || length < 0) {
      return BAD_REQUEST;
    }
    int end = offset + Math.min(Math.min(length, MOST_BYTES), document.length() - offset);
    return (end == document.length() ? "l" : "m") + document.substring(offset, end);
  }

  // ---- going on

  private GuestDebug wish() {
    return new GuestDebug(false, true, addresses);
  }

  private Answer goOn(List<Action> next) {
    actions = List.copyOf(next);
    running = true;
    target.resume(actions, wish());
    return Answer.NONE;
  }

  /** c, s, C and S: of the thread that Hc selected; the others go on with c and stay with s. Signals mean nothing here. */
  private Answer goOn(String packet) {
    boolean signal = packet.charAt(0) == 'C' || packet.charAt(0) == 'S';
    String address = signal ? packet.contains(";") ? packet.substring(packet.indexOf(';') + 1) : "" : packet.substring(1);
    int vcpu = selectedToGo < 0 ? stopped : selectedToGo;
    if (!address.isEmpty()) {
      X86State state = target.state(vcpu);
      byte[] registers = GdbRegisters.read(state);
      byte[] rip = new byte[8];
      long where = Long.parseUnsignedLong(address, 16);
      for (int k = 0; k < 8; k++) {
        rip[k] = (byte) (where >>> 8 * k);
      }
      boolean unused = GdbRegisters.put(registers, 16, rip);
      target.setState(vcpu, GdbRegisters.write(state, registers));
    }
    boolean step = Character.toLowerCase(packet.charAt(0)) == 's';
    List<Action> next = new ArrayList<>(Collections.nCopies(target.vcpus(), step ? Action.STAY : Action.CONTINUE));
    if (step) {
      next.set(vcpu, Action.STEP);
    }
    return goOn(next);
  }

  private Answer verbose(String packet) {
    if (packet.equals("Cont?")) {
      return Answer.of("vCont;c;C;s;S");
    }
    if (packet.startsWith("Cont;")) {
      List<Action> next = new ArrayList<>(Collections.nCopies(target.vcpus(), Action.STAY));
      boolean[] said = new boolean[target.vcpus()];
      for (String part : packet.substring(5).split(";")) {
        int colon = part.indexOf(':');
        int vcpu = colon < 0 ? -1 : vcpu(part.substring(colon + 1));
        Action action = switch (part.isEmpty() ? ' ' : part.charAt(0)) {
          case 'c', 'C' -> Action.CONTINUE;
          case 's', 'S' -> Action.STEP;
          default -> throw new IllegalArgumentException(part);
        };
        for (int k = 0; k < said.length; k++) {
          if (!said[k] && (vcpu < 0 || vcpu == k)) {
            said[k] = true;
            next.set(k, action);
          }
        }
      }
      if (next.stream().allMatch(action -> action == Action.STAY)) {
        return Answer.of(BAD_REQUEST);
      }
      return goOn(next);
    }
    if (packet.startsWith("Kill")) {
      target.kill();
      return new Answer(Optional.of(OK), true);
    }
    return Answer.of(UNKNOWN);
  }

  // ---- registers

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private String readRegister(String number) {
    int register = Integer.parseUnsignedInt(number, 16);
    if (register < 0 || register >= GdbRegisters.count()) {
      return BAD_REQUEST;
    }
    return hex(GdbRegisters.one(GdbRegisters.read(target.state(selected)), register));
  }

  private String writeRegister(String assignment) {
    String[] parts = assignment.split("=", 2);
    int register = Integer.parseUnsignedInt(parts[0], 16);
    if (parts.length != 2 || register < 0 || register >= GdbRegisters.count()) {
      return BAD_REQUEST;
    }
    X86State state = target.state(selected);
    byte[] all = GdbRegisters.read(state);
    return GdbRegisters.put(all, register, HexFormat.of().parseHex(parts[1])) ? write(state, all) : BAD_REQUEST;
  }

  private String writeAll(String values) {
    byte[] bytes = HexFormat.of().parseHex(values);
    return bytes.length == GdbRegisters.length() ? write(target.state(selected), bytes) : BAD_REQUEST;
  }

  private String write(X86State state, byte[] registers) {
    try {
      target.setState(selected, GdbRegisters.write(state, registers));
      return OK;
    } catch (IllegalStateException e) {
      // The back end refuses a combination that no processor has.
      target.setState(selected, state);
      return BAD_REQUEST;
    }
  }

  // ---- memory

  private long physical(long linear) {
    return PageTables.translate(memory, target.state(selected).control(), linear);
  }

  private String readMemory(String range) {
    String[] numbers = range.split(",", 2);
    if (numbers.length != 2) {
      return BAD_REQUEST;
    }
    long at = Long.parseUnsignedLong(numbers[0], 16);
    int length = (int) Math.min(MOST_BYTES, Long.parseUnsignedLong(numbers[1], 16));
    if (length < 0) {
      return BAD_REQUEST;
    }
    X86State.Control control = target.state(selected).control();
    byte[] bytes = new byte[length];
    int done = 0;
    while (done < length) {
      int piece = (int) Math.min(length - done, 4096 - (at + done & 4095));
      long physical = PageTables.translate(memory, control, at + done);
      if (physical < 0 || !memory.contains(physical, piece)) {
        break;
      }
      memory.read(physical, bytes, done, piece);
      for (Map.Entry<Long, Patch> patch : patches.subMap(physical, physical + piece).entrySet()) {
        bytes[done + (int) (patch.getKey() - physical)] = (byte) patch.getValue().original;
      }
      done += piece;
    }
    return done == 0 && length > 0 ? BAD_ADDRESS : hex(Arrays.copyOf(bytes, done));
  }

  /** What follows the colon of a write. */
  @FunctionalInterface
  private interface Coding {
    byte[] decode(String data);
  }

  private static byte[] unescape(String data) {
    byte[] bytes = new byte[data.length()];
    int count = 0;
    for (int i = 0; i < data.length(); i++) {
      char c = data.charAt(i);
      if (c == '}' && i + 1 < data.length()) {
        c = (char) (data.charAt(++i) ^ 0x20);
      }
      bytes[count++] = (byte) c;
    }
    return Arrays.copyOf(bytes, count);
  }

  private String writeMemory(String request, Coding coding) {
    int comma = request.indexOf(',');
    int colon = request.indexOf(':');
    if (comma < 0 || colon < comma) {
      return BAD_REQUEST;
    }
    long at = Long.parseUnsignedLong(request.substring(0, comma), 16);
    byte[] bytes = coding.decode(request.substring(colon + 1));
    if (bytes.length != Long.parseUnsignedLong(request.substring(comma + 1, colon), 16)) {
      return BAD_REQUEST;
    }
    X86State.Control control = target.state(selected).control();
    // First that all can be written: a half-written range helps nobody.
    for (long page = at & -4096; page - at < bytes.length; page += 4096) {
      if (bytes.length > 0 && PageTables.translate(memory, control, Math.max(page, at)) < 0) {
        return BAD_ADDRESS;
      }
    }
    for (int k = 0; k < bytes.length; k++) {
      long physical = PageTables.translate(memory, control, at + k);
      Patch patch = patches.get(physical);
      if (patch == null) {
        memory.writeByte(physical, bytes[k]);
      } else {
        // The breakpoint stays, over what is written.
        Patch next = new Patch(bytes[k] & 0xff);
        next.users = patch.users;
        patches.put(physical, next);
      }
    }
    return OK;
  }

  // ---- breakpoints

  private String breakpoint(String request, boolean insert) {
    String[] parts = request.split(",", 3);
    if (parts.length < 3) {
      return BAD_REQUEST;
    }
    long at = Long.parseUnsignedLong(parts[1], 16);
    return switch (parts[0]) {
      case "0" -> {
        if (insert) {
          yield insertBreakpoint(at);
        }
        removeBreakpoint(at);
        yield OK;
      }
      case "1" -> {
        if (!insert) {
          addresses.remove(at);
        } else if (!addresses.contains(at)) {
          if (addresses.size() == GuestDebug.MAX_ADDRESSES) {
            yield TOO_MANY;
          }
          addresses.add(at);
        }
        yield OK;
      }
      // Watchpoints: GDB steps and looks by itself.
      default -> UNKNOWN;
    };
  }

  private String insertBreakpoint(long linear) {
    if (breakpoints.containsKey(linear)) {
      return OK;
    }
    long physical = physical(linear);
    if (physical < 0) {
      return BAD_ADDRESS;
    }
    Patch known = patches.get(physical);
    if (known != null) {
      known.users++;
    } else {
      patches.put(physical, new Patch(memory.readByte(physical)));
      memory.writeByte(physical, INT3);
    }
    breakpoints.put(linear, physical);
    return OK;
  }

  private void removeBreakpoint(long linear) {
    Long physical = breakpoints.remove(linear);
    if (physical == null) {
      return;
    }
    Patch patch = patches.get(physical);
    if (patch != null && --patch.users == 0) {
      patches.remove(physical);
      // What the guest has written there since is its own.
      if (memory.readByte(physical) == INT3) {
        memory.writeByte(physical, patch.original);
      }
    }
  }
}
