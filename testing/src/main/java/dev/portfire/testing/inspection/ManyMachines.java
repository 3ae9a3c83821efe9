package dev.portfire.testing.inspection;

import dev.portfire.kvm.KvmHypervisor;
import dev.portfire.linux.SystemCallException;
import dev.portfire.softcpu.SoftAssist;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps so many machines of KVM, which do not run, for programs that count exits to look at: see {@code bench/kvm-stat}. */
public final class ManyMachines {
  private ManyMachines() {}

  /** One argument, the number of machines; they are there until stdin ends. */
  public static void main(String[] args) throws IOException, SystemCallException {
    KvmHypervisor kvm = new KvmHypervisor(KvmHypervisor.DEVICE, Optional.of(SoftAssist::new));
    List<CountedGuest> guests = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[0]); i++) {
      CountedGuest guest = new CountedGuest(kvm, 1, 1, 1);
      guest.publishExits(i);
      guests.add(guest);
    }
    System.out.println("ready");
    int unused = System.in.read();
    for (CountedGuest guest : guests) {
      guest.close();
    }
  }
}
