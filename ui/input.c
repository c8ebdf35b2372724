/*
 * Keys: one table of what each does, and lines on their way from the input
 * line to commands or to whom the conversation is with.
 */
#include "ui/client_priv.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"

typedef void key_fn(struct client *c);

#define CTRL(c) ((c)&0x1f)
#define ALT(c) ((c) | SCREEN_ALT)

static void
bell(const struct client *c)
{
	if (!c->config.quiet_bell)
		screen_bell(c->screen);
}

/* --- the line ----------------------------------------------------------------------- */

/* Runs or sends what was typed. What is refused stays in the line. */
static void
send_or_run(struct client *c)
{
	struct conversation *v = client_current(c);
	struct edit *line = v->edit;
	struct buf text = {0};
	enum command_does does;

	if (edit_text(line).n == 0) {
		if (log_chosen(v->log) != NULL)
			client_details(c);
		else if (!log_at_end(v->log))
			log_end(v->log);
		return;
	}
	/* The conversation may be closed by the command. */
	buf_addspan(&text, edit_text(line));
	does = command_run(c, span_buf(&text));
	if (does == COMMAND_TEXT) {
		struct span said = span_buf(&text);

		/* "//" at its start is a text that begins with one '/'. */
		if (said.n > 1 && said.p[0] == '/' && said.p[1] == '/')
			said = span_cut(said, 1, said.n);
		does = client_send(c, v, said) ? COMMAND_DONE : COMMAND_REFUSED;
	}
	if (does == COMMAND_DONE)
		edit_enter(line);
	buf_wipe(&text);
}

static void
newline(struct client *c)
{
	(void)edit_insert(client_current(c)->edit, span_str("\n"));
}

static void
complete(struct client *c)
{
	if (!complete_tab(c->complete, client_current(c)->edit, false))
		bell(c);
	else
		c->hint = complete_shown(
		    c->complete, (size_t)screen_columns(c->screen));
}

static void
complete_back(struct client *c)
{
	if (!complete_tab(c->complete, client_current(c)->edit, true))
		bell(c);
}

/* ^C leaves what was typed; where nothing was, twice in a row, the client. */
static void
interrupt(struct client *c)
{
	struct edit *line = client_current(c)->edit;

	if (edit_text(line).n > 0)
		edit_clear(line);
	else if (c->quit_pending)
		client_quit(c);
	else {
		c->quit_pending = true;
		client_say(c, "^C again quits");
	}
}

/* --- looking -------------------------------------------------------------------------- */

static size_t
pane_height(const struct client *c)
{
	struct layout l;

	view_layout(c, &l);
	return l.pane_height > 0 ? (size_t)l.pane_height : 1;
}

static void
scroll(struct client *c, long rows)
{
	struct log *log = client_current(c)->log;

	if (!log_scroll(log, rows, pane_height(c)) && rows < 0)
		log_end(log);
}

static void
page_up(struct client *c)
{
	scroll(c, (long)pane_height(c) - 1);
}

static void
page_down(struct client *c)
{
	scroll(c, 1 - (long)pane_height(c));
}

static void
to_top(struct client *c)
{
	log_top(client_current(c)->log, pane_height(c));
}

static void
to_end(struct client *c)
{
	log_end(client_current(c)->log);
	log_choose_none(client_current(c)->log);
}

static void
choose_older(struct client *c)
{
	(void)log_choose(client_current(c)->log, true, pane_height(c));
}

static void
choose_newer(struct client *c)
{
	(void)log_choose(client_current(c)->log, false, pane_height(c));
}

static void
to_left(struct client *c)
{
	conversation_show(c, (c->current + c->count - 1) % c->count);
}

static void
to_right(struct client *c)
{
	conversation_show(c, (c->current + 1) % c->count);
}

/* ESC leaves what one is in the midst of. */
static void
escape(struct client *c)
{
	struct log *log = client_current(c)->log;

	log_choose_none(log);
	log_search_end(log);
	log_end(log);
}

static void
help(struct client *c)
{
	(void)command_run(c, span_str("/help"));
}

/* --- the table -------------------------------------------------------------------------- */

