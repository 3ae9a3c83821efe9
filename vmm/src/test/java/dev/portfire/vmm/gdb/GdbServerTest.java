package dev.portfire.vmm.gdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.GuestDebug;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.X86State;
import dev.portfire.vmm.gdb.GdbTarget.Action;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol, spoken by hand to a machine that is none. */
class GdbServerTest {
  private static final long PML4 = 0x8000;

  private final FakeTarget target = new FakeTarget();
  private final GdbStub stub = new GdbStub(target);

  /** Two vCPUs with the first 2 MiB of memory at 0 and, in small pages of which the second is absent, from 0xffff800000000000. */
  private static final class FakeTarget implements GdbTarget {
    private final GuestMemory memory = GuestMemory.allocate(4 << 20);
    private final X86State[] states = new X86State[2];
    private final List<String> log = new ArrayList<>();
    private final LinkedBlockingQueue<String> resumed = new LinkedBlockingQueue<>();
    private GuestDebug wish = GuestDebug.NONE;

    FakeTarget() {
      memory.writeLong(PML4, PML4 + 0x1003);
      memory.writeLong(PML4 + 0x1000, PML4 + 0x2003);
      memory.writeLong(PML4 + 0x2000, 0x83);
      memory.writeLong(PML4 + 256 * 8, PML4 + 0x3003);
      memory.writeLong(PML4 + 0x3000, PML4 + 0x4003);
      memory.writeLong(PML4 + 0x4000, PML4 + 0x5003);
      memory.writeLong(PML4 + 0x5000, 0x10_0003);
      memory.writeLong(PML4 + 0x5010, 0x10_2003);
      X86State.Segment[] segments = new X86State.Segment[8];
      Arrays.fill(segments, new X86State.Segment(0x10, 0, -1, 0xc093));
      segments[X86State.CS] = new X86State.Segment(8, 0, -1, 0xa09b);
      long[] general = new long[16];
      for (int k = 0; k < 16; k++) {
        general[k] = 0x1111_1111_1111_1111L * k;
      }
      for (int k = 0; k < 2; k++) {
        states[k] = new X86State(
            general,
            0x1000 + k,
            2,
            segments,
            new X86State.Table(0, 0),
            new X86State.Table(0, 0),
            new X86State.Control(0x8000_0001L, 0, PML4, 0x20, 0, 0x500, 1),
            new long[6],
            Map.of(),
            new byte[576],
            k == 0 ? X86State.RunState.RUNNING : X86State.RunState.WAIT_FOR_SIPI);
      }
    }

    @Override
    public int vcpus() {
      return 2;
    }

    @Override
    public GuestMemory memory() {
      return memory;
    }

    @Override
    public X86State state(int vcpu) {
      return states[vcpu];
    }

    @Override
    public void setState(int vcpu, X86State state) {
      states[vcpu] = state;
    }

    @Override
    public void raiseBreakpoint(int vcpu) {
      log.add("raise " + vcpu);
    }

    @Override
    public void resume(List<Action> actions, GuestDebug next) {
      wish = next;
      log.add(actions.toString());
      resumed.add(actions.toString());
    }

    @Override
    public void stopAll() {}

    @Override
    public void kill() {
      log.add("kill");
    }
  }

  @AfterEach
  void close() {
    target.memory.close();
  }

  private String ask(String packet) {
    return stub.handle(packet).reply().orElse("nothing");
  }

  @Test
  void threadsAreVcpus() {
    assertThat(ask("?")).isEqualTo("T05thread:1;");
    assertThat(ask("qfThreadInfo")).isEqualTo("m1,2");
    assertThat(ask("qsThreadInfo")).isEqualTo("l");
    assertThat(ask("T2")).isEqualTo("OK");
    assertThat(ask("T3")).isEqualTo("E16");
    assertThat(ask("qThreadExtraInfo,2"))
        .isEqualTo("76435055203120287761697469" + "6e6720746f206265207374617274656429"); // vCPU 1 (waiting to be started)
    assertThat(ask("Hg2")).isEqualTo("OK");
    assertThat(ask("p10")).as("rip").isEqualTo("0110000000000000");
    assertThat(ask("Hg3")).isEqualTo("E16");
  }

  @Test
  void registersAreReadAndWritten() {
    assertThat(ask("p1")).as("rbx is number 3 of the encoding").isEqualTo("3333333333333333");
    assertThat(ask("P10=8877665544332211")).isEqualTo("OK");
    assertThat(target.states[0].rip()).isEqualTo(0x1122_3344_5566_7788L);
    assertThat(ask("P28=000102030405060708090a0b0c0d0e0f")).as("xmm0").isEqualTo("OK");
    assertThat(target.states[0].xsave()[160 + 15]).isEqualTo((byte) 15);
    String all = ask("g");
    assertThat(ask("G" + all)).isEqualTo("OK");
    assertThat(ask("g")).isEqualTo(all);
    assertThat(ask("P10=88")).isEqualTo("E16");
    assertThat(ask("p1000")).isEqualTo("E16");
    assertThat(ask("G00")).isEqualTo("E16");
  }

