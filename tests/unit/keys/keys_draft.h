/*
 * The draft's own people in a key store of its time: fluffy writes to kumiko.
 */
#ifndef SIGNET_TESTS_UNIT_KEYS_KEYS_DRAFT_H
#define SIGNET_TESTS_UNIT_KEYS_KEYS_DRAFT_H

#include "tests/unit/keys/keys_make.h"

#define DRAFT_VECTORS "tests/vectors/sec-flows/"

/* 2005-11-19T23:34:50Z, when 6.1 was sent. */
static const time_t draft_then = 1132443290;

static inline void
draft_copy(const char *dir, const char *name)
{
	char path[256];
	struct buf b;

	snprintf(path, sizeof(path), DRAFT_VECTORS "%s", name);
	b = get_source(path);
	put_file(dir, name, b.p, b.n);
	buf_free(&b);
}

static inline int
draft_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err e;

	w->dir = make_dir();
	draft_copy(w->dir, "root_cert_fluffyCA.pem");
	draft_copy(w->dir, "user_cert_fluffy@example.com.pem");
	draft_copy(w->dir, "user_key_fluffy@example.com.pem");
	draft_copy(w->dir, "user_cert_kumiko@example.net.pem");
	draft_copy(w->dir, "user_key_kumiko@example.net.pem");
	w->from = "sip:fluffy@example.com";
	w->policy.at = draft_then;
	w->policy.legacy = true;
	if (keystore_open(w->dir, false, &w->ks, &e) != 0)
		fail_msg("%s", e.text);
	*state = w;
	return 0;
}

static inline int
draft_teardown(void **state)
{
	struct world *w = *state;

	keystore_free(w->ks);
	drop_dir(w->dir);
	free(w);
	return 0;
}

/* The value of a header field, or "". */
static inline char *
field(const struct buf *message, const char *name)
{
	char wanted[64];
	char *at, *out;
	size_t n;

	snprintf(wanted, sizeof(wanted), "\r\n%s: ", name);
	at = strstr((char *)message->p, wanted);
	if (at == NULL)
		return calloc(1, 1);
	at += strlen(wanted);
	n = strcspn(at, "\r");
	out = calloc(1, n + 1);
	memcpy(out, at, n);
	return out;
}

#endif
