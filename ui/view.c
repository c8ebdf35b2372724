/*
 * The layout, the header, the contacts and the bar.
 */
#include "ui/view_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/app/own_cert.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "ui/client_contacts.h"
#include "ui/conversation.h"
#include "ui/typing.h"

enum {
	FOLDS = 60, /* columns below which the contacts have no pane */
	NAMES = 70, /* columns of the pane from which messages have names */
	TIMES = 50, /* and times */
	WORDS = 30, /* and whole words for verdicts */
	WORD = 9, /* columns of a verdict; more where one is longer */
	TEXT = 20, /* columns that a longer one leaves to the text */
	TWO_HEADERS = 14, /* rows from which the header takes two */
	BANNERS = 8,
	VERIFIED = 11, /* columns at the end of the header for that word */
	BAR_NAME = 24 /* columns of a name in the bar */
};

/* --- layout --------------------------------------------------------------- */

static void
view_place_gutter(const struct client *c, struct layout *l)
{
	bool others = conversation_current(c)->kind == CONVERSATION_OTHERS;
	int more;

	l->time = l->pane_width >= TIMES ? 6 : 0;
	l->word = l->pane_width >= WORDS ? WORD : 4;
	l->name = others ? l->pane_width / 4 : l->pane_width >= NAMES ? 10 : 0;
	l->gutter = l->time + l->word + 1 + 2 + 1 + 2 +
	    (l->name > 0 ? l->name + 1 : 0);
	more = conversation_current(c)->word - l->word;
	if (more > l->pane_width - l->gutter - TEXT)
		more = l->pane_width - l->gutter - TEXT;
	if (more > 0 && l->pane_width >= WORDS) {
		l->word += more;
		l->gutter += more;
	}
	if (l->pane_width < WORDS)
		l->gutter = l->word + 1 + 2;
}

void
view_layout(const struct client *c, struct layout *l)
{
	memset(l, 0, sizeof(*l));
	l->rows = screen_rows(c->screen);
	l->columns = screen_columns(c->screen);
	l->banner = c->banner != NULL && l->rows >= BANNERS ? 1 : 0;
	l->header = l->rows >= TWO_HEADERS ? 2 : l->rows >= 4 ? 1 : 0;
	l->contacts_width = l->columns >= FOLDS ? l->columns / 4 : 0;
	l->contacts_x = l->columns - l->contacts_width;
	l->pane_width = l->contacts_width > 0 ? l->contacts_x - 1 : l->columns;
	l->input_height = view_input_rows(c, l->columns);
	if (l->input_height > l->rows / 3)
		l->input_height = l->rows / 3;
	if (l->input_height < 1)
		l->input_height = 1;
	l->input_y = l->rows - l->input_height;
	l->bar_y = l->rows >= 2 ? l->input_y - 1 : -1;
	l->pane_y = l->banner + l->header;
	l->pane_height = l->bar_y - l->pane_y;
	if (l->pane_height < 0)
		l->pane_height = 0;
	view_place_gutter(c, l);
}

/* --- the header ----------------------------------------------------------- */

/* Draws words at *x, and moves *x behind them and a blank. */
static void
view_put_text(
    struct client *c, int y, int *x, const char *text, enum style style)
{
	int room = screen_columns(c->screen) - *x;

	if (room > 0)
		*x += screen_puts(c->screen, y, *x, room, text, style) + 1;
}

/* Why their certificate does not serve, and the commands that mend it. */
static const char *
view_refused_certificate(enum smime_problem problem)
{
	switch (problem) {
	case SMIME_PEER_CERT_UNPINNED:
		return "their certificate is refused: /verify, /trust, or "
		       "/encrypt off; Enter says why";
	case SMIME_PEER_CERT_NO_CRL:
		return "their CA's CRL is missing: /import --force FILE, or "
		       "/encrypt off; Enter says why";
	case SMIME_PEER_CERT_REFUSED:
	case SMIME_PEER_CERT_UNREADABLE:
		return "their certificate is refused: /import --force FILE, "
		       "or /encrypt off; Enter says why";
	case SMIME_NO_PEER_CERT:
		return "their certificate is not here: Alt-I introduces you, "
		       "/import FILE, or /encrypt off";
	default:
		return "cannot be encrypted: Enter says why; /encrypt off "
		       "sends it in clear";
	}
}

