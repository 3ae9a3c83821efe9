package dev.portfire.testing.conformance;

import static dev.portfire.testing.asm.Mem.byteAt;
import static dev.portfire.testing.asm.Mem.dwordAt;
import static dev.portfire.testing.asm.Mem.qwordAt;
import static dev.portfire.testing.asm.Mem.wordAt;
import static dev.portfire.testing.asm.Reg.AL;
import static dev.portfire.testing.asm.Reg.AX;
import static dev.portfire.testing.asm.Reg.EAX;
import static dev.portfire.testing.asm.Reg.EBX;
import static dev.portfire.testing.asm.Reg.ECX;
import static dev.portfire.testing.asm.Reg.EDI;
import static dev.portfire.testing.asm.Reg.RAX;
import static dev.portfire.testing.asm.Reg.RBX;

import dev.portfire.machine.DirtyLog;
import dev.portfire.machine.GuestMemory;
import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Condition;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;

/** Memory that the guest cannot write, and the record of what it wrote. */
final class MemoryCases {
  private static final String GROUP = "memory";
  private static final int FIRST = (int) (Layout.FREE / Layout.PAGE);
  private static final int PAGES = 8;
  private static final int ROUNDS = 4000;

  private static final String MAPPED = "KVM maps a page that is read for writing too if it can, and counts it as written";

  // Words in which the guest and the host's thread tell each other how far they are.
  private static final long COPYING = Layout.DATA;
  private static final long WRITTEN = Layout.DATA + 4;

  static final List<Case> CASES = List.of(
      new Case(GROUP, "read-only: reads and executes in place, writes go to the bus", MemoryCases::readOnly),
      new Case(GROUP, "read-only: through page tables that allow writing, and beside other memory", MemoryCases::readOnlyMapped),
      new Case(GROUP, "dirty log: every kind of write, each page once", MemoryCases::dirtyLog),
      new Case(GROUP, "dirty log: a copy taken while the guest writes is complete", MemoryCases::liveCopy));

  private MemoryCases() {}

  private static void readOnly(BareMachine m) {
    Assembler a = m.code();
    m.prepare(memory -> {
      // MOV EAX, 0x1234; RET
      memory.write(Layout.FREE, new byte[] {(byte) 0xb8, 0x34, 0x12, 0, 0, (byte) 0xc3});
      memory.writeLong(Layout.FREE + 0x100, 0x1122_3344_5566_7788L);
      memory.setReadOnly(Layout.FREE, Layout.PAGE);
    });
    a.mov(EBX, Layout.FREE).call(RBX);
    m.report("executed", EAX);
    a.mov(RAX, qwordAt(RBX, 0x100)).mov(byteAt(RBX, 0x101), AL).mov(wordAt(RBX, 0x102), AX);
    a.mov(dwordAt(RBX, 0x104), EAX).mov(qwordAt(RBX, 0x108), RAX).add(dwordAt(RBX, 0x100), 1);
    a.mov(EAX, dwordAt(RBX, 0x100));
    m.report("unchanged", EAX);
    a.mov(EDI, Layout.FREE + 0x200).mov(ECX, 3).mov(AL, 0x5a).repStos(8);
    m.report("counted", ECX);
    m.stop();
    m.expect("executed = 0x1234", "rom write1 +0x101 0x88", "rom write2 +0x102 0x7788", "rom write4 +0x104 0x55667788");
    m.expect("rom write8 +0x108 0x1122334455667788", "rom write4 +0x100 0x55667789", "unchanged = 0x55667788");
    m.expect("rom write1 +0x200 0x5a", "rom write1 +0x201 0x5a", "rom write1 +0x202 0x5a", "counted = 0x0", "stop");
  }

  private static void readOnlyMapped(BareMachine m) {
    Assembler a = m.code();
    m.prepare(memory -> {
      memory.setReadOnly(Layout.FREE + Layout.PAGE, Layout.PAGE);
      memory.writeInt(Layout.FREE + Layout.PAGE + 8, 0x77);
    });
    // Present, writable, accessed, dirty.
    m.setEntry(Layout.PT_WINDOW, 0, Layout.FREE + Layout.PAGE | 0x63);
    m.setEntry(Layout.PT_WINDOW, 1, Layout.FREE | 0x63);
    a.mov(EBX, Layout.WINDOW).mov(EAX, dwordAt(RBX, 8)).mov(dwordAt(RBX, 0x10), EAX).mov(dwordAt(RBX, 0x1010), EAX);
    a.mov(EBX, Layout.FREE).mov(EAX, dwordAt(RBX, 0x10));
    m.report("page before", EAX);
    a.mov(dwordAt(RBX, 0xffc), EAX).mov(dwordAt(RBX, 0x2000), EAX).mov(EAX, dwordAt(RBX, 0x2000));
    m.report("page behind", EAX);
    a.mov(EAX, dwordAt(RBX, 0x1010));
    m.report("not written", EAX);
    m.stop();
    m.expect("rom write4 +0x10 0x77", "page before = 0x77", "page behind = 0x77", "not written = 0x0", "stop");
  }

