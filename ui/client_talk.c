#include "ui/client_talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "ui/advice.h"
#include "ui/client_contacts.h"
#include "ui/client_meet.h"
#include "ui/confirm.h"
#include "ui/conversation.h"
#include "ui/lines.h"
#include "ui/log/highlight.h"
#include "ui/marks.h"
#include "ui/notice.h"
#include "ui/people.h"
#include "ui/trace_view.h"
#include "ui/typing.h"
#include "ui/view.h"

enum {
	RING_PAUSE = 1000, /* ms between two bells at least */
	RING_NAME = 60 /* columns of a name in a notification */
};

/* --- received ------------------------------------------------------------- */

/* Puts the whole address of a line's sender below its text: beside it there is
 * room for a part alone. */
static void
client_add_sender(struct log_line *line, const char *from)
{
	struct buf why = {0};

	line->who = text_escape_line(span_str(from));
	buf_addf(&why, "from %s", line->who);
	if (line->why != NULL)
		buf_addf(&why, "\n%s", line->why);
	free(line->why);
	line->why = (char *)why.p;
}

static void
client_add_line(struct conversation *v, const struct ua_message *m)
{
	struct log_line line;

	lines_of_message(m, &line);
	if (m->id > v->newest)
		v->newest = m->id;
	if (v->kind != CONVERSATION_PEER)
		client_add_sender(&line, m->from);
	(void)log_add(v->log, &line);
}

/* Whether the end of v is on the screen, and the terminal has the focus. */
static bool
client_in_view(const struct client *c, const struct conversation *v)
{
	return v == conversation_current(c) && !view_is_covered(c) &&
	    log_at_end(v->log) && !screen_away(c->screen);
}

static void
client_notify(struct client *c, const struct conversation *v)
{
	struct buf text = {0};
	size_t end;
	char *name;

	if (loop_now(c->loop) < c->last_bell + RING_PAUSE)
		return;
	c->last_bell = loop_now(c->loop);
	if (!c->config.quiet_bell)
		screen_bell(c->screen);
	if (c->config.no_notify)
		return;
	/* The notification never has the text: it may have been encrypted. */
	name = conversation_name(v);
	(void)text_row(span_str(name), 0, RING_NAME, &end);
	if (name[end] != '\0')
		(void)snprintf(name, strlen(name) + 1, "somebody");
	buf_addf(&text, "message from %s", name);
	screen_notify(c->screen, "signet", (const char *)text.p);
	buf_free(&text);
	free(name);
}

static void
client_count_unread(struct client *c, struct conversation *v, bool urgent)
{
	if (client_in_view(c, v))
		return;
	if (v == conversation_current(c) && log_below(v->log) == 0 &&
	    v->unread == 0)
		log_mark_unread(v->log);
	if (v != conversation_current(c) || screen_away(c->screen)) {
		if (v->unread++ == 0 && v != conversation_current(c))
			log_mark_unread(v->log);
		v->urgent = v->urgent || urgent;
	}
	client_notify(c, v);
}

struct conversation *
client_conversation_for(
    struct client *c, const struct ua_message *m, struct aor *who, bool known)
{
	struct conversation *v = known ? conversation_of(c, who) : NULL;
	size_t strangers = 0;
	struct buf uri = {0};

	if (v != NULL)
		return v;
	if (known && contacts_by_aor(c->contacts, who) == NULL)
		for (size_t i = 0; i < c->count; i++)
			strangers += c->conversations[i]->stranger;
	if (!known || strangers >= CLIENT_STRANGERS) {
		if (c->others == NULL)
			notice_log(c, c->conversations[0], false,
			    "more strangers share a conversation; /query "
			    "ADDRESS opens one");
		return conversation_others(c);
	}
	buf_addf(&uri, "%s:%s",
	    m->transport == TRANSPORT_TLS ||
		    m->transport == TRANSPORT_TLS_MUTUAL
		? "sips"
		: "sip",
	    who->text);
	v = conversation_open(c, (const char *)uri.p, who, true);
	buf_free(&uri);
	return v;
}

/* Keeps all conversations together below CLIENT_BYTES: beyond that, each new
 * message makes its conversation drop its own oldest lines. */
static void
client_limit_memory(const struct client *c, struct conversation *v)
{
	size_t all = 0;

	for (size_t i = 0; i < c->count; i++)
		all += log_bytes(c->conversations[i]->log);
	if (all > CLIENT_BYTES)
		log_limit(v->log, log_bytes(v->log) / 2);
}

