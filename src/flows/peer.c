/*
 * The recipient of a flow: a user agent in a process of its own, which writes
 * its verdict to a pipe.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keys/store/keystore.h"
#include "src/app/secret.h"
#include "src/base/savefile.h"
#include "src/flows/flows_priv.h"
#include "src/show/report.h"
#include "src/show/ssldump.h"
#include "src/ua/agent.h"

int
flows_keystore(const struct config *c, struct keystore **out, struct err *e)
{
	if (keystore_open(c->keys, false, out, e) == -1)
		return -1;
	keystore_on_passphrase(*out, secret_passphrase, c->passphrase_command);
	return 0;
}

static void
peer_write_record(const struct flows_peer *p, char kind, struct span s)
{
	struct flows_record record = {.kind = kind};
	struct buf b = {0};

	s = span_cut(s, 0, FLOWS_RECORD);
	record.size = (uint32_t)s.n;
	buf_add(&b, &record, sizeof(record));
	buf_addspan(&b, s);
	(void)savefile_put(p->told, span_buf(&b));
	buf_free(&b);
}

static void
peer_write_verdict(const struct flows_peer *p, const struct ua_message *m)
{
	const struct verdict *v = &m->verdict;
	struct flows_end end = {.status = m->status,
	    .signature = m->judged ? v->signature : SIGNATURE_NONE,
	    .encryption = m->judged ? v->encryption : ENCRYPTION_NONE,
	    .transport = m->transport};
	struct buf b = {0};

	buf_add(&b, &end, sizeof(end));
	report_found(&b, m);
	peer_write_record(p, FLOWS_TOLD_MESSAGE, span_buf(&b));
	buf_free(&b);
}

static bool
peer_on_event(void *arg, const struct ua_event *ev)
{
	const struct flows_peer *p = arg;

	if (ev->type == UA_WIRE && ev->wire->kind == UA_WIRE_TLS &&
	    ssldump_refuses_certificate(ev->wire->tls))
		peer_write_record(p, FLOWS_TOLD_REFUSED, span_str(""));
	if (ev->type == UA_LISTENING)
		peer_write_record(p, FLOWS_TOLD_LISTENS, span_str(ev->words));
	else if (ev->type == UA_MESSAGE)
		peer_write_verdict(p, ev->message);
	else if (ev->type == UA_PROBLEM || ev->type == UA_NOTE)
		peer_write_record(p, FLOWS_TOLD_TROUBLE, span_str(ev->words));
	return true;
}

int
flows_peer(const struct flows_peer *with)
{
	struct agent agent = {.ks = NULL};
	struct err e = {0};
	int rc = flows_keystore(with->config, &agent.ks, &e);

	if (rc == 0)
		rc = agent_open(&agent, with->config, with->format,
		    peer_on_event, (void *)(uintptr_t)with, &e);
	if (rc == 0) {
		ua_watch(agent.ua, with->watched);
		rc = agent_serve(&agent, with->alive, &e);
	}
	if (rc == -1)
		peer_write_record(with, FLOWS_TOLD_FAILED,
		    (struct span){(const unsigned char *)&e, sizeof(e)});
	agent_close(&agent);
	return rc == 0 ? 0 : EX_SOFTWARE;
}
