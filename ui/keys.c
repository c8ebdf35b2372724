#include "ui/keys.h"

#include "ui/screen/edit_keys.h"
#include "ui/screen/key_names.h"
#include "ui/screen/screen.h"

enum { KEYS_NAMES = 26 }; /* columns of the keys of an act */

static const struct {
	int code;
	enum key_act act;
} keys[] = {
    {'\r', KEY_SEND},
    {SCREEN_ENTER, KEY_SEND},
    {SCREEN_META('\r'), KEY_NEWLINE},
    {SCREEN_META('\n'), KEY_NEWLINE},
    {SCREEN_META(SCREEN_ENTER), KEY_NEWLINE},
    {'\n', KEY_NEWLINE},
    {SCREEN_META('e'), KEY_EDITOR},
    {'\t', KEY_COMPLETE},
    {SCREEN_BACKTAB, KEY_COMPLETE_BACK},
    {SCREEN_CTRL('r'), KEY_RECALL},
    {SCREEN_META(SCREEN_LEFT), KEY_LEFT},
    {SCREEN_META(SCREEN_RIGHT), KEY_RIGHT},
    {SCREEN_META('j'), KEY_JUMP},
    {SCREEN_META('a'), KEY_UNREAD},
    {SCREEN_META('p'), KEY_CONTACTS},
    {SCREEN_PAGE_UP, KEY_PAGE_UP},
    {SCREEN_PAGE_DOWN, KEY_PAGE_DOWN},
    {SCREEN_META('<'), KEY_TO_TOP},
    {SCREEN_META('>'), KEY_TO_END},
    {SCREEN_ESC, KEY_ESCAPE},
    {SCREEN_CTRL('g'), KEY_ESCAPE},
    {SCREEN_META(SCREEN_UP), KEY_OLDER},
    {SCREEN_META('o'), KEY_OLDER},
    {SCREEN_META(SCREEN_DOWN), KEY_NEWER},
    {SCREEN_META('n'), KEY_NEWER},
    {SCREEN_META('v'), KEY_DETAILS},
    {SCREEN_F3, KEY_DETAILS},
    {SCREEN_META('h'), KEY_HOW},
    {SCREEN_META('r'), KEY_RESEND},
    {SCREEN_META('i'), KEY_INTRODUCE},
    {SCREEN_F2, KEY_TRACE},
    {SCREEN_F1, KEY_HELP},
    {SCREEN_CTRL('l'), KEY_REDRAW},
    {SCREEN_CTRL('z'), KEY_SUSPEND},
    {SCREEN_CTRL('c'), KEY_INTERRUPT},
};

enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

static const char *const texts[KEY_ACTS] = {
    [KEY_SEND] = "send the line, or run it",
    [KEY_NEWLINE] = "begin another line of the message",
    [KEY_COMPLETE] = "complete a command, contact, file or setting",
    [KEY_COMPLETE_BACK] = "the candidate before",
    [KEY_INTERRUPT] = "clear the line; on an empty one, twice: quit",
    [KEY_ESCAPE] = "end choosing and searching, go to the newest message",
    [KEY_RECALL] = "search the lines that you entered; again: an older one",
    [KEY_EDITOR] = "write the message in $VISUAL or $EDITOR",
    [KEY_PAGE_UP] = "scroll back; then / n N search",
    [KEY_PAGE_DOWN] = "scroll forward",
    [KEY_TO_TOP] = "go to the oldest message; again: older ones",
    [KEY_TO_END] = "go to the newest message",
    [KEY_OLDER] = "choose a message: an older one",
    [KEY_NEWER] = "a newer one",
    [KEY_DETAILS] = "show the full verdict of the chosen message, or the last",
    [KEY_HOW] = "show how to mend what a notice tells of",
    [KEY_TRACE] = "show what went over the wire (/wire); ? tells its keys",
    [KEY_RESEND] = "send a failed message again (/resend)",
    [KEY_INTRODUCE] = "send them your certificate (/introduce)",
    [KEY_LEFT] = "the conversation before",
    [KEY_RIGHT] = "the next conversation",
    [KEY_JUMP] = "and two digits: that conversation, 05 or 12",
    [KEY_UNREAD] = "the next conversation with unread messages",
    [KEY_CONTACTS] = "show the contacts, or hide them",
    [KEY_REDRAW] = "draw the screen anew",
    [KEY_SUSPEND] = "suspend signet; the shell's fg continues it",
    [KEY_HELP] = "this help (/help)",
};

