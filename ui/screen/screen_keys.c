/*
 * Keys: what ncurses reads, and sequences of today's terminals that it does not
 * know.
 */
#include "ui/screen/screen_priv.h"

#include <limits.h>
#include <string.h>
#include <wchar.h>

enum {
	KEYS_ROUND = 4096, /* keys in one round of the loop */
	KEYS_BROKEN = 0xfffd, /* stands for invalid UTF-8 */
	KEYS_PASTE = 2000, /* ms without a byte that end a paste */
	PASTE_MAX = 4 << 20, /* bytes kept of a paste */
	REPORT_MAX = 32, /* bytes of a mouse report */
	REPORT_KEYS = 4 | 8 | 16, /* its bits for Shift, Alt and Ctrl */
	ESC = 27
};

/* Codes for the sequences that are defined here. */
enum {
	SEEN_PASTE = KEY_MAX + 1,
	SEEN_PASTED,
	SEEN_HERE,
	SEEN_AWAY,
	SEEN_REPORT,
	SEEN_OLD_REPORT,
	SEEN_ALT_LEFT,
	SEEN_ALT_RIGHT,
	SEEN_ALT_UP,
	SEEN_ALT_DOWN,
	SEEN_CTRL_LEFT,
	SEEN_CTRL_RIGHT
};

static const struct {
	const char *bytes;
	int seen;
} sequences[] = {
    {"\033[200~", SEEN_PASTE},
    {"\033[201~", SEEN_PASTED},
    {"\033[I", SEEN_HERE},
    {"\033[O", SEEN_AWAY},
    /* Only their beginnings: ncurses would wait for the rest. */
    {"\033[<", SEEN_REPORT},
    {"\033[M", SEEN_OLD_REPORT},
    {"\033[1;3D", SEEN_ALT_LEFT},
    {"\033[1;3C", SEEN_ALT_RIGHT},
    {"\033[1;3A", SEEN_ALT_UP},
    {"\033[1;3B", SEEN_ALT_DOWN},
    {"\033[1;9D", SEEN_ALT_LEFT},
    {"\033[1;9C", SEEN_ALT_RIGHT},
    {"\033[1;5D", SEEN_CTRL_LEFT},
    {"\033[1;5C", SEEN_CTRL_RIGHT},
    /* Some terminals send these whatever terminfo says. */
    {"\033[H", KEY_HOME},
    {"\033[F", KEY_END},
    {"\033OH", KEY_HOME},
    {"\033OF", KEY_END},
    {"\033[1~", KEY_HOME},
    {"\033[4~", KEY_END},
    {"\033OM", KEY_ENTER},
    {"\033OQ", KEY_F(2)},
    {"\033OR", KEY_F(3)},
};

static const struct {
	int seen, code;
} codes[] = {
    {KEY_UP, SCREEN_UP},
    {KEY_DOWN, SCREEN_DOWN},
    {KEY_LEFT, SCREEN_LEFT},
    {KEY_RIGHT, SCREEN_RIGHT},
    {KEY_HOME, SCREEN_HOME},
    {KEY_END, SCREEN_END},
    {KEY_PPAGE, SCREEN_PAGE_UP},
    {KEY_NPAGE, SCREEN_PAGE_DOWN},
    {KEY_DC, SCREEN_DELETE},
    {KEY_BACKSPACE, SCREEN_BACKSPACE},
    {KEY_BTAB, SCREEN_BACKTAB},
    {KEY_ENTER, SCREEN_ENTER},
    {KEY_F(1), SCREEN_F1},
    {KEY_F(2), SCREEN_F2},
    {KEY_F(3), SCREEN_F3},
    {KEY_F(4), SCREEN_F4},
    {SEEN_ALT_LEFT, SCREEN_ALT | SCREEN_LEFT},
    {SEEN_ALT_RIGHT, SCREEN_ALT | SCREEN_RIGHT},
    {SEEN_ALT_UP, SCREEN_ALT | SCREEN_UP},
    {SEEN_ALT_DOWN, SCREEN_ALT | SCREEN_DOWN},
    {SEEN_CTRL_LEFT, SCREEN_CTRL_LEFT},
    {SEEN_CTRL_RIGHT, SCREEN_CTRL_RIGHT},
};

void
screen_keys_open(struct screen *s)
{
	s->keys = newpad(1, 1);
	(void)keypad(s->keys, TRUE);
	(void)nodelay(s->keys, TRUE);
	for (size_t i = 0; i < sizeof(sequences) / sizeof(*sequences); i++)
		(void)define_key(sequences[i].bytes, sequences[i].seen);
}

/* --- pasting -------------------------------------------------------------- */

void
screen_paste_ended(void *arg)
{
	struct screen *s = arg;
	struct screen_key key = {.code = SCREEN_PASTE};

	s->in_paste = false;
	loop_timer_del(s->loop, &s->pasting);
	key.text = span_buf(&s->paste);
	if (key.text.n > 0)
		s->owner.key(s->owner.arg, &key);
	buf_wipe(&s->paste);
}

static void
screen_paste_add(struct screen *s, wint_t c)
{
	char bytes[MB_LEN_MAX];
	mbstate_t state;
	size_t n;

	memset(&state, 0, sizeof(state));
	n = wcrtomb(bytes, (wchar_t)c, &state);
	/* Beyond PASTE_MAX it is refused by its size later. */
	if (n != (size_t)-1 && s->paste.n + n <= PASTE_MAX)
		buf_add(&s->paste, bytes, n);
}

