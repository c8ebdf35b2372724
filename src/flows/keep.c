/*
 * Records the events of a flow in the sender's process, in the order in which
 * they went over the wire.
 */
#include <stdlib.h>
#include <string.h>

#include "src/flows/run_priv.h"
#include "src/net/tls_event.h"

/* Limits of a flow; a handshake has some twenty records. */
enum {
	KEEP_EVENTS = 1000,
	KEEP_BYTES = 8 << 20,
	KEEP_RECORD = 100 /* estimated bytes of text about a record */
};

void
flows_keep_begin(struct flows_keeper *k, struct flows_run *r, bool same)
{
	*k = (struct flows_keeper){.r = r, .same = same};
	k->dump = ssldump_new(same);
}

static struct flows_event *
keep_event_add(struct flows_run *r, enum flows_kind kind, bool out)
{
	struct flows_event *ev;

	r->events = xrealloc(r->events, (r->count + 1) * sizeof(*r->events));
	ev = &r->events[r->count++];
	*ev = (struct flows_event){.kind = kind, .out = out};
	return ev;
}

static void
keep_event_free(struct flows_event *ev)
{
	buf_free(&ev->head);
	buf_free(&ev->body);
	buf_free(&ev->text);
}

void
flows_run_free(struct flows_run *r)
{
	for (size_t i = 0; i < r->count; i++)
		keep_event_free(&r->events[i]);
	free(r->events);
	free(r->why);
	free(r->trouble);
	buf_free(&r->found);
	*r = (struct flows_run){.count = 0};
}

static void
keep_tls(struct flows_keeper *k, const struct ua_wire *w)
{
	struct flows_run *r = k->r;
	struct flows_event *last = r->count > 0 ? &r->events[r->count - 1]
						: NULL;
	bool begins = w->tls->kind == TLS_EVENT_TCP;

	if (ssldump_asks_certificate(w->tls))
		r->asked = true;
	/* It is chance whether the end of the connection is seen. */
	if (w->tls->kind == TLS_EVENT_FIN && k->same)
		return;
	if (last == NULL || last->kind != FLOWS_TLS || begins)
		last = keep_event_add(r, FLOWS_TLS, false);
	last->begins = last->begins || begins;
	ssldump_print(k->dump, w, &last->text);
}

/* Records a message. The event of a request comes when it is written; the
 * request is sent once the connection is open, or never. */
static void
keep_message(struct flows_keeper *k, const struct ua_wire *w)
{
	struct flows_event ev = {
	    .kind = w->kind == UA_WIRE_REQUEST ? FLOWS_REQUEST : FLOWS_RESPONSE,
	    .out = w->out,
	    .when = w->when};

	buf_addspan(&ev.head, w->head);
	buf_addspan(&ev.body, w->body);
	if (w->out && w->flow != k->open && strncmp(w->peer, "udp:", 4) != 0) {
		keep_event_free(&k->early);
		k->early = ev;
	} else
		*keep_event_add(k->r, ev.kind, ev.out) = ev;
}

/* The request that waited leaves now. */
static void
keep_early(struct flows_keeper *k, uint64_t when)
{
	k->early.when = when;
	*keep_event_add(k->r, k->early.kind, true) = k->early;
}

bool
flows_keep(struct flows_keeper *k, const struct ua_wire *w)
{
	k->bytes += w->head.n + w->body.n +
	    (w->kind == UA_WIRE_TLS ? KEEP_RECORD + w->tls->content.n * 8 : 0);
	if (k->r->count >= KEEP_EVENTS || k->bytes > KEEP_BYTES)
		return false;
	switch (w->kind) {
	case UA_WIRE_TLS:
		keep_tls(k, w);
		break;
	case UA_WIRE_REQUEST:
	case UA_WIRE_RESPONSE:
		keep_message(k, w);
		break;
	case UA_WIRE_OPENED:
		k->open = w->flow;
		if (k->early.head.n > 0)
			keep_early(k, w->when);
		k->early = (struct flows_event){.out = true};
		break;
	case UA_WIRE_LOST:
	case UA_WIRE_STEP:
		break;
	}
	return true;
}

void
flows_keep_end(struct flows_keeper *k)
{
	ssldump_free(k->dump);
	keep_event_free(&k->early);
}
