/*
 * What the setup has tried so far, as a list whose marks fill in.
 */
#include "ui/setup/setup_priv.h"

static const char *const texts[CHECKS] = {
    [CHECK_SERVER] = "the server is found",
    [CHECK_CONNECTION] = "it can be reached",
    [CHECK_CERTIFICATE] = "its certificate is good",
    [CHECK_ACCOUNT] = "it takes the address and the password",
};

/* How far one is: its mark, on terminals that draw it and on others. */
static const struct {
	const char *sign, *plain;
	enum style style;
} marks[] = {
    [CHECK_DONE] = {"\u2713", "+", STYLE_GOOD},
    [CHECK_FAILED] = {"!", "!", STYLE_BAD},
    [CHECK_GOES_ON] = {"\u00b7", ".", STYLE_DIM},
    [CHECK_IN_CLEAR] = {"\u00b7", ".", STYLE_WARN},
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
	struct span peer = span_str(w->peer);

	if (w->kind == UA_WIRE_REQUEST)
		setup_checks_reach(s, CHECK_CONNECTION);
	/* UDP has no connection that could open. */
	if (w->kind != UA_WIRE_OPENED &&
	    (w->kind != UA_WIRE_REQUEST || !span_starts_nocase(peer, "udp:")))
		return;
	s->in_clear = !span_starts_nocase(peer, "tls:");
	setup_checks_reach(s, CHECK_ACCOUNT);
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

	for (enum setup_check i = 0; i < CHECKS; i++, y++) {
		enum setup_check_state state = i < s->checked ? CHECK_DONE
		    : i == s->checked                         ? s->check
							      : CHECK_GOES_ON;
		const char *text = texts[i];

		if (i == CHECK_CERTIFICATE && i < s->checked && s->in_clear) {
			text = "without TLS: others can read what is sent";
			state = CHECK_IN_CLEAR;
		}
		(void)screen_puts(s->screen, y, 0, width,
		    screen_draws(marks[state].sign) ? marks[state].sign
						    : marks[state].plain,
		    marks[state].style);
		(void)screen_puts(
		    s->screen, y, 4, width - 4, text, marks[state].style);
	}
	return y + 1;
}
