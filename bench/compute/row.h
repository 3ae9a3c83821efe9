/* What all programs of bench/compute share: a clock and the line of a row. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double scale = 1;

/* Seconds of CLOCK_MONOTONIC. */
static inline double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

/* A count of work, scaled; at least 1. */
static inline long work(long count) {
  double scaled = count * scale;
  return scaled < 1 ? 1 : (long)scaled;
}

/* One line of results; the check is the same wherever the program computes the same. */
static inline void row(const char *name, double start, uint64_t check) {
  printf("ROW %s %.6f %llx\n", name, now() - start, (unsigned long long)check);
  fflush(stdout);
}

static inline uint64_t next(uint64_t *state) {
  uint64_t x = *state;
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  return *state = x;
}

static inline void begin(int count, char **arguments) {
  if (count > 1) scale = atof(arguments[1]);
}
