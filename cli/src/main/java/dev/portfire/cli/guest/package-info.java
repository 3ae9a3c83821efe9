/**
 * The default guest: Debian's kernel and busybox fetched without root, and the initramfs that runs a command or a
 * shell.
 */
@NullMarked
package dev.portfire.cli.guest;

import org.jspecify.annotations.NullMarked;
