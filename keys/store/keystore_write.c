/*
 * Writing into the key store: all of it or nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "keys/store/keystore_certs.h"

enum {
	WRITE_MAX = 32, /* files written together */
	WRITE_STALE = 3600 /* s after which nobody is still writing one */
};

static const char stage_name[] = ".new-XXXXXX";

int
keystore_slurp(const char *path, size_t max, struct buf *out,
    struct store_stamp *stamp, struct err *e)
{
	/* O_NONBLOCK: a FIFO of that name keeps nobody waiting. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	ssize_t n = 1;

	if (fd == -1)
		return err_set(e, EX_NOINPUT, "%s cannot be read: %s", path,
		    strerror(errno));
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(e, EX_NOINPUT, "%s is no plain file", path);
	}
	if (st.st_size < 0 || (unsigned long long)st.st_size > max) {
		close(fd);
		return err_set(
		    e, EX_DATAERR, "%s is larger than %zu bytes", path, max);
	}
	keystore_stamp(&st, stamp);
	buf_reserve(out, max < 4096 ? max : (size_t)st.st_size + 1);
	while (n > 0 && out->n < max) {
		unsigned char chunk[4096];
		size_t want = max - out->n;

		n = read(
		    fd, chunk, want < sizeof(chunk) ? want : sizeof(chunk));
		if (n == -1 && errno == EINTR)
			n = 1;
		else if (n > 0)
			buf_add(out, chunk, (size_t)n);
	}
	if (n == -1)
		err_set(e, EX_IOERR, "%s cannot be read: %s", path,
		    strerror(errno));
	close(fd);
	return n == -1 ? -1 : 0;
}

static bool
write_all(int fd, struct span data)
{
	size_t at = 0;

	while (at < data.n) {
		ssize_t n = write(fd, data.p + at, data.n - at);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

int
keystore_mkdir(const char *dir, struct err *e)
{
	char *path = xstrdup(dir), *slash;
	int rc = 0;

	/* What stands above it may have to be made too: the default lies two
	 * folders deep. */
	for (slash = path; (slash = strchr(slash + 1, '/')) != NULL;) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	free(path);
	if (mkdir(dir, 0700) == -1 && errno != EEXIST)
		rc = err_set(e, EX_CANTCREAT,
		    "the key store %s cannot be "
		    "made: %s",
		    dir, strerror(errno));
	return rc;
}

/* Puts data into a new temporary file in dir; its path comes back in tmp. */
static int
write_temporary(const char *dir, const struct store_write *w, struct buf *tmp,
    struct err *e)
{
	int fd, rc = 0;

	buf_addf(tmp, "%s/%s", dir, stage_name);
	fd = mkstemp((char *)tmp->p);
	if (fd == -1) {
		buf_free(tmp);
		return err_set(e, errno == ENOSPC ? EX_IOERR : EX_CANTCREAT,
		    "nothing can be written in %s: %s", dir, strerror(errno));
	}
	if (!write_all(fd, w->data) || fchmod(fd, w->mode) == -1 ||
	    fsync(fd) == -1)
		rc = err_set(e, EX_IOERR, "%s/%s cannot be written: %s", dir,
		    w->file, strerror(errno));
	if (close(fd) == -1 && rc == 0)
		rc = err_set(e, EX_IOERR, "%s/%s cannot be written: %s", dir,
		    w->file, strerror(errno));
	return rc;
}

/* Gives a staged file its name. */
static int
write_publish(const char *tmp, const char *path, bool force, struct err *e)
{
	if (force)
		return rename(tmp, path) == 0
		    ? 0
		    : err_set(e, EX_IOERR, "%s cannot be written: %s", path,
			  strerror(errno));
	if (link(tmp, path) == 0) {
		unlink(tmp);
		return 0;
	}
	if (errno == EEXIST)
		return err_set(e, EX_CANTCREAT,
		    "%s is there already; "
		    "--force replaces it",
		    path);
	if (errno == EPERM || errno == ENOTSUP || errno == ENOSYS) {
		/* A file system without links. */
		if (access(path, F_OK) == 0)
			return err_set(e, EX_CANTCREAT,
			    "%s is there "
			    "already; --force replaces it",
			    path);
		if (rename(tmp, path) == 0)
			return 0;
	}
	return err_set(
	    e, EX_IOERR, "%s cannot be written: %s", path, strerror(errno));
}

