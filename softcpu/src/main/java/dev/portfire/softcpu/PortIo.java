package dev.portfire.softcpu;

import dev.portfire.machine.Activity;
import dev.portfire.machine.ExitReason;
import dev.portfire.machine.X86State;

/** IN and OUT. */
final class PortIo {
  private PortIo() {}

  private static int size(Op o) {
    return o.size == 64 ? 32 : o.size;
  }

  /** Checks IOPL and the I/O permission bitmap (SDM volume 1, 19.5). */
  static void check(Cpu c, int port, int bytes) {
    if (c.realMode() || c.cpl <= (c.systemFlags >> 12 & 3)) {
      return;
    }
    long tss = c.segmentBase[X86State.TR];
    long limit = c.segmentLimit[X86State.TR] & 0xffff_ffffL;
    if (limit >= 0x67) {
      long map = c.mmu.systemLoad(tss + 0x66, 2);
      long at = map + (port >> 3);
      if (at + 1 <= limit) {
        int bits = (int) c.mmu.systemLoad(tss + at, 2) >> (port & 7);
        if ((bits & (1 << bytes) - 1) == 0) {
          return;
        }
      }
    }
    throw GuestFault.gp();
  }

  static long read(Cpu c, int port, int bytes) {
    long start = System.nanoTime();
    c.exits().doing(Activity.DEVICES);
    long value = c.vm.ports().read(port, bytes);
    c.exits().doing(Activity.INTERPRETING);
    c.exits().record(ExitReason.IO, System.nanoTime() - start);
    return value;
  }

  static void write(Cpu c, int port, int bytes, long value) {
    long start = System.nanoTime();
    c.exits().doing(Activity.DEVICES);
    c.vm.ports().write(port, bytes, bytes == 4 ? value & 0xffff_ffffL : value & (1L << 8 * bytes) - 1);
    c.exits().doing(Activity.INTERPRETING);
    c.exits().record(ExitReason.IO, System.nanoTime() - start);
  }

  private static void in(Cpu c, Op o, int port) {
    int size = size(o);
    check(c, port, size >> 3);
    c.setRegister(0, size, read(c, port, size >> 3));
    c.proceed(o);
  }

  private static void out(Cpu c, Op o, int port) {
    int size = size(o);
    check(c, port, size >> 3);
    write(c, port, size >> 3, c.r[0]);
    c.proceed(o);
  }

  static void in(Cpu c, Op o) {
    in(c, o, (int) o.imm & 0xff);
  }

  static void out(Cpu c, Op o) {
    out(c, o, (int) o.imm & 0xff);
  }

  static void inDx(Cpu c, Op o) {
    in(c, o, (int) c.r[2] & 0xffff);
  }

  static void outDx(Cpu c, Op o) {
    out(c, o, (int) c.r[2] & 0xffff);
  }
}
