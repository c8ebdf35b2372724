/*
 * What a sip_msg is made of. Private to src/sip*.c.
 */
#ifndef SIGNET_SRC_SIP_SIP_MSG_H
#define SIGNET_SRC_SIP_SIP_MSG_H

#include "src/sip/sip.h"
#include "src/sip/sip_grammar.h"

struct osip_message;

struct sip_field {
	struct span name; /* the long form where it came as a compact one */
	struct span value; /* unfolded and trimmed */
	bool ruled; /* what it may hold is more than text */
};

/* All spans are borrowed from head, body and unfolded, or static. */
struct sip_msg {
	struct buf head, body;
	struct buf unfolded; /* values that came in several lines */
	struct sip_field *fields; /* as they came */
	size_t *sorted; /* indices of fields, by name, then as they came */
	size_t count;
	bool request;
	bool on_stream;
	struct span start;
	struct span method; /* of CSeq in a response */
	struct span uri;
	struct span reason;
	int status;
	struct span version;
	struct sip_addr from, to;
	struct sip_via via; /* the first */
	uint32_t cseq;
	int fault;
	const char *why;
	struct osip_message *osip;
};

/* Cuts the head into start line and fields; what is wrong with the lines. */
const char *sip_fields_read(struct sip_msg *m);
/* The first of the fields called name (long form) in m->sorted, and how many
 * there are. */
size_t sip_fields_find(
    const struct sip_msg *m, struct span name, size_t *count);
/* Reads the start line, then the values that accessors give, and says what is
 * wrong: sets fault and why. lines: what sip_fields_read found. */
void sip_check(struct sip_msg *m, const char *lines);
/* Reads the start line and those values of a request that we have written. */
void sip_read_ours(struct sip_msg *m);

#endif