/* Draws the certificate that the next message is encrypted to, or why it cannot
 * be sent. */
static void
view_draw_certificate(
    struct client *c, const struct conversation *v, int y, int x)
{
	const struct ua_preflight *o = &v->preflight;
	char text[200], date[TIME_LOCAL], grouped[20];

	if (!v->has_preflight)
		return;
	/* The full reason comes at Enter; this says what to do. */
	if (conversation_signs(c, v) && o->smime.sign != SMIME_READY)
		view_put_text(c, y, &x,
		    "cannot be signed: Enter says why; /sign off sends it "
		    "unsigned",
		    STYLE_BAD);
	else if (!conversation_encrypts(c, v))
		view_put_text(c, y, &x,
		    "not encrypted: servers on the way can read it (/encrypt "
		    "on)",
		    STYLE_DIM);
	else if (o->smime.encrypt != SMIME_READY && v->offered)
		view_put_text(c, y, &x,
		    "they introduced themself: /accept compares and takes "
		    "their certificate",
		    STYLE_WARN);
	else if (o->smime.encrypt != SMIME_READY)
		view_put_text(c, y, &x,
		    view_refused_certificate(o->smime.encrypt), STYLE_BAD);
	else {
		time_local(date, TIME_DATE, o->smime.not_after);
		(void)snprintf(grouped, sizeof(grouped), "%.4s %.4s %.4s %.4s",
		    o->smime.fingerprint, o->smime.fingerprint + 4,
		    o->smime.fingerprint + 8, o->smime.fingerprint + 12);
		(void)snprintf(text, sizeof(text),
		    "to certificate %s.., valid until %s, %s", grouped, date,
		    o->smime.pinned ? "pinned" : "by a trusted CA");
		view_put_text(c, y, &x, text, STYLE_GOOD);
	}
}

/* Draws whether the next message is signed, and the end of our certificate where
 * it is near. */
static void
view_draw_sign(struct client *c, const struct conversation *v, int y, int *x)
{
	const struct smime_preflight *o = &v->preflight.smime;
	char date[TIME_LOCAL];

	if (!conversation_signs(c, v)) {
		view_put_text(c, y, x, "NOT-signed", STYLE_WARN);
		return;
	}
	if (o->sign != SMIME_READY || !own_cert_ends_soon(o, time(NULL))) {
		view_put_text(c, y, x, "signed",
		    o->sign == SMIME_READY ? STYLE_GOOD : STYLE_BAD);
		return;
	}
	time_local(date, TIME_DATE, o->own_not_after);
	view_put_text(c, y, x, "signed until", STYLE_WARN);
	view_put_text(c, y, x, date, STYLE_WARN);
}

/* Draws how the next message goes there. */
static void
view_draw_way(struct client *c, int y, int *x, const struct ua_preflight *o)
{
	char *way = text_escape_line(span_str(o->way));

	if (o->offer[0] != '\0') {
		view_put_text(c, y, x, "no way:", STYLE_WARN);
		view_put_text(c, y, x,
		    "/answer takes the connection they wrote on", STYLE_WARN);
		view_put_text(c, y, x, o->offer, STYLE_WARN);
	} else
		view_put_text(c, y, x, way, STYLE_DIM);
	free(way);
}

/* Whether the certificates of a conversation's peer are pinned, and verified.
 * Only contacts can be verified. */
static enum contact_pin
view_pin(const struct conversation *v)
{
	if (v->contact != NULL)
		return v->contact->pin;
	return v->has_preflight && v->preflight.smime.pinned
	    ? CONTACT_UNVERIFIED
	    : CONTACT_NOT_PINNED;
}

/* Draws whether the pinned certificate of the peer is verified at the end of
 * the row. Nothing else is ever drawn there: neither a name nor a host that ends
 * in such a word. */
