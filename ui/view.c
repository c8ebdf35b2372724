/*
 * The layout and the header.
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
#include "ui/client_wire.h"
#include "ui/conversation.h"

enum {
	FOLDS = 60, /* columns below which what can be missed is left out */
	TIMES = 50, /* from which messages have times */
	NAMES = 36, /* and names */
	MARGIN_TIME = 6, /* columns of a time and a blank, */
	MARGIN_MARKS = 2, /* of the marks, */
	MARGIN_NAME = 8, /* of a name, */
	MARGIN_BAR = 2, /* and of the bar and a blank */
	TWO_HEADERS = 14, /* rows from which the header takes two */
	BANNERS = 8,
	VERIFIED = 11 /* columns at the end of the header for that word */
};

/* --- layout --------------------------------------------------------------- */

void
view_layout(const struct client *c, struct layout *l)
{
	memset(l, 0, sizeof(*l));
	l->rows = screen_rows(c->screen);
	l->columns = screen_columns(c->screen);
	l->banner = c->banner != NULL && l->rows >= BANNERS ? 1 : 0;
	l->header = l->rows >= TWO_HEADERS ? 2 : l->rows >= 4 ? 1 : 0;
	l->time = l->columns >= TIMES ? MARGIN_TIME : 0;
	l->name = l->columns >= NAMES ? MARGIN_NAME : 0;
	l->gutter = l->time + MARGIN_MARKS + l->name + MARGIN_BAR;
	l->contacts_width = view_contacts_width(c, l->columns - l->gutter);
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
}

size_t
view_pane_height(const struct client *c)
{
	struct layout l;

	view_layout(c, &l);
	return l.pane_height > 0 ? (size_t)l.pane_height : 1;
}

/* --- the header ----------------------------------------------------------- */

void
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

enum contact_pin
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

/* --- drawing -------------------------------------------------------------- */

bool
view_is_covered(const struct client *c)
{
	return c->pager != NULL || c->wire != NULL || c->password != NULL;
}

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
	if (c->wire != NULL) {
		client_wire_draw(c, l.rows);
		return;
	}
	view_draw_header(c, &l);
	view_log_draw(c, &l);
	if (l.contacts_width > 0)
		view_contacts_draw(c, &l);
	view_bar_draw(c, &l);
	view_input_draw(c, &l);
}

/* --- the mouse ------------------------------------------------------------ */

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
		view_contacts_at(c, &l, row, hit);
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
	    .mouse = c->config.mouse, .theme = c->config.theme};
}
