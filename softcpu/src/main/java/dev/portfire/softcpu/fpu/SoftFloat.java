package dev.portfire.softcpu.fpu;

final class SoftFloat {}
