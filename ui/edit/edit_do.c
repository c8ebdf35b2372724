/*
 * The acts on the input line. Most do one of four things between the cursor and
 * a place, so that places are functions.
 */
#include "ui/edit/edit_priv.h"

static struct span
edit_all(const struct edit *e)
{
	return span_buf(&e->text);
}

static unsigned char
edit_byte_at(const struct edit *e, size_t at)
{
	return at < e->text.n ? e->text.p[at] : '\0';
}

/* Whether the character at `at` is part of a word. Beyond ASCII all are, except
 * the blocks of punctuation, symbols and pictures. */
static bool
edit_is_word(const struct edit *e, size_t at)
{
	static const uint32_t others[][2] = {{0x80, 0xa9}, {0xab, 0xb4},
	    {0xb6, 0xb9}, {0xbb, 0xbf}, {0xd7, 0xd7}, {0xf7, 0xf7},
	    {0x2000, 0x206f}, {0x2190, 0x2bff}, {0x2e00, 0x2e7f},
	    {0x3000, 0x3004}, {0x3008, 0x3020}, {0xfe30, 0xfe6f},
	    {0xff00, 0xff0f}, {0xff1a, 0xff20}, {0xff3b, 0xff40},
	    {0xff5b, 0xff65}, {0x1f000, 0x1faff}};
	uint32_t c;
	size_t i;

	if (text_decode(edit_all(e), at, &c) == 0)
		return false;
	if (c < 0x80)
		return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z');
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (c >= others[i][0] && c <= others[i][1])
			return false;
	return true;
}

static bool
edit_is_blank(const struct edit *e, size_t at)
{
	unsigned char c = edit_byte_at(e, at);

	return c == ' ' || c == '\t' || c == '\n';
}

/* --- places --------------------------------------------------------------- */

typedef size_t place_fn(const struct edit *e);

static size_t
edit_place_left(const struct edit *e)
{
	return text_back(edit_all(e), e->cursor);
}

static size_t
edit_place_right(const struct edit *e)
{
	return text_next(edit_all(e), e->cursor);
}

/* Goes left over characters that differ in `is` from what, then over those that
 * do not. */
static size_t
edit_left_over(
    const struct edit *e, bool (*is)(const struct edit *, size_t), bool what)
{
	size_t at = e->cursor;

	while (at > 0 && is(e, text_back(edit_all(e), at)) != what)
		at = text_back(edit_all(e), at);
	while (at > 0 && is(e, text_back(edit_all(e), at)) == what)
		at = text_back(edit_all(e), at);
	return at;
}

static size_t
edit_place_word_left(const struct edit *e)
{
	return edit_left_over(e, edit_is_word, true);
}

static size_t
edit_place_blank_left(const struct edit *e)
{
	return edit_left_over(e, edit_is_blank, false);
}

static size_t
edit_word_begin(const struct edit *e)
{
	size_t at = e->cursor;

	while (at < e->text.n && !edit_is_word(e, at))
		at = text_next(edit_all(e), at);
	return at;
}

static size_t
edit_place_word_right(const struct edit *e)
{
	size_t at = edit_word_begin(e);

	while (at < e->text.n && edit_is_word(e, at))
		at = text_next(edit_all(e), at);
	return at;
}

static size_t
edit_line_start(const struct edit *e, size_t at)
{
	while (at > 0 && e->text.p[at - 1] != '\n')
		at--;
	return at;
}

static size_t
edit_line_end(const struct edit *e, size_t at)
{
	return span_find(edit_all(e), '\n', at);
}

static size_t
edit_place_line_start(const struct edit *e)
{
	return edit_line_start(e, e->cursor);
}

static size_t
edit_place_line_end(const struct edit *e)
{
	return edit_line_end(e, e->cursor);
}

static size_t
edit_place_kill_line_end(const struct edit *e)
{
	size_t end = edit_place_line_end(e);

	return end == e->cursor && end < e->text.n ? end + 1 : end;
}

static size_t
edit_place_start(const struct edit *e)
{
	(void)e;
	return 0;
}

