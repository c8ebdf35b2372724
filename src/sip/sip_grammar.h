/*
 * The header fields whose values we look into, by the grammar of RFC 3261.
 * Private to src/sip*.c. All spans are borrowed from the value read; the
 * functions give static words for what is wrong, or NULL.
 */
#ifndef SIGNET_SRC_SIP_SIP_GRAMMAR_H
#define SIGNET_SRC_SIP_SIP_GRAMMAR_H

#include "src/sip/sip_scan.h"

/* name-addr or addr-spec, with the parameters of the header field. */
struct sip_addr {
	struct span display; /* raw, with its quotes; empty: none */
	struct span uri;
	bool bracketed; /* in < > */
	struct span tag; /* empty: none */
	struct span params; /* all of the field's own, raw */
};

/* The first via-parm of a Via field. */
struct sip_via {
	struct span whole; /* all of it */
	struct span sender; /* protocol and sent-by: whole without parameters */
	struct span transport;
	struct span host; /* without brackets */
	unsigned port; /* 0: none */
	struct span branch, maddr;
	bool rport;
	struct sip_params params;
};

/* Any URI: sip and sips by their own grammar, others as absoluteURI. */
const char *sip_uri_fault(struct span uri);
bool sip_uri_ours(struct span uri); /* sip: or sips: */
/* Whether a SIP URI has headers behind a "?". */
bool sip_uri_headers(struct span uri);
/* Whether it has %00, %0d or %0a: well formed (RFC 4475, 3.1.1.4), but
 * nobody's address. */
bool sip_uri_hides(struct span uri);

/* One address; what is behind it is left in sc. */
const char *sip_addr_read(struct sip_scan *sc, struct sip_addr *out);
/* One via-parm. */
const char *sip_via_read(struct sip_scan *sc, struct sip_via *out);

/* Whole values. */
const char *sip_addr_fault(struct span v); /* From, To, Reply-To */
const char *sip_contact_fault(struct span v); /* "*" or addresses */
const char *sip_route_fault(struct span v); /* addresses in < > */
const char *sip_via_fault(struct span v);
const char *sip_call_id_fault(struct span v);
const char *sip_call_ids_fault(struct span v); /* In-Reply-To */
const char *sip_forwards_fault(struct span v); /* 0 to 255 */
const char *sip_number_fault(struct span v); /* digits, however many */
const char *sip_media_fault(struct span v); /* Content-Type */
const char *sip_medias_fault(struct span v); /* Accept: may be empty */
const char *sip_token_fault(struct span v);
const char *sip_tokens_fault(struct span v); /* one or more, with commas */
const char *sip_options_fault(struct span v); /* the same, or none */
const char *sip_list_fault(struct span v); /* or none, with parameters */
const char *sip_disposition_fault(struct span v);
const char *sip_version_fault(struct span v); /* MIME-Version */
const char *sip_date_fault(struct span v);
/* CSeq, taken apart; the number is below 2^31 (8.1.1.5). */
const char *sip_cseq_read(struct span v, uint32_t *number, struct span *method);

#endif
