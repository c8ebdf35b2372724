#include "src/store/store.h"

#include <stdlib.h>
#include <string.h>

#include "src/app/config.h"
#include "src/store/record.h"
#include "src/store/store_priv.h"

const char *
store_state_name(enum store_state s)
{
	static const char *const names[] = {
	    [STORE_WAITING] = "waiting",
	    [STORE_SENT] = "sent",
	    [STORE_ACCEPTED] = "accepted",
	    [STORE_DELIVERED] = "delivered",
	    [STORE_DISPLAYED] = "displayed",
	    [STORE_FAILED] = "failed",
	    [STORE_DROPPED] = "failed",
	    [STORE_SHOWN] = "shown",
	    [STORE_REFUSED] = "refused",
	};

	return names[s];
}

static void
store_add_default_path(const struct aor *who, struct buf *out)
{
	struct buf file = {0};
	char *path;

	buf_adds(&file, "history-");
	keystore_escape(&file, span_str(who->key));
	buf_adds(&file, ".db");
	path = config_data_path((const char *)file.p);
	buf_adds(out, path != NULL ? path : (const char *)file.p);
	free(path);
	buf_free(&file);
}

void
store_path(const struct config *c, const struct aor *who, struct buf *out)
{
	struct aor first = {NULL, NULL, NULL};
	struct err e;
	bool named = c->history_file != NULL &&
	    (c->aors.count == 0 ||
		(aor_parse(span_str(c->aors.items[0]), &first, &e) == 0 &&
		    aor_equal(&first, who)));

	if (named)
		buf_adds(out, c->history_file);
	else
		store_add_default_path(who, out);
	aor_free(&first);
}

/* --- people of whom nothing is kept -------------------------------------- */

static size_t
store_find_off(const struct store *s, const char *peer)
{
	size_t i = 0;

	while (i < s->off_count && strcmp(s->off[i], peer) != 0)
		i++;
	return i;
}

bool
store_is_off(const struct store *s, const char *peer)
{
	return store_find_off(s, peer) < s->off_count;
}

static void
store_set_off(struct store *s, const char *peer, bool off)
{
	size_t i = store_find_off(s, peer);

	if (off == (i < s->off_count))
		return;
	if (off) {
		s->off = xrealloc(s->off, (i + 1) * sizeof(*s->off));
		s->off[s->off_count++] = xstrdup(peer);
	} else {
		free(s->off[i]);
		s->off[i] = s->off[--s->off_count];
	}
}

static bool
store_learn_off(void *arg, const struct store_person *p)
{
	store_set_off(arg, p->peer, p->off);
	return true;
}

/* --- opening -------------------------------------------------------------- */

/* Takes over db, which the thread writes to. */
static int
store_begin_thread(struct store *s, struct loop *loop, struct db *db,
    const struct opening *o, struct err *e)
{
	struct writer writer = {.db = db};

	if (loop == NULL) {
		db_close(db);
		return 0;
	}
	writer.keys = box_keys_new(o->key, o->id);
	if (thread_new(loop, &writer, &s->thread, e) == 0)
		return 0;
	box_keys_free(writer.keys);
	db_close(db);
	return -1;
}

int
store_open(struct loop *loop, struct keystore *ks, const struct aor *who,
    const char *path, struct store **out, struct err *e)
{
	struct opening o = {.ks = ks, .who = who};
	struct store *s = NULL;
	struct db *db;
	int rc;

	/* Who has no certificate gets no database. */
	if (history_key_recipient(ks, who, o.recipient, e) == -1 ||
	    db_open(path, loop != NULL, &db, e) == -1)
		return -1;
	rc = store_get_key(db, &o, loop != NULL, e);
	if (rc == -1)
		db_close(db);
	else {
		s = xcalloc(1, sizeof(*s));
		s->loop = loop;
		s->path = xstrdup(path);
		s->keys = box_keys_new(o.key, o.id);
		rc = store_begin_thread(s, loop, db, &o, e);
	}
	wipe(&o, sizeof(o));
	if (rc == 0)
		rc = db_open(path, false, &s->db, e);
	if (rc == 0 && loop != NULL)
		rc = store_people(s, store_learn_off, s, e);
	if (rc == -1)
		store_close(s);
	else
		*out = s;
	return rc;
}

