#include "outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../keys/digest.h"
#include "idn.h"
#include "message.h"

enum {
	OUTBOX_TARGETS = 16,
	OUTBOX_FRESH = 60000, /* ms that a name's addresses are taken for
	                       * true without asking again */
	OUTBOX_LANES = 1024   /* kept for what they know, while unused */
};

/* A message, from ua_send to its end. */
struct letter {
	uint64_t id;
	char *text; /* wiped when it has gone: it may be meant to be sealed */
	size_t text_len;
	bool sign, encrypt;
	uint64_t deadline; /* ms, or UINT64_MAX */
	struct letter *next;
};

/* A URI that messages go to, and the one that is under way. */
struct lane {
	struct outbox *o;
	char *to;          /* as it was given */
	char *request_uri; /* with its scheme */
	char *to_uri;      /* the AOR alone, for the To header field */
	struct letter *first, *last;
	/* of the message under way */
	bool under_way;
	struct smime_body body;
	char call_id[33], from_tag[17], branch[17];
	struct resolve_query *query;
	struct client_transaction *transaction;
	size_t target; /* the one that is tried */
	bool tried, retried;
	struct err why; /* what the last target said */
	/* where it goes */
	struct target targets[OUTBOX_TARGETS];
	size_t count;
	uint64_t resolved; /* ms; 0: not yet */
	struct loop_timer step;  /* goes on in a round of its own */
	struct loop_timer expiry;
	struct lane *next;
};

struct outbox {
	struct outbox_parts p;
	struct lane *lanes;
	size_t count;
	uint64_t ids;
	size_t waiting;
};

static void lane_step(void *arg);
static void lane_expired(void *arg);

/* --- lanes --------------------------------------------------------------------- */

static void
letter_free(struct letter *m)
{
	struct buf text = {(unsigned char *)m->text, m->text_len,
	    m->text_len + 1};

	buf_wipe(&text);
	free(m);
}

static struct lane *
lane_find(struct outbox *o, const char *to)
{
	struct lane *l = o->lanes;

	while (l != NULL && strcmp(l->to, to) != 0)
		l = l->next;
	if (l != NULL)
		return l;
	l = xcalloc(1, sizeof(*l));
	l->o = o;
	l->to = xstrdup(to);
	l->step = (struct loop_timer){.fn = lane_step, .arg = l};
	l->expiry = (struct loop_timer){.fn = lane_expired, .arg = l};
	l->next = o->lanes;
	o->lanes = l;
	o->count++;
	return l;
}

static void
lane_free(struct lane *l)
{
	struct lane **p = &l->o->lanes;

	while (*p != l)
		p = &(*p)->next;
	*p = l->next;
	l->o->count--;
	resolve_cancel(l->query);
	loop_timer_del(l->o->p.loop, &l->step);
	loop_timer_del(l->o->p.loop, &l->expiry);
	smime_body_free(&l->body);
	while (l->first != NULL) {
		struct letter *m = l->first;

		l->first = m->next;
		letter_free(m);
	}
	free(l->to);
	free(l->request_uri);
	free(l->to_uri);
	free(l);
}

struct outbox *
outbox_new(const struct outbox_parts *parts)
{
	struct outbox *o = xcalloc(1, sizeof(*o));

	o->p = *parts;
	return o;
}

void
outbox_free(struct outbox *o)
{
	if (o == NULL)
		return;
	while (o->lanes != NULL)
		lane_free(o->lanes);
	free(o);
}

uint64_t
outbox_add(struct outbox *o, const struct ua_letter *letter)
{
	struct lane *l = lane_find(o, letter->to);
	struct letter *m = xcalloc(1, sizeof(*m));
	uint64_t expires = o->p.config->expires;

	m->id = ++o->ids;
	m->text = xmalloc(letter->text_len + 1);
	memcpy(m->text, letter->text, letter->text_len);
	m->text[letter->text_len] = '\0';
	m->text_len = letter->text_len;
	m->sign = letter->sign;
	m->encrypt = letter->encrypt;
	m->deadline = expires == 0 ? UINT64_MAX
				   : loop_now(o->p.loop) + expires * 1000;
	if (l->last != NULL)
		l->last->next = m;
	else
		l->first = m;
	l->last = m;
	o->waiting++;
	if (!l->under_way && l->step.slot == 0)
		loop_timer_set(o->p.loop, &l->step, 0);
	return m->id;
}

