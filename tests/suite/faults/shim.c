/* Stands between a program and its disk: notes every sync that succeeded, and makes syncs fail on demand.
 *
 * LIANXIAO_FAULTS names a folder. A sync appends the path it synced to the file `log` there; while a file
 * `fail` stands there, syncs fail with EIO and nothing is noted. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void note(const char *folder, int fd) {
  char link[64], log[4096], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  snprintf(log, sizeof log, "%s/log", folder);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length++] = '\n';
  int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (out < 0) return;
  if (write(out, path, (size_t)length) != length) abort();
  close(out);
}

static int sync_as(const char *name, int fd) {
  const char *folder = getenv("LIANXIAO_FAULTS");
  char fail[4096];
  if (folder != NULL) {
    snprintf(fail, sizeof fail, "%s/fail", folder);
    if (access(fail, F_OK) == 0) {
      errno = EIO;
      return -1;
    }
  }
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  if (real == NULL) abort();
  int answer = real(fd);
  if (answer == 0 && folder != NULL) note(folder, fd);
  return answer;
}

int fsync(int fd) { return sync_as("fsync", fd); }
int fdatasync(int fd) { return sync_as("fdatasync", fd); }
