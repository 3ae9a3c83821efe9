package dev.portfire.devices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.IoBus;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Any access to any port leaves the host without an exception, and the state can still be saved. */
class HostileGuestTest {
  @Test
  void randomAccesses() {
    for (long seed = 1; seed <= 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      IoBus ports = new IoBus("pio");
      Serial16550 serial = new Serial16550(new Level(), value -> {});
      I8042 keyboard = new I8042(new Level(), () -> {});
      Rtc rtc = new Rtc(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), 1 << 30, 0);
      ports.attach(Serial16550.COM1, Serial16550.LENGTH, serial);
      ports.attach(Rtc.PORT, Rtc.LENGTH, rtc);
      keyboard.attach(ports);
      long[] addresses = {0x60, 0x64, 0x70, 0x71, 0x71, 0x3f8, 0x3f9, 0x3fa, 0x3fb, 0x3fc, 0x3fd, 0x3fe, 0x3ff};
      for (int step = 0; step < 5000; step++) {
        long address = addresses[random.nextInt(addresses.length)];
        int size = 1 << random.nextInt(3);
        if (random.nextBoolean()) {
          ports.write(address, size, random.nextLong() >>> (64 - 8 * size));
        } else {
          assertThat(ports.read(address, 1)).isBetween(0L, 255L);
        }
        if (random.nextInt(10) == 0) {
          assertThat(serial.enqueue(new byte[10], 0, 10)).isBetween(0, 10);
        }
      }
      serial.restore(serial.save());
      keyboard.restore(keyboard.save());
      rtc.restore(rtc.save());
    }
  }
}
