/*
 * The inside of a sip_msg. Private to src/sip/.
 *
 * Calls go down this list: sip.c, sip_lists.c, sip_auth.c; sip_write.c;
 * sip_check.c; sip_fields.c; sip_addr.c, sip_via.c, sip_values.c; sip_scan.c.
 */
#ifndef SIGNET_SRC_SIP_SIP_MSG_PRIV_H
#define SIGNET_SRC_SIP_SIP_MSG_PRIV_H

#include "src/sip/sip.h"
#include "src/sip/sip_grammar_priv.h"

struct sip_field {
	struct span name; /* the long form, even if it came compact */
	struct span value; /* unfolded and trimmed */
	bool ruled; /* sip_check has a rule for its value */
};

/* All spans are borrowed from head, body and unfolded, or static. */
struct sip_msg {
	struct buf head, body;
	struct buf unfolded; /* the values that came in several lines */
	struct sip_field *fields; /* in the order of the message */
	size_t *sorted; /* indices of fields, by name, then by order */
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
	const struct sip_field *odd; /* the first malformed field that was
	                              * ignored, or NULL */
	const char *odd_why; /* static */
};

/* Splits the head into start line and fields. Returns the first fault in its
 * lines, static, or NULL. */
const char *sip_fields_read(struct sip_msg *m);
/* Returns the place in m->sorted of the first field called name; *count gets
 * how many of that name there are. */
size_t sip_fields_find(
    const struct sip_msg *m, struct span name, size_t *count);
/* Reads the start line and the values of the accessors, and checks the message:
 * sets fault and why. lines is the result of sip_fields_read. */
void sip_check(struct sip_msg *m, const char *lines);

#endif
