#include "first.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../src/config.h"
#include "../src/keyring.h"
#include "../src/loop.h"
#include "../src/savefile.h"
#include "../src/text.h"
#include "../src/ua.h"
#include "../src/verbs.h"
#include "form.h"

enum field {
	FIELD_ADDRESS,
	FIELD_COMMAND,
	FIELD_PASSWORD,
	FIELD_KEEP,
	FIELD_PROXY,
	FIELD_ROOTS
};

static const struct form_field fields[] = {
    {.label = "Your address",
	.hint = "user@domain, as your friends write to you; with F4 instead: "
		"the demo"},
    {.label = "Password command",
	.hint = "prints your SIP password, such as: pass show sip/example.com; "
		"empty: none"},
    {.label = "or the password itself",
	.hint = "empty where a command prints it, or where there is no SIP "
		"account",
	.secret = true},
    {.label = "keep it in a file?",
	.hint = "y: in a file that only you can read; n: it is asked for at "
		"each start",
	.yes_no = true},
    {.label = "Outbound proxy",
	.hint = "sips:proxy.example.com; empty: as DNS says, which mostly is "
		"right"},
    {.label = "Trust the system's CAs?",
	.hint = "y: those that your browser trusts may vouch for servers; n: "
		"those in the key store alone",
	.yes_no = true,
	.yes = true},
};

static const struct form_field key_fields[] = {
    {.label = "Passphrase",
	.hint = "locks the key's file; empty: none, whoever reads the file can "
		"sign as you",
	.secret = true},
    {.label = "once more", .hint = "the same", .secret = true},
};

enum step { STEP_FORM, STEP_TRY, STEP_KEY, STEP_DONE };

struct first {
	const struct config *given;
	struct config config; /* what was filled in */
	struct loop *loop;
	struct screen *screen;
	struct form *form, *key_form;
	enum step step;
	struct keystore *ks;
	struct ua *ua; /* while it is tried */
	bool registered;
	struct buf told; /* lines of what was tried, and came of it */
	char trouble[400];
	bool left, demo, goes_on;
	struct err why;
};

/* --- what was filled in ------------------------------------------------------------ */

static void
set_text(char **to, const char *value)
{
	free(*to);
	*to = value[0] == '\0' ? NULL : xstrdup(value);
}

/* A password in memory, as a file to be read once. */
static char *
password_pipe(const char *password)
{
	struct buf path = {0};
	int fds[2];

	if (pipe(fds) == -1)
		return NULL;
	(void)!write(fds[1], password, strlen(password));
	(void)!write(fds[1], "\n", 1);
	(void)close(fds[1]);
	(void)fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	buf_addf(&path, "/dev/fd/%d", fds[0]);
	return (char *)path.p;
}

static void
trouble(struct first *f, enum field where, const char *words)
{
	(void)snprintf(f->trouble, sizeof(f->trouble), "%s", words);
	form_go(f->form, where);
}

/* Takes the form's fields into a config. False with trouble said. */
static bool
take_form(struct first *f)
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
	c->password_file = form_text(f->form, FIELD_PASSWORD)[0] == '\0'
	    ? NULL
	    : password_pipe(form_text(f->form, FIELD_PASSWORD));
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

static void
stop_trying(struct first *f)
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

/* The key that is asked for is one that is there already. */
static int
ask_later(void *arg, const char *what, bool fresh, struct buf *out,
    struct err *e)
{
	struct first *f = arg;

	(void)what;
	if (!fresh || f->key_form == NULL)
		return err_set(e, EX_CONFIG, "it is locked");
	buf_reserve(out, EDIT_MAX / 64);
	buf_adds(out, form_text(f->key_form, 0));
	return 0;
}

static int
try_it(struct first *f, struct err *e)
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

/* --- the key ----------------------------------------------------------------------------- */

static bool
has_key(struct first *f)
{
	struct keystore_item *items;
	struct err e = {0};
	size_t count;
	bool has = false;

	if (keystore_list(f->ks, f->config.aors.items[0], &items, &count,
		&e) == -1)
		return false;
	for (size_t i = 0; i < count; i++)
		has = has || items[i].kind == KEYSTORE_USER;
	keystore_items_free(items, count);
	return has;
}

static void
explain_keys(struct first *f)
{
	const char *me = f->config.aors.items[0];
	struct buf shown = {0};
	struct err e = {0};
	struct aor who;

	f->told.n = 0;
	if (aor_parse(span_str(me), &who, &e) == -1)
		return;
	if (keyring_show(f->ks, who.text, &shown, &e) == 0)
		buf_addspan(&f->told, span_buf(&shown));
	buf_addf(&f->told,
	    "\nGive it to a friend:  signet keys export %s > me.pem, by mail "
	    "or however\nTake theirs:          /import FILE\nCompare:"
	    "              /verify THEM, by telephone, then /trust THEM\n\n"
	    "Enter begins.\n",
	    who.text);
	aor_free(&who);
	buf_free(&shown);
}

