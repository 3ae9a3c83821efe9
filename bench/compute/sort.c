/* qsort of 64-bit numbers, and of strings behind pointers. */
#include "row.h"

static int numbers(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

static int strings(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int main(int argc, char **argv) {
  begin(argc, argv);
  long n = work(2000000);
  uint64_t *v = malloc(n * sizeof *v), seed = 3, check = 0;
  for (long i = 0; i < n; i++) v[i] = next(&seed);
  double start = now();
  qsort(v, n, sizeof *v, numbers);
  row("sort-numbers", start, v[n / 3]);
  n = work(400000);
  char **words = malloc(n * sizeof *words), *space = malloc(n * 20);
  for (long i = 0; i < n; i++) sprintf(words[i] = space + i * 20, "%llx", (unsigned long long)next(&seed));
  start = now();
  qsort(words, n, sizeof *words, strings);
  for (long i = 0; i < n; i += 1 + n / 100) check = check * 31 + words[i][5];
  row("sort-strings", start, check);
}
