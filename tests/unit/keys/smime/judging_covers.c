/*
 * How a message is judged: what a signature covers, what is shown, and what is
 * answered. Each test is a sentence, made of a message that is good and one
 * change to it.
 */
#include "tests/unit/keys/keys_make.h"

#include "keys/smime/mime.h"

/* Signs entity as alice does, as a multipart/signed body. */
static struct buf
signed_body(struct world *w, struct span entity)
{
	struct buf der = sign_der(
	    entity, &w->alice, CMS_DETACHED | CMS_NOCERTS, NULL);
	struct buf body = multipart_signed(entity, span_buf(&der));

	buf_free(&der);
	return body;
}

/* Opens entity, signed as a whole. */
static struct smime_result
open_signed(struct world *w, const char *entity)
{
	struct buf body = signed_body(w, span_str(entity));
	struct smime_result out = world_open(w, SIGNED_TYPE, span_buf(&body));

	buf_free(&body);
	return out;
}

/* Opens entity, sealed for bob with AES-128-GCM or CBC. */
static struct smime_result
open_sealed(struct world *w, struct span entity, bool gcm)
{
	struct buf der = seal_der(
	    entity, w->bob.cert, gcm ? EVP_aes_128_gcm() : EVP_aes_128_cbc());
	struct smime_result out = world_open(w, SEALED_TYPE, span_buf(&der));

	buf_free(&der);
	return out;
}

static void
only_a_layer_that_is_the_whole_body_gives_a_verdict(void **state)
{
	struct world *w = *state;
	struct buf inner = signed_body(w, span_str(HELLO));
	struct buf body = {0};
	struct smime_result out;

	/* a signed part beside a text is an attachment */
	buf_adds(&body,
	    "--CC\r\nContent-Type: text/plain\r\n\r\nmine\r\n"
	    "--CC\r\nContent-Type: " SIGNED_TYPE "\r\n\r\n");
	buf_addspan(&body, span_buf(&inner));
	buf_adds(&body, "\r\n--CC--");
	out = world_open(w, "multipart/mixed;boundary=CC", span_buf(&body));
	assert_non_null(strstr(out.verdict.reason, "multipart/signed"));
	expect(out, "none", "none", 200, "mine");
	buf_free(&body);
	/* also when it is the only one */
	buf_adds(&body, "--CC\r\nContent-Type: " SIGNED_TYPE "\r\n\r\n");
	buf_addspan(&body, span_buf(&inner));
	buf_adds(&body, "\r\n--CC--");
	expect(world_open(w, "multipart/mixed;boundary=CC", span_buf(&body)),
	    "none", "none", 415, NULL);
	buf_free(&body);
	buf_free(&inner);
}

static void
sealed_parts_elsewhere_are_not_opened(void **state)
{
	struct world *w = *state;
	struct buf der = seal_der(
	    span_str(HELLO), w->bob.cert, EVP_aes_128_gcm());
	struct buf body = {0};
	struct smime_result out;

	buf_adds(&body,
	    "--CC\r\n\r\nin the clear\r\n--CC\r\n"
	    "Content-Type: " SEALED_TYPE "\r\n\r\n");
	buf_addspan(&body, span_buf(&der));
	buf_adds(&body, "\r\n--CC--");
	out = world_open(w, "multipart/mixed;boundary=CC", span_buf(&body));
	assert_false(out.delay_answer);
	expect(out, "none", "none", 200, "in the clear");
	buf_free(&der);
	buf_free(&body);
}

static void
a_message_inside_is_no_text(void **state)
{
	struct world *w = *state;

	expect(world_open(w, "message/sip",
		   span_str("MESSAGE sip:a SIP/2.0"
			    "\r\n\r\nhello")),
	    "none", "none", 415, NULL);
	expect(world_open(w, "message/rfc822",
		   span_str("From: alice\r\n"
			    "\r\nhello")),
	    "none", "none", 415, NULL);
}

