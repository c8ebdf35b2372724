#include "ui/setup/first_priv.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"

static const struct form_field fields[] = {
    {.label = "Your address",
	.hint = "user@domain, as your friends write to you"},
    {.label = "Password command",
	.hint = "prints your SIP password, such as: pass show sip/example.com "
		"(empty: none)"},
    {.label = "or the password",
	.hint = "the SIP password itself; empty where a command prints it, or "
		"without an account",
	.secret = true},
    {.label = "keep it in a file?",
	.hint = "y: in a file that only you can read; n: asked for at each "
		"start",
	.yes_no = true},
    {.label = "Outbound proxy",
	.hint = "sips:proxy.example.com; empty: as DNS says, mostly right"},
    {.label = "Trust system's CAs?",
	.hint = "y: those your browser trusts may vouch for servers; n: those "
		"of the key store",
	.yes_no = true,
	.yes = true},
};

static const struct form_field key_fields[] = {
    {.label = "Passphrase",
	.hint = "locks the key's file; empty: whoever reads the file can sign "
		"as you",
	.secret = true},
    {.label = "once more", .hint = "the same", .secret = true},
};

static int open_screen(struct first *f, struct err *e);

void
first_trouble(struct first *f, const char *words)
{
	(void)snprintf(f->trouble, sizeof(f->trouble), "%.390s", words);
}

/* --- keys ----------------------------------------------------------------- */

static bool
is_enter(int code)
{
	return code == '\r' || code == '\n' || code == SCREEN_ENTER;
}

static void
leave(struct first *f)
{
	loop_stop(f->loop);
}

static void
to_form(struct first *f)
{
	first_stop(f);
	f->step = STEP_FORM;
}

/* A command may ask on the terminal: it is given back while it runs. */
static void
try_due(void *arg)
{
	struct first *f = arg;
	struct err e = {0};
	bool lends = f->config.password_command != NULL;

	if (lends) {
		screen_free(f->screen);
		f->screen = NULL;
	}
	if (first_try(f, &e) == -1) {
		to_form(f);
		first_trouble(f, e.text);
		if (lends)
			form_go(f->form, FIELD_COMMAND);
	}
	if (lends && open_screen(f, &f->why) == -1)
		leave(f);
	else
		screen_want(f->screen, true);
}

