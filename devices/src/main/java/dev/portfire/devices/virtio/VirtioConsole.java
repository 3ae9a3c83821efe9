package dev.portfire.devices.virtio;

import dev.portfire.machine.GuestAddressException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A console device (virtio 1.2, 5.3) with any number of ports: consoles with a window size, and named byte channels
 * between guest programs and the host.
 *
 * <p>Queues: port 0's input and output, control input and output, then input and output of each further port. Control
 * messages to the guest are not queued but derived from flags per port, so that a driver that provokes many costs
 * nothing.
 */
public final class VirtioConsole implements VirtioDevice {
  /** Device type. */
  public static final int TYPE = 3;

  /** The largest number of ports. */
  public static final int MAX_PORTS = 64;

  private static final long F_SIZE = 1;
  private static final long F_MULTIPORT = 2;

  private static final int CONTROL_INPUT = 2;
  private static final int CONTROL_OUTPUT = 3;

  private static final int DEVICE_READY = 0;
  private static final int PORT_ADD = 1;
  private static final int PORT_READY = 3;
  private static final int CONSOLE_PORT = 4;
  private static final int RESIZE = 5;
  private static final int PORT_OPEN = 6;
  private static final int PORT_NAME = 7;

  private static final int CONTROL_HEADER = 8;

  /** Control messages owed to the guest, in the order in which they are sent. */
  private static final int OWE_ADD = 1;

  private static final int OWE_CONSOLE = 2;
  private static final int OWE_RESIZE = 4;
  private static final int OWE_NAME = 8;
  private static final int OWE_OPEN = 16;

  /** Bytes moved in one step; a chain may be larger, or a multiple of gigabytes in a hostile guest. */
  private static final int CHUNK = 1 << 14;

  private static final class PortState {
    private final ConsolePort port;
    private int owed;
    private boolean ready;
    private boolean guestOpen;
    private boolean toldConnected;
    private boolean outputHeld;

    /** How much of the output chain that is next in the queue the sink already took. */
    private long outputTaken;

    PortState(ConsolePort port) {
      this.port = port;
    }
  }

  /** A port to be made. */
  private record Request(String name, boolean console, ConsolePort.Sink sink) {}

  /** Collects the ports of a device. */
  public static final class Builder {
    private final List<Request> requests = new ArrayList<>();

    private Builder() {}

    /** Adds a console: the first one is {@code /dev/hvc0}. */
    public Builder console(ConsolePort.Sink sink) {
      return add(new Request("", true, sink));
    }

    /**
     * Adds a named channel.
     *
     * @param name what {@code /sys/class/virtio-ports/vportNpM/name} says: printable ASCII, 1 to 63 characters
     */
    public Builder channel(String name, ConsolePort.Sink sink) {
      if (!name.matches("[\\x21-\\x7e]{1,63}")) {
        throw new IllegalArgumentException("not a name for a port: " + name);
      }
      return add(new Request(name, false, sink));
    }

    private Builder add(Request request) {
      if (requests.size() == MAX_PORTS) {
        throw new IllegalArgumentException("a console device has at most " + MAX_PORTS + " ports");
      }
      requests.add(request);
      return this;
    }

    /**
     * Makes the device.
     *
     * @throws IllegalArgumentException if there is no port
     */
    public VirtioConsole build() {
      if (requests.isEmpty()) {
        throw new IllegalArgumentException("a console device has at least one port");
      }
      return new VirtioConsole(requests);
    }
  }

  private final List<PortState> states = new ArrayList<>();
  private final boolean multiport;
  private volatile int columns;
  private volatile int rows;
  private final LinkSlot link = new LinkSlot();

  /**
   * One port.
   *
   * @param owed control messages owed to the guest
   * @param flags driver ready, opened by the guest, told that the host is connected: bits 0 to 2
   * @param outputTaken bytes already taken of the output chain in progress
   * @param input bytes that wait for the guest
   */
  public record SavedPort(int owed, int flags, long outputTaken, byte[] input) {}

  /** The device's state. */
  public record ConsoleState(int columns, int rows, List<SavedPort> ports) implements State {}

