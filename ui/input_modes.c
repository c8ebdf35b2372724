#include "ui/input_modes.h"

#include <stdlib.h>

#include "src/base/text.h"
#include "ui/conversation.h"
#include "ui/history_search.h"
#include "ui/notice.h"
#include "ui/view.h"

/* --- a word that is typed ------------------------------------------------- */

static bool
input_is_enter(int code)
{
	return code == '\r' || code == '\n' || code == SCREEN_ENTER;
}

static bool
input_is_cancel(int code)
{
	return code == SCREEN_ESC || code == SCREEN_CTRL('g') ||
	    code == SCREEN_CTRL('c');
}

static bool
input_is_backspace(int code)
{
	return code == 127 || code == SCREEN_CTRL('h') ||
	    code == SCREEN_BACKSPACE;
}

/* Changes a word as the key says. False: it is no key for that. */
static bool
input_word_key(struct buf *word, const struct screen_key *key)
{
	if (input_is_backspace(key->code)) {
		while (word->n > 0 && (word->p[--word->n] & 0xc0) == 0x80)
			continue;
	} else if (key->code == SCREEN_PASTE) {
		char *line = text_escape_line(key->text);

		buf_adds(word, line);
		free(line);
	} else if (key->code >= ' ' && key->code < SCREEN_ALT)
		text_encode(word, (uint32_t)key->code);
	else
		return false;
	return true;
}

/* --- searching the log ---------------------------------------------------- */

void
input_search(struct client *c, struct span word, bool older)
{
	struct conversation *v = conversation_current(c);
	size_t height = view_pane_height(c);

	if (log_search(v->log, word, older, height))
		return;
	if (older)
		history_search_above(c, v, span_buf(&c->searched), height);
	else
		notice_bar(c, "not found below");
}

void
input_search_begin(struct client *c)
{
	c->mode = INPUT_SEARCH;
	c->searched.n = 0;
}

static void
input_search_key(struct client *c, const struct screen_key *key)
{
	if (input_is_enter(key->code)) {
		c->mode = INPUT_LINE;
		input_search(c, span_buf(&c->searched), true);
	} else if (input_is_cancel(key->code))
		c->mode = INPUT_LINE;
	else
		(void)input_word_key(&c->searched, key);
}

/* --- recalling a line ----------------------------------------------------- */

void
input_recall_begin(struct client *c)
{
	c->mode = INPUT_RECALL;
	c->recalled.n = 0;
	edit_recall_begin(conversation_current(c)->edit);
}

static void
input_recall(struct client *c, bool older)
{
	struct edit *line = conversation_current(c)->edit;

	if (c->recalled.n > 0 &&
	    !edit_recall(line, span_buf(&c->recalled), older))
		notice_bar(c, "no such line was entered here");
}

/* Enter takes the line that is found, and does not send it: another Enter does.
 * Keys that edit take it, too. */
static bool
input_recall_key(struct client *c, const struct screen_key *key)
{
	if (key->code == SCREEN_CTRL('r'))
		input_recall(c, true);
	else if (input_is_cancel(key->code)) {
		c->mode = INPUT_LINE;
		edit_recall_end(conversation_current(c)->edit);
	} else if (input_is_enter(key->code))
		c->mode = INPUT_LINE;
	else if (input_word_key(&c->recalled, key))
		input_recall(c, false);
	else {
		c->mode = INPUT_LINE;
		return false;
	}
	return true;
}

/* --- going to a conversation ---------------------------------------------- */

void
input_jump_begin(struct client *c)
{
	c->mode = INPUT_JUMP;
	c->jump = -1;
}

static bool
input_jump_key(struct client *c, const struct screen_key *key)
{
	size_t number;

	if (key->code < '0' || key->code > '9') {
		c->mode = INPUT_LINE;
		return input_is_cancel(key->code);
	}
	if (c->jump == -1) {
		c->jump = key->code - '0';
		return true;
	}
	c->mode = INPUT_LINE;
	number = (size_t)(c->jump * 10 + key->code - '0');
	if (number > 0 && number <= c->count)
		conversation_show(c, number - 1);
	else
		notice_barf(c, "there are %zu conversations", c->count);
	return true;
}

bool
input_mode_key(struct client *c, const struct screen_key *key)
{
	switch (c->mode) {
	case INPUT_LINE:
		break;
	case INPUT_SEARCH:
		input_search_key(c, key);
		return true;
	case INPUT_RECALL:
		return input_recall_key(c, key);
	case INPUT_JUMP:
		return input_jump_key(c, key);
	}
	return false;
}