/* Says it loudly: it may be somebody else. */
static void
client_tell_changed(struct client *c, struct conversation *v)
{
	static const char how[] =
	    "The message is not signed with the certificate that you pinned.\n"
	    "Somebody may be impersonating them: ask them by telephone.\n"
	    "If the new certificate is theirs:\n\n"
	    "Take its file: /import --force FILE\n"
	    "Compare it: /verify\n"
	    "Pin it: /trust";
	struct buf text = {0};

	buf_addf(&text, "THE CERTIFICATE OF %s HAS CHANGED", v->aor.text);
	notice_how(c, v, true, (const char *)text.p, how);
	buf_free(&text);
}

/* Reports a certificate other than the one they signed with before: loudly
 * where the user has to act, quietly where a trusted CA issued it. */
static void
client_watch_certificate(
    struct client *c, struct conversation *v, const struct ua_message *m)
{
	struct contact *p = v->contact;

	if (m->judged && m->verdict.signature == SIGNATURE_CHANGED) {
		client_tell_changed(c, v);
		return;
	}
	if (p == NULL || m->fingerprint == NULL || m->fingerprint[0] == '\0' ||
	    !m->judged || m->verdict.signature != SIGNATURE_GOOD ||
	    strcmp(p->seen, m->fingerprint) == 0)
		return;
	if (p->seen[0] != '\0' && !m->pinned)
		notice_logf(c, v, false,
		    "%s signs with another certificate of a trusted CA: %.16s",
		    v->aor.text, m->fingerprint);
	(void)snprintf(p->seen, sizeof(p->seen), "%s", m->fingerprint);
	client_contacts_changed(c);
}

/* Whether the message is to stand out in the bar: it alarms, or has a word that
 * the user wants to see. */
static bool
client_is_urgent(const struct client *c, const struct ua_message *m)
{
	struct span word;

	return m->text == NULL || (m->judged && m->verdict.alarm) ||
	    highlight_find(
		span_str(c->config.highlight), span_str(m->text), 0, &word);
}

/* Shows it, unless the conversation was opened just now with it. */
static void
client_show(
    struct client *c, struct conversation *v, const struct ua_message *m)
{
	if (m->id != 0 && m->id <= v->newest)
		return;
	client_limit_memory(c, v);
	client_count_unread(c, v, client_is_urgent(c, m));
	client_add_line(v, m);
	typing_over(v);
	confirm_came(c, v, m, client_in_view(c, v));
	if (client_in_view(c, v))
		people_read(c, v);
	if (v->kind == CONVERSATION_PEER)
		client_watch_certificate(c, v, m);
	screen_want(c->screen, false);
}

bool
client_received(struct client *c, const struct ua_message *m)
{
	struct conversation *v;
	struct err e = {0};
	struct contact *p;
	struct aor who;
	bool known = aor_parse(span_str(m->from), &who, &e) == 0;

	if (c->quitting) {
		if (known)
			aor_free(&who);
		return false;
	}
	p = known ? contacts_by_aor(c->contacts, &who) : NULL;
	if (p == NULL || !p->ignored) {
		c->telling = m->id;
		v = client_conversation_for(c, m, &who, known);
		c->telling = 0;
		client_show(c, v, m);
	}
	if (known)
		aor_free(&who);
	return true;
}

/* --- sent ----------------------------------------------------------------- */

void
client_sending_add(
    struct client *c, uint64_t id, struct conversation *v, uint64_t line)
{
	c->sending = vec_grow(c->sending, c->sending_count, &c->sending_room,
	    sizeof(*c->sending));
	c->sending[c->sending_count++] = (struct sending){
	    .id = id, .line = line, .in = v, .kept = c->store != NULL};
	if (v != NULL && v->person != NULL && v->person->off)
		c->sending[c->sending_count - 1].kept = false;
}

size_t
client_unkept(const struct client *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->sending_count; i++)
		n += !c->sending[i].kept;
	return n;
}

/* Whether it can be encrypted and signed as the header says; else it says why,
 * and what to do. */