static size_t
edit_place_end(const struct edit *e)
{
	return e->text.n;
}

/* --- acts ----------------------------------------------------------------- */

static bool
edit_act_move(struct edit *e, size_t to)
{
	bool moved = to != e->cursor;

	e->cursor = to;
	return moved;
}

static bool
edit_act_delete(struct edit *e, size_t to)
{
	size_t from = e->cursor;

	return to != from &&
	    edit_change(
		e, to < from ? to : from, to < from ? from : to, span_str(""));
}

static bool
edit_act_kill(struct edit *e, size_t to)
{
	bool left = to < e->cursor;
	struct span killed = left ? span_cut(edit_all(e), to, e->cursor)
				  : span_cut(edit_all(e), e->cursor, to);

	if (killed.n == 0)
		return false;
	/* Joins the last kill, unless another line has killed since. */
	edit_kills_put(e->kills, killed,
	    e->was == LAST_KILL && e->killed == edit_kills_count(e->kills),
	    left);
	e->killed = edit_kills_count(e->kills);
	e->last = LAST_KILL;
	return edit_act_delete(e, to);
}

static bool
edit_yank(struct edit *e, size_t from, size_t back)
{
	if (edit_kills_held(e->kills) == 0 ||
	    !edit_change(e, from, e->cursor, edit_kills_get(e->kills, back)))
		return false;
	e->last = LAST_YANK;
	e->yank_from = from;
	e->yank_back = back;
	return true;
}

static bool
edit_act_yank(struct edit *e)
{
	return edit_yank(e, e->cursor, 0);
}

static bool
edit_act_yank_pop(struct edit *e)
{
	return e->was == LAST_YANK && edit_kills_held(e->kills) > 1 &&
	    edit_yank(e, e->yank_from, e->yank_back + 1);
}

/* Swaps the characters around the cursor or, at the end of a line, the two
 * before it. */
static bool
edit_act_transpose(struct edit *e)
{
	size_t start = edit_place_line_start(e), middle = e->cursor, from, to;
	struct buf b = {0};

	if (middle == edit_place_line_end(e) && middle > start)
		middle = text_back(edit_all(e), middle);
	if (middle == start)
		return false;
	from = text_back(edit_all(e), middle);
	to = text_next(edit_all(e), middle);
	edit_keep(&b, span_cut(edit_all(e), middle, to));
	edit_keep(&b, span_cut(edit_all(e), from, middle));
	edit_change(e, from, to, span_buf(&b));
	buf_wipe(&b);
	return true;
}

/* Changes the case of the rest of the word, or of the next one. */
static bool
edit_act_case(struct edit *e, uint32_t first(uint32_t), uint32_t rest(uint32_t))
{
	size_t begin = edit_word_begin(e), end = edit_place_word_right(e), at,
	       length;
	struct buf b = {0};
	bool changed;
	uint32_t c;

	/* The largest it can get, so that it does not grow. */
	buf_reserve(&b, 2 * (end - begin));
	for (at = begin; at < end; at += length) {
		length = text_decode(edit_all(e), at, &c);
		text_encode(&b, at == begin ? first(c) : rest(c));
	}
	changed = begin < end && edit_change(e, begin, end, span_buf(&b));
	buf_wipe(&b);
	return changed;
}

static bool
edit_act_upper(struct edit *e)
{
	return edit_act_case(e, text_upper, text_upper);
}

static bool
edit_act_lower(struct edit *e)
{
	return edit_act_case(e, text_lower, text_lower);
}

static bool
edit_act_capital(struct edit *e)
{
	return edit_act_case(e, text_upper, text_lower);
}

/* Columns as shown, where a TAB is four. */
static size_t
edit_columns(const struct edit *e, size_t from, size_t to)
{
	struct span s = span_cut(edit_all(e), from, to);
	size_t n = text_width(s);

	for (; s.n > 0; s = span_cut(s, 1, s.n))
		n += s.p[0] == '\t' ? 4 : 0;
	return n;
}

/* Goes to the line with the byte `in`, near the column where going up and down
 * began. */
