// Linux system calls that glibc offers only as variadic functions, or not at all.

#ifndef NOTES_CLINUX_SHIM_H
#define NOTES_CLINUX_SHIM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <features.h>
// With _GNU_SOURCE the member of fd_set has another name than in Swift's own module of glibc, and
// a clean build refuses two definitions of one type.
#pragma push_macro("__USE_XOPEN")
#undef __USE_XOPEN
#include <sys/select.h>
#pragma pop_macro("__USE_XOPEN")

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/vfs.h>
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

// How many bytes wait to be read; -1 where that cannot be said.
static inline int notes_waiting_bytes(int descriptor) {
  int count = 0;
  return ioctl(descriptor, FIONREAD, &count) == 0 ? count : -1;
}

// What kind of file system an open file is on (statfs(2)); 0 where that cannot be said.
static inline uint32_t notes_file_system(int descriptor) {
  struct statfs status;
  return fstatfs(descriptor, &status) == 0 ? (uint32_t)status.f_type : 0;
}

// The user at the other end of a Unix socket; -1 where that cannot be said.
static inline int64_t notes_peer_user(int descriptor) {
  struct ucred peer;
  socklen_t size = sizeof(peer);
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
  return peer.uid;
}

// A Unix socket that keeps messages apart, bound to a path or connected to it; -1 on failure.
static inline int notes_message_socket(const char *path, int listens) {
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  if (strlen(path) >= sizeof(address.sun_path)) { errno = ENAMETOOLONG; return -1; }
  strcpy(address.sun_path, path);
  int number = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (number < 0) return -1;
  const struct sockaddr *name = (const struct sockaddr *)&address;
  int failed = listens ? bind(number, name, sizeof(address)) || listen(number, 64)
                       : connect(number, name, sizeof(address));
  if (failed) { int reason = errno; close(number); errno = reason; return -1; }
  return number;
}

// The next who connects to a socket; -1 where there is none.
static inline int notes_accept(int listener) {
  return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

#endif
