/*
 * The form of a message that is to come out the same each time, or as the
 * draft's did, byte for byte. Flows alone have one: everybody else's names are
 * random, and of now.
 */
#ifndef SIGNET_SRC_UA_FORM_H
#define SIGNET_SRC_UA_FORM_H

#include <stdbool.h>
#include <time.h>

#include "src/base/bytes.h"

/* What a message of draft-ietf-sip-sec-flows-01 says where ours would say
 * something of its own; its request and the answer to it. */
struct form_draft {
	const char *sent_by; /* of the Via: the draft's address and port */
	const char *branch; /* after the magic cookie */
	const char *call_id, *from_tag, *to_tag;
	const char *boundary; /* of its multipart/signed, or NULL */
	const char *contact; /* its user and address */
	const char *answer_contact; /* the same, of who answers */
	const char *received; /* what the answer's Via has more */
};

struct form {
	time_t at; /* Date, and the time of signatures; 0: now */
	const char *names; /* tags, branches, Call-IDs and boundaries are
	                    * digests of it; NULL: they are random */
	const struct form_draft *draft; /* NULL: ours */
	bool opaque; /* what is signed lies inside its signed-data */
};

/* A name of the form: digits hex digits, at most 64, and a NUL. The same for
 * the same names and what. f may be NULL. */
void form_name(
    const struct form *f, const char *what, char *out, size_t digits);

/* The time of the form, or now. f may be NULL. */
time_t form_time(const struct form *f);

#endif
