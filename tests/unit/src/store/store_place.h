/* A key store and a history for tests of src/store. */
#ifndef SIGNET_TESTS_UNIT_SRC_STORE_STORE_PLACE_H
#define SIGNET_TESTS_UNIT_SRC_STORE_STORE_PLACE_H

#include "tests/unit/keys/keys_make.h"

#include "src/base/loop.h"
#include "src/store/store.h"

/* A folder with a key store and a history, and what was told last. */
struct place {
	char *dir, path[4200];
	struct aor who;
	struct keystore *ks;
	struct loop *loop;
	struct store *s;
	size_t told;
	enum store_result result;
	uint64_t id;
	int status;
	struct err why;
};

static inline void
start(struct place *p)
{
	struct err e = {0};

	if (store_open(p->loop, p->ks, &p->who, p->path, &p->s, &e) == -1)
		fail_msg("%s", e.text);
}

static inline void
restart(struct place *p)
{
	store_close(p->s);
	p->s = NULL;
	start(p);
}

static inline int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));
	struct keystore_new how = {.days = 30};
	struct err e = {0};

	p->dir = make_dir();
	snprintf(p->path, sizeof(p->path), "%s/history.db", p->dir);
	assert_int_equal(aor_parse(span_str("me@example.com"), &p->who, &e), 0);
	assert_int_equal(keystore_open(p->dir, true, &p->ks, &e), 0);
	assert_int_equal(keystore_make(p->ks, "me@example.com", &how, &e), 0);
	assert_int_equal(loop_new(&p->loop, &e), 0);
	start(p);
	*state = p;
	return 0;
}

static inline int
tear_down(void **state)
{
	struct place *p = *state;

	store_close(p->s);
	loop_free(p->loop);
	keystore_free(p->ks);
	aor_free(&p->who);
	drop_dir(p->dir);
	free(p);
	return 0;
}

static inline void
told(void *arg, enum store_result result, uint64_t id, int status,
    const struct err *e)
{
	struct place *p = arg;

	p->told++;
	p->result = result;
	p->id = id;
	p->status = status;
	p->why = *e;
	if (!store_busy(p->s))
		loop_stop(p->loop);
}

/* Runs the loop until all is told. */
static inline void
wait(struct place *p)
{
	struct err e;

	assert_true(store_busy(p->s));
	assert_int_equal(loop_run(p->loop, &e), 0);
}

static inline struct store_message
theirs(const char *peer, const char *text)
{
	return (struct store_message){.direction = STORE_IN,
	    .state = STORE_SHOWN,
	    .arrived = 1795000000,
	    .peer = peer,
	    .from = peer,
	    .to = "me@example.com",
	    .call_id = "a84b4c76e66710@pc33",
	    .content_type = "text/plain",
	    .text = text,
	    .text_len = strlen(text),
	    .status = 200,
	    .transport = TRANSPORT_TLS,
	    .judged = true,
	    .verdict = {.signature = SIGNATURE_GOOD,
		.signer = "bob@example.com",
		.digest = "sha-256",
		.encryption = ENCRYPTION_OPENED,
		.cipher = "aes-128-gcm",
		.covers = COVERS_TEXT}};
}

static inline void
add(struct place *p, const struct store_message *m, const char *key)
{
	unsigned char bytes[32] = {0};

	if (key != NULL)
		memcpy(bytes, key, strlen(key));
	store_add(p->s, m, key != NULL ? bytes : NULL, told, p);
}

/* Writes the texts of a query, each behind its number, and '!' for damage. */
static inline bool
collect(void *arg, const struct store_message *m, bool damaged)
{
	struct buf *b = arg;

	buf_addf(b, "%llu:%s ", (unsigned long long)m->id,
	    damaged               ? "!"
		: m->text != NULL ? m->text
				  : "-");
	return true;
}

static inline void
holds(struct place *p, const struct store_query *q, const char *wanted)
{
	static const struct store_query all;
	struct buf b = {0};
	struct err e = {0};

	buf_adds(&b, "");
	if (store_read(p->s, q != NULL ? q : &all, collect, &b, &e) == -1)
		fail_msg("%s", e.text);
	assert_string_equal((char *)b.p, wanted);
	buf_free(&b);
}

/* Reads or changes the database as anybody could. */
static inline struct buf
file(const struct place *p, const char *more)
{
	char path[4300], chunk[4096];
	struct buf b = {0};
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s%s", p->path, more);
	f = fopen(path, "rb");
	while (f != NULL && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&b, chunk, n);
	if (f != NULL)
		fclose(f);
	return b;
}

static inline bool
found(const struct buf *b, struct span what)
{
	for (size_t i = 0; i + what.n <= b->n; i++)
		if (memcmp(b->p + i, what.p, what.n) == 0)
			return true;
	return false;
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)

#endif
