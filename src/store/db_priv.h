/*
 * The inside of db.h: private to src/store/db*.c, which alone know SQL. db.c has
 * the rows, db_schema.c the tables.
 */
#ifndef SIGNET_SRC_STORE_DB_PRIV_H
#define SIGNET_SRC_STORE_DB_PRIV_H

#include <sqlite3.h>

#include "src/store/db.h"

enum statement {
	DB_GET,
	DB_PUT,
	DB_WRAPS,
	DB_ADD_WRAP,
	DB_FIND_SEEN,
	DB_SAY,
	DB_FIND_SAID,
	DB_SINGLE, /* those above are of one table */
	/* For each table: */
	DB_NEXT = 0,
	DB_WRITE,
	DB_READ,
	DB_DELETE,
	DB_FORWARD,
	DB_BACKWARD,
	DB_TALK_FORWARD,
	DB_TALK_BACKWARD,
	DB_FORGET,
	DB_EXPIRE,
	DB_EACH /* their number */
};

struct db {
	sqlite3 *sql;
	char *path;
	sqlite3_stmt *single[DB_SINGLE];
	sqlite3_stmt *of[DB_TABLES][DB_EACH];
};

/* Says what SQLite says of its last call. Returns -1. */
int db_fail(const struct db *d, struct err *e);
/* Runs statements that give nothing. */
int db_exec(struct db *d, const char *text, struct err *e);
/* Gets the one number that a statement gives. */
int db_pragma(struct db *d, const char *text, int *out, struct err *e);

#endif
