package dev.portfire.firecracker;

import dev.portfire.firecracker.config.BalloonConfig;
import dev.portfire.firecracker.config.BalloonStatsUpdate;
import dev.portfire.firecracker.config.BalloonUpdate;
import dev.portfire.firecracker.config.BootSource;
import dev.portfire.firecracker.config.DriveConfig;
import dev.portfire.firecracker.config.DriveUpdate;
import dev.portfire.firecracker.config.EntropyConfig;
import dev.portfire.firecracker.config.HintingStart;
import dev.portfire.firecracker.config.LoggerConfig;
import dev.portfire.firecracker.config.MachineConfig;
import dev.portfire.firecracker.config.MachineUpdate;
import dev.portfire.firecracker.config.MemoryHotplugConfig;
import dev.portfire.firecracker.config.MemoryHotplugUpdate;
import dev.portfire.firecracker.config.MetricsConfig;
import dev.portfire.firecracker.config.MmdsConfig;
import dev.portfire.firecracker.config.NetworkConfig;
import dev.portfire.firecracker.config.NetworkUpdate;
import dev.portfire.firecracker.config.PmemConfig;
import dev.portfire.firecracker.config.PmemUpdate;
import dev.portfire.firecracker.config.SerialConfig;
import dev.portfire.firecracker.config.VsockConfig;
import dev.portfire.vmm.cputemplate.CpuConfig;
import dev.portfire.vmm.http.HttpRequest;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import dev.portfire.vmm.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/** Finds out what a request asks for. */
final class Routes {
  private static final List<String> ACTIONS = List.of("FlushMetrics", "InstanceStart", "SendCtrlAltDel");
  private static final List<String> STATES = List.of("Paused", "Resumed");

  /** Where a request's failure and its success are counted: a group of metrics and the beginning of two names. */
  record Counted(String group, String name) {
    static final Counted NOWHERE = new Counted("", "");
  }

  /**
   * What has been found out, which is also of interest when the request turns out to be wrong.
   */
  static final class Found {
    private Counted counted = Counted.NOWHERE;
    private String deprecation = "";

    /** Where to count it. */
    Counted counted() {
      return counted;
    }

    /** The warning about something deprecated; empty for none. */
    String deprecation() {
      return deprecation;
    }
  }

  private final HttpRequest request;
  private final Found found;
  private final String method;
  private final List<String> path;

  private Routes(HttpRequest request, Found found) {
    this.request = request;
    this.found = found;
    method = request.method();
    path = tokens(request.path());
  }

  /** What the request asks for. */
  static Action find(HttpRequest request, Found found) throws Fault {
    return new Routes(request, found).find();
  }