static void
make_key(struct first *f)
{
	static const struct keystore_new how = {.days = 1095};
	struct err e = {0};

	if (strcmp(form_text(f->key_form, 0), form_text(f->key_form, 1)) !=
	    0) {
		(void)snprintf(f->trouble, sizeof(f->trouble),
		    "the two are not the same");
		form_go(f->key_form, 0);
		return;
	}
	if (keystore_make(f->ks, f->config.aors.items[0], &how, &e) == -1) {
		(void)snprintf(f->trouble, sizeof(f->trouble), "%.390s",
		    e.text);
		return;
	}
	f->step = STEP_DONE;
	explain_keys(f);
}

/* --- keeping it ---------------------------------------------------------------------------- */

/* The folder of signet.conf, with a name beside it. */
static char *
beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	struct buf b = {0};

	buf_add(&b, path, slash == NULL ? 0 : (size_t)(slash - path) + 1);
	buf_adds(&b, name);
	return (char *)b.p;
}

static int
keep_password(const char *path, const char *password, struct err *e)
{
	struct buf line = {0};
	int rc;

	buf_reserve(&line, strlen(password) + 2);
	buf_addf(&line, "%s\n", password);
	rc = savefile_new(path, span_buf(&line), e);
	buf_wipe(&line);
	return rc;
}

static int
keep(struct first *f, struct err *e)
{
	const struct config *c = &f->config;
	const char *names[8], *values[8];
	const char *password = form_text(f->form, FIELD_PASSWORD);
	char *path = config_path(), *file = NULL;
	size_t n = 0;
	int rc = 0;

	names[n] = "aor";
	values[n++] = c->aors.items[0];
	names[n] = "sign";
	values[n++] = "yes";
	names[n] = "encrypt";
	values[n++] = "yes";
	if (c->password_command != NULL) {
		names[n] = "password-command";
		values[n++] = c->password_command;
	} else if (password[0] != '\0' && form_yes(f->form, FIELD_KEEP)) {
		file = beside(path, "password");
		rc = keep_password(file, password, e);
		names[n] = "password-file";
		values[n++] = file;
	} else if (password[0] != '\0') {
		/* It is asked for then. */
		names[n] = "register";
		values[n++] = "yes";
	}
	if (c->proxy != NULL) {
		names[n] = "proxy";
		values[n++] = c->proxy;
	}
	names[n] = "system-roots";
	values[n++] = c->policy.system_roots ? "yes" : "no";
	if (rc == 0)
		rc = config_save(path, names, values, n, e);
	free(path);
	free(file);
	return rc;
}

/* --- keys ------------------------------------------------------------------------------------- */

static bool
is_enter(int code)
{
	return code == '\r' || code == '\n' || code == SCREEN_ENTER;
}

static void
leave(struct first *f)
{
	f->left = true;
	loop_stop(f->loop);
}

static void
form_pressed(struct first *f, const struct screen_key *key)
{
	struct err e = {0};

	f->trouble[0] = '\0';
	if (key->code == SCREEN_F4) {
		f->demo = true;
		loop_stop(f->loop);
		return;
	}
	switch (form_key(f->form, key)) {
	case FORM_DONE:
		if (!take_form(f))
			break;
		if (try_it(f, &e) == -1) {
			stop_trying(f);
			f->step = STEP_FORM;
			(void)snprintf(f->trouble, sizeof(f->trouble),
			    "%.390s", e.text);
		}
		break;
	case FORM_LEAVES:
		leave(f);
		break;
	default:
		break;
	}
}

static void
to_keys(struct first *f)
{
	stop_trying(f);
	f->trouble[0] = '\0';
	if (has_key(f)) {
		f->step = STEP_DONE;
		explain_keys(f);
		return;
	}
	f->step = STEP_KEY;
	form_free(f->key_form);
	f->key_form = form_new("A key of your own, to sign with and to be "
			       "written to under seal (ESC: not now)",
	    key_fields, sizeof(key_fields) / sizeof(key_fields[0]));
}

static void
finish(struct first *f)
{
	if (keep(f, &f->why) == 0)
		f->goes_on = true;
	loop_stop(f->loop);
}

static void
key_pressed(struct first *f, const struct screen_key *key)
{
	f->trouble[0] = '\0';
	switch (form_key(f->key_form, key)) {
	case FORM_DONE:
		make_key(f);
		break;
	case FORM_LEAVES:
		finish(f);
		break;
	default:
		break;
	}
}

static void
pressed(void *arg, const struct screen_key *key)
{
	struct first *f = arg;
	bool enters = is_enter(key->code);

	switch (f->step) {
	case STEP_FORM:
		form_pressed(f, key);
		break;
	case STEP_TRY:
		if ((enters && f->registered) || key->code == SCREEN_F2)
			to_keys(f);
		else if (enters || key->code == 27) {
			stop_trying(f);
			f->step = STEP_FORM;
		} else if (key->code == 3)
			leave(f);
		break;
	case STEP_KEY:
		key_pressed(f, key);
		break;
	case STEP_DONE:
		if (enters)
			finish(f);
		else if (key->code == 3)
			leave(f);
		break;
	}
	screen_want(f->screen, true);
}