/* --- keys ----------------------------------------------------------------- */

/* Like wget_wch(3), which would drop a character whose bytes come in parts, and
 * the byte after an invalid one. */
static int
screen_next_key(struct screen *s, wint_t *out)
{
	wchar_t wide;
	size_t n;
	int c;

	while ((c = wgetch(s->keys)) != ERR) {
		bool began = !mbsinit(&s->partial);
		char byte = (char)c;

		*out = (wint_t)c;
		if (c >= KEY_MIN) {
			memset(&s->partial, 0, sizeof(s->partial));
			return KEY_CODE_YES;
		}
		n = mbrtowc(&wide, &byte, 1, &s->partial);
		if (n == (size_t)-1) {
			memset(&s->partial, 0, sizeof(s->partial));
			if (began)
				(void)ungetch((unsigned char)byte);
			*out = KEYS_BROKEN;
			return OK;
		}
		if (n != (size_t)-2) {
			*out = (wint_t)wide;
			return OK;
		}
	}
	return ERR;
}

static void
screen_send_key(struct screen *s, int code)
{
	struct screen_key key = {.code = code};

	s->owner.key(s->owner.arg, &key);
}

static void
screen_send_seen(struct screen *s, int seen, int alt)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (codes[i].seen == seen) {
			screen_send_key(s, codes[i].code | alt);
			return;
		}
	if (seen == SEEN_REPORT)
		s->in_report = true;
	else if (seen == SEEN_OLD_REPORT)
		s->report_skip = 3;
	else if (seen == SEEN_PASTE) {
		s->in_paste = true;
		loop_timer_set(s->loop, &s->pasting, KEYS_PASTE);
	} else if (seen == SEEN_HERE || seen == SEEN_AWAY)
		s->away = seen == SEEN_AWAY;
}

/* --- the mouse ------------------------------------------------------------ */

/* Reads "BUTTON;COLUMN;ROW", counted from one (xterm's mode 1006). */
static void
screen_send_mouse(struct screen *s)
{
	struct span all = span_buf(&s->report);
	size_t one = span_find(all, ';', 0), two = span_find(all, ';', one + 1);
	uint64_t button, x, y;
	struct screen_key key = {.code = SCREEN_CLICK};

	if (!number_parse(span_cut(all, 0, one), 255, &button) ||
	    !number_parse(span_cut(all, one + 1, two), 9999, &x) ||
	    !number_parse(span_cut(all, two + 1, all.n), 9999, &y) || x == 0 ||
	    y == 0)
		return;
	button &= ~(uint64_t)REPORT_KEYS;
	if (button == 64)
		key.code = SCREEN_WHEEL_UP;
	else if (button == 65)
		key.code = SCREEN_WHEEL_DOWN;
	else if (button != 0)
		return;
	key.y = (int)y - 1;
	key.x = (int)x - 1;
	s->owner.key(s->owner.arg, &key);
}

/* Takes a key that is part of a mouse report. Any other key ends the report. */
static bool
screen_is_mouse_report(struct screen *s, int rc, wint_t c)
{
	bool takes = rc == OK && (s->in_report || s->report_skip > 0);

	if (!takes) {
		s->report_skip = 0;
	} else if (s->report_skip > 0) {
		s->report_skip--;
		return true;
	} else if ((c >= '0' && c <= '9') || c == ';') {
		/* A longer one is dropped. */
		if (s->report.n < REPORT_MAX)
			buf_add(&s->report, &(char){(char)c}, 1);
		return true;
	} else if (c == 'M' && s->report.n < REPORT_MAX)
		screen_send_mouse(s);
	s->in_report = false;
	s->report.n = 0;
	return takes;
}

/* --- reading -------------------------------------------------------------- */

/* Sends a character. After ESC, a key that follows at once is one with Alt. */
static void
screen_send_char(struct screen *s, wint_t c)
{
	wint_t next;
	int rc;

	if (c != ESC) {
		screen_send_key(s, (int)c);
		return;
	}
	rc = screen_next_key(s, &next);
	if (rc == KEY_CODE_YES)
		screen_send_seen(s, (int)next, SCREEN_ALT);
	else if (rc == OK)
		screen_send_key(s, (int)next | SCREEN_ALT);
	else
		screen_send_key(s, ESC);
}

static void
screen_read_pasted(struct screen *s, int rc, wint_t c)
{
	loop_timer_set(s->loop, &s->pasting, KEYS_PASTE);
	if (rc == OK)
		screen_paste_add(s, c);
	else if (c == SEEN_PASTED)
		screen_paste_ended(s);
}

void
screen_keys_read(struct screen *s)
{
	wint_t c;
	int rc = ERR, n;

	for (n = 0; n < KEYS_ROUND && s->taken; n++) {
		rc = screen_next_key(s, &c);
		if (rc == ERR)
			break;
		if (s->in_paste)
			screen_read_pasted(s, rc, c);
		else if (screen_is_mouse_report(s, rc, c))
			continue;
		else if (rc == KEY_CODE_YES)
			screen_send_seen(s, (int)c, 0);
		else
			screen_send_char(s, c);
	}
}
