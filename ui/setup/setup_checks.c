/*
 * What the setup has tried so far, as a list whose marks fill in.
 */
#include "ui/marks.h"
#include "ui/setup/setup_priv.h"

static const char *const texts[CHECKS] = {
    [CHECK_SERVER] = "the server is found",
    [CHECK_CONNECTION] = "it can be reached",
    [CHECK_CERTIFICATE] = "its certificate is good",
    [CHECK_ACCOUNT] = "it takes the address and the password",
};

void
setup_checks_begin(struct setup *s)
{
	s->checked = CHECK_SERVER;
	s->check = CHECK_GOES_ON;
	s->in_clear = false;
}

/* Moves on: all before next are done. */
static void
setup_checks_reach(struct setup *s, enum setup_check next)
{
	if (s->check == CHECK_GOES_ON && s->checked < next)
		s->checked = next;
}

void
setup_checks_wire(struct setup *s, const struct ua_wire *w)
{
	if (w->kind == UA_WIRE_OPENED &&
	    span_starts_nocase(span_str(w->peer), "tls:"))
		setup_checks_reach(s, CHECK_ACCOUNT);
	else if (w->kind == UA_WIRE_REQUEST) {
		s->in_clear = s->checked < CHECK_ACCOUNT;
		setup_checks_reach(s, CHECK_ACCOUNT);
	}
}

void
setup_checks_done(struct setup *s)
{
	setup_checks_reach(s, CHECKS);
}

/* Which of them an error is about. */
static enum setup_check
setup_checks_of(const struct setup *s, const struct err *why, int status)
{
	switch (why->cause) {
	case CAUSE_NO_ROOT:
	case CAUSE_CERTIFICATE:
		return CHECK_CERTIFICATE;
	case CAUSE_NOBODY:
	case CAUSE_NO_ROUTE:
		return CHECK_CONNECTION;
	case CAUSE_REALM:
	case CAUSE_MD5:
	case CAUSE_PASSWORD:
	case CAUSE_FOREIGN:
		return CHECK_ACCOUNT;
	default:
		return why->exit == EX_NOHOST ? CHECK_SERVER
		    : status != 0             ? CHECK_ACCOUNT
					      : s->checked;
	}
}

void
setup_checks_failed(struct setup *s, const struct err *why, int status)
{
	if (s->check != CHECK_GOES_ON || s->checked == CHECKS)
		return;
	s->checked = setup_checks_of(s, why, status);
	s->check = CHECK_FAILED;
	s->refused = why->cause;
}

enum field
setup_checks_field(const struct setup *s)
{
	switch (s->checked) {
	case CHECK_SERVER:
		return FIELD_ADDRESS;
	case CHECK_CONNECTION:
		return FIELD_PROXY;
	case CHECK_CERTIFICATE:
		return FIELD_ROOTS;
	case CHECK_ACCOUNT:
	case CHECKS:
		break;
	}
	if (s->refused != CAUSE_PASSWORD)
		return FIELD_ADDRESS;
	return s->config.password_command != NULL ? FIELD_COMMAND
						  : FIELD_PASSWORD;
}

int
setup_checks_draw(const struct setup *s, int y)
{
	int width = screen_columns(s->screen);

	for (int i = 0; i < CHECKS; i++, y++) {
		bool failed = s->check == CHECK_FAILED && i == (int)s->checked;
		bool done = i < (int)s->checked;
		enum mark mark = failed ? MARK_ALARM
		    : done              ? MARK_GOOD
					: MARK_NONE;
		enum style style = failed ? STYLE_BAD
		    : done                ? STYLE_GOOD
					  : STYLE_DIM;
		const char *text = texts[i];

		if (i == CHECK_CERTIFICATE && done && s->in_clear) {
			text = "without TLS: others can read what is sent";
			mark = MARK_NONE;
			style = STYLE_WARN;
		}
		(void)screen_puts(
		    s->screen, y, 0, width, marks_sign(mark), style);
		(void)screen_puts(s->screen, y, 4, width - 4, text, style);
	}
	return y + 1;
}