int
store_open_set(struct loop *loop, struct keystore *ks, const struct config *c,
    const struct aor *who, struct store **out, struct err *e)
{
	struct buf path = {0};
	int rc;

	store_path(c, who, &path);
	rc = store_open(loop, ks, who, (const char *)path.p, out, e);
	if (rc == 0 && loop != NULL && c->history_days > 0)
		store_expire(*out, (unsigned)c->history_days);
	buf_free(&path);
	return rc;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	wake_free(s->wake);
	thread_free(s->thread);
	db_close(s->db);
	if (s->wakes)
		wake_send(s->path);
	box_keys_free(s->keys);
	free(s->path);
	while (s->off_count > 0)
		free(s->off[--s->off_count]);
	free(s->off);
	free(s);
}

int
store_take_outbox(
    struct store *s, loop_fn *woken, void *arg, bool *ours, struct err *e)
{
	int rc = s->wake == NULL
	    ? wake_new(s->loop, s->path, woken, arg, &s->wake, e)
	    : 0;

	*ours = s->wake != NULL;
	return rc;
}

void
store_wake_outbox(struct store *s)
{
	s->wakes = true;
}

bool
store_busy(const struct store *s)
{
	return thread_busy(s->thread);
}

/* --- writing -------------------------------------------------------------- */

static struct write *
store_write(enum write_kind kind, store_fn *fn, void *arg)
{
	struct write *w = xcalloc(1, sizeof(*w));

	w->kind = kind;
	w->row.minute = (uint64_t)time(NULL) / 60;
	w->fn = fn;
	w->arg = arg;
	return w;
}

void
store_add(struct store *s, const struct store_message *m,
    const unsigned char *key, store_fn *fn, void *arg)
{
	struct write *w = store_write(WRITE_MESSAGE, fn, arg);

	box_talk(s->keys, m->peer, w->row.talk);
	if (key != NULL)
		box_seen(s->keys, key, w->row.seen);
	record_write_message(m, &w->record);
	w->waits = m->direction == STORE_OUT && m->state == STORE_WAITING;
	if (m->raw.n > 0)
		record_write_signed(m->raw, m->content_key, &w->raw);
	thread_add(s->thread, w);
}

void
store_keep_request(struct store *s, uint64_t id, const struct store_request *r,
    store_fn *fn, void *arg)
{
	struct write *w = store_write(WRITE_REQUEST, fn, arg);

	w->row.id = id;
	record_write_request(r, &w->record);
	if (r->message_id != NULL && r->message_id[0] != '\0')
		w->message_id = xstrdup(r->message_id);
	thread_add(s->thread, w);
}

void
store_set_state(struct store *s, uint64_t id, enum store_state state,
    int status, const char *reason, time_t when, store_fn *fn, void *arg)
{
	struct write *w = store_write(WRITE_STATE, fn, arg);

	w->row.id = id;
	w->state = state;
	w->status = status;
	w->reason = reason != NULL ? xstrdup(reason) : NULL;
	w->when = when;
	thread_add(s->thread, w);
}

void
store_delete(struct store *s, uint64_t id)
{
	struct write *w = store_write(WRITE_DELETE, NULL, NULL);

	w->row.id = id;
	thread_add(s->thread, w);
}

void
store_set_person(struct store *s, const struct store_person *p)
{
	struct write *w = store_write(WRITE_PERSON, NULL, NULL);

	store_set_off(s, p->peer, p->off);
	box_talk(s->keys, p->peer, w->row.talk);
	w->row.id = box_person_row(w->row.talk);
	w->row.minute = 0;
	record_write_person(p, &w->record);
	thread_add(s->thread, w);
}

void
store_add_input(struct store *s, const char *peer, struct span line)
{
	struct write *w = store_write(WRITE_INPUT, NULL, NULL);

	box_talk(s->keys, peer, w->row.talk);
	record_write_input(peer, line, &w->record);
	thread_add(s->thread, w);
}

void
store_forget(struct store *s, const char *peer, store_fn *fn, void *arg)
{
	struct write *w = store_write(WRITE_FORGET, fn, arg);

	box_talk(s->keys, peer, w->row.talk);
	thread_add(s->thread, w);
}

void
store_expire(struct store *s, unsigned days)
{
	struct write *w = store_write(WRITE_EXPIRE, NULL, NULL);
	uint64_t now = w->row.minute, age = (uint64_t)days * 24 * 60;

	w->row.minute = now > age ? now - age : 0;
	thread_add(s->thread, w);
}
