package dev.portfire.cli.guest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * The guest that {@code portfire run} boots when it is given no kernel: Debian's cloud kernel and static busybox, kept
 * in the user's cache.
 *
 * <p>The cache holds {@code guest-2/} with {@code vmlinuz}, {@code busybox}, {@code modules/}, {@code release} and
 * {@code packages} (what it was made of, with digests). It appears whole or not at all; removing it fetches the
 * distribution's current packages at the next use.
 */
public final class DefaultGuest {
  /** What the init script needs; modules that a kernel has built in are simply not found. */
  private static final List<String> MODULES = List.of(
      "virtio_mmio", "virtio_console", "virtio_blk", "virtio_rng", "ext4");

  private static final String META_PACKAGE = "linux-image-cloud-amd64";
  private static final String BUSYBOX_PACKAGE = "busybox-static";
  private static final Pattern KERNEL_DEPENDENCY = Pattern.compile("\\b(linux-image-[0-9][^ ,(|]*)");

  /** Drivers by directory, wherever in the module tree they are; their dependencies are found by name. */
  private static final Set<String> MODULE_FILES = Set.of(
      "virtio", "virtio_ring", "virtio_mmio", "virtio_console", "virtio_blk", "virtio_rng", "rng_core", "failover",
      "ext4", "jbd2", "mbcache", "crc16", "crc32c_generic", "libcrc32c", "virtio_net", "net_failover", "vsock",
      "vmw_vsock_virtio_transport", "vmw_vsock_virtio_transport_common", "virtio_balloon", "virtio_pmem", "nd_virtio",
      "nd_pmem", "nd_btt", "libnvdimm", "dax_pmem", "device_dax", "virtio_mem", "virtio_pci", "virtio_pci_modern_dev",
      "virtio_pci_legacy_dev");

  private final Path directory;

  private DefaultGuest(Path directory) {
    this.directory = directory;
  }

