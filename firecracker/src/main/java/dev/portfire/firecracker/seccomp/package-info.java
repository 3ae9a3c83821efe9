/** Which system calls a thread may make: policies in the seccompiler's JSON, and the BPF programs they become. */
@NullMarked
package dev.portfire.firecracker.seccomp;

import org.jspecify.annotations.NullMarked;
