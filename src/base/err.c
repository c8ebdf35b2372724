#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "src/base/bytes.h"
#include "src/base/err.h"

static void
err_begin(struct err *e, int exit)
{
	e->exit = exit;
	e->cause = CAUSE_NONE;
	e->about[0] = '\0';
}

int
err_set(struct err *e, int exit, const char *fmt, ...)
{
	va_list ap;

	err_begin(e, exit);
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -1;
}

int
err_because(struct err *e, enum err_cause cause, const char *about)
{
	e->cause = cause;
	/* A name that is cut is another name. */
	if (about == NULL || strlen(about) >= sizeof(e->about))
		about = "";
	(void)strcpy(e->about, about);
	return -1;
}

int
err_system(struct err *e, int exit, int error)
{
	(void)err_set(e, exit, "%s", strerror(error));
	switch (error) {
	case ECONNREFUSED:
		return err_because(e, CAUSE_NOBODY, NULL);
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
		return err_because(e, CAUSE_NO_ROUTE, NULL);
	default:
		return -1;
	}
}

/* Appends ": " and s, cut where there is no room. */
static void
err_append(struct err *e, const char *s)
{
	size_t n = strlen(e->text);

	if (n + 3 > sizeof(e->text))
		return;
	memcpy(e->text + n, ": ", 3);
	n += 2;
	while (*s != '\0' && n + 1 < sizeof(e->text))
		e->text[n++] = *s++;
	e->text[n] = '\0';
}

int
err_in(struct err *e, const char *fmt, ...)
{
	char old[sizeof(e->text)];
	va_list ap;

	memcpy(old, e->text, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	err_append(e, old);
	return -1;
}

int
err_ssl(struct err *e, int exit, const char *fmt, ...)
{
	unsigned long code = ERR_get_error();
	const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;
	va_list ap;

	/* For a system error the reason is an errno. */
	if (code != 0 && ERR_SYSTEM_ERROR(code))
		reason = strerror(ERR_GET_REASON(code));
	err_begin(e, exit);
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	if (reason != NULL)
		err_append(e, reason);
	ERR_clear_error();
	return -1;
}

void
err_keep(struct err_kept *k, const struct err *e)
{
	struct err_kept kept = {e->exit, e->cause, xstrdup(e->text),
	    e->about[0] != '\0' ? xstrdup(e->about) : NULL};

	err_kept_free(k);
	*k = kept;
}

void
err_recall(const struct err_kept *k, struct err *e)
{
	*e = (struct err){.exit = k->exit};
	if (k->text != NULL)
		(void)snprintf(e->text, sizeof(e->text), "%s", k->text);
	(void)err_because(e, k->cause, k->about);
}

void
err_kept_free(struct err_kept *k)
{
	free(k->text);
	free(k->about);
	*k = (struct err_kept){0};
}
