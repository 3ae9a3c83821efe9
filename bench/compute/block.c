/* Reads of 4 KiB past the page cache: sequential, then at random places. block SCALE FILE-OR-DEVICE */
#include "row.h"

#include <fcntl.h>
#include <unistd.h>

enum { BLOCK = 4096 };

int main(int argc, char **argv) {
  begin(argc, argv);
  int fd = argc > 2 ? open(argv[2], O_RDONLY | O_DIRECT) : -1;
  if (fd < 0) return perror("block"), 1;
  long blocks = lseek(fd, 0, SEEK_END) / BLOCK;
  uint64_t *buffer, check = 0, seed = 5;
  if (blocks < 1 || posix_memalign((void **)&buffer, BLOCK, BLOCK)) return 1;
  long n = work(10000);
  double start = now();
  for (long i = 0; i < n; i++) {
    if (pread(fd, buffer, BLOCK, i % blocks * BLOCK) != BLOCK) return 1;
    check = check * 31 + buffer[i & 511];
  }
  row("block-sequential", start, check);
  start = now();
  for (long i = 0; i < n; i++) {
    if (pread(fd, buffer, BLOCK, (long)(next(&seed) % blocks) * BLOCK) != BLOCK) return 1;
    check = check * 31 + buffer[i & 511];
  }
  row("block-random", start, check);
}
