#include "first_in.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../src/text.h"
#include "../src/verbs.h"

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
		if (!first_take(f))
			break;
		if (first_try(f, &e) == -1) {
			first_stop(f);
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
	first_stop(f);
	f->trouble[0] = '\0';
	if (first_has_key(f)) {
		f->step = STEP_DONE;
		first_explain(f);
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
	if (first_keep(f, &f->why) == 0)
		f->goes_on = true;
	loop_stop(f->loop);
}

static void
key_pressed(struct first *f, const struct screen_key *key)
{
	f->trouble[0] = '\0';
	switch (form_key(f->key_form, key)) {
	case FORM_DONE:
		if (first_make_key(f)) {
			f->step = STEP_DONE;
			first_explain(f);
		}
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
			first_stop(f);
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
	keystore_on_passphrase(f->ks, first_passphrase, f);
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
		f->config.password_file = first_password(f);
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
