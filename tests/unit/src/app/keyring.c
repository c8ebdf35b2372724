/* The key store for people: two certificates beside each other, and a pin for
 * what was shown alone. */
#include "tests/unit/keys/keys_make.h"

#include "src/app/keyring.h"
#include "src/base/text.h"

struct ring {
	char *dir;
	struct keystore *ks;
};

static int
setup(void **state)
{
	struct ring *r = calloc(1, sizeof(*r));
	struct err e;

	r->dir = make_dir();
	if (keystore_open(r->dir, true, &r->ks, &e) != 0)
		fail_msg("%s", e.text);
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	struct ring *r = *state;

	keystore_free(r->ks);
	drop_dir(r->dir);
	free(r);
	return 0;
}

static void
make(struct ring *r, const char *who, bool again)
{
	const struct keystore_new how = {NULL, 10, again};
	struct err e;

	if (keystore_make(r->ks, who, &how, &e) != 0)
		fail_msg("%s", e.text);
}

static void
fingerprint(struct ring *r, const char *address, char shown[KEYSTORE_SHOWN])
{
	struct aor who;
	struct err e;

	assert_int_equal(aor_parse(span_str(address), &who, &e), 0);
	if (keystore_shown(r->ks, &who, shown, &e) != 0)
		fail_msg("%s", e.text);
	aor_free(&who);
}

static size_t
lines(struct span s, size_t *wide)
{
	size_t count = 0;

	*wide = 0;
	for (size_t at = 0; at < s.n; count++) {
		size_t end = span_find(s, '\n', at);
		size_t n = text_width(span_cut(s, at, end));

		*wide = n > *wide ? n : *wide;
		at = end + 1;
	}
	return count;
}

/* Whether each group of four digits of hex is in s. */
static bool
has_groups(struct span s, const char *hex)
{
	char group[5] = "";

	for (size_t i = 0; hex[i] != '\0'; i += 4) {
		memcpy(group, hex + i, 4);
		if (strstr((const char *)s.p, group) == NULL)
			return false;
	}
	return true;
}

enum { WORDS = 7 }; /* lines before the certificates */

static void
two_are_compared_side_by_side(void **state)
{
	struct ring *r = *state;
	struct buf wide = {0}, narrow = {0};
	char mine[KEYSTORE_SHOWN], theirs[KEYSTORE_SHOWN];
	size_t columns, rows;
	struct err e;

	make(r, "alice@example.com", false);
	make(r, "bob@example.net", false);
	fingerprint(r, "alice@example.com", mine);
	fingerprint(r, "bob@example.net", theirs);
	assert_int_equal(keyring_compare(r->ks, "sips:alice@EXAMPLE.com",
			     "bob@example.net", 80, &wide, &e),
	    0);
	rows = lines(span_buf(&wide), &columns);
	assert_true(columns <= 80);
	assert_non_null(strstr((char *)wide.p, "bob@example.net\n"));
	assert_non_null(strstr((char *)wide.p, "not pinned"));
	assert_true(has_groups(span_buf(&wide), mine));
	assert_true(has_groups(span_buf(&wide), theirs));
	/* one column less than they take, and they stand below each other */
	assert_int_equal(keyring_compare(r->ks, "alice@example.com",
			     "bob@example.net", columns - 1, &narrow, &e),
	    0);
	assert_int_equal(
	    lines(span_buf(&narrow), &columns), WORDS + 2 * (rows - WORDS) + 1);
	/* the same words for both, whoever looks */
	assert_memory_equal(wide.p, narrow.p, 200);
	narrow.n = 0;
	assert_int_equal(keyring_compare(r->ks, "bob@example.net",
			     "alice@example.com", 80, &narrow, &e),
	    0);
	assert_memory_equal(wide.p, narrow.p, 200);
	assert_true(has_groups(span_buf(&narrow), mine));
	assert_true(has_groups(span_buf(&narrow), theirs));
	buf_free(&wide);
	buf_free(&narrow);
}

