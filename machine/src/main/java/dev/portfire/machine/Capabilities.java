package dev.portfire.machine;

/**
 * What a back end offers on this host.
 *
 * @param available whether it can run guests here
 * @param maxVcpus the largest number of vCPUs in one machine
 * @param reason one line: why it is not available, or what it is
 */
public record Capabilities(boolean available, int maxVcpus, String reason) {}
