/*
 * The frame: the cells that are wanted and those that the terminal has, and
 * the bytes that lead from the one to the other.
 *
 * Terminals disagree on how many columns a character takes that is not ASCII:
 * joined emoji, flags, skin tones, variation selectors, marks, ambiguous
 * letters. So from the first such character a changed row is erased and drawn
 * anew to its end, and after each run of them the cursor is placed anew.
 */
#include "ui/screen/screen_priv.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"

enum {
	FRAME_GAP = 6, /* equal cells drawn again rather than jumped over */
	FRAME_COLOURS =
	    256, /* a terminal with more is used as one with so many */
	FRAME_BLACK = 16 /* of 256 colours; themes change the first 16 */
};

static const struct cell blank = {.chars = {L' '}, .columns = 1};

/* --- capabilities --------------------------------------------------------- */

static const char *const names[FRAME_CAPS] = {
    [CAP_MOVE] = "cup",
    [CAP_CLEAR] = "clear",
    [CAP_ERASE] = "el",
    [CAP_PLAIN] = "sgr0",
    [CAP_BOLD] = "bold",
    [CAP_REVERSE] = "rev",
    [CAP_UNDERLINE] = "smul",
    [CAP_COLOUR] = "setaf",
    [CAP_BACKGROUND] = "setab",
    [CAP_COLOUR_OFF] = "op",
    [CAP_ENTER] = "smcup",
    [CAP_LEAVE] = "rmcup",
    [CAP_KEYS_ON] = "smkx",
    [CAP_KEYS_OFF] = "rmkx",
    [CAP_SHOW] = "cnorm",
    [CAP_HIDE] = "civis",
    [CAP_WRAP_ON] = "smam",
    [CAP_WRAP_OFF] = "rmam",
};

static const char *
screen_capability(const char *name)
{
	/* ncurses takes names that it does not change without const. */
	char copy[16];
	const char *value;

	memcpy(copy, name, strlen(name) + 1);
	value = tigetstr(copy);
	return value == (char *)-1 ? NULL : value;
}

static int
screen_number_of(const char *name)
{
	char copy[16];

	memcpy(copy, name, strlen(name) + 1);
	return tigetnum(copy);
}

bool
screen_frame_open(struct screen *s)
{
	for (int i = 0; i < FRAME_CAPS; i++)
		s->caps[i] = screen_capability(names[i]);
	s->colours = s->caps[CAP_COLOUR] != NULL ? screen_number_of("colors")
						 : 0;
	if (s->colours > FRAME_COLOURS)
		s->colours = FRAME_COLOURS;
	/* Where attributes take columns, none are used. */
	if (screen_number_of("xmc") > 0)
		s->caps[CAP_BOLD] = s->caps[CAP_REVERSE] =
		    s->caps[CAP_UNDERLINE] = NULL;
	return s->caps[CAP_MOVE] != NULL;
}

/* Appends a capability's bytes without terminfo's padding, "$<5>", which only
 * terminals without flow control need. */
static void
screen_add_bytes(struct buf *out, const char *bytes)
{
	while (bytes != NULL && *bytes != '\0') {
		const char *end = strncmp(bytes, "$<", 2) == 0
		    ? strchr(bytes, '>')
		    : NULL;

		if (end == NULL)
			buf_add(out, bytes++, 1);
		else
			bytes = end + 1;
	}
}

void
screen_frame_cap(const struct screen *s, struct buf *out, enum cap cap)
{
	screen_add_bytes(out, s->caps[cap]);
}

/* --- cells ---------------------------------------------------------------- */

static struct cell *
screen_cell_at(const struct screen *s, struct cell *cells, int y, int x)
{
	return &cells[(size_t)y * (size_t)s->columns + (size_t)x];
}

static bool
screen_equal(const struct cell *a, const struct cell *b)
{
	return a->style == b->style && a->columns == b->columns &&
	    a->link == b->link && wcscmp(a->chars, b->chars) == 0;
}

/* Whether terminals disagree on the character's width. */
static bool
screen_is_odd(const struct cell *cell)
{
	return cell->chars[0] > 0x7e || cell->chars[1] != L'\0' ||
	    cell->columns != 1;
}

static void
screen_fill_blank(struct cell *cells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cells[i] = blank;
}

