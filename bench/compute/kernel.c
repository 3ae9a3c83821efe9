/* What the guest's kernel is asked for: system calls, pipes between two processes, fork and exec, page faults. */
#include "row.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "child")) return 0;
  begin(argc, argv);
  double start = now();
  long n = work(3000000);
  uint64_t check = 0;
  for (long i = 0; i < n; i++) check += syscall(SYS_getppid) > 0;
  row("syscall", start, check == (uint64_t)n);

  int there[2], back[2];
  if (pipe(there) || pipe(back)) return 1;
  n = work(40000);
  char byte = 1;
  pid_t child = fork();
  if (child == 0) {
    for (long i = 0; i < n; i++)
      if (read(there[0], &byte, 1) != 1 || write(back[1], &byte, 1) != 1) return 1;
    return 0;
  }
  start = now();
  for (long i = 0; i < n; i++)
    if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1) return 1;
  row("pipe-ping-pong", start, byte);
  waitpid(child, 0, 0);

  n = work(600);
  start = now();
  for (long i = 0; i < n; i++) {
    pid_t pid = fork();
    if (pid == 0) {
      execl("/proc/self/exe", argv[0], "child", (char *)0);
      _exit(127);
    }
    int status;
    waitpid(pid, &status, 0);
    if (status) return 1;
  }
  row("fork-exec", start, 0);

  enum { BYTES = 32 << 20 };
  n = work(12);
  start = now();
  for (long i = 0; i < n; i++) {
    char *p = mmap(0, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return 1;
    madvise(p, BYTES, MADV_NOHUGEPAGE);
    for (long at = 0; at < BYTES; at += 4096) p[at] = 1;
    munmap(p, BYTES);
  }
  row("page-fault", start, 0);
}
