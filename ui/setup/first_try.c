/*
 * The first run: what was filled in, and whether it works.
 */
#include "ui/setup/first_priv.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keys/store/passphrase.h"
#include "keys/x509/uri.h"
#include "src/base/text.h"
#include "ui/contacts/contacts.h"

/* --- what was filled in --------------------------------------------------- */

/* NULL where there is nothing but blanks. */
static void
set_text(char **to, const char *value)
{
	struct span trimmed = span_trim(span_str(value));

	free(*to);
	*to = trimmed.n == 0 ? NULL : xstrndup(trimmed);
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
	/* A pipe takes 4096 bytes at least: more than a password has. */
	(void)!write(fds[1], password, strlen(password));
	(void)!write(fds[1], "\n", 1);
	(void)close(fds[1]);
	(void)fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	f->password_fd = fds[0];
	buf_addf(&path, "/dev/fd/%d", fds[0]);
	return (char *)path.p;
}

static bool
refuse(struct first *f, enum field where, const char *words)
{
	first_trouble(f, words);
	form_go(f->form, where);
	return false;
}

static bool
take_address(struct first *f)
{
	struct config *c = &f->config;
	char *address = NULL;
	struct err e = {0};
	struct aor who;

	set_text(&address, form_text(f->form, FIELD_ADDRESS));
	if (address == NULL)
		return refuse(
		    f, FIELD_ADDRESS, "an address is needed: user@domain");
	if (aor_parse(span_str(address), &who, &e) == -1) {
		free(address);
		return refuse(f, FIELD_ADDRESS, e.text);
	}
	aor_free(&who);
	if (c->aors.count == 0) {
		c->aors.items = xcalloc(1, sizeof(*c->aors.items));
		c->aors.count = 1;
	}
	free(c->aors.items[0]);
	c->aors.items[0] = contacts_uri(span_str(address));
	free(address);
	return true;
}

static bool
take_proxy(struct first *f)
{
	char *uri;
	struct uri parts;
	struct err e = {0};

	set_text(&f->config.proxy, form_text(f->form, FIELD_PROXY));
	if (f->config.proxy == NULL)
		return true;
	uri = contacts_uri(span_str(f->config.proxy));
	free(f->config.proxy);
	f->config.proxy = uri;
	return uri_parse(span_str(uri), &parts, &e) == 0 ||
	    refuse(f, FIELD_PROXY, e.text);
}

static bool
take_password(struct first *f)
{
	struct config *c = &f->config;
	const char *password = form_text(f->form, FIELD_PASSWORD);
	struct buf words = {0};
	char *path;

	set_text(&c->password_command, form_text(f->form, FIELD_COMMAND));
	free(c->password_file);
	c->password_file = NULL;
	if (c->password_command != NULL && password[0] != '\0')
		return refuse(f, FIELD_PASSWORD,
		    "a command, or the password: one of the two (^U empties)");
	if (strlen(password) >= PASSPHRASE_MAX)
		return refuse(f, FIELD_PASSWORD, "no password is that long");
	path = first_password_path();
	if (password[0] != '\0' && form_yes(f->form, FIELD_KEEP) &&
	    access(path, F_OK) == 0) {
		buf_addf(&words,
		    "%s is there already, and stays as it is: say n here, or "
		    "cat it as the password command",
		    path);
		(void)refuse(f, FIELD_KEEP, (const char *)words.p);
	}
	free(path);
	if (words.n > 0) {
		buf_free(&words);
		return false;
	}
	c->password_file = first_password(f);
	return true;
}

bool
first_take(struct first *f)
{
	f->config.policy.system_roots = form_yes(f->form, FIELD_ROOTS);
	return take_address(f) && take_proxy(f) && take_password(f);
}

/* --- trying it ------------------------------------------------------------ */

