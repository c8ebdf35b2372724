/*
 * The messages of draft-ietf-sip-sec-flows-01, section 6, with the draft's
 * own certificates and keys.
 */
#include "tests/unit/keys/keys_draft.h"

/* Opens a stored message, with the byte at flip (from the start of "hello")
 * changed when it is not -1. */
static struct smime_result
open_vector(struct world *w, const char *name, int flip)
{
	char path[256];
	struct smime_result out;
	struct buf message;
	char *type, *coding;
	char *body;

	snprintf(path, sizeof(path), DRAFT_VECTORS "%s", name);
	message = get_source(path);
	type = field(&message, "Content-Type");
	coding = field(&message, "Content-Transfer-Encoding");
	body = strstr((char *)message.p, "\r\n\r\n") + 4;
	if (flip >= 0)
		strstr(body, "hello")[flip] ^= 1;
	out = world_open_coded(w, type, coding, "",
	    (struct span){(unsigned char *)body,
		message.n - (size_t)(body - (char *)message.p)});
	free(type);
	free(coding);
	buf_free(&message);
	return out;
}

static void
test_61_is_good(void **state)
{
	struct smime_result out = open_vector(*state, "6.1-signed.sip", -1);

	assert_string_equal(out.verdict.signer, "fluffy@example.com");
	assert_string_equal(out.verdict.digest, "sha-1");
	assert_int_equal(out.verdict.covers, COVERS_TEXT);
	assert_string_equal(out.type, "text/plain");
	assert_false(out.delay_answer);
	expect(out, "good", "none", 200, "hello");
	expect(open_vector(*state, "6.1-signed-as-printed.sip", -1), "good",
	    "none", 200, "hello");
}

static void
test_62_opens(void **state)
{
	struct smime_result out = open_vector(*state, "6.2-encrypted.sip", -1);

	assert_string_equal(out.verdict.cipher, "aes-128-cbc");
	assert_true(out.delay_answer);
	expect(out, "none", "opened", 200, "hello");
}

static void
test_63_both(void **state)
{
	struct smime_result out = open_vector(
	    *state, "6.3-encrypted-signed.sip", -1);

	assert_int_equal(out.verdict.covers, COVERS_CIPHERTEXT);
	assert_true(out.delay_answer);
	expect(out, "good", "opened", 200, "hello");
}

static void
test_one_byte_changed_is_tampered(void **state)
{
	int i;

	for (i = 0; i < 5; i++)
		expect(open_vector(*state, "6.1-signed.sip", i), "tampered",
		    "none", 437, NULL);
}

static void
test_without_legacy_is_weak(void **state)
{
	struct world *w = *state;

	w->policy.legacy = false;
	expect(open_vector(w, "6.1-signed.sip", -1), "weak", "none", 437, NULL);
	expect(open_vector(w, "6.3-encrypted-signed.sip", -1), "weak",
	    "unopened", 437, NULL);
}

static void
test_today_is_expired(void **state)
{
	struct world *w = *state;
	struct smime_result out;

	w->policy.at = 0;
	expect(
	    open_vector(w, "6.1-signed.sip", -1), "expired", "none", 437, NULL);
	w->policy.legacy = false;
	out = open_vector(w, "6.1-signed.sip", -1);
	assert_non_null(strstr(out.verdict.reason, "expired: "));
	assert_non_null(strstr(out.verdict.reason, "weak: "));
	expect(out, "expired", "none", 437, NULL);
	w->policy.at = 946684800; /* 2000-01-01 */
	w->policy.legacy = true;
	expect(open_vector(w, "6.1-signed.sip", -1), "not-yet-valid", "none",
	    437, NULL);
}

static void
test_without_root_is_untrusted(void **state)
{
	struct world *w = *state;

	expect(
	    open_vector(w, "6.1-signed.sip", -1), "good", "none", 200, "hello");
	drop_file(w->dir, "root_cert_fluffyCA.pem");
	expect(open_vector(w, "6.1-signed.sip", -1), "untrusted", "none", 437,
	    NULL);
}

static void
test_without_certificate_is_unknown(void **state)
{
	struct world *w = *state;

	drop_file(w->dir, "user_cert_fluffy@example.com.pem");
	expect(open_vector(w, "6.1-signed.sip", -1), "unknown-signer", "none",
	    200, "hello");
}

static void
test_another_from_is_a_mismatch(void **state)
{
	struct world *w = *state;

	w->from = "sip:kumiko@example.net";
	expect(open_vector(w, "6.1-signed.sip", -1), "identity-mismatch",
	    "none", 437, NULL);
}

#define T(f) cmocka_unit_test_setup_teardown(f, draft_setup, draft_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_61_is_good),
	    T(test_62_opens),
	    T(test_63_both),
	    T(test_one_byte_changed_is_tampered),
	    T(test_without_legacy_is_weak),
	    T(test_today_is_expired),
	    T(test_without_root_is_untrusted),
	    T(test_without_certificate_is_unknown),
	    T(test_another_from_is_a_mismatch),
	};

	return cmocka_run_group_tests_name("keys_vectors", tests, NULL, NULL);
}
