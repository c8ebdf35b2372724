/*
 * SSLKEYLOGFILE: writes the secrets of connections, so that other programs can
 * decrypt a capture of one's own traffic (draft-ietf-tls-keylogfile).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/net/tls_priv.h"

/* Opens the file when the first secret comes, so that the note appears only if
 * there is a connection. Appends: other programs may write to it too. */
static void
tls_keylog_open(struct tls_context *c)
{
	struct err note = {0};

	c->keylog_fd = open(c->keylog,
	    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
	if (c->keylog_fd == -1)
		(void)err_set(&note, EX_CANTCREAT,
		    "SSLKEYLOGFILE %s cannot be written: %s", c->keylog,
		    strerror(errno));
	else
		(void)err_set(&note, EX_OK,
		    "SSLKEYLOGFILE is set: whoever has %s can decrypt these "
		    "TLS connections",
		    c->keylog);
	if (c->keylog_fd == -1)
		c->keylog = NULL;
	c->s.note(c->s.arg, true, note.text);
}

static void
tls_on_keylog_line(const SSL *ssl, const char *line)
{
	const struct tls *t = SSL_get_app_data(ssl);
	struct tls_context *c = t->context;
	struct buf b = {0};

	if (c->keylog_fd == -1 && c->keylog != NULL)
		tls_keylog_open(c);
	if (c->keylog_fd == -1)
		return;
	buf_addf(&b, "%s\n", line);
	/* One write for a line, so that lines of other programs do not mix
	 * with it. */
	if (write(c->keylog_fd, b.p, b.n) != (ssize_t)b.n) {
		(void)close(c->keylog_fd);
		c->keylog_fd = -1;
		c->keylog = NULL;
		c->s.note(
		    c->s.arg, true, "SSLKEYLOGFILE can no longer be written");
	}
	buf_wipe(&b);
}

void
tls_keylog_set_up(struct tls_context *c)
{
	c->keylog = getenv("SSLKEYLOGFILE");
	if (c->keylog != NULL && c->keylog[0] == '\0')
		c->keylog = NULL;
	if (c->keylog == NULL)
		return;
	SSL_CTX_set_keylog_callback(c->client, tls_on_keylog_line);
	SSL_CTX_set_keylog_callback(c->server, tls_on_keylog_line);
}

void
tls_keylog_free(struct tls_context *c)
{
	if (c->keylog_fd != -1)
		(void)close(c->keylog_fd);
}
