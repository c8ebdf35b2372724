#include "src/base/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/savefile.h"

enum {
	SCRATCH_DEEP = 4, /* levels of folders that are removed */
	SCRATCH_TMP = 120 /* bytes of TMPDIR: paths below fit SCRATCH_PATH */
};

int
scratch_new(const char *what, char out[300], struct err *e)
{
	const char *tmp = getenv("TMPDIR");

	out[0] = '\0';
	if (tmp == NULL || tmp[0] == '\0')
		tmp = "/tmp";
	if (strlen(tmp) > SCRATCH_TMP)
		return err_set(e, EX_CANTCREAT,
		    "TMPDIR is longer than %d bytes; set a shorter one",
		    (int)SCRATCH_TMP);
	(void)snprintf(out, 300, "%s/signet-%s.XXXXXX", tmp, what);
	if (mkdtemp(out) != NULL)
		return 0;
	out[0] = '\0';
	return err_set(e, EX_CANTCREAT, "cannot make a temporary folder: %s",
	    strerror(errno));
}

int
scratch_folder(const char *path, struct err *e)
{
	return mkdir(path, 0700) == 0
	    ? 0
	    : err_set(e, EX_CANTCREAT, "%s cannot be made: %s", path,
		  strerror(errno));
}

int
scratch_give(const char *from, const char *to, struct err *e)
{
	const char *name = strrchr(from, '/');
	struct buf path = {0}, data = {0};
	bool there = false;
	int rc;

	buf_addf(&path, "%s/%s", to, name != NULL ? name + 1 : from);
	(void)unlink((const char *)path.p);
	/* link(2) fails if the file is on another disk: then copy it. */
	if (link(from, (const char *)path.p) == 0) {
		buf_free(&path);
		return 0;
	}
	rc = savefile_read(from, &data, &there, e);
	if (rc == 0 && !there)
		rc = err_set(e, EX_NOINPUT, "%s is not there", from);
	if (rc == 0)
		rc = savefile_new((const char *)path.p, span_buf(&data), e);
	buf_wipe(&data);
	buf_free(&path);
	return rc;
}

static void
scratch_remove_below(const char *path, unsigned deep)
{
	struct buf below = {0};
	struct dirent *entry;
	DIR *dir = opendir(path);

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		below.n = 0;
		buf_addf(&below, "%s/%s", path, entry->d_name);
		if (unlink((const char *)below.p) == -1 && deep > 0)
			scratch_remove_below((const char *)below.p, deep - 1);
	}
	if (dir != NULL)
		(void)closedir(dir);
	(void)rmdir(path);
	buf_free(&below);
}

void
scratch_remove(const char *dir)
{
	scratch_remove_below(dir, SCRATCH_DEEP);
}

/* The guarding process. A byte from the pipe means that dir is removed already;
 * its end without one, that our process is gone. */
static void
scratch_guard_one(const char *dir, int fd)
{
	char byte;
	ssize_t n;

	do
		n = read(fd, &byte, 1);
	while (n == -1 && errno == EINTR);
	if (n != 1)
		scratch_remove(dir);
	_exit(0);
}

void
scratch_watch(const char *dir, struct scratch_guard *out)
{
	int fds[2];

	*out = (struct scratch_guard){.fd = -1};
	if (pipe(fds) == -1)
		return;
	out->pid = (int)fork();
	if (out->pid == 0) {
		/* Signals to our process group do not reach it. */
		(void)setsid();
		(void)close(fds[1]);
		scratch_guard_one(dir, fds[0]);
	}
	(void)close(fds[0]);
	if (out->pid == -1)
		(void)close(fds[1]);
	else {
		out->fd = fds[1];
		(void)fcntl(out->fd, F_SETFD, FD_CLOEXEC);
	}
}

void
scratch_end(const char *dir, struct scratch_guard *guard)
{
	scratch_remove(dir);
	if (guard->fd == -1)
		return;
	(void)!write(guard->fd, "", 1);
	(void)close(guard->fd);
	(void)waitpid((pid_t)guard->pid, NULL, 0);
	guard->fd = -1;
}

void
scratch_hold(bool hold)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGQUIT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	(void)sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}
