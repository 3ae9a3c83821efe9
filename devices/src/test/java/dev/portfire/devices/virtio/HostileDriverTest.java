package dev.portfire.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.devices.FakeTimers;
import dev.portfire.devices.RateLimiter;
import dev.portfire.devices.Rounds;
import dev.portfire.devices.virtio.FakeDriver.Part;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Drivers that do anything at all: whatever they write, the host sees no exception, and after a reset the device works.
 */
class HostileDriverTest {
  private static final int STEPS = 400;
  private static final int[] REGISTERS = {
    0x00, 0x10, 0x14, 0x20, 0x24, 0x30, 0x34, 0x38, 0x44, 0x50, 0x60, 0x64, 0x70, 0x80, 0x84, 0x90, 0x94, 0xa0, 0xa4,
    0xfc, 0x100, 0x104, 0xfff
  };

  private static void rounds(Supplier<VirtioDevice> device) {
    Rounds.run(150, random -> round(device.get(), random));
  }

  private static void round(VirtioDevice device, SplittableRandom random) {
    FakeDriver driver = new FakeDriver(device, 16);
    driver.start();
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(10)) {
        case 0 -> driver.write(REGISTERS[random.nextInt(REGISTERS.length)], value(random));
        case 1 -> {
          int register = REGISTERS[random.nextInt(REGISTERS.length)];
          long unused = driver.transport.read(register, 1 << random.nextInt(4));
        }
        case 2 -> {
          if (driver.read(0x70) != 15 || random.nextInt(20) == 0) {
            driver.write(0x70, 0);
            driver.start(random.nextBoolean() ? VirtioDevice.F_EVENT_IDX : 0);
          }
        }
        case 3 -> {
          // Rings as random bytes, indices included.
          int queue = random.nextInt(device.queueCount());
          driver.memory.writeLong(driver.descriptors(queue) + 8L * random.nextInt(0x600), random.nextLong());
        }
        default -> {
          int queue = random.nextInt(device.queueCount());
          Part[] parts = new Part[1 + random.nextInt(4)];
          for (int i = 0; i < parts.length; i++) {
            parts[i] = part(driver, random);
          }
          int head = driver.add(queue, parts);
          assertThat(head).isBetween(0, 15);
          if (random.nextBoolean()) {
            driver.kick(queue);
          }
        }
      }
    }
    driver.write(0x70, 0);
    driver.start();
    assertThat(driver.read(0x70)).isEqualTo(15);
    driver.memory.close();
  }

  private static int value(SplittableRandom random) {
    return random.nextBoolean() ? random.nextInt(16) : random.nextInt();
  }

  private static Part part(FakeDriver driver, SplittableRandom random) {
    boolean writable = random.nextBoolean();
    return switch (random.nextInt(6)) {
      case 0 -> new Part(random.nextLong(), random.nextInt(), writable);
      case 1 -> new Part(driver.memory.size() - random.nextInt(1024), random.nextInt(2048), writable);
      case 2 -> new Part(random.nextInt(0x10_0000), random.nextInt(1 << 18), false);
      // Valid block request headers, often enough.
      case 3 -> {
        Part header = new Part(0x80_0000 + random.nextInt(64) * 16L, 16, false);
        driver.memory.writeInt(header.address(), random.nextInt(10));
        driver.memory.writeLong(header.address() + 8, random.nextInt(40) - 4);
        yield header;
      }
      default -> new Part(0x90_0000 + random.nextInt(0x1000), random.nextInt(4) * 512, writable);
    };
  }

  @Test
  void entropy() {
    rounds(() -> new VirtioRng(new SplittableRandom(1), RateLimiter.unlimited(new FakeTimers())));
  }

  @Test
  void console() {
    rounds(() -> {
      VirtioConsole console =
          VirtioConsole.builder()
              .console(data -> data.position(data.limit()))
              .channel("slow", data -> data.position(Math.min(data.limit(), data.position() + 10)))
              .build();
      assertThat(console.port(0).offer(new byte[100], 0, 100)).isEqualTo(100);
      console.port(1).closeInput();
      console.resize(80, 25);
      return console;
    });
  }

  @Test
  void block(@TempDir Path directory) throws IOException {
    Path image = Files.write(directory.resolve("disk.img"), new byte[32 * 512]);
    try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      rounds(() -> {
        try {
          return new VirtioBlock(file, false, true, "x", RateLimiter.unlimited(new FakeTimers()), null);
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      });
      assertThat(file.size()).as("no write goes beyond the end").isEqualTo(32 * 512);
    }
  }

  @Test
  void network() {
    rounds(() -> {
      FakeNetwork network = new FakeNetwork();
      RateLimiter unlimited = RateLimiter.unlimited(new FakeTimers());
      for (int k = 0; k < 50; k++) {
        network.frames.add(new byte[k * 1200]);
      }
      return new VirtioNet(network, null, 1500, unlimited, unlimited, null);
    });
  }

  @Test
  void sockets() {
    rounds(() -> new VirtioVsock(3, port -> new FakeStream(), new FakeTimers()));
  }

  @Test
  void balloon() {
    rounds(() -> {
      VirtioBalloon balloon = new VirtioBalloon(9, true, 1, true, true, (address, length) -> {}, new FakeTimers());
      balloon.startHinting(true);
      return balloon;
    });
  }

  @Test
  void persistentMemory() {
    rounds(() ->
        new VirtioPmem(1L << 39, 2 << 20, 2 << 20, () -> {}, RateLimiter.unlimited(new FakeTimers())));
  }

  @Test
  void hotpluggedMemory() {
    rounds(() -> new VirtioMem(1L << 39, 1 << 30, 2 << 20, 128 << 20, (address, length, plugged) -> {}));
  }
}
