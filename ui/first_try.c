/*
 * The first run: what was filled in, and whether it works.
 */
#include "first_in.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../src/text.h"

/* --- what was filled in ------------------------------------------------------------ */

static void
set_text(char **to, const char *value)
{
	free(*to);
	*to = value[0] == '\0' ? NULL : xstrdup(value);
}

char *
first_password(struct first *f)
{
	const char *password = form_text(f->form, FIELD_PASSWORD);
	struct buf path = {0};
	int fds[2];

	if (f->password_fd > 0)
		(void)close(f->password_fd);
	f->password_fd = 0;
	if (password[0] == '\0' || pipe(fds) == -1)
		return NULL;
	/* A pipe takes 4096 bytes at least, and a password has fewer. */
	(void)!write(fds[1], password, strlen(password) < 4000
	    ? strlen(password) : 4000);
	(void)!write(fds[1], "\n", 1);
	(void)close(fds[1]);
	(void)fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	f->password_fd = fds[0];
	buf_addf(&path, "/dev/fd/%d", fds[0]);
	return (char *)path.p;
}

static void
trouble(struct first *f, enum field where, const char *words)
{
	(void)snprintf(f->trouble, sizeof(f->trouble), "%.390s", words);
	form_go(f->form, where);
}

/* Takes the form's fields into a config. False with trouble said. */
bool
first_take(struct first *f)
{
	const char *address = form_text(f->form, FIELD_ADDRESS);
	struct config *c = &f->config;
	struct buf uri = {0};
	struct err e = {0};
	struct aor who;

	if (aor_parse(span_str(address), &who, &e) == -1) {
		trouble(f, FIELD_ADDRESS, e.text);
		return false;
	}
	aor_free(&who);
	if (!span_starts_nocase(span_str(address), "sip:") &&
	    !span_starts_nocase(span_str(address), "sips:"))
		buf_adds(&uri, "sips:");
	buf_adds(&uri, address);
	if (c->aors.count == 0) {
		c->aors.items = xcalloc(1, sizeof(*c->aors.items));
		c->aors.count = 1;
	}
	free(c->aors.items[0]);
	c->aors.items[0] = (char *)uri.p;
	set_text(&c->password_command, form_text(f->form, FIELD_COMMAND));
	set_text(&c->proxy, form_text(f->form, FIELD_PROXY));
	c->policy.system_roots = form_yes(f->form, FIELD_ROOTS);
	free(c->password_file);
	c->password_file = first_password(f);
	if (c->password_command != NULL && c->password_file != NULL) {
		trouble(f, FIELD_PASSWORD,
		    "a command, or the password: one of the two");
		return false;
	}
	return true;
}

/* --- trying it ------------------------------------------------------------------------ */

static void
tell(struct first *f, const char *mark, const char *words)
{
	char *line = text_line(span_str(words));

	buf_addf(&f->told, "%s %s\n", mark, line);
	free(line);
	screen_want(f->screen, false);
}

void
first_stop(struct first *f)
{
	ua_free(f->ua);
	f->ua = NULL;
}

/* The last line of words that came with a step says what was made of it. */
static void
tell_step(struct first *f, const char *words)
{
	struct span all = span_str(words);

	for (size_t at = 0, end; at < all.n; at = end + 1) {
		char *line;

		end = span_find(all, '\n', at);
		line = xstrndup(span_cut(all, at, end));
		tell(f, "   ", line);
		free(line);
	}
}

static const char *
what_to_do(const char *words)
{
	static const struct {
		const char *in, *do_this;
	} known[] = {
	    {"certificate", "Its CA may be missing here: y below trusts the "
			    "system's, /import --root another."},
	    {"403", "The server knows you not, or not from here: look at the "
		    "address."},
	    {"401", "The password is not right, or auth-user (signet.conf) is "
		    "another name."},
	    {"password", "Look at the password, or the command that prints "
			 "it."},
	    {"resolve", "Look at the domain in your address; or name a proxy "
			"that is reachable."},
	    {"refused", "Nothing listens there: another proxy may be "
			"meant."},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strstr(words, known[i].in) != NULL)
			return known[i].do_this;
	return "Enter goes back to the form.";
}

static bool
happened(void *arg, const struct ua_event *ev)
{
	struct first *f = arg;

	switch (ev->type) {
	case UA_REGISTERED:
		f->registered = true;
		tell(f, "ok ", ev->words);
		tell(f, "   ", "Enter goes on.");
		break;
	case UA_UNREGISTERED:
		tell(f, "!! ", ev->words);
		tell(f, "   ", what_to_do(ev->words));
		tell(f, "   ",
		    "Enter goes back to the form; F2 keeps it as it is.");
		break;
	case UA_PROBLEM:
		tell(f, "!! ", ev->words);
		break;
	case UA_WIRE:
		if (ev->wire->kind == UA_WIRE_STEP ||
		    ev->wire->kind == UA_WIRE_OPENED)
			tell_step(f, ev->wire->words);
		else if (ev->wire->kind == UA_WIRE_REQUEST)
			tell(f, " ->", "REGISTER");
		else if (ev->wire->kind == UA_WIRE_RESPONSE) {
			char *line = xstrndup(span_cut(ev->wire->head, 0,
			    span_find(ev->wire->head, '\r', 0)));

			tell(f, " <-", line);
			free(line);
		}
		break;
	default:
		break;
	}
	/* Messages are for the client, in a moment. */
	return ev->type != UA_MESSAGE;
}

int
first_try(struct first *f, struct err *e)
{
	const struct config *c = &f->config;

	f->told.n = 0;
	f->registered = false;
	f->step = STEP_TRY;
	if (c->password_command == NULL && c->password_file == NULL) {
		tell(f, "   ",
		    "No password: nothing is registered. Messages come here "
		    "where signet listens itself (listen, in signet.conf), and "
		    "go out in any case.");
		tell(f, "   ", "Enter goes on, ESC goes back.");
		f->registered = true;
		return 0;
	}
	tell(f, "   ", "Registering..");
	if (ua_new(f->loop, f->ks, c, happened, f, &f->ua, e) == -1)
		return -1;
	ua_watch(f->ua, true);
	return ua_listen(f->ua, e);
}

