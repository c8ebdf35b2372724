#include "src/ua/ua_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/store/keystore.h"
#include "src/net/endpoint.h"

enum {
	UA_LOOK = 10 /* ms between two looks for changes in the key store */
};

/* --- what the parts tell -------------------------------------------------- */

static void
ua_message_moved(void *arg, enum ua_event_type what, const struct ua_sent *sent)
{
	struct ua_event ev = {.type = what, .sent = sent};

	(void)ua_tell(arg, &ev);
}

static void
ua_outbox_note(void *arg, const char *words)
{
	ua_note(arg, UA_NOTE, words);
}

static void
ua_tls_note(void *arg, bool problem, const char *words)
{
	ua_note(arg, problem ? UA_PROBLEM : UA_NOTE, words);
}

/* --- connections ---------------------------------------------------------- */

static void
ua_opened(
    void *arg, const struct flow_ref *to, bool ours, const struct tls *tls)
{
	struct ua *ua = arg;
	char *words;

	if (trace_on(ua->trace)) {
		words = tls != NULL ? tls_describe(tls)
				    : xstrdup("in clear, without TLS");
		trace_opened(ua->trace, ours, to, words);
		free(words);
	}
	sender_opened(ua->sender, to->flow);
}

static void
ua_lost(void *arg, const struct flow_ref *route, const struct err *why)
{
	struct ua *ua = arg;
	char peer[ADDR_TEXT];
	struct err e = *why;

	addr_text(&route->peer, peer);
	trace_lost(ua->trace, route, why->text);
	(void)err_in(&e, "%s:%s", verdict_transport_name(route->kind), peer);
	transactions_lost(ua->transactions, route->flow, why);
	ua_registrars_lost(ua, route->flow, why);
	if (return_paths_lost(ua->return_paths, route->flow))
		ua_way_changed(ua);
	ua_note(ua, UA_NOTE, e.text);
}

static void
ua_trace_failed(void *arg, const struct err *why)
{

	ua_note(arg, UA_PROBLEM, why->text);
}

/* --- life ----------------------------------------------------------------- */

static int
ua_read_aors(struct ua *ua, struct err *e)
{
	const struct config_list *list = &ua->config->aors;

	ua->aors = xcalloc(list->count + 1, sizeof(*ua->aors));
	ua->uris = xcalloc(list->count + 1, sizeof(*ua->uris));
	for (size_t i = 0; i < list->count; i++) {
		struct buf uri = {0};

		if (aor_parse(span_str(list->items[i]), &ua->aors[i], e) ==
		    -1) {
			e->exit = EX_CONFIG;
			return err_in(e, "aor %s", list->items[i]);
		}
		buf_addf(&uri, "%s:%s",
		    span_starts_nocase(span_str(list->items[i]), "sip:")
			? "sip"
			: "sips",
		    ua->aors[i].text);
		ua->uris[i] = (char *)uri.p;
		ua->aor_count++;
	}
	return 0;
}

/* A proxy that is none is a fault of the settings, not of a message. */
static int
ua_check_proxy(const struct config *c, struct err *e)
{
	struct uri uri;

	if (c->proxy == NULL || uri_parse(span_str(c->proxy), &uri, e) == 0)
		return 0;
	e->exit = EX_CONFIG;
	return err_in(e, "proxy %s", c->proxy);
}

/* TLS, and whom we show who we are: our proxy and our registrars. */
static int
ua_open_tls(struct ua *ua, struct err *e)
{
	const struct config *c = ua->config;
	struct tls_settings settings = {.ks = ua->ks,
	    .policy = &c->policy,
	    .client_certs = (enum tls_client_certs)c->client_certs,
	    .max = ua->format->tls_max,
	    .note = ua_tls_note,
	    .arg = ua};
	struct uri proxy;

	if (tls_context_new(&settings, &ua->tls, e) == -1)
		return -1;
	for (size_t i = 0; i < ua->aor_count; i++)
		tls_add_client_cert(
		    ua->tls, span_str(ua->aors[i].host), ua->aors[i].host);
	if (ua->aor_count > 0 && c->proxy != NULL &&
	    uri_parse(span_str(c->proxy), &proxy, e) == 0)
		tls_add_client_cert(ua->tls, proxy.host, ua->aors[0].host);
	return 0;
}

