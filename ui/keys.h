/*
 * One table of the client's keys, from which they are found and explained. Keys
 * that edit the input line are in ui/screen/edit_keys.h.
 */
#ifndef SIGNET_UI_KEYS_H
#define SIGNET_UI_KEYS_H

#include <stdbool.h>

#include "src/base/bytes.h"

enum key_act {
	KEY_SEND, /* runs or sends the input line */
	KEY_NEWLINE,
	KEY_COMPLETE,
	KEY_COMPLETE_BACK,
	KEY_INTERRUPT,
	KEY_ESCAPE,
	KEY_RECALL, /* searches the entered lines */
	KEY_EDITOR,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_TO_TOP,
	KEY_TO_END,
	KEY_OLDER, /* chooses a message */
	KEY_NEWER,
	KEY_DETAILS,
	KEY_HOW,
	KEY_TRACE,
	KEY_RESEND,
	KEY_INTRODUCE,
	KEY_LEFT, /* goes to another conversation */
	KEY_RIGHT,
	KEY_JUMP,
	KEY_UNREAD,
	KEY_CONTACTS,
	KEY_REDRAW,
	KEY_SUSPEND,
	KEY_HELP,
	KEY_ACTS
};

/* Finds what a key does. False: it is in no row of the table. */
bool key_act(int code, enum key_act *act);

/* Appends a line for each act of all keys, those that edit included. */
void keys_help(struct buf *out);
/* Appends the line of one key, by its name ("Alt-V"; case is ignored). False:
 * no key of that name does anything. */
bool keys_help_of(struct span name, struct buf *out);

#endif
