/*
 * Writes into the key store: all files of a change or none.
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

#include "keys/store/keystore_priv.h"
#include "src/base/savefile.h"

enum {
	WRITE_MAX = 32, /* files written together */
	WRITE_STALE = 3600 /* s: older temporary files are abandoned */
};

static const char temporary_name[] = ".new-XXXXXX";

int
keystore_mkdir(const char *dir, struct err *e)
{
	savefile_folders(dir);
	if (mkdir(dir, 0700) == -1 && errno != EEXIST)
		return err_set(e, EX_CANTCREAT,
		    "the key store %s cannot be made: %s", dir,
		    strerror(errno));
	return 0;
}

/* Writes a new temporary file in dir; tmp gets its path. */
static int
keystore_write_temporary(const char *dir, const struct store_write *w,
    struct buf *tmp, struct err *e)
{
	bool moded;
	int fd;

	buf_addf(tmp, "%s/%s", dir, temporary_name);
	fd = mkstemp((char *)tmp->p);
	if (fd == -1) {
		buf_free(tmp);
		return err_set(e, errno == ENOSPC ? EX_IOERR : EX_CANTCREAT,
		    "nothing can be written in %s: %s", dir, strerror(errno));
	}
	moded = fchmod(fd, w->mode) == 0;
	if (savefile_finish(fd, w->data) && moded)
		return 0;
	return err_set(e, EX_IOERR, "%s/%s cannot be written: %s", dir, w->file,
	    strerror(errno));
}

/* Gives a temporary file its name. */
static int
keystore_write_publish(
    const char *tmp, const char *path, bool force, struct err *e)
{
	bool done = force ? rename(tmp, path) == 0 : savefile_link(tmp, path);

	if (done)
		return 0;
	if (!force && errno == EEXIST)
		return err_set(e, EX_CANTCREAT,
		    "%s is there already; --force replaces it", path);
	return err_set(
	    e, EX_IOERR, "%s cannot be written: %s", path, strerror(errno));
}

/* Removes temporary files of a signet that was killed. */
static void
keystore_sweep_stale(const char *dir)
{
	size_t fixed = strcspn(temporary_name, "X");
	struct dirent *entry;
	struct stat st;
	DIR *d = opendir(dir);

	while (d != NULL && (entry = readdir(d)) != NULL)
		if (strncmp(entry->d_name, temporary_name, fixed) == 0 &&
		    strlen(entry->d_name) == strlen(temporary_name) &&
		    fstatat(dirfd(d), entry->d_name, &st,
			AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
		    time(NULL) - st.st_mtim.tv_sec > WRITE_STALE)
			(void)unlinkat(dirfd(d), entry->d_name, 0);
	if (d != NULL)
		closedir(d);
}

static int
keystore_write_files(const char *dir, const struct store_write *w, size_t count,
    bool force, struct err *e)
{
	struct buf tmp[WRITE_MAX] = {{0}}, path[WRITE_MAX] = {{0}};
	size_t i, done = 0;
	struct stat st;
	int rc = 0;

	for (i = 0; i < count; i++)
		buf_addf(&path[i], "%s/%s", dir, w[i].file);
	/* Checked first, so that of a key and its certificate neither is
	 * replaced if one of them is there. */
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
		rc = keystore_write_temporary(dir, &w[i], &tmp[i], e);
	for (done = 0; done < count && rc == 0; done++)
		rc = keystore_write_publish(
		    (char *)tmp[done].p, (char *)path[done].p, force, e);
	if (rc == 0) {
		savefile_sync((char *)path[0].p);
	} else {
		/* Replaced files are not restored; files newly created are
		 * removed. */
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

	/* write() over the file size limit has failed with EFBIG, and the
	 * caller reports that. SIGXFSZ, sent with it, would kill us first. */
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
			    "\"%.60s...\" is too long for a file name",
			    w[i].file);
	if (count > WRITE_MAX)
		return err_set(e, EX_SOFTWARE, "too many files at once");
	if (keystore_mkdir(ks->dir, e) == -1)
		return -1;
	keystore_sweep_stale(ks->dir);
	keystore_hold(&old);
	rc = keystore_write_files(ks->dir, w, count, force, e);
	keystore_release(&old);
	/* The next refresh reads the new files, whatever the interval. */
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