static void
form_pressed(struct first *f, const struct screen_key *key)
{
	if (key->code == SCREEN_F4) {
		f->demo = true;
		leave(f);
		return;
	}
	switch (form_key(f->form, key)) {
	case FORM_DONE:
		if (!first_take(f))
			break;
		f->step = STEP_TRY;
		f->told.n = 0;
		loop_timer_set(f->loop, &f->trying, 0);
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
	if (first_has_key(f)) {
		f->step = STEP_DONE;
		first_explain(f);
		return;
	}
	f->step = STEP_KEY;
	form_free(f->key_form);
	f->key_form = form_new("signet: a key of your own",
	    "It signs what you write, and opens what is sealed to you. Enter: "
	    "on   ESC: no key now   ^C: leave",
	    key_fields, sizeof(key_fields) / sizeof(key_fields[0]));
}

static void
finish(struct first *f)
{
	if (!first_keep(f))
		return;
	f->goes_on = true;
	loop_stop(f->loop);
}

static void
key_pressed(struct first *f, const struct screen_key *key)
{
	if (key->code == 3) {
		leave(f);
		return;
	}
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
try_pressed(struct first *f, int code)
{
	if ((is_enter(code) && f->registered) || code == SCREEN_F2)
		to_keys(f);
	else if (is_enter(code) || code == 27)
		to_form(f);
	else if (code == 3)
		leave(f);
}

static void
pressed(void *arg, const struct screen_key *key)
{
	struct first *f = arg;

	f->trouble[0] = '\0';
	switch (f->step) {
	case STEP_FORM:
		form_pressed(f, key);
		break;
	case STEP_TRY:
		try_pressed(f, key->code);
		break;
	case STEP_KEY:
		key_pressed(f, key);
		break;
	case STEP_DONE:
		if (is_enter(key->code))
			finish(f);
		else if (key->code == 3)
			leave(f);
		break;
	}
	screen_want(f->screen, true);
}

/* --- drawing -------------------------------------------------------------- */

enum { TOLD_MARK = 4 }; /* columns of a line's mark, which rows below leave */

static enum style
style_of(struct span line)
{
	return span_starts_nocase(line, "!!") ? STYLE_BAD
	    : span_starts_nocase(line, "ok")  ? STYLE_GOOD
					      : STYLE_TEXT;
}

/* A line's rows, from that row below y on (one above 0 is not seen), or with y
 * -1 none: what a server wrote begins none of them. Returns how many. */
static size_t
draw_line(struct first *f, struct span line, long row, int y)
{
	int width = screen_columns(f->screen);
	struct buf rows = {0};
	size_t count = 0, mark = line.n < TOLD_MARK ? line.n : TOLD_MARK;

	text_rows(&rows, span_cut(line, mark, line.n), "    ", (size_t)width);
	memcpy(rows.p, line.p, mark);
	for (size_t at = 0, end; at < rows.n; at = end + 1, count++, row++) {
		end = span_find(span_buf(&rows), '\n', at);
		if (y >= 0 && row >= 0)
			(void)screen_put(f->screen, y + (int)row, 0, width,
			    span_cut(span_buf(&rows), at, end), style_of(line));
	}
	buf_free(&rows);
	return count;
}

/* Draws lines from y on, without their first skip rows; or with y -1 counts
 * these alone. */
static size_t
draw_lines(struct first *f, struct span lines, int y, size_t skip)
{
	size_t count = 0;

	for (size_t at = 0, end; at < lines.n; at = end + 1) {
		end = span_find(lines, '\n', at);
		count += draw_line(
		    f, span_cut(lines, at, end), (long)count - (long)skip, y);
	}
	return count;
}

/* The newest of what was told. */
static void
draw_told(struct first *f, const char *title)
{
	int y = screen_rows(f->screen) > 14 ? 2 : 1;
	int height = screen_rows(f->screen) - y;
	struct buf all = {0};
	size_t count;

	(void)screen_puts(
	    f->screen, 0, 0, screen_columns(f->screen), title, STYLE_NAME);
	buf_addspan(&all, span_buf(&f->told));
	if (f->trouble[0] != '\0')
		buf_addf(&all, "!!  %s\n", f->trouble);
	count = draw_lines(f, span_buf(&all), -1, 0);
	(void)draw_lines(f, span_buf(&all), y,
	    height > 0 && count > (size_t)height ? count - (size_t)height : 0);
	buf_free(&all);
}

static void
draw(void *arg)
{
	struct first *f = arg;

	screen_clear(f->screen);
	switch (f->step) {
	case STEP_FORM:
		form_draw(f->form, f->screen, f->trouble);
		break;
	case STEP_KEY:
		form_draw(f->key_form, f->screen, f->trouble);
		break;
	case STEP_TRY:
		draw_told(f, "signet: trying it out");
		break;
	case STEP_DONE:
		draw_told(f, "signet: your certificate");
		break;
	}
}

/* --- its life ------------------------------------------------------------- */

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
open_screen(struct first *f, struct err *e)
{
	struct screen_owner owner = {
	    .key = pressed, .draw = draw, .lost = lost, .arg = f};
	struct screen_options options = {.theme = f->given->theme};

	return screen_new(f->loop, &owner, &options, &f->screen, e);
}

/* What the command line said is there already. */
static void
open_form(struct first *f)
{
	struct form_field filled[sizeof(fields) / sizeof(fields[0])];

	memcpy(filled, fields, sizeof(fields));
	filled[FIELD_COMMAND].text = f->given->password_command;
	filled[FIELD_PROXY].text = f->given->proxy;
	f->form = form_new("signet: who are you?",
	    "Enter: on, in the last try it   Tab, Up, Down: fields   F4: a "
	    "demo instead   ESC: leave",
	    filled, sizeof(fields) / sizeof(fields[0]));
}

static int
open_first(struct first *f, struct err *e)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
	char *path = config_path();

	free(path);
	if (path == NULL)
		return err_set(e, EX_CONFIG,
		    "there is no HOME to keep settings in: say who you are "
		    "with --aor sips:you@example.com");
	open_form(f);
	f->trying = (struct loop_timer){.fn = try_due, .arg = f};
	if (keystore_open(f->config.keys, false, &f->ks, e) == -1 ||
	    loop_new(&f->loop, e) == -1)
		return -1;
	keystore_on_passphrase(f->ks, first_passphrase, f);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (loop_signal(f->loop, ends[i], ended, f, e) == -1)
			return -1;
	return open_screen(f, e);
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

/* The password is known for this run, kept or not. */
static int
go_on(struct first *f, first_client_fn *goes_on)
{
	f->config.sign = f->config.encrypt = true;
	free(f->config.password_file);
	f->config.password_file = first_password(f);
	form_free(f->form);
	f->form = NULL;
	return goes_on(&f->config);
}

static void
free_taken(struct config *c)
{
	if (c->aors.count > 0)
		free(c->aors.items[0]);
	free(c->aors.items);
	free(c->password_command);
	free(c->password_file);
	free(c->proxy);
}

enum first_result
first_run(const struct config *config, first_client_fn *goes_on, int *exit,
    struct err *e)
{
	struct first f = {.given = config, .config = *config};
	enum first_result result = FIRST_LEFT;
	int rc;

	/* What is filled in is the copy's own. */
	f.config.aors = (struct config_list){0};
	f.config.password_command = f.config.password_file = NULL;
	f.config.proxy = NULL;
	rc = open_first(&f, e);
	if (rc == 0)
		rc = loop_run(f.loop, e);
	close_first(&f);
	if (rc == 0 && f.why.exit != 0) {
		*e = f.why;
		rc = -1;
	}
	if (rc == -1)
		result = FIRST_FAILED;
	else if (f.demo)
		result = FIRST_DEMO;
	else if (f.goes_on) {
		*exit = go_on(&f, goes_on);
		result = FIRST_DONE;
	}
	form_free(f.form);
	free_taken(&f.config);
	return result;
}
