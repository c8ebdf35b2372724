/*
 * The rows, and what stands beside them.
 */
#include "src/store/db_priv.h"

#include <stdlib.h>
#include <string.h>

static const char *const tables[DB_TABLES] = {
    "messages", "requests", "signed", "people", "inputs"};

static const char *const singles[DB_SINGLE] = {
    [DB_GET] = "SELECT value FROM meta WHERE name = ?1",
    [DB_PUT] = "REPLACE INTO meta (name, value) VALUES (?1, ?2)",
    [DB_WRAPS] = "SELECT recipient, wrap FROM wraps",
    [DB_ADD_WRAP] = "REPLACE INTO wraps (recipient, wrap) VALUES (?1, ?2)",
    [DB_FIND_SEEN] = "SELECT id FROM messages WHERE seen = ?1",
    [DB_SAY] = "INSERT OR IGNORE INTO said (name, id) VALUES (?1, ?2)",
    [DB_FIND_SAID] = "SELECT id FROM said WHERE name = ?1",
};

#define DB_SELECT                                                      \
	"SELECT id, talk, minute, seen, box FROM % WHERE id > ?1 AND " \
	"id < ?2 AND minute >= ?3 AND minute <= ?4 "

/* % stands for the table. */
static const char *const each[DB_EACH] = {
    [DB_NEXT] = "SELECT coalesce((SELECT seq FROM sqlite_sequence "
		"WHERE name = '%'), 0) + 1",
    [DB_WRITE] = "INSERT INTO % (id, talk, minute, seen, box) "
		 "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE SET "
		 "talk = ?2, minute = ?3, seen = ?4, box = ?5",
    [DB_READ] = "SELECT id, talk, minute, seen, box FROM % WHERE id = ?1",
    [DB_DELETE] = "DELETE FROM % WHERE id = ?1",
    [DB_FORWARD] = DB_SELECT "ORDER BY id",
    [DB_BACKWARD] = DB_SELECT "ORDER BY id DESC",
    [DB_TALK_FORWARD] = DB_SELECT "AND talk = ?5 ORDER BY id",
    [DB_TALK_BACKWARD] = DB_SELECT "AND talk = ?5 ORDER BY id DESC",
    [DB_FORGET] = "DELETE FROM % WHERE talk = ?1",
    [DB_EXPIRE] = "DELETE FROM % WHERE minute < ?1",
};

const char *
db_table_name(enum db_table t)
{
	return tables[t];
}

/* --- errors and statements ------------------------------------------------ */

int
db_fail(const struct db *d, struct err *e)
{
	int code = sqlite3_errcode(d->sql);
	int exit = code == SQLITE_BUSY || code == SQLITE_LOCKED ? EX_TEMPFAIL
	    : code == SQLITE_NOTADB || code == SQLITE_CORRUPT   ? EX_DATAERR
								: EX_IOERR;

	return err_set(e, exit, "the history %s: %s", d->path,
	    code == SQLITE_FULL ? "there is no room on the disk"
				: sqlite3_errmsg(d->sql));
}

/* Returns a statement, prepared at its first use and ready to be bound; NULL and
 * e where SQLite refuses it. */
static sqlite3_stmt *
db_prepare(struct db *d, sqlite3_stmt **place, const char *text, struct err *e)
{
	if (*place == NULL &&
	    sqlite3_prepare_v3(d->sql, text, -1, SQLITE_PREPARE_PERSISTENT,
		place, NULL) != SQLITE_OK) {
		(void)db_fail(d, e);
		return NULL;
	}
	return *place;
}

static sqlite3_stmt *
db_single(struct db *d, enum statement s, struct err *e)
{
	return db_prepare(d, &d->single[s], singles[s], e);
}

static sqlite3_stmt *
db_of(struct db *d, enum db_table t, enum statement s, struct err *e)
{
	const char *text = each[s], *mark = strchr(text, '%');
	struct buf b = {0};
	sqlite3_stmt *found;

	if (d->of[t][s] != NULL)
		return d->of[t][s];
	buf_add(&b, text, (size_t)(mark - text));
	buf_adds(&b, tables[t]);
	buf_adds(&b, mark + 1);
	found = db_prepare(d, &d->of[t][s], (const char *)b.p, e);
	buf_free(&b);
	return found;
}

