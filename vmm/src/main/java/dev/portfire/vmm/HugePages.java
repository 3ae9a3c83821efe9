package dev.portfire.vmm;

/** The host's pages behind a guest's RAM. On Linux only; the memory of devices has ordinary pages. */
public enum HugePages {
  /** Pages of 4 KiB. */
  NONE,
  /** Pages of 2 MiB where the kernel has some (transparent huge pages, madvise(2)). */
  TRANSPARENT,
  /** Pages of 2 MiB that the host's administrator has set aside (hugetlbfs, {@code vm.nr_hugepages}). */
  SIZE_2M
}