  private VirtioConsole(List<Request> requests) {
    multiport = requests.size() > 1 || !requests.getFirst().console;
    for (Request request : requests) {
      int index = states.size();
      ConsolePort port = new ConsolePort(index, request.name, request.console, request.sink);
      port.listen(() -> link.schedule(inputQueue(index)), () -> link.schedule(outputQueue(index)));
      states.add(new PortState(port));
    }
  }

  /** Starts to describe a device. */
  public static Builder builder() {
    return new Builder();
  }

  /** The host's end of a port, in the order in which they were added. */
  public ConsolePort port(int index) {
    return states.get(index).port;
  }

  /**
   * Tells the guest the size of the window behind its consoles. Any thread.
   *
   * @param newColumns 0 to 65535
   * @param newRows 0 to 65535
   */
  public void resize(int newColumns, int newRows) {
    columns = newColumns & 0xffff;
    rows = newRows & 0xffff;
    VirtioLink current = link.get();
    if (current != null) {
      current.configChanged();
      if (multiport) {
        sizeChanged = true;
        current.schedule(CONTROL_INPUT);
      }
    }
  }

  /** Set by {@link #resize} on the host's thread, taken on the device's. */
  private volatile boolean sizeChanged;

  private static int inputQueue(int port) {
    return port == 0 ? 0 : 2 + 2 * port;
  }

  private static int outputQueue(int port) {
    return inputQueue(port) + 1;
  }

