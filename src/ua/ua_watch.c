/*
 * What the owner may look at: the wire, the steps of resolution, how a
 * message would leave.
 */
#include "src/ua/ua_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/dns/resolve_text.h"
#include "src/net/idn.h"

enum { WATCH_WIDTH = 80 }; /* where words of steps are wrapped */

/* A URI that ua_resolve looks up for the owner. */
struct ua_lookup {
	struct ua *ua;
	struct resolve_query *query;
	struct buf lines;
	ua_text_fn *fn;
	void *arg;
};

static void
ua_wire_seen(void *arg, const struct ua_wire *wire)
{
	struct ua_event ev = {.type = UA_WIRE, .wire = wire};

	(void)ua_tell(arg, &ev);
}

static void
ua_tls_seen(void *arg, const struct tls_event *event)
{
	struct ua *ua = arg;

	trace_tls(ua->trace, event);
}

/* A step of a message's query, a registrar's, or the owner's own. */
static void
ua_stepped(void *arg, const void *of, const struct resolve_step *step)
{
	struct ua *ua = arg;
	struct buf words = {0};
	const char *with;

	if (of == ua->lookup) {
		resolve_text_step(&ua->lookup->lines, step, WATCH_WIDTH);
		return;
	}
	with = outbox_resolves(ua->outbox, of);
	resolve_text_step(&words, step, WATCH_WIDTH);
	trace_step(ua->trace, with != NULL ? with : "", (const char *)words.p);
	buf_free(&words);
}

static void
ua_watch_steps(struct ua *ua)
{
	bool wanted = ua->watched || ua->lookup != NULL;

	resolver_watch(ua->resolver, wanted ? ua_stepped : NULL, ua);
}

void
ua_watch(struct ua *ua, bool more)
{
	ua->watched = more;
	trace_tap(ua->trace, more ? ua_wire_seen : NULL, ua);
	tls_watch(ua->tls, more ? ua_tls_seen : NULL, ua);
	ua_watch_steps(ua);
}

/* --- resolving ------------------------------------------------------------ */

void
ua_forget_lookup(struct ua *ua)
{
	if (ua->lookup == NULL)
		return;
	resolve_cancel(ua->lookup->query);
	buf_free(&ua->lookup->lines);
	free(ua->lookup);
	ua->lookup = NULL;
}

static void
ua_resolved(void *arg, const struct target *targets, size_t count,
    const struct err *why)
{
	struct ua_lookup *a = arg;
	struct buf *b = &a->lines;
	struct ua *ua = a->ua;
	struct buf lines;
	ua_text_fn *fn = a->fn;
	void *fn_arg = a->arg;

	a->query = NULL;
	if (count > 0)
		resolve_text_targets(b, targets, count);
	else {
		char *safe = text_escape_line(span_str(why->text));

		buf_addf(b, "\n%s\n", safe);
		free(safe);
	}
	lines = *b;
	*b = (struct buf){0};
	ua_forget_lookup(ua);
	ua_watch_steps(ua);
	fn(fn_arg, (const char *)lines.p);
	buf_free(&lines);
}

int
ua_resolve(
    struct ua *ua, const char *uri, ua_text_fn *fn, void *arg, struct err *e)
{
	struct buf text = {0}, hop = {0};
	struct resolve_query *query;
	struct ua_lookup *a;
	struct uri asked, first;
	enum sender_way by;

	if (ua->lookup != NULL)
		return err_set(e, EX_TEMPFAIL,
		    "another URI is being resolved; wait for it");
	if (idn_typed(&text, uri, &asked, e) == -1) {
		buf_free(&text);
		return -1;
	}
	by = sender_hop(ua->sender, (const char *)text.p, &hop);
	if (uri_parse(span_buf(&hop), &first, e) == -1) {
		(void)err_in(e, "the way to %s", uri);
		buf_free(&text);
		buf_free(&hop);
		return -1;
	}
	first.sips = first.sips || asked.sips;
	a = xcalloc(1, sizeof(*a));
	*a = (struct ua_lookup){.ua = ua, .fn = fn, .arg = arg};
	if (by != SENDER_STRAIGHT) {
		buf_adds(&a->lines,
		    by == SENDER_PROXY ? "by the proxy "
				       : "by the registrar's ");
		text_escape(&a->lines, span_buf(&hop), false);
		buf_adds(&a->lines, "\n\n");
	}
	ua->lookup = a;
	ua_watch_steps(ua);
	query = sender_resolve(ua->sender, &first, ua_resolved, a);
	/* NULL: a was told, and is gone. */
	if (query != NULL)
		a->query = query;
	buf_free(&text);
	buf_free(&hop);
	return 0;
}

/* --- how a message would leave -------------------------------------------- */

/* The transports that a URI may lead to (RFC 3263, 4.1). */
static const char *
ua_by_transport(const struct uri *hop, bool sips)
{
	struct span t;

	if (hop->sips || sips)
		return "tls";
	if (uri_param(hop, "transport", &t))
		return span_is_nocase(t, "tls") ? "tls"
		    : span_is_nocase(t, "tcp")  ? "tcp"
		    : span_is_nocase(t, "udp")  ? "udp"
						: "a way that is not ours";
	return hop->host_kind != HOST_NAME || hop->port != 0
	    ? "udp, or tcp where it is long"
	    : "udp, tcp or tls";
}

