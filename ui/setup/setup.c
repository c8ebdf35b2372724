#include "ui/setup/setup_priv.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "src/app/secret.h"
#include "src/base/text.h"

static const struct form_field fields[] = {
    {.label = "Your address",
	.hint = "user@domain, as your friends write to you",
	.example = "alice@example.com"},
    {.label = "Password command",
	.hint = "it prints your SIP password; empty: without one",
	.example = "pass show sip/example.com"},
    {.label = "or the password",
	.hint = "the SIP password; empty: a command prints it, or none",
	.secret = true},
    {.label = "keep it in a file?",
	.hint = "y: in a file that only you read; n: asked at each start",
	.yes_no = true},
    {.label = "Outbound proxy",
	.hint = "empty: found in DNS, which is mostly right",
	.example = "sips:proxy.example.com"},
    {.label = "Trust system's CAs?",
	.hint = "y: for servers' certificates; n: only CAs in the key store",
	.yes_no = true,
	.yes = true},
};

static const struct form_field key_fields[] = {
    {.label = "Passphrase",
	.hint = "encrypts the key; empty: who has the file can sign as you",
	.secret = true},
    {.label = "once more", .hint = "the same passphrase again", .secret = true},
};

static int setup_open_screen(struct setup *s, struct err *e);

/* --- keys ----------------------------------------------------------------- */

static bool
setup_is_enter(int code)
{
	return code == '\r' || code == '\n' || code == SCREEN_ENTER;
}

static void
setup_leave(struct setup *s)
{
	loop_stop(s->loop);
}

static void
setup_show_form(struct setup *s)
{
	setup_stop(s);
	s->step = STEP_FORM;
}

/* The password command may ask on the terminal, so the screen is closed while
 * it runs. */
static void
setup_register_now(void *arg)
{
	struct setup *s = arg;
	struct err e = {0};
	bool lends = s->config.password_command != NULL;

	if (lends) {
		screen_free(s->screen);
		s->screen = NULL;
	}
	if (setup_register(s, &e) == -1) {
		setup_show_form(s);
		setup_problem(s, e.text);
		if (lends)
			form_go(s->form, FIELD_COMMAND);
	}
	if (lends && setup_open_screen(s, &s->why) == -1)
		setup_leave(s);
	else
		screen_want(s->screen, true);
}

static bool
setup_has_password(const struct setup *s)
{
	return s->config.password_command != NULL ||
	    s->config.password_file != NULL;
}

/* Tries what was filled in. */
static void
setup_form_done(struct setup *s)
{
	if (!setup_read_form(s))
		return;
	s->retry = -1;
	setup_listen_forget(s);
	if (!setup_has_password(s) && s->given->listens.count == 0) {
		setup_listen_show(s);
		return;
	}
	s->step = STEP_TRY;
	s->report.n = 0;
	loop_timer_set(s->loop, &s->register_timer, 0);
}

/* Goes back to the field that a failure is about; Enter there tries again at
 * once. A password is typed anew. */
static void
setup_show_fault(struct setup *s)
{
	enum field where = setup_checks_field(s);

	if (s->check != CHECK_FAILED || s->registered) {
		setup_show_form(s);
		return;
	}
	setup_show_form(s);
	form_go(s->form, where);
	s->retry = (int)where;
	if (where == FIELD_PASSWORD)
		form_clear(s->form, where);
	setup_problem(s,
	    where == FIELD_PASSWORD
		? "The password was refused: type it again, and Enter tries it."
		: "Change it here, and Enter tries again; Tab goes to the "
		  "other fields.");
}

static void
setup_form_on_key(struct setup *s, const struct screen_key *key)
{
	if (setup_is_enter(key->code) && (int)form_at(s->form) == s->retry) {
		setup_form_done(s);
		return;
	}
	if (key->code == SCREEN_F4) {
		s->demo = true;
		setup_leave(s);
		return;
	}
	switch (form_key(s->form, key)) {
	case FORM_DONE:
		setup_form_done(s);
		break;
	case FORM_LEAVES:
		setup_leave(s);
		break;
	default:
		break;
	}
	/* Who leaves the field goes through the form as usual. */
	if ((int)form_at(s->form) != s->retry)
		s->retry = -1;
}

static void
setup_show_key_form(struct setup *s)
{
	setup_stop(s);
	if (setup_has(s->ks, s->config.aors.items[0], KEYSTORE_USER)) {
		s->step = STEP_DONE;
		setup_explain_key(s);
		return;
	}
	s->step = STEP_KEY;
	form_free(s->key_form);
	s->key_form = form_new("signet: a key of your own",
	    "It signs your messages and decrypts those encrypted to you. "
	    "Enter: next   ESC: no key now   ^C: quit",
	    key_fields, sizeof(key_fields) / sizeof(key_fields[0]));
}

