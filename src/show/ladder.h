/*
 * A message in one line: when, who to whom, what, its body in a word, and how
 * long its answer took.
 */
#ifndef SIGNET_SRC_SHOW_LADDER_H
#define SIGNET_SRC_SHOW_LADDER_H

#include "src/base/bytes.h"

struct ladder_step {
	uint64_t when; /* ms since the epoch; 0: not shown */
	struct span head, body;
	bool has_request; /* of a response: requested is known */
	uint64_t requested; /* ms since the epoch: when its request was */
	bool hides_size; /* of the body */
};

/* Appends
 *   12:00:01.042 alice@example.com -> bob@example.net  MESSAGE  signed 1834 bytes
 *   12:00:01.054 alice@example.com <- bob@example.net  200 OK  12 ms
 * marked with its kind (src/base/paint.h). The sender of the request is on the
 * left, whoever sends the message. What comes from the wire is escaped and cut,
 * and has no two blanks in a row, which separate the columns. The word for a
 * body is what its outside shows: signed, encrypted, signed+encrypted,
 * certificates, or its media type. */
void ladder_line(struct buf *out, const struct ladder_step *step);

#endif