static void
view_draw_verified(struct client *c, const struct conversation *v, int y)
{
	static const char *const texts[] = {
	    [CONTACT_NOT_PINNED] = "",
	    [CONTACT_UNVERIFIED] = " unverified",
	    [CONTACT_VERIFIED] = "   verified",
	};
	enum contact_pin pin = view_pin(v);
	int x = screen_columns(c->screen) - VERIFIED;

	if (x <= 0)
		return;
	screen_fill(c->screen, y, x, VERIFIED, STYLE_TEXT);
	(void)screen_puts(c->screen, y, x, VERIFIED, texts[pin],
	    pin == CONTACT_VERIFIED ? STYLE_GOOD : STYLE_WARN);
}

static void
view_draw_peer(struct client *c, const struct layout *l, int y)
{
	struct conversation *v = conversation_current(c);
	bool encrypt = conversation_encrypts(c, v);
	const struct ua_preflight *o = &v->preflight;
	char *name = conversation_name(v), *address;
	int x = 0;

	address = text_escape_line(span_str(v->aor.text));
	/* At most half of the row, so that what follows is seen. */
	x += screen_put_name(
		 c->screen, y, x, l->columns / 2, name, STYLE_NAME) +
	    1;
	if (strcmp(name, address) != 0 &&
	    x + (int)text_width(span_str(address)) < l->columns / 2) {
		x--;
		view_put_text(c, y, &x, " <", STYLE_DIM);
		x--;
		view_put_text(c, y, &x, address, STYLE_DIM);
		x--;
		view_put_text(c, y, &x, ">", STYLE_DIM);
	}
	view_draw_sign(c, v, y, &x);
	view_put_text(c, y, &x, encrypt ? "encrypted" : "NOT-encrypted",
	    encrypt ? o->smime.encrypt == SMIME_READY ? STYLE_GOOD : STYLE_BAD
		    : STYLE_WARN);
	if (typing_now(c, v))
		view_put_text(c, y, &x, "is typing", STYLE_NAME);
	if (c->store != NULL && v->person->off)
		view_put_text(c, y, &x, "not kept", STYLE_WARN);
	if (v->has_preflight)
		view_draw_way(c, y, &x, o);
	view_draw_verified(c, v, y);
	free(address);
	free(name);
	if (l->header > 1)
		view_draw_certificate(c, v, y + 1, 0);
}

static void
view_draw_header(struct client *c, const struct layout *l)
{
	int y = l->banner, x = 0;

	if (l->banner > 0) {
		screen_fill(c->screen, 0, 0, l->columns, STYLE_BAR_HOT);
		(void)screen_puts(
		    c->screen, 0, 0, l->columns, c->banner, STYLE_BAR_HOT);
	}
	if (l->header == 0)
		return;
	switch (conversation_current(c)->kind) {
	case CONVERSATION_PEER:
		view_draw_peer(c, l, y);
		break;
	case CONVERSATION_CLIENT:
		view_put_text(c, y, &x, "signet", STYLE_NAME);
		view_put_text(c, y, &x,
		    l->columns >= FOLDS ? "to: ADDRESS starts a conversation, "
					  "/help lists all commands"
					: "/help",
		    STYLE_DIM);
		break;
	case CONVERSATION_OTHERS:
		view_put_text(c, y, &x, "strangers", STYLE_NAME);
		view_put_text(
		    c, y, &x, "to: ADDRESS answers one of them", STYLE_DIM);
		break;
	}
}

/* --- contacts ------------------------------------------------------------- */

static bool
view_has_conversation(const struct client *c, const struct contact *p)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->conversations[i]->contact == p)
			return true;
	return false;
}

/* A row of the contacts' pane: a conversation, a contact, or the empty row
 * between the two. */
struct contacts_row {
	size_t which; /* the conversation's index, or their count */
	struct contact *who;
};

