package dev.portfire.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.BinaryStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares numbers, sizes and offsets with this machine's {@code <linux/kvm.h>}, by a C program that prints them. */
class KernelHeaderIT {
  @TempDir Path directory;

  private final Map<String, Long> macros = new LinkedHashMap<>();
  private final Map<String, Long> expressions = new LinkedHashMap<>();

  private void size(String struct, long ours) {
    expressions.put("sizeof(struct %s)".formatted(struct), ours);
  }

  private void offset(String struct, String member, long ours) {
    expressions.put("offsetof(struct %s, %s)".formatted(struct, member), ours);
  }

  @Test
  void theHeaderSaysTheSame() throws IOException, InterruptedException {
    for (Request request : Request.values()) {
      macros.put(request.toString(), request.number());
    }
    for (Capability capability : Capability.values()) {
      macros.put(capability.toString(), (long) capability.number());
    }
    for (ExitCode exit : ExitCode.values()) {
      macros.put(exit.toString(), (long) exit.number());
    }
    flags();
    run();
    vcpu();
    machine();
    statistics();
    Map<String, Long> theirs = ask();
    // An older header lacks what is newer than it; that cannot be compared.
    macros.keySet().removeIf(name -> !theirs.containsKey(name));
    assertThat(macros.size()).isGreaterThan(60);
    Map<String, Long> ours = new LinkedHashMap<>(expressions);
    ours.putAll(macros);
    assertThat(ours).isEqualTo(theirs);
  }

  private void flags() {
    macros.put("KVM_API_VERSION", (long) KvmDevice.API_VERSION);
    macros.put("KVM_EXIT_IO_OUT", (long) Layouts.IO_OUT);
    macros.put("KVM_INTERNAL_ERROR_EMULATION", (long) ExitCode.INTERNAL_ERROR_EMULATION);
    macros.put("KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES", (long) Layouts.EMULATION_FLAG_BYTES);
    macros.put("KVM_MEM_LOG_DIRTY_PAGES", (long) Layouts.MEM_LOG_DIRTY_PAGES);
    macros.put("KVM_MEM_READONLY", (long) Layouts.MEM_READONLY);
    macros.put("KVM_IOEVENTFD_FLAG_DATAMATCH", (long) Layouts.IOEVENTFD_DATAMATCH);
    macros.put("KVM_IRQCHIP_PIC_MASTER", (long) Layouts.CHIP_PIC_MASTER);
    macros.put("KVM_IRQCHIP_PIC_SLAVE", (long) Layouts.CHIP_PIC_SLAVE);
    macros.put("KVM_IRQCHIP_IOAPIC", (long) Layouts.CHIP_IOAPIC);
    macros.put("KVM_IRQ_ROUTING_IRQCHIP", (long) Layouts.ROUTING_IRQCHIP);
    macros.put("KVM_PIT_SPEAKER_DUMMY", (long) Layouts.PIT_SPEAKER_DUMMY);
    macros.put("KVM_PIT_FLAGS_SPEAKER_DATA_ON", (long) Layouts.PIT_SPEAKER_ON);
    macros.put("KVM_VCPUEVENT_VALID_NMI_PENDING", (long) Layouts.EVENTS_VALID_NMI_PENDING);
    macros.put("KVM_VCPUEVENT_VALID_SHADOW", (long) Layouts.EVENTS_VALID_SHADOW);
    macros.put("KVM_X86_SHADOW_INT_STI", (long) Layouts.SHADOW_STI);
    macros.put("KVM_MP_STATE_RUNNABLE", (long) Layouts.MP_RUNNABLE);
    macros.put("KVM_MP_STATE_UNINITIALIZED", (long) Layouts.MP_UNINITIALIZED);
    macros.put("KVM_MP_STATE_INIT_RECEIVED", (long) Layouts.MP_INIT_RECEIVED);
    macros.put("KVM_MP_STATE_HALTED", (long) Layouts.MP_HALTED);
    macros.put("KVM_MP_STATE_SIPI_RECEIVED", (long) Layouts.MP_SIPI_RECEIVED);
    macros.put("KVM_GUESTDBG_ENABLE", (long) Layouts.GUESTDBG_ENABLE);
    macros.put("KVM_GUESTDBG_SINGLESTEP", (long) Layouts.GUESTDBG_SINGLESTEP);
    macros.put("KVM_GUESTDBG_USE_SW_BP", (long) Layouts.GUESTDBG_USE_SW_BP);
    macros.put("KVM_GUESTDBG_USE_HW_BP", (long) Layouts.GUESTDBG_USE_HW_BP);
    macros.put("KVM_GUESTDBG_INJECT_DB", (long) Layouts.GUESTDBG_INJECT_DB);
    macros.put("KVM_GUESTDBG_INJECT_BP", (long) Layouts.GUESTDBG_INJECT_BP);
    macros.put("KVM_GUESTDBG_BLOCKIRQ", (long) Layouts.GUESTDBG_BLOCKIRQ);
    macros.put("KVM_STATS_TYPE_LOG_HIST", (long) BinaryStatistics.Kind.LOG_HISTOGRAM.ordinal());
  }

