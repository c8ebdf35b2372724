/*
 * A folder of saved flows, read: the files that its manifest names. It may be
 * anybody's, so that no link in it is followed, and nothing outside is read.
 */
#ifndef SIGNET_SRC_FLOWS_FOLDER_H
#define SIGNET_SRC_FLOWS_FOLDER_H

#include "src/base/bytes.h"
#include "src/base/err.h"

struct flows_file {
	char *name;
	struct buf data;
	bool there; /* and it was read */
	bool same; /* its SHA-256 is the manifest's */
};

struct flows_folder_read {
	const char *dir; /* borrowed */
	struct flows_file *files;
	size_t count;
};

/* Reads manifest (sha256sum's form, text or binary) and what it names.
 * EX_NOINPUT where there is none; EX_DATAERR for a line that is none, or that
 * names what is outside the folder, or what was named before. For
 * flows_folder_read_free in any case. */
int flows_folder_read(
    const char *dir, struct flows_folder_read *out, struct err *e);
void flows_folder_read_free(struct flows_folder_read *d);
/* A file that is there, or NULL. */
const struct flows_file *flows_folder_find(
    const struct flows_folder_read *d, const char *name);

#endif
