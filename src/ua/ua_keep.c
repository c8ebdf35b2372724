/*
 * With a history: a message that comes is committed to it, then told to the
 * owner, then answered. One that came before is answered as it was, and not
 * told.
 */
#include "src/ua/ua_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
	KEEP_RAW = 65536, /* bytes of a message that are kept to judge it
	                   * again */
	KEEP_FIELDS = 512, /* of a record: numbers, tags and lengths */
	KEEP_TOLD = 5 /* ms in which the owner is told of one */
};

/* A message on its way to the disk. Its transaction keeps the request. */
struct keeping {
	struct ua *ua;
	const struct sip_msg *request;
	struct message_in in;
	enum verdict_transport kind;
	time_t came;
	uint64_t deferred; /* the id that its answer waits under */
	unsigned char key[DIGEST_SIZE];
	struct buf raw;
	struct store *store;
	const char *peer; /* while it is written; NULL: From is no AOR */
	struct keeping *prev, *next;
};

void
ua_set_history(struct ua *ua, size_t index, struct store *store)
{
	if (ua->histories == NULL)
		ua->histories = xcalloc(
		    ua->aor_count + 1, sizeof(*ua->histories));
	if (index < ua->aor_count)
		ua->histories[index] = store;
	/* What is sent is from the first address. */
	if (index == 0)
		outbox_set_history(ua->outbox, store);
}

int
ua_resume(struct ua *ua, struct err *e)
{
	return outbox_resume(ua->outbox, e);
}

int
ua_store(struct ua *ua, const struct ua_send_req *req, store_fn *fn, void *arg,
    struct err *e)
{
	return outbox_store(ua->outbox, req, fn, arg, e);
}

static void
ua_keeping_free(struct keeping *k)
{
	if (k->prev != NULL)
		k->prev->next = k->next;
	else
		k->ua->keeping = k->next;
	if (k->next != NULL)
		k->next->prev = k->prev;
	message_in_free(&k->in);
	buf_wipe(&k->raw);
	free(k);
}

void
ua_forget_keeping(struct ua *ua)
{
	while (ua->keeping != NULL)
		ua_keeping_free(ua->keeping);
	free(ua->histories);
	ua->histories = NULL;
}

struct store *
ua_history_of(const struct ua *ua, const struct sip_msg *request)
{
	struct store *found = NULL;
	struct err e;
	struct aor to;

	if (ua->histories == NULL)
		return NULL;
	if (aor_parse_uri(sip_to_uri(request), &to, &e) == -1)
		return ua->histories[0];
	for (size_t i = 0; i < ua->aor_count && found == NULL; i++)
		if (aor_equal(&ua->aors[i], &to))
			found = ua->histories[i];
	aor_free(&to);
	return found;
}

/* --- when it is on disk --------------------------------------------------- */

/* A receipt or typing was committed for the time that this takes, and does not
 * stay. */
static void
ua_kept_notice(const struct keeping *k, uint64_t id)
{
	store_delete(k->store, id);
	if (k->in.opened.notice != NULL)
		(void)ua_take_notice(k->ua, k->request, &k->in.opened);
}

/* The owner has it, and its answer waits for nothing more, unless the owner
 * deferred it. */
static void
ua_kept(void *arg, enum store_result result, uint64_t id, int status,
    const struct err *e)
{
	struct keeping *k = arg;
	struct ua *ua = k->ua;
	uint64_t deferred = 0;

	/* After a slow commit, too, the time of the answer tells nothing of what
	 * the owner did with CBC content. */
	if (k->in.opened.delay_answer)
		ua_delay(ua, KEEP_TOLD);
	if (result == STORE_DONE) {
		status = k->in.status;
		if (k->in.opened.kind == KIND_TEXT)
			deferred = ua_tell_kept(
			    ua, k->request, &k->in, k->kind, k->came, id);
		else
			ua_kept_notice(k, id);
	} else if (result == STORE_LOST) {
		status = 480;
		ua_note(ua, UA_PROBLEM, e->text);
	}
	if (deferred != 0)
		ua_defer_again(ua, k->deferred, deferred, k->key);
	else
		ua_settle(ua, k->deferred, status);
	/* There may be room when it comes again. */
	if (result == STORE_LOST)
		reply_cache_forget(ua->replies, k->key, loop_now(ua->loop));
	ua_keeping_free(k);
}

/* --- what is kept --------------------------------------------------------- */

/* The message as it came, where there is something in it to judge. */
static void
ua_keep_raw(struct keeping *k)
{
	const struct verdict *v = &k->in.opened.verdict;
	struct span head = sip_head(k->request), body = sip_body(k->request);

	if ((v->signature == SIGNATURE_NONE &&
		v->encryption == ENCRYPTION_NONE) ||
	    head.n + body.n > KEEP_RAW)
		return;
	buf_reserve(&k->raw, head.n + body.n);
	buf_addspan(&k->raw, head);
	buf_addspan(&k->raw, body);
}

/* A callback of message_tell: writes what it is told. The size of the record
 * and the bytes beside it depend on what came, never on what CBC content was. */
static bool
ua_keep_told(void *arg, const struct ua_message *m)
{
	struct keeping *k = arg;
	struct store_message row = {.direction = STORE_IN,
	    .state = m->text != NULL ? STORE_SHOWN : STORE_REFUSED,
	    .arrived = m->time,
	    .from = m->from,
	    .to = m->to,
	    .call_id = m->call_id,
	    .content_type = m->content_type,
	    .text = m->text,
	    .text_len = m->text_len,
	    .reason = m->reason,
	    .status = m->status,
	    .transport = m->transport,
	    .judged = m->judged,
	    .verdict = m->verdict,
	    .fingerprint = m->fingerprint,
	    .signed_to = m->signed_to,
	    .signed_at = m->signed_at,
	    .message_id = m->message_id,
	    .raw = span_buf(&k->raw),
	    .content_key = span_buf(&k->in.opened.content_key)};

	/* All text, and what it says of itself, comes from the message, or is in
	 * the verdict. */
	if (k->in.opened.delay_answer)
		row.fill = sip_head(k->request).n + sip_body(k->request).n +
		    sizeof(row.verdict) + KEEP_FIELDS;
	row.peer = k->peer != NULL ? k->peer : m->from;
	store_add(k->store, &row, k->key, ua_kept, k);
	return true;
}

bool
ua_keep(struct ua *ua, const struct sip_msg *request, struct message_in *in,
    enum verdict_transport kind, struct reply_cache_entry *a)
{
	struct store *store = in->judged ? ua_history_of(ua, request) : NULL;
	struct aor from = {NULL, NULL, NULL};
	struct keeping *k;
	struct err e;

	if (store == NULL)
		return false;
	if (aor_parse_uri(sip_from_uri(request), &from, &e) == 0 &&
	    store_is_off(store, from.key)) {
		aor_free(&from);
		return false;
	}
	k = xcalloc(1, sizeof(*k));
	*k = (struct keeping){.ua = ua,
	    .request = request,
	    .in = *in,
	    .kind = kind,
	    .came = time(NULL),
	    .deferred = ++ua->deferred,
	    .store = store,
	    .next = ua->keeping};
	memcpy(k->key, a->key, sizeof(k->key));
	if (k->next != NULL)
		k->next->prev = k;
	ua->keeping = k;
	a->deferred = k->deferred;
	ua_keep_raw(k);
	k->peer = from.key;
	(void)message_tell(request, &k->in, kind, k->came, ua_keep_told, k);
	k->peer = NULL;
	aor_free(&from);
	return true;
}