static void
several_signatures_must_each_be_good_for_from(void **state)
{
	struct world *w = *state;
	struct buf der, body;
	CMS_ContentInfo *cms;

	/* alice and bob in one layer */
	cms = CMS_sign(
	    NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_BINARY | CMS_DETACHED);
	CMS_add1_signer(cms, w->alice.cert, w->alice.key, EVP_sha256(),
	    CMS_BINARY | CMS_NOCERTS);
	CMS_add1_signer(cms, w->bob.cert, w->bob.key, EVP_sha256(),
	    CMS_BINARY | CMS_NOCERTS);
	{
		BIO *in = BIO_new_mem_buf(HELLO, -1);

		CMS_final(cms, in, NULL, CMS_BINARY | CMS_DETACHED);
		BIO_free(in);
	}
	der = cms_der(cms);
	body = multipart_signed(span_str(HELLO), span_buf(&der));
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "identity-mismatch",
	    "none", 437, NULL);
	buf_free(&der);
	buf_free(&body);
	/* alice twice is fine */
	cms = CMS_sign(
	    NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_BINARY | CMS_DETACHED);
	CMS_add1_signer(cms, w->alice.cert, w->alice.key, EVP_sha256(),
	    CMS_BINARY | CMS_NOCERTS);
	CMS_add1_signer(cms, w->alice.cert, w->alice.key, EVP_sha512(),
	    CMS_BINARY | CMS_NOCERTS);
	{
		BIO *in = BIO_new_mem_buf(HELLO, -1);

		CMS_final(cms, in, NULL, CMS_BINARY | CMS_DETACHED);
		BIO_free(in);
	}
	der = cms_der(cms);
	body = multipart_signed(span_str(HELLO), span_buf(&der));
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "good", "none", 200,
	    "hello");
	buf_free(&der);
	buf_free(&body);
}

static void
nested_signatures_the_worst_is_the_verdict(void **state)
{
	struct world *w = *state;
	struct buf inner, entity, der, body;

	/* bob's inside alice's */
	der = sign_der(span_str(HELLO), &w->bob, CMS_NOCERTS, NULL);
	entity = entity_of(OPAQUE_TYPE, span_buf(&der));
	body = signed_body(w, span_buf(&entity));
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "identity-mismatch",
	    "none", 437, NULL);
	buf_free(&der);
	buf_free(&entity);
	buf_free(&body);
	/* alice's inside alice's */
	inner = sign_der(span_str(HELLO), &w->alice, CMS_NOCERTS, NULL);
	entity = entity_of(OPAQUE_TYPE, span_buf(&inner));
	body = signed_body(w, span_buf(&entity));
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "good", "none", 200,
	    "hello");
	buf_free(&inner);
	buf_free(&entity);
	buf_free(&body);
}

/* hello sealed, and alice's signature around it; flip: of another text. */
static struct smime_result
open_outer(struct world *w, bool flip, const EVP_CIPHER *cipher)
{
	struct buf sealed = seal_der(span_str(HELLO), w->bob.cert, cipher);
	struct buf entity = entity_of(SEALED_TYPE, span_buf(&sealed)), der;
	struct buf body;
	struct smime_result out;

	der = sign_der(
	    span_buf(&entity), &w->alice, CMS_DETACHED | CMS_NOCERTS, NULL);
	if (flip)
		entity.p[entity.n - 1] ^= 1;
	body = multipart_signed(span_buf(&entity), span_buf(&der));
	out = world_open(w, SIGNED_TYPE, span_buf(&body));
	buf_free(&sealed);
	buf_free(&entity);
	buf_free(&der);
	buf_free(&body);
	return out;
}

static void
an_outer_signature_is_checked_before_anything_inside_is_opened(void **state)
{
	struct world *w = *state;
	struct smime_result out = open_outer(w, false, EVP_aes_128_cbc());

	assert_int_equal(out.verdict.covers, COVERS_CIPHERTEXT);
	assert_string_equal(out.verdict.cipher, "aes-128-cbc");
	assert_true(out.delay_answer);
	expect(out, "good", "opened", 200, "hello");
	expect(open_outer(w, true, EVP_aes_128_cbc()), "tampered", "unopened",
	    437, NULL);
	expect(open_outer(w, true, EVP_aes_128_gcm()), "tampered", "unopened",
	    437, NULL);
	w->from = "sip:carol@example.com";
	expect(open_outer(w, false, EVP_aes_128_cbc()), "identity-mismatch",
	    "unopened", 437, NULL);
}

