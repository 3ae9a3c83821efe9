package dev.portfire.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.machine.GuestMemory;
import io.airlift.compress.v3.lz4.Lz4JavaCompressor;
import io.airlift.compress.v3.lzo.LzoCompressor;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

class KernelImageTest {
  private final GuestMemory memory = GuestMemory.allocate(32 << 20);

  @AfterEach
  void close() {
    memory.close();
  }

  /** Something that writes a compressed form of what is written to it. */
  private interface Wrapper {
    OutputStream wrap(OutputStream out) throws IOException;
  }

  private static byte[] through(byte[] data, Wrapper wrapper) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = wrapper.wrap(packed)) {
      out.write(data);
    }
    return packed.toByteArray();
  }

  private static byte[] lz4(byte[] data) {
    int half = data.length / 2;
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    packed.writeBytes(new byte[] {0x02, 0x21, 0x4c, 0x18});
    for (byte[] part : new byte[][] {Arrays.copyOf(data, half), Arrays.copyOfRange(data, half, data.length)}) {
      Lz4JavaCompressor compressor = new Lz4JavaCompressor();
      byte[] space = new byte[compressor.maxCompressedLength(part.length)];
      byte[] block = Arrays.copyOf(space, compressor.compress(part, 0, part.length, space, 0, space.length));
      packed.writeBytes(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(block.length).array());
      packed.writeBytes(block);
    }
    return packed.toByteArray();
  }

  private static byte[] lzop(byte[] data) {
    ByteBuffer packed = ByteBuffer.allocate(data.length + 4096).order(ByteOrder.BIG_ENDIAN);
    packed.putLong(Lzop.MAGIC).put((byte) 0x0a);
    // Versions, method, level, flags (Adler of the unpacked data), mode, times, a name, the header's checksum.
    packed.putShort((short) 0x1030).putShort((short) 0x2080).putShort((short) 0x0940).put((byte) 3).put((byte) 9);
    packed.putInt(1).putInt(0).putInt(0).putInt(0).put((byte) 1).put((byte) 'k').putInt(0);
    LzoCompressor lzo = new LzoCompressor();
    for (int at = 0; at < data.length; at += 100_000) {
      int length = Math.min(100_000, data.length - at);
      byte[] block = new byte[lzo.maxCompressedLength(length)];
      int size = lzo.compress(data, at, length, block, 0, block.length);
      packed.putInt(length).putInt(size).putInt(0).put(block, 0, size);
    }
    packed.putInt(0);
    return Arrays.copyOf(packed.array(), packed.position());
  }

  private static byte[] zstd(byte[] data) {
    ZstdJavaCompressor zstd = new ZstdJavaCompressor();
    byte[] packed = new byte[zstd.maxCompressedLength(data.length)];
    return Arrays.copyOf(packed, zstd.compress(data, 0, data.length, packed, 0, packed.length));
  }

  private static byte[] pack(Payload.Format format, byte[] data) throws IOException {
    byte[] packed =
        switch (format) {
          case GZIP -> through(data, GZIPOutputStream::new);
          case XZ ->
              through(
                  data,
                  out ->
                      new XZOutputStream(
                          out, new FilterOptions[] {new X86Options(), new LZMA2Options(1)}, XZ.CHECK_CRC32));
          case LZMA -> through(data, out -> new LZMAOutputStream(out, new LZMA2Options(1), -1));
          case BZIP2 -> through(data, BZip2CompressorOutputStream::new);
          case LZ4 -> lz4(data);
          case LZO -> lzop(data);
          case ZSTD -> zstd(data);
          case NONE, UNKNOWN -> data;
        };
    // gzip ends with the size by itself; an image that is not compressed has none.
    return format == Payload.Format.GZIP || format == Payload.Format.NONE
        ? packed
        : Images.withSize(packed, data.length);
  }

  private KernelImage.Loaded load(ByteBuffer image) throws BootException {
    return KernelImage.load(memory, KernelImage.unpack(memory.ramSize(), "k", MemorySegment.ofBuffer(image)));
  }

  private void assertLoaded() {
    byte[] loaded = new byte[Images.CODE_LENGTH];
    memory.read(Images.ADDRESS, loaded, 0, loaded.length);
    assertThat(loaded).isEqualTo(Images.code());
    assertThat(memory.readLong(Images.ADDRESS + Images.CODE_LENGTH)).isZero();
  }

  private void assertRefused(ByteBuffer image, String message) {
    assertThatThrownBy(() -> load(image)).isInstanceOf(BootException.class).hasMessage(message);
  }

  @Test
  void loadsAnElfFile() throws BootException {
    KernelImage.Loaded loaded = load(Images.elf());
    assertThat(loaded.entry()).isEqualTo(Images.ADDRESS + 0x40);
    assertThat(loaded.end()).isEqualTo(Images.ADDRESS + Images.MEMORY_LENGTH);
    assertThat(loaded.setupHeader()).isEmpty();
    assertLoaded();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
  void loadsABzImage(Payload.Format format) throws Exception {
    byte[] payload = pack(format, Images.elf().array());
    assertThat(Payload.format(payload, 0)).isEqualTo(format);
    KernelImage.Loaded loaded = load(Images.bzImage(payload));
    assertThat(loaded.entry()).isEqualTo(Images.ADDRESS + 0x40);
    assertThat(loaded.setupHeader()).hasSize(0x202 + 0x6a - 0x1f1);
    assertThat(loaded.setupHeader()[0]).isEqualTo((byte) 4);
    assertLoaded();
  }

  /** Any byte of any payload, wherever it is: most of an LZ4 payload's bytes break nothing but the kernel. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
  void aChangedByteIsRefused(Payload.Format format) throws Exception {
    byte[] payload = pack(format, Images.elf().array());
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      ByteBuffer image = Images.withChecksum(Images.bzImage(payload));
      int at = 5 * 512 + 0x2c0 + random.nextInt(payload.length);
      image.put(at, (byte) (image.get(at) ^ 1 + random.nextInt(255)));
      assertThatThrownBy(() -> load(image))
          .as("seed %d, offset %d", seed, at)
          .isInstanceOf(BootException.class)
          .hasMessage("kernel k is corrupt: its checksum is not that of its content");
    }
  }

  @Test
  void aChecksumThatMatchesIsAccepted() throws Exception {
    byte[] payload = pack(Payload.Format.LZ4, Images.elf().array());
    load(Images.withChecksum(Images.bzImage(payload)));
    assertLoaded();
  }

  @Test
  void aSignedImageIsCheckedWithoutItsSignature() throws Exception {
    byte[] payload = pack(Payload.Format.LZ4, Images.elf().array());
    ByteBuffer unsigned = Images.withChecksum(Images.withPeHeader(Images.bzImage(payload)));
    load(unsigned);
    ByteBuffer signed = Images.signed(unsigned);
    load(signed);
    assertLoaded();
    signed.put(20_000, (byte) (signed.get(20_000) + 1));
    assertRefused(signed, "kernel k is corrupt: its checksum is not that of its content");
    // A pointer to a PE header that is not there, or beyond the end.
    for (int pointer : new int[] {0, -1, Integer.MAX_VALUE, unsigned.capacity() - 8}) {
      load(Images.withChecksum(Images.withPeHeader(Images.bzImage(payload)).putInt(0x3c, pointer)));
    }
  }

  @Test
  void aPayloadOutsideOfTheImageIsRefused() throws Exception {
    ByteBuffer image = Images.bzImage(pack(Payload.Format.GZIP, Images.elf().array()));
    assertRefused(image.putInt(0x1f4, 10), "kernel k is corrupt: its checksum is not that of its content");
    assertRefused(image.putInt(0x1f4, 0), "kernel k is corrupt: its checksum is not that of its content");
    assertRefused(image.putInt(0x1f4, -1), "kernel k is truncated");
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"UNKNOWN", "NONE"})
  void aCorruptPayloadIsRefused(Payload.Format format) throws Exception {
    byte[] payload = pack(format, Images.elf().array());
    Arrays.fill(payload, payload.length / 2, payload.length / 2 + 2000, (byte) 0xff);
    ByteBuffer image = Images.bzImage(payload);
    // LZ4 and LZO have no checksum over the data: without the image's, what they unpack may only be wrong in content.
    if (format != Payload.Format.LZ4 && format != Payload.Format.LZO) {
      assertThatThrownBy(() -> load(image))
          .isInstanceOf(BootException.class)
          .hasMessageStartingWith("kernel k is corrupt: its " + format + " payload does not unpack (");
    }
    byte[] cut = pack(format, Images.elf().array());
    Arrays.fill(cut, cut.length / 3, cut.length - 4, (byte) 0);
    assertThatThrownBy(() -> load(Images.bzImage(cut)))
        .isInstanceOf(BootException.class)
        .hasMessageStartingWith("kernel k is corrupt: ");
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"UNKNOWN", "NONE", "GZIP"})
  void aPayloadThatDoesNotHaveItsSizeIsRefused(Payload.Format format) throws Exception {
    byte[] elf = Images.elf().array();
    for (int wrong : new int[] {elf.length - 1, elf.length + 1, 0}) {
      byte[] payload = pack(format, elf);
      ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).putInt(payload.length - 4, wrong);
      assertThatThrownBy(() -> load(Images.bzImage(payload)))
          .isInstanceOf(BootException.class)
          .hasMessageStartingWith("kernel k is corrupt: ");
    }
  }

  @Test
  void aPayloadLargerThanMemoryIsRefusedBeforeItIsUnpacked() {
    assertRefused(
        Images.bzImage(Images.withSize(new byte[] {0x1f, (byte) 0x8b, 8, 0}, -1)),
        "kernel k does not fit into 32 MiB of memory");
  }

  @Test
  void anUnknownCompressionIsRefused() {
    assertRefused(Images.bzImage(new byte[64]), "kernel k is compressed in an unknown way");
  }

  @Test
  void aPayloadThatIsNoKernelIsRefused() throws Exception {
    assertRefused(
        Images.bzImage(pack(Payload.Format.GZIP, new byte[1000])),
        "kernel k is corrupt: its payload is not an ELF file");
  }

  @Test
  void anOldOr32BitBzImageIsRefused() throws Exception {
    byte[] payload = pack(Payload.Format.GZIP, Images.elf().array());
    assertRefused(Images.bzImage(payload).putShort(0x206, (short) 0x20b), "kernel k has no 64-bit entry point");
    assertRefused(Images.bzImage(payload).putShort(0x236, (short) 0), "kernel k has no 64-bit entry point");
  }

  @Test
  void truncatedImagesAreRefused() throws Exception {
    byte[] elf = Images.elf().array();
    for (int length : new int[] {5, 63, 64, 119, 1000, elf.length - 1}) {
      assertRefused(ByteBuffer.wrap(Arrays.copyOf(elf, length)), "kernel k is truncated");
    }
    byte[] bzImage = Images.bzImage(pack(Payload.Format.GZIP, elf)).array();
    for (int length : new int[] {0x210, 0x28f, 3000, bzImage.length - 100}) {
      assertRefused(ByteBuffer.wrap(Arrays.copyOf(bzImage, length)), "kernel k is truncated");
    }
  }

  @Test
  void otherFilesAreRefused() {
    assertRefused(ByteBuffer.wrap(new byte[1]), "kernel k is neither an ELF vmlinux nor a bzImage");
    assertRefused(ByteBuffer.wrap(new byte[5000]), "kernel k is neither an ELF vmlinux nor a bzImage");
  }

  @Test
  void kernelsForOtherMachinesAreRefused() {
    assertRefused(
        Images.elf().put(4, (byte) 1), "kernel k is a 32-bit kernel; only 64-bit ones can be booted");
    assertRefused(Images.elf().putShort(18, (short) 183), "kernel k is not for x86-64 but for AArch64");
    assertRefused(Images.elf().putShort(18, (short) 9999), "kernel k is not for x86-64 but for ELF machine 9999");
    assertRefused(
        Images.elf().put(5, (byte) 2).putShort(18, (short) 0x1600), "kernel k is not for x86-64 but for s390");
    assertRefused(Images.elf().putShort(16, (short) 1), "kernel k is an ELF file but not an executable one");
  }

  @Test
  void kernelsThatDoNotFitAreRefused() {
    String message = "kernel k does not fit into 32 MiB of memory";
    assertRefused(Images.elf().putLong(88, 32 << 20).putLong(24, 32 << 20), message);
    assertRefused(Images.elf().putLong(104, 32 << 20), message);
    assertRefused(Images.elf().putLong(104, Long.MAX_VALUE), message);
    assertRefused(Images.elf().putLong(88, -4096), message);
    assertRefused(Images.elf().putLong(88, 0x1000), "kernel k wants to be loaded at 0x1000, below 1 MiB");
  }

  @Test
  void malformedProgramHeadersAreRefused() {
    assertRefused(Images.elf().putLong(104, 10), "kernel k has malformed program headers");
    assertRefused(Images.elf().putLong(96, -1), "kernel k has malformed program headers");
    assertRefused(Images.elf().putShort(54, (short) 32), "kernel k has malformed program headers");
    assertRefused(Images.elf().putShort(56, (short) 0), "kernel k has nothing to load");
    assertRefused(Images.elf().putLong(32, -8), "kernel k is truncated");
    assertRefused(Images.elf().putLong(72, Long.MAX_VALUE), "kernel k is truncated");
    assertRefused(
        Images.elf().putLong(24, 0), "kernel k has its entry point at 0x0, outside of what it loads");
  }
}
