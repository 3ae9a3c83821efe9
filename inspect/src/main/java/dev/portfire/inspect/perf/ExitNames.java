package dev.portfire.inspect.perf;

/**
 * Names of exit reasons as perf kvm writes them, and of some that kernels after 6.1 have: table, number, name. Text of a class and not of a
 * resource, since the AOT cache has the one and a jar has to be opened for the other.
 */
final class ExitNames {
  static final String TABLE =
      """
      vmx 0 EXCEPTION_NMI
      vmx 1 EXTERNAL_INTERRUPT
      vmx 2 TRIPLE_FAULT
      vmx 3 INIT_SIGNAL
      vmx 4 SIPI_SIGNAL
      vmx 7 INTERRUPT_WINDOW
      vmx 8 NMI_WINDOW
      vmx 9 TASK_SWITCH
      vmx 10 CPUID
      vmx 12 HLT
      vmx 13 INVD
      vmx 14 INVLPG
      vmx 15 RDPMC
      vmx 16 RDTSC
      vmx 18 VMCALL
      vmx 19 VMCLEAR
      vmx 20 VMLAUNCH
      vmx 21 VMPTRLD
      vmx 22 VMPTRST
      vmx 23 VMREAD
      vmx 24 VMRESUME
      vmx 25 VMWRITE
      vmx 26 VMOFF
      vmx 27 VMON
      vmx 28 CR_ACCESS
      vmx 29 DR_ACCESS
      vmx 30 IO_INSTRUCTION
      vmx 31 MSR_READ
      vmx 32 MSR_WRITE
      vmx 33 INVALID_STATE
      vmx 34 MSR_LOAD_FAIL
      vmx 36 MWAIT_INSTRUCTION
      vmx 37 MONITOR_TRAP_FLAG
      vmx 39 MONITOR_INSTRUCTION
      vmx 40 PAUSE_INSTRUCTION
      vmx 41 MCE_DURING_VMENTRY
      vmx 43 TPR_BELOW_THRESHOLD
      vmx 44 APIC_ACCESS
      vmx 45 EOI_INDUCED
      vmx 46 GDTR_IDTR
      vmx 47 LDTR_TR
      vmx 48 EPT_VIOLATION
      vmx 49 EPT_MISCONFIG
      vmx 50 INVEPT
      vmx 51 RDTSCP
      vmx 52 PREEMPTION_TIMER
      vmx 53 INVVPID
      vmx 54 WBINVD
      vmx 55 XSETBV
      vmx 56 APIC_WRITE
      vmx 57 RDRAND
      vmx 58 INVPCID
      vmx 59 VMFUNC
      vmx 60 ENCLS
      vmx 61 RDSEED
      vmx 62 PML_FULL
      vmx 63 XSAVES
      vmx 64 XRSTORS
      vmx 67 UMWAIT
      vmx 68 TPAUSE
      vmx 74 BUS_LOCK
      vmx 75 NOTIFY
      vmx 77 TDCALL
      vmx 84 MSR_READ_IMM
      vmx 85 MSR_WRITE_IMM
      svm 0x000 read_cr0
      svm 0x002 read_cr2
      svm 0x003 read_cr3
      svm 0x004 read_cr4
      svm 0x008 read_cr8
      svm 0x010 write_cr0
      svm 0x012 write_cr2
      svm 0x013 write_cr3
      svm 0x014 write_cr4
      svm 0x018 write_cr8
      svm 0x020 read_dr0
      svm 0x021 read_dr1
      svm 0x022 read_dr2
      svm 0x023 read_dr3
      svm 0x024 read_dr4
      svm 0x025 read_dr5
      svm 0x026 read_dr6
      svm 0x027 read_dr7
      svm 0x030 write_dr0
      svm 0x031 write_dr1
      svm 0x032 write_dr2
      svm 0x033 write_dr3
      svm 0x034 write_dr4
      svm 0x035 write_dr5
      svm 0x036 write_dr6
      svm 0x037 write_dr7
      svm 0x040 DE excp
      svm 0x041 DB excp
      svm 0x043 BP excp
      svm 0x044 OF excp
      svm 0x045 BR excp
      svm 0x046 UD excp
      svm 0x047 NM excp
      svm 0x048 DF excp
      svm 0x04a TS excp
      svm 0x04b NP excp
      svm 0x04c SS excp
      svm 0x04d GP excp
      svm 0x04e PF excp
      svm 0x050 MF excp
      svm 0x051 AC excp
      svm 0x052 MC excp
      svm 0x053 XF excp
      svm 0x060 interrupt
      svm 0x061 nmi
      svm 0x062 smi
      svm 0x063 init
      svm 0x064 vintr
      svm 0x065 cr0_sel_write
      svm 0x066 read_idtr
      svm 0x067 read_gdtr
      svm 0x068 read_ldtr
      svm 0x069 read_rt
      svm 0x06a write_idtr
      svm 0x06b write_gdtr
      svm 0x06c write_ldtr
      svm 0x06d write_rt
      svm 0x06e rdtsc
      svm 0x06f rdpmc
      svm 0x070 pushf
      svm 0x071 popf
      svm 0x072 cpuid
      svm 0x073 rsm
      svm 0x074 iret
      svm 0x075 swint
      svm 0x076 invd
      svm 0x077 pause
      svm 0x078 hlt
      svm 0x079 invlpg
      svm 0x07a invlpga
      svm 0x07b io
      svm 0x07c msr
      svm 0x07d task_switch
      svm 0x07e ferr_freeze
      svm 0x07f shutdown
      svm 0x080 vmrun
      svm 0x081 hypercall
      svm 0x082 vmload
      svm 0x083 vmsave
      svm 0x084 stgi
      svm 0x085 clgi
      svm 0x086 skinit
      svm 0x087 rdtscp
      svm 0x088 icebp
      svm 0x089 wbinvd
      svm 0x08a monitor
      svm 0x08b mwait
      svm 0x08d xsetbv
      svm 0x08f write_efer_trap
      svm 0x090 write_cr0_trap
      svm 0x094 write_cr4_trap
      svm 0x098 write_cr8_trap
      svm 0x0a2 invpcid
      svm 0x400 npf
      svm 0x401 avic_incomplete_ipi
      svm 0x402 avic_unaccelerated_access
      svm 0x403 vmgexit
      svm 0x80000001 vmgexit_mmio_read
      svm 0x80000002 vmgexit_mmio_write
      svm 0x80000003 vmgexit_nmi_complete
      svm 0x80000004 vmgexit_ap_hlt_loop
      svm 0x80000005 vmgexit_ap_jump_table
      svm 0x80000010 vmgexit_page_state_change
      svm 0x80000011 vmgexit_guest_request
      svm 0x80000012 vmgexit_ext_guest_request
      svm 0x80000013 vmgexit_ap_creation
      svm 0x8000fffd vmgexit_hypervisor_feature
      svm 0x08e rdpru
      svm 0x0a5 buslock
      svm 0x0a6 idle-halt
      """;

  private ExitNames() {}
}
