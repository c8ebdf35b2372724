/*
 * Network file systems: where locks and memory that processes share cannot be
 * relied on.
 */
#ifndef SIGNET_SRC_BASE_NETFS_H
#define SIGNET_SRC_BASE_NETFS_H

#include "src/base/bytes.h"

/* Returns the name of the network file system that path is on, or its folder
 * where there is no such file; static. NULL where it is on none, and where that
 * cannot be known: outside of Linux nothing is. */
const char *netfs_find(const char *path);

/* The two parts of it, for tests. The name for what statfs(2) calls f_type, or
 * NULL; and for what stands behind "fuse." as a mount's type, or NULL: FUSE has
 * one f_type for file systems of all kinds. */
const char *netfs_by_magic(unsigned long magic);
const char *netfs_by_fuse(struct span name);

#endif
