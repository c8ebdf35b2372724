/*
 * Writes: what the store was asked to do, carried out by the thread that has the
 * writing connection. Private to src/store/.
 */
#ifndef SIGNET_SRC_STORE_WRITE_H
#define SIGNET_SRC_STORE_WRITE_H

#include "src/store/box.h"
#include "src/store/store.h"

enum write_kind {
	WRITE_MESSAGE, /* row, record and raw */
	WRITE_REQUEST, /* row, record, message_id */
	WRITE_STATE, /* row.id, state, status, reason, when */
	WRITE_PERSON, /* row, record */
	WRITE_INPUT, /* record */
	WRITE_DELETE, /* row.id */
	WRITE_FORGET, /* row.talk */
	WRITE_EXPIRE /* row.minute */
};

struct write {
	enum write_kind kind;
	struct db_row row; /* without a box */
	struct buf record, raw; /* in clear: wiped at the end */
	bool waits; /* a MESSAGE of ours that is to be sent */
	enum store_state state;
	int status;
	char *reason;
	char *message_id; /* of a REQUEST, or NULL */
	time_t when;
	store_fn *fn; /* NULL: nobody waits for it */
	void *arg;

	enum store_result result;
	struct err_kept why; /* of STORE_LOST */
	struct write *next;
};

/* The thread's side of a database. */
struct writer {
	struct db *db;
	struct box_keys *keys;
	uint64_t writes; /* boxes written so far */
	bool forgot; /* something was deleted that must leave the WAL */
};

/* Carries out the list w in one transaction, and fills in the results. What one
 * of them meets that the database cannot do fails all. */
void write_all(struct writer *to, struct write *w);
void write_free(struct write *w);

/* The steps of it, for others that have a transaction of their own. Writes a row
 * with the box of a record. */
int write_row(struct writer *to, enum db_table t, const struct db_row *row,
    struct span record, struct err *e);
/* Writes a line of the input line's history under the next number, and deletes
 * the one that is then too old. */
int write_line(
    struct writer *to, struct db_row *row, struct span record, struct err *e);
/* Reads how many boxes were written, or (keep) writes it: keys change by it. */
int write_count(struct writer *to, bool keep, struct err *e);

#endif