  /** The path's parts behind its slashes at the beginning; one that is empty at the end is none. */
  private static List<String> tokens(String path) {
    int start = 0;
    while (start < path.length() && path.charAt(start) == '/') {
      start++;
    }
    List<String> tokens = new ArrayList<>(4);
    while (start < path.length()) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      tokens.add(path.substring(start, end));
      start = end + 1;
    }
    return tokens;
  }

  private String token(int index) {
    return index < path.size() ? path.get(index) : "";
  }

  private boolean hasBody() {
    return request.body().length > 0;
  }

  private Action find() throws Fault {
    return switch (method) {
      case "GET" -> get();
      case "PUT" -> put();
      case "PATCH" -> patch();
      default -> delete();
    };
  }

  private Fault noRoute() {
    return new Fault("Invalid request method and/or path: " + method + " " + token(0) + ".");
  }

  private Fault unrecognized(String token) {
    return new Fault("Unrecognized " + method + " request path `" + token + "`.");
  }

  private void count(String group, String name) {
    found.counted = new Counted(group, name);
  }

  private Action get() throws Fault {
    if (hasBody()) {
      throw new Fault("GET request cannot have a body.");
    }
    switch (token(0)) {
      case "" -> {
        count("get_api_requests", "instance_info");
        return Action.Simple.GET_INSTANCE;
      }
      case "version" -> {
        count("get_api_requests", "vmm_version");
        return Action.Simple.GET_VERSION;
      }
      case "vm" -> {
        if (token(1).equals("config")) {
          return Action.Simple.GET_CONFIG;
        }
        throw noRoute();
      }
      case "machine-config" -> {
        count("get_api_requests", "machine_cfg");
        return Action.Simple.GET_MACHINE;
      }
      case "mmds" -> {
        count("get_api_requests", "mmds");
        return Action.Simple.GET_MMDS;
      }
      case "hotplug" -> {
        if (token(1).equals("memory")) {
          count("get_api_requests", "hotplug_memory");
          return Action.Simple.GET_HOTPLUG;
        }
        throw noRoute();
      }
      case "balloon" -> {
        return switch (token(1)) {
          case "" -> Action.Simple.GET_BALLOON;
          case "statistics" -> Action.Simple.GET_BALLOON_STATISTICS;
          case "hinting" -> {
            if (token(2).equals("status")) {
              yield Action.Simple.GET_HINTING;
            }
            throw unrecognized("hinting/" + token(2));
          }
          default -> throw unrecognized(token(1));
        };
      }
      default -> throw noRoute();
    }
  }

  private Action put() throws Fault {
    if (!hasBody()) {
      throw new Fault("Empty PUT request.");
    }
    String group = "put_api_requests";
    return switch (token(0)) {
      case "actions" -> {
        count(group, "actions");
        yield action();
      }
      case "boot-source" -> {
        count(group, "boot_source");
        yield new Action.PutBootSource(body(BootSource::read));
      }
      case "machine-config" -> {
        count(group, "machine_cfg");
        MachineConfig config = body(MachineConfig::read);
        deprecateTemplate(config.cpuTemplate() != null);
        yield new Action.PutMachine(config);
      }
      case "cpu-config" -> {
        count(group, "cpu_cfg");
        yield new Action.PutCpuConfig(body(CpuConfig::read));
      }
      case "drives" -> {
        count(group, "drive");
        String id = id();
        DriveConfig config = body(DriveConfig::read);
        checkId(id, config.driveId());
        yield new Action.PutDrive(config);
      }
      case "pmem" -> {
        count(group, "pmem");
        String id = id();
        PmemConfig config = body(PmemConfig::read);
        checkId(id, config.id());
        yield new Action.PutPmem(config);
      }
      case "network-interfaces" -> {
        count(group, "network");
        String id = id();
        NetworkConfig config = body(NetworkConfig::read);
        checkNetworkId(id, config.ifaceId());
        yield new Action.PutNetwork(config);
      }
      case "vsock" -> {
        count(group, "vsock");
        VsockConfig config = body(VsockConfig::read);
        if (config.vsockId() != null) {
          found.deprecation = "PUT /vsock: vsock_id field is deprecated.";
        }
        yield new Action.PutVsock(config);
      }
      case "entropy" -> new Action.PutEntropy(body(EntropyConfig::read));
      case "serial" -> {
        count(group, "serial");
        yield new Action.PutSerial(body(SerialConfig::read));
      }
      case "logger" -> {
        count(group, "logger");
        yield new Action.PutLogger(body(LoggerConfig::read));
      }
      case "metrics" -> {
        count(group, "metrics");
        yield new Action.PutMetrics(body(MetricsConfig::read));
      }
      case "balloon" -> new Action.PutBalloon(body(BalloonConfig::read));
      case "hotplug" -> {
        if (!token(1).equals("memory")) {
          throw noRoute();
        }
        count(group, "hotplug_memory");
        yield new Action.PutHotplug(body(MemoryHotplugConfig::read));
      }
      case "mmds" -> {
        count(group, "mmds");
        yield putMmds();
      }
      default -> throw noRoute();
    };
  }

  private Action putMmds() throws Fault {
    switch (token(1)) {
      case "" -> {
        return new Action.PutMmds(body(Routes::members));
      }
      case "config" -> {
        MmdsConfig config = body(MmdsConfig::read);
        if (config.version().equals("V1")) {
          found.deprecation = "PUT /mmds/config: V1 is deprecated. Use V2 instead.";
        }
        return new Action.PutMmdsConfig(config);
      }
      default -> throw unrecognized(token(1));
    }
  }

  private Action patch() throws Fault {
    String group = "patch_api_requests";
    if (token(0).equals("balloon")) {
      return patchBalloon();
    }
    if (!hasBody()) {
      throw new Fault("Empty PATCH request.");
    }
    switch (token(0)) {
      case "machine-config" -> {
        count(group, "machine_cfg");
        MachineUpdate update = body(MachineUpdate::read);
        deprecateTemplate(update.cpuTemplate() != null);
        if (update.equals(new MachineUpdate(null, null, null, null, null, null, null))) {
          throw new Fault("Empty PATCH request.");
        }
        return new Action.PatchMachine(update);
      }
      case "drives" -> {
        count(group, "drive");
        String id = id();
        DriveUpdate update = body(DriveUpdate::read);
        checkId(id, update.driveId());
        return new Action.PatchDrive(update);
      }
      case "pmem" -> {
        count(group, "pmem");
        String id = id();
        PmemUpdate update = body(PmemUpdate::read);
        checkId(id, update.id());
        return new Action.PatchPmem(update);
      }
      case "network-interfaces" -> {
        count(group, "network");
        String id = id();
        NetworkUpdate update = body(NetworkUpdate::read);
        checkNetworkId(id, update.ifaceId());
        return new Action.PatchNetwork(update);
      }
      case "vm" -> {
        return body(in -> {
          JsonStruct fields = new JsonStruct(in, "VmConfig", List.of("state"));
          String state = null;
          for (String name = fields.next(); name != null; name = fields.next()) {
            state = in.variant(STATES);
          }
          return fields.required("state", state).equals("Paused") ? Action.Simple.PAUSE : Action.Simple.RESUME;
        });
      }
      case "mmds" -> {
        count(group, "mmds");
        if (!token(1).isEmpty()) {
          throw unrecognized(token(1));
        }
        return new Action.PatchMmds(body(Routes::members));
      }
      case "hotplug" -> {
        if (!token(1).equals("memory")) {
          throw noRoute();
        }
        count(group, "hotplug_memory");
        return new Action.PatchHotplug(body(MemoryHotplugUpdate::read));
      }
      default -> throw noRoute();
    }
  }

  private Action patchBalloon() throws Fault {
    String second = token(1);
    if (second.equals("hinting")) {
      return switch (token(2)) {
        case "start" ->
          new Action.StartHinting(hasBody() ? body(HintingStart::read) : new HintingStart(true));
        case "stop" -> Action.Simple.STOP_HINTING;
        default -> throw unrecognized("hinting/" + token(2));
      };
    }
    if (!hasBody()) {
      throw new Fault("Empty PATCH request.");
    }
    return switch (second) {
      case "" -> new Action.PatchBalloon(body(BalloonUpdate::read));
      case "statistics" -> new Action.PatchBalloonStatistics(body(BalloonStatsUpdate::read));
      default -> throw unrecognized(second);
    };
  }

  private Action delete() throws Fault {
    if (hasBody()) {
      throw new Fault("Empty Delete request.");
    }
    return switch (token(0)) {
      case "drives", "pmem", "network-interfaces" -> new Action.Unplug(token(0), id());
      default -> throw noRoute();
    };
  }

  private Action action() throws Fault {
    return body(in -> {
      JsonStruct fields = new JsonStruct(in, "ActionBody", List.of("action_type"));
      String type = null;
      for (String name = fields.next(); name != null; name = fields.next()) {
        type = in.variant(ACTIONS);
      }
      return switch (fields.required("action_type", type)) {
        case "FlushMetrics" -> Action.Simple.FLUSH_METRICS;
        case "InstanceStart" -> Action.Simple.INSTANCE_START;
        default -> Action.Simple.SEND_CTRL_ALT_DEL;
      };
    });
  }

  private void deprecateTemplate(boolean used) {
    if (used) {
      found.deprecation = method + " /machine-config: cpu_template field is deprecated.";
    }
  }

  private static JsonValue.Members members(JsonReader in) throws JsonException {
    return new JsonValue.Members(in.map(JsonReader::value));
  }

  private <T> T body(JsonReader.Element<T> type) throws Fault {
    JsonReader in = new JsonReader(request.body());
    try {
      T value = type.read(in);
      in.end();
      return value;
    } catch (JsonException e) {
      throw new Fault("An error occurred when deserializing the json body of a request: " + e.getMessage() + ".");
    }
  }

  private String id() throws Fault {
    String id = token(1);
    if (id.isEmpty()) {
      throw new Fault("The ID cannot be empty.");
    }
    boolean sound = id.codePoints().allMatch(c -> c == '_' || Character.isLetterOrDigit(c));
    if (!sound) {
      throw new Fault("API Resource IDs can only contain alphanumeric characters and underscores.");
    }
    return id;
  }

  private static void checkId(String fromPath, String fromBody) throws Fault {
    if (!fromPath.equals(fromBody)) {
      throw new Fault("The id from the path does not match the id from the body!");
    }
  }

  private static void checkNetworkId(String fromPath, String fromBody) throws Fault {
    if (!fromPath.equals(fromBody)) {
      throw new Fault(
          "The id from the path [" + fromPath + "] does not match the id from the body [" + fromBody + "]!");
    }
  }
}
