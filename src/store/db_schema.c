/*
 * The tables, and the opening of a file that has them.
 */
#include "src/store/db_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/netfs.h"
#include "src/base/savefile.h"

enum {
	DB_APPLICATION = 0x7369676e, /* "sign": what the file says it is */
	DB_WAIT = 10000 /* ms for another process that writes */
};

/* A number that a deleted row had is not used again: a message that waits, and
 * what is said of it, is known by its number. */
#define DB_ID "id INTEGER PRIMARY KEY AUTOINCREMENT, "
#define DB_ROW "talk BLOB, minute INTEGER, seen BLOB, box BLOB);"
#define DB_OF "id INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE, "

static const char schema[] =
    "CREATE TABLE meta (name BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID;"
    "CREATE TABLE wraps (recipient BLOB PRIMARY KEY, wrap BLOB);"
    "CREATE TABLE messages (" DB_ID DB_ROW
    "CREATE INDEX messages_talk ON messages (talk);"
    "CREATE UNIQUE INDEX messages_seen ON messages (seen) WHERE seen NOTNULL;"
    "CREATE TABLE requests (" DB_OF DB_ROW "CREATE TABLE signed (" DB_OF DB_ROW
    "CREATE TABLE people (id INTEGER PRIMARY KEY, " DB_ROW
    "CREATE TABLE said (name BLOB PRIMARY KEY, id INTEGER REFERENCES messages "
    "ON DELETE CASCADE) WITHOUT ROWID;"
    "CREATE INDEX said_id ON said (id);"
    "CREATE TABLE inputs (" DB_ID DB_ROW "PRAGMA user_version = 1;";

/* --- opening -------------------------------------------------------------- */

static int
db_incomplete(const struct db *d, const char *why, struct err *e)
{
	return err_set(e, EX_DATAERR,
	    "the history %s has lost a part (%s); bring back a copy of it, or "
	    "move it away, and a new one is made",
	    d->path, why);
}

/* Refuses a file of ours that has lost a table or a column: no statement could
 * say it so that a person knows what to do. */
static int
db_check_tables(struct db *d, struct err *e)
{
	static const char row[] = "id, talk, minute, seen, box";
	struct buf sql = {0};
	int rc, n;

	buf_adds(&sql,
	    "SELECT 0 FROM (SELECT name, value FROM meta),"
	    "(SELECT recipient, wrap FROM wraps),"
	    "(SELECT name, id FROM said)");
	for (int t = 0; t < DB_TABLES; t++)
		buf_addf(&sql, ",(SELECT %s FROM %s)", row,
		    db_table_name((enum db_table)t));
	buf_adds(&sql, " LIMIT 0");
	rc = db_pragma(d, (const char *)sql.p, &n, e);
	buf_free(&sql);
	if (rc == -1 && sqlite3_errcode(d->sql) == SQLITE_ERROR)
		return db_incomplete(d, sqlite3_errmsg(d->sql), e);
	return rc;
}

/* Makes an empty file ours, and checks what another one is. */
static int
db_check(struct db *d, bool writes, struct err *e)
{
	int application, version, count;

	if (db_pragma(d, "PRAGMA application_id", &application, e) == -1 ||
	    db_pragma(d, "PRAGMA user_version", &version, e) == -1 ||
	    db_pragma(d, "SELECT count(*) FROM sqlite_master", &count, e) == -1)
		return -1;
	if (application != DB_APPLICATION && (count > 0 || !writes))
		return err_set(e, EX_DATAERR,
		    "%s is no history of signet; move it away, and a new one "
		    "is made",
		    d->path);
	if (version > DB_SCHEMA)
		return err_set(e, EX_DATAERR,
		    "the history %s is of a newer signet (its schema is %d, "
		    "and %d is known here)",
		    d->path, version, DB_SCHEMA);
	if (version == DB_SCHEMA)
		return db_check_tables(d, e);
	return count == 0 ? 1 : db_incomplete(d, "its version", e);
}

/* Makes the tables where there are none. Two processes may begin at once. */
static int
db_migrate(struct db *d, struct err *e)
{
	int rc = db_begin(d, e), needed;

	if (rc == -1)
		return -1;
	needed = db_check(d, true, e);
	if (needed == 1)
		rc = db_exec(d, schema, e);
	else
		rc = needed;
	if (rc == 0)
		rc = db_commit(d, e);
	if (rc == -1)
		db_rollback(d);
	return rc;
}

/* Whoever can write to the file gets no statement of theirs run by us: it may
 * have triggers and views, and a schema that is none. */
static int
db_distrust(struct db *d, struct err *e)
{
	if (sqlite3_db_config(
		d->sql, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL) == SQLITE_OK &&
	    sqlite3_db_config(d->sql, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL) ==
		SQLITE_OK &&
	    sqlite3_db_config(d->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) ==
		SQLITE_OK)
		return 0;
	return err_set(e, EX_IOERR,
	    "the history %s: this SQLite is older than 3.31", d->path);
}

static int
db_set_up(struct db *d, bool writes, struct err *e)
{
	int needed;

	if (db_distrust(d, e) == -1)
		return -1;
	/* 512 kB of cache are enough: the system has one, too. */
	if (db_exec(d,
		"PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
		"PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON;"
		"PRAGMA cache_size = -512;",
		e) == -1)
		return -1;
	(void)sqlite3_busy_timeout(d->sql, DB_WAIT);
	needed = db_check(d, writes, e);
	if (needed == -1 || (needed == 0 && !writes))
		return needed;
	if (!writes)
		return err_set(
		    e, EX_NOINPUT, "there is no history in %s yet", d->path);
	if (db_exec(d,
		"PRAGMA application_id = 0x7369676e;"
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
		"PRAGMA secure_delete = ON;",
		e) == -1)
		return -1;
	return needed == 1 ? db_migrate(d, e) : 0;
}

/* SQLite makes its other files with the mode of this one. */
static int
db_make_file(const char *path, struct err *e)
{
	int fd;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1)
		return err_set(
		    e, EX_IOERR, "the history %s: %s", path, strerror(errno));
	(void)close(fd);
	return 0;
}

/* Processes share memory and locks beside the file (WAL), which are lost on a
 * network: two of them would spoil it. */
static int
db_check_place(const char *path, struct err *e)
{
	const char *net = netfs_find(path);

	return net == NULL
	    ? 0
	    : err_set(e, EX_IOERR,
		  "the history %s would be on a network file system (%s), "
		  "where it can be spoilt; history-file names a place on a "
		  "disk of this machine",
		  path, net);
}

int
db_open(const char *path, bool writes, struct db **out, struct err *e)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE;
	struct db *d;
	int rc;

	if (!writes && access(path, F_OK) == -1)
		return err_set(
		    e, EX_NOINPUT, "there is no history in %s", path);
	if (writes)
		savefile_folders(path);
	if (db_check_place(path, e) == -1 ||
	    (writes && db_make_file(path, e) == -1))
		return -1;
	d = xcalloc(1, sizeof(*d));
	d->path = xstrdup(path);
	if (sqlite3_open_v2(path, &d->sql, flags, NULL) != SQLITE_OK)
		rc = db_fail(d, e);
	else
		rc = db_set_up(d, writes, e);
	if (rc == -1)
		db_close(d);
	else
		*out = d;
	return rc;
}
