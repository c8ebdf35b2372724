#include "src/cmd/keys_history.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/app/verb.h"
#include "src/store/store_keys.h"

/* A history whose key is kept until its owner has keys again: a certificate may
 * come in one file, and its private key in the next. */
struct history_held {
	struct history_held *next;
	char *who, *path;
	struct store_keys *keys;
	uint64_t messages;
	bool wrapped; /* for the keys that its owner has by now */
};

/* Appends "the history PATH (3 messages)". */
static void
keys_history_name(struct buf *out, const char *path, uint64_t messages)
{
	buf_addf(out, "the history %s (%" PRIu64 " message%s)", path, messages,
	    messages == 1 ? "" : "s");
}

/* --- removal -------------------------------------------------------------- */

static int
keys_history_remove(struct keys_history *h, const struct aor *who,
    const char *path, const struct store_look *look, struct err *e)
{
	struct buf name = {0};
	int rc = 0;

	if (look->messages == 0)
		return 0;
	keys_history_name(&name, path, look->messages);
	if (h->force)
		buf_addf(&h->lost,
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

static struct history_held *
keys_history_find(struct keys_history *h, const struct aor *who)
{
	struct history_held *held = h->held;

	while (held != NULL && strcmp(held->who, who->key) != 0)
		held = held->next;
	return held;
}

/* Opens the key of a history with the key that is there still. */
static struct history_held *
keys_history_hold(struct keys_history *h, const struct aor *who,
    const char *path, const struct store_look *look, struct err *e)
{
	struct history_held *held;
	struct store_keys *keys;

	if (store_keys_open(h->ks, who, path, &keys, e) == -1) {
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
	held->next = h->held;
	h->held = held;
	return held;
}

static int
keys_history_replace(struct keys_history *h, const struct aor *who,
    const char *path, const struct store_look *look,
    const struct keystore_owner *next, struct err *e)
{
	struct history_held *held = keys_history_find(h, who);

	if (held == NULL && look->mine)
		held = keys_history_hold(h, who, path, look, e);
	if (held == NULL)
		return look->mine ? -1 : 0;
	held->wrapped = false;
	if (next == NULL)
		return 0;
	if (store_keys_add(held->keys, h->ks, who, next, e) == -1)
		return err_in(e,
		    "the key of %s stays, since the new one could not read %s",
		    who->text, path);
	held->wrapped = true;
	return 0;
}

/* --- the watch ------------------------------------------------------------ */

static int
keys_history_on_change(void *arg, const struct aor *who,
    const struct keystore_owner *next, struct err *e)
{
	struct keys_history *h = arg;
	struct store_look look;
	struct buf path = {0};
	int rc;

	store_path(h->c, who, &path);
	rc = store_keys_look(h->ks, who, (char *)path.p, &look, e);
	if (rc == -1 && (e->exit == EX_NOINPUT || h->removes))
		rc = 0; /* nothing is lost that is not lost already */
	else if (rc == 0 && h->removes && look.mine)
		rc = keys_history_remove(h, who, (char *)path.p, &look, e);
	else if (rc == 0 && !h->removes)
		rc = keys_history_replace(
		    h, who, (char *)path.p, &look, next, e);
	buf_free(&path);
	if (rc == 0)
		e->exit = 0;
	return rc;
}

void
keys_history_watch(
    struct keys_history *h, const struct config *c, struct keystore *ks)
{
	*h = (struct keys_history){.c = c, .ks = ks};
	keystore_on_change(ks, keys_history_on_change, h);
}

/* Says it where a history does not open with what its owner has now. */
static void
keys_history_check(struct keys_history *h, const struct history_held *held)
{
	struct buf line = {0};
	struct store_look look;
	struct aor who;
	struct err e;

	if (held->wrapped || aor_parse(span_str(held->who), &who, &e) == -1)
		return;
	if (store_keys_look(h->ks, &who, held->path, &look, &e) == 0 &&
	    !look.mine) {
		keys_history_name(&line, held->path, held->messages);
		buf_addf(&line,
		    " opens no more: the new certificate of %s has no private "
		    "key here",
		    held->who);
		verb_note(h->c, (char *)line.p);
	}
	buf_free(&line);
	aor_free(&who);
}

void
keys_history_end(struct keys_history *h, bool done)
{
	keystore_on_change(h->ks, NULL, NULL);
	while (h->held != NULL) {
		struct history_held *held = h->held;

		keys_history_check(h, held);
		h->held = held->next;
		store_keys_free(held->keys);
		free(held->who);
		free(held->path);
		free(held);
	}
	if (done && h->lost.n > 0)
		verb_note(h->c, (char *)h->lost.p);
	buf_free(&h->lost);
}
