#include "ui/screen/pager.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/paint.h"
#include "src/base/savefile.h"
#include "src/base/text.h"
#include "ui/edit/complete.h"

/* A continued row begins with a mark, so that text of others cannot imitate a
 * line of ours at a row's start. */
enum { WRAPPED = 2 };
static const char wrapped_mark[] = "+ ";

struct pager {
	char *title, *question;
	char third; /* the letter of a third answer, or 0 */
	const char *third_words; /* static */
	pager_fn *fn;
	void *arg;
	struct buf text;
	size_t *rows; /* the offset of each in text */
	size_t count, room;
	int columns; /* that the rows were made for */
	size_t top, begin; /* a row; the byte to start at */
	int height;
	size_t chosen; /* the byte at which that line begins; SIZE_MAX: none */
	size_t reveal_from, reveal_to; /* bytes; equal: none */
	char *foot; /* instead of title and keys, or NULL */
	pager_saves_fn *saves; /* NULL: the text is saved */
	void *saves_arg;
	/* a search word or file name that is being typed at the foot */
	char typing; /* '/', 's', or 0 */
	struct buf typed, word;
	struct buf note; /* at the foot until the next key; empty: none */
};

struct pager *
pager_new(const char *title, struct buf *text, const char *question,
    pager_fn *fn, void *arg)
{
	struct pager *p = xcalloc(1, sizeof(*p));

	p->title = xstrdup(title);
	p->question = question == NULL ? NULL : xstrdup(question);
	p->fn = fn;
	p->arg = arg;
	p->chosen = SIZE_MAX;
	p->text = *text;
	*text = (struct buf){0};
	return p;
}

void
pager_third(struct pager *p, char letter, const char *words)
{
	p->third = letter;
	p->third_words = words;
}

void
pager_begin(struct pager *p, size_t at)
{
	p->begin = at;
}

void
pager_free(struct pager *p)
{
	if (p == NULL)
		return;
	free(p->title);
	free(p->question);
	free(p->foot);
	buf_wipe(&p->text);
	buf_free(&p->typed);
	buf_free(&p->word);
	buf_free(&p->note);
	free(p->rows);
	free(p);
}

/* --- rows ----------------------------------------------------------------- */

static void
pager_add_row(struct pager *p, size_t at)
{
	p->rows = vec_grow(p->rows, p->count, &p->room, sizeof(*p->rows));
	p->rows[p->count++] = at;
}

