/*
 * How a message is judged: pins, and who is who. Each test is a sentence, made
 * of a message that is good and one change to it.
 */
#include "tests/unit/keys/keys_make.h"

#include "tests/unit/keys/smime/judging.h"

static void
a_pin_is_no_anchor_for_another_certificate(void **state)
{
	struct world *w = *state;
	struct say s = alice_says;
	struct ident pinned, made;
	struct buf der, body;

	/* alice is pinned, and her certificate is that of a CA. */
	s.ca = true;
	s.usage = "digitalSignature,keyCertSign,cRLSign";
	world_alice(w, NULL, &s);
	pinned = w->alice;
	world_pin(w, "alice@example.com");
	expect_signed(w, "good");
	made = make_cert(&pinned,
	    &(struct say){.cn = "carol", .san = "URI:sip:carol@example.com"});
	der = sign_der(span_str(HELLO), &made, CMS_DETACHED, NULL);
	body = multipart_signed(span_str(HELLO), span_buf(&der));
	w->from = "sip:carol@example.com";
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "untrusted", "none",
	    437, NULL);
	put_cert(w->dir, "ca_cert_alice.pem", pinned.cert);
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "untrusted", "none",
	    437, NULL);
	buf_free(&der);
	buf_free(&body);
	drop_ident(&made);
}

static void
a_pin_is_for_one_address_alone(void **state)
{
	struct world *w = *state;
	struct say s = alice_says;

	s.san = "URI:sip:alice@example.com,URI:sip:carol@example.com";
	world_alice(w, NULL, &s);
	world_pin(w, "alice@example.com");
	expect_signed(w, "good");
	w->from = "sip:carol@example.com";
	expect_signed(w, "untrusted");
}

static void
another_certificate_for_a_pinned_address_is_changed(void **state)
{
	struct world *w = *state;
	struct buf der, body;
	struct ident other;

	world_pin(w, "alice@example.com");
	expect_signed(w, "good");
	/* by the same CA, for the same key even: equality, byte for byte */
	other = make_cert(&w->ca,
	    &(struct say){
		.cn = "alice", .san = alice_says.san, .key = w->alice.key});
	der = sign_der(span_str(HELLO), &other, CMS_DETACHED, NULL);
	body = multipart_signed(span_str(HELLO), span_buf(&der));
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "changed", "none",
	    437, NULL);
	buf_free(&der);
	buf_free(&body);
	drop_ident(&other);
}

static void
unknown_signer_is_shown_unless_the_address_has_a_certificate(void **state)
{
	struct world *w = *state;
	struct ident stranger = make_cert(&w->ca, &alice_says);
	struct buf der = sign_der(
	    span_str(HELLO), &stranger, CMS_DETACHED | CMS_NOCERTS, NULL);
	struct buf body = multipart_signed(span_str(HELLO), span_buf(&der));

	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "unknown-signer",
	    "none", 437, NULL);
	world_pin(w, "alice@example.com");
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "changed", "none",
	    437, NULL);
	drop_file(w->dir, "user_cert_alice@example.com.pem");
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "changed", "none",
	    437, NULL);
	drop_file(w->dir, "pinned");
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "unknown-signer",
	    "none", 200, "hello");
	w->policy.refuse_unknown = true;
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "unknown-signer",
	    "none", 437, NULL);
	w->policy.refuse_unknown = false;
	/* a file that is none is a certificate here all the same */
	put_file(w->dir, "user_cert_alice@example.com.pem", "x", 1);
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "unknown-signer",
	    "none", 437, NULL);
	buf_free(&der);
	buf_free(&body);
	drop_ident(&stranger);
}

