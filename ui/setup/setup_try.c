/*
 * The setup: reading the form, and registering with it.
 */
#include "ui/setup/setup_priv.h"

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

/* Sets *to to the trimmed value, or NULL where it is blank. */
static void
setup_set_text(char **to, const char *value)
{
	struct span trimmed = span_trim(span_str(value));

	free(*to);
	*to = trimmed.n == 0 ? NULL : xstrndup(trimmed);
}

char *
setup_password(struct setup *s)
{
	const char *password = form_text(s->form, FIELD_PASSWORD);
	struct buf path = {0};
	int fds[2];

	if (s->password_fd > 0)
		(void)close(s->password_fd);
	s->password_fd = 0;
	if (password[0] == '\0' || pipe(fds) == -1)
		return NULL;
	/* A pipe takes 4096 bytes at least, more than PASSPHRASE_MAX. */
	(void)!write(fds[1], password, strlen(password));
	(void)!write(fds[1], "\n", 1);
	(void)close(fds[1]);
	(void)fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	s->password_fd = fds[0];
	buf_addf(&path, "/dev/fd/%d", fds[0]);
	return (char *)path.p;
}

static bool
setup_refuse_field(struct setup *s, enum field where, const char *text)
{
	setup_problem(s, text);
	form_go(s->form, where);
	return false;
}

