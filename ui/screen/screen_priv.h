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

/* The capabilities of terminfo that drawing uses. */
enum cap {
	CAP_MOVE,
	CAP_CLEAR,
	CAP_ERASE, /* to the end of the row */
	CAP_PLAIN,
	CAP_BOLD,
	CAP_REVERSE,
	CAP_UNDERLINE,
	CAP_COLOUR,
	CAP_BACKGROUND,
	CAP_COLOUR_OFF,
	CAP_ENTER, /* the other screen */
	CAP_LEAVE,
	CAP_KEYS_ON,
	CAP_KEYS_OFF,
	CAP_SHOW, /* the cursor */
	CAP_HIDE,
	CAP_WRAP_ON,
	CAP_WRAP_OFF,
	FRAME_CAPS
};

enum { CELL_CHARS = 5 }; /* a character and its marks */

struct cell {
	wchar_t chars[CELL_CHARS + 1];
	unsigned char style; /* enum style */
	unsigned char columns; /* 0: the right half of a wide character */
	unsigned short link; /* number of its hyperlink, or 0 */
};

struct screen {
	struct loop *loop;
	struct screen_owner owner;
	struct screen_options options;
	/* of ncurses */
	SCREEN *term;
	WINDOW *keys; /* a pad: reading from it draws nothing */
	FILE *nowhere; /* for what ncurses would write */
	const char *caps[FRAME_CAPS]; /* NULL: the terminal lacks it */
	int colours;
	/* of a frame */
	attr_t attrs[STYLES];
	short colour[STYLES]; /* -1: the terminal's own */
	struct cell *wanted_cells, *drawn_cells; /* rows * columns of each */
	bool cursor_shown;
	char **links; /* the URLs of cells; the first has number 1 */
	size_t link_count, link_room;
	unsigned short link; /* of what is put now, or 0 */
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

/* Returns whether terminfo knows the terminal that TERM names
 * (screen_term.c). */
bool screen_is_known(void);

/* Reads the terminal's capabilities; false where it cannot place a cursor
 * (screen_frame.c). */
bool screen_frame_open(struct screen *s);
void screen_frame_free(struct screen *s);
/* Makes the frame as large as the screen, and empty; the next one is drawn
 * whole. */
void screen_frame_size(struct screen *s);
/* Empties the wanted frame. */
void screen_frame_clear(struct screen *s);
/* Puts a character of one or two columns with its marks into it. */
void screen_frame_put(struct screen *s, int y, int x, const wchar_t *chars,
    int columns, enum style style);
/* Appends the bytes that change what the terminal shows into the wanted
 * frame. */
void screen_frame_draw(struct screen *s, struct buf *out);
/* Append the bytes that take the terminal, leave it, and restore it after a
 * crash. */
void screen_frame_begin(struct screen *s, struct buf *out);
void screen_frame_end(struct screen *s, struct buf *out);
void screen_frame_restore(const struct screen *s, struct buf *out);
/* Forgets all URLs of screen_link, whose numbers no cell may have then; whether
 * no more can be remembered (screen_link.c). */
void screen_forget_links(struct screen *s);
bool screen_links_full(const struct screen *s);
/* Whether the terminal may know OSC 8, 52 and 777 (screen.c). */
bool screen_knows_osc(void);
/* Appends one capability. */
void screen_frame_cap(const struct screen *s, struct buf *out, enum cap cap);

/* Chooses attributes for the terminal and the theme (screen_draw.c). */
void screen_styles(struct screen *s);

#endif