/* --- drawing --------------------------------------------------------------------------------------- */

static enum style
style_of(struct span row)
{
	return span_starts_nocase(row, "!!") ? STYLE_BAD
	    : span_starts_nocase(row, "ok")  ? STYLE_GOOD
					     : STYLE_TEXT;
}

/* The newest of what was told, wrapped. */
static void
draw_told(struct first *f, int y)
{
	int height = screen_rows(f->screen) - y;
	struct buf rows = {0};
	size_t count = 0, skip, i = 0;

	text_rows(&rows, span_buf(&f->told), "",
	    (size_t)screen_columns(f->screen));
	for (size_t k = 0; k < rows.n; k++)
		count += rows.p[k] == '\n';
	skip = height > 0 && count > (size_t)height
	    ? count - (size_t)height
	    : 0;
	for (size_t at = 0, end; at < rows.n; at = end + 1, i++) {
		struct span row;

		end = span_find(span_buf(&rows), '\n', at);
		row = span_cut(span_buf(&rows), at, end);
		if (i >= skip)
			(void)screen_put(f->screen, y++, 0,
			    screen_columns(f->screen), row, style_of(row));
	}
	buf_free(&rows);
}

static void
draw(void *arg)
{
	struct first *f = arg;

	screen_clear(f->screen);
	switch (f->step) {
	case STEP_FORM:
		(void)form_draw(f->form, f->screen, f->trouble);
		break;
	case STEP_KEY:
		(void)form_draw(f->key_form, f->screen, f->trouble);
		break;
	case STEP_TRY:
		(void)screen_puts(f->screen, 0, 0, screen_columns(f->screen),
		    "signet: trying it out", STYLE_NAME);
		draw_told(f, 2);
		break;
	case STEP_DONE:
		(void)screen_puts(f->screen, 0, 0, screen_columns(f->screen),
		    "signet: your certificate", STYLE_NAME);
		draw_told(f, 2);
		break;
	}
}

/* --- its life ------------------------------------------------------------------------------------------ */

static void
lost(void *arg, const struct err *why)
{
	struct first *f = arg;

	f->why = *why;
	loop_stop(f->loop);
}

static void
ended(void *arg, int signo)
{
	(void)signo;
	leave(arg);
}

static int
open_first(struct first *f, struct err *e)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
	struct screen_owner owner = {
	    .key = pressed, .draw = draw, .lost = lost, .arg = f};
	struct screen_options options = {.theme = f->given->theme};

	f->form = form_new("signet: who are you? (Enter and Tab go on, ESC "
			   "leaves)",
	    fields, sizeof(fields) / sizeof(fields[0]));
	if (verb_keystore(f->given, true, &f->ks, e) == -1 ||
	    loop_new(&f->loop, e) == -1)
		return -1;
	keystore_on_passphrase(f->ks, ask_later, f);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (loop_signal(f->loop, ends[i], ended, f, e) == -1)
			return -1;
	return screen_new(f->loop, &owner, &options, &f->screen, e);
}

static void
close_first(struct first *f)
{
	screen_free(f->screen);
	ua_free(f->ua);
	keystore_free(f->ks);
	loop_free(f->loop);
	form_free(f->key_form);
	buf_free(&f->told);
}

/* A password that was not kept is known for this run. */
static int
go_on(struct first *f)
{
	const char *password = form_text(f->form, FIELD_PASSWORD);

	f->config.sign = f->config.encrypt = true;
	if (password[0] != '\0') {
		free(f->config.password_file);
		f->config.password_file = password_pipe(password);
	}
	return client_with(&f->config, NULL, NULL);
}

int
first_run(const struct config *config)
{
	struct first f = {.given = config, .config = *config};
	struct err e = {0};
	int rc;

	/* What is filled in is the copy's own. */
	f.config.aors = (struct config_list){0};
	f.config.password_command = f.config.password_file = NULL;
	f.config.proxy = NULL;
	rc = open_first(&f, &e);
	if (rc == 0)
		rc = loop_run(f.loop, &e);
	close_first(&f);
	if (rc == 0 && f.why.exit != 0) {
		e = f.why;
		rc = -1;
	}
	if (rc == -1)
		rc = verb_fail(&e);
	else if (f.demo) {
		char name[] = "demo", *argv[] = {name, NULL};

		rc = demo_cmd(config, 1, argv);
	} else if (f.goes_on)
		rc = go_on(&f);
	form_free(f.form);
	if (f.config.aors.count > 0)
		free(f.config.aors.items[0]);
	free(f.config.aors.items);
	free(f.config.password_command);
	free(f.config.password_file);
	free(f.config.proxy);
	return rc;
}