static void
setup_finish(struct setup *s)
{
	if (!setup_keep(s))
		return;
	s->start_client = true;
	loop_stop(s->loop);
}

static void
setup_listen_on_key(struct setup *s, const struct screen_key *key)
{
	if (key->code == SCREEN_CTRL('c')) {
		setup_leave(s);
		return;
	}
	switch (form_key(s->listen_form, key)) {
	case FORM_DONE:
		if (setup_listen_read(s))
			setup_show_key_form(s);
		break;
	case FORM_LEAVES:
		setup_show_form(s);
		break;
	default:
		break;
	}
}

static void
setup_key_form_on_key(struct setup *s, const struct screen_key *key)
{
	if (key->code == SCREEN_CTRL('c')) {
		setup_leave(s);
		return;
	}
	switch (form_key(s->key_form, key)) {
	case FORM_DONE:
		if (setup_make_key(s)) {
			s->step = STEP_DONE;
			setup_explain_key(s);
		}
		break;
	case FORM_LEAVES:
		setup_finish(s);
		break;
	default:
		break;
	}
}

static void
setup_register_on_key(struct setup *s, int code)
{
	if ((setup_is_enter(code) && s->registered) || code == SCREEN_F2)
		setup_show_key_form(s);
	else if (setup_is_enter(code))
		setup_show_fault(s);
	else if (code == SCREEN_ESC)
		setup_show_form(s);
	else if (code == SCREEN_CTRL('c'))
		setup_leave(s);
}

static void
setup_on_key(void *arg, const struct screen_key *key)
{
	struct setup *s = arg;

	s->problem.n = 0;
	switch (s->step) {
	case STEP_FORM:
		setup_form_on_key(s, key);
		break;
	case STEP_LISTEN:
		setup_listen_on_key(s, key);
		break;
	case STEP_TRY:
		setup_register_on_key(s, key->code);
		break;
	case STEP_KEY:
		setup_key_form_on_key(s, key);
		break;
	case STEP_DONE:
		if (setup_is_enter(key->code))
			setup_finish(s);
		else if (key->code == SCREEN_CTRL('c'))
			setup_leave(s);
		break;
	}
	screen_want(s->screen, true);
}

/* --- drawing -------------------------------------------------------------- */

enum {
	REPORT_MARK =
	    4, /* columns of a line's mark; its next rows are indented */
	SETUP_AIRY = 14 /* rows above which there is room between */
};

static enum style
setup_style_of(struct span line)
{
	return span_starts_nocase(line, "!!") ? STYLE_BAD
	    : span_starts_nocase(line, "ok")  ? STYLE_GOOD
					      : STYLE_TEXT;
}

/* Draws the rows of a line from y + row on, without those above y; with y -1
 * none. The rows after the first are indented, so that text from a server never
 * stands where marks do. Returns how many rows there are. */
static size_t
setup_draw_line(struct setup *s, struct span line, long row, int y)
{
	int width = screen_columns(s->screen);
	struct buf rows = {0};
	size_t count = 0, mark = line.n < REPORT_MARK ? line.n : REPORT_MARK;

	text_rows(&rows, span_cut(line, mark, line.n), "    ", (size_t)width);
	memcpy(rows.p, line.p, mark);
	for (size_t at = 0, end; at < rows.n; at = end + 1, count++, row++) {
		end = span_find(span_buf(&rows), '\n', at);
		if (y >= 0 && row >= 0)
			(void)screen_put(s->screen, y + (int)row, 0, width,
			    span_cut(span_buf(&rows), at, end),
			    setup_style_of(line));
	}
	buf_free(&rows);
	return count;
}

/* Draws lines from y on, without their first skip rows. Returns how many rows
 * there are; with y -1 it only counts. */
static size_t
setup_draw_lines(struct setup *s, struct span lines, int y, size_t skip)
{
	size_t count = 0;

	for (size_t at = 0, end; at < lines.n; at = end + 1) {
		end = span_find(lines, '\n', at);
		count += setup_draw_line(
		    s, span_cut(lines, at, end), (long)count - (long)skip, y);
	}
	return count;
}

/* Draws the end of the report. */
static void
setup_draw_report(struct setup *s, const char *title)
{
	int y = screen_rows(s->screen) > SETUP_AIRY ? 2 : 1, height;
	struct buf all = {0};
	size_t count;

	(void)screen_puts(
	    s->screen, 0, 0, screen_columns(s->screen), title, STYLE_NAME);
	if (s->step == STEP_TRY && y > 1 && setup_has_password(s))
		y = setup_checks_draw(s, y);
	height = screen_rows(s->screen) - y;
	buf_addspan(&all, span_buf(&s->report));
	if (s->problem.n > 0)
		buf_addf(&all, "!!  %s\n", (const char *)s->problem.p);
	count = setup_draw_lines(s, span_buf(&all), -1, 0);
	(void)setup_draw_lines(s, span_buf(&all), y,
	    height > 0 && count > (size_t)height ? count - (size_t)height : 0);
	buf_free(&all);
}

