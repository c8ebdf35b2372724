#include "ui/client_meet.h"

#include <stdlib.h>

#include "src/app/comparison.h"
#include "src/app/introduced.h"
#include "ui/client_contacts.h"
#include "ui/conversation.h"
#include "ui/notice.h"

/* --- theirs --------------------------------------------------------------- */

/* An offers_spare_fn: contacts' offers stay. */
static bool
client_is_contact(void *arg, const char *address)
{
	const struct client *c = arg;
	struct aor who;
	struct err e;
	bool is;

	if (aor_parse(span_str(address), &who, &e) == -1)
		return false;
	is = contacts_by_aor(c->contacts, &who) != NULL;
	aor_free(&who);
	return is;
}

/* Where the line about an introduction stands: in their conversation, or in the
 * one that all strangers share. */
static struct conversation *
client_meet_place(struct client *c, const struct aor *who)
{
	struct conversation *v = conversation_of(c, who);
	struct contact *p = contacts_by_aor(c->contacts, who);

	if (v == NULL && p != NULL)
		v = conversation_open(c, p->uri, who, true);
	return v != NULL ? v : conversation_others(c);
}

/* Appends the words that both sides have, where we have a certificate. */
static void
client_add_words(struct client *c, const struct aor *who, struct buf *line)
{
	struct fingerprints both = {.count = 0};
	const char *words[FINGERPRINTS_WORDS];
	struct offer o;
	struct err e;

	if (offers_find(c->ks, who, &o, &e) == -1 || o.other[0] != '\0' ||
	    comparison_add(c->ks, c->config.aors.items[0], &both, &e) == -1 ||
	    !fingerprints_add_hex(&both, span_str(o.shown), ' '))
		return;
	fingerprints_words(&both, words);
	buf_adds(line, ". Words for the telephone:");
	for (size_t i = 0; i < FINGERPRINTS_WORDS; i++)
		buf_addf(line, " %s", words[i]);
}

void
client_introduced(struct client *c, const struct ua_introduction *in)
{
	struct contact *p = contacts_by_aor(c->contacts, in->from);
	struct buf line = {0}, accept = {0};
	struct conversation *v;
	bool alarming;

	if (c->quitting || (p != NULL && p->ignored))
		return;
	buf_addf(&accept, "/accept %s", in->from->text);
	alarming = introduced(c->ks, in->from, in->pem, (const char *)accept.p,
	    client_is_contact, c, &line);
	if (line.n > 0) {
		if (!alarming)
			client_add_words(c, in->from, &line);
		v = client_meet_place(c, in->from);
		notice_log(c, v, alarming, (const char *)line.p);
		v->unread += v != conversation_current(c);
		conversations_preflight(c);
		notice_redraw(c);
	}
	buf_free(&accept);
	buf_free(&line);
}

static bool
client_list_offer(void *arg, const struct offer *o)
{
	struct buf *list = arg;

	buf_addf(list, "%s%s", list->n > 0 ? ", " : "", o->address);
	return list->n < 1000;
}

void
client_meet_begin(struct client *c)
{
	struct buf list = {0};
	struct err e;

	if (offers_each(c->ks, client_list_offer, &list, &e) == 0 && list.n > 0)
		notice_logf(c, c->conversations[0], false,
		    "introduced themselves, and wait for /accept: %s",
		    (const char *)list.p);
	buf_free(&list);
}

/* --- ours ----------------------------------------------------------------- */

bool
client_introduce(struct client *c, struct conversation *v)
{
	struct contact *p;
	struct err e = {0};

	if (v->kind != CONVERSATION_PEER) {
		notice_bar(c, "to: ADDRESS goes to somebody first");
		return false;
	}
	if (v->contact == NULL) {
		if (contacts_add(c->contacts, span_str(v->uri), &p, &e) == -1) {
			notice_bar(c, e.text);
			return false;
		}
		v->contact = p;
		client_contacts_changed(c);
	}
	conversation_known(v);
	v->introducing = ua_introduce(c->ua, v->uri);
	return true;
}

void
client_introduce_back(struct client *c, struct conversation *v)
{
	if (v->contact == NULL || v->contact->knows_us ||
	    v->contact->introduced)
		return;
	(void)client_introduce(c, v);
}

static void
client_introduction_tell(
    struct client *c, struct conversation *v, const struct ua_sent *sent)
{
	if (sent->exit != 0) {
		notice_logf(c, v, true,
		    "your certificate did not get to %s: %s", sent->to,
		    sent->why);
		return;
	}
	if (v->contact != NULL && !v->contact->introduced) {
		v->contact->introduced = true;
		client_contacts_changed(c);
	}
	notice_logf(c, v, false,
	    "your certificate went to %s, who can /accept it", sent->to);
}

bool
client_introduction_ended(struct client *c, const struct ua_sent *sent)
{
	for (size_t i = 0; i < c->count; i++) {
		struct conversation *v = c->conversations[i];

		if (v->introducing == 0 || v->introducing != sent->id)
			continue;
		v->introducing = 0;
		client_introduction_tell(c, v, sent);
		return true;
	}
	return false;
}

void
client_meet_sent(struct client *c, struct conversation *v, bool is_signed,
    const struct ua_sent *sent, struct buf *why)
{
	struct contact *p = v->contact;

	if (!is_signed)
		return;
	if (sent->exit == 0 && p != NULL && !p->knows_us) {
		p->knows_us = true;
		client_contacts_changed(c);
	}
	if (sent->status == 437 && (p == NULL || !p->knows_us))
		buf_adds(why,
		    "; they may not know your certificate yet: /introduce");
}