static bool
setup_read_address(struct setup *s)
{
	struct config *c = &s->config;
	char *address = NULL;
	struct err e = {0};
	struct aor who;

	setup_set_text(&address, form_text(s->form, FIELD_ADDRESS));
	if (address == NULL)
		return setup_refuse_field(
		    s, FIELD_ADDRESS, "an address is needed: user@domain");
	if (aor_parse(span_str(address), &who, &e) == -1) {
		free(address);
		return setup_refuse_field(s, FIELD_ADDRESS, e.text);
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
setup_read_proxy(struct setup *s)
{
	char *uri;
	struct uri parts;
	struct err e = {0};

	setup_set_text(&s->config.proxy, form_text(s->form, FIELD_PROXY));
	if (s->config.proxy == NULL)
		return true;
	uri = contacts_uri(span_str(s->config.proxy));
	free(s->config.proxy);
	s->config.proxy = uri;
	return uri_parse(span_str(uri), &parts, &e) == 0 ||
	    setup_refuse_field(s, FIELD_PROXY, e.text);
}

static bool
setup_read_password(struct setup *s)
{
	struct config *c = &s->config;
	const char *password = form_text(s->form, FIELD_PASSWORD);
	struct buf text = {0};
	char *path;

	setup_set_text(&c->password_command, form_text(s->form, FIELD_COMMAND));
	free(c->password_file);
	c->password_file = NULL;
	if (c->password_command != NULL && password[0] != '\0')
		return setup_refuse_field(s, FIELD_PASSWORD,
		    "give a password command or the password, not both (^U "
		    "clears a field)");
	if (strlen(password) >= PASSPHRASE_MAX)
		return setup_refuse_field(
		    s, FIELD_PASSWORD, "the password is too long");
	path = setup_password_path();
	if (password[0] != '\0' && form_yes(s->form, FIELD_KEEP) &&
	    access(path, F_OK) == 0) {
		buf_addf(&text,
		    "%s exists already and is not overwritten: answer n here, "
		    "or use \"cat\" and its name as the password command",
		    path);
		(void)setup_refuse_field(s, FIELD_KEEP, (const char *)text.p);
	}
	free(path);
	if (text.n > 0) {
		buf_free(&text);
		return false;
	}
	c->password_file = setup_password(s);
	return true;
}

bool
setup_read_form(struct setup *s)
{
	s->config.policy.system_roots = form_yes(s->form, FIELD_ROOTS);
	return setup_read_address(s) && setup_read_proxy(s) &&
	    setup_read_password(s);
}

/* --- trying it ------------------------------------------------------------ */

static void
setup_add_report(struct setup *s, const char *mark, const char *text)
{
	char *line = text_escape_line(span_str(text));

	buf_addf(&s->report, "%s %s\n", mark, line);
	free(line);
	if (s->screen != NULL)
		screen_want(s->screen, false);
}

void
setup_stop(struct setup *s)
{
	loop_timer_del(s->loop, &s->register_timer);
	ua_free(s->ua);
	s->ua = NULL;
}

static void
setup_add_lines(struct setup *s, const char *text)
{
	struct span all = span_str(text);

	for (size_t at = 0, end; at < all.n; at = end + 1) {
		char *line;

		end = span_find(all, '\n', at);
		line = xstrndup(span_cut(all, at, end));
		setup_add_report(s, "   ", line);
		free(line);
	}
}

/* Written as config_recipe takes it. */
static const char *const setup_advices[] = {
    [CAUSE_REALM] =
	"Quit with ^C, and start signet as before, with --realm NAME added.",
    [CAUSE_MD5] =
	"Write the address and the proxy with sips:, so that TLS is used. If "
	"the server has no TLS, quit with ^C and start signet as before, with "
	"--md5-in-clear added; then others may find out the password.",
    [CAUSE_PASSWORD] =
	"Check the password, or what the command prints. If the server knows "
	"you by another name, quit with ^C and start signet as before, with "
	"--auth-user NAME added.",
    [CAUSE_FOREIGN] =
	"Your server sent signet there: if that one is your provider's, too, "
	"name it as the proxy.",
    [CAUSE_NO_ROOT] =
	"Its CA is not trusted here. If it is yours: $ keys import --as root "
	"FILE, in another terminal; then try again. If it is a public one: "
	"trust the system's CAs.",
    [CAUSE_CERTIFICATE] =
	"The server's certificate has expired or is not that server's: do not "
	"go on, and ask whoever runs the server.",
    [CAUSE_NOBODY] =
	"Nothing listens there: name a proxy, if your provider has one.",
    [CAUSE_NO_ROUTE] = "Check your network, or name a proxy.",
};

/* The advice for a registration that failed: by its cause, else by the
 * response, else by the kind of failure. */
static const char *
setup_advice_for(const struct ua_event *ev)
{
	const size_t count = sizeof(setup_advices) / sizeof(setup_advices[0]);
	const enum err_cause cause = ev->why->cause;

	if ((size_t)cause < count && setup_advices[cause] != NULL)
		return setup_advices[cause];
	if (ev->status == 403)
		return "The server refuses this address: check its spelling, "
		       "and that the account is active.";
	if (ev->status == 404)
		return "The server does not know this address: check its "
		       "spelling.";
	if (ev->why->exit == EX_NOHOST)
		return "Check the domain of the address and your network, or "
		       "name a proxy.";
	return "signet keeps trying while this screen is open.";
}

static void
setup_add_advice(struct setup *s, const char *advice)
{
	struct buf line = {0};

	config_recipe(&s->config, advice, "", &line);
	setup_add_report(s, "   ", (const char *)line.p);
	buf_free(&line);
}

static void
setup_add_wire(struct setup *s, const struct ua_wire *w)
{
	char *line;

	switch (w->kind) {
	case UA_WIRE_STEP:
	case UA_WIRE_OPENED:
	case UA_WIRE_LOST:
		setup_add_lines(s, w->words);
		break;
	case UA_WIRE_REQUEST:
	case UA_WIRE_RESPONSE:
		line = xstrndup(
		    span_cut(w->head, 0, span_find(w->head, '\r', 0)));
		setup_add_report(s, w->out ? "-> " : "<- ", line);
		free(line);
		break;
	case UA_WIRE_TLS:
		break;
	}
}

static bool
setup_on_event(void *arg, const struct ua_event *ev)
{
	struct setup *s = arg;

	/* It worked, which is enough here; the client registers anew. */
	if (s->registered)
		return false;
	switch (ev->type) {
	case UA_REGISTERED:
		s->registered = true;
		setup_checks_done(s);
		setup_add_report(s, "ok ", ev->words);
		setup_add_report(
		    s, "   ", "Enter goes on; ESC goes back to the form.");
		ua_stop_accepting(s->ua);
		break;
	case UA_UNREGISTERED:
		setup_checks_failed(s, ev->why, ev->status);
		setup_add_report(s, "!! ", ev->words);
		setup_add_advice(s, setup_advice_for(ev));
		setup_add_report(s, "   ",
		    "Enter goes back to the form; F2 goes on with these "
		    "settings.");
		break;
	case UA_PROBLEM:
		setup_add_report(s, "!! ", ev->words);
		break;
	case UA_WIRE:
		/* The steps of a retry would scroll the reason away. */
		if (s->check != CHECK_FAILED) {
			setup_checks_wire(s, ev->wire);
			setup_add_wire(s, ev->wire);
		}
		break;
	default:
		break;
	}
	/* Messages are not accepted yet: the sender tries again. */
	return ev->type != UA_MESSAGE;
}

int
setup_register(struct setup *s, struct err *e)
{
	const struct config *c = &s->config;

	s->report.n = 0;
	s->registered = false;
	setup_checks_begin(s);
	if (c->password_command == NULL && c->password_file == NULL) {
		setup_add_report(s, "   ",
		    "No password: signet does not register. It receives "
		    "messages where it listens.");
		setup_add_report(
		    s, "   ", "Enter goes on; ESC goes back to the form.");
		s->registered = true;
		return 0;
	}
	setup_add_report(s, "   ", "Registering..");
	if (ua_new(s->loop, s->ks, c, setup_on_event, s, &s->ua, e) == -1)
		return -1;
	ua_watch(s->ua, true);
	if (ua_listen(s->ua, e) == -1)
		return -1;
	/* The screen comes back now. */
	ua_ask_nobody(s->ua);
	return 0;
}
