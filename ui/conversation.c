#include "ui/conversation.h"

#include <stdlib.h>
#include <string.h>

#include "keys/store/offers.h"
#include "src/base/text.h"
#include "ui/client_contacts.h"
#include "ui/confirm.h"
#include "ui/history.h"
#include "ui/history_search.h"
#include "ui/notice.h"
#include "ui/people.h"

enum {
	CONVERSATIONS_MAX = 2000,
	LOG_FRONT = 1 << 30, /* lines of the past that may come */
	STRANGERS_BYTES = 1 << 20, /* of a log that a stranger opened, */
	STRANGERS_TRACE = 1 << 18 /* and of its trace */
};

struct conversation *
conversation_current(const struct client *c)
{
	return c->conversations[c->current];
}

size_t
conversation_number(const struct client *c, const struct conversation *v)
{
	size_t i = 0;

	while (i < c->count && c->conversations[i] != v)
		i++;
	return i;
}

struct conversation *
conversation_of(const struct client *c, const struct aor *who)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->conversations[i]->kind == CONVERSATION_PEER &&
		    aor_equal(&c->conversations[i]->aor, who))
			return c->conversations[i];
	return NULL;
}

static struct conversation *
conversation_new(struct client *c, enum conversation_kind kind)
{
	struct conversation *v = xcalloc(1, sizeof(*v));

	v->kind = kind;
	v->log = log_new();
	log_leave_front(v->log, LOG_FRONT);
	v->edit = edit_new(c->kills);
	c->conversations = xrealloc(
	    c->conversations, (c->count + 1) * sizeof(struct conversation *));
	c->conversations[c->count++] = v;
	return v;
}

static void
conversation_copy_uri(char **to, struct span uri)
{
	free(*to);
	*to = contacts_uri(uri);
}

/* A full URI that the user typed becomes the one that messages go to. */
static void
conversation_set_uri(
    struct client *c, struct conversation *v, struct span typed)
{
	conversation_copy_uri(&v->uri, typed);
	if (v->contact != NULL) {
		conversation_copy_uri(&v->contact->uri, typed);
		client_contacts_changed(c);
	}
	conversation_preflight(c, v);
}

struct conversation *
conversation_open(
    struct client *c, const char *uri, const struct aor *who, bool stranger)
{
	struct conversation *v;

	if (c->count == 0) /* the client's own */
		return conversation_new(c, CONVERSATION_CLIENT);
	v = conversation_new(c, CONVERSATION_PEER);
	aor_copy(who, &v->aor);
	v->contact = contacts_by_aor(c->contacts, who);
	v->stranger = stranger && v->contact == NULL;
	v->opened_by_them = stranger;
	/* From may be forged, so a stranger gets little memory until the user
	 * writes to them. */
	if (stranger)
		log_limit(v->log, STRANGERS_BYTES);
	conversation_copy_uri(
	    &v->uri, span_str(v->contact != NULL ? v->contact->uri : uri));
	if (v->contact != NULL) {
		v->sign = v->contact->sign;
		v->encrypt = v->contact->encrypt;
	}
	conversation_preflight(c, v);
	v->person = people_of(c, v->aor.key);
	history_load(c, v);
	people_enter(c, v);
	return v;
}

void
conversation_known(struct conversation *v)
{
	v->stranger = v->opened_by_them = false;
	log_limit(v->log, LOG_BYTES);
}

struct conversation *
conversation_others(struct client *c)
{
	if (c->others == NULL) {
		c->others = conversation_new(c, CONVERSATION_OTHERS);
		log_limit(c->others->log, STRANGERS_BYTES);
	}
	return c->others;
}

struct conversation *
conversation_with(struct client *c, struct span uri)
{
	struct contact *p = contacts_find(c->contacts, uri);
	struct conversation *v;
	struct err e = {0};
	struct aor who;

	if (aor_parse(p != NULL ? span_str(p->uri) : uri, &who, &e) == -1) {
		(void)err_in(&e, "%.*s is neither a contact nor an address",
		    (int)uri.n, (const char *)uri.p);
		notice_bar(c, e.text);
		return NULL;
	}
	v = conversation_of(c, &who);
	if (v == NULL && c->count >= CONVERSATIONS_MAX)
		notice_bar(c, "too many conversations are open; /close some");
	else if (v == NULL)
		v = conversation_open(c, who.text, &who, false);
	if (v != NULL && contacts_has_scheme(uri) && !span_is(uri, v->uri))
		conversation_set_uri(c, v, uri);
	aor_free(&who);
	return v;
}

struct trace_view *
conversation_trace(struct client *c, struct conversation *v)
{
	if (v->trace == NULL) {
		v->trace = trace_view_new(
		    v->opened_by_them ? STRANGERS_TRACE : CLIENT_TRACE);
		if (v->kind == CONVERSATION_PEER)
			trace_view_move(v->trace, c->connections, v->aor.text);
	}
	return v->trace;
}