size_t
outbox_waiting(const struct outbox *o)
{
	return o->waiting;
}

/* --- the end of a message ------------------------------------------------------- */

/* The sysexits status that a final answer means. */
static int
exit_of(const struct sip_msg *m)
{
	switch (sip_status(m)) {
	case 400:
	case 413:
	case 415:
	case 420:
	case 484:
	case 488:
	case 493:
		return EX_DATAERR;
	case 404:
	case 604:
		return EX_NOUSER;
	case 408:
	case 480:
	case 486:
	case 600:
		return EX_TEMPFAIL;
	case 503:
		return sip_header_count(m, "Retry-After") > 0
		    ? EX_TEMPFAIL
		    : EX_UNAVAILABLE;
	case 401:
	case 403:
	case 407:
	case 437:
	case 603:
		return EX_NOPERM;
	default:
		return sip_status(m) < 300 ? 0 : EX_UNAVAILABLE;
	}
}

static void
lane_end(struct lane *l, int status, const char *phrase, const struct err *why)
{
	struct outbox *o = l->o;
	struct letter *m = l->first;
	char target[TARGET_TEXT] = "";
	struct ua_sent sent = {.id = m->id,
	    .to = l->to,
	    .text_len = m->text_len,
	    .status = status,
	    .phrase = phrase,
	    .target = target,
	    .call_id = l->call_id,
	    .exit = why->exit,
	    .why = why->text};

	/* The one that answered, or the last that was tried. */
	if (l->tried && l->count > 0)
		target_text(&l->targets[l->target < l->count ? l->target
							      : l->count - 1],
		    target);
	l->first = m->next;
	if (l->first == NULL)
		l->last = NULL;
	o->waiting--;
	l->under_way = false;
	l->transaction = NULL;
	smime_body_free(&l->body);
	loop_timer_del(o->p.loop, &l->expiry);
	if (l->first != NULL)
		loop_timer_set(o->p.loop, &l->step, 0);
	o->p.sent(o->p.arg, &sent);
	letter_free(m);
	/* Whoever called us may still hold the lane: lane_step frees it. */
	if (l->first == NULL && o->count > OUTBOX_LANES)
		loop_timer_set(o->p.loop, &l->step, 0);
}

static void
lane_fail(struct lane *l, const struct err *why)
{
	lane_end(l, 0, "", why);
}

/* The words for a refusal: what the peer says of it, and what a person can
 * do about the ones that puzzle people. */
static void
explain(const struct sip_msg *m, int exit, struct err *why)
{
	struct span reason = sip_reason(m);
	struct span warning = sip_header(m, "Warning", 0);

	if (exit == 0) {
		*why = (struct err){0};
		return;
	}
	(void)err_set(why, exit, "answered %d %.*s%s%.*s%s", sip_status(m),
	    (int)(reason.n > 100 ? 100 : reason.n), (const char *)reason.p,
	    warning.n > 0 ? ": " : "",
	    (int)(warning.n > 300 ? 300 : warning.n),
	    warning.n > 0 ? (const char *)warning.p : "",
	    sip_status(m) == 415 ? "; their client cannot read this type: it "
				   "may know no signed or sealed messages"
				 : "");
}

/* --- targets ---------------------------------------------------------------------- */

/* How much a cause tells a person: a refused certificate is not hidden by
 * the next address being down. */
static int
weight(const struct err *why)
{
	return why->exit == EX_NOPERM  ? 3
	    : why->exit == EX_PROTOCOL ? 2
	    : why->exit == EX_TEMPFAIL ? 1
				       : 0;
}

static void
note_cause(struct lane *l, const struct err *why)
{
	if (l->why.exit == 0 || weight(why) >= weight(&l->why))
		l->why = *why;
}

static void
next_target(struct lane *l, const struct err *why)
{
	note_cause(l, why);
	/* Where no answer came the request may have arrived. */
	if (why->exit == EX_TEMPFAIL || why->exit == EX_PROTOCOL)
		l->retried = true;
	l->target++;
	/* What was known of the place has proved wrong. */
	l->resolved = 0;
	loop_timer_set(l->o->p.loop, &l->step, 0);
}