void
screen_frame_clear(struct screen *s)
{
	/* Numbers begin anew with a whole frame only. */
	if (s->whole || screen_links_full(s)) {
		screen_forget_links(s);
		s->whole = true;
	}
	screen_fill_blank(
	    s->wanted_cells, (size_t)s->rows * (size_t)s->columns);
}

void
screen_frame_size(struct screen *s)
{
	size_t n = (size_t)s->rows * (size_t)s->columns;

	s->wanted_cells = xrealloc(
	    s->wanted_cells, n * sizeof(*s->wanted_cells));
	s->drawn_cells = xrealloc(s->drawn_cells, n * sizeof(*s->drawn_cells));
	screen_fill_blank(s->wanted_cells, n);
	screen_fill_blank(s->drawn_cells, n);
	s->whole = true;
}

void
screen_frame_free(struct screen *s)
{
	free(s->wanted_cells);
	free(s->drawn_cells);
	s->wanted_cells = s->drawn_cells = NULL;
	screen_forget_links(s);
	free(s->links);
}

/* Blanks the other half of a wide character of which x is one half. */
static void
screen_split_wide(struct screen *s, int y, int x)
{
	struct cell *cell = screen_cell_at(s, s->wanted_cells, y, x);

	if (cell->columns == 0 && x > 0)
		cell[-1] = blank;
	else if (cell->columns == 2 && x + 1 < s->columns)
		cell[1] = blank;
}

void
screen_frame_put(struct screen *s, int y, int x, const wchar_t *chars,
    int columns, enum style style)
{
	struct cell *cell;

	if (y < 0 || y >= s->rows || x < 0 || x + columns > s->columns)
		return;
	cell = screen_cell_at(s, s->wanted_cells, y, x);
	screen_split_wide(s, y, x);
	memset(cell, 0, sizeof(*cell));
	wcsncpy(cell->chars, chars, CELL_CHARS);
	cell->columns = (unsigned char)columns;
	cell->style = (unsigned char)style;
	cell->link = s->link;
	if (columns != 2)
		return;
	screen_split_wide(s, y, x + 1);
	cell[1] = (struct cell){.style = (unsigned char)style, .link = s->link};
}

/* --- from what is there to what is wanted --------------------------------- */

/* Where the terminal's cursor is, and how it draws. */
struct pen {
	struct screen *s;
	struct buf *out;
	int y, x; /* x -1: unknown */
	int style; /* enum style; -1: unknown */
	unsigned short link; /* number of the hyperlink that is open, or 0 */
};

/* Opens the hyperlink of that number, or ends the one that is open. Its id joins
 * the cells of all rows. */
static void
screen_set_link(struct pen *pen, unsigned short link)
{
	if (pen->link == link)
		return;
	if (link == 0)
		buf_adds(pen->out, "\033]8;;\033\\");
	else
		buf_addf(pen->out, "\033]8;id=signet%u;%s\033\\",
		    (unsigned)link, pen->s->links[link - 1]);
	pen->link = link;
}

static void
screen_move_to(struct pen *pen, int y, int x)
{
	if (pen->y == y && pen->x == x)
		return;
	screen_set_link(pen, 0);
	screen_add_bytes(pen->out, tiparm(pen->s->caps[CAP_MOVE], y, x));
	pen->y = y;
	pen->x = x;
}

static void
screen_set_style(struct pen *pen, enum style style)
{
	const struct screen *s = pen->s;
	attr_t attrs = s->attrs[style];

	if (pen->style == (int)style)
		return;
	if (s->caps[CAP_PLAIN] == NULL)
		return;
	screen_frame_cap(s, pen->out, CAP_PLAIN);
	/* Not every sgr0 ends colours. */
	if (s->colours > 0 && (pen->style == -1 || s->colour[pen->style] >= 0))
		screen_frame_cap(s, pen->out, CAP_COLOUR_OFF);
	if ((attrs & A_BOLD) != 0)
		screen_frame_cap(s, pen->out, CAP_BOLD);
	if ((attrs & A_REVERSE) != 0)
		screen_frame_cap(s, pen->out, CAP_REVERSE);
	if ((attrs & A_UNDERLINE) != 0)
		screen_frame_cap(s, pen->out, CAP_UNDERLINE);
	if (s->colour[style] >= 0)
		screen_add_bytes(pen->out,
		    tiparm(s->caps[CAP_COLOUR], (int)s->colour[style]));
	/* What a scanner reads must not depend on the terminal's colours. */
	if (style == STYLE_CODE && s->colour[style] >= 0 &&
	    s->caps[CAP_BACKGROUND] != NULL)
		screen_add_bytes(pen->out,
		    tiparm(s->caps[CAP_BACKGROUND],
			s->colours < 256 ? COLOR_BLACK : FRAME_BLACK));
	pen->style = (int)style;
}

