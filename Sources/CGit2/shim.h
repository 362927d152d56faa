// What Swift cannot call in libgit2 directly: its variadic functions, one wrapper for each use.

#ifndef NOTES_CGIT2_SHIM_H
#define NOTES_CGIT2_SHIM_H

#include <git2.h>

#endif
