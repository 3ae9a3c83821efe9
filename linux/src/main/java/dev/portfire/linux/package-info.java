/** Linux system calls, each a static method that names itself, its arguments and the error when it fails. */
@NullMarked
package dev.portfire.linux;

import org.jspecify.annotations.NullMarked;
