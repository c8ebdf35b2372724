/*
 * The file of a moved history:
 *
 *	a line	"signet history export 1"
 *	16 bytes that name it, drawn at random
 *	a wrap of its key (keys/smime/history_key.h), behind its length
 *	boxes of it, each behind its length
 *
 * A length is 4 bytes, the first the highest. A box is sealed with the file's
 * name and the box's number beside it, so that none can be taken away, moved or
 * put in. In it are a table, a row's number and minute, and the row's record; in
 * the last one the number of messages.
 */
#include "src/store/store_move.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/digest.h"
#include "src/store/record.h"
#include "src/store/store_merge.h"
#include "src/store/store_priv.h"

enum {
	MOVE_HEAD = 1 + 8 + 8, /* of a box's text: table, number, minute */
	MOVE_END = 0xff, /* the table of the last one */
	MOVE_BOX = 1 << 26 /* bytes that no box has more of */
};

static const char move_line[] = "signet history export 1\n";

/* A file that is written or read. */
struct moving {
	const char *file;
	FILE *f;
	unsigned char id[BOX_ID];
	struct aead *aead;
	uint64_t number; /* of the next box */
	uint64_t messages;
	struct writer to; /* import */
	struct merge *merge; /* into it */
	struct db *from; /* export */
	struct box_keys *keys; /* of it */
	enum db_table table; /* that is being written */
	struct err why; /* set: it has failed */
};

/* What is authenticated beside the next box. */
static struct span
move_with(struct moving *m, unsigned char out[BOX_ID + 8])
{
	memcpy(out, m->id, BOX_ID);
	number_write(out + BOX_ID, 8, m->number++);
	return (struct span){out, BOX_ID + 8};
}

static void
move_begin(struct moving *m, const unsigned char key[AEAD_KEY])
{
	unsigned char boxes[AEAD_KEY];

	aead_derive(key, "signet history export", boxes);
	m->aead = aead_new(boxes);
	wipe(boxes, sizeof(boxes));
}

/* --- writing -------------------------------------------------------------- */

static int
move_put(struct moving *m, struct span bytes, struct err *e)
{
	unsigned char n[4];

	number_write(n, sizeof(n), bytes.n);
	if (fwrite(n, 1, sizeof(n), m->f) == sizeof(n) &&
	    fwrite(bytes.p, 1, bytes.n, m->f) == bytes.n)
		return 0;
	return err_set(e, EX_CANTCREAT, "%s cannot be written: %s", m->file,
	    strerror(errno));
}

static int
move_put_box(struct moving *m, unsigned table, uint64_t id, uint64_t minute,
    struct span record, struct err *e)
{
	unsigned char with[BOX_ID + 8], head[MOVE_HEAD];
	struct buf text = {0}, box = {0};
	int rc;

	head[0] = (unsigned char)table;
	number_write(head + 1, 8, id);
	number_write(head + 9, 8, minute);
	buf_reserve(&text, MOVE_HEAD + record.n);
	buf_add(&text, head, MOVE_HEAD);
	buf_addspan(&text, record);
	aead_seal(m->aead, move_with(m, with), span_buf(&text), &box);
	rc = move_put(m, span_buf(&box), e);
	buf_wipe(&text);
	buf_free(&box);
	return rc;
}

static bool
move_export_row(void *arg, const struct db_row *row)
{
	struct moving *m = arg;
	struct buf record = {0};
	int rc = 0;

	if (!box_open(m->keys, m->table, row, &record))
		rc = err_set(&m->why, EX_DATAERR,
		    "what the history has under the number %llu of its %s is "
		    "damaged; signet log tells what can be read",
		    (unsigned long long)row->id, db_table_name(m->table));
	if (rc == 0)
		rc = move_put_box(m, m->table, row->id, row->minute,
		    span_buf(&record), &m->why);
	m->messages += m->table == DB_MESSAGES;
	buf_wipe(&record);
	return rc == 0;
}

static int
move_export_tables(struct moving *m, struct err *e)
{
	static const struct db_query all;

	for (int t = 0; t < DB_TABLES; t++) {
		m->table = (enum db_table)t;
		if (db_each(m->from, m->table, &all, move_export_row, m, e) ==
		    -1)
			return -1;
		if (m->why.exit != 0) {
			*e = m->why;
			return -1;
		}
	}
	return move_put_box(
	    m, MOVE_END, m->messages, 0, (struct span){NULL, 0}, e);
}

static int
move_export_head(
    struct moving *m, struct keystore *ks, const struct aor *who, struct err *e)
{
	unsigned char key[AEAD_KEY];
	struct buf wrap = {0};
	int rc;