static void
a_signature_inside_covers_the_text(void **state)
{
	struct world *w = *state;
	struct buf body = signed_body(w, span_str(HELLO));
	struct buf entity = entity_of(SIGNED_TYPE, span_buf(&body));
	struct smime_result out = open_sealed(w, span_buf(&entity), true);

	assert_int_equal(out.verdict.covers, COVERS_TEXT);
	assert_string_equal(out.verdict.cipher, "aes-128-gcm");
	assert_false(out.delay_answer);
	expect(out, "good", "opened", 200, "hello");
	/* and one that is bad inside GCM is refused */
	memcpy(strstr((char *)entity.p, "hello"), "jello", 5);
	expect(open_sealed(w, span_buf(&entity), true), "tampered", "opened",
	    437, NULL);
	buf_free(&body);
	buf_free(&entity);
}

static void
a_stripped_or_replaced_layer(void **state)
{
	struct world *w = *state;
	struct ident mallory = make_cert(&w->ca,
	    &(struct say){
		.cn = "mallory", .san = "URI:sip:mallory@example.com"});
	struct buf sealed = seal_der(
	    span_str(HELLO), w->bob.cert, EVP_aes_128_cbc());
	struct buf entity = entity_of(SEALED_TYPE, span_buf(&sealed));
	struct buf der = sign_der(
	    span_buf(&entity), &mallory, CMS_DETACHED, NULL);
	struct buf body = multipart_signed(span_buf(&entity), span_buf(&der));

	/* alice's signature replaced by mallory's, alice still in From */
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "identity-mismatch",
	    "unopened", 437, NULL);
	/* stripped: no verdict of a signature is left */
	expect(world_open(w, SEALED_TYPE, span_buf(&sealed)), "none", "opened",
	    200, "hello");
	buf_free(&sealed);
	buf_free(&entity);
	buf_free(&der);
	buf_free(&body);
	drop_ident(&mallory);
}

static void
the_text_is_the_first_text_plain(void **state)
{
	static const struct {
		const char *type, *body, *text, *beside;
	} cases[] = {
	    {"multipart/alternative;boundary=b",
		"--b\r\nContent-Type: text/html\r\n\r\n<b>x</b>\r\n"
		"--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n--b--",
		"plain", "text/html"},
	    {"multipart/mixed;boundary=\"b\"",
		"--b\r\nContent-Type: image/png\r\n\r\nx\r\n"
		"--b\r\n\r\nfirst\r\n"
		"--b\r\nContent-Type: text/plain\r\n\r\nsecond\r\n--b--",
		"first", "image/png, text/plain"},
	    {"multipart/mixed;boundary=b",
		"--b\r\nContent-Type: multipart/alternative;boundary=c"
		"\r\n\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>\r\n"
		"--c\r\nContent-Type: text/plain;charset=UTF-8\r\n\r\nin"
		"\r\n--c--\r\n--b--",
		"in", "text/html"},
	    {"text/plain", "a--b\r\n--b--", "a--b\r\n--b--", ""},
	    {"TEXT/Plain;Charset=\"utf-8\"", "x", "x", ""},
	    {"text/plain", "", "", ""},
	};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct smime_result out = world_open(
		    w, cases[i].type, span_str(cases[i].body));

		assert_non_null(strstr(out.verdict.reason, cases[i].beside));
		expect(out, "none", "none", 200, cases[i].text);
	}
}

static void
where_there_is_no_text_it_is_415(void **state)
{
	static const struct {
		const char *type, *body;
	} cases[] = {
	    {"text/html", "<p>"},
	    {"image/png", "x"},
	    {"application/sdp", "v=0"},
	    {"multipart/alternative;boundary=b",
		"--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--"},
	    {"multipart/mixed;boundary=b", "--b\r\n\r\nx"},
	    {"multipart/mixed", "--b\r\n\r\nx\r\n--b--"},
	    {"multipart/mixed;boundary=b;boundary=c", "--b\r\n\r\nx\r\n--b--"},
	    {"nonsense", "x"},
	    {"", "x"},
	    {"text/plain;charset=utf-7", "+ADw-"},
	    {"text/plain;charset=iso-2022-jp", "x"},
	    {"text/plain;charset=utf-8;charset=utf-7", "x"},
	};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		print_message("# %s\n", cases[i].type);
		expect(world_open(w, cases[i].type, span_str(cases[i].body)),
		    "none", "none", 415, NULL);
	}
}

