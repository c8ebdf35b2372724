/*
 * The terminal: what ncurses knows of it, drawn without ever waiting for it,
 * and left as it was found.
 *
 * ncurses draws into a file that nobody else sees; what stands there after a
 * frame goes to standard output as fast as the terminal takes it. A frame
 * that would overtake one still on its way is put off, so a slow terminal
 * misses frames and delays nothing else.
 */
#ifndef SIGNET_UI_SCREEN_SCREEN_H
#define SIGNET_UI_SCREEN_SCREEN_H

#include "src/base/bytes.h"
#include "src/base/err.h"

struct loop;
struct screen;

enum { SCREEN_ROWS = 1000 }; /* at most, and as many columns */

/* How text is drawn. Each differs from its neighbours in more than colour. */
enum style {
	STYLE_TEXT,
	STYLE_DIM, /* times, borders, hints */
	STYLE_NAME,
	STYLE_MINE, /* my name */
	STYLE_GOOD,
	STYLE_WARN,
	STYLE_BAD,
	STYLE_NOTE, /* the client speaks */
	STYLE_LOUD, /* and it matters */
	STYLE_BAR,
	STYLE_BAR_HOT, /* unread, in a bar */
	STYLE_BAR_BAD,
	STYLE_CHOSEN,
	STYLE_FOUND,
	STYLES
};

/* What a key comes as: a character, or one of these, with SCREEN_ALT where Alt
 * was held (or ESC came before). ^A is the character 1. */
enum {
	SCREEN_ALT = 1 << 24,
	SCREEN_KEY = 1 << 25, /* the first of the keys that are no characters */
	SCREEN_UP,
	SCREEN_DOWN,
	SCREEN_LEFT,
	SCREEN_RIGHT,
	SCREEN_HOME,
	SCREEN_END,
	SCREEN_PAGE_UP,
	SCREEN_PAGE_DOWN,
	SCREEN_DELETE,
	SCREEN_BACKSPACE,
	SCREEN_BACKTAB,
	SCREEN_CTRL_LEFT,
	SCREEN_CTRL_RIGHT,
	SCREEN_ENTER,
	SCREEN_F1,
	SCREEN_F2,
	SCREEN_F3,
	SCREEN_F4,
	SCREEN_WHEEL_UP, /* y, x say where */
	SCREEN_WHEEL_DOWN,
	SCREEN_CLICK,
	SCREEN_PASTE /* text is what was pasted */
};

/* The code of a letter with Ctrl, and of a key with Alt. */
#define SCREEN_CTRL(c) ((c)&0x1f)
#define SCREEN_META(code) ((code) | SCREEN_ALT)
enum { SCREEN_ESC = 27 };

struct screen_key {
	int code;
	int y, x;
	struct span text; /* of a PASTE; borrowed */
};

/* What the owner does: fn for each key; draw when a frame is wanted and the
 * terminal has room; lost when the terminal is gone. */
struct screen_owner {
	void (*key)(void *arg, const struct screen_key *key);
	void (*draw)(void *arg);
	void (*lost)(void *arg, const struct err *why);
	void *arg;
};

struct screen_options {
	bool mouse;
	int theme; /* enum config_theme */
};

/* Takes the terminal that standard input and output are. EX_UNAVAILABLE where
 * they are none, or one that ncurses does not know. */
int screen_new(struct loop *loop, const struct screen_owner *owner,
    const struct screen_options *options, struct screen **out, struct err *e);
/* Gives it back. What it showed last has half a second to get there. */
void screen_free(struct screen *s);

/* A frame is wanted: at once (as an answer to a key), or within 20 ms. */
void screen_want(struct screen *s, bool at_once);
/* Everything is drawn anew (^L). */
void screen_redraw(struct screen *s);
/* Stops the process as a shell's job, and takes the terminal again after. */
void screen_suspend(struct screen *s);
/* Changes what may change while it is open. */
void screen_options(struct screen *s, const struct screen_options *options);

int screen_rows(const struct screen *s);
int screen_columns(const struct screen *s);
/* Whether the terminal says that nobody looks at it. */
bool screen_away(const struct screen *s);

void screen_bell(struct screen *s);
/* A notification of the desktop (OSC 777), where the terminal may know it.
 * Both harmless, one line. */
void screen_notify(struct screen *s, const char *title, const char *text);

/* --- drawing, in draw alone --------------------------------------------------- */

/* Empties the frame. */
void screen_clear(struct screen *s);
/* Draws harmless text from column x, in at most width columns, and returns
 * how many it took. What no cell can hold comes as '?'. */
int screen_put(struct screen *s, int y, int x, int width, struct span text,
    enum style style);
int screen_puts(struct screen *s, int y, int x, int width, const char *text,
    enum style style);
/* The same for names and addresses: where one does not fit, its end is a mark,
 * so that it passes for no shorter one. */
int screen_put_name(struct screen *s, int y, int x, int width, const char *name,
    enum style style);
/* Blanks. */
void screen_fill(struct screen *s, int y, int x, int width, enum style style);
/* A line of the border between two panes. */
void screen_border(struct screen *s, int y, int x);
/* Where the cursor stands; x -1: nowhere. */
void screen_cursor(struct screen *s, int y, int x);

#endif