/* A key edits the line, or acts. */
static const struct {
	int code;
	key_fn *fn;
	enum edit_act edit;
} keys[] = {
    {SCREEN_LEFT, NULL, EDIT_LEFT},
    {CTRL('b'), NULL, EDIT_LEFT},
    {SCREEN_RIGHT, NULL, EDIT_RIGHT},
    {CTRL('f'), NULL, EDIT_RIGHT},
    {ALT('b'), NULL, EDIT_WORD_LEFT},
    {SCREEN_CTRL_LEFT, NULL, EDIT_WORD_LEFT},
    {ALT('f'), NULL, EDIT_WORD_RIGHT},
    {SCREEN_CTRL_RIGHT, NULL, EDIT_WORD_RIGHT},
    {CTRL('a'), NULL, EDIT_LINE_START},
    {SCREEN_HOME, NULL, EDIT_LINE_START},
    {CTRL('e'), NULL, EDIT_LINE_END},
    {SCREEN_END, NULL, EDIT_LINE_END},
    {ALT('<'), to_top, 0},
    {ALT('>'), to_end, 0},
    {SCREEN_UP, NULL, EDIT_UP},
    {SCREEN_DOWN, NULL, EDIT_DOWN},
    {CTRL('p'), NULL, EDIT_OLDER},
    {CTRL('n'), NULL, EDIT_NEWER},
    {ALT('p'), NULL, EDIT_OLDER},
    {ALT('n'), NULL, EDIT_NEWER},
    {SCREEN_BACKSPACE, NULL, EDIT_BACKSPACE},
    {CTRL('h'), NULL, EDIT_BACKSPACE},
    {127, NULL, EDIT_BACKSPACE},
    {SCREEN_DELETE, NULL, EDIT_DELETE},
    {CTRL('d'), NULL, EDIT_DELETE},
    {ALT(127), NULL, EDIT_KILL_WORD_LEFT},
    {ALT(CTRL('h')), NULL, EDIT_KILL_WORD_LEFT},
    {ALT(SCREEN_BACKSPACE), NULL, EDIT_KILL_WORD_LEFT},
    {CTRL('w'), NULL, EDIT_KILL_BLANK_LEFT},
    {ALT('d'), NULL, EDIT_KILL_WORD_RIGHT},
    {CTRL('k'), NULL, EDIT_KILL_LINE_END},
    {CTRL('u'), NULL, EDIT_KILL_LINE_START},
    {CTRL('y'), NULL, EDIT_YANK},
    {ALT('y'), NULL, EDIT_YANK_POP},
    {CTRL('t'), NULL, EDIT_TRANSPOSE},
    {ALT('u'), NULL, EDIT_UPPER},
    {ALT('l'), NULL, EDIT_LOWER},
    {ALT('c'), NULL, EDIT_CAPITAL},
    {CTRL('_'), NULL, EDIT_UNDO},
    {'\r', send_or_run, 0},
    {SCREEN_ENTER, send_or_run, 0},
    {'\n', newline, 0},
    {ALT('\r'), newline, 0},
    {ALT('\n'), newline, 0},
    {ALT(SCREEN_ENTER), newline, 0},
    {'\t', complete, 0},
    {SCREEN_BACKTAB, complete_back, 0},
    {CTRL('c'), interrupt, 0},
    {CTRL('g'), escape, 0},
    {27, escape, 0},
    {SCREEN_PAGE_UP, page_up, 0},
    {SCREEN_PAGE_DOWN, page_down, 0},
    {ALT('v'), client_details, 0},
    {SCREEN_F3, client_details, 0},
    {ALT(SCREEN_UP), choose_older, 0},
    {ALT(SCREEN_DOWN), choose_newer, 0},
    {ALT('k'), choose_older, 0},
    {ALT('j'), choose_newer, 0},
    {ALT('r'), client_resend, 0},
    {ALT('R'), client_resend, 0},
    {ALT(SCREEN_LEFT), to_left, 0},
    {ALT(SCREEN_RIGHT), to_right, 0},
    {ALT('a'), conversation_next_unread, 0},
    {ALT('A'), conversation_next_unread, 0},
    {SCREEN_F1, help, 0},
    {SCREEN_F2, command_show_trace, 0},
};

/* --- searching the log ----------------------------------------------------------------------- */

