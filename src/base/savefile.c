#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/savefile.h"

enum { LINKS_MAX = 40, LINK_LENGTH = 4096 };

int
savefile_read(const char *path, struct buf *out, bool *there, struct err *e)
{
	/* O_NONBLOCK: opening a FIFO must not wait. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	unsigned char chunk[16384];
	struct stat st;
	ssize_t n;
	int rc = 0;

	*there = fd != -1;
	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1)
		return err_set(e, EX_CONFIG, "%s cannot be read: %s", path,
		    strerror(errno));
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(e, EX_CONFIG, "%s is not a regular file", path);
	}
	while (rc == 0 && (n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n > 0)
			buf_add(out, chunk, (size_t)n);
		else if (errno != EINTR)
			rc = err_set(e, EX_CONFIG, "%s cannot be read: %s",
			    path, strerror(errno));
		if (out->n > SAVEFILE_MAX)
			rc = err_set(e, EX_CONFIG,
			    "%s is larger than %d "
			    "bytes",
			    path, SAVEFILE_MAX);
	}
	close(fd);
	return rc;
}

/* Returns the folder part of path with its '/', or nothing. */
static struct span
savefile_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL
	    ? span_str("")
	    : span_cut(span_str(path), 0, (size_t)(slash - path) + 1);
}

/* Follows symbolic links to the path of the file itself, which need not exist.
 * NULL when they are circular. For the caller to free. */
static char *
savefile_follow(const char *path)
{
	char *at = xstrdup(path), target[LINK_LENGTH];
	struct buf next;
	ssize_t n;
	int i;

	for (i = 0; i < LINKS_MAX; i++) {
		n = readlink(at, target, sizeof(target));
		if (n == -1)
			return at;
		if ((size_t)n == sizeof(target))
			break;
		next = (struct buf){0};
		if (target[0] != '/')
			buf_addspan(&next, savefile_folder(at));
		buf_add(&next, target, (size_t)n);
		free(at);
		at = (char *)next.p;
	}
	free(at);
	return NULL;
}

void
savefile_folders(const char *path)
{
	char *copy = xstrdup(path), *slash;

	for (slash = copy; (slash = strchr(slash + 1, '/')) != NULL;) {
		*slash = '\0';
		(void)mkdir(copy, 0700);
		*slash = '/';
	}
	free(copy);
}

bool
savefile_put(int fd, struct span data)
{
	ssize_t n;

	while (data.n > 0) {
		n = write(fd, data.p, data.n);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data = span_cut(data, (size_t)n, data.n);
	}
	return true;
}

bool
savefile_finish(int fd, struct span data)
{
	bool ok = savefile_put(fd, data) && fsync(fd) == 0;
	int why = errno;

	if (close(fd) == -1 && ok)
		return false;
	errno = why;
	return ok;
}

bool
savefile_link(const char *tmp, const char *path)
{
	if (link(tmp, path) == 0) {
		(void)unlink(tmp);
		return true;
	}
	if (errno != EPERM && errno != ENOTSUP && errno != ENOSYS)
		return false;
	/* The file system has no hard links. */
	if (access(path, F_OK) == 0) {
		errno = EEXIST;
		return false;
	}
	return rename(tmp, path) == 0;
}

void
savefile_sync(const char *path)
{
	char *name = xstrndup(savefile_folder(path));
	int fd = open(
	    *name != '\0' ? name : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	free(name);
	if (fd == -1)
		return;
	(void)fsync(fd);
	close(fd);
}

int
savefile_write(const char *path, struct span data, struct err *e)
{
	char *real = savefile_follow(path);
	struct buf tmp = {0};
	bool done = false;
	int fd = -1, why = ELOOP;

	if (real != NULL) {
		savefile_folders(real);
		buf_addf(&tmp, "%s.new-XXXXXX", real);
		fd = mkstemp((char *)tmp.p); /* 0600 */
		why = errno;
	}
	if (fd != -1) {
		done = savefile_finish(fd, data) &&
		    rename((char *)tmp.p, real) == 0;
		why = errno;
		if (!done)
			(void)unlink((char *)tmp.p);
	}
	if (done)
		savefile_sync(real);
	buf_free(&tmp);
	free(real);
	return done ? 0
		    : err_set(e, EX_IOERR, "%s cannot be written: %s", path,
			  strerror(why));
}

int
savefile_new(const char *path, struct span data, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd == -1)
		return err_set(e, EX_CANTCREAT, "%s cannot be made: %s", path,
		    strerror(errno));
	if (!savefile_finish(fd, data)) {
		(void)err_set(e, EX_CANTCREAT, "%s cannot be written: %s", path,
		    strerror(errno));
		(void)unlink(path);
		return -1;
	}
	savefile_sync(path);
	return 0;
}