static void
db_bind(sqlite3_stmt *s, int place, struct span value)
{
	(void)sqlite3_bind_blob64(s, place,
	    value.p != NULL ? value.p : (const void *)"", value.n,
	    SQLITE_STATIC);
}

/* Zeros stand for nothing. */
static void
db_bind_mac(sqlite3_stmt *s, int place, const unsigned char mac[DB_MAC])
{
	static const unsigned char none[DB_MAC];

	if (memcmp(mac, none, DB_MAC) == 0)
		(void)sqlite3_bind_null(s, place);
	else
		db_bind(s, place, (struct span){mac, DB_MAC});
}

static struct span
db_column(sqlite3_stmt *s, int column)
{
	const void *p = sqlite3_column_blob(s, column);

	return (struct span){
	    p, p != NULL ? (size_t)sqlite3_column_bytes(s, column) : 0};
}

/* Runs a statement that gives no rows. */
static int
db_run(struct db *d, sqlite3_stmt *s, struct err *e)
{
	int rc = sqlite3_step(s) == SQLITE_DONE ? 0 : db_fail(d, e);

	(void)sqlite3_reset(s);
	(void)sqlite3_clear_bindings(s);
	return rc;
}

/* Runs one that gives a number, or no row. */
static int
db_run_number(
    struct db *d, sqlite3_stmt *s, uint64_t *out, bool *there, struct err *e)
{
	int step = sqlite3_step(s), rc = 0;

	*there = step == SQLITE_ROW;
	if (*there)
		*out = (uint64_t)sqlite3_column_int64(s, 0);
	else if (step != SQLITE_DONE)
		rc = db_fail(d, e);
	(void)sqlite3_reset(s);
	(void)sqlite3_clear_bindings(s);
	return rc;
}

int
db_exec(struct db *d, const char *text, struct err *e)
{
	return sqlite3_exec(d->sql, text, NULL, NULL, NULL) == SQLITE_OK
	    ? 0
	    : db_fail(d, e);
}

int
db_pragma(struct db *d, const char *text, int *out, struct err *e)
{
	sqlite3_stmt *s = NULL;
	uint64_t n = 0;
	bool there = false;
	int rc = -1;

	if (db_prepare(d, &s, text, e) != NULL)
		rc = db_run_number(d, s, &n, &there, e);
	(void)sqlite3_finalize(s);
	*out = (int)n;
	return rc;
}

void
db_close(struct db *d)
{
	if (d == NULL)
		return;
	while (d->sql != NULL && sqlite3_next_stmt(d->sql, NULL) != NULL)
		(void)sqlite3_finalize(sqlite3_next_stmt(d->sql, NULL));
	(void)sqlite3_close(d->sql);
	free(d->path);
	free(d);
}

/* --- values and wraps ----------------------------------------------------- */

int
db_get(
    struct db *d, const char *name, struct buf *out, bool *there, struct err *e)
{
	sqlite3_stmt *s = db_single(d, DB_GET, e);
	int step;

	if (s == NULL)
		return -1;
	db_bind(s, 1, span_str(name));
	step = sqlite3_step(s);
	*there = step == SQLITE_ROW;
	if (*there)
		buf_addspan(out, db_column(s, 0));
	(void)sqlite3_reset(s);
	return step == SQLITE_ROW || step == SQLITE_DONE ? 0 : db_fail(d, e);
}

int
db_wraps(struct db *d, db_wrap_fn *fn, void *arg, struct err *e)
{
	sqlite3_stmt *s = db_single(d, DB_WRAPS, e);
	int step;

	if (s == NULL)
		return -1;
	while ((step = sqlite3_step(s)) == SQLITE_ROW)
		if (!fn(arg, db_column(s, 0), db_column(s, 1)))
			break;
	(void)sqlite3_reset(s);
	return step == SQLITE_ROW || step == SQLITE_DONE ? 0 : db_fail(d, e);
}

