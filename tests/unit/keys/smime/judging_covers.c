/*
 * How a message is judged: what a signature covers, what is shown, and what
 * is answered. Each test is a sentence, made of a message that is good and
 * one change to it.
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
	expect(world_open(w, "message/cpim",
		   span_str("From: <im:alice>\r\n"
			    "\r\nContent-Type: text/plain\r\n\r\nhello")),
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

/* --- multipart/signed ------------------------------------------------------- */

static void
a_multipart_signed_must_be_whole(void **state)
{
	static const struct {
		const char *type;
		/* %E the entity, %S the signature's bytes */
		const char *body;
		const char *verdict;
	} cases[] = {
#define PARTS "--BB\r\n%E" SIGNATURE_HEAD "%S\r\n--BB--"
	    {SIGNED_TYPE, PARTS, "good"},
	    {SIGNED_TYPE, PARTS "\r\n", "good"},
	    {SIGNED_TYPE, "preamble\r\n" PARTS "\r\nepilogue", "good"},
	    {"multipart/signed;protocol=\"application/pkcs7-signature\""
	     ";micalg=sha1;boundary=BB",
		PARTS, "good"},
	    {"multipart/signed;protocol=\"application/pkcs7-signature\""
	     ";boundary=BB",
		PARTS, "good"},
	    {"MULTIPART/Signed; Protocol=\"application/x-pkcs7-"
	     "signature\"; boundary=\"BB\"",
		PARTS, "good"},
	    /* no closing delimiter */
	    {SIGNED_TYPE, "--BB\r\n%E" SIGNATURE_HEAD "%S\r\n", "malformed"},
	    {SIGNED_TYPE, "--BB\r\n%E" SIGNATURE_HEAD "%S\r\n--BB",
		"malformed"},
	    /* one part, and three */
	    {SIGNED_TYPE, "--BB\r\n%E\r\n--BB--", "malformed"},
	    {SIGNED_TYPE,
		"--BB\r\n%E" SIGNATURE_HEAD "%S\r\n--BB\r\n"
		"\r\nthird\r\n--BB--",
		"malformed"},
	    {SIGNED_TYPE, "--BB\r\n\r\nfirst\r\n" PARTS, "malformed"},
	    {SIGNED_TYPE, "", "malformed"},
	    /* the boundary of another */
	    {"multipart/signed;boundary=CC;protocol=\"application/"
	     "pkcs7-signature\"",
		PARTS, "malformed"},
	    {"multipart/signed;protocol=\"application/pkcs7-"
	     "signature\"",
		PARTS, "malformed"},
	    {"multipart/signed;boundary=\"\";protocol=\"application/"
	     "pkcs7-signature\"",
		PARTS, "malformed"},
	    {"multipart/signed;boundary=\"BB \";protocol=\"application/"
	     "pkcs7-signature\"",
		PARTS, "malformed"},
	    /* the protocol named and known */
	    {"multipart/signed;boundary=BB", PARTS, "malformed"},
	    {"multipart/signed;boundary=BB;protocol=\"application/pgp-"
	     "signature\"",
		PARTS, "malformed"},
	    /* no parameter twice, none in pieces */
	    {SIGNED_TYPE ";boundary=BB", PARTS, "malformed"},
	    {SIGNED_TYPE ";micalg=sha-256", PARTS, "malformed"},
	    {SIGNED_TYPE ";x=1;X=2", PARTS, "malformed"},
	    {"multipart/signed;boundary*0=B;boundary*1=B;"
	     "protocol=\"application/pkcs7-signature\"",
		PARTS, "malformed"},
	    {SIGNED_TYPE ";boundary*=us-ascii''CC", PARTS, "malformed"},
	    {SIGNED_TYPE ";", PARTS, "malformed"},
	    /* the parts the other way round, a part of another type */
	    {SIGNED_TYPE,
		"--BB\r\nContent-Type: application/pkcs7-"
		"signature\r\n\r\n%S\r\n--BB\r\n%E\r\n--BB--",
		"malformed"},
	    {SIGNED_TYPE,
		"--BB\r\n%E\r\n--BB\r\nContent-Type: "
		"application/octet-stream\r\n\r\n%S\r\n--BB--",
		"malformed"},
	    {SIGNED_TYPE,
		"--BB\r\n%E\r\n--BB\r\nContent-Type: "
		"application/pkcs7-mime;name=smime.p7s\r\n\r\n%S\r\n"
		"--BB--",
		"good"},
	    {SIGNED_TYPE,
		"--BB\r\n%E\r\n--BB\r\nContent-Type: "
		"application/x-pkcs7-signature\r\n\r\n%S\r\n--BB--",
		"good"},
	    /* bytes after the signature */
	    {SIGNED_TYPE, "--BB\r\n%E" SIGNATURE_HEAD "%Sx\r\n--BB--",
		"malformed"},
	    {SIGNED_TYPE,
		"--BB\r\n%E" SIGNATURE_HEAD "%S\r\n\r\n"
		"--BB--",
		"malformed"},
	    {SIGNED_TYPE, "--BB\r\n%E" SIGNATURE_HEAD "\r\n--BB--",
		"malformed"},
	    {SIGNED_TYPE,
		"--BB\r\n%E" SIGNATURE_HEAD "garbage\r\n"
		"--BB--",
		"malformed"},
	    /* line ends are never converted */
	    {SIGNED_TYPE,
		"--BB\n%E\n--BB\nContent-Type: application/"
		"pkcs7-signature\n\n%S\n--BB--\n",
		"malformed"},
	    /* a line that begins like a delimiter */
	    {SIGNED_TYPE, "--BBx\r\n" PARTS, "malformed"},
	    {SIGNED_TYPE, "--BB\r\n%E" SIGNATURE_HEAD "%S\r\n--BB--x",
		"malformed"},
	};
	struct world *w = *state;
	struct buf der = sign_der(
	    span_str(HELLO), &w->alice, CMS_DETACHED | CMS_NOCERTS, NULL);
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		bool good = strcmp(cases[i].verdict, "good") == 0;
		struct buf body = {0};
		const char *p;

		for (p = cases[i].body; *p != '\0'; p++) {
			if (strncmp(p, "%E", 2) == 0) {
				buf_adds(&body, HELLO);
				p++;
			} else if (strncmp(p, "%S", 2) == 0) {
				buf_addspan(&body, span_buf(&der));
				p++;
			} else {
				buf_add(&body, p, 1);
			}
		}
		print_message("# case %zu\n", i);
		expect(world_open(w, cases[i].type, span_buf(&body)),
		    cases[i].verdict, "none", good ? 200 : 437,
		    good ? "hello" : NULL);
		buf_free(&body);
	}
	buf_free(&der);
}