static void
who_is_missing_is_said(void **state)
{
	struct ring *r = *state;
	struct buf out = {0};
	struct err e;

	assert_int_equal(keyring_compare(r->ks, "alice@example.com",
			     "bob@example.net", 80, &out, &e),
	    -1);
	assert_int_equal(e.exit, EX_CONFIG);
	assert_int_equal(e.cause, CAUSE_NO_OWN_CERT);
	assert_string_equal(e.about, "alice@example.com");
	make(r, "alice@example.com", false);
	assert_int_equal(keyring_compare(r->ks, "alice@example.com",
			     "bob@example.net", 80, &out, &e),
	    -1);
	assert_int_equal(e.exit, EX_CONFIG);
	assert_non_null(strstr(e.text, "bob@example.net"));
	assert_non_null(strstr(e.text, "/import FILE"));
	put_file(r->dir, "user_cert_bob@example.net.pem", "none", 4);
	assert_int_equal(keyring_compare(r->ks, "alice@example.com",
			     "bob@example.net", 80, &out, &e),
	    -1);
	assert_int_equal(e.exit, EX_CONFIG);
	assert_non_null(strstr(e.text, "cannot be read"));
	assert_int_equal(out.n, 0);
	buf_free(&out);
}

static void
only_what_was_shown_is_pinned(void **state)
{
	struct policy policy = {0};
	struct ring *r = *state;
	struct buf out = {0};
	char shown[KEYSTORE_SHOWN], now[KEYSTORE_SHOWN];
	struct aor bob;
	struct err e;

	make(r, "bob@example.net", false);
	fingerprint(r, "bob@example.net", shown);
	assert_int_equal(aor_parse(span_str("bob@example.net"), &bob, &e), 0);
	assert_int_equal(keystore_trust(r->ks, &bob, "", &e), -1);
	/* patience sees no change by itself */
	keystore_set_refresh_interval(r->ks, 60000);
	make(r, "bob@example.net", true);
	assert_int_equal(keystore_trust(r->ks, &bob, shown, &e), -1);
	assert_int_equal(e.exit, EX_TEMPFAIL);
	fingerprint(r, "bob@example.net", now);
	assert_string_not_equal(now, shown);
	assert_int_equal(keystore_trust(r->ks, &bob, now, &e), 0);
	keystore_set_refresh_interval(r->ks, 0);
	assert_int_equal(keyring_list(r->ks, &policy, &out, &e), 0);
	assert_non_null(strstr((char *)out.p, "  pinned\n"));
	buf_free(&out);
	aor_free(&bob);
}

static void
remember(void *arg, const char *address)
{
	struct buf *b = arg;

	buf_addf(b, "%s\n", address);
}

static void
who_was_taken_is_told(void **state)
{
	struct ring *r = *state;
	struct keystore_import_opts how = {0};
	struct buf pem = {0}, out = {0}, who = {0};
	const struct policy policy = {.at = 0};
	char path[8192];
	struct err e;

	make(r, "bob@example.net", false);
	assert_int_equal(
	    keystore_export(r->ks, "bob@example.net", false, &pem, &e), 0);
	assert_int_equal(
	    keystore_remove(r->ks, "bob@example.net", true, &e), 0);
	put_file(r->dir, "theirs", pem.p, pem.n);
	snprintf(path, sizeof(path), "%s/theirs", r->dir);
	how.path = path;
	assert_int_equal(
	    keyring_import(r->ks, &how, remember, &who, &out, &e), 0);
	assert_string_equal((char *)who.p, "bob@example.net\n");
	assert_non_null(strstr((char *)out.p, "peer    bob@example.net"));
	assert_int_equal(
	    keyring_show(r->ks, &policy, NULL, "bob@example.net", &out, &e), 0);
	assert_non_null(strstr((char *)out.p, "\nchain        until 2"));
	assert_non_null(strstr((char *)out.p,
	    "Z, self-signed and no root here: CN = bob@example.net\n"));
	assert_int_equal(
	    keyring_show(r->ks, &policy, NULL, "eve@example.net", &out, &e),
	    -1);
	assert_int_equal(e.exit, EX_CONFIG);
	how.path = "/nowhere/at/all";
	assert_int_equal(keyring_import(r->ks, &how, NULL, NULL, &out, &e), -1);
	assert_int_equal(e.exit, EX_NOINPUT);
	buf_free(&pem);
	buf_free(&out);
	buf_free(&who);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		two_are_compared_side_by_side, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		who_is_missing_is_said, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		only_what_was_shown_is_pinned, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		who_was_taken_is_told, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
