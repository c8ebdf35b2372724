/*
 * The grammar of header field values (RFC 3261, 25.1). Private to src/sip/. All
 * spans are borrowed from the value. The functions that return a string return
 * the fault, static, or NULL if there is none.
 */
#ifndef SIGNET_SRC_SIP_SIP_GRAMMAR_PRIV_H
#define SIGNET_SRC_SIP_SIP_GRAMMAR_PRIV_H

#include "src/sip/sip_scan_priv.h"

/* name-addr or addr-spec, with the parameters of the header field. */
struct sip_addr {
	struct span display; /* raw, with its quotes; empty: none */
	struct span uri;
	bool bracketed; /* in < > */
	struct span tag; /* empty: none */
	struct span params; /* all parameters of the field, raw */
};

/* The first via-parm of a Via field. */
struct sip_via {
	struct span whole;
	struct span sender; /* protocol and sent-by, without parameters */
	struct span transport;
	struct span host; /* without brackets */
	unsigned port; /* 0: none */
	struct span branch, maddr;
	bool rport;
	struct sip_params params;
};

/* Checks a URI: sip and sips by their own grammar, others as absoluteURI. */
const char *sip_uri_fault(struct span uri);
bool sip_uri_is_sip(struct span uri); /* it is sip: or sips: */
/* Returns whether a SIP URI has headers, after a "?". */
bool sip_uri_has_headers(struct span uri);
/* Returns whether a URI has an escaped NUL, CR or LF (%00, %0d, %0a): well
 * formed (RFC 4475, 3.1.1.4), but not safe to use. */
bool sip_uri_has_control(struct span uri);

/* Reads one address off sc, with its parameters. */
const char *sip_addr_read(struct sip_scan *sc, struct sip_addr *out);
/* Reads one via-parm off sc. */
const char *sip_via_read(struct sip_scan *sc, struct sip_via *out);

/* Each checks a whole value. */
const char *sip_addr_fault(struct span v); /* From, To, Reply-To */
const char *sip_contact_fault(struct span v); /* "*" or addresses */
const char *sip_route_fault(struct span v); /* addresses, each in < > */
const char *sip_via_fault(struct span v);
const char *sip_call_id_fault(struct span v);
const char *sip_call_ids_fault(struct span v); /* In-Reply-To */
const char *sip_forwards_fault(struct span v); /* 0 to 255 */
const char *sip_number_fault(struct span v); /* digits, however many */
const char *sip_media_fault(struct span v); /* Content-Type */
const char *sip_medias_fault(struct span v); /* Accept; may be empty */
const char *sip_token_fault(struct span v);
const char *sip_tokens_fault(
    struct span v); /* one or more, with commas between */
const char *sip_options_fault(struct span v); /* none or more */
const char *sip_list_fault(struct span v); /* none or more, with parameters */
const char *sip_disposition_fault(struct span v);
const char *sip_version_fault(struct span v); /* MIME-Version */
const char *sip_date_fault(struct span v);
/* Reads CSeq; its number must be below 2^31 (8.1.1.5). */
const char *sip_cseq_read(struct span v, uint32_t *number, struct span *method);

#endif