  @Test
  void theDescriptionNamesEachRegister() {
    String first = ask("qXfer:features:read:target.xml:0,100");
    assertThat(first).startsWith("m<?xml").hasSize(257);
    String all = ask("qXfer:features:read:target.xml:0,ffff");
    assertThat(all.split("<reg name")).hasSize(GdbRegisters.count() + 1);
    assertThat(ask("g")).hasSize(2 * GdbRegisters.length());
    assertThat(ask("qXfer:features:read:target.xml:ffffff,10")).isEqualTo("E16");
  }

  @Test
  void memoryIsWhatTheVcpuSees() {
    target.memory.write(0x10_0ffe, new byte[] {1, 2});
    target.memory.write(0x10_2000, new byte[] {3});
    assertThat(ask("mffff800000000ffe,4")).as("up to the absent page").isEqualTo("0102");
    assertThat(ask("mffff800000001000,1")).isEqualTo("E0e");
    assertThat(ask("mffff800000002000,1")).isEqualTo("03");
    assertThat(ask("m0800000000000000,1")).as("not canonical").isEqualTo("E0e");
    assertThat(ask("Mffff800000000ffe,4:0a0b0c0d")).isEqualTo("E0e");
    assertThat(target.memory.readByte(0x10_0ffe)).as("all or nothing").isEqualTo(1);
    assertThat(ask("X100000,2:}\3}\4")).isEqualTo("OK");
    assertThat(target.memory.readShort(0x10_0000)).isEqualTo(0x2423);
  }

  @Test
  void otherPagingModesAreUnderstood() {
    GuestMemory memory = target.memory;
    assertThat(translate(0x1, 0, 0, 0, 0x1234)).as("none").isEqualTo(0x1234);
    memory.writeInt(0x20_0000 + 4, 0x20_1003);
    memory.writeInt(0x20_0000 + 8, 0x0083);
    memory.writeInt(0x20_1000 + 4, 0x30_0003);
    assertThat(translate(0x8000_0001L, 0x20_0000, 0x10, 0, 0x40_1abc)).isEqualTo(0x30_0abc);
    assertThat(translate(0x8000_0001L, 0x20_0000, 0x10, 0, 0x90_1abc)).as("4 MiB").isEqualTo(0x10_1abc);
    memory.writeLong(0x20_2000 + 8, 0x20_3001);
    memory.writeLong(0x20_3000 + 16, 0x20_0083);
    assertThat(translate(0x8000_0001L, 0x20_2000, 0x20, 0, 0x4045_6789)).as("PAE").isEqualTo(0x25_6789);
    memory.writeLong(0x21_0000 + 8, PML4 | 3);
    assertThat(translate(0x8000_0001L, 0x21_0000, 0x1020, 0x500, 1L << 48 | 0x1234)).as("five levels").isEqualTo(0x1234);
    memory.writeLong(PML4 + 0x2008, 0x1000_0000_0083L);
    assertThat(translate(0x8000_0001L, PML4, 0x20, 0x500, 0x20_0000)).as("no memory there").isEqualTo(-1);
  }

  private long translate(long cr0, long cr3, long cr4, long efer, long linear) {
    return PageTables.translate(target.memory, new X86State.Control(cr0, 0, cr3, cr4, 0, efer, 1), linear);
  }

  @Test
  void breakpointsAreNotSeenInMemory() {
    target.memory.write(0x1000, new byte[] {(byte) 0x90, (byte) 0x91});
    assertThat(ask("Z0,1001,1")).isEqualTo("OK");
    assertThat(ask("Z0,1001,1")).isEqualTo("OK");
    assertThat(target.memory.readShort(0x1000)).isEqualTo(0xcc90);
    assertThat(ask("m1000,2")).isEqualTo("9091");
    assertThat(ask("M1000,2:8081")).isEqualTo("OK");
    assertThat(target.memory.readShort(0x1000)).isEqualTo(0xcc80);
    assertThat(ask("z0,1001,1")).isEqualTo("OK");
    assertThat(target.memory.readShort(0x1000)).isEqualTo(0x8180);
    assertThat(ask("Z0,ffff800000001000,1")).isEqualTo("E0e");
    assertThat(ask("Z2,1000,4")).as("GDB steps then").isEmpty();
    for (int k = 0; k < 4; k++) {
      assertThat(ask("Z1,%x,1".formatted(k))).isEqualTo("OK");
    }
    assertThat(ask("Z1,3,1")).isEqualTo("OK");
    assertThat(ask("Z1,4,1")).isEqualTo("E1c");
    assertThat(ask("z1,0,1")).isEqualTo("OK");
    assertThat(ask("c")).isEqualTo("nothing");
    assertThat(target.wish).isEqualTo(new GuestDebug(false, true, List.of(1L, 2L, 3L)));
  }

