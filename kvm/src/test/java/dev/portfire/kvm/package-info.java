/** Tests of the back end on KVM. */
@NullMarked
package dev.portfire.kvm;

import org.jspecify.annotations.NullMarked;