/* The host and port that a hop names, without DNS: its own port, or that of
 * the transport for an address. False where DNS decides. */
static bool
ua_place(const struct uri *hop, const char *how, struct buf *out)
{
	enum uri_host_kind kind = hop->host_kind;
	struct span host = hop->host;
	unsigned port = hop->port != 0 ? hop->port
	    : strcmp(how, "tls") == 0  ? 5061
				       : 5060;

	/* maddr stands for the host (RFC 3263, 4). */
	if (uri_param(hop, "maddr", &host) && !uri_host_kind(host, &kind))
		kind = HOST_NAME;
	host = span_cut(host, 0, 150);
	if (kind == HOST_IPV6 && host.p[0] != '[') {
		buf_adds(out, "[");
		buf_addspan(out, host);
		buf_adds(out, "]");
	} else
		text_escape(out, host, false);
	if (hop->port == 0 && kind == HOST_NAME)
		return false;
	buf_addf(out, ":%u", port);
	return true;
}

static void
ua_find_way(struct ua *ua, const char *uri, bool sips, char way[300])
{
	struct buf hop = {0}, place = {0};
	enum sender_way by = sender_hop(ua->sender, uri, &hop);
	const char *how, *at;
	struct uri first;
	struct err e;
	bool known;

	if (uri_parse(span_buf(&hop), &first, &e) == -1) {
		(void)snprintf(way, 300, "none: %.250s", e.text);
		buf_free(&hop);
		return;
	}
	how = ua_by_transport(&first, sips);
	known = ua_place(&first, how, &place);
	at = (const char *)place.p;
	switch (by) {
	case SENDER_PROXY:
		/* A port that the URI has need not be told twice. */
		(void)snprintf(way, 300, "%s by %.200s%s%s%s", how,
		    ua->config->proxy, known && first.port == 0 ? " (" : "",
		    known && first.port == 0 ? at : "",
		    known && first.port == 0 ? ")" : "");
		break;
	case SENDER_REGISTRAR:
		(void)snprintf(way, 300,
		    "%s by the registrar of %.80s, at %.160s", how,
		    ua->aors[0].host, at);
		break;
	case SENDER_STRAIGHT:
		(void)snprintf(way, 300,
		    known ? "%s straight to %.200s"
			  : "%s, as DNS says for %.200s",
		    how, at);
		break;
	}
	buf_free(&place);
	buf_free(&hop);
}

/* The connection that they wrote on, where it is offered or taken. */
static void
ua_find_return(struct ua *ua, const char *uri, const struct aor *who,
    bool encrypt, struct ua_preflight *out)
{
	const struct return_path *path = outbox_return_path(
	    ua->outbox, uri, who, encrypt ? out->smime.fingerprint : "");
	struct target target;
	struct addr local;
	char text[TARGET_TEXT];

	if (path == NULL || path->state == RETURN_KNOWN ||
	    !transport_accepted(ua->transport, &path->flow, &local))
		return;
	target = (struct target){
	    .kind = path->flow.kind, .addr = path->flow.peer};
	target_text(&target, text);
	if (path->state == RETURN_TAKEN)
		(void)snprintf(out->way, sizeof(out->way),
		    "by the connection they wrote on, %s", text);
	else
		(void)snprintf(out->offer, sizeof(out->offer), "%s", text);
}

int
ua_answer_back(struct ua *ua, const char *to, struct err *e)
{
	const struct return_path *path;
	struct aor who;
	char *uri;
	bool sips;
	int rc = 0;

	if (outbox_address(to, &uri, &who, &sips, e) == -1)
		return -1;
	path = return_paths_find(ua->return_paths, &who);
	if (path == NULL)
		rc = err_set(e, EX_UNAVAILABLE,
		    "no connection is open on which %s wrote a good message "
		    "without a proxy",
		    who.text);
	else if (sips && !path->named)
		rc = err_set(e, EX_UNAVAILABLE,
		    "%s wrote on a connection without a client certificate "
		    "that names %s, so nothing to a sips URI goes there",
		    who.text, who.host);
	else if (path->state == RETURN_KNOWN)
		rc = err_set(e, EX_UNAVAILABLE,
		    "no message to %s waits for a way; one that does%s may go "
		    "by the connection they wrote on",
		    who.text,
		    path->named ? ""
				: ", and is encrypted to the certificate of "
				  "their message,");
	else {
		return_paths_take(ua->return_paths, &who);
		outbox_kick(ua->outbox, &who);
		ua_way_changed(ua);
	}
	free(uri);
	aor_free(&who);
	return rc;
}

int
ua_preflight(struct ua *ua, const char *to, bool encrypt,
    struct ua_preflight *out, struct err *e)
{
	struct aor who;
	char *uri;
	bool sips;

	if (outbox_address(to, &uri, &who, &sips, e) == -1)
		return -1;
	*out = (struct ua_preflight){.way = ""};
	ua_find_way(ua, uri, sips, out->way);
	smime_preflight(ua->ks, &ua->config->policy,
	    ua->aor_count > 0 ? &ua->aors[0] : NULL, &who, &out->smime);
	ua_find_return(ua, uri, &who, encrypt, out);
	free(uri);
	aor_free(&who);
	return 0;
}
