package dev.portfire.vmm;

import java.util.OptionalLong;

/**
 * What free page hinting is doing.
 *
 * @param hostCmd the command that the guest is given: 0 stop, 1 done, others ask for free pages
 * @param guestCmd the command that the guest works on, if it has said so
 */
public record BalloonHinting(long hostCmd, OptionalLong guestCmd) {}
