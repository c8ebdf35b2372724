#include "ui/screen/screen_priv.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "keys/smime/mime.h"

enum {
	SCREEN_FRAME = 20, /* ms between two frames without a key */
	SCREEN_LAST = 500, /* ms for the last bytes at the end */
	SCREEN_ESCAPE = 25, /* ms for the rest of a key's bytes */
	SCREEN_WAITS = 1 << 16, /* bytes waiting: beyond, no bell is sent */
	SCREEN_COPY = 74994 /* bytes of base64 that xterm takes in an OSC 52 */
};

/* Bracketed paste, focus and mouse buttons, for which terminfo has no
 * capabilities everywhere. Terminals without them ignore these. */
static const char modes_on[] = "\033[?2004h\033[?1004h";
static const char mouse_on[] = "\033[?1000h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1000l";
static const char modes_off[] = "\033[?2004l\033[?1004l\033[?1006l\033[?1000l";

/* --- restoring after a crash ---------------------------------------------- */

/* The bytes that restore the terminal. Static, since a signal handler has no
 * argument. */
static struct {
	volatile sig_atomic_t armed;
	struct termios before;
	char bytes[512];
	size_t n;
} restore;

static void
screen_on_crash(int signo)
{
	if (restore.armed) {
		restore.armed = 0;
		(void)!write(STDOUT_FILENO, restore.bytes, restore.n);
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &restore.before);
	}
	(void)signal(signo, SIG_DFL);
	(void)raise(signo);
}

static void
screen_prepare_restore(struct screen *s)
{
	static const int crashes[] = {
	    SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT};
	struct sigaction sa;
	struct buf bytes = {0};

	restore.before = s->before;
	buf_adds(&bytes, modes_off);
	screen_frame_restore(s, &bytes);
	restore.n = bytes.n < sizeof(restore.bytes) ? bytes.n : 0;
	memcpy(restore.bytes, bytes.p, restore.n);
	buf_free(&bytes);
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = screen_on_crash;
	(void)sigemptyset(&sa.sa_mask);
	sa.sa_flags = (int)SA_RESETHAND;
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		(void)sigaction(crashes[i], &sa, NULL);
	restore.armed = 1;
}

/* --- output --------------------------------------------------------------- */

/* Queues the bytes and frees them. */
static void
screen_queue(struct screen *s, struct buf *bytes)
{
	(void)output_add(&s->out, span_buf(bytes));
	buf_free(bytes);
}

static void
screen_raw_bytes(struct screen *s, const char *bytes)
{
	(void)output_add(&s->out, span_str(bytes));
}

/* Writes the last output, unless the terminal takes nothing for SCREEN_LAST
 * ms. */
static void
screen_flush_output(struct screen *s)
{
	struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};

	while (output_waiting(&s->out) > 0 && s->out.failed.exit == 0 &&
	    poll(&p, 1, SCREEN_LAST) > 0)
		if (output_add(&s->out, (struct span){NULL, 0}) == -1)
			break;
}

/* --- frames --------------------------------------------------------------- */

static void
screen_draw_frame(struct screen *s)
{
	struct buf bytes = {0};

	s->wanted = false;
	loop_timer_del(s->loop, &s->due);
	s->cursor_x = -1;
	s->owner.draw(s->owner.arg);
	screen_frame_draw(s, &bytes);
	screen_queue(s, &bytes);
}

static void
screen_draw_due(void *arg)
{
	struct screen *s = arg;

	if (s->taken && output_waiting(&s->out) == 0)
		screen_draw_frame(s);
}

/* Draws the next frame once the terminal has taken all of the last. */
static void
screen_output_moved(void *arg)
{
	struct screen *s = arg;

	if (s->out.failed.exit != 0)
		s->owner.lost(s->owner.arg, &s->out.failed);
	else if (s->wanted && s->taken && output_waiting(&s->out) == 0)
		screen_draw_frame(s);
}

void
screen_want(struct screen *s, bool at_once)
{
	bool waited = s->wanted;

	s->wanted = true;
	if (s->taken && (at_once || !waited))
		loop_timer_set(s->loop, &s->due, at_once ? 0 : SCREEN_FRAME);
}

void
screen_redraw(struct screen *s)
{
	s->whole = true;
	screen_want(s, true);
}

/* --- size ----------------------------------------------------------------- */

static void
screen_measure(struct screen *s)
{
	struct winsize ws;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &ws) == -1 || ws.ws_row == 0 ||
	    ws.ws_col == 0) {
		ws.ws_row = 24;
		ws.ws_col = 80;
	}
	s->rows = ws.ws_row < SCREEN_ROWS ? ws.ws_row : SCREEN_ROWS;
	s->columns = ws.ws_col < SCREEN_ROWS ? ws.ws_col : SCREEN_ROWS;
	screen_frame_size(s);
}

static void
screen_resized(void *arg, int signo)
{
	struct screen *s = arg;

	(void)signo;
	if (!s->taken)
		return;
	screen_measure(s);
	screen_redraw(s);
}