	random_bytes(m->id, sizeof(m->id));
	random_bytes(key, sizeof(key));
	rc = history_key_wrap(ks, who, m->id, key, &wrap, e);
	if (rc == 0 &&
	    (fputs(move_line, m->f) == EOF ||
		fwrite(m->id, 1, BOX_ID, m->f) != BOX_ID))
		rc = err_set(e, EX_CANTCREAT, "%s cannot be written: %s",
		    m->file, strerror(errno));
	if (rc == 0)
		rc = move_put(m, span_buf(&wrap), e);
	move_begin(m, key);
	wipe(key, sizeof(key));
	buf_free(&wrap);
	return rc;
}

static int
move_open_new(struct moving *m, struct err *e)
{
	int fd = open(m->file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	m->f = fd != -1 ? fdopen(fd, "wb") : NULL;
	if (m->f != NULL)
		return 0;
	(void)err_set(
	    e, EX_CANTCREAT, "%s cannot be made: %s", m->file, strerror(errno));
	if (fd != -1)
		(void)close(fd);
	return -1;
}

/* Brings the file to the disk, or takes it away. */
static int
move_close_new(struct moving *m, int rc, struct err *e)
{
	if (rc == 0 && (fflush(m->f) != 0 || fsync(fileno(m->f)) == -1))
		rc = err_set(e, EX_CANTCREAT, "%s cannot be written: %s",
		    m->file, strerror(errno));
	if (fclose(m->f) != 0 && rc == 0)
		rc = err_set(e, EX_CANTCREAT, "%s cannot be written: %s",
		    m->file, strerror(errno));
	if (rc == -1)
		(void)unlink(m->file);
	return rc;
}

int
store_export(struct keystore *ks, const struct aor *who, const char *path,
    const char *file, uint64_t *count, struct err *e)
{
	struct moving m = {.file = file};
	struct opening o = {.ks = ks, .who = who};
	int rc = db_open(path, false, &m.from, e);

	if (rc == 0)
		rc = history_key_recipient(ks, who, o.recipient, e);
	if (rc == 0)
		rc = store_get_key(m.from, &o, false, e);
	if (rc == 0)
		rc = db_snapshot(m.from, e);
	if (rc == 0) {
		m.keys = box_keys_new(o.key, o.id);
		rc = move_open_new(&m, e);
	}
	wipe(&o, sizeof(o));
	if (rc == 0) {
		rc = move_export_head(&m, ks, who, e);
		if (rc == 0)
			rc = move_export_tables(&m, e);
		rc = move_close_new(&m, rc, e);
	}
	*count = m.messages;
	aead_free(m.aead);
	box_keys_free(m.keys);
	db_close(m.from);
	return rc;
}

/* --- reading -------------------------------------------------------------- */

static int
move_bad(const struct moving *m, struct err *e)
{
	return err_set(e, EX_DATAERR,
	    "%s is no exported history, or was cut or changed; nothing is "
	    "taken from it",
	    m->file);
}

/* Reads bytes behind their length. */
static int
move_get(struct moving *m, struct buf *out, struct err *e)
{
	unsigned char n[4];
	size_t length;

	out->n = 0;
	if (fread(n, 1, sizeof(n), m->f) != sizeof(n))
		return move_bad(m, e);
	length = (size_t)number_read(n, sizeof(n));
	if (length > MOVE_BOX)
		return move_bad(m, e);
	buf_reserve(out, length + 1);
	out->n = fread(out->p, 1, length, m->f);
	return out->n == length ? 0 : move_bad(m, e);
}

static int
move_import_head(
    struct moving *m, struct keystore *ks, const struct aor *who, struct err *e)
{
	char line[sizeof(move_line)];
	unsigned char key[AEAD_KEY];
	struct buf wrap = {0};
	int rc = 0;

	if (fgets(line, sizeof(line), m->f) == NULL ||
	    strcmp(line, move_line) != 0 ||
	    fread(m->id, 1, BOX_ID, m->f) != BOX_ID)
		return move_bad(m, e);
	rc = move_get(m, &wrap, e);
	if (rc == 0)
		rc = history_key_open(ks, who, m->id, span_buf(&wrap), key, e);
	if (rc == 0)
		move_begin(m, key);
	else if (wrap.n > 0)
		(void)err_in(e, "%s", m->file);
	wipe(key, sizeof(key));
	buf_free(&wrap);
	return rc;
}

/* Fills in what stands in clear in the row of a record. */
static bool
move_row(
    struct moving *m, enum db_table t, struct span record, struct db_row *row)
{
	struct store_message message;
	struct store_person person;
	struct span line;
	const char *peer = NULL;

	if (t == DB_MESSAGES) {
		if (!record_read_message(record, &message))
			return false;
		peer = message.peer;
	} else if (t == DB_PEOPLE) {
		if (!record_read_person(record, &person))
			return false;
		peer = person.peer;
	} else if (t == DB_INPUTS && !record_read_input(record, &peer, &line))
		return false;
	if (peer != NULL)
		box_talk(m->to.keys, peer, row->talk);
	if (t == DB_PEOPLE)
		row->id = box_person_row(row->talk);
	return true;
}

/* Takes one box. *more is false behind the last one. */
static int
move_import_box(
    struct moving *m, const struct buf *box, bool *more, struct err *e)
{
	unsigned char with[BOX_ID + 8];
	struct buf text = {0};
	struct span record;
	struct db_row row = {.id = 0};
	uint64_t id = 0;
	bool sound = aead_open(
	    m->aead, move_with(m, with), span_buf(box), &text);
	unsigned table = sound && text.n >= MOVE_HEAD ? text.p[0] : DB_TABLES;
	int rc = 0;

	if (sound && text.n >= MOVE_HEAD) {
		id = number_read(text.p + 1, 8);
		row.minute = number_read(text.p + 9, 8);
	}
	record = span_cut(span_buf(&text), MOVE_HEAD, text.n);
	*more = table != MOVE_END;
	if (table == MOVE_END)
		rc = id == m->messages ? 0 : move_bad(m, e);
	else if (table >= DB_TABLES || id > INT64_MAX ||
	    row.minute > INT64_MAX ||
	    !move_row(m, (enum db_table)table, record, &row))
		rc = move_bad(m, e);
	else {
		m->messages += table == DB_MESSAGES;
		rc = merge_row(
		    m->merge, (enum db_table)table, id, &row, record, e);
		if (rc == -1 && e->exit == EX_DATAERR)
			rc = move_bad(m, e);
	}
	buf_wipe(&text);
	return rc;
}

static int
move_import_boxes(struct moving *m, struct err *e)
{
	struct buf box = {0};
	bool more = true;
	int rc = 0;

	while (rc == 0 && more) {
		rc = move_get(m, &box, e);
		if (rc == 0)
			rc = move_import_box(m, &box, &more, e);
	}
	if (rc == 0 && getc(m->f) != EOF)
		rc = move_bad(m, e);
	buf_free(&box);
	return rc;
}

/* All in one transaction. */
static int
move_import_all(struct moving *m, uint64_t *count, struct err *e)
{
	if (db_begin(m->to.db, e) == -1 ||
	    merge_begin(&m->to, &m->merge, e) == -1 ||
	    write_count(&m->to, false, e) == -1 ||
	    move_import_boxes(m, e) == -1 ||
	    merge_end(m->merge, count, e) == -1 ||
	    write_count(&m->to, true, e) == -1)
		return -1;
	return db_commit(m->to.db, e);
}

/* Numbers of messages may change, which whoever sends what waits has in memory:
 * nobody may be there. */
static int
move_lock(const char *path, int *lock, struct err *e)
{
	*lock = wake_lock(path);
	if (*lock != -1)
		return 0;
	if (errno == EWOULDBLOCK)
		return err_set(e, EX_TEMPFAIL,
		    "a signet runs with the history %s; end it, and import "
		    "again",
		    path);
	return err_set(e, EX_OSERR, "the history %s cannot be locked: %s", path,
	    strerror(errno));
}

int
store_import(struct keystore *ks, const struct aor *who, const char *path,
    const char *file, uint64_t *count, struct err *e)
{
	struct moving m = {.file = file};
	struct opening o = {.ks = ks, .who = who};
	int rc, lock = -1;

	m.f = fopen(file, "rb");
	if (m.f == NULL)
		return err_set(e, EX_NOINPUT, "%s cannot be read: %s", file,
		    strerror(errno));
	*count = 0;
	rc = move_import_head(&m, ks, who, e);
	if (rc == 0)
		rc = db_open(path, true, &m.to.db, e);
	if (rc == 0)
		rc = move_lock(path, &lock, e);
	if (rc == 0)
		rc = history_key_recipient(ks, who, o.recipient, e);
	if (rc == 0)
		rc = store_get_key(m.to.db, &o, true, e);
	if (rc == 0) {
		m.to.keys = box_keys_new(o.key, o.id);
		rc = move_import_all(&m, count, e);
		if (rc == -1)
			db_rollback(m.to.db);
	}
	wipe(&o, sizeof(o));
	(void)fclose(m.f);
	aead_free(m.aead);
	merge_free(m.merge);
	box_keys_free(m.to.keys);
	db_close(m.to.db);
	if (lock != -1)
		(void)close(lock);
	return rc;
}
