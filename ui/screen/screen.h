/*
 * The terminal, drawn without ever blocking, and restored at the end.
 *
 * ncurses knows the terminal's keys and capabilities; the frames are our own
 * (screen_frame.c). Their bytes go to standard output as fast as the terminal
 * takes them. The next frame waits until they have left, so a slow terminal
 * skips frames and delays nothing else.
 */
#ifndef SIGNET_UI_SCREEN_SCREEN_H
#define SIGNET_UI_SCREEN_SCREEN_H

#include "src/base/bytes.h"
#include "src/base/err.h"

struct loop;
struct screen;

enum {
	SCREEN_ROWS = 1000, /* rows and columns at most */
	SCREEN_LINK = 2000 /* bytes of a hyperlink */
};

/* How text is drawn. */
enum style {
	STYLE_TEXT,
	STYLE_DIM, /* times, borders, hints */
	STYLE_NAME,
	STYLE_MINE, /* my name */
	STYLE_GOOD,
	STYLE_WARN,
	STYLE_BAD,
	STYLE_NOTE, /* the client's own lines */
	STYLE_LOUD, /* and those that matter */
	STYLE_BAR,
	STYLE_BAR_HOT, /* unread, in a bar */
	STYLE_BAR_BAD,
	STYLE_CHOSEN,
	STYLE_FOUND,
	STYLE_WORD, /* a word of the setting highlight */
	STYLE_CODE, /* a QR code: white on black */
	STYLE_REQUEST, /* of a message: its request line, */
	STYLE_FIELD, /* the names of its fields, */
	STYLE_PART, /* and the boundaries of its parts */
	STYLES
};

/* The code of a key: a character, or one of these, with SCREEN_ALT where Alt
 * was held (or ESC came before). ^A is the character 1. */
enum {
	SCREEN_ALT = 1 << 24,
	SCREEN_KEY = 1 << 25, /* keys that are no characters are above this */
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
	SCREEN_WHEEL_UP, /* y, x: where */
	SCREEN_WHEEL_DOWN,
	SCREEN_CLICK,
	SCREEN_PASTE /* with its text */
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

/* Called for each key; when a frame is wanted and the terminal has taken the
 * last one; and when the terminal is gone. */
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

/* Takes the terminal on standard input and output. EX_UNAVAILABLE where they
 * are no terminal, or one that ncurses does not know. */
int screen_new(struct loop *loop, const struct screen_owner *owner,
    const struct screen_options *options, struct screen **out, struct err *e);
/* Restores the terminal. The last output gets half a second to reach it. */
void screen_free(struct screen *s);

/* Asks for a frame: at once (after a key), or within 20 ms. */
void screen_want(struct screen *s, bool at_once);
/* Draws everything anew (^L). */
void screen_redraw(struct screen *s);
/* Stops the process as a shell's job, and takes the terminal again when it
 * continues. */
void screen_suspend(struct screen *s);
/* Gives the terminal to another program, and takes it again; nothing is drawn or
 * read in between. */
void screen_lend(struct screen *s);
void screen_take_back(struct screen *s);
/* Changes the options while it is open. */
void screen_options(struct screen *s, const struct screen_options *options);

int screen_rows(const struct screen *s);
int screen_columns(const struct screen *s);
/* Whether the terminal reported that it lost the focus. */
bool screen_away(const struct screen *s);

void screen_bell(struct screen *s);
/* Shows a desktop notification (OSC 777), where the terminal may know it. Both
 * strings must be escaped, of one line. */
void screen_notify(struct screen *s, const char *title, const char *text);

/* Asks the terminal to put text, escaped, into its clipboard (OSC 52), in base64.
 * EX_DATAERR: it is longer than terminals take; EX_UNAVAILABLE: the terminal is
 * not one that may know it, or too slow. */
int screen_copy(struct screen *s, struct span text, struct err *e);

/* --- drawing, in draw alone ----------------------------------------------- */

/* Empties the frame. */
void screen_clear(struct screen *s);
/* Draws escaped text from column x, in at most width columns, and returns how
 * many it took. A character that no cell can hold is shown as '?'. */
int screen_put(struct screen *s, int y, int x, int width, struct span text,
    enum style style);
int screen_puts(struct screen *s, int y, int x, int width, const char *text,
    enum style style);
/* The same for names and addresses: a cut one ends in an ellipsis, so that it cannot
 * be mistaken for a shorter one. */
int screen_put_name(struct screen *s, int y, int x, int width, const char *name,
    enum style style);
/* Whether each character of text is drawn as it is, in one column. */
bool screen_draws(const char *text);
/* Makes what is put from now on a hyperlink (OSC 8) to url, where the terminal
 * may know these; with an empty url no more. All cells of one url are one link,
 * over rows too. A url that is longer than SCREEN_LINK or has anything but
 * printable ASCII is none. */
void screen_link(struct screen *s, struct span url);
/* Draws blanks. */
void screen_fill(struct screen *s, int y, int x, int width, enum style style);
/* Draws a row of the border between two panes. */
void screen_border(struct screen *s, int y, int x);
/* Places the cursor; x -1 hides it. */
void screen_cursor(struct screen *s, int y, int x);

#endif
