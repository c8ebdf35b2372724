#include "src/store/write.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/store/record.h"

enum {
	WRITE_INPUTS = 1000, /* lines of the input line's history */
	WRITE_PATIENCE = 50 /* tries, 100 ms apart, to empty the WAL */
};

void
write_free(struct write *w)
{
	buf_wipe(&w->record);
	buf_wipe(&w->raw);
	free(w->reason);
	free(w->message_id);
	err_kept_free(&w->why);
	free(w);
}

/* --- one row -------------------------------------------------------------- */

/* A message with a Message-ID is found by it: one of ours by its recipient, one
 * that came by who signed it. */
static int
write_said(struct writer *to, uint64_t id, struct span record, struct err *e)
{
	unsigned char said[DB_MAC];
	struct store_message m;

	if (!record_read_message(record, &m) || m.message_id == NULL)
		return 0;
	box_said(to->keys, m.direction == STORE_IN,
	    m.direction == STORE_IN ? m.verdict.signer : m.peer, m.message_id,
	    said);
	return db_say(to->db, said, id, e);
}

int
write_row(struct writer *to, enum db_table t, const struct db_row *row,
    struct span record, struct err *e)
{
	struct db_row full = *row;
	struct buf box = {0};
	int rc;

	box_seal(to->keys, t, row, to->writes, record, &box);
	to->writes++;
	full.box = span_buf(&box);
	rc = db_write(to->db, t, &full, e);
	if (rc == 0 && t == DB_MESSAGES)
		rc = write_said(to, row->id, record, e);
	buf_free(&box);
	return rc;
}

/* Reads a message's row and record; its strings are of *record. Returns 1, with
 * e, for one that is damaged. */
static int
write_read(struct writer *to, uint64_t id, struct db_row *row,
    struct buf *record, struct store_message *m, struct err *e)
{
	struct buf box = {0};
	int rc = db_read(to->db, DB_MESSAGES, id, row, &box, e);

	if (rc == 0 &&
	    (!box_open(to->keys, DB_MESSAGES, row, record) ||
		!record_read_message(span_buf(record), m))) {
		(void)err_set(e, EX_DATAERR,
		    "the message %llu of the history is damaged",
		    (unsigned long long)id);
		rc = 1;
	}
	buf_free(&box);
	return rc;
}

/* --- each kind ------------------------------------------------------------ */

/* A message that came before: gives the answer that it got. */
static int
write_known(struct writer *to, struct write *w, uint64_t id, struct err *e)
{
	struct store_message m;
	struct buf record = {0};
	struct db_row row;
	int rc = write_read(to, id, &row, &record, &m, e);

	w->result = STORE_KNOWN;
	w->row.id = id;
	/* One that is damaged came, and is not shown again. */
	w->status = rc == 0 ? m.status : 200;
	buf_wipe(&record);
	return rc == -1 ? -1 : 0;
}

/* What waits is found by its row among the requests, which has none yet. */
static int
write_wait(struct writer *to, const struct db_row *row, struct err *e)
{
	struct buf record = {0};
	int rc;

	record_write_bytes((struct span){NULL, 0}, &record);
	rc = write_row(to, DB_REQUESTS, row, span_buf(&record), e);
	buf_free(&record);
	return rc;
}

static int
write_message(struct writer *to, struct write *w, struct err *e)
{
	static const unsigned char none[DB_MAC];
	struct db_row beside = {.id = 0};
	bool known = false;
	uint64_t id;

	if (memcmp(w->row.seen, none, DB_MAC) != 0 &&
	    db_find_seen(to->db, w->row.seen, &id, &known, e) == -1)
		return -1;
	if (known)
		return write_known(to, w, id, e);
	if (db_next(to->db, DB_MESSAGES, &w->row.id, e) == -1 ||
	    write_row(to, DB_MESSAGES, &w->row, span_buf(&w->record), e) == -1)
		return -1;
	beside.id = w->row.id;
	beside.minute = w->row.minute;
	if (w->raw.n > 0 &&
	    write_row(to, DB_SIGNED, &beside, span_buf(&w->raw), e) == -1)
		return -1;
	return w->waits ? write_wait(to, &beside, e) : 0;
}

/* The message was forgotten meanwhile, or is damaged: that is no fault of the
 * disk, and the others of the transaction are not lost with it. */
static int
write_none(struct write *w, const struct err *why)
{
	w->result = STORE_LOST;
	err_keep(&w->why, why);
	return 0;
}

/* Returns whether a message in this state is not tried again. */
static bool
write_is_final(enum store_state s)
{
	return s != STORE_WAITING && s != STORE_SENT;
}

static bool
write_got_there(enum store_state s)
{
	return s == STORE_ACCEPTED || s == STORE_DELIVERED;
}

