/*
 * Keys that change: the key of a history is wrapped for the new ones before the
 * old ones go.
 */
#include "tests/unit/keys/keys_make.h"

#include "keys/smime/history_key.h"
#include "keys/store/keystore_certs.h"

#define BOB "bob@example.com"

static const unsigned char id[HISTORY_ID] = "one database    ";
static const unsigned char secret[HISTORY_KEY] =
    "0123456789abcdef0123456789abcdef";

/* What was told of a change. */
struct told {
	struct keystore *ks;
	int count;
	bool next, refuse;
	struct buf wrap;
	unsigned char recipient[HISTORY_RECIPIENT];
};

static int
on_change(void *arg, const struct aor *who, const struct keystore_owner *next,
    struct err *e)
{
	struct told *t = arg;

	t->count++;
	t->next = next != NULL;
	t->wrap.n = 0;
	assert_string_equal(who->key, BOB);
	/* the store may be read anew meanwhile */
	assert_int_equal(keystore_refresh_force(t->ks, e), 0);
	if (next != NULL &&
	    history_key_wrap_next(
		t->ks, next, who, id, secret, &t->wrap, t->recipient, e) == -1)
		fail_msg("%s", e->text);
	return t->refuse ? err_set(e, EX_NOPERM, "no") : 0;
}

/* Returns whether what was wrapped opens now. */
static bool
opens(struct told *t)
{
	unsigned char key[HISTORY_KEY], recipient[HISTORY_RECIPIENT];
	struct aor who;
	struct err e = {0};
	bool ok;

	aor_parse(span_str(BOB), &who, &e);
	ok = history_key_open(t->ks, &who, id, span_buf(&t->wrap), key, &e) ==
	    0;
	if (ok) {
		assert_true(
		    history_key_is_mine(t->ks, &who, span_buf(&t->wrap)));
		assert_memory_equal(key, secret, sizeof(key));
		assert_int_equal(
		    history_key_recipient(t->ks, &who, recipient, &e), 0);
		assert_memory_equal(recipient, t->recipient, sizeof(recipient));
	}
	aor_free(&who);
	return ok;
}

static struct told
told_of(struct world *w)
{
	struct told t = {.ks = w->ks};

	return t;
}

static int
import(struct world *w, const struct ident *cert, const struct ident *key)
{
	BIO *b = BIO_new(BIO_s_mem());
	struct keystore_import_opts how = {.path = "file", .force = true};
	struct keystore_item *items = NULL;
	size_t count = 0;
	struct err e = {0};
	char *data;
	long n;
	int rc;

	if (cert != NULL)
		PEM_write_bio_X509(b, cert->cert);
	if (key != NULL)
		PEM_write_bio_PKCS8PrivateKey(
		    b, key->key, NULL, NULL, 0, NULL, NULL);
	n = BIO_get_mem_data(b, &data);
	rc = keystore_import(w->ks,
	    (struct span){(unsigned char *)data, (size_t)n}, &how, &items,
	    &count, &e);
	keystore_items_free(items, count);
	BIO_free(b);
	return rc == 0 ? 0 : e.exit;
}

static struct ident
of_bob(struct world *w, const char *usage)
{
	return make_cert(&w->ca,
	    &(struct say){.cn = "bob", .san = "URI:sip:" BOB, .usage = usage});
}

static void
a_new_key_is_told_before_it_is_there(void **state)
{
	static const struct keystore_new how = {.days = 10, .force = true};
	struct world *w = *state;
	struct told t = told_of(w);
	struct err e;

	keystore_on_change(w->ks, on_change, &t);
	assert_int_equal(keystore_make(w->ks, "sip:" BOB, &how, &e), 0);
	assert_int_equal(t.count, 1);
	assert_true(t.next && opens(&t));
	/* refused: nothing is written */
	t.refuse = true;
	assert_int_equal(keystore_make(w->ks, BOB, &how, &e), -1);
	assert_int_equal(e.exit, EX_NOPERM);
	assert_int_equal(t.count, 2);
	assert_true(t.next && !opens(&t));
	/* others' keys and hosts are none of it */
	t.refuse = false;
	assert_int_equal(
	    keystore_make(w->ks, "carol@example.com", &how, &e), 0);
	assert_int_equal(
	    keystore_make(w->ks, "alice@example.com", &how, &e), 0);
	assert_int_equal(keystore_make(w->ks, "example.com", &how, &e), 0);
	assert_int_equal(keystore_make(w->ks, "example.com", &how, &e), 0);
	assert_int_equal(t.count, 2);
	buf_free(&t.wrap);
}

static void
an_import_is_told_with_its_keys(void **state)
{
	struct world *w = *state;
	struct told t = told_of(w);
	struct ident both = of_bob(w, NULL), sign, encrypt;

	keystore_on_change(w->ks, on_change, &t);
	assert_int_equal(import(w, &both, &both), 0);
	assert_true(t.count == 1 && t.next && opens(&t));
	/* a certificate for the same key */
	sign = make_cert(&w->ca,
	    &(struct say){
		.cn = "bobby", .san = "URI:sip:" BOB, .key = both.key});
	assert_int_equal(import(w, &sign, NULL), 0);
	assert_true(t.count == 2 && t.next && opens(&t));
	drop_ident(&sign);
	/* one for another key, which follows */
	sign = of_bob(w, "digitalSignature");
	assert_int_equal(import(w, &sign, NULL), 0);
	assert_true(t.count == 3 && !t.next);
	assert_int_equal(import(w, NULL, &sign), 0);
	assert_true(t.count == 4 && t.next && opens(&t));
	/* one that encrypts, beside it */
	encrypt = of_bob(w, "keyAgreement");
	assert_int_equal(import(w, &encrypt, &encrypt), 0);
	assert_true(t.count == 5 && t.next && opens(&t));
	/* refused: nothing is written */
	t.refuse = true;
	assert_int_equal(import(w, &both, &both), EX_NOPERM);
	assert_true(t.count == 6 && t.next && !opens(&t));
	drop_ident(&both);
	drop_ident(&sign);
	drop_ident(&encrypt);
	buf_free(&t.wrap);
}

static void
a_removal_is_told(void **state)
{
	struct world *w = *state;
	struct told t = told_of(w);
	struct err e;

	t.refuse = true;
	keystore_on_change(w->ks, on_change, &t);
	assert_int_equal(keystore_remove(w->ks, BOB, true, &e), -1);
	assert_int_equal(e.exit, EX_NOPERM);
	assert_true(t.count == 1 && !t.next);
	t.refuse = false;
	assert_int_equal(keystore_remove(w->ks, BOB, false, &e), -1);
	assert_int_equal(e.exit, EX_USAGE);
	assert_int_equal(
	    keystore_remove(w->ks, "alice@example.com", false, &e), 0);
	assert_int_equal(t.count, 2);
	assert_int_equal(keystore_remove(w->ks, BOB, true, &e), 0);
	assert_true(t.count == 3 && !t.next);
	buf_free(&t.wrap);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_new_key_is_told_before_it_is_there),
	    T(an_import_is_told_with_its_keys),
	    T(a_removal_is_told),
	};

	return cmocka_run_group_tests_name(
	    "keys_history_renewed", tests, NULL, NULL);
}
