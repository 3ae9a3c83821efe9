/** The {@code jailer} front end: starts a program in a root directory, cgroups and namespaces of its own, as another user. */
@NullMarked
package dev.portfire.jailer;

import org.jspecify.annotations.NullMarked;