/* Fills in the visible rows and returns how many there are. */
static size_t
view_contacts_rows(
    const struct client *c, struct contacts_row *rows, size_t height)
{
	size_t n = 0, i = c->contacts_top;

	for (; n < height && i <= c->count; i++)
		rows[n++] = (struct contacts_row){i, NULL};
	/* So many contacts without a conversation are above the top. */
	i = i > c->count + 1 ? i - c->count - 1 : 0;
	for (size_t k = 0; n < height && k < contacts_count(c->contacts); k++) {
		struct contact *p = contacts_at(c->contacts, k);

		if (view_has_conversation(c, p))
			continue;
		if (i > 0)
			i--;
		else
			rows[n++] = (struct contacts_row){c->count, p};
	}
	return n;
}

/* Draws the mark of a pinned certificate that is not verified: in the column
 * before the name, where no name gets, and a blank stands otherwise. */
static void
view_draw_mark(struct client *c, int y, int x, enum contact_pin pin)
{
	if (pin == CONTACT_UNVERIFIED)
		(void)screen_puts(c->screen, y, x, 1, "?", STYLE_WARN);
}

static void
view_draw_conversation_row(
    struct client *c, const struct layout *l, int y, size_t which)
{
	const struct conversation *v = c->conversations[which];
	enum style style = which == c->current ? STYLE_CHOSEN
	    : v->urgent                        ? STYLE_BAD
	    : v->unread > 0                    ? STYLE_NAME
					       : STYLE_TEXT;
	char *name = conversation_name(v);
	char number[24], unread[32] = "";
	int x = l->contacts_x, room = l->contacts_width, tail;

	if (which == c->current)
		screen_fill(c->screen, y, x, room, style);
	(void)snprintf(number, sizeof(number), "%zu ", which + 1);
	if (v->unread > 0)
		(void)snprintf(unread, sizeof(unread), " (%zu)%s", v->unread,
		    v->urgent ? "!" : "");
	if (typing_now(c, v))
		(void)snprintf(unread + strlen(unread),
		    sizeof(unread) - strlen(unread), " ..");
	tail = (int)strlen(unread);
	x += screen_puts(c->screen, y, x, room, number, style);
	view_draw_mark(c, y, x - 1, view_pin(v));
	room = l->contacts_x + l->contacts_width - x - tail;
	if (room > 0)
		x += screen_put_name(c->screen, y, x, room, name, style);
	(void)screen_puts(c->screen, y, x, tail, unread, style);
	free(name);
}

static void
view_draw_contacts(struct client *c, const struct layout *l)
{
	struct contacts_row rows[SCREEN_ROWS];
	size_t count;

	if (c->contacts_top >= c->count + 1 + contacts_count(c->contacts))
		c->contacts_top = 0;
	for (int i = 0; i < l->pane_height; i++)
		screen_border(c->screen, l->pane_y + i, l->contacts_x - 1);
	count = view_contacts_rows(c, rows, (size_t)l->pane_height);
	for (size_t i = 0; i < count; i++) {
		int y = l->pane_y + (int)i;
		char *name;

		if (rows[i].which < c->count)
			view_draw_conversation_row(c, l, y, rows[i].which);
		if (rows[i].who == NULL)
			continue;
		name = text_escape_line(span_str(contact_name(rows[i].who)));
		(void)screen_put_name(c->screen, y, l->contacts_x + 2,
		    l->contacts_width - 2, name,
		    rows[i].who->ignored ? STYLE_DIM : STYLE_TEXT);
		view_draw_mark(c, y, l->contacts_x + 1, rows[i].who->pin);
		free(name);
	}
}

/* --- the bar -------------------------------------------------------------- */

/* Draws the conversations with something unread. */
static void
view_draw_unread(struct client *c, int y, int *x)
{
	char text[300];

	for (size_t i = 0; i < c->count; i++) {
		const struct conversation *v = c->conversations[i];
		char *name;

		if (v->unread == 0)
			continue;
		name = conversation_name(v);
		/* A cut address could be mistaken for another one. */
		(void)snprintf(text, sizeof(text), "%zu:%.200s(%zu)%s", i + 1,
		    text_width(span_str(name)) <= BAR_NAME ? name : "",
		    v->unread, v->urgent ? "!" : "");
		view_put_text(
		    c, y, x, text, v->urgent ? STYLE_BAR_BAD : STYLE_BAR_HOT);
		free(name);
	}
}