static void
search_key(struct client *c, const struct screen_key *key)
{
	struct log *log = client_current(c)->log;
	int code = key->code;

	if (code == '\r' || code == '\n' || code == SCREEN_ENTER) {
		c->searching = false;
		if (!log_search(
			log, span_buf(&c->searched), true, pane_height(c)))
			client_say(c, "not found above");
	} else if (code == 27 || code == CTRL('g') || code == CTRL('c'))
		c->searching = false;
	else if (code == 127 || code == CTRL('h') || code == SCREEN_BACKSPACE) {
		while (c->searched.n > 0 &&
		    (c->searched.p[--c->searched.n] & 0xc0) == 0x80)
			continue;
	} else if (code == SCREEN_PASTE) {
		char *line = text_escape_line(key->text);

		buf_adds(&c->searched, line);
		free(line);
	} else if (code >= ' ' && code < SCREEN_ALT)
		text_encode(&c->searched, (uint32_t)code);
}

/* While one looks back and types nothing, '/', n and N search. */
static bool
scrollback_key(struct client *c, int code)
{
	struct conversation *v = client_current(c);

	if (log_at_end(v->log) || edit_text(v->edit).n > 0)
		return false;
	if (code == '/') {
		c->searching = true;
		c->searched.n = 0;
		return true;
	}
	if (code != 'n' && code != 'N')
		return false;
	if (!log_search(
		v->log, (struct span){NULL, 0}, code == 'n', pane_height(c)))
		client_say(
		    c, code == 'n' ? "not found above" : "not found below");
	return true;
}

/* --- a key ---------------------------------------------------------------------------------- */

static void
pager_gets_key(struct client *c, const struct screen_key *key)
{
	struct pager *p = c->pager;

	/* Its question may open another. */
	c->pager = NULL;
	if (pager_key(p, key) == PAGER_CLOSES)
		pager_free(p);
	else
		c->pager = p;
}

static void
type(struct client *c, int code)
{
	struct buf b = {0};

	if ((code & ~0x7f) == 0 && code < ' ')
		return;
	text_encode(&b, (uint32_t)code);
	if (!edit_insert(client_current(c)->edit, span_buf(&b)))
		bell(c);
	buf_free(&b);
}

static bool
run_binding(struct client *c, int code)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (keys[i].code != code)
			continue;
		if (keys[i].fn != NULL)
			keys[i].fn(c);
		else if (!edit_do(client_current(c)->edit, keys[i].edit))
			bell(c);
		return true;
	}
	return false;
}

static void
other_key(struct client *c, const struct screen_key *key)
{
	int code = key->code;

	if (code == SCREEN_WHEEL_UP || code == SCREEN_WHEEL_DOWN) {
		if (!view_wheel(c, key->x, code == SCREEN_WHEEL_UP))
			scroll(c, code == SCREEN_WHEEL_UP ? 3 : -3);
	} else if (code == SCREEN_CLICK)
		view_click(c, key->y, key->x);
	else if (code == SCREEN_PASTE) {
		if (!edit_insert(client_current(c)->edit, key->text))
			client_say(c, "that is too long to paste");
	} else if (code >= ALT('1') && code <= ALT('9')) {
		if ((size_t)(code - ALT('1')) < c->count)
			conversation_show(c, (size_t)(code - ALT('1')));
		else
			bell(c);
	} else if (code < SCREEN_ALT)
		type(c, code);
	else if ((code & SCREEN_ALT) != 0 && (code & SCREEN_KEY) != 0) {
		/* ESC and then a key, faster than it can be told. */
		escape(c);
		if (!run_binding(c, code & ~SCREEN_ALT))
			bell(c);
	}
}

void
input_key(struct client *c, const struct screen_key *key)
{
	bool quit_was_pending = c->quit_pending;

	c->said[0] = '\0';
	c->hint = NULL;
	c->key_count++;
	/* Whoever presses keys looks. */
	if (c->pager == NULL && log_at_end(client_current(c)->log)) {
		client_current(c)->unread = 0;
		client_current(c)->urgent = false;
	}
	if (key->code == CTRL('l'))
		screen_redraw(c->screen);
	else if (key->code == CTRL('z'))
		screen_suspend(c->screen);
	else if (c->pager != NULL)
		pager_gets_key(c, key);
	else if (c->searching)
		search_key(c, key);
	else if (!scrollback_key(c, key->code) && !run_binding(c, key->code))
		other_key(c, key);
	if (quit_was_pending && key->code != CTRL('c'))
		c->quit_pending = false;
	screen_want(c->screen, true);
}