  /** The cache of this user: {@code $XDG_CACHE_HOME/portfire}, or {@code ~/.cache/portfire}. */
  public static Path userCache() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base = xdg != null && xdg.startsWith("/") ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("portfire");
  }

  /**
   * Gives the default guest from a cache, fetching it first if it is not there. Two processes or threads that come at
   * the same time fetch it once.
   *
   * @param cache the cache directory, made if missing
   * @param progress is told what is being done, in a few words
   * @throws GuestException if it cannot be fetched or the cache cannot be written
   */
  public static synchronized DefaultGuest get(Path cache, Consumer<String> progress)
      throws GuestException, InterruptedException {
    Path directory = cache.resolve("guest-2");
    if (Files.isDirectory(directory)) {
      return new DefaultGuest(directory);
    }
    try {
      Files.createDirectories(cache);
      try (FileChannel file = FileChannel.open(
              cache.resolve("guest.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = file.lock()) {
        if (lock.isValid() && !Files.isDirectory(directory)) {
          fetch(cache, directory, progress);
        }
      }
    } catch (FileSystemException e) {
      throw new GuestException(
          "cannot write the cache %s: %s; set XDG_CACHE_HOME to a writable directory"
              .formatted(cache, reason(e)),
          e);
    } catch (IOException e) {
      throw new GuestException(
          "cannot unpack the default guest: " + e.getMessage() + "; or pass --kernel and --initrd", e);
    }
    return new DefaultGuest(directory);
  }

  private static String reason(FileSystemException e) {
    String reason = e.getReason();
    return reason != null ? reason : e instanceof NoSuchFileException ? "no such directory" : "not permitted";
  }

  private static void fetch(Path cache, Path directory, Consumer<String> progress)
      throws GuestException, IOException, InterruptedException {
    removeStale(cache);
    Path work = Files.createTempDirectory(cache, "fetch-");
    try {
      Apt apt = new Apt(Files.createDirectory(work.resolve("apt")));
      progress.accept("reading package lists");
      apt.update();
      String depends = apt.show(META_PACKAGE).getOrDefault("Depends", "");
      Matcher matcher = KERNEL_DEPENDENCY.matcher(depends);
      if (!matcher.find()) {
        throw new GuestException(
            META_PACKAGE + " depends on no kernel (\"" + depends + "\"); pass --kernel and --initrd");
      }
      String kernelPackage = matcher.group(1);
      progress.accept("downloading " + kernelPackage);
      Path kernelDeb = apt.download(kernelPackage);
      progress.accept("downloading " + BUSYBOX_PACKAGE);
      Path busyboxDeb = apt.download(BUSYBOX_PACKAGE);
      progress.accept("unpacking");
      Path guest = Files.createDirectory(work.resolve("guest"));
      unpackKernel(kernelDeb, guest);
      unpackBusybox(busyboxDeb, guest);
      Files.writeString(
          guest.resolve("packages"),
          "%s %s%n%s %s%n"
              .formatted(
                  kernelDeb.getFileName(),
                  Apt.sha256(kernelDeb),
                  busyboxDeb.getFileName(),
                  Apt.sha256(busyboxDeb)));
      try {
        Files.move(guest, directory, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        throw new GuestException("cannot rename within the cache " + cache, e);
      }
    } finally {
      remove(work);
    }
  }

  private static void unpackKernel(Path deb, Path guest) throws IOException {
    Path modules = Files.createDirectory(guest.resolve("modules"));
    DebArchive.extract(
        deb,
        path -> path.startsWith("boot/vmlinuz-") || isWantedModule(path),
        (path, content) -> {
          if (path.startsWith("boot/")) {
            Files.copy(content, guest.resolve("vmlinuz"));
            Files.writeString(guest.resolve("release"), path.substring("boot/vmlinuz-".length()));
          } else {
            String name = fileName(path);
            try (InputStream plain = decompressed(name, content)) {
              Files.copy(plain, modules.resolve(KernelModule.canonical(name) + ".ko"));
            }
          }
        });
    if (!Files.exists(guest.resolve("vmlinuz"))) {
      throw new IOException(deb.getFileName() + " has no boot/vmlinuz-*");
    }
  }

  private static boolean isWantedModule(String path) {
    return path.contains("lib/modules/")
        && path.contains(".ko")
        && MODULE_FILES.contains(KernelModule.canonical(fileName(path)));
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static InputStream decompressed(String name, InputStream content) throws IOException {
    // The archive's own stream must stay open.
    InputStream shield = new java.io.FilterInputStream(content) {
      @Override
      public void close() {}
    };
    if (name.endsWith(".xz")) {
      return new XZInputStream(shield);
    }
    if (name.endsWith(".gz")) {
      return new GZIPInputStream(shield);
    }
    return name.endsWith(".zst") ? new io.airlift.compress.v3.zstd.ZstdInputStream(shield) : shield;
  }

  private static void unpackBusybox(Path deb, Path guest) throws IOException {
    DebArchive.extract(
        deb,
        path -> path.equals("bin/busybox") || path.equals("usr/bin/busybox"),
        (path, content) -> Files.copy(content, guest.resolve("busybox")));
    if (!Files.exists(guest.resolve("busybox"))) {
      throw new IOException(deb.getFileName() + " has no bin/busybox");
    }
  }

  /** What an interrupted process left behind; the caller holds the lock, so nobody is using it. */
  private static void removeStale(Path cache) throws IOException {
    try (DirectoryStream<Path> listing = Files.newDirectoryStream(cache, "fetch-*")) {
      for (Path stale : listing) {
        remove(stale);
      }
    }
  }

  private static void remove(Path tree) throws IOException {
    try {
      Files.walkFileTree(tree, new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
          Files.delete(file);
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
          Files.delete(visited);
          return FileVisitResult.CONTINUE;
        }
      });
    } catch (NoSuchFileException e) {
      // Gone already, which is what was asked for.
    }
  }

  /** The kernel image, a bzImage. */
  public Path kernel() {
    return directory.resolve("vmlinuz");
  }

  /** The kernel's release, as {@code uname -r} prints it. */
  public String release() throws GuestException {
    try {
      return Files.readString(directory.resolve("release")).strip();
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /**
   * Builds the initramfs for one boot.
   *
   * @param task what the guest does
   */
  public byte[] initramfs(GuestTask task) throws GuestException {
    return initramfs(task, List.of());
  }

  /**
   * Builds the initramfs for one boot of a machine with further devices.
   *
   * @param task what the guest does
   * @param drivers modules to load besides those for consoles, disks and entropy: {@code virtio_net}, {@code
   *     vmw_vsock_virtio_transport}, {@code virtio_balloon}, {@code virtio_pmem}, {@code nd_pmem}, {@code virtio_mem} or
   *     {@code virtio_pci}
   */
  public byte[] initramfs(GuestTask task, List<String> drivers) throws GuestException {
    try {
      Map<String, KernelModule> modules = new HashMap<>();
      try (DirectoryStream<Path> listing = Files.newDirectoryStream(directory.resolve("modules"), "*.ko")) {
        for (Path file : listing) {
          String name = KernelModule.canonical(fileName(file.toString()));
          modules.put(name, new KernelModule(name, Files.readAllBytes(file)));
        }
      }
      return Initramfs.build(
          Files.readAllBytes(directory.resolve("busybox")),
          release(),
          KernelModule.closure(Stream.concat(drivers.stream(), MODULES.stream()).toList(), modules::get),
          task);
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(e);
    }
  }

  private GuestException damaged(Exception cause) {
    return new GuestException(
        "the default guest in %s is damaged (%s): remove that directory and try again"
            .formatted(directory, cause.getMessage()),
        cause);
  }
}