static void
content_and_unknown_transfer_encodings_are_415(void **state)
{
	struct world *w = *state;
	struct buf der = seal_der(
	    span_str(HELLO), w->bob.cert, EVP_aes_128_gcm());

	expect(
	    world_open_coded(w, "text/plain", "x-unknown", "", span_str("x")),
	    "none", "none", 415, NULL);
	expect(
	    world_open_coded(w, "text/plain", "binary", "gzip", span_str("x")),
	    "none", "none", 415, NULL);
	expect(world_open_coded(w, "text/plain", "", "", span_str("x")), "none",
	    "none", 200, "x");
	expect(world_open_coded(
		   w, "text/plain", "base64", "", span_str("aGVsbG8=")),
	    "none", "none", 200, "hello");
	expect(world_open_coded(w, "text/plain", "quoted-printable", "",
		   span_str("h=65llo")),
	    "none", "none", 200, "hello");
	expect(world_open_coded(
		   w, "text/plain", "base64", "", span_str("aGVsbG8")),
	    "none", "none", 415, NULL);
	expect(
	    world_open_coded(w, SEALED_TYPE, "binary", "gzip", span_buf(&der)),
	    "none", "none", 415, NULL);
	expect(
	    world_open_coded(w, SEALED_TYPE, "x-unknown", "", span_buf(&der)),
	    "none", "none", 415, NULL);
	buf_free(&der);
	expect(open_signed(w,
		   "Content-Type: text/plain\r\n"
		   "Content-Encoding: gzip\r\n\r\nx"),
	    "good", "none", 415, NULL);
	expect(open_signed(w,
		   "Content-Type: text/plain;charset=x\r\n"
		   "\r\nx"),
	    "good", "none", 415, NULL);
}

static void
compressed_data_is_415(void **state)
{
	/* ContentInfo of id-ct-compressedData, as RFC 3274 has it. */
	static const unsigned char der[] = {0x30, 0x2d, 0x06, 0x0b, 0x2a, 0x86,
	    0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x09, 0xa0, 0x1e,
	    0x30, 0x1c, 0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x0b, 0x2a, 0x86,
	    0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x03, 0x08, 0x30, 0x08,
	    0x06, 0x06, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d};
	struct world *w = *state;

	expect(world_open(w,
		   "application/pkcs7-mime;"
		   "smime-type=compressed-data",
		   (struct span){der, sizeof(der)}),
	    "none", "none", 415, NULL);
}

static void
bad_signatures_are_shown_where_the_person_wants_it(void **state)
{
	struct world *w = *state;

	w->policy.show_bad = true;
	drop_file(w->dir, "root_cert_ca.pem");
	expect(world_signed(w, CMS_NOCERTS, NULL), "untrusted", "none", 200,
	    "hello");
	/* but there is nothing to show of what is no signature at all */
	expect(world_open(w, SIGNED_TYPE, span_str("--BB--")), "malformed",
	    "none", 437, NULL);
}

static void
whatever_the_bytes_of_a_text_are(void **state)
{
	struct world *w = *state;
	struct buf entity = {0}, body;
	struct smime_result out;

	buf_adds(&entity, "Content-Type: text/plain\r\n\r\n");
	buf_add(&entity, "a\0b\xff\r\n", 6);
	body = signed_body(w, span_buf(&entity));
	out = world_open(w, SIGNED_TYPE, span_buf(&body));
	assert_int_equal(out.text_len, 6);
	assert_memory_equal(out.text, "a\0b\xff\r\n", 6);
	smime_result_free(&out);
	buf_free(&entity);
	buf_free(&body);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(only_a_layer_that_is_the_whole_body_gives_a_verdict),
	    T(sealed_parts_elsewhere_are_not_opened),
	    T(a_message_inside_is_no_text),
	    T(several_signatures_must_each_be_good_for_from),
	    T(nested_signatures_the_worst_is_the_verdict),
	    T(an_outer_signature_is_checked_before_anything_inside_is_opened),
	    T(a_signature_inside_covers_the_text),
	    T(a_stripped_or_replaced_layer),
	    T(the_text_is_the_first_text_plain),
	    T(where_there_is_no_text_it_is_415),
	    T(content_and_unknown_transfer_encodings_are_415),
	    T(compressed_data_is_415),
	    T(bad_signatures_are_shown_where_the_person_wants_it),
	    T(whatever_the_bytes_of_a_text_are),
	};

	return cmocka_run_group_tests_name(
	    "keys_judging_covers", tests, NULL, NULL);
}
