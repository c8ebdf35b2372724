#include "ui/input.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "ui/client_password.h"
#include "ui/client_quit.h"
#include "ui/client_talk.h"
#include "ui/client_wire.h"
#include "ui/commands.h"
#include "ui/conversation.h"
#include "ui/details.h"
#include "ui/history.h"
#include "ui/history_search.h"
#include "ui/input_modes.h"
#include "ui/keys.h"
#include "ui/notice.h"
#include "ui/people.h"
#include "ui/programs.h"
#include "ui/screen/edit_keys.h"
#include "ui/typing.h"
#include "ui/view.h"

typedef void key_fn(struct client *c);

static void
input_bell(const struct client *c)
{
	if (!c->config.quiet_bell)
		screen_bell(c->screen);
}

/* --- the line ------------------------------------------------------------- */

/* What was read of the past goes. */
static void
input_go_to_end(struct client *c)
{
	struct conversation *v = conversation_current(c);

	log_end(v->log);
	history_trim(v);
}

/* Runs or sends the input line. A text that cannot be sent stays in it; a
 * command leaves it, and ^P recalls it. */
static void
input_send_or_run(struct client *c)
{
	struct conversation *v = conversation_current(c);
	struct edit *line = v->edit;
	struct buf text = {0};
	enum command_does does;
	bool entered = false;

	if (edit_text(line).n == 0) {
		if (log_chosen(v->log) != NULL)
			details_show(c);
		else if (!log_at_end(v->log))
			input_go_to_end(c);
		return;
	}
	/* A copy, since the command may close the conversation. */
	buf_addspan(&text, edit_text(line));
	does = command_run(c, span_buf(&text));
	if (does == COMMAND_TEXT) {
		entered = client_send(c, v, command_text(span_buf(&text)));
	} else if (does == COMMAND_SECRET)
		edit_wipe(line);
	else
		entered = does != COMMAND_CLOSED;
	if (entered) {
		edit_enter(line);
		people_entered(c, v, span_buf(&text));
	}
	buf_wipe(&text);
}

static void
input_newline(struct client *c)
{
	(void)edit_insert(conversation_current(c)->edit, span_str("\n"));
}

static void
input_complete(struct client *c)
{
	if (!complete_tab(c->complete, conversation_current(c)->edit, false))
		input_bell(c);
	else
		c->hint = complete_shown(
		    c->complete, (size_t)screen_columns(c->screen));
}

static void
input_complete_back(struct client *c)
{
	if (!complete_tab(c->complete, conversation_current(c)->edit, true))
		input_bell(c);
}

/* ^C clears the line; on an empty line, twice in a row, it quits. */
static void
input_interrupt(struct client *c)
{
	struct edit *line = conversation_current(c)->edit;

	if (edit_text(line).n > 0)
		edit_clear(line);
	else if (c->quit_pending)
		client_quit(c);
	else {
		c->quit_pending = true;
		notice_bar(c, "^C again quits");
	}
}

/* --- scrolling and choosing ----------------------------------------------- */

static void
input_scroll(struct client *c, long rows)
{
	struct conversation *v = conversation_current(c);
	size_t height = view_pane_height(c), shown;
	struct log_row seen[SCREEN_ROWS];

	if (log_scroll(v->log, rows, height))
		return;
	if (rows < 0) {
		input_go_to_end(c);
		return;
	}
	/* A window that was not full fills first. */
	shown = log_rows(v->log, height, seen);
	if (history_page(c, v))
		(void)log_scroll(v->log, rows - (long)(height - shown), height);
}

static void
input_page_up(struct client *c)
{
	input_scroll(c, (long)view_pane_height(c) - 1);
}

static void
input_page_down(struct client *c)
{
	input_scroll(c, 1 - (long)view_pane_height(c));
}

static void
input_to_top(struct client *c)
{
	struct conversation *v = conversation_current(c);
	size_t height = view_pane_height(c);

	/* Again at the top: the top of the page before. */
	if (!log_scroll(v->log, 1, height))
		(void)history_page(c, v);
	log_top(v->log, height);
}