static void
answered(void *arg, const struct sip_msg *response, const struct err *why)
{
	struct lane *l = arg;
	struct err words;
	char *phrase;
	int exit;

	if (response == NULL) {
		l->transaction = NULL;
		next_target(l, why);
		return;
	}
	if (sip_status(response) < 200)
		return;
	exit = exit_of(response);
	/* Two ways led to one place, and the first message got there. */
	if (sip_status(response) == 482 && l->retried)
		exit = 0;
	explain(response, exit, &words);
	phrase = xstrndup(sip_reason(response));
	lane_end(l, sip_status(response), phrase, &words);
	free(phrase);
}

static int
write_request(const struct lane *l, enum verdict_transport kind,
    const struct addr *local, struct buf *out, struct err *e)
{
	const struct config *c = l->o->p.config;
	struct request r = {.method = "MESSAGE",
	    .uri = l->request_uri,
	    .to = l->to_uri,
	    .from = l->o->p.from_uri,
	    .call_id = l->call_id,
	    .from_tag = l->from_tag,
	    .branch = l->branch,
	    .cseq = 1};
	struct buf route = {0};
	int rc;

	if (c->proxy != NULL) {
		request_route(&route, c->proxy);
		r.route = (const char *)route.p;
	}
	rc = message_write(out, &r, &l->body, kind, local, e);
	buf_free(&route);
	return rc;
}

/* Sends to the current target, or says why that does not work. */
static int
send_to_target(struct lane *l, struct err *e)
{
	const struct outbox_parts *p = &l->o->p;
	struct buf request = {0};
	struct route route;
	struct addr local;

	l->tried = true;
	/* Another target is another transaction (RFC 3263, 4.3). */
	l->branch[15] = (char)('A' + l->target);
	if (transport_reach(p->transport, &l->targets[l->target], &route,
		&local, e) == -1)
		return -1;
	if (write_request(l, route.kind, &local, &request, e) == 0)
		l->transaction = transaction_request(p->transactions, &route,
		    span_buf(&request), answered, l, e);
	buf_free(&request);
	return l->transaction == NULL ? -1 : 0;
}

static void
try_target(struct lane *l)
{
	struct err e = {0};

	for (; l->target < l->count; l->target++) {
		if (send_to_target(l, &e) == 0)
			return;
		note_cause(l, &e);
		l->resolved = 0;
	}
	lane_fail(l, &l->why);
}

static void
resolved(void *arg, const struct target *targets, size_t count,
    const struct err *why)
{
	struct lane *l = arg;

	l->query = NULL;
	l->count = count < OUTBOX_TARGETS ? count : OUTBOX_TARGETS;
	l->target = 0;
	for (size_t i = 0; i < l->count; i++)
		l->targets[i] = targets[i];
	if (count == 0) {
		lane_fail(l, why);
		return;
	}
	l->resolved = loop_now(l->o->p.loop) + 1;
	try_target(l);
}

/* The size that the request will have by UDP, for the choice of transport. */
static size_t
datagram_size(const struct lane *l)
{
	static const struct span longest = {
	    (const unsigned char *)"255.255.255.255", 15};
	struct buf request = {0};
	struct addr local;
	struct err e;
	size_t n;

	(void)addr_numeric(longest, 65535, &local);
	(void)write_request(l, TRANSPORT_UDP, &local, &request, &e);
	n = request.n;
	buf_free(&request);
	return n;
}

static void
resolve_lane(struct lane *l)
{
	const struct config *c = l->o->p.config;
	const char *next_hop = c->proxy != NULL ? c->proxy : l->request_uri;
	struct uri uri;
	struct err e = {0};
	uint64_t now = loop_now(l->o->p.loop);

	if (uri_parse(span_str(next_hop), &uri, &e) == -1) {
		(void)err_in(&e, "%s", next_hop);
		lane_fail(l, &e);
		return;
	}
	/* What is meant for a sips URI goes by TLS, whatever the proxy's says
	 * (RFC 3261, 8.1.2). */
	uri.sips = uri.sips ||
	    span_starts_nocase(span_str(l->request_uri), "sips:");
	/* The transport of a sip URI depends on the message's size. */
	if (l->resolved != 0 && now - l->resolved < OUTBOX_FRESH && uri.sips) {
		l->target = 0;
		try_target(l);
		return;
	}
	l->query = resolve_uri(l->o->p.resolver, &uri,
	    uri.sips ? 0 : datagram_size(l), resolved, l);
}

