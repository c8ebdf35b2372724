#include "ui/screen/edit_keys.h"

#include "ui/screen/screen.h"

static const struct {
	int code;
	enum edit_act act;
} keys[] = {
    {SCREEN_LEFT, EDIT_LEFT},
    {SCREEN_CTRL('b'), EDIT_LEFT},
    {SCREEN_RIGHT, EDIT_RIGHT},
    {SCREEN_CTRL('f'), EDIT_RIGHT},
    {SCREEN_META('b'), EDIT_WORD_LEFT},
    {SCREEN_CTRL_LEFT, EDIT_WORD_LEFT},
    {SCREEN_META('f'), EDIT_WORD_RIGHT},
    {SCREEN_CTRL_RIGHT, EDIT_WORD_RIGHT},
    {SCREEN_CTRL('a'), EDIT_LINE_START},
    {SCREEN_HOME, EDIT_LINE_START},
    {SCREEN_CTRL('e'), EDIT_LINE_END},
    {SCREEN_END, EDIT_LINE_END},
    {SCREEN_UP, EDIT_UP},
    {SCREEN_DOWN, EDIT_DOWN},
    {SCREEN_CTRL('p'), EDIT_OLDER},
    {SCREEN_CTRL('n'), EDIT_NEWER},
    {SCREEN_BACKSPACE, EDIT_BACKSPACE},
    {SCREEN_CTRL('h'), EDIT_BACKSPACE},
    {127, EDIT_BACKSPACE},
    {SCREEN_DELETE, EDIT_DELETE},
    {SCREEN_CTRL('d'), EDIT_DELETE},
    {SCREEN_META(127), EDIT_KILL_WORD_LEFT},
    {SCREEN_META(SCREEN_CTRL('h')), EDIT_KILL_WORD_LEFT},
    {SCREEN_META(SCREEN_BACKSPACE), EDIT_KILL_WORD_LEFT},
    {SCREEN_CTRL('w'), EDIT_KILL_BLANK_LEFT},
    {SCREEN_META('d'), EDIT_KILL_WORD_RIGHT},
    {SCREEN_CTRL('k'), EDIT_KILL_LINE_END},
    {SCREEN_CTRL('u'), EDIT_KILL_LINE_START},
    {SCREEN_CTRL('y'), EDIT_YANK},
    {SCREEN_META('y'), EDIT_YANK_POP},
    {SCREEN_CTRL('t'), EDIT_TRANSPOSE},
    {SCREEN_META('u'), EDIT_UPPER},
    {SCREEN_META('l'), EDIT_LOWER},
    {SCREEN_META('c'), EDIT_CAPITAL},
    {SCREEN_CTRL('_'), EDIT_UNDO},
};

enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

static const char *const texts[EDIT_ACTS] = {
    [EDIT_LEFT] = "a character left",
    [EDIT_RIGHT] = "a character right",
    [EDIT_WORD_LEFT] = "a word left",
    [EDIT_WORD_RIGHT] = "a word right",
    [EDIT_LINE_START] = "start of the line",
    [EDIT_LINE_END] = "end of the line",
    [EDIT_START] = "start of the text",
    [EDIT_END] = "end of the text",
    [EDIT_UP] = "a line up; from the first, an older entered line",
    [EDIT_DOWN] = "a line down; from the last, a newer entered line",
    [EDIT_OLDER] = "an older entered line",
    [EDIT_NEWER] = "a newer entered line",
    [EDIT_BACKSPACE] = "delete the character before the cursor",
    [EDIT_DELETE] = "delete the character under the cursor",
    [EDIT_KILL_WORD_LEFT] = "cut back to the start of the word",
    [EDIT_KILL_BLANK_LEFT] = "cut back to a blank",
    [EDIT_KILL_WORD_RIGHT] = "cut to the end of the word",
    [EDIT_KILL_LINE_END] = "cut to the end of the line",
    [EDIT_KILL_LINE_START] = "cut back to the start of the line",
    [EDIT_YANK] = "paste what was cut",
    [EDIT_YANK_POP] = "instead of that, what was cut before",
    [EDIT_TRANSPOSE] = "swap two characters",
    [EDIT_UPPER] = "the word in capitals",
    [EDIT_LOWER] = "the word in small letters",
    [EDIT_CAPITAL] = "a capital at the start of the word",
    [EDIT_UNDO] = "undo",
};

bool
edit_key(int code, enum edit_act *act)
{
	for (size_t i = 0; i < KEYS; i++)
		if (keys[i].code == code) {
			*act = keys[i].act;
			return true;
		}
	return false;
}

bool
edit_key_row(size_t i, int *code, enum edit_act *act)
{
	if (i >= KEYS)
		return false;
	*code = keys[i].code;
	*act = keys[i].act;
	return true;
}

const char *
edit_act_help(enum edit_act act)
{
	return texts[act];
}