static void
input_to_end(struct client *c)
{
	log_choose_none(conversation_current(c)->log);
	input_go_to_end(c);
}

static void
input_choose_older(struct client *c)
{
	struct conversation *v = conversation_current(c);
	size_t height = view_pane_height(c);

	if (log_choose(v->log, true, height) == NULL && history_page(c, v))
		(void)log_choose(v->log, true, height);
}

static void
input_choose_newer(struct client *c)
{
	(void)log_choose(
	    conversation_current(c)->log, false, view_pane_height(c));
}

static void
input_to_left(struct client *c)
{
	conversation_show(c, (c->current + c->count - 1) % c->count);
}

static void
input_to_right(struct client *c)
{
	conversation_show(c, (c->current + 1) % c->count);
}

static void
input_contacts(struct client *c)
{
	struct layout l;

	view_layout(c, &l);
	c->pane = l.contacts_width > 0 ? PANE_HIDDEN : PANE_SHOWN;
	view_layout(c, &l);
	if (c->pane == PANE_SHOWN && l.contacts_width == 0)
		notice_bar(c, "too narrow for the contacts");
}

/* ESC ends choosing, searching and scrolling back. */
static void
input_escape(struct client *c)
{
	struct log *log = conversation_current(c)->log;

	log_choose_none(log);
	log_search_end(log);
	input_go_to_end(c);
}

static void
input_help(struct client *c)
{
	(void)command_run(c, span_str("/help"));
}

static void
input_redraw(struct client *c)
{
	screen_redraw(c->screen);
}

static void
input_suspend(struct client *c)
{
	screen_suspend(c->screen);
}

/* --- the table ------------------------------------------------------------ */

static key_fn *const acts[KEY_ACTS] = {
    [KEY_SEND] = input_send_or_run,
    [KEY_NEWLINE] = input_newline,
    [KEY_COMPLETE] = input_complete,
    [KEY_COMPLETE_BACK] = input_complete_back,
    [KEY_INTERRUPT] = input_interrupt,
    [KEY_ESCAPE] = input_escape,
    [KEY_RECALL] = input_recall_begin,
    [KEY_EDITOR] = programs_edit,
    [KEY_PAGE_UP] = input_page_up,
    [KEY_PAGE_DOWN] = input_page_down,
    [KEY_TO_TOP] = input_to_top,
    [KEY_TO_END] = input_to_end,
    [KEY_OLDER] = input_choose_older,
    [KEY_NEWER] = input_choose_newer,
    [KEY_DETAILS] = details_show,
    [KEY_HOW] = details_how,
    [KEY_TRACE] = command_show_trace,
    [KEY_RESEND] = client_resend,
    [KEY_INTRODUCE] = command_introduce_here,
    [KEY_LEFT] = input_to_left,
    [KEY_RIGHT] = input_to_right,
    [KEY_JUMP] = input_jump_begin,
    [KEY_UNREAD] = conversation_next_unread,
    [KEY_CONTACTS] = input_contacts,
    [KEY_REDRAW] = input_redraw,
    [KEY_SUSPEND] = input_suspend,
    [KEY_HELP] = input_help,
};

/* --- searching the log ---------------------------------------------------- */

/* While scrolled back, with an empty line, '/', n and N search. */
static bool
input_scrollback_key(struct client *c, int code)
{
	struct conversation *v = conversation_current(c);

	if (log_at_end(v->log) || edit_text(v->edit).n > 0)
		return false;
	if (code == '/') {
		input_search_begin(c);
		return true;
	}
	if (code != 'n' && code != 'N')
		return false;
	input_search(c, (struct span){NULL, 0}, code == 'n');
	return true;
}

/* --- a key ---------------------------------------------------------------- */

static void
input_pager_gets_key(struct client *c, const struct screen_key *key)
{
	struct pager *p = c->pager;

	/* The answer to its question may open another pager. */
	c->pager = NULL;
	if (pager_key(p, key) == PAGER_CLOSES)
		pager_free(p);
	else
		c->pager = p;
}

