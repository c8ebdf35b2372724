/*
 * A terminal with a program in it: what comes is taken, what is typed arrives,
 * and all of it has an end.
 */
#ifndef SIGNET_TESTS_TOOL_PTY_TERM_H
#define SIGNET_TESTS_TOOL_PTY_TERM_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "src/base/bytes.h"
#include "tests/tool/pty_grid.h"

enum {
	PTY_STEP = 30000, /* ms for what has to come */
	PTY_RUN = 600000, /* ms for what is run beside */
	PTY_END = 10000, /* ms from SIGTERM to the end */
	PTY_TEXT = 1 << 20, /* bytes of text that patterns are looked for in */
	PTY_QUIET = 30, /* ms in which a frame has ended */
};

struct pty {
	char **command;
	int master, slave, columns, rows;
	pid_t child, beside; /* 0: none */
	bool ended;
	int status; /* of what ended */
	uint64_t began, last; /* us: the start, the last output */
	struct termios before;
	struct buf text; /* what came without its escapes */
	struct buf
	    osc; /* the operating system commands that came, a line each */
	size_t bytes; /* all that came */
	enum { GROUND, ESCAPE, CSI, STRING, SKIP } state;
	char csi[32];
	bool alternate; /* the other screen is shown */
	struct grid grid;
	uint64_t random;
};

static void end_all(struct pty *p);

static void
die(struct pty *p, const char *what, const char *which)
{
	fprintf(stderr, "pty: %s%s%s\n", what, which == NULL ? "" : ": ",
	    which == NULL ? "" : which);
	if (p != NULL)
		end_all(p);
	exit(1);
}

static uint64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* --- what comes ---------------------------------------------------------- */

static void
end_csi(struct pty *p, char c)
{
	if (strcmp(p->csi, "?1049") == 0 || strcmp(p->csi, "?47") == 0)
		p->alternate = c == 'h';
	p->state = GROUND;
}

/* Text is kept, of escapes which screen they choose. */
static void
feed(struct pty *p, unsigned char c)
{
	size_t n = strlen(p->csi);

	switch (p->state) {
	case GROUND:
		if (c == '\033')
			p->state = ESCAPE;
		else if (c >= ' ' && c != 127)
			buf_add(&p->text, &c, 1);
		break;
	case ESCAPE:
		p->csi[0] = '\0';
		p->state = c == '['        ? CSI
		    : c == ']'             ? STRING
		    : c == '(' || c == ')' ? SKIP
					   : GROUND;
		break;
	case CSI:
		if (c >= '@')
			end_csi(p, (char)c);
		else if (n + 1 < sizeof(p->csi)) {
			p->csi[n] = (char)c;
			p->csi[n + 1] = '\0';
		}
		break;
	case STRING:
		/* It ends with BEL, or with ESC and a backslash. */
		if (c == '\a' || c == '\033') {
			p->state = c == '\a' ? GROUND : ESCAPE;
			c = '\n';
		}
		buf_add(&p->osc, &c, 1);
		break;
	case SKIP:
		p->state = GROUND;
		break;
	}
}

static void
reap(struct pty *p)
{
	if (p->child != 0 &&
	    waitpid(p->child, &p->status, WNOHANG) == p->child) {
		p->child = 0;
		p->ended = true;
	}
}

/* Waits for output, so many ms at most, and takes it. */
static bool
pump(struct pty *p, int ms)
{
	static unsigned char chunk[1 << 16];
	struct pollfd fd = {.fd = p->master, .events = POLLIN};
	ssize_t n;

	if (poll(&fd, 1, ms) <= 0)
		return false;
	n = read(p->master, chunk, sizeof(chunk));
	if (n <= 0)
		return false;
	p->last = now();
	p->bytes += (size_t)n;
	if (p->text.n > PTY_TEXT)
		buf_drop(&p->text, p->text.n - 4096);
	for (ssize_t i = 0; i < n; i++) {
		feed(p, chunk[i]);
		grid_feed(&p->grid, chunk[i]);
	}
	return true;
}

static void
pump_for(struct pty *p, uint64_t us)
{
	uint64_t end = now() + us, t;

	while ((t = now()) < end)
		(void)pump(p, (int)((end - t) / 1000) + 1);
}

static bool
has(const struct pty *p, const char *pattern)
{
	return p->text.n > 0 &&
	    strstr((const char *)p->text.p, pattern) != NULL;
}

static void
await(struct pty *p, const char *pattern)
{
	uint64_t end = now() + PTY_STEP * 1000;

	while (!has(p, pattern)) {
		if (!pump(p, 20))
			reap(p);
		if (p->ended)
			die(p, "it has ended before there was", pattern);
		if (now() > end)
			die(p, "there was never", pattern);
	}
}

static void
forget(struct pty *p)
{
	p->text.n = 0;
	if (p->text.p != NULL)
		p->text.p[0] = '\0';
}

/* --- what is typed ------------------------------------------------------- */

