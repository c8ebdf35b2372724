/*
 * Drawing of escaped text into cells, and its styles.
 */
#include "ui/screen/screen_priv.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "src/app/config.h"
#include "src/base/text.h"

/* --- styles --------------------------------------------------------------- */

/* Colours of 256 for a dark, a light and an unknown background, one of 8, and
 * attributes. The background is the terminal's own, so the colours for an
 * unknown one have contrast with black and white. */
static const struct {
	short dark, light, both, eight;
	attr_t with, without; /* attributes with colours, and without */
} style_table[STYLES] = {
    [STYLE_TEXT] = {-1, -1, -1, -1, 0, 0},
    [STYLE_DIM] = {246, 242, 244, -1, 0, 0},
    [STYLE_NAME] = {75, 25, 32, COLOR_CYAN, 0, 0},
    [STYLE_MINE] = {180, 94, 137, -1, 0, 0},
    [STYLE_GOOD] = {78, 28, 35, COLOR_GREEN, 0, 0},
    [STYLE_WARN] = {221, 130, 172, COLOR_YELLOW, 0, A_UNDERLINE},
    [STYLE_BAD] = {203, 160, 197, COLOR_RED, A_BOLD, A_BOLD},
    [STYLE_NOTE] = {109, 24, 67, COLOR_BLUE, 0, 0},
    [STYLE_LOUD] = {203, 160, 197, COLOR_RED, A_BOLD | A_REVERSE,
	A_BOLD | A_REVERSE},
    [STYLE_BAR] = {-1, -1, -1, -1, A_REVERSE, A_REVERSE},
    [STYLE_BAR_HOT] = {-1, -1, -1, -1, A_REVERSE | A_BOLD, A_REVERSE | A_BOLD},
    [STYLE_BAR_BAD] = {203, 160, 197, COLOR_RED, A_REVERSE | A_BOLD,
	A_REVERSE | A_BOLD | A_UNDERLINE},
    [STYLE_CHOSEN] = {-1, -1, -1, -1, A_REVERSE, A_REVERSE},
    [STYLE_FOUND] = {-1, -1, -1, -1, A_BOLD | A_UNDERLINE,
	A_BOLD | A_UNDERLINE},
    [STYLE_WORD] = {213, 90, 133, COLOR_MAGENTA, A_BOLD, A_BOLD | A_UNDERLINE},
    [STYLE_CODE] = {231, 231, 231, COLOR_WHITE, 0, 0},
    [STYLE_REQUEST] = {-1, -1, -1, -1, A_BOLD, A_BOLD},
    [STYLE_FIELD] = {73, 30, 37, COLOR_CYAN, 0, 0},
    [STYLE_PART] = {176, 90, 133, COLOR_MAGENTA, 0, 0},
};

/* https://no-color.org: NO_COLOR counts when it is not empty. */
static bool
screen_wants_colour(const struct screen *s)
{
	const char *no = getenv("NO_COLOR");

	return s->options.theme != THEME_MONO && s->colours >= 8 &&
	    (no == NULL || no[0] == '\0');
}

void
screen_styles(struct screen *s)
{
	bool colour = screen_wants_colour(s);

	for (int i = 0; i < STYLES; i++) {
		short c = s->colours < 256            ? style_table[i].eight
		    : s->options.theme == THEME_DARK  ? style_table[i].dark
		    : s->options.theme == THEME_LIGHT ? style_table[i].light
						      : style_table[i].both;

		s->attrs[i] = colour ? style_table[i].with
				     : style_table[i].without;
		s->colour[i] = colour ? c : -1;
	}
}

/* --- cells ---------------------------------------------------------------- */

void
screen_clear(struct screen *s)
{
	screen_frame_clear(s);
}

void
screen_cursor(struct screen *s, int y, int x)
{
	s->cursor_y = y;
	s->cursor_x = x;
}

/* Reads the character at *at and its combining marks, moves *at behind them and
 * returns its columns. A character whose width the C library sees differently
 * becomes '?', since other programs will place it differently. */
static int
screen_next_cell(struct span text, size_t *at, wchar_t chars[CELL_CHARS + 1])
{
	uint32_t c = 0;
	size_t length = text_decode(text, *at, &c), columns, n = 0;

	*at += length > 0 ? length : 1;
	columns = length > 0 ? text_columns(c) : 1;
	if (length == 0 || columns == 0 || wcwidth((wchar_t)c) != (int)columns)
		c = '?';
	chars[n++] = (wchar_t)c;
	while ((length = text_decode(text, *at, &c)) > 0 &&
	    text_columns(c) == 0 && c >= 0x20) {
		/* Joiners are the only hidden ones in escaped text. */
		if (n < CELL_CHARS && wcwidth((wchar_t)c) == 0 &&
		    chars[0] != L'?' &&
		    (!text_hidden(c) || c == 0x200c || c == 0x200d))
			chars[n++] = (wchar_t)c;
		*at += length;
	}
	chars[n] = L'\0';
	return columns > 0 ? (int)columns : 1;
}

int
screen_put(struct screen *s, int y, int x, int width, struct span text,
    enum style style)
{
	wchar_t chars[CELL_CHARS + 1];
	int taken = 0;

	if (y < 0 || y >= s->rows || x < 0)
		return 0;
	if (width > s->columns - x)
		width = s->columns - x;
	for (size_t at = 0; at < text.n;) {
		int columns = screen_next_cell(text, &at, chars);

		if (taken + columns > width)
			break;
		if (columns == 2 && chars[0] == L'?') {
			screen_frame_put(s, y, x + taken, L"?", 1, style);
			screen_frame_put(s, y, x + taken + 1, L"?", 1, style);
		} else
			screen_frame_put(
			    s, y, x + taken, chars, columns, style);
		taken += columns;
	}
	return taken;
}

int
screen_puts(struct screen *s, int y, int x, int width, const char *text,
    enum style style)
{
	return screen_put(s, y, x, width, span_str(text), style);
}

int
screen_put_name(struct screen *s, int y, int x, int width, const char *name,
    enum style style)
{
	static const char more[] = "\u2026";
	int taken;

	if (width > s->columns - x)
		width = s->columns - x;
	if (width <= 0 || text_width(span_str(name)) <= (size_t)width)
		return screen_puts(s, y, x, width, name, style);
	taken = screen_puts(s, y, x, width - 1, name, style);
	return taken +
	    screen_puts(s, y, x + taken, 1, screen_draws(more) ? more : "~",
		STYLE_LOUD);
}

bool
screen_draws(const char *text)
{
	struct span s = span_str(text);
	uint32_t c;
	size_t n;

	for (size_t at = 0; at < s.n; at += n) {
		n = text_decode(s, at, &c);
		if (n == 0 || text_columns(c) != 1 || wcwidth((wchar_t)c) != 1)
			return false;
	}
	return true;
}

void
screen_fill(struct screen *s, int y, int x, int width, enum style style)
{
	if (width > s->columns - x)
		width = s->columns - x;
	for (int i = 0; i < width && y >= 0 && y < s->rows; i++)
		screen_frame_put(s, y, x + i, L" ", 1, style);
}

void
screen_border(struct screen *s, int y, int x)
{
	screen_frame_put(s, y, x, L"|", 1, STYLE_DIM);
}
