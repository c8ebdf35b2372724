/*
 * The database: tables of encrypted boxes, and the one file that knows SQL
 * (db.c). What a box is, is not known here.
 *
 * In clear stand a row's number, its conversation as an HMAC, the minute in
 * which it came, the HMACs that a copy of a message and its Message-ID are known
 * by, and the size of its box.
 */
#ifndef SIGNET_SRC_STORE_DB_H
#define SIGNET_SRC_STORE_DB_H

#include "src/base/bytes.h"
#include "src/base/err.h"

struct db; /* one connection, of one thread */

enum { DB_SCHEMA = 1, DB_MAC = 16 };

enum db_table {
	DB_MESSAGES,
	DB_REQUESTS, /* of messages that have no answer, by their numbers */
	DB_SIGNED, /* the signed bytes of messages, by their numbers */
	DB_PEOPLE, /* one row for each conversation */
	DB_INPUTS, /* lines of the input line's history */
	DB_TABLES
};
/* The table's name, which goes into what authenticates its boxes. */
const char *db_table_name(enum db_table t);

/* A row as it stands in the file. */
struct db_row {
	uint64_t id;
	unsigned char talk[DB_MAC]; /* zeros where there is no conversation */
	uint64_t minute; /* since the epoch */
	unsigned char seen[DB_MAC]; /* zeros where there is none */
	struct span box; /* borrowed */
};

/* Opens path; `writes`: makes it where it is missing (0600), and brings an older
 * schema up to date. EX_NOINPUT where there is none to read, EX_DATAERR for
 * what is no history or of a newer schema, EX_IOERR. */
int db_open(const char *path, bool writes, struct db **out, struct err *e);
void db_close(struct db *d);

/* The key under which a value stands in clear: "id", the random name of the
 * database, and "writes". *there is false where there is none. */
int db_get(struct db *d, const char *name, struct buf *out, bool *there,
    struct err *e);
int db_put(struct db *d, const char *name, struct span value, struct err *e);

/* The wraps of the database key: fn returns false to end. */
typedef bool db_wrap_fn(void *arg, struct span recipient, struct span wrap);
int db_wraps(struct db *d, db_wrap_fn *fn, void *arg, struct err *e);
/* Adds one, in the place of another for the same recipient. */
int db_add_wrap(
    struct db *d, struct span recipient, struct span wrap, struct err *e);

/* Transactions. Begin waits for another process, 10 s at most (EX_TEMPFAIL);
 * commit returns when all is on disk. */
int db_begin(struct db *d, struct err *e);
int db_commit(struct db *d, struct err *e);
/* All that is read from now on is of one moment. */
int db_snapshot(struct db *d, struct err *e);
void db_rollback(struct db *d);

/* The number of the next row of a table; in a transaction. */
int db_next(struct db *d, enum db_table t, uint64_t *id, struct err *e);
/* Writes a row, in the place of another with its number. */
int db_write(
    struct db *d, enum db_table t, const struct db_row *row, struct err *e);
/* Reads the row with this number, or the message with this seen. Its box is
 * appended to box, which row borrows. EX_NOINPUT where there is none. */
int db_read(struct db *d, enum db_table t, uint64_t id, struct db_row *row,
    struct buf *box, struct err *e);
int db_find_seen(struct db *d, const unsigned char seen[DB_MAC], uint64_t *id,
    bool *there, struct err *e);
/* Adds a name to a message, which another one may have already: then nothing is
 * done. It goes with the message. */
int db_say(
    struct db *d, const unsigned char said[DB_MAC], uint64_t id, struct err *e);
int db_find_said(struct db *d, const unsigned char said[DB_MAC], uint64_t *id,
    bool *there, struct err *e);
int db_delete(struct db *d, enum db_table t, uint64_t id, struct err *e);

/* Which rows, and in what order. */
struct db_query {
	const unsigned char *talk; /* NULL: of all conversations */
	uint64_t before, after; /* numbers, exclusive; 0: no bound */
	uint64_t since, until; /* minutes, inclusive; 0: no bound */
	bool backward;
};
typedef bool db_row_fn(void *arg, const struct db_row *row);
int db_each(struct db *d, enum db_table t, const struct db_query *q,
    db_row_fn *fn, void *arg, struct err *e);

/* Deletes all rows of a conversation; of messages older than a minute, with what
 * belongs to them. secure_delete overwrites them. */
int db_forget(struct db *d, const unsigned char talk[DB_MAC], struct err *e);
int db_expire(struct db *d, uint64_t minute, struct err *e);
/* Writes the WAL into the database and empties it. EX_TEMPFAIL while another
 * process reads. */
int db_checkpoint(struct db *d, struct err *e);

#endif
