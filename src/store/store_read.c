/*
 * Reading: rows of the database, opened one after the other.
 */
#include <stdlib.h>
#include <string.h>

#include "src/store/record.h"
#include "src/store/store_priv.h"

/* Who is given the rows of one reading. */
struct reading {
	struct store *s;
	enum db_table table;
	bool waiting;
	union {
		store_each_fn *message;
		bool (*person)(void *arg, const struct store_person *p);
		bool (*line)(void *arg, struct span line);
	} fn;
	void *arg;
	struct err why; /* set: it has failed */
};

/* --- messages ------------------------------------------------------------- */

static bool
store_is_waiting(const struct store_message *m)
{
	return m->direction == STORE_OUT &&
	    (m->state == STORE_WAITING || m->state == STORE_SENT);
}

static bool
store_read_message(void *arg, const struct db_row *row)
{
	const struct reading *r = arg;
	struct store_message m;
	struct buf record = {0};
	bool sound = box_open(r->s->keys, r->table, row, &record) &&
	    record_read_message(span_buf(&record), &m);
	bool more;

	if (!sound)
		memset(&m, 0, sizeof(m));
	m.id = row->id;
	more = sound && r->waiting && !store_is_waiting(&m)
	    ? true
	    : r->fn.message(r->arg, &m, !sound);
	buf_wipe(&record);
	return more;
}

/* A row of the requests: the message that it is of waits. */
static bool
store_read_waiting(void *arg, const struct db_row *request)
{
	struct reading *r = arg;
	struct buf box = {0};
	struct db_row row;
	struct err e = {0};
	bool more = true;

	if (db_read(r->s->db, DB_MESSAGES, request->id, &row, &box, &e) == 0)
		more = store_read_message(arg, &row);
	else if (e.exit != EX_NOINPUT)
		r->why = e;
	buf_free(&box);
	return more && r->why.exit == 0;
}

int
store_read(struct store *s, const struct store_query *q, store_each_fn *fn,
    void *arg, struct err *e)
{
	struct reading r = {.s = s,
	    .table = DB_MESSAGES,
	    .waiting = q->waiting,
	    .fn = {.message = fn},
	    .arg = arg};
	unsigned char talk[DB_MAC];
	struct db_query rows = {.before = q->before,
	    .after = q->after,
	    .since = (uint64_t)q->since / 60,
	    .until = (uint64_t)q->until / 60,
	    .backward = q->backward};

	if (!q->waiting) {
		if (q->peer != NULL) {
			box_talk(s->keys, q->peer, talk);
			rows.talk = talk;
		}
		return db_each(
		    s->db, DB_MESSAGES, &rows, store_read_message, &r, e);
	}
	/* What waits is few, and found without a look at all else. */
	if (db_each(s->db, DB_REQUESTS, &rows, store_read_waiting, &r, e) == -1)
		return -1;
	if (r.why.exit == 0)
		return 0;
	*e = r.why;
	return -1;
}

/* Reads the record of one row, for the caller to wipe. */
static int
store_read_row(struct store *s, enum db_table t, uint64_t id,
    struct buf *record, struct err *e)
{
	struct buf box = {0};
	struct db_row row;
	int rc = db_read(s->db, t, id, &row, &box, e);

	if (rc == 0 && !box_open(s->keys, t, &row, record))
		rc = err_set(e, EX_DATAERR,
		    "what the history has under the number %llu is damaged",
		    (unsigned long long)id);
	buf_free(&box);
	return rc;
}

int
store_find_said(struct store *s, enum store_direction direction,
    const char *who, const char *message_id, uint64_t *id, struct err *e)
{
	unsigned char said[DB_MAC];
	bool there;

	*id = 0;
	box_said(s->keys, direction == STORE_IN, who, message_id, said);
	return db_find_said(s->db, said, id, &there, e);
}

int
store_raw(struct store *s, uint64_t id, struct buf *out,
    struct buf *content_key, struct err *e)
{
	struct buf record = {0};
	struct span bytes, key;
	int rc = store_read_row(s, DB_SIGNED, id, &record, e);

	if (rc == 0 && record_read_signed(span_buf(&record), &bytes, &key)) {
		buf_addspan(out, bytes);
		buf_addspan(content_key, key);
	} else if (rc == 0)
		rc = err_set(e, EX_DATAERR,
		    "the signed bytes of message %llu cannot be read",
		    (unsigned long long)id);
	buf_wipe(&record);
	return rc;
}

/* --- requests ------------------------------------------------------------- */

static char *
store_copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

int
store_get_request(
    struct store *s, uint64_t id, struct store_request *out, struct err *e)
{
	struct buf record = {0}, body = {0};
	struct span none;
	int rc = store_read_row(s, DB_REQUESTS, id, &record, e);

	if (rc == 0 && record_read_bytes(span_buf(&record), &none))
		rc = err_set(e, EX_NOINPUT, "message %llu has not left yet",
		    (unsigned long long)id);
	else if (rc == 0 && !record_read_request(span_buf(&record), out)) {
		memset(out, 0, sizeof(*out)); /* it borrows the record */
		rc = err_set(e, EX_DATAERR,
		    "the request of message %llu cannot be read",
		    (unsigned long long)id);
	}
	if (rc == 0) {
		out->call_id = store_copy(out->call_id);
		out->from_tag = store_copy(out->from_tag);
		out->content_type = store_copy(out->content_type);
		out->disposition = store_copy(out->disposition);
		buf_addspan(&body, out->body);
		out->body = span_buf(&body);
	}
	buf_wipe(&record);
	return rc;
}

void
store_request_free(struct store_request *r)
{
	struct buf body = {(unsigned char *)r->body.p, r->body.n, r->body.n};

	free((char *)r->call_id);
	free((char *)r->from_tag);
	free((char *)r->content_type);
	free((char *)r->disposition);
	buf_wipe(&body);
	memset(r, 0, sizeof(*r));
}

/* --- people and lines ----------------------------------------------------- */

static bool
store_read_other(void *arg, const struct db_row *row)
{
	const struct reading *r = arg;
	struct buf record = {0};
	struct store_person p;
	const char *peer;
	struct span line;
	bool more = true;

	if (!box_open(r->s->keys, r->table, row, &record))
		;
	else if (r->table == DB_PEOPLE &&
	    record_read_person(span_buf(&record), &p))
		more = r->fn.person(r->arg, &p);
	else if (r->table == DB_INPUTS &&
	    record_read_input(span_buf(&record), &peer, &line))
		more = r->fn.line(r->arg, line);
	buf_wipe(&record);
	return more;
}

int
store_people(struct store *s,
    bool (*fn)(void *arg, const struct store_person *p), void *arg,
    struct err *e)
{
	static const struct db_query all;
	struct reading r = {
	    .s = s, .table = DB_PEOPLE, .fn = {.person = fn}, .arg = arg};

	return db_each(s->db, DB_PEOPLE, &all, store_read_other, &r, e);
}

int
store_inputs(struct store *s, const char *peer,
    bool (*fn)(void *arg, struct span line), void *arg, struct err *e)
{
	unsigned char talk[DB_MAC];
	struct db_query rows = {.talk = talk};
	struct reading r = {
	    .s = s, .table = DB_INPUTS, .fn = {.line = fn}, .arg = arg};

	box_talk(s->keys, peer, talk);
	return db_each(s->db, DB_INPUTS, &rows, store_read_other, &r, e);
}