static void
view_draw_bar(struct client *c, const struct layout *l)
{
	const struct conversation *v = conversation_current(c);
	char text[128];
	int x = 0;

	if (l->bar_y < 0)
		return;
	screen_fill(c->screen, l->bar_y, 0, l->columns, STYLE_BAR);
	if (c->notice.n > 0 || c->hint != NULL) {
		char *line = text_escape_line(
		    c->notice.n > 0 ? span_buf(&c->notice) : span_str(c->hint));

		view_put_text(c, l->bar_y, &x, line, STYLE_BAR);
		free(line);
		return;
	}
	if (!log_at_end(v->log)) {
		(void)snprintf(text, sizeof(text),
		    "scrolled back, %zu new below (ESC: end, /: search)",
		    log_below(v->log));
		view_put_text(c, l->bar_y, &x, text, STYLE_BAR_HOT);
	}
	view_draw_unread(c, l->bar_y, &x);
	if (l->columns >= FOLDS)
		view_put_text(
		    c, l->bar_y, &x, c->config.aors.items[0], STYLE_BAR);
	if (c->registration != NULL)
		view_put_text(c, l->bar_y, &x, c->registration,
		    c->unregistered ? STYLE_BAR_BAD : STYLE_BAR);
	else if (c->listening.n > 0 && l->columns >= FOLDS)
		view_put_text(
		    c, l->bar_y, &x, (const char *)c->listening.p, STYLE_BAR);
}

/* --- drawing -------------------------------------------------------------- */

void
view_draw(struct client *c)
{
	struct layout l;

	client_contacts_pins(c);
	screen_clear(c->screen);
	view_layout(c, &l);
	if (c->password != NULL) {
		form_draw(c->password, c->screen, (struct span){NULL, 0});
		return;
	}
	if (c->pager != NULL) {
		pager_draw(c->pager, c->screen, 0, l.rows);
		return;
	}
	view_draw_header(c, &l);
	if (view_log_measure(c, &l))
		view_layout(c, &l);
	view_log_draw(c, &l);
	if (l.contacts_width > 0)
		view_draw_contacts(c, &l);
	view_draw_bar(c, &l);
	view_input_draw(c, &l);
}

/* --- the mouse ------------------------------------------------------------ */

static void
view_contacts_at_row(
    struct client *c, const struct layout *l, int row, struct view_hit *hit)
{
	struct contacts_row rows[SCREEN_ROWS];

	if ((size_t)row >= view_contacts_rows(c, rows, (size_t)l->pane_height))
		return;
	hit->conversation = rows[row].which;
	hit->contact = rows[row].who;
}

void
view_at(struct client *c, int y, int x, struct view_hit *hit)
{
	struct log_row rows[SCREEN_ROWS];
	struct layout l;
	int row;

	*hit = (struct view_hit){.conversation = c->count};
	view_layout(c, &l);
	row = y - l.pane_y;
	if (row < 0 || row >= l.pane_height)
		return;
	if (l.contacts_width > 0 && x >= l.contacts_x) {
		view_contacts_at_row(c, &l, row, hit);
		return;
	}
	/* Fewer rows than the pane has stand at its foot. */
	row -= l.pane_height -
	    (int)log_rows(
		conversation_current(c)->log, (size_t)l.pane_height, rows);
	if (row >= 0 && rows[row].line != NULL &&
	    (rows[row].line->kind == LOG_THEIRS ||
		rows[row].line->kind == LOG_REFUSED ||
		rows[row].line->kind == LOG_MINE))
		hit->message = rows[row].line;
}

struct screen_options
view_screen_options(const struct client *c)
{
	return (struct screen_options){
	    .mouse = !c->config.no_mouse, .theme = c->config.theme};
}