  private static int portOf(int queue) {
    return queue < 2 ? 0 : queue / 2 - 1;
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public int queueCount() {
    return multiport ? 2 + 2 * states.size() : 2;
  }

  @Override
  public long features() {
    return F_EVENT_IDX | F_SIZE | (multiport ? F_MULTIPORT : 0);
  }

  @Override
  public long readConfig(int offset, int size) {
    byte[] config = new byte[12];
    ByteBuffer.wrap(config)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) columns)
        .putShort((short) rows)
        .putInt(states.size());
    return VirtioDevice.field(config, offset, size);
  }

  @Override
  public void activate(VirtioLink active) {
    link.set(active);
    if ((active.features() & F_MULTIPORT) == 0) {
      // A driver that knows one port only sends no control messages; that port is simply there.
      PortState first = states.getFirst();
      first.ready = true;
      setGuestOpen(first, true);
    }
  }

  @Override
  public void deactivate() {
    VirtioLink current = link.get();
    if (current != null) {
      takeLastOutput(current);
    }
    link.clear();
    for (PortState state : states) {
      state.owed = 0;
      state.ready = false;
      state.toldConnected = false;
      state.outputHeld = false;
      state.outputTaken = 0;
      setGuestOpen(state, false);
    }
  }

  /**
   * Takes what the driver has made available, as far as the sinks have room: Linux resets its devices when it shuts down, right
   * after a program's last words, and does not wait until a port has taken them.
   */
  private void takeLastOutput(VirtioLink current) {
    for (PortState state : states) {
      state.outputHeld = false;
      try {
        output(current, outputQueue(state.port.index()), state);
      } catch (QueueException | GuestAddressException e) {
        // A broken queue holds nothing; it may be why the device stops.
      }
    }
  }

  private static void setGuestOpen(PortState state, boolean open) {
    if (state.guestOpen != open) {
      state.guestOpen = open;
      state.port.sink().guestOpened(open);
    }
  }

  @Override
  public void process(int queue) {
    VirtioLink current = link.get();
    if (current == null) {
      return;
    }
    if (!multiport) {
      if (queue == 0) {
        input(current, queue, states.getFirst());
      } else {
        states.getFirst().outputHeld = false;
        output(current, queue, states.getFirst());
      }
    } else if (queue == CONTROL_OUTPUT) {
      receiveControl(current);
      sendControl(current);
    } else if (queue == CONTROL_INPUT) {
      sendControl(current);
    } else if ((queue & 1) == 0) {
      input(current, queue, states.get(portOf(queue)));
      sendControl(current);
    } else {
      PortState state = states.get(portOf(queue));
      // Either the driver has more, which can wait, or the sink has room again.
      state.outputHeld = false;
      output(current, queue, state);
    }
  }

  /** Moves input of the host into the guest's buffers. */
  private void input(VirtioLink current, int index, PortState state) {
    SplitQueue queue = current.queue(index);
    int budget = SplitQueue.MAX_SIZE;
    // Linux throws away what comes in while no program has the port open.
    while (state.guestOpen && state.port.hasInput()) {
      if (budget-- == 0) {
        current.schedule(index);
        break;
      }
      Chain chain = queue.pop();
      if (chain == null) {
        if (queue.enableNotification()) {
          continue;
        }
        break;
      }
      byte[] bytes = new byte[(int) Math.min(chain.writableLength(), CHUNK)];
      int length = state.port.take(bytes);
      queue.push(chain, chain.write(current.memory(), bytes, 0, length));
    }
    current.signal(queue);
    if (state.toldConnected && !state.port.connected()) {
      state.owed |= OWE_OPEN;
    }
  }

  /** Hands output of the guest to the port's sink. */
  private static void output(VirtioLink current, int index, PortState state) {
    SplitQueue queue = current.queue(index);
    for (int budget = SplitQueue.MAX_SIZE; budget > 0 && !state.outputHeld; budget--) {
      Chain chain = queue.pop();
      if (chain == null) {
        current.signal(queue);
        if (!queue.enableNotification()) {
          return;
        }
        continue;
      }
      if (drain(current, chain, state)) {
        state.outputTaken = 0;
        queue.push(chain, 0);
      } else {
        // The chain stays the driver's next one, and is offered again from where the sink stopped.
        queue.undoPop();
        state.outputHeld = true;
      }
    }
    current.signal(queue);
    if (!state.outputHeld) {
      current.schedule(index);
    }
  }

  /** Offers a chain's data from {@code outputTaken} on; returns whether the sink took all of it. */
  private static boolean drain(VirtioLink current, Chain chain, PortState state) {
    long skip = state.outputTaken;
    for (Chain.Buffer part : chain.buffers()) {
      if (part.writable() || !current.memory().contains(part.address(), part.length())) {
        continue;
      }
      long done = Math.min(skip, part.length());
      skip -= done;
      while (done < part.length()) {
        int length = (int) Math.min(part.length() - done, CHUNK);
        ByteBuffer data = current.memory().slice(part.address() + done, length).asByteBuffer().asReadOnlyBuffer();
        state.port.sink().write(data);
        int taken = length - data.remaining();
        done += taken;
        state.outputTaken += taken;
        if (data.hasRemaining()) {
          return false;
        }
      }
    }
    return true;
  }

  private void receiveControl(VirtioLink current) {
    SplitQueue queue = current.queue(CONTROL_OUTPUT);
    byte[] message = new byte[CONTROL_HEADER];
    for (int budget = SplitQueue.MAX_SIZE; budget > 0; budget--) {
      Chain chain = queue.pop();
      if (chain == null) {
        current.signal(queue);
        if (!queue.enableNotification()) {
          return;
        }
        continue;
      }
      int length;
      try {
        length = chain.read(current.memory(), message);
      } catch (GuestAddressException e) {
        length = 0;
      }
      if (length == CONTROL_HEADER) {
        ByteBuffer fields = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        control(current, fields.getInt(0), fields.getShort(4) & 0xffff, fields.getShort(6) & 0xffff);
      }
      queue.push(chain, 0);
    }
    current.signal(queue);
    current.schedule(CONTROL_OUTPUT);
  }

  private void control(VirtioLink current, int id, int event, int value) {
    if (event == DEVICE_READY) {
      if (value == 1) {
        for (PortState state : states) {
          state.owed |= OWE_ADD;
        }
      }
      return;
    }
    if (Integer.compareUnsigned(id, states.size()) >= 0) {
      return;
    }
    PortState state = states.get(id);
    switch (event) {
      case PORT_READY -> {
        state.ready = value == 1;
        if (state.ready) {
          ConsolePort port = state.port;
          state.owed |= OWE_OPEN;
          state.owed |= port.console() ? OWE_CONSOLE | OWE_RESIZE : 0;
          state.owed |= port.name().isEmpty() ? 0 : OWE_NAME;
          current.schedule(inputQueue(id));
        }
      }
      case PORT_OPEN -> {
        setGuestOpen(state, value == 1);
        if (value == 1) {
          current.schedule(inputQueue(id));
        }
      }
      default -> {}
    }
  }

  /** Sends what is owed, as far as the guest has made room. */
  private void sendControl(VirtioLink current) {
    if (sizeChanged) {
      sizeChanged = false;
      for (PortState state : states) {
        state.owed |= state.ready && state.port.console() ? OWE_RESIZE : 0;
      }
    }
    SplitQueue queue = current.queue(CONTROL_INPUT);
    for (PortState state : states) {
      while (state.owed != 0) {
        int owed = Integer.lowestOneBit(state.owed);
        byte[] message = message(state, owed);
        if (message.length > 0 && !send(current, queue, message)) {
          current.signal(queue);
          return;
        }
        state.owed &= ~owed;
      }
    }
    current.signal(queue);
  }

  private static boolean send(VirtioLink current, SplitQueue queue, byte[] message) {
    Chain chain = queue.pop();
    while (chain == null) {
      if (!queue.enableNotification()) {
        return false;
      }
      chain = queue.pop();
    }
    int written;
    try {
      written = chain.write(current.memory(), message, 0, message.length);
    } catch (GuestAddressException e) {
      written = 0;
    }
    queue.push(chain, written);
    return true;
  }

  /** The message that pays a debt, or nothing if it has become pointless. */
  private byte[] message(PortState state, int owed) {
    int id = state.port.index();
    return switch (owed) {
      case OWE_ADD -> control(id, PORT_ADD, 1, 0).array();
      case OWE_CONSOLE -> control(id, CONSOLE_PORT, 1, 0).array();
      case OWE_RESIZE ->
          columns == 0 || rows == 0
              ? new byte[0]
              : control(id, RESIZE, 0, 4).putShort((short) columns).putShort((short) rows).array();
      case OWE_NAME -> {
        byte[] name = state.port.name().getBytes(StandardCharsets.US_ASCII);
        yield control(id, PORT_NAME, 1, name.length + 1).put(name).array();
      }
      default -> {
        boolean connected = state.port.connected();
        if (connected == state.toldConnected) {
          yield new byte[0];
        }
        state.toldConnected = connected;
        yield control(id, PORT_OPEN, connected ? 1 : 0, 0).array();
      }
    };
  }

  private static ByteBuffer control(int id, int event, int value, int extra) {
    return ByteBuffer.allocate(CONTROL_HEADER + extra)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(id)
        .putShort((short) event)
        .putShort((short) value);
  }

  @Override
  public State save() {
    List<SavedPort> ports = new ArrayList<>();
    for (PortState state : states) {
      int flags = (state.ready ? 1 : 0) | (state.guestOpen ? 2 : 0) | (state.toldConnected ? 4 : 0);
      int owed = state.owed | (sizeChanged && state.ready && state.port.console() ? OWE_RESIZE : 0);
      ports.add(new SavedPort(owed, flags, state.outputTaken, state.port.input()));
    }
    return new ConsoleState(columns, rows, List.copyOf(ports));
  }

  @Override
  public void restore(State state) {
    if (!(state instanceof ConsoleState(int savedColumns, int savedRows, List<SavedPort> ports))
        || ports.size() != states.size()) {
      throw new IllegalArgumentException("not the state of a console device with %d ports".formatted(states.size()));
    }
    columns = savedColumns & 0xffff;
    rows = savedRows & 0xffff;
    sizeChanged = false;
    for (int i = 0; i < ports.size(); i++) {
      SavedPort saved = ports.get(i);
      PortState target = states.get(i);
      target.owed = saved.owed & 31;
      target.ready = (saved.flags & 1) != 0;
      target.toldConnected = (saved.flags & 4) != 0;
      target.outputTaken = saved.outputTaken;
      target.outputHeld = false;
      target.port.restoreInput(Arrays.copyOf(saved.input, saved.input.length));
      setGuestOpen(target, (saved.flags & 2) != 0);
    }
  }
}