static void
unsigned_texts_of_who_signs(void **state)
{
	struct world *w = *state;
	struct buf sealed = seal_der(
	    span_str("Content-Type: text/plain\r\n\r\nhi"), w->bob.cert,
	    EVP_aes_128_cbc());
	struct smime_result out;

	/* a stranger's is shown quietly, whatever the setting */
	w->policy.unsigned_texts = UNSIGNED_REFUSE;
	expect(world_open(w, "text/plain", span_str("hi")), "none", "none", 200,
	    "hi");
	expect_signed(w, "good");
	expect(world_open(w, "text/plain", span_str("hi")), "none", "none", 437,
	    NULL);
	/* that CBC content has no signature is not told by the answer */
	out = world_open(w, SEALED_TYPE, span_buf(&sealed));
	assert_int_equal(refusal_status(out.refusal), 200);
	assert_null(out.text);
	assert_non_null(
	    strstr(out.verdict.reason, "not signed, unlike before"));
	smime_result_free(&out);
	w->policy.unsigned_texts = UNSIGNED_WARN;
	out = world_open(w, "text/plain", span_str("hi"));
	assert_true(out.verdict.alarm);
	expect(out, "none", "none", 200, "hi");
	out = world_open(w, SEALED_TYPE, span_buf(&sealed));
	assert_true(out.verdict.alarm);
	assert_non_null(out.text);
	smime_result_free(&out);
	w->policy.unsigned_texts = UNSIGNED_SHOW;
	out = world_open(w, "text/plain", span_str("hi"));
	assert_false(out.verdict.alarm);
	assert_non_null(
	    strstr(out.verdict.reason, "not signed, unlike before"));
	expect(out, "none", "none", 200, "hi");
	buf_free(&sealed);
}

static void
unsigned_texts_of_who_is_pinned(void **state)
{
	struct world *w = *state;
	struct say s = {.cn = "alice", .san = "URI:sip:alice@example.com"};
	struct smime_result out;

	world_alice(w, NULL, &s);
	world_pin(w, "sip:alice@example.com");
	out = world_open(w, "text/plain", span_str("hi"));
	assert_true(out.verdict.alarm);
	expect(out, "none", "none", 200, "hi");
}

static void
not_signed_unlike_before(void **state)
{
	struct world *w = *state;
	struct smime_result out = world_open(w, "text/plain", span_str("hi"));

	assert_string_equal(out.verdict.reason, "");
	expect(out, "none", "none", 200, "hi");
	expect_signed(w, "good");
	out = world_open(w, "text/plain", span_str("hi"));
	assert_non_null(
	    strstr(out.verdict.reason, "not signed, unlike before"));
	expect(out, "none", "none", 200, "hi");
	w->from = "sip:carol@example.com";
	out = world_open(w, "text/plain", span_str("hi"));
	assert_string_equal(out.verdict.reason, "");
	expect(out, "none", "none", 200, "hi");
}

static void
only_good_messages_teach(void **state)
{
	struct world *w = *state;
	struct smime_result out;

	drop_file(w->dir, "root_cert_ca.pem");
	expect_signed(w, "untrusted");
	w->policy.show_bad = true;
	out = world_signed(w, CMS_NOCERTS, NULL);
	expect(out, "untrusted", "none", 200, "hello");
	w->policy.show_bad = false;
	out = world_open(w, "text/plain", span_str("hi"));
	assert_string_equal(out.verdict.reason, "");
	smime_result_free(&out);
}

static void
a_broken_file_of_pins_trusts_nobody(void **state)
{
	struct world *w = *state;

	put_file(w->dir, "pinned", "nonsense\n", 9);
	expect_signed(w, "untrusted");
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_pin_is_no_anchor_for_another_certificate),
	    T(a_pin_is_for_one_address_alone),
	    T(another_certificate_for_a_pinned_address_is_changed),
	    T(unknown_signer_is_shown_unless_the_address_has_a_certificate),
	    T(not_signed_unlike_before),
	    T(unsigned_texts_of_who_signs),
	    T(unsigned_texts_of_who_is_pinned),
	    T(only_good_messages_teach),
	    T(a_broken_file_of_pins_trusts_nobody),
	};

	return cmocka_run_group_tests_name(
	    "keys_judging_who", tests, NULL, NULL);
}
