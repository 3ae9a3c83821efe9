// A program for JailerIT to jail: writes what it finds, and what it is refused, to /run/found, and waits.
// Its last argument is a process of the host to attack.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

extern char **environ;

static FILE *out;

static void attempt(const char *what, long result) {
  fprintf(out, "%s: %s\n", what, result >= 0 ? "done" : strerrorname_np(errno));
}

static int by_name(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

int main(int argc, char **argv) {
  char open_files[4096] = "";
  for (int fd = 0; fd < 4096; fd++) {
    if (fcntl(fd, F_GETFD) >= 0) {
      sprintf(open_files + strlen(open_files), " %d", fd);
    }
  }
  out = fopen("/run/writing", "w");
  if (out == NULL) {
    return 9;
  }
  fprintf(out, "open:%s\n", open_files);
  for (int i = 0; i < argc; i++) {
    fprintf(out, "argument: %s\n", argv[i]);
  }
  for (char **variable = environ; *variable != NULL; variable++) {
    fprintf(out, "variable: %s\n", *variable);
  }
  char directory[4096];
  fprintf(out, "directory: %s\n", getcwd(directory, sizeof directory));
  fprintf(out, "ids: %d %d %d %d, %d groups\n", getuid(), geteuid(), getgid(), getegid(), getgroups(0, NULL));
  fprintf(out, "process: %d, leads: %d\n", getpid(), getsid(0) == getpid());
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  fprintf(out, "files: %lu %lu\n", limit.rlim_cur, limit.rlim_max);
  getrlimit(RLIMIT_FSIZE, &limit);
  fprintf(out, "size: %lu %lu\n", limit.rlim_cur, limit.rlim_max);
  struct dirent **names;
  int count = scandir("/../..", &names, NULL, by_name);
  fprintf(out, "root:");
  for (int i = 0; i < count; i++) {
    fprintf(out, " %s", names[i]->d_name);
  }
  fprintf(out, "\n");
  int host = atoi(argv[argc - 1]);
  attempt("open a file of the host", open("/etc/passwd", O_RDONLY));
  attempt("open /proc", open("/proc/1/root/etc/passwd", O_RDONLY));
  attempt("trace", ptrace(PTRACE_ATTACH, host, 0, 0));
  attempt("kill", kill(host, SIGKILL));
  attempt("mknod", mknod("/run/disk", S_IFBLK | 0600, makedev(8, 0)));
  attempt("mount", mount("none", "/run", "tmpfs", 0, NULL));
  attempt("unmount", umount2("/", MNT_DETACH));
  attempt("chroot", chroot("/run"));
  attempt("make a mount namespace", unshare(CLONE_NEWNS));
  attempt("raw socket", socket(AF_INET, SOCK_RAW, 1));
  attempt("packet socket", socket(AF_PACKET, SOCK_RAW, 0));
  attempt("setuid", setuid(0));
  attempt("setgid", setgid(0));
  attempt("setgroups", setgroups(0, NULL));
  struct rlimit more = {1 << 20, 1 << 20};
  attempt("raise a limit", setrlimit(RLIMIT_NOFILE, &more));
  fclose(out);
  rename("/run/writing", "/run/found");
  while (1) {
    pause();
  }
}