/* --- taking the terminal and restoring it --------------------------------- */

/* Sets the modes that ncurses would set, did it write to the terminal. ISIG is
 * off, since ^C and ^Z are our keys. */
static void
screen_raw_mode(struct screen *s)
{
	struct termios t = s->before;

	t.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | ISTRIP);
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	t.c_oflag &= ~(tcflag_t)OPOST;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &t);
}

static void
screen_set_modes(struct screen *s)
{
	screen_raw_bytes(s, modes_on);
	screen_raw_bytes(s, s->options.mouse ? mouse_on : mouse_off);
}

static void
screen_take_terminal(struct screen *s)
{
	struct buf bytes = {0};

	(void)tcgetattr(STDIN_FILENO, &s->before);
	screen_raw_mode(s);
	s->taken = true;
	screen_frame_begin(s, &bytes);
	screen_queue(s, &bytes);
	screen_set_modes(s);
	screen_measure(s);
	screen_prepare_restore(s);
	screen_redraw(s);
}

static void
screen_give_back(struct screen *s)
{
	struct buf bytes = {0};

	s->taken = false;
	restore.armed = 0;
	screen_frame_end(s, &bytes);
	screen_queue(s, &bytes);
	screen_raw_bytes(s, modes_off);
	screen_flush_output(s);
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &s->before);
}

void
screen_suspend(struct screen *s)
{
	struct sigaction sa, ours;

	screen_give_back(s);
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_DFL;
	(void)sigemptyset(&sa.sa_mask);
	(void)sigaction(SIGTSTP, &sa, &ours);
	/* The whole process group stops, as a shell's job does. */
	(void)kill(0, SIGTSTP);
	(void)sigaction(SIGTSTP, &ours, NULL);
	screen_take_terminal(s);
}

void
screen_lend(struct screen *s)
{
	loop_io_del(s->loop, &s->in);
	screen_give_back(s);
}

void
screen_take_back(struct screen *s)
{
	/* The program may have ended without restoring the modes. */
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &s->before);
	loop_io_set(s->loop, &s->in, POLLIN);
	screen_take_terminal(s);
}

static void
screen_stopped(void *arg, int signo)
{
	struct screen *s = arg;

	(void)signo;
	if (s->taken)
		screen_suspend(s);
	else
		/* Who has the terminal stopped with us. */
		(void)raise(SIGSTOP);
}

/* After SIGSTOP, which cannot be caught: the shell may have changed the
 * terminal, so its modes are set again. */
static void
screen_continued(void *arg, int signo)
{
	struct screen *s = arg;

	(void)signo;
	if (!s->taken)
		return;
	screen_raw_mode(s);
	screen_set_modes(s);
	screen_measure(s);
	screen_redraw(s);
}

void
screen_options(struct screen *s, const struct screen_options *options)
{
	s->options = *options;
	screen_set_modes(s);
	screen_styles(s);
	screen_redraw(s);
}

/* Where no locale is set, UTF-8 is assumed. */
static void
screen_choose_locale(void)
{
	(void)setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
		return;
	if (strcmp(setlocale(LC_CTYPE, NULL), "C") == 0 ||
	    strcmp(setlocale(LC_CTYPE, NULL), "POSIX") == 0)
		(void)(setlocale(LC_CTYPE, "C.UTF-8") != NULL ||
		    setlocale(LC_CTYPE, "en_US.UTF-8") != NULL);
}

static int
screen_open_term(struct screen *s, struct err *e)
{
	const char *name = getenv("TERM");

	screen_choose_locale();
	s->nowhere = fopen("/dev/null", "w");
	if (s->nowhere == NULL)
		return err_set(e, EX_UNAVAILABLE, "cannot open /dev/null: %s",
		    strerror(errno));
	/* Its size is of no use to ncurses, which draws nothing here. It takes
	 * 24 rows of 80 columns where terminfo says nothing, as for TERM=linux,
	 * only when it is told to ask the kernel. */
	use_env(FALSE);
	use_tioctl(TRUE);
	if (screen_is_known())
		s->term = newterm(NULL, s->nowhere, stdin);
	if (s->term == NULL)
		return err_set(e, EX_UNAVAILABLE,
		    "unknown terminal \"%s\" (TERM): try TERM=xterm",
		    name == NULL ? "" : name);
	if (!screen_frame_open(s))
		return err_set(e, EX_UNAVAILABLE,
		    "the terminal \"%s\" (TERM) cannot place a cursor: try "
		    "TERM=xterm, or signet send and signet listen",
		    name == NULL ? "" : name);
	(void)nonl();
	/* Keeps the eighth bit of typed bytes, which ncurses strips where its
	 * output is no terminal. */
	(void)meta(stdscr, TRUE);
	(void)set_escdelay(SCREEN_ESCAPE);
	screen_styles(s);
	screen_keys_open(s);
	return 0;
}