static bool
edit_act_to_line(struct edit *e, size_t in)
{
	size_t at = edit_line_start(e, in), end = edit_line_end(e, in), next;
	size_t start = edit_place_line_start(e), column = 0;

	if (e->was != LAST_UPDOWN)
		e->goal = edit_columns(e, start, e->cursor);
	for (; at < end; at = next) {
		next = text_next(edit_all(e), at);
		column += edit_columns(e, at, next);
		if (column > e->goal)
			break;
	}
	e->cursor = at;
	e->last = LAST_UPDOWN;
	return true;
}

static bool
edit_act_up(struct edit *e)
{
	size_t start = edit_place_line_start(e);

	return start == 0 ? edit_older(e) : edit_act_to_line(e, start - 1);
}

static bool
edit_act_down(struct edit *e)
{
	size_t end = edit_place_line_end(e);

	return end == e->text.n ? edit_newer(e) : edit_act_to_line(e, end + 1);
}

typedef bool act_fn(struct edit *e);
typedef bool act_to_fn(struct edit *e, size_t to);

static const struct {
	act_to_fn *to; /* done from the cursor to `place`; or act alone */
	place_fn *place;
	act_fn *act;
} acts[EDIT_ACTS] = {
    [EDIT_LEFT] = {edit_act_move, edit_place_left, NULL},
    [EDIT_RIGHT] = {edit_act_move, edit_place_right, NULL},
    [EDIT_WORD_LEFT] = {edit_act_move, edit_place_word_left, NULL},
    [EDIT_WORD_RIGHT] = {edit_act_move, edit_place_word_right, NULL},
    [EDIT_LINE_START] = {edit_act_move, edit_place_line_start, NULL},
    [EDIT_LINE_END] = {edit_act_move, edit_place_line_end, NULL},
    [EDIT_START] = {edit_act_move, edit_place_start, NULL},
    [EDIT_END] = {edit_act_move, edit_place_end, NULL},
    [EDIT_UP] = {NULL, NULL, edit_act_up},
    [EDIT_DOWN] = {NULL, NULL, edit_act_down},
    [EDIT_OLDER] = {NULL, NULL, edit_older},
    [EDIT_NEWER] = {NULL, NULL, edit_newer},
    [EDIT_BACKSPACE] = {edit_act_delete, edit_place_left, NULL},
    [EDIT_DELETE] = {edit_act_delete, edit_place_right, NULL},
    [EDIT_KILL_WORD_LEFT] = {edit_act_kill, edit_place_word_left, NULL},
    [EDIT_KILL_BLANK_LEFT] = {edit_act_kill, edit_place_blank_left, NULL},
    [EDIT_KILL_WORD_RIGHT] = {edit_act_kill, edit_place_word_right, NULL},
    [EDIT_KILL_LINE_END] = {edit_act_kill, edit_place_kill_line_end, NULL},
    [EDIT_KILL_LINE_START] = {edit_act_kill, edit_place_line_start, NULL},
    [EDIT_YANK] = {NULL, NULL, edit_act_yank},
    [EDIT_YANK_POP] = {NULL, NULL, edit_act_yank_pop},
    [EDIT_TRANSPOSE] = {NULL, NULL, edit_act_transpose},
    [EDIT_UPPER] = {NULL, NULL, edit_act_upper},
    [EDIT_LOWER] = {NULL, NULL, edit_act_lower},
    [EDIT_CAPITAL] = {NULL, NULL, edit_act_capital},
    [EDIT_UNDO] = {NULL, NULL, edit_undo},
};

bool
edit_do(struct edit *e, enum edit_act act)
{
	bool done;

	if ((unsigned)act >= EDIT_ACTS)
		return false;
	e->was = e->last;
	e->last = LAST_OTHER;
	if (acts[act].to != NULL)
		done = acts[act].to(e, acts[act].place(e));
	else
		done = acts[act].act(e);
	/* An act without effect does not break a kill or yank sequence. */
	if (!done)
		e->last = e->was;
	else
		e->changes++;
	return done;
}
