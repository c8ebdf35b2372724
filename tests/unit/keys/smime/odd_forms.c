/*
 * Forms that other programs write and RFCs allow, and the limits: each with its
 * reason. What is not allowed stays refused.
 */
#include "tests/unit/keys/keys_make.h"

#include "tests/unit/keys/smime/judging.h"

/* --- S/MIME by the name of a file (RFC 8551, 3.10) ---------------------- */

static const struct {
	const char *type, *disposition;
	bool read;
} named[] = {
    {"application/octet-stream; name=smime.p7m", NULL, true},
    {"application/octet-stream; name=\"A.P7M\"", NULL, true},
    {"Application/Octet-Stream", "attachment; filename=smime.p7m", true},
    {"application/octet-stream", "attachment;\r\n filename=\"x.p7s\"", true},
    {"application/octet-stream; name=x.bin", "inline; filename=x.p7c", true},
    {"application/octet-stream; name=x.p7z", NULL, true},
    {"application/octet-stream", NULL, false},
    {"application/octet-stream; name=smime.p7m.exe", NULL, false},
    {"application/octet-stream; name=p7m", NULL, false},
    {"application/octet-stream; name=x.p7m; name=x.p7m", NULL, false},
    {"application/octet-stream; name*0=x; name*1=.p7m", NULL, false},
    {"application/octet-stream", "attachment; filename*=utf-8''x.p7m", false},
    {"application/octet-stream", "attachment (x); filename=x.p7m", false},
    {"application/octet-stream; filename=x.p7m", NULL, false},
    {"application/pdf; name=smime.p7m", NULL, false},
    {"image/png", "attachment; filename=smime.p7m", false},
};

static void
cms_is_known_by_the_name_of_its_file(void **state)
{
	struct world *w = *state;
	struct buf signed_ = sign_der(span_str(HELLO), &w->alice, 0, NULL);
	struct buf sealed = seal_der(
	    span_str(HELLO), w->bob.cert, EVP_aes_128_cbc());
	struct buf bad = {0};
	size_t i;

	buf_addspan(&bad, span_buf(&signed_));
	bad.p[bad.n - 1] ^= 1;
	for (i = 0; i < COUNT(named); i++) {
		const bool read = named[i].read;

		w->disposition = named[i].disposition;
		expect(world_open(w, named[i].type, span_buf(&signed_)),
		    read ? "good" : "none", "none", read ? 200 : 415,
		    read ? "hello" : NULL);
		expect(world_open(w, named[i].type, span_buf(&sealed)), "none",
		    read ? "opened" : "none", read ? 200 : 415,
		    read ? "hello" : NULL);
		expect(world_open(w, named[i].type, span_buf(&bad)),
		    read ? "tampered" : "none", "none", read ? 437 : 415, NULL);
		/* one that is none is malformed, never text */
		expect(world_open(w, named[i].type, span_str("hello")),
		    read ? "malformed" : "none", read ? "malformed" : "none",
		    read ? 437 : 415, NULL);
	}
	buf_free(&signed_);
	buf_free(&sealed);
	buf_free(&bad);
}

static void
a_signature_is_known_by_it_too(void **state)
{
	static const char head[] =
	    "\r\n--BB\r\nContent-Type: application/octet-stream\r\n"
	    "Content-Disposition: attachment (here); filename=smime.p7s\r\n"
	    "%s\r\n";
	struct world *w = *state;
	struct buf der = sign_der(
	    span_str(HELLO), &w->alice, CMS_DETACHED, NULL);
	struct buf body;
	int twice;

	for (twice = 0; twice < 2; twice++) {
		body = (struct buf){0};
		buf_adds(&body, "--BB\r\n" HELLO);
		buf_addf(&body, head,
		    twice ? "Content-Disposition: inline\r\n" : "");
		buf_addspan(&body, span_buf(&der));
		buf_adds(&body, "\r\n--BB--\r\n");
		expect(world_open(w, SIGNED_TYPE, span_buf(&body)),
		    twice ? "malformed" : "good", "none", twice ? 437 : 200,
		    twice ? NULL : "hello");
		buf_free(&body);
	}
	buf_free(&der);
}

