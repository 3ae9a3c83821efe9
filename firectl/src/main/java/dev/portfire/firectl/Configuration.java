package dev.portfire.firectl;

import dev.portfire.client.ApiRequest;
import dev.portfire.client.Setting;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the options say about the machine, checked.
 *
 * @param machine processors and memory
 * @param boot kernel, initial RAM disk and command line
 * @param drives the root drive is the last one
 * @param networks named 1, 2, ...
 * @param vsocks each replaces the one before
 * @param metadata empty if there is none
 */
record Configuration(
    Setting.MachineConfiguration machine,
    Setting.BootSource boot,
    List<Setting.Drive> drives,
    List<Setting.NetworkInterface> networks,
    List<Setting.Vsock> vsocks,
    Optional<JsonValue> metadata) {
  private static final long MAX_CID = 0xffff_ffffL;

  Configuration {
    drives = List.copyOf(drives);
    networks = List.copyOf(networks);
    vsocks = List.copyOf(vsocks);
  }

  /** Reads options, in the order in which firectl looks at them. Only the files of further drives are looked for. */
  static Configuration of(Options options) throws FirectlException {
    Optional<JsonValue> metadata = metadata(options);
    List<Setting.NetworkInterface> networks = networks(options.texts(Option.TAP_DEVICE));
    List<Setting.Drive> drives = drives(options);
    List<Setting.Vsock> vsocks = vsocks(options.texts(Option.VSOCK_DEVICE));
    return new Configuration(
        new Setting.MachineConfiguration(
            options.number(Option.NCPUS),
            options.number(Option.MEMORY),
            !options.flag(Option.DISABLE_SMT),
            options.nonEmpty(Option.CPU_TEMPLATE)),
        new Setting.BootSource(
            options.text(Option.KERNEL),
            options.nonEmpty(Option.INITRD_PATH),
            Optional.of(options.text(Option.KERNEL_OPTS))),
        drives,
        networks,
        vsocks,
        metadata);
  }

  private static Optional<JsonValue> metadata(Options options) throws FirectlException {
    Optional<String> text = options.nonEmpty(Option.METADATA);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      JsonReader in = new JsonReader(text.get().getBytes(StandardCharsets.UTF_8));
      JsonValue value = in.value();
      in.end();
      return Optional.of(value);
    } catch (JsonException e) {
      throw new FirectlException("invalid metadata, unable to parse as json: " + e.getMessage());
    }
  }

  /** Splits a text at a character that must be in it once, and not at its ends. */
  private static Optional<String[]> split(String text, char separator) {
    int at = text.indexOf(separator);
    if (at <= 0 || at == text.length() - 1 || text.indexOf(separator, at + 1) >= 0) {
      return Optional.empty();
    }
    return Optional.of(new String[] {text.substring(0, at), text.substring(at + 1)});
  }

  private static List<Setting.NetworkInterface> networks(List<String> texts) throws FirectlException {
    List<Setting.NetworkInterface> networks = new ArrayList<>();
    for (String text : texts) {
      String[] parts = split(text, '/').orElseThrow(
          () -> new FirectlException("NIC config wasn't of the form DEVICE/MACADDR: " + text));
      networks.add(new Setting.NetworkInterface(
          Integer.toString(networks.size() + 1), parts[0], Optional.of(parts[1])));
    }
    return networks;
  }

  private static List<Setting.Drive> drives(Options options) throws FirectlException {
    List<Setting.Drive> drives = new ArrayList<>();
    for (String text : options.texts(Option.ADD_DRIVE)) {
      if (!text.endsWith(":ro") && !text.endsWith(":rw")) {
        throw new FirectlException("invalid drive specification. Must have :rw or :ro suffix: " + text);
      }
      String path = text.substring(0, text.length() - 3);
      if (path.isEmpty()) {
        throw new FirectlException("invalid drive specification. Must have path: " + text);
      }
      if (!exists(path)) {
        throw new FirectlException("stat " + path + ": no such file or directory");
      }
      String id = Integer.toString(drives.size() + 2);
      drives.add(new Setting.Drive(id, path, false, text.endsWith(":ro"), Optional.empty()));
    }
    Optional<String> root = options.nonEmpty(Option.ROOT_DRIVE);
    if (root.isPresent()) {
      String text = root.get();
      boolean suffix = text.endsWith(":ro") || text.endsWith(":rw");
      String path = suffix ? text.substring(0, text.length() - 3) : text;
      if (path.isEmpty()) {
        throw new FirectlException("invalid drive specification. Must have path: " + text);
      }
      drives.add(new Setting.Drive(
          "1", path, true, text.endsWith(":ro"), options.nonEmpty(Option.ROOT_PARTITION)));
    }
    return drives;
  }

  private static List<Setting.Vsock> vsocks(List<String> texts) throws FirectlException {
    List<Setting.Vsock> vsocks = new ArrayList<>();
    for (String text : texts) {
      String[] parts =
          split(text, ':').orElseThrow(() -> new FirectlException("unable to parse vsock devices: " + text));
      long cid = parts[1].matches("[0-9]{1,18}") ? Long.parseLong(parts[1]) : Long.MAX_VALUE;
      if (cid > MAX_CID) {
        throw new FirectlException("unable to parse vsock CID as a number: " + text);
      }
      vsocks.add(new Setting.Vsock(cid, parts[0]));
    }
    return vsocks;
  }

  static boolean exists(String path) {
    try {
      return Files.exists(Path.of(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Looks for what firecracker would find missing only later. */
  void check() throws FirectlException {
    requireFile("kernel image", boot.kernelImagePath());
    if (boot.initrdPath().isPresent()) {
      requireFile("initrd image", boot.initrdPath().get());
    }
    if (!drives.isEmpty() && drives.getLast().isRootDevice()) {
      requireFile("host drive", drives.getLast().pathOnHost());
    } else if (boot.initrdPath().isEmpty()) {
      throw new FirectlException("there is nothing to boot into: give --root-drive or --initrd-path");
    }
    if (machine.vcpuCount() < 1) {
      throw new FirectlException("machine needs a nonzero VcpuCount: give --ncpus 1 or more");
    }
    if (machine.memSizeMib() < 1) {
      throw new FirectlException("machine needs a nonzero amount of memory: give --memory 1 or more");
    }
  }

  private static void requireFile(String what, String path) throws FirectlException {
    if (!exists(path)) {
      throw new FirectlException(
          "failed to stat %s path, \"%s\": stat %s: no such file or directory".formatted(what, path, path));
    }
  }

  /**
   * What is sent to make the machine and start it, in the order of firectl.
   *
   * @param log the log and the metrics go there, if they go anywhere
   */
  List<ApiRequest> requests(Optional<Setting.Logger> log, Optional<Setting.Metrics> metrics) {
    List<ApiRequest> requests = new ArrayList<>();
    log.ifPresent(setting -> requests.add(setting.toRequest()));
    metrics.ifPresent(setting -> requests.add(setting.toRequest()));
    requests.add(machine.toRequest());
    requests.add(ApiRequest.get("/machine-config"));
    requests.add(boot.toRequest());
    drives.forEach(setting -> requests.add(setting.toRequest()));
    networks.forEach(setting -> requests.add(setting.toRequest()));
    vsocks.forEach(setting -> requests.add(setting.toRequest()));
    if (metadata.isPresent() && !networks.isEmpty()) {
      List<String> names = networks.stream().map(Setting.NetworkInterface::ifaceId).toList();
      requests.add(new Setting.MmdsConfig(names, "V1").toRequest());
    }
    requests.add(ApiRequest.start());
    return requests;
  }

  /** What is sent once the machine runs. */
  Optional<ApiRequest> metadataRequest() {
    return metadata.map(value -> ApiRequest.put("/mmds", value));
  }
}