static void
ua_open_parts(struct ua *ua)
{
	const struct config *c = ua->config;
	struct transport_limits limits = {.stream = {.head = c->max_header,
					      .headers = c->max_headers,
					      .body = c->max_body},
	    .connections = c->max_connections,
	    .message_timeout = c->message_timeout * 1000,
	    .idle_timeout = c->idle_timeout * 1000,
	    .answer_timeout = SIP_TIMER_F + 1000,
	    .connect_timeout = c->connect_timeout * 1000,
	    .unsent = c->max_unsent,
	    .buffered = c->max_buffered};
	struct transport_handler owner = {.arg = ua,
	    .message = ua_received,
	    .pong = ua_registrars_pong,
	    .has_pending = ua_owed,
	    .opened = ua_opened,
	    .lost = ua_lost};

	ua->transport = transport_new(ua->loop, ua->tls, &limits, &owner);
	ua->resolver = resolver_new(ua->loop, c->dns.items, c->dns.count);
	ua->format->name(ua->format->arg, "answers", ua->secret, 64);
	keystore_set_refresh_interval(ua->ks, UA_LOOK);
	ua->digest = digest_new();
	ua->replies = reply_cache_new(c->max_answered);
	ua->seen = reply_cache_new(c->max_answered);
	ua->return_paths = return_paths_new();
	ua->receipts = receipts_new();
}

/* Makes the request sender, and the outbox above it. */
static void
ua_open_outbox(struct ua *ua)
{
	struct sender_parts sender = {.loop = ua->loop,
	    .config = ua->config,
	    .transport = ua->transport,
	    .resolver = ua->resolver,
	    .transactions = ua->transactions,
	    .format = ua->format,
	    .aors = ua->aors,
	    .aor_count = ua->aor_count,
	    .service_route = ua_routes,
	    .refused = ua_password_refused,
	    .arg = ua};
	struct outbox_parts outbox = {.loop = ua->loop,
	    .ks = ua->ks,
	    .config = ua->config,
	    .format = ua->format,
	    .from = ua->aor_count > 0 ? &ua->aors[0] : NULL,
	    .from_uri = ua->uris[0],
	    .return_paths = ua->return_paths,
	    .receipts = ua->receipts,
	    .tell = ua_message_moved,
	    .note = ua_outbox_note,
	    .arg = ua};

	ua->sender = sender_new(&sender);
	outbox.sender = ua->sender;
	ua->outbox = outbox_new(&outbox);
}

int
ua_new(struct loop *loop, struct keystore *ks, const struct config *config,
    ua_fn *fn, void *arg, struct ua **out, struct err *e)
{
	return ua_new_formatted(
	    loop, ks, config, &ua_format_default, fn, arg, out, e);
}

int
ua_new_formatted(struct loop *loop, struct keystore *ks,
    const struct config *config, const struct ua_format *format, ua_fn *fn,
    void *arg, struct ua **out, struct err *e)
{
	struct ua *ua = xcalloc(1, sizeof(*ua));

	ua->loop = loop;
	ua->ks = ks;
	ua->config = config;
	ua->format = format;
	ua->fn = fn;
	ua->arg = arg;
	if (ua_read_aors(ua, e) == -1 || ua_check_proxy(config, e) == -1 ||
	    trace_open(config->trace, ua_trace_failed, ua, &ua->trace, e) ==
		-1 ||
	    ua_open_tls(ua, e) == -1) {
		ua_free(ua);
		return -1;
	}
	ua_open_parts(ua);
	if (transactions_new(
		loop, ua->transport, ua->trace, &ua->transactions, e) == -1) {
		ua_free(ua);
		return -1;
	}
	ua_open_outbox(ua);
	*out = ua;
	return 0;
}

void
ua_free(struct ua *ua)
{
	if (ua == NULL)
		return;
	/* The owner, who may be half gone, is told nothing more. */
	if (ua->tls != NULL)
		tls_watch(ua->tls, NULL, NULL);
	ua_forget_delayed(ua);
	ua_forget_keeping(ua);
	ua_forget_lookup(ua);
	ua_registrars_free(ua);
	outbox_free(ua->outbox);
	sender_free(ua->sender);
	transactions_free(ua->transactions);
	resolver_free(ua->resolver);
	transport_free(ua->transport);
	tls_context_free(ua->tls);
	trace_close(ua->trace);
	reply_cache_free(ua->replies);
	reply_cache_free(ua->seen);
	digest_free(ua->digest);
	return_paths_free(ua->return_paths);
	receipts_free(ua->receipts);
	for (size_t i = 0; i < ua->here.count; i++)
		free(ua->here.items[i]);
	free(ua->here.items);
	for (size_t i = 0; i < ua->aor_count; i++) {
		free(ua->uris[i]);
		aor_free(&ua->aors[i]);
	}
	free(ua->uris);
	free(ua->aors);
	free(ua);
}

