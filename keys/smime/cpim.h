/*
 * message/cpim (RFC 3862): a text with its sender, recipients and date in
 * header fields of its own, so that a signature covers these too; and the fields
 * by which receipts are asked for (RFC 5438).
 */
#ifndef SIGNET_KEYS_SMIME_CPIM_H
#define SIGNET_KEYS_SMIME_CPIM_H

#include <time.h>

#include "keys/x509/identity.h"
#include "src/base/bytes.h"

enum {
	CPIM_TO_MAX = 16, /* To fields */
	CPIM_LINES_MAX = 64, /* header fields */
	CPIM_ID_MAX = 128 /* bytes of a Message-ID */
};

/* Receipts that the sender asks for, as bits (RFC 5438, 6.3). */
enum {
	CPIM_WANTS_DELIVERY = 1, /* positive-delivery */
	CPIM_WANTS_FAILURE = 2, /* negative-delivery */
	CPIM_WANTS_DISPLAY = 4
};

/* A message that was parsed; spans point into it. */
struct cpim {
	struct span from; /* the URI */
	struct span to[CPIM_TO_MAX]; /* URIs */
	size_t to_count;
	bool dated;
	time_t date;
	struct span message_id; /* empty: there is none */
	unsigned wants; /* CPIM_WANTS_* */
	struct span content; /* a MIME entity */
};

enum cpim_result {
	CPIM_OK,
	CPIM_MALFORMED,
	CPIM_REQUIRES /* its Require names a field that is not known here */
};

/* Parses the content of a message/cpim. Names are resolved by the NS fields
 * before them and compared with case, as RFC 3862 has it; unknown fields are
 * ignored. From is there exactly once; DateTime, Message-ID and
 * Disposition-Notification at most once. *why is set to words if the result is
 * not CPIM_OK. */
enum cpim_result cpim_parse(
    struct span all, struct cpim *out, const char **why);

/* Parses the URI of a From or To field: sip, sips, im and pres name the same
 * person. out is for aor_free. EX_DATAERR. */
int cpim_person(struct span uri, struct aor *out, struct err *e);

/* Appends the header of a message and the empty line behind it. from and to are
 * addresses as aor.text has them; message_id is of letters and digits. */
void cpim_write_header(struct buf *out, const char *from, const char *to,
    time_t date, const char *message_id, unsigned wants);

#endif
