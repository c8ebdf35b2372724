/*
 * The names of the files in a folder.
 */
#ifndef SIGNET_SRC_BASE_DIRLIST_H
#define SIGNET_SRC_BASE_DIRLIST_H

#include <stddef.h>

#include "src/base/err.h"

struct dirlist {
	char **names;
	size_t count;
};

/* Reads the names in a folder, sorted, without "." and "..". EX_NOINPUT. Free
 * out with dirlist_free, on failure too. */
int dirlist_read(const char *path, struct dirlist *out, struct err *e);
void dirlist_free(struct dirlist *l);

#endif
