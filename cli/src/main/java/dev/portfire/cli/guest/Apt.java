package dev.portfire.cli.guest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Downloads Debian packages with the system's apt, as any user: lists, cache and dpkg status are private to one
 * directory, and only the sources and keys of the system are used.
 */
final class Apt {
  private static final String REMEDY = "; or pass --kernel and --initrd";

  private final Path home;
  private final Path config;

  /** What apt warned of when it fetched the lists; without a network it only warns. */
  private String warning = "";

  /**
   * Prepares the private directories.
   *
   * @param home an empty directory
   */
  Apt(Path home) throws IOException {
    this.home = home;
    Files.createDirectories(home.resolve("state/lists/partial"));
    Files.createDirectories(home.resolve("cache/archives/partial"));
    Path status = Files.writeString(home.resolve("status"), "");
    // Read with -c, so after the system's own configuration: hooks that need root are cleared here.
    config = Files.writeString(
        home.resolve("apt.conf"),
        """
        Dir::State "%1$s/state";
        Dir::State::status "%2$s";
        Dir::Cache "%1$s/cache";
        Dir::Log "%1$s";
        APT::Architecture "amd64";
        #clear APT::Architectures;
        APT::Architectures { "amd64"; };
        APT::Sandbox::User "root";
        #clear APT::Update::Pre-Invoke;
        #clear APT::Update::Post-Invoke;
        #clear APT::Update::Post-Invoke-Success;
        Acquire::Languages "none";
        Acquire::Retries "2";
        """
            .formatted(home, status));
  }

  /** Fetches the package lists. */
  void update() throws GuestException, InterruptedException {
    run(List.of("apt-get", "-c", config.toString(), "-q", "update"));
    warning = lastError().orElse("");
  }

  /**
   * The fields of a package's candidate version.
   *
   * @throws GuestException if the sources have no such package
   */
  Map<String, String> show(String name) throws GuestException, InterruptedException {
    String text = run(List.of("apt-cache", "-c", config.toString(), "--no-all-versions", "show", name));
    Map<String, String> fields = new LinkedHashMap<>();
    for (String line : text.split("\n", -1)) {
      if (line.isEmpty()) {
        break;
      }
      int colon = line.indexOf(':');
      if (colon > 0 && line.charAt(0) != ' ') {
        fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    if (!fields.containsKey("SHA256")) {
      throw new GuestException(
          "the apt sources of this system have no package " + name + " with a SHA256 digest" + REMEDY);
    }
    return fields;
  }

  /**
   * Downloads a package's candidate version and checks its digest.
   *
   * @return the .deb file
   */
  Path download(String name) throws GuestException, IOException, InterruptedException {
    String expected = show(name).getOrDefault("SHA256", "");
    Path directory = Files.createTempDirectory(home, "deb");
    run(List.of("apt-get", "-c", config.toString(), "-q", "download", name), directory);
    List<Path> files = new ArrayList<>();
    try (var listing = Files.newDirectoryStream(directory, "*.deb")) {
      listing.forEach(files::add);
    }
    if (files.size() != 1) {
      throw new GuestException("apt-get download " + name + " left " + files.size() + " files instead of one" + REMEDY);
    }
    String actual = sha256(files.getFirst());
    if (!actual.equals(expected)) {
      throw new GuestException(
          "package %s has SHA256 %s, but the signed package list says %s; try again".formatted(name, actual, expected));
    }
    return files.getFirst();
  }

  /** The SHA-256 digest of a file in lower-case hex. */
  static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        DigestInputStream digest = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
      digest.transferTo(java.io.OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private String run(List<String> command) throws GuestException, InterruptedException {
    return run(command, home);
  }

  private String run(List<String> command, Path directory) throws GuestException, InterruptedException {
    Process process;
    try {
      ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
      builder.environment().put("LC_ALL", "C");
      builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      builder.redirectError(home.resolve("errors").toFile());
      process = builder.start();
    } catch (IOException e) {
      throw new GuestException(
          "the default guest is fetched with apt, and this system has no " + command.getFirst()
              + ": pass --kernel and --initrd",
          e);
    }
    // Interrupted or not, no child is left behind.
    try (InputStream out = process.getInputStream()) {
      String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        String cause = lastError().orElse("nothing") + (warning.isEmpty() ? "" : " (" + warning + ")");
        throw new GuestException(
            "cannot fetch the default guest: " + command.getFirst() + " says: " + cause + REMEDY);
      }
      return text;
    } catch (IOException e) {
      throw new GuestException("cannot read from " + command.getFirst() + ": " + e.getMessage() + REMEDY, e);
    } finally {
      process.destroy();
    }
  }

  /** The first line of apt's complaints that is an error, else the last line of all. */
  private Optional<String> lastError() {
    try {
      return Files.readString(home.resolve("errors"), StandardCharsets.ISO_8859_1)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .reduce((first, second) -> first.startsWith("E:") ? first : second);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