static void
type(struct pty *p, const void *bytes, size_t n)
{
	uint64_t end = now() + PTY_STEP * 1000;
	const char *at = bytes;

	while (n > 0 && !p->ended) {
		ssize_t sent = write(p->master, at, n);

		if (sent > 0) {
			at += sent;
			n -= (size_t)sent;
		} else if (sent == -1 && errno != EAGAIN && errno != EINTR)
			die(p, "typing", strerror(errno));
		else if (!pump(p, 10)) {
			reap(p);
			if (now() > end)
				die(p, "it reads no keys", NULL);
		}
	}
}

static void
type_words(struct pty *p, const char *words)
{
	type(p, words, strlen(words));
}

static void
resize(struct pty *p, unsigned rows, unsigned columns)
{
	struct winsize ws = {
	    .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};

	grid_size(&p->grid, (int)rows, (int)columns);
	if (ioctl(p->master, TIOCSWINSZ, &ws) == -1)
		die(p, "TIOCSWINSZ", strerror(errno));
}

/* --- its life ------------------------------------------------------------ */

static void
start(struct pty *p)
{
	grid_init(&p->grid);
	resize(p, (unsigned)p->rows, (unsigned)p->columns);
	p->ended = false;
	p->alternate = false;
	p->state = GROUND;
	forget(p);
	p->began = now();
	p->child = fork();
	if (p->child == -1)
		die(NULL, "fork", strerror(errno));
	if (p->child == 0) {
		int fd;

		(void)setsid();
		fd = open(ptsname(p->master), O_RDWR);
		if (fd == -1 || dup2(fd, 0) == -1 || dup2(fd, 1) == -1)
			_exit(126);
		if (fd > 2)
			(void)close(fd);
		(void)execvp(p->command[0], p->command);
		_exit(127);
	}
}

static void
open_pty(struct pty *p)
{
	p->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (p->master == -1 || grantpt(p->master) == -1 ||
	    unlockpt(p->master) == -1)
		die(NULL, "no terminal", strerror(errno));
	/* Held, so that what is left in it stays after the program. */
	p->slave = open(ptsname(p->master), O_RDWR | O_NOCTTY);
	if (p->slave == -1 || tcgetattr(p->slave, &p->before) == -1)
		die(NULL, "no terminal", strerror(errno));
	/* What is typed while nobody has taken it is no signal. */
	p->before.c_cc[VINTR] = _POSIX_VDISABLE;
	p->before.c_cc[VQUIT] = _POSIX_VDISABLE;
	p->before.c_cc[VSUSP] = _POSIX_VDISABLE;
	(void)tcsetattr(p->slave, TCSANOW, &p->before);
	(void)tcgetattr(p->slave, &p->before);
	(void)fcntl(p->master, F_SETFD, FD_CLOEXEC);
	(void)fcntl(p->slave, F_SETFD, FD_CLOEXEC);
	(void)fcntl(p->master, F_SETFL, O_NONBLOCK);
}

/* Whether what ended did so in good order. */
static bool
ended_well(struct pty *p)
{
	struct termios after;
	bool well = true;

	while (pump(p, 0))
		continue;
	if (!WIFEXITED(p->status) || WEXITSTATUS(p->status) != 0) {
		fprintf(stderr, "pty: it ended with %s %d\n",
		    WIFEXITED(p->status) ? "status" : "signal",
		    WIFEXITED(p->status) ? WEXITSTATUS(p->status)
					 : WTERMSIG(p->status));
		well = false;
	}
	if (tcgetattr(p->slave, &after) == -1 ||
	    after.c_iflag != p->before.c_iflag ||
	    after.c_oflag != p->before.c_oflag ||
	    after.c_lflag != p->before.c_lflag ||
	    memcmp(after.c_cc, p->before.c_cc, sizeof(after.c_cc)) != 0) {
		fprintf(
		    stderr, "pty: the terminal's modes are not as before\n");
		(void)tcsetattr(p->slave, TCSANOW, &p->before);
		well = false;
	}
	if (p->grid.top != 0 || p->grid.bottom != p->grid.rows - 1 ||
	    !p->grid.wraps || p->grid.hidden || p->grid.style != 0) {
		fprintf(stderr,
		    "pty: it does not scroll, wrap, show the "
		    "cursor or draw as before\n");
		well = false;
	}
	if (p->alternate) {
		fprintf(stderr, "pty: the other screen is still shown\n");
		well = false;
	}
	return well;
}

static bool
wait_end(struct pty *p)
{
	uint64_t end = now() + PTY_END * 1000;

	while (!p->ended && now() < end) {
		if (!pump(p, 5))
			reap(p);
	}
	return p->ended;
}

/* Ends what is there still, however. */
static void
end_all(struct pty *p)
{
	if (p->beside != 0) {
		(void)kill(p->beside, SIGTERM);
		(void)waitpid(p->beside, NULL, 0);
		p->beside = 0;
	}
	if (p->child == 0)
		return;
	(void)kill(p->child, SIGTERM);
	if (wait_end(p))
		return;
	fprintf(stderr, "pty: SIGTERM does not end it\n");
	(void)kill(p->child, SIGKILL);
	(void)waitpid(p->child, &p->status, 0);
	p->child = 0;
	p->ended = true;
}

#endif
