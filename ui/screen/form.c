#include "ui/screen/form.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "ui/screen/edit_keys.h"

enum { FORM_LABEL = 21 }; /* columns of a label */

struct form {
	char *title, *keys;
	struct form_field *fields;
	size_t count, at;
	struct edit_kills *kills;
};

struct form *
form_new(const char *title, const char *keys, const struct form_field *fields,
    size_t count)
{
	struct form *f = xcalloc(1, sizeof(*f));

	f->title = xstrdup(title);
	f->keys = xstrdup(keys);
	f->fields = xcalloc(count, sizeof(*f->fields));
	f->count = count;
	f->kills = edit_kills_new();
	for (size_t i = 0; i < count; i++) {
		f->fields[i] = fields[i];
		f->fields[i].edit = edit_new(f->kills);
		if (fields[i].text != NULL)
			edit_set(f->fields[i].edit, span_str(fields[i].text));
	}
	return f;
}

void
form_free(struct form *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->count; i++)
		edit_free(f->fields[i].edit);
	edit_kills_free(f->kills);
	free(f->fields);
	free(f->title);
	free(f->keys);
	free(f);
}

const char *
form_text(const struct form *f, size_t field)
{
	return (const char *)edit_text(f->fields[field].edit).p;
}

bool
form_yes(const struct form *f, size_t field)
{
	return f->fields[field].yes;
}

size_t
form_at(const struct form *f)
{
	return f->at;
}

void
form_go(struct form *f, size_t field)
{
	f->at = field < f->count ? field : f->count - 1;
}

void
form_clear(struct form *f, size_t field)
{
	edit_wipe(f->fields[field].edit);
}

/* --- keys ----------------------------------------------------------------- */

static void
form_insert_key(struct form_field *field, const struct screen_key *key)
{
	struct buf b = {0};

	if (key->code == SCREEN_PASTE) {
		/* Only the first line: a line end is no part of a password. */
		struct span line = span_cut(
		    key->text, 0, span_find(key->text, '\n', 0));

		line = span_cut(line, 0, span_find(line, '\r', 0));
		(void)edit_insert(field->edit, line);
		return;
	}
	text_encode(&b, (uint32_t)key->code);
	(void)edit_insert(field->edit, span_buf(&b));
	buf_wipe(&b);
}

static bool
form_edits_field(struct form_field *field, const struct screen_key *key)
{
	enum edit_act act;
	int c = key->code;

	if (field->yes_no) {
		if (c == 'y' || c == 'Y')
			field->yes = true;
		else if (c == 'n' || c == 'N')
			field->yes = false;
		else if (c == ' ')
			field->yes = !field->yes;
		else
			return false;
		return true;
	}
	if (edit_key(c, &act)) {
		(void)edit_do(field->edit, act);
		return true;
	}
	if (c != SCREEN_PASTE && (c < ' ' || c >= SCREEN_ALT))
		return false;
	form_insert_key(field, key);
	return true;
}

enum form_does
form_key(struct form *f, const struct screen_key *key)
{
	switch (key->code) {
	case '\r':
	case '\n':
	case SCREEN_ENTER:
		if (f->at + 1 == f->count)
			return FORM_DONE;
		f->at++;
		return FORM_STAYS;
	case '\t':
	case SCREEN_DOWN:
		f->at = (f->at + 1) % f->count;
		return FORM_STAYS;
	case SCREEN_BACKTAB:
	case SCREEN_UP:
		f->at = (f->at + f->count - 1) % f->count;
		return FORM_STAYS;
	case SCREEN_PAGE_UP:
		f->at = 0;
		return FORM_STAYS;
	case SCREEN_PAGE_DOWN:
		f->at = f->count - 1;
		return FORM_STAYS;
	case SCREEN_ESC:
	case SCREEN_CTRL('c'):
		return FORM_LEAVES;
	default:
		return form_edits_field(&f->fields[f->at], key) ? FORM_STAYS
								: FORM_OTHER;
	}
}

/* --- drawing -------------------------------------------------------------- */

