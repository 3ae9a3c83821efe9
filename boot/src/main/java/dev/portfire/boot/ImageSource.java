package dev.portfire.boot;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where a kernel or an initial RAM disk comes from. */
public sealed interface ImageSource {
  /**
   * A file.
   *
   * @param path a regular file
   */
  record FileSource(Path path) implements ImageSource {}

  /**
   * Bytes in memory.
   *
   * @param name what errors call it
   * @param content the bytes, not copied
   */
  record BytesSource(String name, byte[] content) implements ImageSource {}

  /** A file. */
  static ImageSource of(Path path) {
    return new FileSource(path);
  }

  /** What errors call it. */
  default String label() {
    return switch (this) {
      case FileSource file -> file.path.toString();
      case BytesSource bytes -> bytes.name;
    };
  }

  /**
   * The bytes, mapped if they are in a file.
   *
   * @param what what it is used as, for errors: {@code "kernel"} or {@code "initrd"}
   * @param arena how long a mapping lives
   * @throws BootException if they cannot be had or there are none
   */
  default MemorySegment open(String what, Arena arena) throws BootException {
    MemorySegment bytes =
        switch (this) {
          case FileSource file -> map(what, file.path, arena);
          case BytesSource source -> MemorySegment.ofArray(source.content);
        };
    if (bytes.byteSize() == 0) {
      throw new BootException("%s %s is empty".formatted(what, label()));
    }
    return bytes;
  }

  private static MemorySegment map(String what, Path path, Arena arena) throws BootException {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new BootException("%s %s is not a regular file".formatted(what, path));
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (NoSuchFileException e) {
      throw new BootException("%s %s does not exist".formatted(what, path), e);
    } catch (AccessDeniedException e) {
      throw new BootException("%s %s may not be read: permission denied".formatted(what, path), e);
    } catch (IOException e) {
      throw new BootException("%s %s cannot be read: %s".formatted(what, path, e.getMessage()), e);
    }
  }
}
