package dev.portfire.vmm;

import dev.portfire.devices.Durations;
import dev.portfire.devices.I8042;
import dev.portfire.devices.Serial16550;
import dev.portfire.machine.IoBus;
import dev.portfire.machine.Vm;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts a machine's accesses to ports and memory-mapped registers, as Firecracker's metrics do. */
final class AccessCounts {
  /** Accesses of one kind. */
  private static final class Kind {
    private final LongAdder count = new LongAdder();
    private final Durations durations = new Durations();

    void add(long nanos) {
      count.increment();
      durations.record(nanos);
    }

    void addTo(Map<String, Long> values, String name) {
      values.put(name, count.sum());
      durations.addTo(values, name + "_agg");
    }
  }

  private final Kind in = new Kind();
  private final Kind out = new Kind();
  private final Kind mmioRead = new Kind();
  private final Kind mmioWrite = new Kind();
  private final LongAdder uartReads = new LongAdder();
  private final LongAdder uartWrites = new LongAdder();
  private final LongAdder keyboardReads = new LongAdder();
  private final LongAdder keyboardWrites = new LongAdder();

  void observe(Vm vm) {
    vm.ports().observe(this::port);
    IoBus.Observer memory = (address, write, nanos) -> (write ? mmioWrite : mmioRead).add(nanos);
    vm.mmio().observe(memory);
  }

  private void port(long address, boolean write, long nanos) {
    (write ? out : in).add(nanos);
    if (address >= Serial16550.COM1 && address < Serial16550.COM1 + Serial16550.LENGTH) {
      (write ? uartWrites : uartReads).increment();
    } else if (address == I8042.DATA_PORT || address == I8042.COMMAND_PORT) {
      (write ? keyboardWrites : keyboardReads).increment();
    }
  }

  /** Puts the groups {@code vcpu}, {@code uart} and {@code i8042}, the first with how often a vCPU's pause was not announced. */
  void addTo(
      Map<String, Map<String, Long>> groups,
      I8042 keyboard,
      Serial16550 serial,
      OutputBuffer output,
      long pausesUntold) {
    Map<String, Long> vcpu = new HashMap<>();
    in.addTo(vcpu, "exit_io_in");
    out.addTo(vcpu, "exit_io_out");
    mmioRead.addTo(vcpu, "exit_mmio_read");
    mmioWrite.addTo(vcpu, "exit_mmio_write");
    vcpu.put("kvmclock_ctrl_fails", pausesUntold);
    groups.put("vcpu", vcpu);
    Map<String, Long> uart = serial.counters().values();
    uart.put("read_count", uartReads.sum());
    uart.put("write_count", uartWrites.sum());
    uart.merge("missed_write_count", output.lost(), Long::sum);
    uart.put("rate_limiter_dropped_bytes", output.overLimit());
    groups.put("uart", uart);
    Map<String, Long> controller = keyboard.counters().values();
    controller.put("read_count", keyboardReads.sum());
    controller.put("write_count", keyboardWrites.sum());
    groups.put("i8042", controller);
  }
}
