/*
 * Makes the settings of the two sides of a flow, and the format of their
 * messages.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/flows/run_priv.h"
#include "src/net/tls.h"

enum { TLS_1_2 = 0x0303 };

/* Makes the settings of one side that do not depend on its role. */
static void
settle_side(const struct flows *f, const struct flows_run *r,
    const struct flows_sides *s, const char *keys, const char *aor,
    const char *listen, struct config *out)
{
	const struct config *c = f->config;
	const struct flows_plan *p = r->plan;

	config_ephemeral(out, keys, aor, listen);
	/* Each flow is as it is written down, whatever the peer takes. */
	out->wrap = WRAP_NO;
	out->policy = c->policy;
	out->policy.at = s->format.at;
	/* Only flows about revocation have CRLs. */
	out->policy.crl_require = false;
	out->policy.rfc5922 = c->policy.rfc5922 || p->odd == ODD_NO_SIP;
	if (c->passphrase_command != NULL)
		out->passphrase_command = xstrdup(c->passphrase_command);
}

/* Sets how the sender signs and encrypts. */
static void
settle_plan(const struct flows_plan *p, struct config *c)
{
	c->cipher = p->gcm ? CIPHER_AES_128_GCM : CIPHER_AES_128_CBC;
	c->nesting = p->inner ? NESTING_INNER : NESTING_OUTER;
	c->attach_cert = p->attach;
}

bool
flows_by_udp(const struct flows_run *r)
{
	return r->draft != NULL && !flows_is_tls(r->plan);
}

static char *
settle_with_scheme(const char *scheme, const char *rest)
{
	struct buf uri = {0};

	buf_addf(&uri, "%s:%s", scheme, rest);
	return (char *)uri.p;
}

/* Returns the URI of the recipient at the server's address, for free. */
static char *
settle_to_address(const struct flows *f, const char *scheme)
{
	struct buf uri = {0};

	buf_addf(&uri, "%s:%.*s@%s", scheme, (int)strcspn(f->them.key, "@"),
	    f->them.key, f->address);
	return (char *)uri.p;
}

static void
settle_both(
    const struct flows *f, const struct flows_run *r, struct flows_sides *s)
{
	const struct flows_plan *p = r->plan;
	const char *scheme = flows_by_udp(r) ? "sip" : "sips";
	bool address = p->odd == ODD_ADDRESS && !p->turned;
	char *us = settle_with_scheme(scheme, f->us.key);

	settle_side(f, r, s, r->keys.sender, us, NULL, &s->ours);
	free(us);
	settle_plan(p, &s->ours);
	if (p->mutual)
		s->ours.proxy = settle_with_scheme(scheme, f->them.host);
	s->to = address ? settle_to_address(f, scheme)
			: settle_with_scheme(scheme, f->them.key);
	settle_side(f, r, s, r->keys.recipient, s->to,
	    f->await != NULL      ? f->await
		: flows_by_udp(r) ? "udp:127.0.0.1:0"
				  : "tls:127.0.0.1:0",
	    &s->theirs);
	/* Where a certificate is only asked for, a person's counts as none. */
	s->theirs.client_certs = !p->mutual   ? TLS_NO
	    : p->turned && p->odd == ODD_NAME ? TLS_REQUIRE
					      : TLS_ASK;
}

/* With a peer, the user's own settings apply. The peer does not have a
 * certificate that was just made, so it is attached. In mutual TLS flows the
 * peer's host is the proxy, since we present our certificate only to a proxy
 * and to our own domain. */
static void
settle_ours(const struct flows *f, struct flows_run *r, struct flows_sides *s)
{
	const struct flows_plan *p = r->plan;

	s->to = xstrdup(f->peer);
	s->ours = *f->config;
	s->ours.keys = r->keys.sender;
	settle_plan(p, &s->ours);
	if (f->ca != NULL && p->sign)
		s->ours.attach_cert = true;
	if (!p->mutual || s->ours.proxy != NULL)
		return;
	s->proxy = settle_with_scheme("sips", strchr(f->peer, '@') + 1);
	s->ours.proxy = s->proxy;
}

void
flows_unsettle(const struct flows *f, struct flows_sides *s)
{
	free(s->to);
	free(s->proxy);
	free(s->names);
	if (f->peer != NULL)
		return;
	config_free(&s->ours);
	config_free(&s->theirs);
}

void
flows_name(const struct flows *f, const struct flows_run *r, unsigned number,
    struct flows_sides *s)
{
	struct buf names = {0};

	if (f->seed == NULL)
		return;
	buf_addf(&names, "%s %s %u", f->seed, r->plan->name, number);
	free(s->names);
	s->format.seed = s->names = (char *)names.p;
}

/* Sets the time and the format of the messages. */
static void
settle_set_format(
    const struct flows *f, struct flows_run *r, struct flows_sides *s)
{
	const struct flows_plan *p = r->plan;
	time_t at = 0;

	if (f->config->policy.legacy && f->peer == NULL)
		r->draft = flows_draft_of(p->name, &at);
	s->format.draft = r->draft;
	s->format.at = r->draft != NULL ? at : f->at;
	s->format.opaque = p->opaque;
	flows_format_init(&s->format, p->tls12 ? TLS_1_2 : 0);
	flows_name(f, r, 0, s);
}

void
flows_settle(
    const struct flows *f, struct flows_run *r, struct flows_sides *out)
{
	*out = (struct flows_sides){.to = NULL};
	settle_set_format(f, r, out);
	if (f->peer != NULL)
		settle_ours(f, r, out);
	else
		settle_both(f, r, out);
}
