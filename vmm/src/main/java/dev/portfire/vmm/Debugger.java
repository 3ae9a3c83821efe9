package dev.portfire.vmm;

import dev.portfire.machine.GuestDebug;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Vm;
import dev.portfire.machine.X86State;
import dev.portfire.vmm.gdb.GdbServer;
import dev.portfire.vmm.gdb.GdbTarget;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A machine's side of its debugger: holds its vCPUs and lets them go. */
final class Debugger implements GdbTarget, AutoCloseable {
  private final Path path;
  private final GdbServer server;
  private final Vm vm;
  private final int vcpus;
  private final PauseGate gate;
  private final Runnable end;
  private @Nullable SocketChannel first;

  private Debugger(Path path, GdbServer server, Vm vm, int vcpus, PauseGate gate, Runnable end) {
    this.path = path;
    this.server = server;
    this.vm = vm;
    this.vcpus = vcpus;
    this.gate = gate;
    this.end = end;
  }

  /**
   * Listens for debuggers, and holds the vCPUs of a machine that has not started.
   *
   * @param end ends the machine
   */
  static Debugger listen(Path path, Vm vm, int vcpus, PauseGate gate, Runnable end) throws MicroVmException {
    try {
      GdbServer server = GdbServer.listen(path);
      gate.holdAll();
      return new Debugger(path, server, vm, vcpus, gate, end);
    } catch (IOException | UnsupportedOperationException e) {
      throw new MicroVmException("gdb: cannot listen on %s: %s; remove it if no machine uses it"
          .formatted(path, e.getMessage()), e);
    }
  }

  /** Waits for the first debugger. */
  void awaitClient() throws MicroVmException {
    try {
      first = server.awaitClient();
    } catch (IOException e) {
      throw new MicroVmException("gdb: %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** Serves the first debugger and others after it. */
  void start() {
    SocketChannel client = first;
    if (client != null) {
      server.start(this, client);
    }
  }

  /** A vCPU stopped for the debugger; on its thread. */
  void stopped(int vcpu) {
    GuestDebug.Cause cause = vm.vcpu(vcpu).debugCause();
    holdAll();
    server.stopped(vcpu, cause);
  }

  private void holdAll() {
    gate.holdAll();
    for (int k = 0; k < vcpus; k++) {
      vm.vcpu(k).kick();
    }
  }

  @Override
  public int vcpus() {
    return vcpus;
  }

  @Override
  public GuestMemory memory() {
    return vm.memory();
  }

  @Override
  public X86State state(int vcpu) {
    return vm.vcpu(vcpu).save();
  }

  @Override
  public void setState(int vcpu, X86State state) {
    vm.vcpu(vcpu).restore(state);
  }

  @Override
  public void raiseBreakpoint(int vcpu) {
    vm.vcpu(vcpu).raiseBreakpoint();
  }

  @Override
  public void resume(List<Action> actions, GuestDebug wish) {
    for (int k = 0; k < vcpus; k++) {
      vm.vcpu(k).debug(
          actions.get(k) == Action.STEP ? new GuestDebug(true, wish.breakpoints(), wish.addresses()) : wish);
    }
    for (int k = 0; k < vcpus; k++) {
      if (actions.get(k) != Action.STAY) {
        gate.release(k);
      }
    }
  }

  @Override
  public void stopAll() {
    holdAll();
    try {
      gate.awaitWaiting();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void kill() {
    end.run();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