static void
setup_on_draw(void *arg)
{
	struct setup *s = arg;

	screen_clear(s->screen);
	switch (s->step) {
	case STEP_FORM:
		form_draw(s->form, s->screen, span_buf(&s->problem));
		break;
	case STEP_LISTEN:
		form_draw(s->listen_form, s->screen, span_buf(&s->problem));
		break;
	case STEP_KEY:
		form_draw(s->key_form, s->screen, span_buf(&s->problem));
		break;
	case STEP_TRY:
		setup_draw_report(s, "signet: trying to register");
		break;
	case STEP_DONE:
		setup_draw_report(s, "signet: your certificate");
		break;
	}
}

/* --- its life ------------------------------------------------------------- */

static void
setup_on_terminal_lost(void *arg, const struct err *why)
{
	struct setup *s = arg;

	s->why = *why;
	loop_stop(s->loop);
}

static void
setup_on_signal(void *arg, int signo)
{
	(void)signo;
	setup_leave(arg);
}

static int
setup_open_screen(struct setup *s, struct err *e)
{
	struct screen_owner owner = {.key = setup_on_key,
	    .draw = setup_on_draw,
	    .lost = setup_on_terminal_lost,
	    .arg = s};
	struct screen_options options = {.theme = s->given->theme};

	return screen_new(s->loop, &owner, &options, &s->screen, e);
}

/* Fields are filled with what the command line gave. */
static void
setup_open_form(struct setup *s)
{
	struct form_field filled[sizeof(fields) / sizeof(fields[0])];

	memcpy(filled, fields, sizeof(fields));
	filled[FIELD_COMMAND].text = s->given->password_command;
	filled[FIELD_PROXY].text = s->given->proxy;
	s->form = form_new("signet: who are you?",
	    "Enter: next field; on the last: try it   Tab, Up, Down: fields   "
	    "F4: demo   ESC: quit",
	    filled, sizeof(fields) / sizeof(fields[0]));
}

static int
setup_open(struct setup *s, struct err *e)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
	char *path = config_path();

	free(path);
	if (path == NULL)
		return err_set(e, EX_CONFIG,
		    "HOME is not set, so settings cannot be saved: give your "
		    "address with --aor sips:you@example.com");
	setup_open_form(s);
	s->retry = -1;
	s->register_timer = (struct loop_timer){
	    .fn = setup_register_now, .arg = s};
	if (keystore_open(s->config.keys, false, &s->ks, e) == -1 ||
	    loop_new(&s->loop, e) == -1)
		return -1;
	keystore_on_passphrase(s->ks, setup_passphrase, s);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (loop_signal(s->loop, ends[i], setup_on_signal, s, e) == -1)
			return -1;
	return setup_open_screen(s, e);
}

static void
setup_close(struct setup *s)
{
	screen_free(s->screen);
	ua_free(s->ua);
	keystore_free(s->ks);
	loop_free(s->loop);
	form_free(s->listen_form);
	form_free(s->key_form);
	buf_free(&s->report);
	buf_free(&s->problem);
}

/* The client gets the password even if it was not saved. */
static int
setup_run_client(struct setup *s, setup_client_fn *start_client)
{
	int rc;

	s->config.sign = s->config.encrypt = true;
	free(s->config.password_file);
	s->config.password_file = setup_password(s);
	form_free(s->form);
	s->form = NULL;
	rc = start_client(&s->config);
	secret_forget();
	return rc;
}

static void
setup_free_settings(struct config *c)
{
	if (c->aors.count > 0)
		free(c->aors.items[0]);
	free(c->aors.items);
	free(c->password_command);
	free(c->password_file);
	free(c->proxy);
}

enum setup_result
setup_run(const struct config *config, setup_client_fn *start_client, int *exit,
    struct err *e)
{
	struct setup s = {.given = config, .config = *config};
	enum setup_result result = SETUP_LEFT;
	int rc;

	/* These belong to the copy, which setup_free_settings frees. */
	s.config.aors = (struct config_list){0};
	s.config.password_command = s.config.password_file = NULL;
	s.config.proxy = NULL;
	rc = setup_open(&s, e);
	if (rc == 0)
		rc = loop_run(s.loop, e);
	setup_close(&s);
	if (rc == 0 && s.why.exit != 0) {
		*e = s.why;
		rc = -1;
	}
	if (rc == -1)
		result = SETUP_FAILED;
	else if (s.demo)
		result = SETUP_DEMO;
	else if (s.start_client) {
		*exit = setup_run_client(&s, start_client);
		result = SETUP_DONE;
	}
	form_free(s.form);
	setup_free_settings(&s.config);
	free(s.listen);
	return result;
}