bool
key_act(int code, enum key_act *act)
{
	int plain = code & ~SCREEN_ALT;

	/* Alt-V is the key with V, shifted or not. */
	if (plain != code && plain >= 'A' && plain <= 'Z')
		code = SCREEN_META(plain - 'A' + 'a');
	for (size_t i = 0; i < KEYS; i++)
		if (keys[i].code == code) {
			*act = keys[i].act;
			return true;
		}
	return false;
}

/* --- help ----------------------------------------------------------------- */

/* Finds the code and act of row i of a table. False behind the last. */
typedef bool keys_row_fn(size_t i, int *code, int *act);

static bool
keys_row(size_t i, int *code, int *act)
{
	if (i >= KEYS)
		return false;
	*code = keys[i].code;
	*act = (int)keys[i].act;
	return true;
}

static bool
keys_edit_row(size_t i, int *code, int *act)
{
	enum edit_act edits;

	if (!edit_key_row(i, code, &edits))
		return false;
	*act = (int)edits;
	return true;
}

/* Appends the names of the keys with an act, each once. */
static void
keys_names(keys_row_fn *row, int act, struct buf *out)
{
	struct buf name = {0}, last = {0};
	int code, does;

	for (size_t i = 0; row(i, &code, &does); i++) {
		if (does != act)
			continue;
		name.n = 0;
		key_name(code, &name);
		if (span_eq(span_buf(&name), span_buf(&last)))
			continue;
		buf_adds(out, last.n > 0 ? " " : "");
		buf_addspan(out, span_buf(&name));
		last.n = 0;
		buf_addspan(&last, span_buf(&name));
	}
	buf_free(&name);
	buf_free(&last);
}

static void
keys_line(keys_row_fn *row, int act, const char *text, struct buf *out)
{
	struct buf names = {0};

	keys_names(row, act, &names);
	buf_addf(out, "  %-*.*s %s\n", KEYS_NAMES, (int)names.n,
	    (const char *)names.p, text);
	buf_free(&names);
}

/* Appends a line for each act of a table, in the order of its rows; with a name,
 * that of this key alone. */
static bool
keys_table(keys_row_fn *row, const char *(*text)(int act), struct span name,
    struct buf *out)
{
	bool found = false;
	int code, act, other, before;

	for (size_t i = 0; row(i, &code, &act); i++) {
		bool first = true;
		struct buf shown = {0};

		for (size_t k = 0; k < i && first; k++)
			first = !row(k, &other, &before) || before != act;
		key_name(code, &shown);
		if (name.n > 0 ? span_eq_nocase(name, span_buf(&shown))
			       : first) {
			keys_line(row, act, text(act), out);
			found = true;
		}
		buf_free(&shown);
		if (found && name.n > 0)
			break;
	}
	return found;
}

static const char *
keys_text(int act)
{
	return texts[act];
}

static const char *
keys_edit_text(int act)
{
	return edit_act_help((enum edit_act)act);
}

void
keys_help(struct buf *out)
{
	const struct span all = {NULL, 0};

	buf_addf(out, "  %-*s %s\n", KEYS_NAMES, "Alt-1 .. Alt-9",
	    "go to that conversation");
	(void)keys_table(keys_row, keys_text, all, out);
	buf_adds(out, "\nEditing\n\n");
	(void)keys_table(keys_edit_row, keys_edit_text, all, out);
}

bool
keys_help_of(struct span name, struct buf *out)
{
	return name.n > 0 &&
	    (keys_table(keys_row, keys_text, name, out) ||
		keys_table(keys_edit_row, keys_edit_text, name, out));
}
