#include "src/flows/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/digest.h"

enum {
	FOLDER_FILES = 1000, /* that a manifest may name */
	FOLDER_BYTES = 64 << 20, /* of all of them */
	FOLDER_FILE = 16 << 20, /* of one */
	FOLDER_NAME = 200,
	FOLDER_HEX = 64
};

/* --- files ---------------------------------------------------------------- */

static int
folder_read_all(int fd, const char *name, struct buf *out, struct err *e)
{
	unsigned char chunk[16384];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n == -1 && errno != EINTR)
			return err_set(e, EX_NOINPUT, "%s cannot be read: %s",
			    name, strerror(errno));
		if (n > 0)
			buf_add(out, chunk, (size_t)n);
		if (out->n > FOLDER_FILE)
			return err_set(e, EX_NOINPUT,
			    "%s is larger than %d bytes", name,
			    (int)FOLDER_FILE);
	}
	return 0;
}

/* Reads a file in an open folder. *there stays false if the file does not exist
 * or is not a regular file; a link is not followed. */
static int
folder_read_at(
    int folder, const char *name, struct buf *out, bool *there, struct err *e)
{
	struct stat st;
	int fd, rc;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode))
		return 0;
	/* The file may have been replaced since, so the opened one is checked
	 * again. */
	fd = openat(folder, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1 && (errno == ENOENT || errno == ELOOP))
		return 0;
	if (fd == -1)
		return err_set(e, EX_NOINPUT, "%s cannot be read: %s", name,
		    strerror(errno));
	*there = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	rc = *there ? folder_read_all(fd, name, out, e) : 0;
	(void)close(fd);
	return rc;
}

/* The same for a name that may be in a folder below. */
static int
folder_read_inside(
    int folder, const char *name, struct buf *out, bool *there, struct err *e)
{
	const char *slash = strchr(name, '/');
	char *below;
	int fd, rc;

	if (slash == NULL)
		return folder_read_at(folder, name, out, there, e);
	below = xstrndup(span_cut(span_str(name), 0, (size_t)(slash - name)));
	fd = openat(
	    folder, below, O_RDONLY | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
	free(below);
	if (fd == -1)
		return 0;
	rc = folder_read_at(fd, slash + 1, out, there, e);
	(void)close(fd);
	return rc;
}

/* --- the manifest --------------------------------------------------------- */

/* Returns whether a name is in the folder or one folder below: no part begins
 * with a '.', and it is not absolute. */
static bool
folder_is_inside(struct span name)
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

/* Parses "HEX  NAME" or "HEX *NAME". */
static bool
folder_read_line(struct span line, struct span *hex, struct span *name)
{
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n < FOLDER_HEX + 3 || line.p[FOLDER_HEX] != ' ' ||
	    (line.p[FOLDER_HEX + 1] != ' ' && line.p[FOLDER_HEX + 1] != '*'))
		return false;
	*hex = span_cut(line, 0, FOLDER_HEX);
	*name = span_cut(line, FOLDER_HEX + 2, line.n);
	return folder_is_inside(*name);
}

static int
folder_read_file(
    int folder, struct flows_file *file, struct span hex, struct err *e)
{
	char is[DIGEST_HEX];
	struct span data;

	if (folder_read_inside(
		folder, file->name, &file->data, &file->there, e) == -1)
		return -1;
	data = span_buf(&file->data);
	(void)digest_hex(span_str("SHA-256"), &data, 1, is);
	file->same = file->there && span_eq_nocase(hex, span_str(is));
	return 0;
}

static bool
folder_is_named(const struct flows_folder_read *d, struct span name)
{
	for (size_t i = 0; i < d->count; i++)
		if (span_is(name, d->files[i].name))
			return true;
	return false;
}

static int
folder_parse_line(struct flows_folder_read *d, int folder, struct span line,
    size_t number, size_t *bytes, struct err *e)
{
	struct flows_file *file;
	struct span hex, name;

	if (!folder_read_line(line, &hex, &name))
		return err_set(e, EX_DATAERR,
		    "%s/manifest: line %zu is not a SHA-256 and the name of a "
		    "file in the folder",
		    d->dir, number);
	if (folder_is_named(d, name))
		return err_set(e, EX_DATAERR,
		    "%s/manifest: line %zu names %.*s again", d->dir, number,
		    (int)name.n, (const char *)name.p);
	if (d->count == FOLDER_FILES)
		return err_set(e, EX_DATAERR,
		    "%s/manifest names more than %d files", d->dir,
		    (int)FOLDER_FILES);
	d->files = xrealloc(d->files, (d->count + 1) * sizeof(*d->files));
	file = &d->files[d->count++];
	*file = (struct flows_file){.name = xstrndup(name)};
	if (folder_read_file(folder, file, hex, e) == -1)
		return -1;
	*bytes += file->data.n;
	return *bytes <= FOLDER_BYTES
	    ? 0
	    : err_set(e, EX_DATAERR, "%s holds more than %d bytes", d->dir,
		  (int)FOLDER_BYTES);
}

static int
folder_read_manifest(struct flows_folder_read *d, int folder, struct err *e)
{
	struct buf manifest = {0};
	size_t number = 0, bytes = 0, end;
	bool there = false;
	int rc = folder == -1
	    ? 0
	    : folder_read_at(folder, "manifest", &manifest, &there, e);

	if (rc == 0 && !there)
		rc = err_set(e, EX_NOINPUT,
		    "%s is not a folder of flows: it has no manifest", d->dir);
	for (size_t at = 0; rc == 0 && at < manifest.n; at = end + 1) {
		end = span_find(span_buf(&manifest), '\n', at);
		number++;
		if (end > at)
			rc = folder_parse_line(d, folder,
			    span_cut(span_buf(&manifest), at, end), number,
			    &bytes, e);
	}
	buf_free(&manifest);
	return rc;
}

int
flows_folder_read(const char *dir, struct flows_folder_read *out, struct err *e)
{
	int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	*out = (struct flows_folder_read){.dir = dir};
	rc = folder_read_manifest(out, folder, e);
	if (folder != -1)
		(void)close(folder);
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