static int
write_state(struct writer *to, struct write *w, struct err *e)
{
	struct buf record = {0}, changed = {0};
	struct store_message m;
	struct db_row row;
	int rc = write_read(to, w->row.id, &row, &record, &m, e);

	if (rc == 0) {
		/* A receipt may come before the answer. */
		if (m.state != STORE_DISPLAYED || !write_got_there(w->state))
			m.state = w->state;
		m.status = w->status;
		m.reason = w->reason;
		if (w->when != 0)
			m.arrived = w->when;
		record_write_message(&m, &changed);
		rc = write_row(to, DB_MESSAGES, &row, span_buf(&changed), e);
	}
	if (rc == 0 && write_is_final(w->state))
		rc = db_delete(to->db, DB_REQUESTS, w->row.id, e);
	buf_wipe(&record);
	buf_wipe(&changed);
	if (rc == 1 || (rc == -1 && e->exit == EX_NOINPUT))
		return write_none(w, e);
	return rc;
}

/* The Message-ID of its body is the message's from now on. */
static int
write_name(struct writer *to, struct write *w, const struct db_row *row,
    struct store_message *m, struct err *e)
{
	struct buf changed = {0};
	int rc = 0;

	if (w->message_id != NULL &&
	    (m->message_id == NULL ||
		strcmp(m->message_id, w->message_id) != 0)) {
		m->message_id = w->message_id;
		record_write_message(m, &changed);
		rc = write_row(to, DB_MESSAGES, row, span_buf(&changed), e);
		buf_wipe(&changed);
	}
	return rc;
}

static int
write_request(struct writer *to, struct write *w, struct err *e)
{
	struct buf record = {0};
	struct store_message m;
	struct db_row row;
	int rc = write_read(to, w->row.id, &row, &record, &m, e);

	if (rc == 0)
		rc = write_name(to, w, &row, &m, e);
	if (rc == 0)
		rc = write_row(
		    to, DB_REQUESTS, &w->row, span_buf(&w->record), e);
	buf_wipe(&record);
	if (rc == 1 || (rc == -1 && e->exit == EX_NOINPUT))
		return write_none(w, e);
	return rc;
}

int
write_line(
    struct writer *to, struct db_row *row, struct span record, struct err *e)
{
	if (db_next(to->db, DB_INPUTS, &row->id, e) == -1 ||
	    write_row(to, DB_INPUTS, row, record, e) == -1)
		return -1;
	return row->id > WRITE_INPUTS
	    ? db_delete(to->db, DB_INPUTS, row->id - WRITE_INPUTS, e)
	    : 0;
}

static int
write_one(struct writer *to, struct write *w, struct err *e)
{
	w->result = STORE_DONE;
	switch (w->kind) {
	case WRITE_MESSAGE:
		return write_message(to, w, e);
	case WRITE_REQUEST:
		return write_request(to, w, e);
	case WRITE_STATE:
		return write_state(to, w, e);
	case WRITE_PERSON:
		return write_row(
		    to, DB_PEOPLE, &w->row, span_buf(&w->record), e);
	case WRITE_INPUT:
		return write_line(to, &w->row, span_buf(&w->record), e);
	case WRITE_DELETE:
		return db_delete(to->db, DB_MESSAGES, w->row.id, e);
	case WRITE_FORGET:
		to->forgot = true;
		return db_forget(to->db, w->row.talk, e);
	case WRITE_EXPIRE:
		return db_expire(to->db, w->row.minute, e);
	}
	return 0;
}

/* --- all ------------------------------------------------------------------ */

int
write_count(struct writer *to, bool keep, struct err *e)
{
	struct buf value = {0};
	uint64_t n = to->writes;
	bool there = false;
	int rc = 0;

	if (keep) {
		buf_addf(&value, "%llu", (unsigned long long)n);
		rc = db_put(to->db, "writes", span_buf(&value), e);
	} else {
		rc = db_get(to->db, "writes", &value, &there, e);
		if (rc == 0 && there &&
		    number_parse(span_buf(&value), INT64_MAX, &n))
			to->writes = n;
	}
	buf_free(&value);
	return rc;
}

static int
write_transaction(struct writer *to, struct write *first, struct err *e)
{
	if (db_begin(to->db, e) == -1)
		return -1;
	if (write_count(to, false, e) == -1)
		return -1;
	for (struct write *w = first; w != NULL; w = w->next)
		if (write_one(to, w, e) == -1)
			return -1;
	if (write_count(to, true, e) == -1)
		return -1;
	return db_commit(to->db, e);
}

/* What was deleted leaves the WAL, too; another process that reads is waited
 * for. */
static int
write_out_of_wal(struct writer *to, struct err *e)
{
	static const struct timespec pause = {0, 100000000};
	int rc = db_checkpoint(to->db, e);

	for (int i = 0;
	     rc == -1 && e->exit == EX_TEMPFAIL && i < WRITE_PATIENCE; i++) {
		(void)nanosleep(&pause, NULL);
		rc = db_checkpoint(to->db, e);
	}
	return rc;
}

static void
write_lost(struct write *first, bool forgets, const struct err *why)
{
	for (struct write *w = first; w != NULL; w = w->next) {
		if (forgets && w->kind != WRITE_FORGET)
			continue;
		w->result = STORE_LOST;
		err_keep(&w->why, why);
	}
}

void
write_all(struct writer *to, struct write *first)
{
	struct err e = {0};

	to->forgot = false;
	if (write_transaction(to, first, &e) == -1) {
		db_rollback(to->db);
		write_lost(first, false, &e);
	} else if (to->forgot && write_out_of_wal(to, &e) == -1)
		write_lost(first, true, &e);
}