static void
screen_readable(void *arg, short revents)
{
	struct screen *s = arg;
	static const struct err gone = {
	    .exit = EX_IOERR, .text = "the terminal is gone"};

	if ((revents & POLLIN) != 0)
		screen_keys_read(s);
	else if ((revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
		s->owner.lost(s->owner.arg, &gone);
}

int
screen_new(struct loop *loop, const struct screen_owner *owner,
    const struct screen_options *options, struct screen **out, struct err *e)
{
	struct screen *s;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(e, EX_UNAVAILABLE,
		    "the client needs a terminal; scripts use signet send and "
		    "signet listen");
	s = xcalloc(1, sizeof(*s));
	s->loop = loop;
	s->owner = *owner;
	s->options = *options;
	s->due = (struct loop_timer){.fn = screen_draw_due, .arg = s};
	s->pasting = (struct loop_timer){.fn = screen_paste_ended, .arg = s};
	s->in = (struct loop_io){
	    .fd = STDIN_FILENO, .fn = screen_readable, .arg = s};
	(void)tcgetattr(STDIN_FILENO, &s->before);
	output_init(&s->out, loop, screen_output_moved, s);
	/* ncurses does not replace handlers that are already set. */
	if (loop_signal(loop, SIGWINCH, screen_resized, s, e) == -1 ||
	    loop_signal(loop, SIGTSTP, screen_stopped, s, e) == -1 ||
	    loop_signal(loop, SIGCONT, screen_continued, s, e) == -1 ||
	    screen_open_term(s, e) == -1) {
		screen_free(s);
		return -1;
	}
	loop_io_set(loop, &s->in, POLLIN);
	screen_take_terminal(s);
	*out = s;
	return 0;
}

void
screen_free(struct screen *s)
{
	if (s == NULL)
		return;
	if (s->taken)
		screen_give_back(s);
	loop_io_del(s->loop, &s->in);
	loop_timer_del(s->loop, &s->due);
	loop_timer_del(s->loop, &s->pasting);
	output_end(&s->out);
	if (s->keys != NULL)
		(void)delwin(s->keys);
	if (s->term != NULL)
		delscreen(s->term);
	if (s->nowhere != NULL)
		(void)fclose(s->nowhere);
	screen_frame_free(s);
	buf_wipe(&s->paste);
	buf_free(&s->report);
	free(s);
}

int
screen_rows(const struct screen *s)
{
	return s->rows;
}

int
screen_columns(const struct screen *s)
{
	return s->columns;
}

bool
screen_away(const struct screen *s)
{
	return s->away;
}

/* --- bells and notifications ---------------------------------------------- */

/* Whether the terminal takes nothing, so that bells would only pile up, or
 * another program has it. */
static bool
screen_is_stuck(const struct screen *s)
{
	return !s->taken || output_waiting(&s->out) > SCREEN_WAITS;
}

void
screen_bell(struct screen *s)
{
	if (!screen_is_stuck(s))
		screen_raw_bytes(s, "\a");
}

/* Other terminals might show what they do not know as text. */
bool
screen_knows_osc(void)
{
	static const char *const known[] = {"xterm", "rxvt", "foot", "kitty",
	    "alacritty", "wezterm", "st-", "contour", "vte", "ghostty", "tmux",
	    "screen"};
	const char *name = getenv("TERM");

	for (size_t i = 0; name != NULL && i < sizeof(known) / sizeof(*known);
	     i++)
		if (strncmp(name, known[i], strlen(known[i])) == 0)
			return true;
	return false;
}

/* Replaces ';', which would begin another field of the OSC. */
static void
screen_add_osc_text(struct buf *b, const char *text)
{
	for (; *text != '\0'; text++)
		buf_add(b, *text == ';' ? "," : text, 1);
}

void
screen_notify(struct screen *s, const char *title, const char *text)
{
	struct buf b = {0};

	if (!screen_knows_osc() || screen_is_stuck(s))
		return;
	buf_adds(&b, "\033]777;notify;");
	screen_add_osc_text(&b, title);
	buf_adds(&b, ";");
	screen_add_osc_text(&b, text);
	buf_adds(&b, "\a");
	(void)output_add(&s->out, span_buf(&b));
	buf_free(&b);
}

int
screen_copy(struct screen *s, struct span text, struct err *e)
{
	struct buf lines = {0}, b = {0};

	if (text.n > SCREEN_COPY / 4 * 3)
		return err_set(e, EX_DATAERR,
		    "%zu bytes are too many to copy, terminals take %d", text.n,
		    SCREEN_COPY / 4 * 3);
	if (!screen_knows_osc() || screen_is_stuck(s))
		return err_set(e, EX_UNAVAILABLE,
		    "this terminal (TERM) does not take what is copied");
	mime_encode_base64(&lines, text);
	buf_adds(&b, "\033]52;c;");
	for (struct span rest = span_buf(&lines); rest.n > 0;)
		buf_addspan(&b, span_line(&rest));
	buf_adds(&b, "\a");
	(void)output_add(&s->out, span_buf(&b));
	buf_free(&lines);
	buf_free(&b);
	return 0;
}