  private void run() {
    offset("kvm_run", "immediate_exit", Layouts.RUN_IMMEDIATE_EXIT);
    offset("kvm_run", "exit_reason", Layouts.RUN_EXIT_REASON);
    offset("kvm_run", "hw.hardware_exit_reason", Layouts.RUN_UNION);
    offset("kvm_run", "fail_entry.hardware_entry_failure_reason", Layouts.RUN_UNION);
    offset("kvm_run", "fail_entry.cpu", Layouts.RUN_FAIL_ENTRY_CPU);
    offset("kvm_run", "ex.exception", Layouts.RUN_UNION);
    offset("kvm_run", "ex.error_code", Layouts.RUN_EXCEPTION_ERROR);
    offset("kvm_run", "io.direction", Layouts.RUN_IO_DIRECTION);
    offset("kvm_run", "io.size", Layouts.RUN_IO_SIZE);
    offset("kvm_run", "io.port", Layouts.RUN_IO_PORT);
    offset("kvm_run", "io.count", Layouts.RUN_IO_COUNT);
    offset("kvm_run", "io.data_offset", Layouts.RUN_IO_DATA_OFFSET);
    offset("kvm_run", "debug.arch.exception", Layouts.RUN_UNION);
    offset("kvm_run", "debug.arch.pc", Layouts.RUN_DEBUG_PC);
    offset("kvm_run", "debug.arch.dr6", Layouts.RUN_DEBUG_DR6);
    offset("kvm_run", "debug.arch.dr7", Layouts.RUN_DEBUG_DR7);
    offset("kvm_run", "mmio.phys_addr", Layouts.RUN_MMIO_ADDRESS);
    offset("kvm_run", "mmio.data", Layouts.RUN_MMIO_DATA);
    offset("kvm_run", "mmio.len", Layouts.RUN_MMIO_LENGTH);
    offset("kvm_run", "mmio.is_write", Layouts.RUN_MMIO_IS_WRITE);
    offset("kvm_run", "internal.suberror", Layouts.RUN_INTERNAL_SUBERROR);
    offset("kvm_run", "internal.ndata", Layouts.RUN_INTERNAL_NDATA);
    offset("kvm_run", "internal.data", Layouts.RUN_INTERNAL_DATA);
    expressions.put(
        "sizeof(((struct kvm_run *) 0)->internal.data) / 8", (long) Layouts.RUN_INTERNAL_MAX_DATA);
    offset("kvm_run", "emulation_failure.flags", Layouts.RUN_EMULATION_FLAGS);
    offset("kvm_run", "emulation_failure.insn_size", Layouts.RUN_EMULATION_SIZE);
    offset("kvm_run", "emulation_failure.insn_bytes", Layouts.RUN_EMULATION_BYTES);
    offset("kvm_run", "system_event.type", Layouts.RUN_SYSTEM_EVENT_TYPE);
    offset("kvm_run", "system_event.ndata", Layouts.RUN_SYSTEM_EVENT_NDATA);
    offset("kvm_run", "system_event.data", Layouts.RUN_SYSTEM_EVENT_DATA);
  }

