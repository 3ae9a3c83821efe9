package dev.portfire.boot;

import java.lang.foreign.MemorySegment;

/**
 * A kernel that has been read and unpacked, on its way into guest memory: see {@link LinuxBoot#unpack}.
 *
 * @param label what errors call it
 * @param elf the ELF file, which has not been looked at
 * @param setupHeader the setup header of a bzImage, from 0x1f1 on; empty if it was an ELF file from the start
 */
public record UnpackedKernel(String label, MemorySegment elf, byte[] setupHeader) {}
