/* Memory: a chain of dependent loads over 8 MiB, memcpy and memset of 1 MiB. */
#include "row.h"

enum { LINKS = 1 << 17, STRIDE = 8, BYTES = 1 << 20 };

int main(int argc, char **argv) {
  begin(argc, argv);
  uint64_t *chain = malloc((size_t)LINKS * STRIDE * 8), seed = 1;
  uint32_t *order = malloc(LINKS * sizeof *order);
  for (int i = 0; i < LINKS; i++) order[i] = i;
  for (int i = LINKS - 1; i > 0; i--) {
    int j = next(&seed) % (i + 1);
    uint32_t t = order[i];
    order[i] = order[j], order[j] = t;
  }
  for (int i = 0; i < LINKS; i++) chain[(size_t)order[i] * STRIDE] = (uint64_t)order[(i + 1) % LINKS] * STRIDE;
  double start = now();
  uint64_t at = 0;
  for (long i = work(3000000); i > 0; i--) at = chain[at];
  row("pointer-chase", start, at);

  char *a = malloc(BYTES), *b = malloc(BYTES);
  memset(a, 1, BYTES), memset(b, 2, BYTES);
  start = now();
  for (long i = work(4000); i > 0; i--) {
    a[i & 0xffff] ^= (char)i;
    memcpy(b, a, BYTES);
    __asm__ volatile("" ::"r"(b) : "memory");
  }
  row("memcpy", start, b[1]);
  start = now();
  for (long i = work(8000); i > 0; i--) {
    memset(a, (int)i, BYTES);
    __asm__ volatile("" ::"r"(a) : "memory");
  }
  row("memset", start, a[1]);
}
