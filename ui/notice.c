#include "ui/notice.h"

#include <stdarg.h>
#include <stdlib.h>

#include "src/base/text.h"

void
notice_redraw(struct client *c)
{
	if (c->screen != NULL)
		screen_want(c->screen, false);
}

/* text escaped, for free. */
static char *
notice_escape(const char *text, size_t *n)
{
	struct buf escaped = {0};

	text_escape(&escaped, span_str(text), true);
	*n = escaped.n;
	buf_add(&escaped, "", 1);
	return (char *)escaped.p;
}

/* Takes over how. */
static void
notice_add(struct client *c, struct conversation *v, bool loud,
    const char *text, char *how)
{
	struct log_line line = {
	    .kind = loud ? LOG_LOUD : LOG_NOTE, .time = time(NULL), .how = how};
	const struct conversation *current = c->conversations[c->current];

	if (v == NULL)
		v = c->conversations[c->current];
	line.text = notice_escape(text, &line.text_len);
	(void)log_add(v->log, &line);
	if (v != current) {
		v->urgent = v->urgent || loud;
		v->unread += loud;
	}
	notice_redraw(c);
}

void
notice_log(
    struct client *c, struct conversation *v, bool loud, const char *text)
{
	notice_add(c, v, loud, text, NULL);
}

void
notice_how(struct client *c, struct conversation *v, bool loud,
    const char *text, const char *how)
{
	struct buf whole = {0};
	size_t n;

	if (how == NULL || how[0] == '\0') {
		notice_add(c, v, loud, text, NULL);
		return;
	}
	buf_addf(&whole, "%s%s", text, NOTICE_HOW);
	notice_add(c, v, loud, (const char *)whole.p, notice_escape(how, &n));
	buf_free(&whole);
}

void
notice_logf(
    struct client *c, struct conversation *v, bool loud, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	notice_log(c, v, loud, (const char *)b.p);
	buf_free(&b);
}

void
notice_bar(struct client *c, const char *text)
{
	c->notice.n = 0;
	buf_adds(&c->notice, text);
	notice_redraw(c);
}

void
notice_barf(struct client *c, const char *fmt, ...)
{
	va_list ap;

	c->notice.n = 0;
	va_start(ap, fmt);
	buf_vaddf(&c->notice, fmt, ap);
	va_end(ap);
	notice_redraw(c);
}

void
notice_page(struct client *c, const char *title, struct buf *text,
    const char *question, pager_fn *fn)
{
	pager_free(c->pager);
	c->pager = pager_new(title, text, question, fn, c);
	notice_redraw(c);
}