/* Runs a statement with a name and a value. */
static int
db_run_pair(struct db *d, sqlite3_stmt *s, struct span name, struct span value,
    struct err *e)
{
	if (s == NULL)
		return -1;
	db_bind(s, 1, name);
	db_bind(s, 2, value);
	return db_run(d, s, e);
}

int
db_put(struct db *d, const char *name, struct span value, struct err *e)
{
	return db_run_pair(
	    d, db_single(d, DB_PUT, e), span_str(name), value, e);
}

int
db_add_wrap(
    struct db *d, struct span recipient, struct span wrap, struct err *e)
{
	return db_run_pair(d, db_single(d, DB_ADD_WRAP, e), recipient, wrap, e);
}

/* --- transactions --------------------------------------------------------- */

int
db_begin(struct db *d, struct err *e)
{
	return db_exec(d, "BEGIN IMMEDIATE", e);
}

int
db_snapshot(struct db *d, struct err *e)
{
	return db_exec(d, "BEGIN", e);
}

int
db_commit(struct db *d, struct err *e)
{
	return db_exec(d, "COMMIT", e);
}

void
db_rollback(struct db *d)
{
	if (sqlite3_get_autocommit(d->sql) == 0)
		(void)sqlite3_exec(d->sql, "ROLLBACK", NULL, NULL, NULL);
}

/* --- rows ----------------------------------------------------------------- */

int
db_next(struct db *d, enum db_table t, uint64_t *id, struct err *e)
{
	sqlite3_stmt *s = db_of(d, t, DB_NEXT, e);
	bool there;

	return s != NULL ? db_run_number(d, s, id, &there, e) : -1;
}

int
db_write(struct db *d, enum db_table t, const struct db_row *row, struct err *e)
{
	sqlite3_stmt *s = db_of(d, t, DB_WRITE, e);

	if (s == NULL)
		return -1;
	(void)sqlite3_bind_int64(s, 1, (sqlite3_int64)row->id);
	db_bind_mac(s, 2, row->talk);
	(void)sqlite3_bind_int64(s, 3, (sqlite3_int64)row->minute);
	db_bind_mac(s, 4, row->seen);
	db_bind(s, 5, row->box);
	return db_run(d, s, e);
}

static void
db_copy_mac(sqlite3_stmt *s, int column, unsigned char out[DB_MAC])
{
	struct span v = db_column(s, column);

	memset(out, 0, DB_MAC);
	if (v.n == DB_MAC)
		memcpy(out, v.p, DB_MAC);
}

static struct db_row
db_row(sqlite3_stmt *s)
{
	struct db_row row = {.id = (uint64_t)sqlite3_column_int64(s, 0),
	    .minute = (uint64_t)sqlite3_column_int64(s, 2)};

	db_copy_mac(s, 1, row.talk);
	db_copy_mac(s, 3, row.seen);
	row.box = db_column(s, 4);
	return row;
}

int
db_read(struct db *d, enum db_table t, uint64_t id, struct db_row *row,
    struct buf *box, struct err *e)
{
	sqlite3_stmt *s = db_of(d, t, DB_READ, e);
	int step;

	if (s == NULL)
		return -1;
	(void)sqlite3_bind_int64(s, 1, (sqlite3_int64)id);
	step = sqlite3_step(s);
	if (step == SQLITE_ROW) {
		*row = db_row(s);
		buf_addspan(box, row->box);
		row->box = span_buf(box);
	}
	(void)sqlite3_reset(s);
	return step == SQLITE_ROW ? 0
	    : step == SQLITE_DONE
	    ? err_set(e, EX_NOINPUT,
		  "the history has nothing under the number "
		  "%llu",
		  (unsigned long long)id)
	    : db_fail(d, e);
}

int
db_find_seen(struct db *d, const unsigned char seen[DB_MAC], uint64_t *id,
    bool *there, struct err *e)
{
	sqlite3_stmt *s = db_single(d, DB_FIND_SEEN, e);

	if (s == NULL)
		return -1;
	db_bind_mac(s, 1, seen);
	return db_run_number(d, s, id, there, e);
}