static void
base64_and_binary_are_both_read(void **state)
{
	struct world *w = *state;
	struct buf der = sign_der(span_str(HELLO), &w->alice,
		       CMS_DETACHED | CMS_NOCERTS, NULL),
		   body = {0};
	unsigned char *text = malloc(der.n * 2);

	EVP_EncodeBlock(text, der.p, (int)der.n);
	buf_adds(&body,
	    "--BB\r\n" HELLO "\r\n--BB\r\nContent-Type: "
	    "application/pkcs7-signature\r\nContent-Transfer-Encoding: "
	    "base64\r\n\r\n");
	buf_adds(&body, (char *)text);
	buf_adds(&body, "\r\n--BB--");
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "good", "none", 200,
	    "hello");
	expect(world_open_coded(w, SIGNED_TYPE, "base64", "", span_buf(&body)),
	    "malformed", "none", 437, NULL);
	buf_free(&body);
	buf_free(&der);
	free(text);
	der = seal_der(span_str(HELLO), w->bob.cert, EVP_aes_128_gcm());
	text = malloc(der.n * 2);
	EVP_EncodeBlock(text, der.p, (int)der.n);
	expect(world_open_coded(w, "application/x-pkcs7-mime", "base64", "",
		   span_str((char *)text)),
	    "none", "opened", 200, "hello");
	text[5] = '*';
	expect(world_open_coded(
		   w, SEALED_TYPE, "base64", "", span_str((char *)text)),
	    "none", "malformed", 493, NULL);
	buf_free(&der);
	free(text);
}

static void
at_most_8_layers(void **state)
{
	struct world *w = *state;
	int depth, i;

	for (depth = 8; depth <= 9; depth++) {
		struct buf entity = {0}, der = {0};

		buf_adds(&entity, HELLO);
		for (i = 0; i < depth; i++) {
			buf_free(&der);
			der = sign_der(
			    span_buf(&entity), &w->alice, CMS_NOCERTS, NULL);
			buf_free(&entity);
			entity = entity_of(OPAQUE_TYPE, span_buf(&der));
		}
		expect(world_open(w, OPAQUE_TYPE, span_buf(&der)), "good",
		    "none", depth == 8 ? 200 : 413,
		    depth == 8 ? "hello" : NULL);
		buf_free(&entity);
		buf_free(&der);
	}
	for (depth = 8; depth <= 9; depth++) {
		struct buf body = {0};

		for (i = 1; i <= depth; i++)
			buf_addf(&body, "--b%d-\r\n%s", i,
			    i < depth ? "" : "\r\nhello");
		buf_free(&body);
		for (i = 1; i < depth; i++)
			buf_addf(&body,
			    "--b%dx\r\nContent-Type: multipart/"
			    "mixed;boundary=b%dx\r\n\r\n",
			    i, i + 1);
		buf_addf(&body, "--b%dx\r\n\r\nhello", depth);
		for (i = depth; i >= 1; i--)
			buf_addf(&body, "\r\n--b%dx--", i);
		expect(world_open(
			   w, "multipart/mixed;boundary=b1x", span_buf(&body)),
		    "none", "none", depth == 8 ? 200 : 413,
		    depth == 8 ? "hello" : NULL);
		buf_free(&body);
	}
}

static void
at_most_100_parts(void **state)
{
	struct world *w = *state;
	int count, i;

	for (count = 100; count <= 101; count++) {
		struct buf body = {0};

		for (i = 0; i < count; i++)
			buf_adds(&body, "--b\r\n\r\nx\r\n");
		buf_adds(&body, "--b--");
		expect(world_open(
			   w, "multipart/mixed;boundary=b", span_buf(&body)),
		    "none", "none", count == 100 ? 200 : 413,
		    count == 100 ? "x" : NULL);
		buf_free(&body);
	}
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
	    T(a_multipart_signed_must_be_whole),
	    T(base64_and_binary_are_both_read),
	    T(at_most_8_layers),
	    T(at_most_100_parts),
	    T(bad_signatures_are_shown_where_the_person_wants_it),
	    T(whatever_the_bytes_of_a_text_are),
	};

	return cmocka_run_group_tests_name(
	    "keys_judging_covers", tests, NULL, NULL);
}