static void
form_draw_value(
    const struct form_field *field, struct screen *s, int y, bool here)
{
	int x = FORM_LABEL, room = screen_columns(s) - FORM_LABEL - 1;
	struct span text = edit_text(field->edit);
	struct buf shown = {0};
	size_t skip = 0, width;

	if (field->yes_no)
		buf_adds(&shown, field->yes ? "yes" : "no");
	else if (field->secret)
		for (size_t at = 0; at < text.n; at = text_next(text, at))
			buf_adds(&shown, "*");
	else
		text_escape(&shown, text, false);
	/* The end of a long value is shown. */
	width = text_width(span_buf(&shown));
	while (room > 0 && width > (size_t)room && skip < shown.n) {
		skip = text_next(span_buf(&shown), skip);
		width = text_width(span_cut(span_buf(&shown), skip, shown.n));
	}
	x += screen_put(s, y, x, room,
	    span_cut(span_buf(&shown), skip, shown.n),
	    here ? STYLE_NAME : STYLE_TEXT);
	buf_wipe(&shown);
	if (text.n == 0 && !field->yes_no && field->example != NULL) {
		int words = screen_puts(s, y, x, room, "such as ", STYLE_DIM);

		(void)screen_puts(
		    s, y, x + words, room - words, field->example, STYLE_DIM);
	}
	if (here)
		screen_cursor(s, y, field->yes_no ? FORM_LABEL : x);
}

/* Draws words from row y on, wrapped. Returns the row below. */
static int
form_draw_words(struct screen *s, int y, struct span words, enum style style)
{
	struct buf rows = {0};
	int width = screen_columns(s);

	if (words.n == 0)
		return y;
	text_rows(&rows, words, "", (size_t)width);
	for (size_t at = 0, end; at < rows.n; at = end + 1) {
		end = span_find(span_buf(&rows), '\n', at);
		(void)screen_put(s, y++, 0, width,
		    span_cut(span_buf(&rows), at, end), style);
	}
	buf_free(&rows);
	return y;
}

/* How many rows form_draw_words takes. */
static size_t
form_rows_of(const struct screen *s, struct span words)
{
	struct buf rows = {0};
	size_t n = 0;

	if (words.n == 0)
		return 0;
	text_rows(&rows, words, "", (size_t)screen_columns(s));
	for (size_t i = 0; i < rows.n; i++)
		n += rows.p[i] == '\n';
	buf_free(&rows);
	return n;
}

/* Draws a field and, with helps, its help below it. Returns the row below. */
static int
form_draw_field(
    const struct form *f, size_t i, struct screen *s, int y, bool helps)
{
	bool here = i == f->at;

	(void)screen_puts(s, y, 0, FORM_LABEL - 1, f->fields[i].label,
	    here ? STYLE_NAME : STYLE_TEXT);
	form_draw_value(&f->fields[i], s, y++, here);
	if (helps)
		(void)screen_puts(s, y++, FORM_LABEL,
		    screen_columns(s) - FORM_LABEL, f->fields[i].hint,
		    here ? STYLE_NOTE : STYLE_DIM);
	return y;
}

/* Whether each field can have its help in one row below it. */
static bool
form_helps(const struct form *f, const struct screen *s, size_t below)
{
	int room = screen_columns(s) - FORM_LABEL;

	for (size_t i = 0; i < f->count; i++)
		if (room < 1 ||
		    text_width(span_str(f->fields[i].hint)) > (size_t)room)
			return false;
	return below + 2 * f->count + 4 <= (size_t)screen_rows(s);
}

void
form_draw(const struct form *f, struct screen *s, struct span problem)
{
	struct span hint = span_str(f->fields[f->at].hint);
	size_t rows = (size_t)screen_rows(s), room, first = 0;
	size_t below = form_rows_of(s, problem) +
	    form_rows_of(s, span_str(f->keys));
	bool helps = form_helps(f, s, below), airy;
	int y = 0;

	if (helps)
		hint = (struct span){NULL, 0};
	below += form_rows_of(s, hint);
	airy = helps || below + f->count + 4 <= rows;
	(void)screen_puts(s, y++, 0, screen_columns(s), f->title, STYLE_NAME);
	y += airy;
	room = rows > below + 1 ? rows - below - 1 : 1;
	if (room > f->count)
		room = f->count;
	if (f->at >= room)
		first = f->at + 1 - room;
	for (size_t i = first; i < first + room; i++)
		y = form_draw_field(f, i, s, y, helps);
	y += airy;
	y = form_draw_words(s, y, problem, STYLE_BAD);
	y = form_draw_words(s, y, hint, STYLE_NOTE);
	y += airy;
	(void)form_draw_words(s, y, span_str(f->keys), STYLE_DIM);
}