/* Appends the characters in the locale's encoding. */
static void
screen_add_chars(struct buf *out, const wchar_t *chars)
{
	char bytes[MB_LEN_MAX];

	for (; *chars != L'\0'; chars++) {
		mbstate_t state;
		size_t n;

		memset(&state, 0, sizeof(state));
		n = wcrtomb(bytes, *chars, &state);
		if (n == (size_t)-1)
			buf_add(out, "?", text_columns((uint32_t)*chars) > 0);
		else
			buf_add(out, bytes, n);
	}
}

/* Draws one cell where the cursor is. The cursor's place is unknown behind the
 * last column, and behind a run of odd characters; within a run it is not
 * moved, so that the terminal can join them. */
static void
screen_draw_cell(struct pen *pen, const struct cell *cell)
{
	const struct screen *s = pen->s;
	bool odd = screen_is_odd(cell);

	screen_set_style(pen, (enum style)cell->style);
	screen_set_link(pen, cell->link);
	screen_add_chars(pen->out, cell->chars);
	pen->x += cell->columns;
	if (pen->x >= s->columns ||
	    (odd &&
		!screen_is_odd(&cell[cell->columns == 0 ? 1 : cell->columns])))
		pen->x = -1;
}

/* Without switching the wrapping off, the last cell would scroll terminals that
 * do not wait with the wrapping. */
static bool
screen_is_corner(const struct screen *s, int y, int x)
{
	return s->caps[CAP_WRAP_OFF] == NULL && y == s->rows - 1 &&
	    x == s->columns - 1;
}

/* Draws the columns from..to of a row, with the equal ones between where
 * drawing takes no more bytes than jumping. */
static void
screen_draw_changes(struct pen *pen, int y, int from, int to)
{
	const struct screen *s = pen->s;
	const struct cell *want = screen_cell_at(s, s->wanted_cells, y, 0);
	const struct cell *have = screen_cell_at(s, s->drawn_cells, y, 0);

	for (int x = from; x < to; x++) {
		int start = x;

		if (screen_equal(&want[x], &have[x]) ||
		    screen_is_corner(s, y, x))
			continue;
		if (pen->y == y && pen->x >= from && pen->x < x &&
		    x - pen->x <= FRAME_GAP)
			start = pen->x;
		screen_move_to(pen, y, start);
		for (; start <= x; start++)
			screen_draw_cell(pen, &want[start]);
	}
}

/* The column behind the last cell that is no plain blank. */
static int
screen_end_of(const struct screen *s, const struct cell *row)
{
	int n = s->columns;

	while (n > 0 && screen_equal(&row[n - 1], &blank))
		n--;
	return n;
}

static void
screen_erase_rest(struct pen *pen, int y, int x)
{
	const struct screen *s = pen->s;

	if (x >= s->columns)
		return;
	screen_set_style(pen, STYLE_TEXT);
	screen_set_link(pen, 0);
	screen_move_to(pen, y, x);
	if (s->caps[CAP_ERASE] != NULL) {
		screen_frame_cap(s, pen->out, CAP_ERASE);
		return;
	}
	for (; x < s->columns && !screen_is_corner(s, y, x); x++)
		screen_draw_cell(pen, &blank);
	pen->x = -1;
}

/* Erases the row from column x, and draws it anew from there. */
static void
screen_draw_anew(struct pen *pen, int y, int x)
{
	const struct screen *s = pen->s;
	const struct cell *want = screen_cell_at(s, s->wanted_cells, y, 0);
	int end = screen_end_of(s, want);

	screen_erase_rest(pen, y, x);
	for (; x < end && !screen_is_corner(s, y, x); x++) {
		/* The other half of the character before. */
		if (want[x].columns == 0)
			continue;
		screen_move_to(pen, y, x);
		screen_draw_cell(pen, &want[x]);
	}
}

