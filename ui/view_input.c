/*
 * The input line: its rows around the cursor, as far as there is room.
 */
#include "ui/view_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "ui/conversation.h"

enum {
	INPUT_NEAR =
	    16384, /* bytes before and after the cursor that are laid out */
	INPUT_ROWS = 400 /* and rows of these at most */
};

/* The bytes of the text that stand in a row. */
struct input_row {
	size_t from, to;
};

struct input {
	struct span text;
	unsigned char digit; /* of INPUT_JUMP, which text is then */
	size_t cursor, begin;
	struct input_row rows[INPUT_ROWS];
	int count, cursor_row, cursor_x;
};

static int
view_prompt(const struct client *c, char *out, size_t size, int columns)
{
	const struct conversation *v = conversation_current(c);
	char *name;

	if (c->mode == INPUT_SEARCH)
		(void)snprintf(out, size, "search: ");
	else if (c->mode == INPUT_RECALL) {
		char *word = text_escape_line(span_buf(&c->recalled));

		(void)snprintf(
		    out, size, "entered before, with '%.60s': ", word);
		free(word);
	} else if (c->mode == INPUT_JUMP)
		(void)snprintf(out, size, "go to conversation (two digits): ");
	else if (columns < 30 || v->kind != CONVERSATION_PEER)
		(void)snprintf(out, size, "> ");
	else {
		name = conversation_name(v);
		/* If it is cut within a character, drawing shows '?'. */
		(void)snprintf(out, size, "to %.100s: ", name);
		if (text_width(span_str(out)) > (size_t)columns / 3)
			(void)snprintf(out, size, "> ");
		free(name);
	}
	return (int)text_width(span_str(out));
}

/* Columns of one character with its marks, escaped. */
static int
view_shown_columns(struct span one, struct buf *shown)
{
	shown->n = 0;
	text_escape(shown, one, true);
	return (int)text_width(span_buf(shown));
}

static void
view_mark_cursor(struct input *in, size_t at, int x)
{
	if (at == in->cursor) {
		in->cursor_row = in->count;
		in->cursor_x = x;
	}
}

static void
view_end_row(struct input *in, size_t from, size_t to)
{
	if (in->count < INPUT_ROWS)
		in->rows[in->count++] = (struct input_row){from, to};
}

/* Where the layout begins, so that the cursor is within half of INPUT_ROWS: a
 * line end makes a row, and an escaped byte takes four columns at most. */
static size_t
view_begin_near(const struct input *in, int room)
{
	size_t most = (size_t)(room > 8 ? room : 8) * INPUT_ROWS / 16;
	size_t at = in->cursor, ends = 0;

	if (most > INPUT_NEAR)
		most = INPUT_NEAR;
	while (at > 0 && in->cursor - at < most && ends < INPUT_ROWS / 4) {
		at--;
		ends += in->text.p[at] == '\n';
	}
	return at > 0 ? text_back(in->text, at) : 0;
}

/* Breaks the text into rows of so many columns; each begins after indent. */
static void
view_lay_out(const struct client *c, struct input *in, int columns, int indent)
{
	struct edit *e = conversation_current(c)->edit;
	struct buf shown = {0};
	size_t at, from, next, end;
	int x = indent;

	memset(in, 0, sizeof(*in));
	in->text = edit_text(e);
	in->cursor = edit_cursor(e);
	if (c->mode == INPUT_SEARCH) {
		in->text = span_buf(&c->searched);
		in->cursor = c->searched.n;
	} else if (c->mode == INPUT_JUMP) {
		in->digit = (unsigned char)('0' + c->jump);
		in->text = (struct span){&in->digit, c->jump >= 0};
		in->cursor = in->text.n;
	}
	in->begin = view_begin_near(in, columns - indent);
	end = in->cursor + INPUT_NEAR < in->text.n ? in->cursor + INPUT_NEAR
						   : in->text.n;
	for (at = from = in->begin; at < end && in->count < INPUT_ROWS - 1;
	     at = next) {
		int n;

		next = text_next(in->text, at);
		if (in->text.p[at] == '\n') {
			view_mark_cursor(in, at, x);
			view_end_row(in, from, at);
			from = next;
			x = indent;
			continue;
		}
		n = view_shown_columns(span_cut(in->text, at, next), &shown);
		/* The last column is left for the cursor. */
		if (x + n >= columns && x > indent) {
			view_end_row(in, from, at);
			from = at;
			x = indent;
		}
		view_mark_cursor(in, at, x);
		x += n;
	}
	view_mark_cursor(in, at, x);
	view_end_row(in, from, at);
	buf_free(&shown);
}

int
view_input_rows(const struct client *c, int columns)
{
	struct input in;
	char words[160];

	view_lay_out(
	    c, &in, columns, view_prompt(c, words, sizeof(words), columns));
	return in.count;
}

static void
view_draw_row(struct client *c, const struct input *in, int row, int y, int x)
{
	struct span text = span_cut(
	    in->text, in->rows[row].from, in->rows[row].to);
	struct buf shown = {0};

	text_escape(&shown, text, true);
	(void)screen_put(c->screen, y, x, screen_columns(c->screen) - x,
	    span_buf(&shown), STYLE_TEXT);
	buf_free(&shown);
}

void
view_input_draw(struct client *c, const struct layout *l)
{
	struct input in;
	char words[160];
	int indent = view_prompt(c, words, sizeof(words), l->columns), top;

	view_lay_out(c, &in, l->columns, indent);
	top = in.cursor_row - l->input_height + 1;
	if (top < 0)
		top = 0;
	if (top + l->input_height > in.count)
		top = in.count - l->input_height;
	for (int i = 0; i < l->input_height && top + i < in.count; i++)
		view_draw_row(c, &in, top + i, l->input_y + i, indent);
	if (top == 0 && in.begin == 0)
		(void)screen_puts(
		    c->screen, l->input_y, 0, indent, words, STYLE_DIM);
	screen_cursor(c->screen, l->input_y + in.cursor_row - top,
	    in.cursor_x < l->columns ? in.cursor_x : l->columns - 1);
}
