/*
 * Reads a file of the key store, and tells later whether it changed.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "keys/store/keystore_priv.h"

/* File times advance in steps of up to 10 ms: a file written within the last
 * step may be written again without a new time. */
enum { SETTLED_NS = 50000000 };

void
keystore_stamp(const struct stat *st, struct store_stamp *out)
{
	struct timespec now = {0, 0};
	long long age;

	clock_gettime(CLOCK_REALTIME, &now);
	age = ((long long)now.tv_sec - st->st_ctim.tv_sec) * 1000000000LL +
	    now.tv_nsec - st->st_ctim.tv_nsec;
	*out = (struct store_stamp){st->st_dev, st->st_ino, st->st_size,
	    st->st_mtim, st->st_ctim, age > SETTLED_NS || age < 0};
}

bool
keystore_stamp_same(const struct store_stamp *a, const struct store_stamp *b)
{
	return a->settled && a->dev == b->dev && a->ino == b->ino &&
	    a->size == b->size && a->modified.tv_sec == b->modified.tv_sec &&
	    a->modified.tv_nsec == b->modified.tv_nsec &&
	    a->changed.tv_sec == b->changed.tv_sec &&
	    a->changed.tv_nsec == b->changed.tv_nsec;
}

int
keystore_slurp(const char *path, size_t max, struct buf *out,
    struct store_stamp *stamp, struct err *e)
{
	/* O_NONBLOCK: opening a FIFO must not wait. */
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
