#include "src/ua/transaction_priv.h"

#include <stdlib.h>
#include <string.h>

#include <osipparser2/osip_parser.h>

static void
transaction_no_trace(const char *file, int line, osip_trace_level_t level,
    const char *format, va_list ap)
{
	(void)file;
	(void)line;
	(void)level;
	(void)format;
	(void)ap;
}

void
transaction_osip_quiet(void)
{
	osip_trace_initialize_func(OSIP_FATAL, transaction_no_trace);
}

static char *
transaction_osip_copy(struct span s)
{
	char *copy = osip_malloc(s.n + 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}

/* Fills in a Via; osip chooses its timers by that. */
static bool
transaction_osip_via(osip_message_t *m)
{
	osip_via_t *via;

	if (osip_via_init(&via) != 0)
		return false;
	via_set_version(via, osip_strdup("2.0"));
	via_set_protocol(via, osip_strdup("UDP"));
	via_set_host(via, osip_strdup("host"));
	if (osip_list_add(&m->vias, via, -1) > 0)
		return true;
	osip_via_free(via);
	return false;
}

/* Makes a request for osip's machines, which look at its method, at the
 * transport of its Via, and whether the rest is there. Nothing of it is ever
 * sent, and transactions are found by our own fields, so no text of a message
 * has to be parsed again. NULL: no memory. */
static osip_message_t *
transaction_osip_request(struct span method)
{
	osip_message_t *m;
	bool ok;

	if (osip_message_init(&m) != 0)
		return NULL;
	osip_message_set_method(m, transaction_osip_copy(method));
	ok = osip_uri_init(&m->req_uri) == 0 && osip_from_init(&m->from) == 0 &&
	    osip_to_init(&m->to) == 0 && osip_call_id_init(&m->call_id) == 0 &&
	    osip_cseq_init(&m->cseq) == 0 && transaction_osip_via(m);
	if (ok) {
		osip_uri_set_scheme(m->req_uri, osip_strdup("sip"));
		osip_uri_set_host(m->req_uri, osip_strdup("host"));
		osip_call_id_set_number(m->call_id, osip_strdup("1"));
		osip_cseq_set_number(m->cseq, osip_strdup("1"));
		osip_cseq_set_method(m->cseq, transaction_osip_copy(method));
		return m;
	}
	osip_message_free(m);
	return NULL;
}

osip_transaction_t *
transaction_osip_begin(
    osip_t *osip, struct span method, osip_message_t **request)
{
	osip_transaction_t *tr;

	*request = transaction_osip_request(method);
	if (*request == NULL)
		return NULL;
	if (osip_transaction_init(&tr, NICT, osip, *request) == 0)
		return tr;
	osip_message_free(*request);
	return NULL;
}
