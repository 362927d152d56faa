// Linux system calls that glibc offers only as variadic functions, or not at all.

#ifndef NOTES_CLINUX_SHIM_H
#define NOTES_CLINUX_SHIM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

// openat2(2): opens `path` below `directory`, never above it and never through a symbolic link.
static inline int notes_open_beneath(int directory, const char *path, uint64_t flags, uint64_t mode) {
  struct open_how how = {
    .flags = flags,
    .mode = mode,
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };
  return (int)syscall(SYS_openat2, directory, path, &how, sizeof(how));
}

// renameat2(2) with RENAME_NOREPLACE (1) or RENAME_EXCHANGE (2).
static inline int notes_rename(int from, const char *old, int to, const char *new_, unsigned flags) {
  return (int)syscall(SYS_renameat2, from, old, to, new_, flags);
}

#endif
