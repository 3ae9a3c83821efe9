package dev.portfire.inspect.kmod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.inspect.kmod.ModuleInfo.Entry;
import io.airlift.compress.v3.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ModuleFileTest {
  private static final Entry[] ENTRIES = {new Entry("license", "GPL"), new Entry("parm", "a:what a=b does")};

  @TempDir
  Path directory;

  @Test
  void readsBothWidthsAndByteOrders() throws IOException {
    for (boolean wide : new boolean[] {true, false}) {
      for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
        byte[] elf = Modules.elf(wide, order, "license=GPL", "", "parm=a:what a=b does");
        assertThat(ModuleFile.of(elf).info()).containsExactly(ENTRIES);
      }
    }
  }

  @Test
  void readsPackedFiles() throws IOException {
    byte[] elf = Modules.elf("license=GPL", "parm=a:what a=b does");
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(gzip)) {
      out.write(elf);
    }
    ByteArrayOutputStream xz = new ByteArrayOutputStream();
    try (OutputStream out = new XZOutputStream(xz, new LZMA2Options())) {
      out.write(elf);
    }
    ByteArrayOutputStream zstd = new ByteArrayOutputStream();
    try (OutputStream out = new ZstdOutputStream(zstd)) {
      out.write(elf);
    }
    for (byte[] packed : new byte[][] {gzip.toByteArray(), xz.toByteArray(), zstd.toByteArray()}) {
      Path file = Files.write(directory.resolve("m.ko"), packed);
      assertThat(ModuleFile.describe(file)).containsExactly(ENTRIES);
    }
  }

  @Test
  void refusesWhatIsNoModule() {
    assertThatThrownBy(() -> ModuleFile.of(new byte[100])).isInstanceOf(IOException.class).hasMessage("no ELF file");
    byte[] other = Modules.elf("a=b");
    other[64 + 4 + 1] = 'x';
    assertThatThrownBy(() -> ModuleFile.of(other).info()).isInstanceOf(IOException.class).hasMessage("no section .modinfo");
  }

  /** Damage of every kind ends in an answer or an IOException; {@code -Dkmod.seed} and {@code -Dkmod.cases} replay and prolong. */
  @Test
  void damageIsAnErrorOfTheFile() throws IOException {
    long seed = Long.getLong("kmod.seed", System.nanoTime());
    Random random = new Random(seed);
    byte[] xz = xz(Modules.elf("license=GPL", "parm=a:b"));
    for (int k = 0; k < Integer.getInteger("kmod.cases", 10_000); k++) {
      byte[] file = switch (k % 3) {
        case 0 -> Modules.elf(random.nextBoolean(), ByteOrder.LITTLE_ENDIAN, "license=GPL", "parm=a:b");
        case 1 -> SignedModule.signed(Modules.elf("license=GPL"));
        default -> xz.clone();
      };
      for (int n = random.nextInt(4); n >= 0; n--) {
        file[random.nextInt(file.length)] = (byte) random.nextInt();
      }
      Path path = Files.write(
          directory.resolve("m.ko"), random.nextBoolean() ? file : Arrays.copyOf(file, random.nextInt(file.length)));
      try {
        assertThat(ModuleFile.describe(path)).isNotNull();
      } catch (IOException e) {
        assertThat(e.getMessage()).as("seed " + seed).isNotBlank();
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", case " + k, e);
      }
    }
  }

  private static byte[] xz(byte[] elf) throws IOException {
    ByteArrayOutputStream xz = new ByteArrayOutputStream();
    try (OutputStream out = new XZOutputStream(xz, new LZMA2Options())) {
      out.write(elf);
    }
    return xz.toByteArray();
  }

  @Test
  void showsASignature() {
    assertThat(ModuleSignature.entries(SignedModule.signed(new byte[10]))).containsExactly(
        new Entry("sig_id", "PKCS#7"),
        new Entry("signer", "A key"),
        new Entry("sig_key", "81:02"),
        new Entry("sig_hashalgo", "sha256"),
        new Entry("signature", "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:\n\t\t14:15:16:17:18"));
  }
}