/* The row with the byte at. */
static size_t
pager_row_of(const struct pager *p, size_t at)
{
	size_t low = 0, high = p->count;

	while (low + 1 < high) {
		size_t middle = (low + high) / 2;

		if (p->rows[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void
pager_break_rows(struct pager *p, int columns)
{
	struct span all = span_buf(&p->text);
	size_t kept = p->count > 0 ? p->rows[p->top] : p->begin;

	if (p->columns == columns && p->count > 0)
		return;
	p->columns = columns;
	p->count = 0;
	for (size_t from = 0, end; from < all.n; from = end + 1) {
		struct span line;
		size_t row = 0, next, mark;

		end = span_find(all, '\n', from);
		line = span_cut(all, from, end);
		mark = paint_take(&line) != PAINT_TEXT ? 1 : 0;
		do {
			pager_add_row(p, row > 0 ? from + mark + row : from);
			(void)text_row(line, row,
			    (size_t)(row == 0 ? columns : columns - WRAPPED),
			    &next);
			row = next;
		} while (row < line.n);
	}
	if (p->count == 0)
		pager_add_row(p, 0);
	p->top = pager_row_of(p, kept);
}

/* Returns a row without its mark; *kind gets what that says, and may be NULL. */
static struct span
pager_row_text(const struct pager *p, size_t i, enum paint *kind)
{
	enum paint marked;
	struct span all = span_buf(&p->text);
	size_t end = i + 1 < p->count ? p->rows[i + 1] : all.n;
	struct span row = span_cut(all, p->rows[i], end);

	if (row.n > 0 && row.p[row.n - 1] == '\n')
		row.n--;
	marked = paint_take(&row);
	if (kind != NULL)
		*kind = marked;
	return row;
}

/* --- drawing -------------------------------------------------------------- */

static void
pager_draw_foot(struct pager *p, struct screen *s, int y)
{
	struct buf foot = {0};
	size_t seen = p->top + (size_t)p->height;
	int taken;

	screen_fill(s, y, 0, screen_columns(s), STYLE_BAR);
	if (p->typing != 0) {
		taken = screen_puts(s, y, 0, screen_columns(s),
		    p->typing == '/' ? "search: " : "save as: ", STYLE_BAR);
		taken += screen_put(s, y, taken, screen_columns(s) - taken,
		    span_buf(&p->typed), STYLE_BAR);
		screen_cursor(s, y, taken);
		return;
	}
	if (p->note.n > 0)
		buf_addspan(&foot, span_buf(&p->note));
	else if (p->question != NULL && p->third != 0)
		buf_addf(&foot, "%s [y/n, %c: %s]", p->question, p->third,
		    p->third_words);
	else if (p->question != NULL)
		buf_addf(&foot, "%s [y/n]", p->question);
	else if (p->foot != NULL)
		buf_adds(&foot, p->foot);
	else
		buf_addf(&foot, "%s  %zu%%  q back  / search  s save", p->title,
		    seen >= p->count ? 100 : seen * 100 / p->count);
	(void)screen_put(s, y, 0, screen_columns(s), span_buf(&foot),
	    p->question != NULL ? STYLE_BAR_HOT : STYLE_BAR);
	buf_free(&foot);
}

static bool
pager_row_has_word(const struct pager *p, struct span row)
{
	for (size_t i = 0; p->word.n > 0 && i + p->word.n <= row.n; i++)
		if (span_eq_nocase(
			span_cut(row, i, i + p->word.n), span_buf(&p->word)))
			return true;
	return false;
}

/* Whether row i continues a line. */
static bool
pager_is_wrapped(const struct pager *p, size_t i)
{
	return p->rows[i] > 0 && p->text.p[p->rows[i] - 1] != '\n';
}

static const enum style pager_kinds[PAINTS] = {
    [PAINT_TEXT] = STYLE_TEXT,
    [PAINT_REQUEST] = STYLE_REQUEST,
    [PAINT_PROVISIONAL] = STYLE_WARN,
    [PAINT_SUCCESS] = STYLE_GOOD,
    [PAINT_REDIRECTION] = STYLE_WARN,
    [PAINT_FAILURE] = STYLE_BAD,
    [PAINT_FIELD] = STYLE_FIELD,
    [PAINT_NOTE] = STYLE_NOTE,
    [PAINT_BOUNDARY] = STYLE_PART,
    [PAINT_ASN1] = STYLE_DIM,
    [PAINT_DUMP] = STYLE_DIM,
};

/* Arrows and headings stand out, and a QR code is white on black. */
static enum style
pager_style_of(
    const struct pager *p, size_t i, struct span row, enum paint kind)
{
	if (p->rows[i] == p->chosen)
		return STYLE_CHOSEN;
	if (pager_row_has_word(p, row))
		return STYLE_FOUND;
	if (pager_is_wrapped(p, i))
		return STYLE_TEXT;
	if (kind != PAINT_TEXT)
		return pager_kinds[kind];
	if (span_starts_nocase(row, "-> ") || span_starts_nocase(row, "<- "))
		return STYLE_NAME;
	if (span_starts_nocase(row, "== "))
		return STYLE_NOTE;
	/* The quiet zone of a QR code (src/show/qr.h). */
	if (span_starts_nocase(row, "\u2588"))
		return STYLE_CODE;
	return STYLE_TEXT;
}

static size_t
pager_last_top(const struct pager *p)
{
	size_t height = (size_t)p->height;

	return p->count > height ? p->count - height : 0;
}

/* Scrolls to what is to be revealed. */
static void
pager_scroll_to(struct pager *p)
{
	size_t first = pager_row_of(p, p->reveal_from), last;

	if (p->reveal_from >= p->reveal_to)
		return;
	last = pager_row_of(p, p->reveal_to - 1);
	if (last >= p->top + (size_t)p->height)
		p->top = last + 1 - (size_t)p->height;
	if (first < p->top)
		p->top = first;
	p->reveal_from = p->reveal_to = 0;
}

static void
pager_draw_row(struct pager *p, struct screen *s, int y, size_t at)
{
	enum paint kind;
	struct span row = pager_row_text(p, at, &kind);
	enum style style = pager_style_of(p, at, row, kind);
	int x = 0, columns = screen_columns(s);
	size_t extent = style == pager_kinds[kind] ? paint_extent(kind, row)
						   : row.n;

	if (pager_is_wrapped(p, at))
		x = screen_puts(s, y, 0, WRAPPED, wrapped_mark, STYLE_DIM);
	x += screen_put(s, y, x, columns - x, span_cut(row, 0, extent), style);
	x += screen_put(
	    s, y, x, columns - x, span_cut(row, extent, row.n), STYLE_TEXT);
	if (style == STYLE_CHOSEN)
		screen_fill(s, y, x, columns - x, style);
}

void
pager_draw(struct pager *p, struct screen *s, int y, int height)
{
	p->height = height > 1 ? height - 1 : 1;
	pager_break_rows(p, screen_columns(s));
	pager_scroll_to(p);
	if (p->top > pager_last_top(p))
		p->top = pager_last_top(p);
	for (int i = 0; i < p->height && p->top + (size_t)i < p->count; i++)
		pager_draw_row(p, s, y + i, p->top + (size_t)i);
	pager_draw_foot(p, s, y + height - 1);
}

static void
pager_set_note(struct pager *p, const char *before, const char *after)
{
	p->note.n = 0;
	buf_addf(&p->note, "%s%s", before, after);
}

/* --- a page that changes -------------------------------------------------- */

void
pager_set_text(struct pager *p, struct buf *text, size_t at)
{
	buf_wipe(&p->text);
	p->text = *text;
	*text = (struct buf){0};
	p->count = 0;
	p->begin = at;
	/* Keys that come before the next frame move among its rows. */
	if (p->columns > 0)
		pager_break_rows(p, p->columns);
}

struct span
pager_text(const struct pager *p)
{
	return span_buf(&p->text);
}

size_t
pager_window(const struct pager *p, size_t *end)
{
	size_t below = p->top + (size_t)p->height;

	*end = below < p->count ? p->rows[below] : p->text.n;
	return p->top < p->count ? p->rows[p->top] : 0;
}

void
pager_choose(struct pager *p, size_t at)
{
	p->chosen = at;
}

void
pager_reveal(struct pager *p, size_t from, size_t to)
{
	p->reveal_from = from;
	p->reveal_to = to;
}

void
pager_foot(struct pager *p, const char *line)
{
	free(p->foot);
	p->foot = xstrdup(line);
}

void
pager_note(struct pager *p, const char *line)
{
	pager_set_note(p, line, "");
}

bool
pager_types(const struct pager *p)
{
	return p->typing != 0;
}

void
pager_saves(struct pager *p, pager_saves_fn *fn, void *arg)
{
	p->saves = fn;
	p->saves_arg = arg;
}

/* --- keys ----------------------------------------------------------------- */

static void
pager_scroll(struct pager *p, long rows)
{
	size_t n = rows < 0 ? (size_t)-rows : (size_t)rows;

	if (rows < 0)
		p->top = p->top > n ? p->top - n : 0;
	else
		p->top = p->top + n < pager_last_top(p) ? p->top + n
							: pager_last_top(p);
}

static void
pager_search(struct pager *p, bool back)
{
	for (size_t i = p->top; back ? i-- > 0 : ++i < p->count;)
		if (pager_row_has_word(p, pager_row_text(p, i, NULL))) {
			p->top = i;
			return;
		}
	pager_set_note(p, "not found ", back ? "above" : "below");
}

int
pager_save(const struct pager *p, const char *path, struct err *e)
{
	struct buf b = {0};
	int rc;

	if (p->saves != NULL)
		p->saves(p->saves_arg, &b);
	else
		paint_lines(&b, span_buf(&p->text), false);
	rc = savefile_new(path, span_buf(&b), e);
	buf_wipe(&b);
	return rc;
}

static void
pager_save_typed(struct pager *p)
{
	struct err e = {0};
	char *path = complete_path(span_buf(&p->typed), &e);

	if (path != NULL && pager_save(p, path, &e) == 0)
		pager_set_note(p, "saved as ", path);
	else
		pager_set_note(p, "", e.text);
	free(path);
}

static void
pager_typed_done(struct pager *p)
{
	if (p->typing == '/') {
		if (p->typed.n > 0) {
			buf_free(&p->word);
			p->word = p->typed;
			p->typed = (struct buf){0};
		}
		pager_search(p, false);
	} else if (p->typed.n > 0)
		pager_save_typed(p);
	p->typing = 0;
	p->typed.n = 0;
}

static void
pager_typing_key(struct pager *p, const struct screen_key *key)
{
	int c = key->code;

	if (c == '\r' || c == '\n' || c == SCREEN_ENTER)
		pager_typed_done(p);
	else if (c == SCREEN_ESC || c == SCREEN_CTRL('c') ||
	    c == SCREEN_CTRL('g'))
		p->typing = 0;
	else if (c == SCREEN_CTRL('u'))
		p->typed.n = 0;
	else if (c == SCREEN_BACKSPACE || c == 127 || c == SCREEN_CTRL('h')) {
		/* All bytes of a UTF-8 character. */
		while (
		    p->typed.n > 0 && (p->typed.p[--p->typed.n] & 0xc0) == 0x80)
			continue;
		buf_add(&p->typed, "", 0);
	} else if (key->code == SCREEN_PASTE) {
		char *line = text_escape_line(key->text);

		buf_adds(&p->typed, line);
		free(line);
	} else if (c >= ' ' && c < SCREEN_ALT)
		text_encode(&p->typed, (uint32_t)c);
}

static enum pager_does
pager_close_with(struct pager *p, enum pager_answer answer)
{
	pager_fn *fn = p->fn;

	p->fn = NULL;
	if (fn != NULL)
		fn(p->arg, answer);
	return PAGER_CLOSES;
}

static enum pager_does
pager_letter_key(struct pager *p, int c)
{
	if (p->third != 0 && c == p->third)
		return pager_close_with(p, PAGER_THIRD);
	switch (c) {
	case 'y':
	case 'Y':
		return p->question != NULL ? pager_close_with(p, PAGER_YES)
					   : PAGER_STAYS;
	case 'n':
		if (p->question != NULL)
			return pager_close_with(p, PAGER_NO);
		pager_search(p, false);
		return PAGER_REDRAWS;
	case 'N':
		pager_search(p, true);
		return PAGER_REDRAWS;
	case 'q':
	case SCREEN_CTRL('c'):
	case SCREEN_CTRL('g'):
	case SCREEN_ESC:
	case SCREEN_F2:
		return pager_close_with(p, PAGER_NO);
	case '/':
	case 's':
		p->typing = (char)c;
		return PAGER_REDRAWS;
	default:
		return PAGER_STAYS;
	}
}

static bool
pager_move_key(struct pager *p, int c)
{
	long page = p->height > 1 ? p->height - 1 : 1;

	if (c == SCREEN_UP || c == 'k' || c == SCREEN_CTRL('p'))
		pager_scroll(p, -1);
	else if (c == SCREEN_DOWN || c == 'j' || c == SCREEN_CTRL('n') ||
	    c == '\r' || c == SCREEN_ENTER)
		pager_scroll(p, 1);
	else if (c == SCREEN_PAGE_UP || c == 'b' || c == SCREEN_BACKSPACE)
		pager_scroll(p, -page);
	else if (c == SCREEN_PAGE_DOWN || c == ' ')
		pager_scroll(p, page);
	else if (c == SCREEN_HOME || c == 'g')
		p->top = 0;
	else if (c == SCREEN_END || c == 'G')
		p->top = pager_last_top(p);
	else if (c == SCREEN_WHEEL_UP)
		pager_scroll(p, -3);
	else if (c == SCREEN_WHEEL_DOWN)
		pager_scroll(p, 3);
	else
		return false;
	return true;
}

enum pager_does
pager_key(struct pager *p, const struct screen_key *key)
{
	p->note.n = 0;
	if (p->typing != 0) {
		pager_typing_key(p, key);
		return PAGER_REDRAWS;
	}
	if (pager_move_key(p, key->code))
		return PAGER_REDRAWS;
	return pager_letter_key(p, key->code);
}
