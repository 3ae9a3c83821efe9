// The yardstick of bench/kvm-exit: a guest that does port writes, and the shortest loop around KVM_RUN that serves them.
// Prints the nanoseconds per exit.
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#define CODE 0x4000
#define TABLES 0x1000

static void check(int ok, const char *what) {
  if (!ok) {
    perror(what);
    exit(1);
  }
}

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

int main(int argc, char **argv) {
  uint32_t exits = argc > 1 ? strtoul(argv[1], 0, 0) : 1000000;
  int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
  check(kvm >= 0, "/dev/kvm");
  int vm = ioctl(kvm, KVM_CREATE_VM, 0);
  check(vm >= 0, "KVM_CREATE_VM");
  check(ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000ul) == 0, "KVM_SET_TSS_ADDR");
  check(ioctl(vm, KVM_CREATE_IRQCHIP, 0) == 0, "KVM_CREATE_IRQCHIP");
  uint8_t *memory = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct kvm_userspace_memory_region region = {0, 0, 0, 1 << 20, (uintptr_t) memory};
  check(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) == 0, "KVM_SET_USER_MEMORY_REGION");
  int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
  check(vcpu >= 0, "KVM_CREATE_VCPU");
  struct kvm_run *run =
      mmap(0, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
  check(run != MAP_FAILED, "mmap");
  struct {
    struct kvm_cpuid2 head;
    struct kvm_cpuid_entry2 entries[256];
  } cpuid = {.head.nent = 256};
  check(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, &cpuid) == 0, "KVM_GET_SUPPORTED_CPUID");
  check(ioctl(vcpu, KVM_SET_CPUID2, &cpuid) == 0, "KVM_SET_CPUID2");

  // 1: out 0x10, al; dec ecx; jnz 1b; out 0x80, al
  static const uint8_t code[] = {0xe6, 0x10, 0xff, 0xc9, 0x75, 0xfa, 0xe6, 0x80, 0xf4};
  memcpy(memory + CODE, code, sizeof code);
  *(uint64_t *) (memory + TABLES) = TABLES + 0x1003;
  *(uint64_t *) (memory + TABLES + 0x1000) = TABLES + 0x2003;
  *(uint64_t *) (memory + TABLES + 0x2000) = 0x83;
  struct kvm_sregs s;
  check(ioctl(vcpu, KVM_GET_SREGS, &s) == 0, "KVM_GET_SREGS");
  struct kvm_segment data = {.limit = -1, .selector = 16, .type = 3, .present = 1, .db = 1, .s = 1, .g = 1};
  s.ds = s.es = s.fs = s.gs = s.ss = data;
  s.cs = (struct kvm_segment) {.limit = -1, .selector = 8, .type = 11, .present = 1, .s = 1, .l = 1, .g = 1};
  s.cr0 = 0x80000011;
  s.cr3 = TABLES;
  s.cr4 = 0x20;
  s.efer = 0x500;
  check(ioctl(vcpu, KVM_SET_SREGS, &s) == 0, "KVM_SET_SREGS");
  struct kvm_regs r = {.rip = CODE, .rcx = exits, .rflags = 2};
  check(ioctl(vcpu, KVM_SET_REGS, &r) == 0, "KVM_SET_REGS");

  uint64_t served = 0, start = now();
  for (;;) {
    check(ioctl(vcpu, KVM_RUN, 0) == 0, "KVM_RUN");
    if (run->exit_reason != KVM_EXIT_IO) {
      fprintf(stderr, "exit %u\n", run->exit_reason);
      return 1;
    }
    if (run->io.port == 0x80) {
      break;
    }
    served += ((uint8_t *) run)[run->io.data_offset] + 1;
  }
  uint64_t nanos = now() - start;
  if (served != exits) {
    fprintf(stderr, "%lu exits, not %u\n", served, exits);
    return 1;
  }
  printf("%.1f\n", (double) nanos / exits);
  return 0;
}