int
db_say(
    struct db *d, const unsigned char said[DB_MAC], uint64_t id, struct err *e)
{
	sqlite3_stmt *s = db_single(d, DB_SAY, e);

	if (s == NULL)
		return -1;
	db_bind_mac(s, 1, said);
	(void)sqlite3_bind_int64(s, 2, (sqlite3_int64)id);
	return db_run(d, s, e);
}

int
db_find_said(struct db *d, const unsigned char said[DB_MAC], uint64_t *id,
    bool *there, struct err *e)
{
	sqlite3_stmt *s = db_single(d, DB_FIND_SAID, e);

	if (s == NULL)
		return -1;
	db_bind_mac(s, 1, said);
	return db_run_number(d, s, id, there, e);
}

/* Runs a statement with a number. */
static int
db_run_with(struct db *d, enum db_table t, enum statement what, uint64_t n,
    struct err *e)
{
	sqlite3_stmt *s = db_of(d, t, what, e);

	if (s == NULL)
		return -1;
	(void)sqlite3_bind_int64(s, 1, (sqlite3_int64)n);
	return db_run(d, s, e);
}

int
db_delete(struct db *d, enum db_table t, uint64_t id, struct err *e)
{
	return db_run_with(d, t, DB_DELETE, id, e);
}

int
db_each(struct db *d, enum db_table t, const struct db_query *q, db_row_fn *fn,
    void *arg, struct err *e)
{
	static const enum statement whole[] = {DB_FORWARD, DB_BACKWARD};
	static const enum statement talk[] = {
	    DB_TALK_FORWARD, DB_TALK_BACKWARD};
	sqlite3_stmt *s = db_of(
	    d, t, (q->talk != NULL ? talk : whole)[q->backward], e);
	int step;

	if (s == NULL)
		return -1;
	(void)sqlite3_bind_int64(s, 1, (sqlite3_int64)q->after);
	(void)sqlite3_bind_int64(
	    s, 2, q->before != 0 ? (sqlite3_int64)q->before : INT64_MAX);
	(void)sqlite3_bind_int64(s, 3, (sqlite3_int64)q->since);
	(void)sqlite3_bind_int64(
	    s, 4, q->until != 0 ? (sqlite3_int64)q->until : INT64_MAX);
	if (q->talk != NULL)
		db_bind(s, 5, (struct span){q->talk, DB_MAC});
	while ((step = sqlite3_step(s)) == SQLITE_ROW) {
		struct db_row row = db_row(s);

		if (!fn(arg, &row))
			break;
	}
	(void)sqlite3_reset(s);
	(void)sqlite3_clear_bindings(s);
	return step == SQLITE_ROW || step == SQLITE_DONE ? 0 : db_fail(d, e);
}

/* --- deleting ------------------------------------------------------------- */

/* What belongs to a message goes with it (foreign keys). */
int
db_forget(struct db *d, const unsigned char talk[DB_MAC], struct err *e)
{
	static const enum db_table of_people[] = {
	    DB_MESSAGES, DB_PEOPLE, DB_INPUTS};

	for (size_t i = 0; i < sizeof(of_people) / sizeof(of_people[0]); i++) {
		sqlite3_stmt *s = db_of(d, of_people[i], DB_FORGET, e);

		if (s == NULL)
			return -1;
		db_bind_mac(s, 1, talk);
		if (db_run(d, s, e) == -1)
			return -1;
	}
	return 0;
}

int
db_expire(struct db *d, uint64_t minute, struct err *e)
{
	return db_run_with(d, DB_MESSAGES, DB_EXPIRE, minute, e);
}

int
db_checkpoint(struct db *d, struct err *e)
{
	int busy = 0;

	if (db_pragma(d, "PRAGMA wal_checkpoint(TRUNCATE)", &busy, e) == -1)
		return -1;
	return busy == 0
	    ? 0
	    : err_set(e, EX_TEMPFAIL,
		  "another process reads the history: what was deleted is "
		  "still in %s-wal",
		  d->path);
}