  @Test
  void theGuestsOwnBreakpointsAreItsOwn() {
    assertThat(ask("Z0,1001,1")).isEqualTo("OK");
    assertThat(ask("c")).isEqualTo("nothing");
    assertThat(stub.stopped(0, GuestDebug.Cause.BREAKPOINT)).isEmpty();
    assertThat(target.log).containsExactly("[CONTINUE, CONTINUE]", "raise 0", "[CONTINUE, CONTINUE]");
    assertThat(stub.stopped(1, GuestDebug.Cause.BREAKPOINT)).contains("T05swbreak:;thread:2;");
    assertThat(stub.stopped(0, GuestDebug.Cause.ADDRESS)).as("it knows already").isEmpty();
    assertThat(ask("qC")).isEqualTo("QC2");
  }

  @Test
  void eachThreadDoesWhatItIsTold() {
    assertThat(ask("vCont?")).isEqualTo("vCont;c;C;s;S");
    assertThat(ask("vCont;s:2;c")).isEqualTo("nothing");
    assertThat(stub.stopped(1, GuestDebug.Cause.STEP)).contains("T05thread:2;");
    assertThat(ask("vCont;s:1")).isEqualTo("nothing");
    assertThat(stub.interrupt()).contains("T02thread:1;");
    assertThat(stub.interrupt()).isEmpty();
    assertThat(ask("vCont;c:3")).isEqualTo("E16");
    assertThat(ask("vCont;x:1")).isEqualTo("E16");
    assertThat(ask("s1234")).isEqualTo("nothing");
    assertThat(target.states[0].rip()).isEqualTo(0x1234);
    assertThat(target.log).containsExactly("[CONTINUE, STEP]", "[STEP, STAY]", "[STEP, STAY]");
  }

  @Test
  void anyPacketIsAnswered() {
    SplittableRandom random = new SplittableRandom(1);
    String[] starts = {
      "?", "g", "G", "p", "P", "m", "M", "X", "Z0,", "Z1,", "z0,", "H", "T", "q", "qXfer:features:read:target.xml:", "vCont;s",
      "vCont;", "qThreadExtraInfo,", "c", "S05;", "Q", "v", "!"
    };
    for (int k = 0; k < 20_000; k++) {
      StringBuilder packet = new StringBuilder(starts[random.nextInt(starts.length)]);
      for (int length = random.nextInt(12); length > 0; length--) {
        packet.append(random.nextInt(4) == 0 ? (char) random.nextInt(256) : "0123456789abcdef,,::;=-".charAt(random.nextInt(23)));
      }
      assertThat(stub.handle(packet.toString()).last()).as(packet.toString()).isFalse();
      if (stub.isRunning()) {
        assertThat(stub.interrupt()).isPresent();
      }
    }
  }

  private static String exchange(SocketChannel socket, String sent, int expected) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(sent.getBytes(StandardCharsets.ISO_8859_1));
    while (out.hasRemaining()) {
      int unused = socket.write(out);
    }
    ByteBuffer in = ByteBuffer.allocate(expected);
    while (in.hasRemaining() && socket.read(in) >= 0) {
      // All of it.
    }
    return new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
  }

  private String resumed() throws InterruptedException {
    return String.valueOf(target.resumed.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void oneClientFollowsTheOther(@TempDir Path directory) throws Exception {
    Path path = directory.resolve("gdb.sock");
    String goesOn = "[CONTINUE, CONTINUE]";
    try (GdbServer server = GdbServer.listen(path)) {
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
        server.start(target, server.awaitClient());
        assertThat(exchange(client, "noise+$?#00", 1)).as("a wrong sum").isEqualTo("-");
        assertThat(exchange(client, "$?#3f", 17)).isEqualTo("+$T05thread:1;#d7");
        assertThat(exchange(client, "-", 16)).as("again").isEqualTo("$T05thread:1;#d7");
        assertThat(exchange(client, "$QStartNoAckMode#b0", 7)).isEqualTo("+$OK#9a");
        assertThat(exchange(client, "$c#63", 0)).isEmpty();
        assertThat(resumed()).isEqualTo(goesOn);
        assertThat(exchange(client, "\3", 16)).isEqualTo("$T02thread:1;#d4");
        assertThat(exchange(client, "$D#44", 6)).isEqualTo("$OK#9a");
        assertThat(resumed()).isEqualTo(goesOn);
      }
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
        assertThat(exchange(client, "$Z0,1000,1#d4", 7)).isEqualTo("+$OK#9a");
        assertThat(target.memory.readByte(0x1000)).isEqualTo(0xcc);
      }
      assertThat(resumed()).as("it went away without a word").isEqualTo(goesOn);
      assertThat(target.memory.readByte(0x1000)).isZero();
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
        assertThat(exchange(client, "$" + "x".repeat(GdbChannel.LIMIT + 1), 1)).as("too long").isEmpty();
      }
      assertThat(resumed()).isEqualTo(goesOn);
    }
    assertThat(path).doesNotExist();
  }
}