static int
screen_least(int a, int b)
{
	return a < b ? a : b;
}

static void
screen_draw_row(struct pen *pen, int y)
{
	const struct screen *s = pen->s;
	const struct cell *want = screen_cell_at(s, s->wanted_cells, y, 0);
	const struct cell *have = screen_cell_at(s, s->drawn_cells, y, 0);
	int first = 0, last = s->columns, odd = 0, end, from;

	while (first < last && screen_equal(&want[first], &have[first]))
		first++;
	while (last > first && screen_equal(&want[last - 1], &have[last - 1]))
		last--;
	if (first == last)
		return;
	while (odd < s->columns && !screen_is_odd(&want[odd]) &&
	    !screen_is_odd(&have[odd]))
		odd++;
	end = screen_end_of(s, want);
	from = end > first ? end : first; /* nothing is wanted from here */
	screen_draw_changes(
	    pen, y, first, screen_least(last, screen_least(odd, end)));
	if (last > odd)
		screen_draw_anew(pen, y, screen_least(odd, from));
	else if (last > end)
		screen_erase_rest(pen, y, from);
}

/* Erases all of the terminal. */
static void
screen_draw_nothing(struct pen *pen)
{
	const struct screen *s = pen->s;

	screen_set_style(pen, STYLE_TEXT);
	if (s->caps[CAP_CLEAR] != NULL) {
		screen_frame_cap(s, pen->out, CAP_CLEAR);
		pen->x = -1;
	} else
		for (int y = 0; y < s->rows; y++)
			screen_erase_rest(pen, y, 0);
	screen_fill_blank(s->drawn_cells, (size_t)s->rows * (size_t)s->columns);
}

void
screen_frame_draw(struct screen *s, struct buf *out)
{
	struct pen pen = {.s = s, .out = out, .y = -1, .x = -1, .style = -1};
	bool whole = s->whole;

	if (whole)
		screen_draw_nothing(&pen);
	s->whole = false;
	for (int y = 0; y < s->rows; y++)
		screen_draw_row(&pen, y);
	if (out->n > 0)
		screen_set_style(&pen, STYLE_TEXT);
	screen_set_link(&pen, 0);
	memcpy(s->drawn_cells, s->wanted_cells,
	    (size_t)s->rows * (size_t)s->columns * sizeof(*s->drawn_cells));
	if (s->cursor_x >= 0)
		screen_move_to(&pen, s->cursor_y, s->cursor_x);
	else if (s->caps[CAP_HIDE] == NULL)
		screen_move_to(&pen, s->rows - 1, s->columns - 1);
	/* Clearing shows it on some terminals. */
	if (whole || (s->cursor_x >= 0) != s->cursor_shown)
		screen_frame_cap(
		    s, out, s->cursor_x >= 0 ? CAP_SHOW : CAP_HIDE);
	s->cursor_shown = s->cursor_x >= 0;
}

/* --- taking the terminal and leaving it ----------------------------------- */

void
screen_frame_begin(struct screen *s, struct buf *out)
{
	screen_frame_cap(s, out, CAP_ENTER);
	screen_frame_cap(s, out, CAP_KEYS_ON);
	screen_frame_cap(s, out, CAP_WRAP_OFF);
	s->cursor_shown = true;
}

void
screen_frame_end(struct screen *s, struct buf *out)
{
	struct pen pen = {.s = s, .out = out, .y = -1, .x = -1, .style = -1};

	/* Where there is no other screen, the shell goes on in the last row. */
	screen_set_style(&pen, STYLE_TEXT);
	screen_erase_rest(&pen, s->rows - 1, 0);
	screen_frame_restore(s, out);
}

void
screen_frame_restore(const struct screen *s, struct buf *out)
{
	screen_frame_cap(s, out, CAP_PLAIN);
	screen_frame_cap(s, out, CAP_WRAP_ON);
	screen_frame_cap(s, out, CAP_SHOW);
	screen_frame_cap(s, out, CAP_KEYS_OFF);
	screen_frame_cap(s, out, CAP_LEAVE);
}