/* --- a message under way ------------------------------------------------------------ */

/* Reads the address that the lane goes to: EX_DATAERR, a bad URI. */
static int
lane_address(struct lane *l, struct aor *to, struct err *e)
{
	struct span text = span_str(l->to);
	bool scheme = span_starts_nocase(text, "sip:") ||
	    span_starts_nocase(text, "sips:");
	struct buf b = {0};
	struct uri uri;

	buf_adds(&b, scheme ? "" : "sips:");
	if (idn_uri(&b, text, e) == -1) {
		buf_free(&b);
		goto bad;
	}
	free(l->request_uri);
	l->request_uri = (char *)b.p;
	if (uri_parse(span_buf(&b), &uri, e) == -1 ||
	    aor_parse_uri(span_buf(&b), to, e) == -1)
		goto bad;
	if (uri.headers.n > 0) {
		aor_free(to);
		(void)err_set(e, EX_DATAERR,
		    "a URI with header fields (after the '?') is not sent to");
		goto bad;
	}
	b = (struct buf){0};
	buf_addf(&b, "%s:%s", uri.sips ? "sips" : "sip", to->text);
	free(l->to_uri);
	l->to_uri = (char *)b.p;
	return 0;
bad:
	e->exit = EX_DATAERR;
	return err_in(e, "%s", l->to);
}

static int
seal(struct lane *l, const struct letter *m, const struct aor *to,
    struct err *e)
{
	const struct config *c = l->o->p.config;
	struct smime_letter letter = {.from = l->o->p.from,
	    .to = to,
	    .text = {(const unsigned char *)m->text, m->text_len},
	    .sign = m->sign,
	    .encrypt = m->encrypt,
	    .attach_cert = c->attach_cert,
	    .cipher = (enum smime_cipher)c->cipher,
	    .nesting = (enum smime_nesting)c->nesting};

	if (letter.from == NULL)
		return err_set(e, EX_CONFIG,
		    "who is it from? say --aor sips:you@example.com, or "
		    "write it into signet.conf");
	return smime_seal(l->o->p.ks, &c->policy, &letter, &l->body, e);
}

/* Call-ID, From tag and branch, of one draw: each costs OpenSSL's generator
 * two system calls. */
static void
make_names(struct lane *l)
{
	char drawn[65];

	random_hex(drawn, 64);
	memcpy(l->call_id, drawn, 32);
	memcpy(l->from_tag, drawn + 32, 16);
	memcpy(l->branch, drawn + 48, 16);
}

static void
lane_begin(struct lane *l)
{
	const struct letter *m = l->first;
	struct loop *loop = l->o->p.loop;
	struct err e = {0};
	struct aor to;
	int rc;

	l->under_way = true;
	l->tried = l->retried = false;
	l->why = (struct err){0};
	make_names(l);
	if (m->deadline != UINT64_MAX) {
		if (m->deadline <= loop_now(loop)) {
			lane_expired(l);
			return;
		}
		loop_timer_set(loop, &l->expiry,
		    m->deadline - loop_now(loop));
	}
	if (lane_address(l, &to, &e) == -1) {
		lane_fail(l, &e);
		return;
	}
	rc = seal(l, m, &to, &e);
	aor_free(&to);
	if (rc == -1)
		lane_fail(l, &e);
	else
		resolve_lane(l);
}

static void
lane_step(void *arg)
{
	struct lane *l = arg;

	if (l->under_way)
		try_target(l);
	else if (l->first != NULL)
		lane_begin(l);
	else if (l->o->count > OUTBOX_LANES)
		lane_free(l);
}

static void
lane_expired(void *arg)
{
	struct lane *l = arg;
	struct err e = {0};

	resolve_cancel(l->query);
	l->query = NULL;
	if (l->transaction != NULL)
		transaction_abandon(l->transaction);
	loop_timer_del(l->o->p.loop, &l->step);
	(void)err_set(&e, EX_TEMPFAIL, "it expired before it was answered");
	lane_fail(l, &e);
}