static bool
client_can_protect(struct client *c, const struct conversation *v)
{
	const struct smime_preflight *p = &v->preflight.smime;
	const char *why = NULL;
	struct buf text = {0}, how = {0};

	if (conversation_encrypts(c, v) && v->has_preflight &&
	    p->encrypt != SMIME_READY) {
		why = p->encrypt_why;
		advice_encrypt(&how, p, v->aor.text, &c->config);
	} else if (conversation_signs(c, v) && v->has_preflight &&
	    p->sign != SMIME_READY) {
		why = p->sign_why;
		advice_sign(&how, p, &c->config);
	}
	if (why == NULL)
		return true;
	buf_addf(&text, "not sent: %s", why);
	notice_how(c, NULL, true, (const char *)text.p, (const char *)how.p);
	buf_free(&text);
	buf_free(&how);
	return false;
}

/* Whether the message can be sent as the header says; else it says why. */
static bool
client_may_leave(struct client *c, struct conversation *v, struct span text)
{
	struct ua_preflight shown;

	if (v->kind != CONVERSATION_PEER) {
		notice_log(c, NULL, false,
		    "nobody is here to send it to: to: ADDRESS goes to "
		    "somebody");
		return false;
	}
	if (text.n > c->config.max_body) {
		notice_logf(c, NULL, true,
		    "not sent: %zu bytes are more than max-body (%llu)", text.n,
		    (unsigned long long)c->config.max_body);
		return false;
	}
	if (c->sending_count >= CLIENT_SENDING) {
		notice_log(c, NULL, true,
		    "not sent: too many messages wait for an answer");
		return false;
	}
	shown = v->preflight;
	conversation_preflight(c, v);
	if (strcmp(shown.way, v->preflight.way) != 0 ||
	    strcmp(shown.offer, v->preflight.offer) != 0 ||
	    (conversation_encrypts(c, v) &&
		strcmp(shown.smime.fingerprint,
		    v->preflight.smime.fingerprint) != 0)) {
		notice_bar(c,
		    "the header has just changed: check it, then Enter or "
		    "Alt-R sends");
		return false;
	}
	return client_can_protect(c, v);
}

bool
client_send(struct client *c, struct conversation *v, struct span text)
{
	struct ua_send_req letter = {.to = v->uri,
	    .text = (const char *)text.p,
	    .text_len = text.n,
	    .sign = conversation_signs(c, v),
	    .encrypt = conversation_encrypts(c, v)};
	struct log_line line = {.kind = LOG_MINE,
	    .time = time(NULL),
	    .state = LOG_WAITING,
	    .sign = letter.sign,
	    .encrypt = letter.encrypt,
	    .raw = NULL};
	uint64_t number;

	if (!client_may_leave(c, v, text))
		return false;
	line.text = lines_escape(text, &line.text_len);
	line.raw = xstrndup(text);
	line.raw_len = text.n;
	line.sent = ua_send(c->ua, &letter);
	number = log_add(v->log, &line);
	client_sending_add(c, line.sent, v, number);
	typing_sent(c);
	/* Writing to strangers makes them known. The warning before quitting
	 * is due again. */
	conversation_known(v);
	c->dropped = 0;
	log_end(v->log);
	log_read(v->log);
	return true;
}

static struct sending *
client_find_sending(struct client *c, uint64_t id)
{
	for (size_t i = 0; i < c->sending_count; i++)
		if (c->sending[i].id == id)
			return &c->sending[i];
	return NULL;
}

/* Why a message waits, and what the user can do. For free(). */
static char *
client_why_waits(struct client *c, struct conversation *v,
    const struct log_line *line, const struct ua_sent *sent)
{
	struct buf text = {0};
	char *why;

	conversation_preflight(c, v);
	buf_adds(&text, sent->why);
	if (v->preflight.offer[0] != '\0')
		buf_addf(&text,
		    "; /answer sends it by the connection that they wrote on, "
		    "%s",
		    v->preflight.offer);
	why = lines_why(line, (const char *)text.p);
	buf_free(&text);
	return why;
}

void
client_left(struct client *c, const struct ua_sent *sent, bool waits)
{
	struct sending *s = client_find_sending(c, sent->id);
	struct log_line *line = s == NULL || s->in == NULL
	    ? NULL
	    : log_line(s->in->log, s->line);
	char *why;

	if (line == NULL)
		return;
	line->row = sent->row;
	line->state = waits ? LOG_WAITING : LOG_SENT;
	why = waits ? client_why_waits(c, s->in, line, sent) : NULL;
	log_why(s->in->log, s->line, why);
	free(why);
	screen_want(c->screen, false);
}