static void
input_type(struct client *c, int code)
{
	struct buf b = {0};

	if ((code & ~0x7f) == 0 && code < ' ')
		return;
	text_encode(&b, (uint32_t)code);
	if (!edit_insert(conversation_current(c)->edit, span_buf(&b)))
		input_bell(c);
	buf_free(&b);
}

static bool
input_run_binding(struct client *c, int code)
{
	enum edit_act edits;
	enum key_act act;

	if (edit_key(code, &edits)) {
		if (!edit_do(conversation_current(c)->edit, edits))
			input_bell(c);
		return true;
	}
	if (!key_act(code, &act))
		return false;
	acts[act](c);
	return true;
}

/* Scrolls the contacts where the mouse is over them, else the messages. */
static void
input_wheel(struct client *c, int x, bool up)
{
	size_t rows = c->count + 1 + contacts_count(c->contacts);
	struct layout l;

	view_layout(c, &l);
	if (l.contacts_width == 0 || x < l.contacts_x)
		input_scroll(c, up ? 3 : -3);
	else if (up)
		c->contacts_top = c->contacts_top > 3 ? c->contacts_top - 3 : 0;
	else if (rows > c->contacts_top + (size_t)l.pane_height)
		c->contacts_top += 3;
}

static void
input_click(struct client *c, int y, int x)
{
	struct view_hit hit;

	view_at(c, y, x, &hit);
	if (hit.contact != NULL)
		hit.conversation = conversation_number(
		    c, conversation_with(c, span_str(hit.contact->uri)));
	if (hit.message != NULL)
		log_choose_row(conversation_current(c)->log, hit.message);
	else
		conversation_show(c, hit.conversation);
}

static void
input_other_key(struct client *c, const struct screen_key *key)
{
	int code = key->code;

	if (code == SCREEN_WHEEL_UP || code == SCREEN_WHEEL_DOWN)
		input_wheel(c, key->x, code == SCREEN_WHEEL_UP);
	else if (code == SCREEN_CLICK)
		input_click(c, key->y, key->x);
	else if (code == SCREEN_PASTE) {
		if (!edit_insert(conversation_current(c)->edit, key->text))
			notice_bar(c, "this is too long to paste");
	} else if (code >= SCREEN_META('1') && code <= SCREEN_META('9')) {
		if ((size_t)(code - SCREEN_META('1')) < c->count)
			conversation_show(c, (size_t)(code - SCREEN_META('1')));
		else
			input_bell(c);
	} else if (code < SCREEN_ALT)
		input_type(c, code);
	else if ((code & SCREEN_ALT) != 0 && (code & SCREEN_KEY) != 0) {
		/* ESC and a function key came together: two keys. */
		input_escape(c);
		if (!input_run_binding(c, code & ~SCREEN_ALT))
			input_bell(c);
	}
}

void
input_key(struct client *c, const struct screen_key *key)
{
	bool quit_was_pending = c->quit_pending;
	size_t had = edit_text(conversation_current(c)->edit).n;

	c->notice.n = 0;
	c->hint = NULL;
	c->key_count++;
	/* The user is there, so what is on the screen is read. */
	if (!view_is_covered(c) && log_at_end(conversation_current(c)->log)) {
		conversation_current(c)->unread = 0;
		conversation_current(c)->urgent = false;
		people_read(c, conversation_current(c));
	}
	if (key->code == SCREEN_CTRL('l'))
		input_redraw(c);
	else if (key->code == SCREEN_CTRL('z'))
		input_suspend(c);
	else if (c->password != NULL)
		client_password_key(c, key);
	else if (c->pager != NULL)
		input_pager_gets_key(c, key);
	else if (c->wire != NULL)
		client_wire_key(c, key);
	else if (input_mode_key(c, key) ||
	    (key->code == SCREEN_ESC && history_search_escape(c)))
		; /* that is what it was for */
	else if (!input_scrollback_key(c, key->code) &&
	    !input_run_binding(c, key->code))
		input_other_key(c, key);
	if (edit_text(conversation_current(c)->edit).n != had)
		typing_key(c);
	if (quit_was_pending && key->code != SCREEN_CTRL('c'))
		c->quit_pending = false;
	screen_want(c->screen, true);
}