/* --- listening ------------------------------------------------------------ */

static void
ua_add_here(struct ua *ua, const char *host)
{
	ua->here.items = xrealloc(
	    ua->here.items, (ua->here.count + 1) * sizeof(*ua->here.items));
	ua->here.items[ua->here.count++] = xstrdup(host);
	if (strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0)
		ua->everywhere = true;
}

/* The certificate for those who ask for no name: of our own domain, else of
 * the host that we listen on. */
static int
ua_serve_tls(
    struct ua *ua, const struct endpoint *ep, char shown[256], struct err *e)
{
	const char *hosts[3] = {NULL, NULL, NULL}, *host;
	size_t n = 0;

	if (ua->aor_count > 0)
		hosts[n++] = ua->aors[0].host;
	hosts[n] = ep->host;
	if (tls_choose_default(ua->tls, hosts, &host, e) == 0) {
		(void)snprintf(shown, 256, "%s", host);
		return 0;
	}
	return err_in(e, "cannot listen on tls:%s:%u", ep->host, ep->port);
}

static int
ua_listen_at(struct ua *ua, const char *text, struct err *e)
{
	struct endpoint ep;
	char shown[256] = ""; /* no host's name is longer */
	size_t listening = 0;

	if (endpoint_parse(text, &ep, e) == -1)
		return -1;
	if (ep.kind == TRANSPORT_TLS && ua_serve_tls(ua, &ep, shown, e) == -1)
		return -1;
	for (size_t i = 0; i < ep.count; i++) {
		struct target at = {.kind = ep.kind, .addr = ep.addrs[i]};
		char words[TARGET_TEXT], host[ADDR_TEXT];
		struct ua_event ev = {.type = UA_LISTENING, .words = words};

		/* Of a name's addresses one is enough: machines without
		 * IPv6 have ::1 for localhost all the same. */
		if (transport_listen(
			ua->transport, at.kind, &at.addr, shown, e) == -1)
			continue;
		listening++;
		addr_host(&at.addr, host);
		ua_add_here(ua, host);
		target_text(&at, words);
		(void)ua_tell(ua, &ev);
	}
	ua_add_here(ua, ep.host);
	return listening > 0 ? 0 : -1;
}

int
ua_listen(struct ua *ua, struct err *e)
{
	const struct config_list *list = &ua->config->listens;
	size_t listening = 0;

	if (ua_registers(ua) && ua_register(ua, e) == -1)
		return -1;
	/* Messages come over the registered connection. */
	if (ua_registers(ua) && list->count == 0)
		return 0;
	if (list->count <= 1)
		return ua_listen_at(ua,
		    list->count == 0 ? "tls:localhost:5061" : list->items[0],
		    e);
	for (size_t i = 0; i < list->count; i++)
		if (ua_listen_at(ua, list->items[i], e) == 0)
			listening++;
		else
			ua_note(ua, UA_PROBLEM, e->text);
	return listening > 0
	    ? 0
	    : err_set(e, e->exit, "nothing is left to listen on");
}

uint64_t
ua_send(struct ua *ua, const struct ua_send_req *letter)
{
	return outbox_add(ua->outbox, letter);
}

void
ua_pending(
    struct ua *ua, void (*fn)(void *arg, const struct ua_pending *p), void *arg)
{
	outbox_pending(ua->outbox, fn, arg);
}

bool
ua_drop(struct ua *ua, uint64_t id)
{
	return outbox_drop(ua->outbox, id);
}

size_t
ua_waiting(const struct ua *ua)
{
	return outbox_waiting(ua->outbox);
}

void
ua_stop_accepting(struct ua *ua)
{
	if (ua->stopped)
		return;
	ua->stopped = true;
	/* The answer to our goodbye has to come in before. */
	ua_unregister(ua);
}

void
ua_close_all(struct ua *ua)
{
	struct err why = {0};

	(void)err_set(&why, EX_UNAVAILABLE, "we hung up");
	transport_close_all(ua->transport, &why);
}

bool
ua_busy(const struct ua *ua)
{
	return ua->delayed != NULL || ua->keeping != NULL || ua->leaving > 0 ||
	    transport_unsent(ua->transport);
}