  private void vcpu() {
    size("kvm_regs", Layouts.REGS_SIZE);
    String[] order = {"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rsp", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"};
    for (int k = 0; k < order.length; k++) {
      offset("kvm_regs", order[k], 8L * k);
    }
    offset("kvm_regs", "rip", Layouts.REGS_RIP);
    offset("kvm_regs", "rflags", Layouts.REGS_RFLAGS);
    size("kvm_segment", Layouts.SEGMENT_SIZE);
    offset("kvm_segment", "base", Layouts.SEGMENT_BASE);
    offset("kvm_segment", "limit", Layouts.SEGMENT_LIMIT);
    offset("kvm_segment", "selector", Layouts.SEGMENT_SELECTOR);
    offset("kvm_segment", "type", Layouts.SEGMENT_TYPE);
    offset("kvm_segment", "present", Layouts.SEGMENT_PRESENT);
    offset("kvm_segment", "dpl", Layouts.SEGMENT_DPL);
    offset("kvm_segment", "db", Layouts.SEGMENT_DB);
    offset("kvm_segment", "s", Layouts.SEGMENT_S);
    offset("kvm_segment", "l", Layouts.SEGMENT_L);
    offset("kvm_segment", "g", Layouts.SEGMENT_G);
    offset("kvm_segment", "avl", Layouts.SEGMENT_AVL);
    offset("kvm_segment", "unusable", Layouts.SEGMENT_UNUSABLE);
    offset("kvm_dtable", "limit", Layouts.DTABLE_LIMIT);
    size("kvm_sregs", Layouts.SREGS_SIZE);
    offset("kvm_sregs", "cs", Layouts.SREGS_CS);
    offset("kvm_sregs", "ds", Layouts.SREGS_DS);
    offset("kvm_sregs", "es", Layouts.SREGS_ES);
    offset("kvm_sregs", "fs", Layouts.SREGS_FS);
    offset("kvm_sregs", "gs", Layouts.SREGS_GS);
    offset("kvm_sregs", "ss", Layouts.SREGS_SS);
    offset("kvm_sregs", "tr", Layouts.SREGS_TR);
    offset("kvm_sregs", "ldt", Layouts.SREGS_LDT);
    offset("kvm_sregs", "gdt", Layouts.SREGS_GDT);
    offset("kvm_sregs", "idt", Layouts.SREGS_IDT);
    offset("kvm_sregs", "cr0", Layouts.SREGS_CR0);
    offset("kvm_sregs", "cr2", Layouts.SREGS_CR2);
    offset("kvm_sregs", "cr3", Layouts.SREGS_CR3);
    offset("kvm_sregs", "cr4", Layouts.SREGS_CR4);
    offset("kvm_sregs", "cr8", Layouts.SREGS_CR8);
    offset("kvm_sregs", "efer", Layouts.SREGS_EFER);
    offset("kvm_sregs", "apic_base", Layouts.SREGS_APIC_BASE);
    offset("kvm_sregs", "interrupt_bitmap", Layouts.SREGS_INTERRUPT_BITMAP);
    size("kvm_msrs", Layouts.MSRS_HEADER);
    size("kvm_msr_entry", Layouts.MSR_ENTRY_SIZE);
    offset("kvm_msr_entry", "data", Layouts.MSR_ENTRY_DATA);
    size("kvm_msr_list", Layouts.MSR_LIST_HEADER);
    size("kvm_cpuid2", Layouts.CPUID_HEADER);
    size("kvm_cpuid_entry2", Layouts.CPUID_ENTRY_SIZE);
    offset("kvm_cpuid_entry2", "index", Layouts.CPUID_ENTRY_INDEX);
    offset("kvm_cpuid_entry2", "flags", Layouts.CPUID_ENTRY_FLAGS);
    offset("kvm_cpuid_entry2", "eax", Layouts.CPUID_ENTRY_EAX);
    size("kvm_xsave", Layouts.XSAVE_SIZE);
    size("kvm_xcrs", Layouts.XCRS_SIZE);
    offset("kvm_xcrs", "xcrs", Layouts.XCRS_XCRS);
    size("kvm_xcr", Layouts.XCR_SIZE);
    offset("kvm_xcr", "value", Layouts.XCR_VALUE);
    size("kvm_debugregs", Layouts.DEBUGREGS_SIZE);
    offset("kvm_debugregs", "dr6", Layouts.DEBUGREGS_DR6);
    offset("kvm_debugregs", "dr7", Layouts.DEBUGREGS_DR7);
    size("kvm_lapic_state", Layouts.LAPIC_SIZE);
    size("kvm_mp_state", 4);
    size("kvm_vcpu_events", Layouts.EVENTS_SIZE);
    offset("kvm_vcpu_events", "exception.injected", Layouts.EVENTS_EXCEPTION_INJECTED);
    offset("kvm_vcpu_events", "exception.nr", Layouts.EVENTS_EXCEPTION_NR);
    offset("kvm_vcpu_events", "exception.has_error_code", Layouts.EVENTS_EXCEPTION_HAS_ERROR);
    offset("kvm_vcpu_events", "exception.pending", Layouts.EVENTS_EXCEPTION_PENDING);
    offset("kvm_vcpu_events", "exception.error_code", Layouts.EVENTS_EXCEPTION_ERROR);
    offset("kvm_vcpu_events", "interrupt.injected", Layouts.EVENTS_INTERRUPT_INJECTED);
    offset("kvm_vcpu_events", "interrupt.nr", Layouts.EVENTS_INTERRUPT_NR);
    offset("kvm_vcpu_events", "interrupt.soft", Layouts.EVENTS_INTERRUPT_SOFT);
    offset("kvm_vcpu_events", "interrupt.shadow", Layouts.EVENTS_INTERRUPT_SHADOW);
    offset("kvm_vcpu_events", "nmi.injected", Layouts.EVENTS_NMI_INJECTED);
    offset("kvm_vcpu_events", "nmi.pending", Layouts.EVENTS_NMI_PENDING);
    offset("kvm_vcpu_events", "nmi.masked", Layouts.EVENTS_NMI_MASKED);
    offset("kvm_vcpu_events", "flags", Layouts.EVENTS_FLAGS);
    size("kvm_translation", Layouts.TRANSLATION_SIZE);
    offset("kvm_translation", "physical_address", Layouts.TRANSLATION_PHYSICAL);
    offset("kvm_translation", "valid", Layouts.TRANSLATION_VALID);
  }

  private void machine() {
    size("kvm_enable_cap", Layouts.ENABLE_CAP_SIZE);
    offset("kvm_enable_cap", "args", Layouts.ENABLE_CAP_ARGS);
    size("kvm_userspace_memory_region", Layouts.MEMORY_REGION_SIZE);
    offset("kvm_userspace_memory_region", "flags", Layouts.MEMORY_REGION_FLAGS);
    offset("kvm_userspace_memory_region", "guest_phys_addr", Layouts.MEMORY_REGION_ADDRESS);
    offset("kvm_userspace_memory_region", "memory_size", Layouts.MEMORY_REGION_LENGTH);
    offset("kvm_userspace_memory_region", "userspace_addr", Layouts.MEMORY_REGION_HOST);
    size("kvm_dirty_log", Layouts.DIRTY_LOG_SIZE);
    offset("kvm_dirty_log", "dirty_bitmap", Layouts.DIRTY_LOG_BITMAP);
    size("kvm_clock_data", Layouts.CLOCK_SIZE);
    size("kvm_ioeventfd", Layouts.IOEVENTFD_SIZE);
    offset("kvm_ioeventfd", "addr", Layouts.IOEVENTFD_ADDRESS);
    offset("kvm_ioeventfd", "len", Layouts.IOEVENTFD_LENGTH);
    offset("kvm_ioeventfd", "fd", Layouts.IOEVENTFD_FD);
    offset("kvm_ioeventfd", "flags", Layouts.IOEVENTFD_FLAGS);
    size("kvm_guest_debug", Layouts.GUEST_DEBUG_SIZE);
    offset("kvm_guest_debug", "arch", Layouts.GUEST_DEBUG_REGISTERS);
    size("kvm_msi", Layouts.MSI_SIZE);
    offset("kvm_msi", "address_hi", Layouts.MSI_ADDRESS_HIGH);
    offset("kvm_msi", "data", Layouts.MSI_DATA);
    size("kvm_irqfd", Layouts.IRQFD_SIZE);
    offset("kvm_irqfd", "gsi", Layouts.IRQFD_GSI);
    size("kvm_irq_level", Layouts.IRQ_LEVEL_SIZE);
    offset("kvm_irq_level", "level", Layouts.IRQ_LEVEL_LEVEL);
    size("kvm_irq_routing", Layouts.ROUTING_HEADER);
    size("kvm_irq_routing_entry", Layouts.ROUTING_ENTRY_SIZE);
    offset("kvm_irq_routing_entry", "type", Layouts.ROUTING_ENTRY_TYPE);
    offset("kvm_irq_routing_entry", "u.irqchip.irqchip", Layouts.ROUTING_ENTRY_CHIP);
    offset("kvm_irq_routing_entry", "u.irqchip.pin", Layouts.ROUTING_ENTRY_PIN);
    size("kvm_irqchip", Layouts.IRQCHIP_SIZE);
    offset("kvm_irqchip", "chip", Layouts.IRQCHIP_CHIP);
    String[] pic = {
      "last_irr", "irr", "imr", "isr", "priority_add", "irq_base", "read_reg_select", "poll", "special_mask", "init_state",
      "auto_eoi", "rotate_on_auto_eoi", "special_fully_nested_mode", "init4", "elcr", "elcr_mask"
    };
    for (int k = 0; k < pic.length; k++) {
      offset("kvm_pic_state", pic[k], k);
    }
    offset("kvm_ioapic_state", "ioregsel", Layouts.IOAPIC_SELECT);
    offset("kvm_ioapic_state", "id", Layouts.IOAPIC_ID);
    offset("kvm_ioapic_state", "irr", Layouts.IOAPIC_IRR);
    offset("kvm_ioapic_state", "redirtbl", Layouts.IOAPIC_REDIRECTION);
    size("kvm_pit_config", Layouts.PIT_CONFIG_SIZE);
    size("kvm_pit_state2", Layouts.PIT_SIZE);
    offset("kvm_pit_state2", "flags", Layouts.PIT_FLAGS);
    size("kvm_pit_channel_state", Layouts.PIT_CHANNEL_SIZE);
    offset("kvm_pit_channel_state", "count", 0);
    offset("kvm_pit_channel_state", "latched_count", Layouts.PIT_CHANNEL_LATCHED_COUNT);
    offset("kvm_pit_channel_state", "count_latched", Layouts.PIT_CHANNEL_COUNT_LATCHED);
    offset("kvm_pit_channel_state", "status_latched", Layouts.PIT_CHANNEL_STATUS_LATCHED);
    offset("kvm_pit_channel_state", "status", Layouts.PIT_CHANNEL_STATUS);
    offset("kvm_pit_channel_state", "read_state", Layouts.PIT_CHANNEL_READ_STATE);
    offset("kvm_pit_channel_state", "write_state", Layouts.PIT_CHANNEL_WRITE_STATE);
    offset("kvm_pit_channel_state", "write_latch", Layouts.PIT_CHANNEL_WRITE_LATCH);
    offset("kvm_pit_channel_state", "rw_mode", Layouts.PIT_CHANNEL_ACCESS);
    offset("kvm_pit_channel_state", "mode", Layouts.PIT_CHANNEL_MODE);
    offset("kvm_pit_channel_state", "bcd", Layouts.PIT_CHANNEL_BCD);
    offset("kvm_pit_channel_state", "gate", Layouts.PIT_CHANNEL_GATE);
    offset("kvm_pit_channel_state", "count_load_time", Layouts.PIT_CHANNEL_LOAD_TIME);
  }

  private void statistics() {
    size("kvm_stats_header", BinaryStatistics.HEADER_SIZE);
    offset("kvm_stats_header", "name_size", BinaryStatistics.NAME_SIZE);
    offset("kvm_stats_header", "num_desc", BinaryStatistics.COUNT);
    offset("kvm_stats_header", "id_offset", BinaryStatistics.ID_OFFSET);
    offset("kvm_stats_header", "desc_offset", BinaryStatistics.DESCRIPTOR_OFFSET);
    offset("kvm_stats_header", "data_offset", BinaryStatistics.DATA_OFFSET);
    size("kvm_stats_desc", BinaryStatistics.DESCRIPTOR_SIZE);
    offset("kvm_stats_desc", "exponent", BinaryStatistics.DESCRIPTOR_EXPONENT);
    offset("kvm_stats_desc", "size", BinaryStatistics.DESCRIPTOR_COUNT);
    offset("kvm_stats_desc", "offset", BinaryStatistics.DESCRIPTOR_OFFSET_IN_DATA);
    offset("kvm_stats_desc", "bucket_size", BinaryStatistics.DESCRIPTOR_BUCKET);
  }

  private Map<String, Long> ask() throws IOException, InterruptedException {
    StringBuilder program =
        new StringBuilder("#include <stddef.h>\n#include <stdio.h>\n#include <linux/kvm.h>\nint main(void) {\n");
    macros.keySet().forEach(name -> program.append(
        "#ifdef %s\n  printf(\"%s|%%llu\\n\", (unsigned long long) %s);\n#endif\n".formatted(name, name, name)));
    // The states of a vCPU and statistics' kinds are macros too; the PIT's flags are since Linux 5.17.
    expressions.keySet().forEach(e -> program.append(
        "  printf(\"%s|%%llu\\n\", (unsigned long long) (%s));\n".formatted(e, e)));
    program.append("  return 0;\n}\n");
    Path source = Files.writeString(directory.resolve("probe.c"), program);
    Path binary = directory.resolve("probe");
    assume(run("gcc", "--version").isPresent(), "no gcc to compile a probe with");
    Path header = Files.writeString(directory.resolve("header.c"), "#include <linux/kvm.h>\n");
    assume(run("gcc", "-fsyntax-only", header.toString()).isPresent(), "no <linux/kvm.h> (package linux-libc-dev)");
    assertThat(run("gcc", "-o", binary.toString(), source.toString())).as("the probe compiles").isPresent();
    Map<String, Long> values = new LinkedHashMap<>();
    run(binary.toString()).orElseThrow().lines().forEach(line -> {
      int bar = line.indexOf('|');
      values.put(line.substring(0, bar), Long.parseLong(line.substring(bar + 1)));
    });
    return values;
  }

  private static void assume(boolean condition, String otherwise) {
    if (!condition) {
      System.err.println("skipped: " + otherwise);
    }
    Assumptions.assumeTrue(condition, otherwise);
  }

  private java.util.Optional<String> run(String... command) throws InterruptedException, IOException {
    Path output = directory.resolve("output");
    try {
      Process process =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
      int status = process.waitFor();
      String text = Files.readString(output);
      if (status != 0) {
        System.err.println(text);
      }
      return status == 0 ? java.util.Optional.of(text) : java.util.Optional.empty();
    } catch (IOException e) {
      return java.util.Optional.empty();
    }
  }
}
