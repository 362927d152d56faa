// The structs that we lend libgit2, for the wire and for objects: its own first, then what is ours.

#ifndef NOTES_CGIT2_WIRE_H
#define NOTES_CGIT2_WIRE_H

#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/stream.h>
#include <git2/sys/transport.h>
#include <spawn.h>

// A way to speak to an ssh server; `call` is the call on the wire that it belongs to.
typedef struct {
  git_smart_subtransport base;
  void *call;
} notes_ssh_transport;

// The one stream of such a way.
typedef struct {
  git_smart_subtransport_stream base;
  void *call;
} notes_ssh_stream;

// A socket that gives up in time; `socket` is the object that owns the descriptor.
typedef struct {
  git_stream base;
  void *socket;
} notes_socket_stream;

// A reader of the objects in a folder that are files of their own.
typedef struct {
  git_odb_backend base;
  char *folder;
  // The largest object, in bytes.
  long limit;
} notes_loose_objects;

// glibc shows these two to _GNU_SOURCE only, which is not ours to set here.
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

// A pipe that no other program inherits.
static inline int notes_pipe(int *ends, int flags) { return pipe2(ends, flags); }

// Closes every descriptor from a number on in a program that is to be started.
static inline int notes_close_from(posix_spawn_file_actions_t *actions, int from) {
  return posix_spawn_file_actions_addclosefrom_np(actions, from);
}

#endif
