#include "flows_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../keys/digest.h"
#include "savefile.h"

enum {
	FOLDER_FILES = 1000,      /* that a manifest may name */
	FOLDER_BYTES = 64 << 20,  /* of all of them */
	FOLDER_NAME = 200,
	FOLDER_PATH = 4096,
	FOLDER_HEX = 64
};

/* Whether a name stays in the folder, or one folder below: no part of it is
 * hidden, "..", or a way from elsewhere. */
static bool
is_inside(struct span name)
{
	unsigned slashes = 0;
	bool begins = true;

	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = name.p[i];

		if (c <= ' ' || c >= 0x7f || c == '\\' ||
		    (begins && (c == '.' || c == '/')))
			return false;
		begins = c == '/';
		slashes += begins;
	}
	return name.n > 0 && name.n <= FOLDER_NAME && !begins && slashes < 2;
}

/* "HEX  NAME" or "HEX *NAME". */
static bool
read_line(struct span line, struct span *hex, struct span *name)
{
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n < FOLDER_HEX + 3 || line.p[FOLDER_HEX] != ' ' ||
	    (line.p[FOLDER_HEX + 1] != ' ' && line.p[FOLDER_HEX + 1] != '*'))
		return false;
	*hex = span_cut(line, 0, FOLDER_HEX);
	*name = span_cut(line, FOLDER_HEX + 2, line.n);
	return is_inside(*name);
}

/* A file of the folder itself: no link, which may lead anywhere. */
static int
read_file(struct flows_folder_read *d, struct flows_file *file,
    struct span hex, struct err *e)
{
	char path[FOLDER_PATH + FOLDER_NAME + 2], is[DIGEST_HEX];
	struct stat st;
	struct span data;

	(void)snprintf(path, sizeof(path), "%.*s/%s", (int)FOLDER_PATH,
	    d->dir, file->name);
	if (lstat(path, &st) == -1 || !S_ISREG(st.st_mode))
		return 0;
	if (savefile_read(path, &file->data, &file->there, e) == -1) {
		e->exit = EX_NOINPUT;
		return -1;
	}
	data = span_buf(&file->data);
	(void)digest_hex(span_str("SHA-256"), &data, 1, is);
	file->same = span_eq_nocase(hex, span_str(is));
	return 0;
}

static int
take_line(struct flows_folder_read *d, struct span line, size_t number,
    size_t *bytes, struct err *e)
{
	struct flows_file *file;
	struct span hex, name;

	if (!read_line(line, &hex, &name))
		return err_set(e, EX_DATAERR,
		    "%s/manifest: line %zu is no SHA-256 and a file's name in "
		    "the folder",
		    d->dir, number);
	if (d->count == FOLDER_FILES)
		return err_set(e, EX_DATAERR,
		    "%s/manifest names more than %d files", d->dir,
		    (int)FOLDER_FILES);
	d->files = xrealloc(d->files, (d->count + 1) * sizeof(*d->files));
	file = &d->files[d->count++];
	*file = (struct flows_file){.name = xstrndup(name)};
	if (read_file(d, file, hex, e) == -1)
		return -1;
	*bytes += file->data.n;
	return *bytes <= FOLDER_BYTES
	    ? 0
	    : err_set(e, EX_DATAERR, "%s holds more than %d bytes", d->dir,
		  (int)FOLDER_BYTES);
}

int
flows_folder_read(const char *dir, struct flows_folder_read *out,
    struct err *e)
{
	char path[FOLDER_PATH + 16];
	struct buf manifest = {0};
	size_t number = 0, bytes = 0, end;
	bool there = false;
	int rc;

	*out = (struct flows_folder_read){.dir = dir};
	if (snprintf(path, sizeof(path), "%s/manifest", dir) >= FOLDER_PATH)
		return err_set(e, EX_NOINPUT, "the folder's name is too long");
	rc = savefile_read(path, &manifest, &there, e);
	if (rc == 0 && !there)
		rc = err_set(e, EX_NOINPUT,
		    "%s is no folder of flows: there is no manifest in it",
		    dir);
	else if (rc == -1)
		e->exit = EX_NOINPUT;
	for (size_t at = 0; rc == 0 && at < manifest.n; at = end + 1) {
		end = span_find(span_buf(&manifest), '\n', at);
		number++;
		if (end > at)
			rc = take_line(out,
			    span_cut(span_buf(&manifest), at, end), number,
			    &bytes, e);
	}
	buf_free(&manifest);
	return rc;
}

void
flows_folder_read_free(struct flows_folder_read *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->files[i].name);
		buf_wipe(&d->files[i].data);
	}
	free(d->files);
	*d = (struct flows_folder_read){.count = 0};
}

const struct flows_file *
flows_folder_find(const struct flows_folder_read *d, const char *name)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->files[i].there && strcmp(d->files[i].name, name) == 0)
			return &d->files[i];
	return NULL;
}
