#include "src/store/key_watch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/store/store_keys.h"

/* A history whose key is kept until its owner has keys again: a certificate may
 * come in one file, and its private key in the next. */
struct key_watch_held {
	struct key_watch_held *next;
	char *who, *path;
	struct store_keys *keys;
	uint64_t messages;
	bool wrapped; /* for the keys that its owner has by now */
};

/* Appends "the history PATH (3 messages)". */
static void
key_watch_name(struct buf *out, const char *path, uint64_t messages)
{
	buf_addf(out, "the history %s (%" PRIu64 " message%s)", path, messages,
	    messages == 1 ? "" : "s");
}

/* --- removal -------------------------------------------------------------- */

static int
key_watch_remove(struct key_watch *w, const struct aor *who, const char *path,
    const struct store_look *look, struct err *e)
{
	struct buf name = {0};
	int rc = 0;

	if (look->messages == 0)
		return 0;
	key_watch_name(&name, path, look->messages);
	if (w->force)
		buf_addf(&w->lost,
		    "%s can no longer be read: its last key is "
		    "removed",
		    (char *)name.p);
	else
		rc = err_set(e, EX_USAGE,
		    "%s has a private key, and without it neither %s nor "
		    "messages encrypted for it can be read; --force removes it",
		    who->text, (char *)name.p);
	buf_free(&name);
	return rc;
}

/* --- replacement ---------------------------------------------------------- */

static struct key_watch_held *
key_watch_find(struct key_watch *w, const struct aor *who)
{
	struct key_watch_held *held = w->held;

	while (held != NULL && strcmp(held->who, who->key) != 0)
		held = held->next;
	return held;
}

/* Opens the key of a history with the key that is there still. */
static struct key_watch_held *
key_watch_hold(struct key_watch *w, const struct aor *who, const char *path,
    const struct store_look *look, struct err *e)
{
	struct key_watch_held *held;
	struct store_keys *keys;

	if (store_keys_open(w->ks, who, path, &keys, e) == -1) {
		(void)err_in(e,
		    "the key of %s stays, since another one could not read %s",
		    who->text, path);
		return NULL;
	}
	held = xcalloc(1, sizeof(*held));
	held->who = xstrdup(who->key);
	held->path = xstrdup(path);
	held->keys = keys;
	held->messages = look->messages;
	held->next = w->held;
	w->held = held;
	return held;
}

static int
key_watch_replace(struct key_watch *w, const struct aor *who, const char *path,
    const struct store_look *look, const struct keystore_owner *next,
    struct err *e)
{
	struct key_watch_held *held = key_watch_find(w, who);

	if (held == NULL && look->mine)
		held = key_watch_hold(w, who, path, look, e);
	if (held == NULL)
		return look->mine ? -1 : 0;
	held->wrapped = false;
	if (next == NULL)
		return 0;
	if (store_keys_add(held->keys, w->ks, who, next, e) == -1)
		return err_in(e,
		    "the key of %s stays, since the new one could not read %s",
		    who->text, path);
	held->wrapped = true;
	return 0;
}

/* --- the watch ------------------------------------------------------------ */

static int
key_watch_on_change(void *arg, const struct aor *who,
    const struct keystore_owner *next, struct err *e)
{
	struct key_watch *w = arg;
	struct store_look look;
	struct buf path = {0};
	int rc;

	store_path(w->c, who, &path);
	rc = store_keys_look(w->ks, who, (char *)path.p, &look, e);
	if (rc == -1 && (e->exit == EX_NOINPUT || w->removes))
		rc = 0; /* nothing is lost that is not lost already */
	else if (rc == 0 && w->removes && look.mine)
		rc = key_watch_remove(w, who, (char *)path.p, &look, e);
	else if (rc == 0 && !w->removes)
		rc = key_watch_replace(w, who, (char *)path.p, &look, next, e);
	buf_free(&path);
	if (rc == 0)
		e->exit = 0;
	return rc;
}

void
key_watch_begin(
    struct key_watch *w, const struct config *c, struct keystore *ks)
{
	*w = (struct key_watch){.c = c, .ks = ks};
	keystore_on_change(ks, key_watch_on_change, w);
}

/* Appends a line where a history does not open with what its owner has now. */
static void
key_watch_check(
    struct key_watch *w, const struct key_watch_held *held, struct buf *line)
{
	struct store_look look;
	struct aor who;
	struct err e;

	if (held->wrapped || aor_parse(span_str(held->who), &who, &e) == -1)
		return;
	if (store_keys_look(w->ks, &who, held->path, &look, &e) == 0 &&
	    !look.mine) {
		key_watch_name(line, held->path, held->messages);
		buf_addf(line,
		    " opens no more: the new certificate of %s has no private "
		    "key here",
		    held->who);
	}
	aor_free(&who);
}

void
key_watch_end(struct key_watch *w, bool done,
    void (*fn)(void *arg, const char *line), void *arg)
{
	keystore_on_change(w->ks, NULL, NULL);
	while (w->held != NULL) {
		struct key_watch_held *held = w->held;
		struct buf line = {0};

		key_watch_check(w, held, &line);
		if (line.n > 0)
			fn(arg, (char *)line.p);
		buf_free(&line);
		w->held = held->next;
		store_keys_free(held->keys);
		free(held->who);
		free(held->path);
		free(held);
	}
	if (done && w->lost.n > 0)
		fn(arg, (char *)w->lost.p);
	buf_free(&w->lost);
}
