// What Swift cannot call in libgit2 directly: its variadic functions, one wrapper for each use.

#ifndef NOTES_CGIT2_SHIM_H
#define NOTES_CGIT2_SHIM_H

#include <git2.h>
#include <git2/sys/commit.h>
#include <git2/sys/hashsig.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <git2/sys/stream.h>
#include <git2/sys/transport.h>
#include <zlib.h>

// GIT_OPT_SET_PACK_MAX_OBJECT_SIZE is Debian's backport (1.5.1+ds-1+deb12u2): without it this
// header does not compile, which is meant: older packages have known holes.

// Objects, packs, refs and reflogs reach the disk before a call returns.
static inline int notes_git_sync_to_disk(void) {
  return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
}

// Whether each object that is read is hashed, to see that it is what its name says.
static inline int notes_git_verify_objects(int wanted) {
  return git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, wanted);
}

// Refuses a single object larger than this many bytes in a pack (a delta bomb).
static inline int notes_git_limit_object_size(size_t bytes) {
  return git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, bytes);
}

// Lets repositories with these extensions open, so that we can refuse them in our own words.
static inline int notes_git_open_known_extensions(void) {
  const char *names[] = {"worktreeconfig", "partialclone"};
  return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, (size_t)2);
}

// Whether a repository that belongs to another user is refused.
static inline int notes_git_set_owner_validation(int isOn) {
  return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, isOn);
}

// Where configuration files of one level are looked for; "" means nowhere.
static inline int notes_git_set_search_path(int level, const char *path) {
  return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path);
}

// Where git_repository_init looks for templates; "" means nowhere.
static inline int notes_git_set_template_path(const char *path) {
  return git_libgit2_opts(GIT_OPT_SET_TEMPLATE_PATH, path);
}

// Where https looks for the certificates it trusts; either may be NULL.
static inline int notes_git_set_certificates(const char *file, const char *folder) {
  return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, folder);
}

#include "wire.h"

#endif
