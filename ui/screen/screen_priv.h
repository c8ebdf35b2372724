/*
 * The terminal's insides: private to ui/screen*.c, and the one place that
 * includes ncurses.
 */
#ifndef SIGNET_UI_SCREEN_SCREEN_PRIV_H
#define SIGNET_UI_SCREEN_SCREEN_PRIV_H

#include <termios.h>
#include <wchar.h>

/* The wide functions; NCURSES_NOMACROS keeps its names out of ours. */
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
	/* ncurses' */
	SCREEN *term;
	WINDOW *keys; /* a pad: reading from it draws nothing */
	FILE *frame;
	attr_t attrs[STYLES];
	short pairs[STYLES];
	/* the terminal's */
	struct termios before;
	struct output out;
	struct loop_io in;
	struct loop_timer due; /* a frame is drawn then */
	struct loop_timer pasting; /* what is pasted has no end */
	bool wanted, whole, away, taken;
	int rows, columns, cursor_y, cursor_x;
	mbstate_t partial; /* a character, some bytes of which have come */
	bool in_paste;
	struct buf paste;
	/* A report of the mouse is under way, or so many bytes of an old one. */
	bool in_report;
	int report_skip;
	struct buf report;
};

/* Reads what keys there are, and tells the owner (screen_keys.c). */
void screen_keys_open(struct screen *s);
void screen_keys_read(struct screen *s);
void screen_paste_ended(void *arg);

/* Chooses attributes for the terminal and the theme (screen_draw.c). */
void screen_styles(struct screen *s);

#endif