static void
tell(struct first *f, const char *mark, const char *words)
{
	char *line = text_line(span_str(words));

	buf_addf(&f->told, "%s %s\n", mark, line);
	free(line);
	if (f->screen != NULL)
		screen_want(f->screen, false);
}

void
first_stop(struct first *f)
{
	loop_timer_del(f->loop, &f->trying);
	ua_free(f->ua);
	f->ua = NULL;
}

static void
tell_lines(struct first *f, const char *words)
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

/* By the words of the trouble: the first that is in them. */
static const char *
what_to_do(const char *words)
{
	static const struct {
		const char *in, *do_this;
	} known[] = {
	    {"realm", "Leave with ^C, and start signet with --realm NAME."},
	    {"MD5", "Write the address with sips:, so that TLS is used."},
	    {"password",
		"Look at the password, or at what the command "
		"prints. If the server knows you by another name: "
		"signet --auth-user NAME."},
	    {" 403",
		"The server does not want this address: is it spelt "
		"right, and the account open?"},
	    {" 404",
		"The server does not know this address: is it spelt "
		"right?"},
	    {"no root here",
		"Its CA is not trusted here. If it is yours: signet "
		"keys import --as root FILE, in another terminal; "
		"then try again. If it is a public one: trust the system's."},
	    {"certificate",
		"Whoever answers there is not who they should be, "
		"or has an old certificate: ask who runs the "
		"server, and do not go on."},
	    {"does not resolve",
		"Look at the domain of the address, and "
		"whether you are online; or name a proxy."},
	    {"refused",
		"Nothing listens there: name a proxy, if your "
		"provider has one."},
	    {"unreachable", "Are you online?"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strstr(words, known[i].in) != NULL)
			return known[i].do_this;
	return "signet goes on trying for as long as you look.";
}

static void
tell_wire(struct first *f, const struct ua_wire *w)
{
	char *line;

	switch (w->kind) {
	case UA_WIRE_STEP:
	case UA_WIRE_OPENED:
	case UA_WIRE_LOST:
		tell_lines(f, w->words);
		break;
	case UA_WIRE_REQUEST:
	case UA_WIRE_RESPONSE:
		line = xstrndup(
		    span_cut(w->head, 0, span_find(w->head, '\r', 0)));
		tell(f, w->out ? "-> " : "<- ", line);
		free(line);
		break;
	case UA_WIRE_TLS:
		break;
	}
}

static bool
happened(void *arg, const struct ua_event *ev)
{
	struct first *f = arg;

	/* That it can be done is all that was to be found out: the client
	 * registers anew. */
	if (f->registered)
		return false;
	switch (ev->type) {
	case UA_REGISTERED:
		f->registered = true;
		tell(f, "ok ", ev->words);
		tell(f, "   ", "Enter goes on; ESC goes back to the form.");
		ua_deafen(f->ua);
		break;
	case UA_UNREGISTERED:
		f->failed = true;
		tell(f, "!! ", ev->words);
		tell(f, "   ", what_to_do(ev->words));
		tell(f, "   ",
		    "Enter goes back to the form; F2 keeps it as it is.");
		break;
	case UA_PROBLEM:
		tell(f, "!! ", ev->words);
		break;
	case UA_WIRE:
		/* What is tried anew would push the reason away. */
		if (!f->failed)
			tell_wire(f, ev->wire);
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
	f->registered = f->failed = false;
	if (c->password_command == NULL && c->password_file == NULL) {
		tell(f, "   ",
		    "No password: nothing is registered. Messages go out, and "
		    "come in where signet listens itself (listen, in "
		    "signet.conf).");
		tell(f, "   ", "Enter goes on; ESC goes back to the form.");
		f->registered = true;
		return 0;
	}
	tell(f, "   ", "Registering..");
	if (ua_new(f->loop, f->ks, c, happened, f, &f->ua, e) == -1)
		return -1;
	ua_watch(f->ua, true);
	return ua_listen(f->ua, e);
}
