/** An x86-64 processor: decoder, memory management, interpreter and the machine around it. */
@NullMarked
package dev.portfire.softcpu;

import org.jspecify.annotations.NullMarked;