/* Removes what a signet left behind that was killed while it wrote. */
static void
sweep_stale(const char *dir)
{
	size_t fixed = strcspn(stage_name, "X");
	struct dirent *entry;
	struct stat st;
	DIR *d = opendir(dir);

	while (d != NULL && (entry = readdir(d)) != NULL)
		if (strncmp(entry->d_name, stage_name, fixed) == 0 &&
		    strlen(entry->d_name) == strlen(stage_name) &&
		    fstatat(dirfd(d), entry->d_name, &st,
			AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
		    time(NULL) - st.st_mtim.tv_sec > WRITE_STALE)
			(void)unlinkat(dirfd(d), entry->d_name, 0);
	if (d != NULL)
		closedir(d);
}

static void
sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return;
	(void)fsync(fd);
	close(fd);
}

static int
write_files(const char *dir, const struct store_write *w, size_t count,
    bool force, struct err *e)
{
	struct buf tmp[WRITE_MAX] = {{0}}, path[WRITE_MAX] = {{0}};
	size_t i, done = 0;
	struct stat st;
	int rc = 0;

	for (i = 0; i < count; i++)
		buf_addf(&path[i], "%s/%s", dir, w[i].file);
	/* Before the work, so that a pair of which one is there stays whole. */
	for (i = 0; i < count && rc == 0; i++) {
		if (lstat((char *)path[i].p, &st) == -1)
			continue;
		if (!force)
			rc = err_set(e, EX_CANTCREAT,
			    "%s is there already; "
			    "--force replaces it",
			    (char *)path[i].p);
		else if (S_ISDIR(st.st_mode))
			rc = err_set(e, EX_CANTCREAT, "%s is a folder",
			    (char *)path[i].p);
	}
	for (i = 0; i < count && rc == 0; i++)
		rc = write_temporary(dir, &w[i], &tmp[i], e);
	for (done = 0; done < count && rc == 0; done++)
		rc = write_publish(
		    (char *)tmp[done].p, (char *)path[done].p, force, e);
	if (rc == 0) {
		sync_dir(dir);
	} else {
		/* What another file was there for is not brought back; what
		 * is new and alone goes. */
		for (i = 0; i + 1 < done && !force; i++)
			unlink((char *)path[i].p);
		for (i = 0; i < count; i++)
			if (tmp[i].p != NULL)
				unlink((char *)tmp[i].p);
	}
	for (i = 0; i < count; i++) {
		buf_free(&tmp[i]);
		buf_free(&path[i]);
	}
	return rc;
}

void
keystore_hold(sigset_t *old)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, old);
}

void
keystore_release(const sigset_t *old)
{
	sigset_t pending, size_signal;
	int ignored;

	/* A file over ulimit -f was told by EFBIG; the signal that came with
	 * it would kill us before we can say so. */
	if (!sigismember(old, SIGXFSZ) && sigpending(&pending) == 0 &&
	    sigismember(&pending, SIGXFSZ) == 1) {
		sigemptyset(&size_signal);
		sigaddset(&size_signal, SIGXFSZ);
		sigwait(&size_signal, &ignored);
	}
	sigprocmask(SIG_SETMASK, old, NULL);
}

int
keystore_write(struct keystore *ks, const struct store_write *w, size_t count,
    bool force, struct err *e)
{
	sigset_t old;
	size_t i;
	int rc;

	for (i = 0; i < count; i++)
		if (strlen(w[i].file) > 255)
			return err_set(e, EX_DATAERR,
			    "\"%.60s...\" is too "
			    "long for the name of a file",
			    w[i].file);
	if (count > WRITE_MAX)
		return err_set(e, EX_SOFTWARE, "too many files at once");
	if (keystore_mkdir(ks->dir, e) == -1)
		return -1;
	sweep_stale(ks->dir);
	keystore_hold(&old);
	rc = write_files(ks->dir, w, count, force, e);
	keystore_release(&old);
	/* What was written is there for who asks next, whatever refresh_interval. */
	ks->refreshed = (struct timespec){0, 0};
	return rc;
}

int
keystore_lock(struct keystore *ks)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct buf path = {0};
	int fd;

	buf_addf(&path, "%s/.lock", ks->dir);
	fd = open(
	    (char *)path.p, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	buf_free(&path);
	if (fd != -1 && fcntl(fd, F_SETLKW, &lock) == -1) {
		close(fd);
		fd = -1;
	}
	return fd;
}

void
keystore_unlock(int lock)
{
	if (lock != -1)
		close(lock);
}
