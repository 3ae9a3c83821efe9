/**
 * x87, MMX and SSE: what the instructions compute, on primitives, with no dependency on the CPU that calls it.
 *
 * <p><b>Conventions.</b> Method names are the mnemonics in lower case. A 128-bit register is two little-endian lanes,
 * {@code xmm[2 * r]} (bits 0–63) and {@code xmm[2 * r + 1]}; a 128-bit source is passed by value as {@code lo, hi}, so
 * that it may be memory or any register, the destination included. Alignment faults, #NM and #UD are the caller's.
 *
 * <ul>
 *   <li>{@link dev.portfire.softcpu.fpu.MmxSse}: integer operations. Lane-wise ones are {@code long paddb(long a,
 *       long b)} with {@code a} the destination's old value; call once for MMX, twice for SSE. Shifts take the count
 *       as the 64-bit low lane of the source, or the zero-extended immediate: {@code long psllw(long a, long count)}.
 *       Operations across lanes are {@code void packsswb(SimdState s, int d, long lo, long hi)} for SSE and {@code
 *       long packsswb(long a, long b)} for MMX.
 *   <li>{@link dev.portfire.softcpu.fpu.SseFloat}: {@code void addsd(SimdState s, int d, long src)},
 *       {@code void addss(SimdState s, int d, int src)}, {@code void addpd(SimdState s, int d, long lo, long hi)};
 *       immediates come last. Comparisons into RFLAGS ({@code int comisd(SimdState s, int d, long src)}) return ZF,
 *       PF and CF in their RFLAGS positions, all other arithmetic flags being zero.
 *   <li>{@link dev.portfire.softcpu.fpu.X87}: the x87 unit, one entry for the opcodes D8–DF, and the FXSAVE images.
 * </ul>
 *
 * <p>An unmasked SIMD floating-point exception is thrown as {@link dev.portfire.softcpu.fpu.SimdException} with the
 * destination unchanged; an unmasked x87 exception stays pending until the next waiting instruction.
 */
@NullMarked
package dev.portfire.softcpu.fpu;

import org.jspecify.annotations.NullMarked;
