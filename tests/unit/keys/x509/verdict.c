/* The vocabulary: every name is there, once. */
#include "tests/unit/keys/keys_check.h"

#include "keys/x509/verdict.h"

static void
test_names(void **state)
{
	static const char *const signatures[] = {"malformed", "unknown-signer",
	    "tampered", "revoked", "changed", "untrusted", "expired",
	    "not-yet-valid", "weak", "identity-mismatch", "no-crl", "good",
	    "none"};
	static const char *const encryptions[] = {
	    "none", "opened", "unopened", "no-key", "failed", "malformed"};
	static const char *const transports[] = {
	    "none", "udp", "tcp", "tls", "tls-mutual"};
	static const char *const covers[] = {"", "text", "ciphertext"};
	unsigned i;

	(void)state;
	for (i = 0; i < COUNT(signatures); i++)
		assert_string_equal(
		    verdict_signature_name((enum verdict_signature)i),
		    signatures[i]);
	for (i = 0; i < COUNT(encryptions); i++)
		assert_string_equal(
		    verdict_encryption_name((enum verdict_encryption)i),
		    encryptions[i]);
	for (i = 0; i < COUNT(transports); i++)
		assert_string_equal(
		    verdict_transport_name((enum verdict_transport)i),
		    transports[i]);
	for (i = 0; i < COUNT(covers); i++)
		assert_string_equal(
		    verdict_covers_name((enum verdict_covers)i), covers[i]);
}

static void
test_bad(void **state)
{
	int s;

	(void)state;
	for (s = SIGNATURE_MALFORMED; s <= SIGNATURE_NONE; s++)
		assert_int_equal(
		    verdict_signature_bad((enum verdict_signature)s),
		    s != SIGNATURE_GOOD && s != SIGNATURE_NONE &&
			s != SIGNATURE_UNKNOWN_SIGNER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests_name("keys_verdict", tests, NULL, NULL);
}
