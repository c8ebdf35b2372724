/*
 * The database key: found, made, and wrapped for its owner.
 */
#include "src/store/store_keys.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/digest.h"
#include "src/store/store_priv.h"

static bool
store_try_wrap(void *arg, struct span recipient, struct span wrap)
{
	struct opening *o = arg;
	struct err e = {0};

	if (span_eq(
		recipient, (struct span){o->recipient, sizeof(o->recipient)}))
		o->wrapped = true;
	if (o->opened)
		return true;
	o->opened = history_key_open(o->ks, o->who, o->id, wrap, o->key, &e) ==
	    0;
	/* One that somebody else signed is worse than one that is of another
	 * key. */
	if (!o->opened && o->why.exit != EX_NOPERM)
		o->why = e;
	return true;
}

/* Opens the key by a wrap. */
static int
store_open_key(struct db *d, struct opening *o, struct err *e)
{
	if (db_wraps(d, store_try_wrap, o, e) == -1)
		return -1;
	if (!o->opened) {
		*e = o->why;
		return e->exit != 0
		    ? -1
		    : err_set(e, EX_DATAERR,
			  "the history has lost its key: no wrap is in it");
	}
	return 0;
}

/* Gets id and key of a database that has them, which *there says. */
static int
store_find_key(struct db *d, struct opening *o, bool *there, struct err *e)
{
	struct buf id = {0};
	int rc = db_get(d, "id", &id, there, e);

	if (rc == 0 && *there && id.n != sizeof(o->id))
		rc = err_set(e, EX_DATAERR, "the history has lost its name");
	else if (rc == 0 && *there) {
		memcpy(o->id, id.p, sizeof(o->id));
		rc = store_open_key(d, o, e);
	}
	buf_free(&id);
	return rc;
}

/* Writes a wrap, and before it the id of a new database (NULL: it has one).
 * *raced: another process has made a key meanwhile, and nothing is written. */
static int
store_put_key(struct db *d, const unsigned char *id,
    const unsigned char recipient[HISTORY_RECIPIENT], struct span wrap,
    bool *raced, struct err *e)
{
	struct buf other = {0};
	int rc = db_begin(d, e);

	*raced = false;
	if (rc == 0 && id != NULL)
		rc = db_get(d, "id", &other, raced, e);
	if (rc == 0 && id != NULL && !*raced)
		rc = db_put(d, "id", (struct span){id, BOX_ID}, e);
	if (rc == 0 && !*raced)
		rc = db_add_wrap(
		    d, (struct span){recipient, HISTORY_RECIPIENT}, wrap, e);
	if (rc == 0)
		rc = db_commit(d, e);
	if (rc == -1)
		db_rollback(d);
	buf_free(&other);
	return rc;
}

/* Makes the key of a new database, or a wrap for a key of ours that is new. */
static int
store_add_key(
    struct db *d, struct opening *o, bool made, bool *raced, struct err *e)
{
	struct buf wrap = {0};
	int rc;

	if (made) {
		random_bytes(o->id, sizeof(o->id));
		random_bytes(o->key, sizeof(o->key));
	}
	rc = history_key_wrap(o->ks, o->who, o->id, o->key, &wrap, e);
	if (rc == 0)
		rc = store_put_key(d, made ? o->id : NULL, o->recipient,
		    span_buf(&wrap), raced, e);
	buf_free(&wrap);
	return rc;
}

/* Keys may ask for a passphrase, and a person may take long: the database is
 * locked only to write what is ready. Two processes that begin at once agree on
 * the key that was written first. */
int
store_get_key(struct db *d, struct opening *o, bool writes, struct err *e)
{
	bool there = false, raced = false;
	int rc = store_find_key(d, o, &there, e);

	if (rc == 0 && !there && !writes)
		rc = err_set(e, EX_NOINPUT, "the history is empty");
	if (rc == 0 && writes && (!there || !o->wrapped))
		rc = store_add_key(d, o, !there, &raced, e);
	if (rc == 0 && raced)
		rc = store_find_key(d, o, &there, e);
	return rc;
}

/* --- keys that change ----------------------------------------------------- */

struct store_keys {
	struct opening o; /* ks and who are not kept */
	char *path;
};

int
store_keys_open(struct keystore *ks, const struct aor *who, const char *path,
    struct store_keys **out, struct err *e)
{
	struct store_keys *k;
	struct db *db;
	int rc;

	if (db_open(path, false, &db, e) == -1)
		return -1;
	k = xcalloc(1, sizeof(*k));
	k->path = xstrdup(path);
	k->o.ks = ks;
	k->o.who = who;
	rc = history_key_recipient(ks, who, k->o.recipient, e);
	if (rc == 0)
		rc = store_get_key(db, &k->o, false, e);
	k->o.ks = NULL;
	k->o.who = NULL;
	db_close(db);
	if (rc == 0)
		*out = k;
	else
		store_keys_free(k);
	return rc;
}

void
store_keys_free(struct store_keys *k)
{
	if (k == NULL)
		return;
	free(k->path);
	wipe(k, sizeof(*k));
	free(k);
}

int
store_keys_add(const struct store_keys *k, struct keystore *ks,
    const struct aor *who, const struct keystore_owner *next, struct err *e)
{
	unsigned char recipient[HISTORY_RECIPIENT];
	struct buf wrap = {0};
	struct db *db;
	bool raced;
	int rc;

	if (history_key_wrap_next(
		ks, next, who, k->o.id, k->o.key, &wrap, recipient, e) == -1)
		return -1;
	rc = db_open(k->path, true, &db, e);
	if (rc == 0) {
		rc = store_put_key(
		    db, NULL, recipient, span_buf(&wrap), &raced, e);
		db_close(db);
	}
	buf_free(&wrap);
	return rc;
}

/* --- what hangs on a key -------------------------------------------------- */

struct looking {
	struct keystore *ks;
	const struct aor *who;
	struct store_look *out;
};

static bool
store_look_wrap(void *arg, struct span recipient, struct span wrap)
{
	const struct looking *l = arg;

	(void)recipient;
	l->out->mine = history_key_is_mine(l->ks, l->who, wrap);
	return !l->out->mine;
}

static bool
store_look_row(void *arg, const struct db_row *row)
{
	const struct looking *l = arg;

	(void)row;
	l->out->messages++;
	return true;
}

int
store_keys_look(struct keystore *ks, const struct aor *who, const char *path,
    struct store_look *out, struct err *e)
{
	static const struct db_query all;
	struct looking l = {ks, who, out};
	struct db *db;
	int rc;

	*out = (struct store_look){.mine = false};
	if (db_open(path, false, &db, e) == -1)
		return -1;
	rc = db_wraps(db, store_look_wrap, &l, e);
	if (rc == 0 && out->mine)
		rc = db_each(db, DB_MESSAGES, &all, store_look_row, &l, e);
	db_close(db);
	return rc;
}
