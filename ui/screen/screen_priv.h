/*
 * The terminal's state: private to ui/screen/screen*.c, and the only header
 * that includes ncurses.
 */
#ifndef SIGNET_UI_SCREEN_SCREEN_PRIV_H
#define SIGNET_UI_SCREEN_SCREEN_PRIV_H

#include <termios.h>
#include <wchar.h>

/* Wide characters; without NCURSES_NOMACROS, macros would clash with our
 * names. */
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS
#include <curses.h>

#include "src/base/loop.h"
#include "src/base/output.h"
#include "ui/screen/screen.h"

struct screen {
	struct loop *loop;
	struct screen_owner owner;
	struct screen_options options;
	/* of ncurses */
	SCREEN *term;
	WINDOW *keys; /* a pad: reading from it draws nothing */
	FILE *frame;
	attr_t attrs[STYLES];
	short pairs[STYLES];
	/* of the terminal */
	struct termios before;
	struct output out;
	struct loop_io in;
	struct loop_timer due; /* draws the next frame */
	struct loop_timer pasting; /* ends a paste whose end does not come */
	bool wanted, whole, away, taken;
	int rows, columns, cursor_y, cursor_x;
	mbstate_t partial; /* of a character whose bytes have not all come */
	bool in_paste;
	struct buf paste;
	/* A mouse report is being read, or so many bytes of an old one are to
	 * be skipped. */
	bool in_report;
	int report_skip;
	struct buf report;
};

/* Reads the keys that have come and calls the owner (screen_keys.c). */
void screen_keys_open(struct screen *s);
void screen_keys_read(struct screen *s);
void screen_paste_ended(void *arg);

/* Chooses attributes for the terminal and the theme (screen_draw.c). */
void screen_styles(struct screen *s);

#endif
