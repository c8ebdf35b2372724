#include "ui/screen/key_names.h"

#include <ctype.h>

#include "src/base/text.h"
#include "ui/screen/screen.h"

static const struct {
	int code;
	const char *name;
} names[] = {
    {SCREEN_UP, "Up"},
    {SCREEN_DOWN, "Down"},
    {SCREEN_LEFT, "Left"},
    {SCREEN_RIGHT, "Right"},
    {SCREEN_HOME, "Home"},
    {SCREEN_END, "End"},
    {SCREEN_PAGE_UP, "PgUp"},
    {SCREEN_PAGE_DOWN, "PgDn"},
    {SCREEN_DELETE, "Del"},
    {SCREEN_BACKSPACE, "Backspace"},
    {127, "Backspace"},
    {SCREEN_BACKTAB, "Shift-Tab"},
    {SCREEN_CTRL_LEFT, "Ctrl-Left"},
    {SCREEN_CTRL_RIGHT, "Ctrl-Right"},
    {SCREEN_ENTER, "Enter"},
    {SCREEN_F1, "F1"},
    {SCREEN_F2, "F2"},
    {SCREEN_F3, "F3"},
    {SCREEN_F4, "F4"},
    {'\r', "Enter"},
    {'\t', "Tab"},
    {' ', "Space"},
    {SCREEN_ESC, "Esc"},
    {SCREEN_META('\n'), "Alt-Enter"},
    {SCREEN_META(SCREEN_CTRL('h')), "Alt-Backspace"},
};

void
key_name(int code, struct buf *out)
{
	int plain = code & ~SCREEN_ALT;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].code == code) {
			buf_adds(out, names[i].name);
			return;
		}
	if (plain != code) {
		buf_adds(out, "Alt-");
		key_name(plain, out);
		return;
	}
	if (plain < ' ')
		buf_addf(out, "^%c", plain + '@');
	else if (plain < 127)
		buf_addf(out, "%c", toupper(plain));
	else
		text_encode(out, (uint32_t)plain);
}
