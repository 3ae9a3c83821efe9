package dev.portfire.inspect.host;

import dev.portfire.inspect.Resource;
import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code /dev/kvm} says of itself (Documentation/virt/kvm/api.rst).
 *
 * @param version of the API; 12 since ever
 * @param capabilities by name, those that are there, with KVM_CHECK_EXTENSION's answer
 * @param createsMachines whether a machine could be made
 * @param problem why something did not work, or empty
 */
record Kvm(int version, Map<String, Integer> capabilities, boolean createsMachines, String problem) {
  private static final long KVM_GET_API_VERSION = 0xae00;
  private static final long KVM_CREATE_VM = 0xae01;
  private static final long KVM_CHECK_EXTENSION = 0xae03;

  /** Opens a device and asks. */
  static Kvm ask(String path) {
    Map<String, Integer> capabilities = new LinkedHashMap<>();
    int version = 0;
    try (Descriptor kvm = Descriptor.open(path, Descriptor.O_RDWR | Descriptor.O_CLOEXEC)) {
      version = kvm.ioctl("KVM_GET_API_VERSION", KVM_GET_API_VERSION, 0);
      for (String line : Resource.lines(Kvm.class, "kvm-capabilities.txt")) {
        String[] words = line.split(" ", 2);
        int answer = kvm.ioctl("KVM_CHECK_EXTENSION", KVM_CHECK_EXTENSION, Integer.parseInt(words[0]));
        if (answer > 0) {
          capabilities.put(words[1], answer);
        }
      }
      Descriptor.of(kvm.ioctl("KVM_CREATE_VM", KVM_CREATE_VM, 0)).close();
      return new Kvm(version, capabilities, true, "");
    } catch (SystemCallException e) {
      return new Kvm(version, capabilities, false, String.valueOf(e.getMessage()));
    }
  }
}