/* --- headers of parts ---------------------------------------------------- */

static const struct {
	const char *head;
	const char *text; /* NULL: 415 */
} heads[] = {
    {"Content-Type: text/plain; charset=us-ascii (Plain text)", "aGk="},
    {"Content-Type: (a (b) \\) c) text (d) / (e) plain (f)", "aGk="},
    {"Content-Type:\r\n text/plain;\r\n\tcharset=\"utf-\r\n 8\"", NULL},
    {"Content-Type:\r\n text/plain;\r\n\tcharset=\"utf-8\"", "aGk="},
    {"Content-Type: text/plain;\r\n (one\r\n two) charset=utf-8", "aGk="},
    {"Content-Type: text/plain; charset=utf8", "aGk="},
    {"Content-Type: text/plain; charset=UTF8", "aGk="},
    {"Content-Type: text/plain; charset=utf-7", NULL},
    {"Content-Type: text/plain; charset=(utf-8) latin1", NULL},
    {"Content-Type: text/plain (open", NULL},
    {"Content-Type: text/plain) ", NULL},
    {"Content-Type: text/plain\r\nContent-Transfer-Encoding:\r\n base64", "hi"},
    {"Content-Type: text/plain\r\nContent-Transfer-Encoding: (b) base64 (c)",
	"hi"},
    {"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n (x)",
	"hi"},
    {"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64 8bit",
	NULL},
    {"Content-Type: text/plain\r\nContent-Transfer-Encoding: (base64", NULL},
    {"Content-Type: text/plain\r\nContent-Encoding:\r\n identity (x)", "aGk="},
    {"Content-Type: text/plain\r\nContent-Encoding: gzip (identity)", NULL},
};

static void
parts_have_folds_and_comments(void **state)
{
	struct world *w = *state;
	struct buf body = {0};
	size_t i;

	for (i = 0; i < COUNT(heads); i++) {
		body.n = 0;
		buf_addf(&body,
		    "--x\r\n%s\r\n\r\naGk=\r\n--x\r\n"
		    "Content-Type: image/png\r\n\r\n\r\n--x--\r\n",
		    heads[i].head);
		expect(world_open(
			   w, "multipart/mixed; boundary=x", span_buf(&body)),
		    "none", "none", heads[i].text != NULL ? 200 : 415,
		    heads[i].text);
	}
	buf_free(&body);
	/* SIP's own fields have no comments */
	expect(world_open(w, "text/plain (x)", span_str("hi")), "none", "none",
	    415, NULL);
}

static void
a_signed_part_may_have_them(void **state)
{
	static const char entity[] =
	    "Content-Type: multipart/alternative (x);\r\n boundary (y) = "
	    "\"i\" (; boundary=j)\r\n\r\n--i\r\n\r\nhello\r\n--i--\r\n"
	    "--j\r\n\r\nother\r\n--j--\r\n";
	struct world *w = *state;
	struct buf der = sign_der(
	    span_str(entity), &w->alice, CMS_DETACHED, NULL);
	struct buf body = multipart_signed(span_str(entity), span_buf(&der));

	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "good", "none", 200,
	    "hello");
	buf_free(&der);
	buf_free(&body);
}

/* --- text ---------------------------------------------------------------- */

static void
a_mark_of_byte_order_is_no_text(void **state)
{
	static const char *const bom = "\xef\xbb\xbf";
	struct world *w = *state;
	struct buf b = {0};

	expect(world_open(w, "text/plain;charset=utf8", span_str("hi")), "none",
	    "none", 200, "hi");
	expect(world_open(w, "text/plain", span_str(bom)), "none", "none", 200,
	    "");
	buf_addf(&b, "%shi%s", bom, bom);
	expect(world_open(w, "text/plain", span_buf(&b)), "none", "none", 200,
	    "hi\xef\xbb\xbf");
	expect(world_open_coded(
		   w, "text/plain", "base64", "", span_str("77u/aGk=")),
	    "none", "none", 200, "hi");
	buf_free(&b);
}