static void
client_end_line(
    struct client *c, const struct sending *s, const struct ua_sent *sent)
{
	struct log_line *line = log_line(s->in->log, s->line);
	char *why = NULL;

	if (line == NULL)
		return;
	line->row = sent->row;
	/* A receipt may come before the answer. */
	if (sent->exit != 0)
		line->state = LOG_FAILED;
	else if (line->state != LOG_DISPLAYED)
		line->state = sent->status == 202 ? LOG_ACCEPTED
						  : LOG_DELIVERED;
	if (sent->exit != 0) {
		struct buf text = {0};

		buf_adds(&text, sent->why);
		client_meet_sent(c, s->in, line->sign, sent, &text);
		buf_adds(&text, " (Alt-R sends it again)");
		why = lines_why(line, (const char *)text.p);
		buf_free(&text);
		if (s->in != conversation_current(c))
			s->in->unread++;
	} else {
		client_meet_sent(c, s->in, line->sign, sent, NULL);
	}
	log_why(s->in->log, s->line, why);
	free(why);
}

void
client_sent(struct client *c, const struct ua_sent *sent)
{
	struct sending *s = client_find_sending(c, sent->id);

	if (s == NULL) {
		(void)client_introduction_ended(c, sent);
		return;
	}
	if (s->in != NULL)
		client_end_line(c, s, sent);
	else if (sent->exit != 0)
		notice_logf(c, c->conversations[0], true,
		    "a message to %s was not sent: %s", sent->to, sent->why);
	memmove(s, s + 1,
	    (size_t)(c->sending + --c->sending_count - s) * sizeof(*s));
	screen_want(c->screen, false);
}

/* --- one message ---------------------------------------------------------- */

/* The newest failed message of mine, at or above the chosen one. One that was
 * sent again has no raw text and does not count. */
static const struct log_line *
client_find_failed(const struct conversation *v)
{
	const struct log_line *line = log_chosen(v->log);
	uint64_t n = line != NULL && line->kind == LOG_MINE ? line->number
							    : log_last(v->log);

	for (; n > 0; n--) {
		line = log_line(v->log, n);
		if (line == NULL ||
		    (line->kind == LOG_MINE && line->state == LOG_FAILED &&
			line->raw != NULL))
			return line;
	}
	return NULL;
}

/* The message under way whose line is the chosen one or, without one, the last
 * of this conversation. */
static const struct sending *
client_find_waiting(const struct client *c)
{
	const struct conversation *v = conversation_current(c);
	const struct log_line *chosen = log_chosen(v->log);

	for (size_t i = c->sending_count; i > 0; i--)
		if (c->sending[i - 1].in == v &&
		    (chosen == NULL ||
			c->sending[i - 1].line == chosen->number))
			return &c->sending[i - 1];
	return NULL;
}

bool
client_drop(struct client *c)
{
	const struct sending *s = client_find_waiting(c);

	if (s != NULL && ua_drop(c->ua, s->id))
		return true;
	notice_bar(c,
	    log_chosen(conversation_current(c)->log) != NULL
		? "the chosen message is none of yours that waits"
		: "none of your messages waits here");
	return false;
}

void
client_resend(struct client *c)
{
	struct conversation *v = conversation_current(c);
	const struct log_line *failed = client_find_failed(v);
	struct log_line *line;
	struct buf text = {0};
	uint64_t number;

	if (failed == NULL) {
		notice_bar(c, "none of your messages has failed here");
		return;
	}
	number = failed->number;
	buf_add(&text, failed->raw, failed->raw_len);
	if (client_send(c, v, span_buf(&text))) {
		log_choose_none(v->log);
		line = log_line(v->log, number);
		if (line != NULL) {
			wipe(line->raw, line->raw_len);
			free(line->raw);
			line->raw = NULL;
			line->raw_len = 0;
			log_why(v->log, number, "sent again below");
		}
	}
	buf_wipe(&text);
}

void
client_trace(struct client *c, const struct ua_wire *record)
{
	struct conversation *v = NULL;
	struct err e = {0};
	struct aor who;

	if (record->with[0] != '\0' &&
	    aor_parse(span_str(record->with), &who, &e) == 0) {
		v = conversation_of(c, &who);
		aor_free(&who);
	}
	/* The first request of a stranger is traced before its conversation is
	 * open; conversation_trace moves it there. */
	trace_view_add(
	    v != NULL ? conversation_trace(c, v) : c->connections, record);
	if (c->wire != NULL)
		notice_redraw(c);
}