void
conversation_free(struct conversation *v)
{
	log_free(v->log);
	edit_free(v->edit);
	trace_view_free(v->trace);
	confirm_forget(v);
	if (v->kind == CONVERSATION_PEER)
		aor_free(&v->aor);
	free(v->uri);
	free(v);
}

/* Messages that are being sent then belong to no conversation. */
static void
conversation_detach_sending(struct client *c, const struct conversation *v)
{
	for (size_t i = 0; i < c->sending_count; i++)
		if (c->sending[i].in == v)
			c->sending[i].in = NULL;
	if (c->typing_in == v)
		c->typing_in = NULL;
}

void
conversation_clear(struct client *c, struct conversation *v)
{
	uint64_t last = log_last(v->log), n = last;

	conversation_detach_sending(c, v);
	if (last != 0)
		v->opened = last + 1;
	/* The disk goes on before the last row that was seen, and that. */
	while (n > 0 && log_line(v->log, n) != NULL &&
	    log_line(v->log, n)->row == 0)
		n--;
	if (n > 0 && log_line(v->log, n) != NULL)
		v->past = log_line(v->log, n)->row + 1;
	log_clear(v->log);
	v->unread = 0;
	v->urgent = false;
	people_read(c, v);
	notice_redraw(c);
}

void
conversation_close(struct client *c, struct conversation *v)
{
	size_t i = conversation_number(c, v);

	if (i == 0 || i == c->count)
		return;
	history_search_leave(c, v);
	conversation_detach_sending(c, v);
	people_leave(c, v);
	/* Its trace is kept for when it is opened again. */
	if (v->trace != NULL && v->kind == CONVERSATION_PEER)
		trace_view_move(c->connections, v->trace, v->aor.text);
	if (v == c->others)
		c->others = NULL;
	c->count--;
	for (size_t k = i; k < c->count; k++)
		c->conversations[k] = c->conversations[k + 1];
	if (c->before > i)
		c->before--;
	if (c->current > i)
		c->current--;
	else if (c->current == i) {
		c->current = c->before < c->count ? c->before : 0;
		conversation_show(c, c->current);
	}
	if (c->before >= c->count)
		c->before = 0;
	conversation_free(v);
}

void
conversation_show(struct client *c, size_t which)
{
	struct conversation *v;

	if (which >= c->count)
		return;
	v = conversation_current(c);
	if (which != c->current) {
		/* Seen lines are read. Lines below a window that is scrolled
		 * back are not. */
		if (log_at_end(v->log)) {
			log_read(v->log);
			history_trim(v);
		} else
			v->unread = log_below(v->log);
		people_leave(c, v);
		c->before = c->current;
	}
	c->current = which;
	v = conversation_current(c);
	v->unread = 0;
	v->urgent = false;
	people_read(c, v);
	conversation_preflight(c, v);
	notice_redraw(c);
}

void
conversation_next_unread(struct client *c)
{
	size_t found = c->count;

	for (size_t k = 1; k <= c->count; k++) {
		size_t i = (c->current + k) % c->count;
		const struct conversation *v = c->conversations[i];

		if (v->urgent) {
			found = i;
			break;
		}
		if (v->unread > 0 && found == c->count)
			found = i;
	}
	if (found < c->count)
		conversation_show(c, found);
	else
		notice_bar(c, "there are no unread messages");
}

char *
conversation_name(const struct conversation *v)
{
	switch (v->kind) {
	case CONVERSATION_CLIENT:
		return xstrdup("signet");
	case CONVERSATION_OTHERS:
		return xstrdup("strangers");
	case CONVERSATION_PEER:
		break;
	}
	return text_escape_line(span_str(
	    v->contact != NULL ? contact_name(v->contact) : v->aor.text));
}

bool
conversation_signs(const struct client *c, const struct conversation *v)
{
	return v->sign == CHOICE_DEFAULT ? c->config.sign
					 : v->sign == CHOICE_ON;
}

bool
conversation_encrypts(const struct client *c, const struct conversation *v)
{
	return v->encrypt == CHOICE_DEFAULT ? c->config.encrypt
					    : v->encrypt == CHOICE_ON;
}

void
conversation_preflight(struct client *c, struct conversation *v)
{
	struct err e = {0};

	struct offer offer;

	v->has_preflight = v->kind == CONVERSATION_PEER && c->ua != NULL &&
	    ua_preflight(c->ua, v->uri, conversation_encrypts(c, v),
		&v->preflight, &e) == 0;
	if (!v->has_preflight)
		memset(&v->preflight, 0, sizeof(v->preflight));
	v->offered = v->has_preflight && !v->preflight.smime.has_cert &&
	    offers_find(c->ks, &v->aor, &offer, &e) == 0;
}

void
conversations_preflight(struct client *c)
{
	/* The others are updated when they are shown. */
	conversation_preflight(c, conversation_current(c));
	notice_redraw(c);
}