/* --- limits -------------------------------------------------------------- */

/* Frees out, whose reason must have these words. */
static void
told(struct smime_result out, int status, const char *words)
{
	if (refusal_status(out.refusal) != status ||
	    strstr(out.verdict.reason, words) == NULL)
		fail_msg("%d, \"%s\" instead of %d, \"%s\"",
		    refusal_status(out.refusal), out.verdict.reason, status,
		    words);
	smime_result_free(&out);
}

static void
too_many_certificates_are_told(void **state)
{
	struct world *w = *state;
	struct ident other = make_cert(NULL, &(struct say){.cn = "other"});
	struct ident stranger = make_cert(&w->ca, &alice_says);
	CMS_ContentInfo *cms = sign_cms(
	    span_str(HELLO), &stranger, CMS_DETACHED | CMS_NOCERTS, NULL);
	struct buf der, body;
	int i;

	for (i = 0; i < 33; i++) {
		struct ident one = make_cert(
		    NULL, &(struct say){.cn = "o", .key = other.key});

		CMS_add1_cert(cms, one.cert);
		drop_ident(&one);
	}
	der = cms_der(cms);
	body = multipart_signed(span_str(HELLO), span_buf(&der));
	told(world_open(w, SIGNED_TYPE, span_buf(&body)), 437,
	    "the message carries more than 32 certificates");
	buf_free(&der);
	buf_free(&body);
	drop_ident(&other);
	drop_ident(&stranger);
}

static void
too_many_recipients_are_told(void **state)
{
	struct world *w = *state;
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *in = BIO_new_mem_buf(HELLO, -1);
	struct buf der;
	int i;

	for (i = 0; i < 257; i++)
		sk_X509_push(certs, w->alice.cert);
	der = cms_der(CMS_encrypt(certs, in, EVP_aes_128_cbc(), CMS_BINARY));
	told(world_open(w, "application/pkcs7-mime", span_buf(&der)), 493,
	    "it has more than 256 recipients");
	buf_free(&der);
	BIO_free(in);
	sk_X509_free(certs);
}

static void
other_limits_are_told(void **state)
{
	struct world *w = *state;
	struct buf b = {0};
	struct say s = alice_says;
	int i;

	for (i = 0; i < 101; i++)
		buf_adds(&b, "--x\r\n\r\nhi\r\n");
	buf_adds(&b, "--x--");
	told(world_open(w, "multipart/mixed;boundary=x", span_buf(&b)), 413,
	    "there are more than 100 parts");
	b.n = 0;
	buf_adds(&b, SIGNED_TYPE);
	for (i = 0; i < 32; i++)
		buf_addf(&b, ";p%d=x", i);
	told(world_open(w, (char *)b.p, span_str("x")), 437,
	    "more than 32 parameters");
	b.n = 0;
	for (i = 0; i < 64; i++)
		buf_addf(&b, "URI:sip:a%d@example.com,", i);
	buf_adds(&b, "URI:sip:alice@example.com");
	s.san = (char *)b.p;
	world_alice(w, &w->ca, &s);
	told(world_signed(w, 0, NULL), 437,
	    "the certificate has more than 64 addresses, and "
	    "alice@example.com is not among the first");
	buf_free(&b);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(cms_is_known_by_the_name_of_its_file),
	    T(a_signature_is_known_by_it_too),
	    T(parts_have_folds_and_comments),
	    T(a_signed_part_may_have_them),
	    T(a_mark_of_byte_order_is_no_text),
	    T(too_many_certificates_are_told),
	    T(too_many_recipients_are_told),
	    T(other_limits_are_told),
	};

	return cmocka_run_group_tests_name("keys_odd_forms", tests, NULL, NULL);
}
