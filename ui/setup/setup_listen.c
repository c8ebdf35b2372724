/*
 * The setup without an account: where signet listens, and the certificate that
 * it shows there.
 */
#include "ui/setup/setup_priv.h"

#include <stdlib.h>

#include "keys/x509/uri.h"
#include "src/base/text.h"

enum { LISTEN_AT, LISTEN_CERTIFICATE };

static const struct form_field listen_fields[] = {
    {.label = "Listen on",
	.hint = "where messages reach you; empty: you only send",
	.example = "tls:example.com:5061 or tcp:192.0.2.1:5060"},
    {.label = "Make a certificate?",
	.hint = "y: make one, which friends import; n: there is one",
	.yes_no = true,
	.yes = true},
};

/* The domain of the address, which friends compare with the certificate. For
 * free(). */
static char *
setup_listen_domain(const struct setup *s)
{
	struct aor who;
	struct err e;
	char *domain;

	if (aor_parse(span_str(s->config.aors.items[0]), &who, &e) == -1)
		return NULL;
	domain = xstrdup(who.host);
	aor_free(&who);
	return domain;
}

void
setup_listen_show(struct setup *s)
{
	struct form_field filled[2] = {listen_fields[0], listen_fields[1]};
	char *domain = setup_listen_domain(s);
	struct buf at = {0};

	buf_addf(&at, "tls:%s:5061", domain != NULL ? domain : "localhost");
	filled[LISTEN_AT].text = (const char *)at.p;
	form_free(s->listen_form);
	s->listen_form = form_new("signet: no password, so no account",
	    "No password: signet does not register, and friends connect to "
	    "this computer. Enter: next field; on the last: go on   ESC: back  "
	    " ^C: quit",
	    filled, 2);
	s->step = STEP_LISTEN;
	buf_free(&at);
	free(domain);
}

static bool
setup_listen_refuse(struct setup *s, const char *text)
{
	setup_problem(s, text);
	form_go(s->listen_form, LISTEN_AT);
	return false;
}

/* Makes the certificate of a host, unless there is one. Its key has no
 * passphrase, so that signet listens without asking. */
static bool
setup_listen_make(struct setup *s, const char *host)
{
	static const struct keystore_new how = {.days = 1095};
	struct keystore *ks;
	struct err e = {0};
	int rc;

	if (keystore_open(s->config.keys, true, &ks, &e) == -1)
		return setup_listen_refuse(s, e.text);
	rc = setup_has(ks, host, KEYSTORE_DOMAIN)
	    ? 0
	    : keystore_make(ks, host, &how, &e);
	keystore_free(s->ks);
	s->ks = ks;
	keystore_on_passphrase(s->ks, setup_passphrase, s);
	return rc == 0 || setup_listen_refuse(s, e.text);
}

static bool
setup_listen_event(void *arg, const struct ua_event *ev)
{
	struct setup *s = arg;

	if (ev->type == UA_PROBLEM && s->problem.n == 0)
		setup_problem(s, ev->words);
	return false;
}

/* Listens for a moment, to find out whether that works. */
static bool
setup_listen_try(struct setup *s)
{
	struct err e = {0};
	struct ua *ua;
	int rc;

	if (ua_new(s->loop, s->ks, &s->config, setup_listen_event, s, &ua,
		&e) == -1)
		return setup_listen_refuse(s, e.text);
	rc = ua_listen(ua, &e);
	ua_free(ua);
	if (rc == -1)
		return setup_listen_refuse(s, e.text);
	if (s->problem.n > 0)
		form_go(s->listen_form, LISTEN_AT);
	return s->problem.n == 0;
}

void
setup_listen_forget(struct setup *s)
{
	if (s->listen == NULL)
		return;
	s->config.listens = (struct config_list){0};
	free(s->listen);
	s->listen = NULL;
}

bool
setup_listen_read(struct setup *s)
{
	struct config *c = &s->config;
	struct span at = span_trim(
	    span_str(form_text(s->listen_form, LISTEN_AT)));
	char *domain;
	bool done;

	setup_listen_forget(s);
	if (at.n == 0)
		return true;
	s->listen = xstrndup(at);
	c->listens = (struct config_list){.items = &s->listen, .count = 1};
	domain = setup_listen_domain(s);
	done = domain != NULL &&
	    (!form_yes(s->listen_form, LISTEN_CERTIFICATE) ||
		span_starts_nocase(at, "tcp:") ||
		span_starts_nocase(at, "udp:") ||
		setup_listen_make(s, domain)) &&
	    setup_listen_try(s);
	free(domain);
	return done;
}

void
setup_listen_explain(const struct setup *s, struct buf *out)
{
	char *domain = setup_listen_domain(s);

	if (s->listen != NULL && domain != NULL &&
	    setup_has(s->ks, domain, KEYSTORE_DOMAIN)) {
		config_recipe(&s->config,
		    "And the host's:      $ keys export # > host.pem\n", domain,
		    out);
		buf_adds(out, "They take that by:   /import --root host.pem\n");
	}
	free(domain);
}