  private static DirtyLog log(Running running) {
    return running.vm().dirtyLog().orElseThrow(() -> new IllegalStateException("no dirty log"));
  }

  /** Adds a line with the pages of the free area, from 0, and the window's page table that were written. */
  private static void take(Running running) {
    BitSet pages = log(running).takeDirtyPages();
    String free = pages.stream().filter(p -> p >= FIRST && p < FIRST + 16).mapToObj(p -> " " + (p - FIRST)).collect(Collectors.joining());
    running.trace("written:" + free + (pages.get((int) (Layout.PT_WINDOW / Layout.PAGE)) ? " table" : ""));
  }

  private static void dirtyLog(BareMachine m) {
    Assembler a = m.code();
    m.prepare(memory -> memory.writeLong(Layout.PT_WINDOW, Layout.FREE + 5 * Layout.PAGE | 0x3));
    a.mov(EBX, Layout.FREE).mov(dwordAt(RBX, 0x1000), EAX);
    m.host(running -> log(running).start());
    a.mov(byteAt(RBX, 0), AL).add(dwordAt(RBX, 0x2ffc), 1).mov(EAX, dwordAt(RBX, 0x7000));
    // Across pages 3 and 4.
    a.mov(qwordAt(RBX, 0x3ffc), RAX).lock().xadd(dwordAt(RBX, 0x8000), EAX);
    m.host(running -> running.memory().writeByte(Layout.FREE + 6 * Layout.PAGE, 1));
    m.host(MemoryCases::take);
    m.host(MemoryCases::take);
    a.mov(byteAt(RBX, 0), AL).mov(byteAt(RBX, 1), AL);
    a.mov(EDI, Layout.FREE + 9 * Layout.PAGE).mov(ECX, 0x2000).mov(AL, 0).repStos(8);
    m.host(MemoryCases::take);
    // A read through the window sets the entry's accessed bit.
    a.mov(EBX, Layout.WINDOW).mov(EAX, dwordAt(RBX, 0));
    m.host(MemoryCases::take);
    a.mov(dwordAt(RBX, 0), EAX);
    m.host(MemoryCases::take);
    m.host(running -> {
      log(running).stop();
      log(running).start();
    });
    m.host(MemoryCases::take);
    m.stop();
    m.insteadOn(BackEnd.REAL_KVM, MAPPED, "written: 0 2 3 4 6 8", "written: 0 2 3 4 6 7 8");
    m.insteadOn(BackEnd.REAL_KVM, MAPPED, "written: table", "written: 5 table");
    m.expect(
        "written: 0 2 3 4 6 8", "written:", "written: 0 9 10", "written: table", "written: 5 table", "written:",
        "stop");
  }

  /** As live migration does it: pages are copied again and again while they change, and once more at the end. */
  private static void liveCopy(BareMachine m) {
    Assembler a = m.code();
    byte[] copy = new byte[(int) (PAGES * Layout.PAGE)];
    m.host(running -> log(running).start());
    String pages = m.unique("pages");
    String rounds = m.unique("rounds");
    String wait = m.unique("wait");
    a.mov(EAX, 1).label(rounds).mov(EBX, Layout.FREE).mov(ECX, PAGES);
    a.label(pages).mov(dwordAt(RBX, 0x10), EAX).add(RBX, (int) Layout.PAGE).loop(pages);
    a.inc(EAX).cmp(EAX, ROUNDS).j(Condition.NE, rounds);
    a.mov(EBX, WRITTEN).mov(dwordAt(RBX, 0), 1).mov(EBX, COPYING);
    a.label(wait).pause().cmp(dwordAt(RBX, 0), 0).j(Condition.E, wait);
    m.host(running -> {
      copyDirty(running, copy);
      byte[] memory = new byte[copy.length];
      running.memory().read(Layout.FREE, memory, 0, memory.length);
      running.trace(java.util.Arrays.equals(copy, memory) ? "the copy is complete" : "the copy is not complete");
    });
    m.helper(running -> {
      while (!running.ended() && running.memory().readInt(WRITTEN) == 0) {
        if (running.memory().readInt(Layout.FREE + 0x10) != 0) {
          copyDirty(running, copy);
        }
        Thread.onSpinWait();
      }
      running.memory().writeInt(COPYING, 1);
    });
    m.stop();
    m.expect("the copy is complete", "stop");
  }

  private static void copyDirty(Running running, byte[] copy) {
    GuestMemory memory = running.memory();
    BitSet dirty = log(running).takeDirtyPages();
    for (int k = 0; k < PAGES; k++) {
      if (dirty.get(FIRST + k)) {
        memory.read(Layout.FREE + k * Layout.PAGE, copy, (int) (k * Layout.PAGE), (int) Layout.PAGE);
      }
    }
  }
}
