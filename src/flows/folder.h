/*
 * Reads a folder of saved flows: the files that its manifest names. The folder
 * is untrusted: no link in it is followed, and nothing outside is read.
 */
#ifndef SIGNET_SRC_FLOWS_FOLDER_H
#define SIGNET_SRC_FLOWS_FOLDER_H

#include "src/base/bytes.h"
#include "src/base/err.h"

struct flows_file {
	char *name;
	struct buf data;
	bool there; /* it exists and was read */
	bool same; /* its SHA-256 is the manifest's */
};

struct flows_folder_read {
	const char *dir; /* borrowed */
	struct flows_file *files;
	size_t count;
};

/* Reads the manifest (sha256sum's form, text or binary) and the files that it
 * names. EX_NOINPUT if there is no manifest; EX_DATAERR for a malformed line
 * and for a name that is outside the folder or repeated. Free out with
 * flows_folder_read_free in any case. */
int flows_folder_read(
    const char *dir, struct flows_folder_read *out, struct err *e);
void flows_folder_read_free(struct flows_folder_read *d);
/* Returns a file that exists, or NULL. */
const struct flows_file *flows_folder_find(
    const struct flows_folder_read *d, const char *name);

#endif
